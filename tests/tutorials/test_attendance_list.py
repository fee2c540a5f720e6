import csv
import io

import pytest

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
    slot_of,
)
from tutorials import checkin, registration, schedule
from tutorials.exports import attendance
from tutorials.exports.attendance import (
    COLUMNS,
    UnknownColumn,
    columns_named,
    count_rows,
    csv_list,
    rows,
)
from tutorials.exports.csv_file import csv_chunks
from tutorials.exports.lists import Wanted, list_response
from tutorials.models import Registration, Slot

CONTRACT = [
    "tutorial", "session", "starts_at", "room", "attendee_code", "name", "email", "affiliation",
    "status", "position", "registered_at", "checked_in_at",
]  # fmt: skip


def listed(conference, *columns, tutorials=None, with_email=True):
    """Some columns of the list, read back from the file."""
    chunks = csv_list(conference, tutorials, with_email=with_email)
    lines = csv.DictReader(io.StringIO(b"".join(chunks).decode(), newline=""))
    return [tuple(line[column] for column in columns) for line in lines]


def register(attendee, tutorial, at=NOW):
    return registration.register(attendee, tutorial, by=None, at=at)


def test_its_columns_are_those_of_the_contract(programme):
    chunks = csv_list(programme.conference, with_email=True)

    assert b"".join(chunks) == (",".join(CONTRACT) + "\r\n").encode()


def test_a_row_says_who_where_and_when(programme):
    ada = make_attendee(
        programme.conference,
        name="Ada Lovelace",
        email="ada@example.org",
        affiliation="Analytical, Ltd.",
    )
    register(ada, programme.t1)
    checkin.check_in(ada, slot_of(programme.t1), by=None, at=at(7, 55))

    assert listed(programme.conference, *CONTRACT) == [
        (
            str(programme.t1),
            "Session 1",
            "2026-03-23T09:00:00+01:00",
            "Hall A",
            ada.badge_code,
            "Ada Lovelace",
            "ada@example.org",
            "Analytical, Ltd.",
            "confirmed",
            "",
            "2026-03-16T11:00:00+01:00",
            "2026-03-23T08:55:00+01:00",
        )
    ]


def test_it_goes_by_tutorial_then_status_then_queue_place_or_name(programme):
    names = ["Zoe Adams", "Carl Zeiss", "Bo Baker", "Eve Early", "Abe Late"]
    people = [make_attendee(programme.conference, name=name) for name in names]
    for person in people:
        register(person, programme.t1)
    register(people[4], programme.t3)
    registration.cancel(people[3], programme.t1, by=None, at=NOW)
    register(people[3], programme.t1)

    assert listed(programme.conference, "tutorial", "name", "status", "position") == [
        (str(programme.t1), "Zoe Adams", "confirmed", ""),
        (str(programme.t1), "Bo Baker", "confirmed", ""),
        (str(programme.t1), "Carl Zeiss", "confirmed", ""),
        (str(programme.t1), "Abe Late", "waitlisted", "1"),
        (str(programme.t1), "Eve Early", "waitlisted", "2"),
        (str(programme.t3), "Abe Late", "confirmed", ""),
    ]


def test_who_holds_an_offer_comes_between(programme):
    for number, status in enumerate(["waitlisted", "offered", "confirmed"]):
        Registration.objects.create(
            attendee=make_attendee(programme.conference, name=f"A{number}"),
            tutorial=programme.t1,
            status=status,
            position=7 if status == "waitlisted" else None,
            offered_until=NOW if status == "offered" else None,
            confirmed_at=NOW if status == "confirmed" else None,
            registered_at=NOW,
        )

    assert listed(programme.conference, "status", "position") == [
        ("confirmed", ""),
        ("offered", ""),
        ("waitlisted", "1"),
    ]


@pytest.fixture
def two_parts(conference):
    """A tutorial in two sessions, the second without a title, and one person waiting for it."""
    tutorial = make_tutorial(conference)
    for session in (make_session(conference, at(8), title="One"), make_session(conference, at(12))):
        make_slot(session, tutorial)
    schedule.release(conference, by=None, at=NOW)
    for number in (3, 9):
        Registration.objects.create(
            attendee=make_attendee(conference, name=f"W{number}"),
            tutorial=tutorial,
            status="waitlisted",
            position=number,
            registered_at=NOW,
        )
    return tutorial


def test_a_tutorial_in_two_parts_has_a_row_for_each(two_parts):
    found = listed(two_parts.conference, "session", "starts_at", "name", "position", "room")

    assert found == [
        ("One", "2026-03-23T09:00:00+01:00", "W3", "1", ""),
        ("One", "2026-03-23T09:00:00+01:00", "W9", "2", ""),
        ("13:00–15:30", "2026-03-23T13:00:00+01:00", "W3", "1", ""),
        ("13:00–15:30", "2026-03-23T13:00:00+01:00", "W9", "2", ""),
    ]


