"""Does the audit find what is wrong? Each test breaks one row past everything that guards it."""

import re
import uuid
from datetime import timedelta

import pytest

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_room,
    make_slot,
    make_track,
    make_tutorial,
)
from tutorials import checkin, registration, schedule
from tutorials.audit import audit, left_waiting, overlapping_seats, report
from tutorials.models import (
    Change,
    CheckIn,
    Download,
    HeadCount,
    Registration,
    Schedule,
    Session,
    Slot,
    Track,
    Tutorial,
)


@pytest.fixture
def sound(programme, attendees):
    """The programme in its second version; three people in T1 and two who wait, one at the door."""
    for attendee in attendees[:5]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    Schedule.objects.draft(programme.conference).slots.filter(tutorial=programme.t4).update(
        room=make_room(programme.conference, capacity=9)
    )
    programme.version = schedule.release(programme.conference, by=None, at=NOW)
    slot = programme.version.slots.get(tutorial=programme.t1)
    checkin.check_in(attendees[0], slot, by=None, at=at(8))
    HeadCount.objects.create(tutorial=programme.t1, slot_key=slot.key, number=3, at=at(9))
    Download.objects.create(conference=programme.conference, tutorial=programme.t1, at=NOW)
    programme.other, programme.people = make_conference(), attendees
    return programme


def test_sound_rows_are_good_news(sound):
    assert audit(sound.conference) == []
    assert left_waiting(sound.conference, NOW) == []


