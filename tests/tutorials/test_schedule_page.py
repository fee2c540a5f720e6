"""The schedule: a list that is a grid where there is room."""

import pytest

from tests.factories import (
    NOW,
    at,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tests.pages import fetch_schedule, levels_of, text_of
from tutorials import registration, schedule
from tutorials.grid import MOST_COLUMNS
from tutorials.models import Session


def test_what_where_and_when(client, programme):
    text = text_of(fetch_schedule(client))

    assert "Monday 23 March 2026" in text
    assert "All times are CET (Europe/Berlin)." in text
    assert "Version 1, released Monday 16 March 2026, 11:00." in text
    for expected in ("Session 1", "09:00–11:30", "Lunch", "Track B", "Hall B", "Presenter of T4"):
        assert expected in text


def test_times_tell_machines_their_offset(client, programme):
    assert '<time datetime="2026-03-23T09:00:00+01:00">09:00</time>' in (
        fetch_schedule(client).content.decode()
    )


def columns_of(response):
    """The heads of the grid's columns."""
    (board,) = response.context["boards"]
    return [(head.room, head.track.name if head.track else "", head.at) for head in board.heads]


def test_the_rooms_are_the_columns_of_the_grid(client, programme):
    response = fetch_schedule(client)

    assert columns_of(response) == [("Hall A", "Track A", 1), ("Hall B", "Track B", 2)]
    assert 'class="board board--grid c2"' in response.content.decode()


def test_each_tutorial_is_there_once_in_either_view(client, programme):
    for query in ("", "?view=list", "?view=grid"):
        assert fetch_schedule(client, query).content.decode().count(f">{programme.t1.title}<") == 1


@pytest.mark.parametrize(
    ("query", "is_grid", "is_asked_for"),
    [
        ("", True, False),
        ("?view=list", False, False),
        ("?view=grid", True, True),
        ("?view=x", True, False),
    ],
)
def test_the_view_is_in_the_address(client, programme, query, is_grid, is_asked_for):
    html = fetch_schedule(client, query).content.decode()

    assert ("board--grid" in html) == is_grid
    assert ("board-frame--grid" in html) == is_asked_for


@pytest.mark.parametrize("number", [1, MOST_COLUMNS, MOST_COLUMNS + 1])
def test_one_room_or_very_many_stay_a_list(client, conference, number):
    session = make_session(conference, at(8))
    for n in range(number):
        make_slot(session, make_tutorial(conference), make_room(conference, position=n))
    schedule.release(conference, by=None, at=NOW)

    html = fetch_schedule(client).content.decode()

    assert ("board--grid" in html) == (number == MOST_COLUMNS)
    assert ("?view=grid" in html) == (number == MOST_COLUMNS)


def test_several_of_a_room_in_a_session_stand_below_each_other(client, conference):
    track = make_track(conference, name="Demos")
    session = make_session(conference, at(8))
    for n in range(3):
        tutorial = make_tutorial(conference, track=track, title=f"Demo {n}", position=n)
        make_slot(session, tutorial)
    schedule.release(conference, by=None, at=NOW)

    (row,) = fetch_schedule(client).context["boards"][0].rows

    assert [each.item.title for each in row.cells[0].shown] == ["Demo 0", "Demo 1", "Demo 2"]
    assert len(row.cells) == 1


def test_columns_are_in_the_order_of_the_rooms_and_without_one_come_last(client, conference):
    session = make_session(conference, at(8))
    make_slot(session, make_tutorial(conference))
    venue = make_room(conference).venue
    for position in (2, 1):
        hall = make_room(conference, venue=venue, name=f"Hall {position}", position=position)
        make_slot(session, make_tutorial(conference), hall)
    schedule.release(conference, by=None, at=NOW)

    assert [head[0] for head in columns_of(fetch_schedule(client))] == ["Hall 1", "Hall 2", ""]
    assert "Room to be announced" in text_of(fetch_schedule(client))


def test_a_break_goes_across_unless_something_else_is_on(client, conference):
    """A coffee break in the middle of a workshop stands beside it."""
    rooms = [make_room(conference) for _ in range(2)]
    morning = make_session(conference, at(8), at(11))
    for room in rooms:
        make_slot(morning, make_tutorial(conference), room)
    make_session(conference, at(9), at(9, 30), kind="break", title="Coffee")
    make_session(conference, at(11), at(12), kind="break", title="Lunch")
    schedule.release(conference, by=None, at=NOW)

    response = fetch_schedule(client)

    (board,) = response.context["boards"]
    assert {row.name: row.at for row in board.rows if not row.cells} == {"Coffee": 3, "Lunch": 0}
    assert "For everybody" in text_of(response)


def test_what_overlaps_in_a_column_shares_it(client, conference):
    """Two that have no room yet; no release lets two into one room at a time."""
    for start, end, room in ((8, 11, None), (9, 10, None), (11, 12, make_room(conference))):
        session = make_session(conference, at(start), at(end))
        make_slot(session, make_tutorial(conference), room)
    schedule.release(conference, by=None, at=NOW)

    (board,) = fetch_schedule(client).context["boards"]

    assert [(head.at, head.span) for head in board.heads] == [(1, 1), (2, 2)]
    assert [cell.at for row in board.rows for cell in row.cells] == [2, 3, 1]


def test_a_draft_changes_nothing_until_it_is_released(client, programme):
    Session.objects.filter(schedule__number=None, title="Session 1").update(title="Changed")
    assert "Changed" not in text_of(fetch_schedule(client))

    schedule.release(programme.conference, by=None, at=NOW)
    text = text_of(fetch_schedule(client))
    assert "Changed" in text
    assert "Version 2" in text


def test_an_unpublished_tutorial_is_not_there(client, conference):
    make_slot(make_session(conference, at(8)), make_tutorial(conference, title="Open"))
    hidden = make_tutorial(conference, title="Hidden", status="draft")
    make_slot(make_session(conference, at(12)), hidden)
    schedule.release(conference, by=None, at=NOW)

    assert "Hidden" not in text_of(fetch_schedule(client))


def test_a_cancelled_one_is_struck_through_and_says_so(client, programme):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)

    html = fetch_schedule(client).content.decode()

    assert f"<s>{programme.t1.title}</s>" in html
    assert "Cancelled" in html


