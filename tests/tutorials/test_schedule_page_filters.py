"""Choosing on the schedule: what is offered, what is found, and what the address says."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Person
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tests.pages import fetch_schedule, text_of
from tutorials import registration, schedule
from tutorials.models import Presenter, Schedule, Session, Slot, Star, Tutorial


def titles(response):
    return {
        each.item.title
        for board in response.context["boards"]
        for row in board.rows
        for cell in row.cells
        for each in cell.shown
    }


@pytest.fixture
def two_days(conference):
    """Twelve tutorials on two days, in two rooms and two tracks; the first is full."""
    tracks = [make_track(conference, name=f"Track {name}", position=ord(name)) for name in "AB"]
    rooms = [make_room(conference, capacity=1, name=f"Hall {name}") for name in "AB"]
    found = []
    for n in range(12):
        session = make_session(conference, at(7 + n // 2 % 3 * 3, day=n // 6))
        level = "advanced" if n % 3 else "introductory"
        tutorial = make_tutorial(
            conference, track=tracks[n % 2], title=f"Title {'abcdefghijkl'[n] * 5}", level=level
        )
        make_presenter(tutorial, f"Zoë {'abcdefghijkl'[n] * 6}", "Universität Łódź")
        make_slot(session, tutorial, rooms[n % 2])
        found.append(tutorial)
    schedule.release(conference, by=None, at=NOW)
    registration.register(make_attendee(conference), found[0], by=None, at=NOW)
    return found


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("", "abcdef"),
        ("?day=2026-03-24", "ghijkl"),
        ("?day=all", "abcdefghijkl"),
        ("?track=track-a", "ace"),
        ("?track=track-a&day=all", "acegik"),
        ("?room=Hall+B", "bdf"),
        ("?level=introductory", "ad"),
        ("?level=introductory&track=track-a", "a"),
        ("?free=1", "bcdef"),
        ("?q=zoe+gggggg", "g"),
        ("?q=ggggg&day=2026-03-23", "g"),
        ("?q=lodz&track=track-b", "bdfhjl"),
        ("?track=x&room=x&level=x&free=x&starred=x&view=x&day=x&page=x", "abcdef"),
        ("?q=%00", "abcdef"),
        ("?q=%3F", "abcdef"),
        ("?q=xyzzy", ""),
        ("?starred=1", "abcdef"),  # a stranger's stars are known to their browser alone
    ],
)
def test_what_is_found(client, two_days, query, letters):
    assert titles(fetch_schedule(client, query)) == {f"Title {letter * 5}" for letter in letters}


def test_what_is_chosen_is_said_with_the_way_back(client, two_days):
    response = fetch_schedule(client, "?track=track-a&level=introductory&view=list")

    assert "1 of 6 tutorials" in text_of(response)
    assert [(chip.label, chip.address) for chip in response.context["chips"]] == [
        ("Track A", "?level=introductory&view=list"),
        ("Introductory", "?track=track-a&view=list"),
    ]
    assert response.context["all"] == "?view=list"


def test_a_search_is_of_all_days(client, two_days):
    response = fetch_schedule(client, "?q=title")

    assert "12 of 12 tutorials, on all days" in text_of(response)
    assert len(response.context["boards"]) == 2


def test_the_days_keep_what_is_chosen(client, two_days):
    html = fetch_schedule(client, "?track=track-a").content.decode()

    assert 'href="?day=2026-03-24&amp;track=track-a"' in html
    assert 'href="?day=all&amp;track=track-a"' in html


def test_breaks_are_shown_while_nothing_is_chosen(client, programme):
    assert "Lunch" in text_of(fetch_schedule(client))
    assert "Lunch" not in text_of(fetch_schedule(client, "?track=track-a"))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?q=xyzzy", "No tutorial has all of these words"),
        ("?track=track-b&room=Hall+A", "Nothing is all of this at once"),
    ],
)
def test_where_nothing_is_found_it_says_what_to_do(client, two_days, query, text):
    assert text in text_of(fetch_schedule(client, query))
    assert "Show everything" in text_of(fetch_schedule(client, query))


class TestOffered:
    """A choice is offered where it chooses something."""

    def names(self, client):
        response = fetch_schedule(client)
        return [choice.name for choice in response.context["choices"]]

    def test_all_of_them(self, client, two_days):
        html = fetch_schedule(client).content.decode()

        assert self.names(client) == ["track", "room", "level"]
        assert 'name="q"' in html
        assert 'name="free"' in html

    def test_none_where_there_is_one(self, client, conference):
        conference.has_stars = False
        conference.save()
        make_slot(make_session(conference, at(8)), make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        assert "<form" not in fetch_schedule(client).content.decode()

    def test_no_search_of_fewer_than_twelve(self, client, programme):
        assert 'name="q"' not in fetch_schedule(client).content.decode()

    def test_no_seats_where_nobody_registers(self, client, two_days, conference):
        conference.attendance = "open"
        conference.save()

        assert 'name="free"' not in fetch_schedule(client, "?free=1").content.decode()
        assert len(titles(fetch_schedule(client, "?free=1"))) == 6

    def test_no_stars_where_there_are_none(self, client, two_days, conference):
        assert 'name="starred"' in fetch_schedule(client).content.decode()
        conference.has_stars = False
        conference.save()

        html = fetch_schedule(client, "?starred=1").content.decode()
        assert "star" not in html.partition('id="main"')[2].partition("<footer")[0]


class TestStars:
    def test_who_has_signed_in_is_shown_their_own(self, client, two_days, user):
        Star.objects.create(user=user, tutorial=two_days[2], starred_at=NOW)
        client.force_login(user)

        response = fetch_schedule(client, "?starred=1")

        assert titles(response) == {two_days[2].title}
        assert "1 of 6 tutorials" in text_of(response)
        assert 'aria-pressed="true"' in response.content.decode()

    def test_without_any_it_says_how_to(self, client, two_days, user):
        client.force_login(user)

        assert "You have starred none of these yet." in text_of(
            fetch_schedule(client, "?starred=1")
        )

    def test_a_strangers_browser_is_told_which_is_which(self, client, two_days):
        html = fetch_schedule(client, "?starred=1").content.decode()

        assert "data-only-starred" in html
        assert f'data-star-of="{two_days[0].slug}"' in html


def test_now_and_next_are_said(client, programme, settings):
    assert "Now:" not in text_of(fetch_schedule(client))

    settings.CLOCK = at(9).isoformat()
    response = fetch_schedule(client)

    assert "Now: Session 1, until 11:30. Next at 11:30: Lunch." in text_of(response)
    assert response.content.decode().count('id="now"') == 1


def test_before_the_first_the_way_leads_to_what_comes(client, programme, settings):
    settings.CLOCK = at(7).isoformat()

    assert "Next, 09:00: Session 1." in text_of(fetch_schedule(client))
    assert 'id="now"' in fetch_schedule(client).content.decode()


def test_from_another_day_now_leads_to_today(client, two_days, settings):
    settings.CLOCK = at(7, 30).isoformat()

    html = fetch_schedule(client, "?day=2026-03-24").content.decode()

    assert 'href="/cpal-2026/schedule/?day=2026-03-23#now"' in html


def test_a_session_without_a_title_is_named_by_its_kind(client, conference, settings):
    make_slot(make_session(conference, at(8)), make_tutorial(conference))
    schedule.release(conference, by=None, at=NOW)
    settings.CLOCK = at(9).isoformat()

    assert "Now: Tutorials, until 11:30." in text_of(fetch_schedule(client))


def test_texts_of_people_are_escaped(client, conference):
    track = make_track(conference, name="<i>T</i>")
    tutorial = make_tutorial(conference, title="<b>&\"'%s", track=track)
    make_presenter(tutorial, "<u>Ada")
    make_slot(make_session(conference, at(8)), tutorial, make_room(conference, name="<em>R"))
    schedule.release(conference, by=None, at=NOW)

    html = fetch_schedule(client).content.decode()

    for tag in ("<b>&", "<i>T", "<u>Ada", "<em>R"):
        assert tag not in html
    assert "<b>&\"'%s" in text_of(fetch_schedule(client))


def in_bulk(conference, number):
    """A released programme of so many on one day, twenty at a time; without what saving does."""
    version = Schedule.objects.create(conference=conference, number=1, released_at=NOW)
    track = make_track(conference)
    rooms = [make_room(conference) for _ in range(20)]
    sessions = Session.objects.bulk_create(
        Session(schedule=version, number=n, starts_at=at(5 + n), ends_at=at(5 + n, 50))
        for n in range(-(-number // 20))
    )
    tutorials = Tutorial.objects.bulk_create(
        Tutorial(
            conference=conference, track=track, code=f"T{n}", slug=f"t{n}", seats=5,
            title=f"About the matter of {n * 7919}", status="published", published_at=NOW,
        )
        for n in range(number)
    )  # fmt: skip
    people = Person.objects.bulk_create(
        Person(name=f"Person {n}", slug=f"p{n}") for n in range(number)
    )
    Presenter.objects.bulk_create(
        Presenter(tutorial=tutorial, person=person)
        for tutorial, person in zip(tutorials, people, strict=True)
    )
    Slot.objects.bulk_create(
        Slot(
            schedule=version, session=sessions[n // 20], tutorial=tutorial, room=rooms[n % 20],
            number=1000 + n,
        )
        for n, tutorial in enumerate(tutorials)
    )  # fmt: skip


@pytest.mark.parametrize("number", [1, 3, 300])
def test_queries_and_weight_do_not_grow(client, conference, user, number):
    in_bulk(conference, number)

    def queries(query=""):
        with CaptureQueriesContext(connection) as captured:
            response = fetch_schedule(client, query)
        return len(captured), response

    assert queries("?q=matter")[0] <= 6
    count, response = queries()
    assert count == 5
    assert len(gzip.compress(response.content, 9)) < 60_000
    assert len(titles(response)) == number
    client.force_login(user)
    for query in ("", "?q=matter", "?starred=1"):
        assert queries(query)[0] <= 10


def test_a_day_of_more_than_fit_a_page_goes_on(client, conference, monkeypatch):
    monkeypatch.setattr("tutorials.views.schedule.PER_PAGE", 2)
    for hour in (8, 11):
        session = make_session(conference, at(hour), at(hour + 2))
        for n in range(2):
            make_slot(session, make_tutorial(conference, title=f"At {hour}, {n}"))
    make_session(conference, at(10), at(11), kind="break", title="Lunch")
    schedule.release(conference, by=None, at=NOW)

    first, second = (
        fetch_schedule(client, "?view=list"),
        fetch_schedule(client, "?page=2&view=list"),
    )

    assert titles(first) == {"At 8, 0", "At 8, 1"}
    assert titles(second) == {"At 11, 0", "At 11, 1"}
    assert 'href="?page=2&amp;view=list"' in first.content.decode()


def test_another_conference_is_not_searched(client, two_days):
    other = make_conference()
    make_slot(make_session(other, at(8)), make_tutorial(other, title="Elsewhere"))
    schedule.release(other, by=None, at=NOW)

    assert titles(fetch_schedule(client, "?q=elsewhere")) == set()


def test_what_is_chosen_of_another_day_can_be_taken_back(client, conference):
    tracks = [make_track(conference, name=f"Track {n}") for n in range(2)]
    for day, track in enumerate(tracks):
        make_slot(make_session(conference, at(8, day=day)), make_tutorial(conference, track=track))
    schedule.release(conference, by=None, at=NOW)
    today = at(8).date().isoformat()

    page = client.get("/cpal-2026/schedule/", {"day": today, "track": tracks[1].slug})

    html = page.content.decode()
    assert f'<option value="{tracks[1].slug}" selected>' in html
    assert "Take away:" in html
