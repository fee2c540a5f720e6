"""The one document that open pages ask for seats."""

import pytest

from tests.factories import NOW, at, fill, make_programme, make_tutorial
from tests.pages import tags_in
from tutorials import registration

PATH = "/cpal-2026/seats.json"


def seats(client, path=PATH):
    response = client.get(path)
    assert response.status_code == 200
    return {each.pop("code"): each for each in response.json()["tutorials"]}


def test_state_number_and_words_of_every_tutorial(client, programme):
    fill(programme.t1, 3)
    fill(programme.t2, 2)

    told = seats(client)

    assert told == {
        "T1": {"slug": programme.t1.slug, "state": "full", "left": 0, "text": "Full"},
        "T2": {"slug": programme.t2.slug, "state": "few", "left": 1, "text": "Last seat"},
        "T3": {"slug": programme.t3.slug, "state": "unlimited", "left": None, "text": ""},
        "T4": {"slug": programme.t4.slug, "state": "unlimited", "left": None, "text": ""},
    }


def test_what_has_begun_has_no_time_or_is_cancelled_has_no_seats(client, programme, settings):
    make_tutorial(programme.conference, code="T9", capacity=5)
    registration.cancel_tutorial(programme.t4, by=None, at=NOW)
    settings.CLOCK = at(9).isoformat()

    told = seats(client)

    assert {code for code, each in told.items() if each["state"]} == {"T2"}
    assert told["T1"] | {"slug": ""} == {"slug": "", "state": "", "left": None, "text": ""}


def test_what_is_not_public_is_not_told(client, programme):
    make_tutorial(programme.conference, code="T9", status="draft")

    assert "T9" not in seats(client)


def test_the_german_one_is_german(client, programme):
    assert client.get(f"/de{PATH}")["Content-Language"] == "de"
    assert seats(client, f"/de{PATH}")["T1"]["text"] == "Nur noch 3 Plätze"


def test_it_says_what_the_pages_say(client, programme):
    for _ in range(4):
        told = seats(client)["T1"]
        html = client.get(programme.t1.get_absolute_url()).content.decode()
        assert f'<span class="seats__text">{told["text"]}</span>' in html
        shown = [a for _tag, a in tags_in(html) if a.get("data-seats-of") == programme.t1.slug]
        assert any(a.get("class") == f"seats seats--{told['state']}" for a in shown)
        fill(programme.t1, 1)


def test_any_cache_may_keep_it_for_a_moment(client, user, programme):
    for _ in range(2):
        response = client.get(PATH)
        assert not response.cookies
        assert set(response["Cache-Control"].split(", ")) == {
            "public",
            "max-age=5",
            "stale-while-revalidate=5",
        }
        assert "Cookie" not in response.get("Vary", "")
        client.force_login(user)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_while_nothing_changes_it_is_not_sent_again(client, conference, encoding):
    tutorials = make_programme(conference, 6)

    def get(**headers):
        return client.get(PATH, headers={"accept-encoding": encoding, **headers})

    tag = get()["ETag"]
    assert get(**{"if-none-match": tag}).status_code == 304
    fill(tutorials[0], 1)
    assert get(**{"if-none-match": tag}).status_code == 200
    assert (get().get("Content-Encoding") == "gzip") == (encoding == "gzip")


@pytest.mark.parametrize("number", [6, 120])
def test_two_queries_whoever_asks(client, conference, user, number, django_assert_num_queries):
    make_programme(conference, number)
    client.force_login(user)

    with django_assert_num_queries(2):
        assert len(seats(client)) == number


@pytest.mark.parametrize("attendance", ["open", "ticket"])
def test_where_nobody_registers_it_is_not_there(client, programme, conference, attendance):
    conference.attendance = attendance
    conference.save()

    assert client.get(PATH).status_code == 404
    for page in ("", "tutorials/", "schedule/", f"tutorials/{programme.t1.slug}/"):
        html = client.get(f"/cpal-2026/{page}").content.decode()
        assert "seats.js" not in html
        assert "data-seats" not in html


@pytest.mark.parametrize("slug", ["nothing-2026", "cpal\0-2026"])
def test_of_no_conference(client, conference, slug):
    assert client.get(f"/{slug}/seats.json").status_code == 404


def test_it_only_answers(client, programme):
    assert client.post(PATH).status_code == 405