def test_without_a_release_it_says_what_will_be_here(client, conference):
    assert "The timetable will be here" in text_of(fetch_schedule(client))


class TestDays:
    @pytest.fixture(autouse=True)
    def two_days(self, conference):
        for day in (0, 1):
            tutorial = make_tutorial(conference, title=f"On day {day}")
            make_presenter(tutorial, "Ada Lovelace" if day else "Alan Turing")
            make_slot(make_session(conference, at(8, day=day)), tutorial)
        schedule.release(conference, by=None, at=NOW)

    def test_the_first_is_shown_before_the_conference(self, client):
        text = text_of(fetch_schedule(client))

        assert "On day 0" in text
        assert "On day 1" not in text

    def test_each_has_an_address(self, client):
        assert "On day 1" in text_of(fetch_schedule(client, "?day=2026-03-24"))
        assert "?day=2026-03-24" in fetch_schedule(client).content.decode()

    def test_today_is_shown_while_it_runs(self, client, settings):
        settings.CLOCK = at(6, day=1).isoformat()

        assert "On day 1" in text_of(fetch_schedule(client))

    @pytest.mark.parametrize("day", ["2026-03-25", "x", "2026-99-99"])
    def test_a_day_without_anything_is_the_first(self, client, day):
        assert "On day 0" in text_of(fetch_schedule(client, f"?day={day}"))


def test_a_session_late_at_night_belongs_to_its_day_in_the_conferences_zone(client, conference):
    # 23:30 UTC on the 23rd is half past midnight on the 24th in Tübingen.
    night = make_session(conference, at(23, 30), at(23, 45))
    make_slot(night, make_tutorial(conference))
    schedule.release(conference, by=None, at=NOW)

    assert "Tuesday 24 March 2026" in text_of(fetch_schedule(client))


def test_the_seats_are_told_until_the_tutorial_begins(client, conference, settings):
    """A part on the second day has no seats to offer once the first has begun."""
    room = make_room(conference, capacity=3)
    both, second = make_tutorial(conference, title="Both"), make_tutorial(conference)
    make_slot(make_session(conference, at(8)), both, room)
    for hour, tutorial in ((8, both), (12, second)):
        make_slot(make_session(conference, at(hour, day=1)), tutorial, room)
    schedule.release(conference, by=None, at=NOW)

    def seats():
        return text_of(fetch_schedule(client, "?day=2026-03-24")).count("Only 3 seats left")

    assert seats() == 2
    settings.CLOCK = at(8).isoformat()
    assert seats() == 1
    settings.CLOCK = at(12, day=1).isoformat()
    assert seats() == 0


def test_no_level_of_headings_is_left_out(client, programme):
    Session.objects.filter(schedule__number=None, title="Session 1").update(title="")
    schedule.release(programme.conference, by=None, at=NOW)

    assert levels_of(fetch_schedule(client)) == [1, 2, 3, 4, 4, 3, 4, 4, 2]


def test_signing_in_comes_back_to_the_day(client, programme):
    html = fetch_schedule(client, "?day=2026-03-23").content.decode()

    assert "?next=/cpal-2026/schedule/%3Fday%3D2026-03-23" in html