def test_queries_are_fixed(sound, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        audit(sound.conference)
    for _ in range(3):
        tutorial = make_tutorial(sound.conference, capacity=2)
        make_slot(sound.sessions[0], tutorial, make_room(sound.conference))
        schedule.release(sound.conference, by=None, at=NOW)
        for _ in range(3):
            registration.register(make_attendee(sound.conference), tutorial, by=None, at=NOW)
    with django_assert_num_queries(len(few)):
        assert audit(sound.conference) == []


BREAKS: list = []


def breaks(*sentences):
    """Mark what breaks a row, with all that the audit then says; # stands for an id."""

    def note(change):
        BREAKS.append(pytest.param(change, sentences, id=change.__name__))
        return change

    return note


def only(rows, **of):
    """The rows of these values, as a queryset that `update` writes past the models."""
    found = rows.objects.filter(**of)
    assert found.count() == 1
    return found


@breaks("T1: seats_taken is 2, 3 registrations take a seat")
def seats_taken_is_too_low(sound):
    only(Tutorial, pk=sound.t1.pk).update(seats_taken=2)


@breaks("T1: seats is 4, its rooms and capacity say 3", "T1: seats is 4, its history says 3")
def seats_are_not_those_of_the_room(sound):
    only(Tutorial, pk=sound.t1.pk).update(seats=4)


@breaks("T3: seats is None, its rooms and capacity say 7")
def a_capacity_was_not_followed(sound):
    only(Tutorial, pk=sound.t3.pk).update(capacity=7)


@breaks("registration #: its number 3 is beyond the tutorial's counter")
def a_number_is_beyond_the_counter(sound):
    only(Registration, position=2).update(position=3)


@breaks("registration #: its number -1 is beyond the tutorial's counter")
def a_number_is_before_the_head(sound):
    only(Registration, position=1).update(position=-1)


@breaks("registration #: is live in a cancelled tutorial")
def somebody_waits_for_what_is_cancelled(sound):
    only(Tutorial, pk=sound.t3.pk).update(status="cancelled", cancelled_at=NOW)
    only(Registration, position=2).update(tutorial=sound.t3, position=0)


@breaks("registration #: is live though its attendee was withdrawn")
def somebody_withdrawn_still_waits(sound):
    waiting = Registration.objects.get(position=2)
    waiting.attendee.withdrawn_at = NOW
    waiting.attendee.save()


@breaks("attendee #: has seats in T1 and T3 at once")
def somebody_has_two_seats_at_once(sound):
    """Who is in T3 by the rules takes over a seat in T1."""
    registration.register(sound.people[5], sound.t3, by=None, at=NOW)
    only(Registration, tutorial=sound.t1, attendee=sound.people[1]).update(attendee=sound.people[5])


@breaks("registration #: has no history")
def a_registration_has_no_history(sound):
    Change.objects.filter(registration__position=2).delete()


@breaks("registration #: is waitlisted, its history says confirmed")
def the_last_of_the_history_is_not_the_state(sound):
    only(Change, registration__position=2).update(became="confirmed")


@breaks("registration #: its history goes from “” on from “offered”")
def the_history_begins_in_the_middle(sound):
    only(Change, registration__position=2).update(was="offered")


@breaks("registration #: its history goes from “cancelled” on from “waitlisted”")
def the_history_has_a_gap(sound):
    row = Registration.objects.get(position=2)
    registration.cancel(row.attendee, row.tutorial, by=None, at=NOW)
    only(Change, registration=row, became="waitlisted").update(became="cancelled")


@breaks("T1: seats is 3, its history says 5")
def the_history_tells_of_other_seats(sound):
    only(Change, tutorial=sound.t1, registration__isnull=True).update(seats_became=5)


@breaks("a registration and its attendee belong to different conferences (row #)")
def a_registration_is_of_elsewhere(sound):
    stranger = make_attendee(sound.other)
    only(Registration, position=2).update(attendee=stranger)


@breaks("a tutorial and its track belong to different conferences (row #)")
def a_tutorial_is_in_a_track_of_elsewhere(sound):
    only(Tutorial, pk=sound.t1.pk).update(track=make_track(sound.other))


@breaks("a track and its room belong to different conferences (row #)")
def a_track_is_in_a_room_of_elsewhere(sound):
    only(Track, name="Track A").update(room=make_room(sound.other))


@breaks(
    "T2: seats is None, its history says 3",
    "a slot and its tutorial belong to different conferences (row #)",
)
def a_slot_is_of_a_tutorial_of_elsewhere(sound):
    released = only(Slot, schedule=sound.version, tutorial=sound.t2)
    released.update(tutorial=make_tutorial(sound.other))
    only(Tutorial, pk=sound.t2.pk).update(seats=None)


@breaks("a slot and its room belong to different conferences (row #)")
def a_slot_is_in_a_room_of_elsewhere(sound):
    room = make_room(sound.other, capacity=3)
    only(Slot, schedule=sound.version, tutorial=sound.t2).update(room=room)


@breaks("slot #: its session is in another schedule")
def a_slot_is_in_a_session_of_another_version(sound):
    session = Session.objects.get(schedule__number=1, title="Session 1")
    only(Slot, schedule=sound.version, tutorial=sound.t2).update(session=session)


@breaks("a check-in and its attendee belong to different conferences (row #)")
def a_check_in_is_of_elsewhere(sound):
    only(CheckIn).update(attendee=make_attendee(sound.other))


@breaks("check-in #: its tutorial never had the part that it names")
def a_check_in_names_no_part(sound):
    only(CheckIn).update(slot_key=uuid.uuid4())


@breaks("check-in #: its tutorial never had the part that it names")
def a_check_in_names_a_part_of_another_tutorial(sound):
    only(CheckIn).update(slot_key=sound.version.slots.get(tutorial=sound.t2).key)


@breaks("head count #: its tutorial never had the part that it names")
def a_head_count_names_a_part_of_another_tutorial(sound):
    part = sound.version.slots.get(tutorial=sound.t2)
    HeadCount.objects.create(tutorial=sound.t1, slot_key=part.key, number=3, at=NOW)


@breaks("a download and its tutorial belong to different conferences (row #)")
def a_download_is_of_a_tutorial_of_elsewhere(sound):
    Download.objects.create(
        conference=sound.conference, tutorial=make_tutorial(sound.other), at=NOW
    )


@breaks("key #: has the numbers #, 99")
def a_slot_has_another_number(sound):
    only(Slot, schedule=sound.version, tutorial=sound.t2).update(number=99)


@breaks("key #: has the numbers #, 99")
def a_session_has_another_number(sound):
    only(Session, schedule=sound.version, title="Session 2").update(number=99)


@breaks("number #: is that of 2 keys")
def a_slot_has_another_key(sound):
    only(Slot, schedule=sound.version, tutorial=sound.t2).update(key=uuid.uuid4())


@breaks("number #: is that of 2 keys")
def a_slot_has_the_number_of_a_session(sound):
    number = Session.objects.filter(title="Lunch")[0].number
    Slot.objects.filter(tutorial=sound.t2).update(number=number)


@breaks("slot #: is released without a title")
def a_released_slot_has_lost_its_title(sound):
    only(Slot, schedule=sound.version, tutorial=sound.t2).update(title="")


@breaks("slot #: is released without the name of its room")
def a_released_slot_has_lost_the_name_of_its_room(sound):
    only(Slot, schedule=sound.version, tutorial=sound.t2).update(room_name="")


@pytest.mark.parametrize(("change", "sentences"), BREAKS)
def test_what_is_wrong_is_said_and_nothing_else(sound, change, sentences):
    change(sound)

    found = audit(sound.conference)
    assert len(found) == len(sentences), found
    for said, sentence in zip(found, sentences, strict=True):
        assert re.fullmatch(re.escape(sentence).replace(r"\#", "[0-9a-f-]+"), said), said


def take_a_seat(attendee, tutorial, status="confirmed"):
    """Past registration.py, which would refuse."""
    Registration.objects.create(
        attendee=attendee,
        tutorial=tutorial,
        status=status,
        registered_at=NOW,
        confirmed_at=NOW if status == "confirmed" else None,
        offered_until=NOW if status == "offered" else None,
        position=1 if status == "waitlisted" else None,
    )


@pytest.mark.parametrize(
    ("tutorial", "status", "found"),
    [
        ("t3", "confirmed", True),
        ("t3", "offered", False),  # before it is accepted it is no second tutorial
        ("t3", "waitlisted", False),
        ("t2", "confirmed", False),
    ],
)
def test_two_seats_at_once(sound, attendees, tutorial, status, found):
    take_a_seat(attendees[0], getattr(sound, tutorial), status)

    sentence = f"attendee {attendees[0].pk}: has seats in T1 and T3 at once"
    assert overlapping_seats(sound.conference) == [sentence] * found


def test_one_that_ends_as_the_other_starts_is_no_overlap(sound, attendees):
    sessions = Session.objects.filter(schedule=sound.version)
    noon = sessions.get(title="Session 2").starts_at
    sessions.filter(title="Session 1").update(ends_at=noon)
    take_a_seat(attendees[0], sound.t2)
    assert overlapping_seats(sound.conference) == []

    sessions.filter(title="Session 1").update(ends_at=noon + timedelta(microseconds=1))
    assert overlapping_seats(sound.conference) == [
        f"attendee {attendees[0].pk}: has seats in T1 and T2 at once"
    ]


@pytest.mark.parametrize("mark", Registration.Overlap.values)
@pytest.mark.parametrize("marked", ["t1", "t3"])
def test_two_seats_at_once_that_somebody_allowed(sound, attendees, mark, marked):
    take_a_seat(attendees[0], sound.t3)
    only(Registration, attendee=attendees[0], tutorial=getattr(sound, marked)).update(overlap=mark)

    assert overlapping_seats(sound.conference) == []


def give_back(seat):
    """Past everything that would fill the seat."""
    only(Registration, pk=seat.pk).update(
        status="cancelled", cancelled_because="self", cancelled_at=NOW
    )
    Tutorial.objects.filter(pk=seat.tutorial_id).update(seats_taken=2)


@pytest.fixture
def free_seat(sound, attendees):
    give_back(Registration.objects.get(attendee=attendees[0]))
    return sound


LEFT = "T1: has a free seat, and somebody waits who could have it"


def test_a_free_seat_beside_somebody_who_waits(free_seat):
    assert left_waiting(free_seat.conference, NOW) == [LEFT]

    registration.sweep(at=NOW)
    assert left_waiting(free_seat.conference, NOW) == []


def test_once_the_waiting_list_is_closed_a_free_seat_is_right(free_seat):
    assert left_waiting(free_seat.conference, at(4, 59)) == [LEFT]
    assert left_waiting(free_seat.conference, at(5)) == []


def test_a_free_seat_that_nobody_who_waits_can_take_is_right(free_seat, attendees):
    for attendee in attendees[3:5]:
        take_a_seat(attendee, free_seat.t3)

    assert left_waiting(free_seat.conference, NOW) == []


def test_a_report_counts_what_it_looked_at(free_seat):
    found = report(free_seat.conference, NOW)

    assert (found.tutorials, found.registrations, found.left_waiting) == (4, 5, [LEFT])
    assert len(found.wrong) == 1  # the history of the seat that was given back


def test_what_is_gone_at_a_second_look_is_not_reported(sound, monkeypatch):
    answers = iter([["one", "two"], ["two", "three"]])
    monkeypatch.setattr("tutorials.audit.audit", lambda conference: next(answers))

    assert report(sound.conference, NOW).wrong == ["two"]
