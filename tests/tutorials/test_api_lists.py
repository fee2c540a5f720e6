import pytest

from tests.factories import (
    NOW,
    at,
    make_conference,
    make_presenter,
    make_programme,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tests.tutorials.api import HOST, LISTS, ROOT, get, one_of_each, results
from tutorials import registration, schedule
from tutorials.models import Tutorial


@pytest.fixture
def other(programme):
    """A second edition, with one of everything, in another zone."""
    conference = make_conference(slug="other-2026", time_zone="America/New_York")
    room = make_room(conference)
    tutorial = make_tutorial(conference, track=make_track(conference, name="Track A"))
    make_presenter(tutorial, "Somebody Else")
    make_slot(make_session(conference, at(14)), tutorial, room)
    schedule.release(conference, by=None, at=NOW)
    return conference


def test_every_list_can_be_narrowed_to_a_conference(client, other):
    counts = {
        name: [
            get(client, f"{name}/", **query)["count"]
            for query in ({}, {"conference": "cpal-2026"}, {"conference": "other-2026"})
        ]
        for name in LISTS
        if name != "conferences"
    }

    assert counts == {
        "venues": [3, 2, 1],
        "rooms": [3, 2, 1],
        "tracks": [3, 2, 1],
        "tutorials": [5, 4, 1],
        "presenters": [5, 4, 1],
        "sessions": [4, 3, 1],
        "schedules": [2, 1, 1],
    }


def test_each_time_is_on_the_clocks_of_its_conference(client, other):
    (row,) = results(client, "sessions/", conference="other-2026")
    assert (row["starts_at"], row["time_zone"]) == (
        "2026-03-23T10:00:00-04:00",
        "America/New_York",
    )
    (row,) = results(client, "tutorials/", conference="other-2026")
    assert row["slots"][0]["starts_at"] == "2026-03-23T10:00:00-04:00"
    assert row["time_zone"] == "America/New_York"


def test_the_other_filters(client, programme, other):
    Tutorial.objects.filter(pk=programme.t2.pk).update(level="advanced")
    registration.cancel_tutorial(programme.t3, by=None, at=NOW)
    slug = programme.t4.presenters.get().person.slug

    def codes(**query):
        return [row["code"] for row in results(client, "tutorials/", **query)]

    assert codes(track="track-b") == ["T3", "T4"]
    assert codes(track="track-a", conference="other-2026") == ["T1"]
    assert codes(level="advanced") == ["T2"]
    assert codes(status="cancelled") == ["T3"]
    assert codes(presenter=slug) == ["T4"]
    assert [row["title"] for row in results(client, "sessions/", kind="break")] == ["Lunch"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tutorials/?conference=x", {"conference": ["There is no “x” here."]}),
        ("tracks/?conference=x", {"conference": ["There is no “x” here."]}),
        ("presenters/?conference=x", {"conference": ["There is no “x” here."]}),
        ("rooms/?conference=x", {"conference": ["There is no “x” here."]}),
        ("tutorials/?track=x", {"track": ["There is no “x” here."]}),
        ("tutorials/?presenter=x", {"presenter": ["There is no “x” here."]}),
        (
            "tutorials/?level=x",
            {"level": ["Select a valid choice. x is not one of the available choices."]},
        ),
        (
            "tutorials/?status=draft",
            {"status": ["Select a valid choice. draft is not one of the available choices."]},
        ),
        ("tutorials/?conference=%00", {"conference": ["Null characters are not allowed."]}),
    ],
)
def test_a_filter_that_finds_no_such_thing_says_so(client, programme, address, why):
    answer = client.get(ROOT + address)

    assert (answer.status_code, answer.json()) == (400, why)


@pytest.mark.parametrize(
    "address",
    [
        "conferences/x/",
        "tutorials/0/",
        "tutorials/99999999999999999999999/",
        "tutorials/x/",
        "rooms/0/",
        "sessions/00000000-0000-4000-8000-000000000000/",
        "sessions/------------------------------------/",
        "presenters/x/",
        "presenters/%00/",
        "schedules/x/",
        "nothing/",
        "nothing/at/all/",
    ],
)
def test_an_unknown_address_is_404_in_json(client, programme, address):
    answer = client.get(ROOT + address)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert list(answer.json()) == ["detail"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_an_address_without_its_slash_leads_to_the_right_one(client, programme):
    answer = client.get(f"{ROOT}tutorials?level=advanced")

    assert (answer.status_code, answer.url) == (301, f"{ROOT}tutorials/?level=advanced")


def test_lists_come_in_pages(client, conference):
    for _ in range(3):
        make_tutorial(conference)
    first = get(client, "tutorials/", limit=2)

    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    assert first["next"] == f"{HOST}{ROOT}tutorials/?limit=2&offset=2"
    assert len(client.get(first["next"]).json()["results"]) == 1


def test_a_page_holds_fifty_and_never_more_than_two_hundred(client, conference):
    Tutorial.objects.bulk_create(
        Tutorial(conference=conference, code=f"T{n}", slug=f"t{n}", title="T", status="published",
                 published_at=NOW)
        for n in range(201)
    )  # fmt: skip

    lengths = [len(results(client, "tutorials/", **q)) for q in ({}, {"limit": 1000})]
    assert lengths == [50, 200]


@pytest.mark.parametrize("count", [6, 120])
def test_every_address_takes_few_queries(client, conference, count, django_assert_max_num_queries):
    make_programme(conference, count)
    addresses = list(one_of_each(client))
    assert len(addresses) == 1 + 2 * len(LISTS)
    query = {"conference": "cpal-2026", "limit": 200}
    for address in addresses:
        with django_assert_max_num_queries(8, info=address):
            assert client.get(address, query).status_code == 200
