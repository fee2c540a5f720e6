"""Releasing the draft, and the clash report."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.database import refuses
from tests.factories import (
    NOW,
    at,
    make_person,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import checkin, registration, schedule
from tutorials.audit import audit
from tutorials.models import CheckIn, FrozenScheduleError, Registration, Schedule, Session, Slot
from tutorials.schedule import ReleaseBlocked


def release(conference, **options):
    return schedule.release(conference, by=None, at=NOW, **options)


def codes(conference):
    """All findings but that hall B has no capacity, which is so throughout."""
    findings = [(finding.code, finding.blocks) for finding in schedule.check(conference)]
    return [finding for finding in findings if finding[0] != "no_limit"]


def test_a_release_freezes_the_draft(programme, conference):
    assert (programme.version.number, programme.version.released_at) == (1, NOW)
    slot = programme.version.slots.get(tutorial=programme.t1)
    assert (slot.title, slot.room_name) == (programme.t1.title, "Hall A")
    assert slot.presenter_line == f"Presenter of {programme.t1.code} (University, Lab)"
    assert Schedule.objects.draft(conference).slots.count() == 4


def test_keys_and_numbers_stay_from_version_to_version(programme, conference):
    make_session(conference, at(14, 30), title="Session 3")
    release(conference)
    first, second = Schedule.objects.filter(conference=conference, number__isnull=False).order_by(
        "number"
    )
    assert (first.number, second.number) == (1, 2)
    for rows in ("slots", "sessions"):
        old = set(getattr(first, rows).values_list("key", "number"))
        assert old <= set(getattr(second, rows).values_list("key", "number"))
    numbers = [*second.slots.values_list("number", flat=True)]
    numbers += second.sessions.values_list("number", flat=True)
    assert len(numbers) == len(set(numbers))


def test_an_unchanged_draft_makes_no_new_version(programme, conference, attendees):
    assert release(conference) == programme.version
    registration.register(attendees[0], programme.t2, by=None, at=NOW)
    registration.register(attendees[1], programme.t2, by=None, at=NOW)
    programme.t2.capacity = 1  # would block a release
    programme.t2.save()
    assert release(conference) == programme.version
    programme.t2.capacity = None
    programme.t2.save()
    programme.t1.title = "Another title"
    programme.t1.save()
    assert release(conference).number == 2
    assert programme.version.slots.get(tutorial=programme.t1).title != "Another title"


def test_a_released_schedule_is_frozen(programme):
    slot, session = programme.version.slots.first(), programme.version.sessions.first()
    for change in (slot.save, slot.delete, session.save, session.delete):
        with pytest.raises(FrozenScheduleError):
            change()


def test_check_in_then_move_the_room_then_release_again(programme, conference, attendees):
    """What a person carries, and what the door wrote down, outlives every release."""
    someone = attendees[0]
    registration.register(someone, programme.t1, by=None, at=NOW)
    slot = Slot.objects.public(conference).get(tutorial=programme.t1)
    checkin.check_in(someone, slot, by=None, at=at(8))
    before = (slot.calendar_uid, someone.badge_code, Registration.objects.get().pk)

    draft_slot = Schedule.objects.draft(conference).slots.get(tutorial=programme.t1)
    draft_slot.room = make_room(conference, capacity=50, name="Hall C")
    draft_slot.save()
    assert release(conference).number == 2

    moved = Slot.objects.public(conference).get(tutorial=programme.t1)
    someone.refresh_from_db()
    assert (moved.room_name, moved.pk != slot.pk) == ("Hall C", True)
    assert (moved.calendar_uid, someone.badge_code, Registration.objects.get().pk) == before
    last = checkin.last_check_ins().get(attendee=someone, slot_key=moved.key)
    assert last.kind == CheckIn.Kind.IN
    programme.t1.refresh_from_db()
    assert programme.t1.seats == 50
    assert audit(conference) == []


def test_a_larger_room_fills_from_the_queue(programme, conference, attendees):
    for attendee in attendees:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    Schedule.objects.draft(conference).slots.filter(tutorial=programme.t1).update(
        room=make_room(conference, capacity=5)
    )
    release(conference)
    seated = Registration.objects.seated().filter(tutorial=programme.t1)
    assert (seated.count(), audit(conference)) == (5, [])


def test_a_smaller_room_than_people_stops_until_decided(programme, conference, attendees):
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    Schedule.objects.draft(conference).slots.filter(tutorial=programme.t1).update(
        room=make_room(conference, capacity=2)
    )
    with pytest.raises(ReleaseBlocked, match="would have 2 seats and has 3 people"):
        release(conference)
    assert Schedule.objects.filter(conference=conference).count() == 2
    release(conference, keep_everyone=True)
    programme.t1.refresh_from_db()
    assert (programme.t1.seats, programme.t1.seats_taken) == (3, 3)


def test_a_new_overlap_for_people_stops_until_decided(programme, conference, attendees):
    for tutorial in (programme.t1, programme.t4):
        registration.register(attendees[0], tutorial, by=None, at=NOW)
    draft = Schedule.objects.draft(conference)
    draft.slots.filter(tutorial=programme.t4).update(session=programme.sessions[0])
    draft.slots.filter(tutorial=programme.t3).update(session=programme.sessions[1])
    with pytest.raises(ReleaseBlocked, match="1 person has a seat in both"):
        release(conference)
    release(conference, keep_everyone=True)
    assert codes(conference) == []
    assert audit(conference) == []
    assert {row.overlap for row in Registration.objects.all()} == {"release"}


def test_people_without_a_time_stop_a_release(programme, conference, attendees):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    Schedule.objects.draft(conference).slots.filter(tutorial=programme.t1).delete()
    assert codes(conference) == [("no_time", True)]


def test_an_empty_draft_is_not_released(conference):
    with pytest.raises(ReleaseBlocked, match="no sessions"):
        release(conference)


def test_one_room_for_two_blocks_even_who_keeps_everyone(programme, conference):
    Schedule.objects.draft(conference).slots.filter(tutorial=programme.t3).update(
        room=programme.halls[0]
    )
    assert codes(conference) == [("room", True)]
    with pytest.raises(ReleaseBlocked):
        release(conference, keep_everyone=True)


def test_the_report_names_what_is_odd(programme, conference):
    programme.t1.capacity = 10
    programme.t1.save()
    someone = make_person("Grace Hopper")
    for tutorial in (programme.t1, programme.t3):
        make_presenter(tutorial, "", person=someone)
    make_session(conference, at(8, day=30), title="Too late")
    make_tutorial(conference)
    unpublished = make_tutorial(conference, status="draft")
    make_slot(programme.sessions[0], unpublished)
    assert codes(conference) == [
        ("presenter", False),
        ("outside", False),
        ("no_room", False),
        ("no_time", False),
        ("not_published", False),
        ("capacity", False),
    ]


def test_no_limit_is_said_plainly(programme, conference):
    (finding,) = schedule.check(conference)
    assert (finding.code, finding.blocks) == ("no_limit", False)
    assert f"{programme.t3.code}, {programme.t4.code}" in finding.message
    programme.halls[1].capacity = 100
    programme.halls[1].save()
    assert schedule.check(conference) == []


def test_no_limit_matters_only_where_people_register(programme, conference):
    conference.attendance = "open"
    conference.save()
    assert schedule.check(conference) == []


def test_a_tutorial_twice_at_once_blocks(programme, conference):
    overlapping = make_session(conference, at(9), at(12))
    make_slot(overlapping, programme.t1, programme.halls[1])
    assert ("itself", True) in codes(conference)


def test_queries_of_the_report_are_fixed(programme, conference, django_assert_num_queries):
    for number in (1, 10):
        for minute in range(number):
            tutorial = make_tutorial(conference)
            make_presenter(tutorial, "Somebody")
            session = make_session(conference, at(14, minute), at(15, minute))
            make_slot(session, tutorial, make_room(conference))
            make_slot(session, make_tutorial(conference))
        with django_assert_num_queries(9):
            schedule.check(conference)


def test_queries_of_a_release_do_not_grow_with_the_tutorials(programme, conference):
    counts = []
    for number in (1, 10):
        for _ in range(number):
            room = make_room(conference, capacity=5)
            make_slot(programme.sessions[0], make_tutorial(conference), room)
        with CaptureQueriesContext(connection) as queries:
            release(conference)
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestTheDatabaseRefuses:
    def test_two_drafts(self, programme, conference):
        refuses(lambda: Schedule.objects.create(conference=conference))

    def test_a_version_twice(self, programme, conference):
        refuses(lambda: Schedule.objects.create(conference=conference, number=1, released_at=NOW))

    def test_a_version_without_its_time(self, conference):
        refuses(lambda: Schedule.objects.create(conference=conference, number=1))
        refuses(lambda: Schedule.objects.create(conference=conference, released_at=NOW))

    def test_a_session_that_ends_before_it_starts(self, conference):
        refuses(lambda: make_session(conference, at(9), at(9)))

    def test_a_key_twice_in_one_version(self, programme):
        for rows in (programme.version.sessions, programme.version.slots):
            one, other = rows.all()[:2]
            model = type(one)
            refuses(lambda m=model, a=one, b=other: m.objects.filter(pk=a.pk).update(key=b.key))
            refuses(
                lambda m=model, a=one, b=other: m.objects.filter(pk=a.pk).update(number=b.number)
            )

    def test_an_unknown_kind(self, programme):
        refuses(lambda: Session.objects.update(kind="party"))