def test_a_check_in_belongs_to_its_part(two_parts):
    _first, second = Slot.objects.released(two_parts.conference).in_order()
    person = Registration.objects.get(position=3).attendee
    checkin.check_in(person, second, by=None, at=at(12))

    assert listed(two_parts.conference, "session", "name", "checked_in_at") == [
        ("One", "W3", ""),
        ("One", "W9", ""),
        ("13:00–15:30", "W3", "2026-03-23T13:00:00+01:00"),
        ("13:00–15:30", "W9", ""),
    ]


def test_the_last_that_was_noted_at_the_door_counts(programme, attendees):
    slot = slot_of(programme.t1)
    register(attendees[0], programme.t1)
    for number, note in enumerate([checkin.check_in, checkin.undo, checkin.check_in]):
        note(attendees[0], slot, by=None, at=at(8, number))

    assert listed(programme.conference, "checked_in_at") == [("2026-03-23T09:02:00+01:00",)]

    checkin.undo(attendees[0], slot, by=None, at=at(8, 2))

    assert listed(programme.conference, "checked_in_at") == [("",)]


def test_who_comes_without_a_registration_is_listed_after_the_others(programme, attendees):
    guest, booked, cancelled, left, elsewhere, _ = attendees
    register(booked, programme.t1)
    register(cancelled, programme.t1)
    registration.cancel(cancelled, programme.t1, by=None, at=NOW)
    register(elsewhere, programme.t4)
    for attendee in (guest, cancelled, left, elsewhere):
        checkin.check_in(attendee, slot_of(programme.t1), by=None, at=at(8))
    checkin.undo(left, slot_of(programme.t1), by=None, at=at(8, 1))

    assert listed(programme.conference, "tutorial", "session", "name", "status") == [
        (str(programme.t1), "Session 1", booked.name, "confirmed"),
        (str(programme.t1), "Session 1", guest.name, "walk_in"),
        (str(programme.t1), "Session 1", cancelled.name, "walk_in"),
        (str(programme.t1), "Session 1", elsewhere.name, "walk_in"),
        (str(programme.t4), "Session 2", elsewhere.name, "confirmed"),
    ]


def test_a_tutorial_without_a_time_has_its_rows_too(programme, attendees):
    register(attendees[0], programme.t1)
    checkin.check_in(attendees[1], slot_of(programme.t1), by=None, at=at(8))
    programme.sessions[0].slots.get(tutorial=programme.t1).delete()
    schedule.release(programme.conference, by=None, at=NOW, keep_everyone=True)

    assert listed(programme.conference, "session", "starts_at", "room", "name", "status") == [
        ("", "", "", attendees[0].name, "confirmed"),
        ("", "", "", attendees[1].name, "walk_in"),
    ]


def test_a_conference_without_any_release_has_a_list(conference):
    tutorial = make_tutorial(conference)
    Registration.objects.create(
        attendee=make_attendee(conference, name="Ada"),
        tutorial=tutorial,
        status="confirmed",
        registered_at=NOW,
        confirmed_at=NOW,
    )

    assert listed(conference, "session", "starts_at", "name") == [("", "", "Ada")]


def test_another_room_and_release_change_nothing_but_the_room(programme, attendees):
    register(attendees[0], programme.t1)
    checkin.check_in(attendees[0], slot_of(programme.t1), by=None, at=at(7))
    others = [column for column in CONTRACT if column != "room"]
    before, rooms = listed(programme.conference, *others), listed(programme.conference, "room")

    noon = programme.sessions[1].slots.get(tutorial=programme.t2)
    noon.room = None
    noon.save()
    morning = programme.sessions[0].slots.get(tutorial=programme.t1)
    morning.room = None
    morning.save()
    schedule.release(programme.conference, by=None, at=NOW)

    assert listed(programme.conference, *others) == before
    assert (rooms, listed(programme.conference, "room")) == ([("Hall A",)], [("",)])


def test_the_email_is_the_attendees_own_or_that_of_the_account(programme):
    user = make_user("account@example.org")
    for attendee in (
        make_attendee(programme.conference, name="A", user=user),
        make_attendee(programme.conference, name="B", user=make_user(), email="office@example.org"),
        make_attendee(programme.conference, name="C"),
    ):
        register(attendee, programme.t1)

    assert listed(programme.conference, "name", "email") == [
        ("A", "account@example.org"),
        ("B", "office@example.org"),
        ("C", ""),
    ]
    assert listed(programme.conference, "email", with_email=False) == [("",)] * 3


def test_it_can_hold_some_tutorials_of_this_conference_only(programme, attendees):
    other = make_tutorial(programme.conference)
    for attendee, tutorial in zip(attendees, programme.tutorials, strict=False):
        register(attendee, tutorial)

    def names(tutorials):
        return listed(programme.conference, "name", tutorials=tutorials)

    assert names([programme.t2]) == [(attendees[1].name,)]
    assert names([programme.t2, programme.t1]) == [(attendees[0].name,), (attendees[1].name,)]
    assert names([other]) == names([]) == []


def test_the_queries_stay_five(programme, django_assert_num_queries):
    for count in (1, 30):
        for number in range(count):
            attendee = make_attendee(programme.conference)
            register(attendee, programme.tutorials[number % 4])
            checkin.check_in(attendee, slot_of(programme.t2), by=None, at=at(9))
        with django_assert_num_queries(5):
            assert list(rows(programme.conference, with_email=True))


def test_the_response_is_a_download_that_nobody_may_keep(programme, attendees):
    register(attendees[0], programme.t1)
    wanted = Wanted(programme.conference, [programme.t1], with_email=True)
    response = list_response(wanted, by=None)

    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == 'attachment; filename="cpal-2026-T1-attendance.csv"'
    whole = list_response(Wanted(programme.conference, with_email=True), by=None)
    assert whole["Content-Disposition"] == 'attachment; filename="cpal-2026-attendance.csv"'
    assert whole.getvalue() == response.getvalue()


def test_who_registers_while_the_list_is_read_shifts_nobody(programme, monkeypatch):
    """A reader that asked for page after page would list Beth twice, and one below her never."""
    monkeypatch.setattr(attendance, "ROWS_PER_READ", 1)
    for name in ("Ada Adams", "Beth Baker", "Carl Cook", "Dora Dunn"):
        register(make_attendee(programme.conference, name=name), programme.t3)
    reading = rows(programme.conference, with_email=False)
    names = [next(reading).name, next(reading).name]
    register(make_attendee(programme.conference, name="Abe Aaron"), programme.t3)
    names += [row.name for row in reading]

    assert names == ["Ada Adams", "Beth Baker", "Carl Cook", "Dora Dunn"]


@pytest.fixture
def everybody(two_parts):
    """A list with every status, times, and names that spreadsheets would run."""
    conference = two_parts.conference
    for number, name in enumerate(["=SUM(A1)", "Ada, Countess", "\u00c5sa"]):
        attendee = make_attendee(
            conference, name=name, email=f"{number}@example.org", affiliation="+1 University"
        )
        register(attendee, two_parts)
        checkin.check_in(attendee, slot_of_first(two_parts), by=None, at=at(8, number))
    guest = make_attendee(conference, name="-Guest")
    checkin.check_in(guest, slot_of_first(two_parts), by=None, at=at(9))
    return conference


def slot_of_first(tutorial):
    return Slot.objects.released(tutorial.conference).in_order().first()


def test_the_quick_way_to_a_csv_file_writes_what_the_columns_say(everybody):
    """Two pieces of code make a line: the quick one must not part from the other."""

    def text(value):
        return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value

    plain = [
        (name, lambda row, value=column.value: text(value(row))) for name, column in COLUMNS.items()
    ]
    slowly = b"".join(csv_chunks(plain, rows(everybody, with_email=True)))

    assert b"".join(csv_list(everybody, with_email=True)) == slowly
    assert b"'=SUM(A1)" in slowly
    assert slowly.count(b"\r\n") == 1 + count_rows(everybody)


def test_the_number_of_rows_is_known_before(everybody, programme, django_assert_num_queries):
    for attendee in [make_attendee(everybody) for _ in range(3)]:
        register(attendee, programme.t2)
    make_tutorial(everybody)
    with django_assert_num_queries(3):
        number = count_rows(everybody)

    assert number == len(list(rows(everybody, with_email=False)))


def test_a_list_of_one_day_has_the_parts_of_that_day(conference):
    tutorial, late = make_tutorial(conference), make_tutorial(conference)
    for day in (0, 1):
        make_slot(make_session(conference, at(8, day=day), title=f"Day {day}"), tutorial)
    schedule.release(conference, by=None, at=NOW)
    ada = make_attendee(conference, name="Ada")
    for each in (tutorial, late):
        Registration.objects.create(
            attendee=ada, tutorial=each, status="confirmed", registered_at=NOW, confirmed_at=NOW
        )
    chunks = csv_list(conference, day=at(0, day=1).date(), with_email=False)
    lines = b"".join(chunks).decode().splitlines()

    assert [line.split(",")[1] for line in lines[1:]] == ["Day 1"]


def test_columns_are_chosen_by_name_in_any_order(programme, attendees):
    register(attendees[0], programme.t1)
    columns = columns_named(["status", " name ", "status"])
    chunks = csv_list(programme.conference, columns=columns, with_email=True)

    assert b"".join(chunks) == b"status,name\r\nconfirmed,Person 1\r\n"
    assert columns_named([]) == tuple(CONTRACT)
    with pytest.raises(UnknownColumn, match=r"no column “phone”\. There are: tutorial, session"):
        columns_named(["name", "phone"])
