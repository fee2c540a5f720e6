"""Rule 11: what a new version of the timetable does to those who are registered."""

from __future__ import annotations

import pytest

from tests.factories import NOW, make_room
from tutorials import registration, schedule
from tutorials.audit import audit, left_waiting
from tutorials.models import Change, Mail, Registration, Schedule
from tutorials.schedule import ReleaseBlocked

LATER = NOW.replace(hour=11)


@pytest.fixture(autouse=True)
def audited(conference):
    """Whatever a test does, all rows agree at its end, and no seat is left to nobody."""
    yield
    assert audit(conference) + left_waiting(conference, LATER) == []


@pytest.fixture
def people(attendees):
    """Six with an address each, so that it is seen who is told."""
    for number, attendee in enumerate(attendees):
        attendee.email = f"p{number}@example.org"
        attendee.save()
    return attendees


def register(attendee, *tutorials):
    for tutorial in tutorials:
        registration.register(attendee, tutorial, by=None, at=NOW)


def release(conference, by=None, **decided):
    return schedule.release(conference, by=by, at=LATER, notes="A smaller hall.", **decided)


def draft_slot(tutorial):
    return Schedule.objects.draft(tutorial.conference).slots.filter(tutorial=tutorial)


def put_into_room_for(tutorial, capacity):
    draft_slot(tutorial).update(room=make_room(tutorial.conference, capacity=capacity))


def bring_t4_beside_t1(programme):
    """In the draft T4 changes places with T3, and so comes to overlap T1."""
    draft_slot(programme.t4).update(session=programme.sessions[0])
    draft_slot(programme.t3).update(session=programme.sessions[1])


def state(attendee, tutorial):
    row = Registration.objects.get(attendee=attendee, tutorial=tutorial)
    return row.status, registration.place(row), row.overlap


def live(conference):
    rows = Registration.objects.for_conference(conference).live()
    return set(rows.values_list("attendee", "tutorial"))


def told_since(kind):
    mails = Mail.objects.filter(kind=kind, created_at=LATER).order_by("pk")
    return [(mail.attendee.name, mail.tutorial.code) for mail in mails]


SEAT, WAITS = ("confirmed", None, ""), "waitlisted"


class TestTooManyPeople:
    @pytest.fixture
    def smaller(self, programme, people):
        """T1 has three people and two who wait; in the draft its room holds two."""
        for attendee in people[:5]:
            register(attendee, programme.t1)
        put_into_room_for(programme.t1, 2)
        return programme

    def test_nothing_is_released_until_it_is_decided(self, smaller, conference):
        before = live(conference)
        with pytest.raises(ReleaseBlocked, match="would have 2 seats and has 3 people"):
            release(conference)
        with pytest.raises(ReleaseBlocked):
            release(conference, keep=[smaller.t2.pk], move_back=[smaller.t3.pk])
        assert Schedule.objects.current(conference).get() == smaller.version
        assert live(conference) == before

    def test_everybody_keeps_their_seat_and_that_is_noted(
        self, smaller, conference, people, organiser
    ):
        release(conference, by=organiser, keep=[smaller.t1.pk])

        smaller.t1.refresh_from_db()
        assert (smaller.t1.seats, smaller.t1.seats_taken) == (3, 3)
        noted = Change.objects.get(tutorial=smaller.t1, at=LATER)
        assert (noted.why, noted.by, noted.seats_were, noted.seats_became) == (
            "release", organiser, 3, 3,
        )  # fmt: skip
        assert noted.reason == "A smaller hall."
        assert told_since("moved_back") == []

    def test_a_seat_that_was_kept_is_gone_once_it_is_given_back(self, smaller, conference, people):
        release(conference, keep=[smaller.t1.pk])
        registration.cancel(people[0], smaller.t1, by=None, at=LATER)

        smaller.t1.refresh_from_db()
        assert (smaller.t1.seats, smaller.t1.seats_taken) == (2, 2)
        assert state(people[3], smaller.t1) == (WAITS, 1, "")

    def test_the_newest_goes_to_the_head_of_the_queue(self, smaller, conference, people):
        before = live(conference)

        release(conference, move_back=[smaller.t1.pk])

        smaller.t1.refresh_from_db()
        assert (smaller.t1.seats, smaller.t1.seats_taken) == (2, 2)
        assert [state(person, smaller.t1) for person in people[:5]] == [
            SEAT,
            SEAT,
            (WAITS, 1, ""),
            (WAITS, 2, ""),
            (WAITS, 3, ""),
        ]
        assert live(conference) == before
        assert told_since("moved_back") == [("Person 3", "T1")]

    def test_who_was_moved_back_is_the_first_to_return(self, smaller, conference, people):
        release(conference, move_back=[smaller.t1.pk])
        registration.cancel(people[0], smaller.t1, by=None, at=LATER)

        assert state(people[2], smaller.t1) == SEAT

    def test_what_is_kept_everywhere_else_is_not_kept_there(self, smaller, conference, people):
        register(people[5], smaller.t2)
        register(people[0], smaller.t2)
        put_into_room_for(smaller.t2, 1)

        release(conference, keep_everyone=True, move_back=[smaller.t1.pk])

        assert state(people[2], smaller.t1) == (WAITS, 1, "")
        smaller.t2.refresh_from_db()
        assert (smaller.t2.seats, smaller.t2.seats_taken) == (2, 2)

    def test_one_decision_is_none_about_another_tutorial(self, smaller, conference, people):
        register(people[5], smaller.t2)
        register(people[0], smaller.t2)
        put_into_room_for(smaller.t2, 1)

        with pytest.raises(ReleaseBlocked) as blocked:
            release(conference, move_back=[smaller.t1.pk])
        assert [finding.tutorials for finding in blocked.value.findings] == [(smaller.t2.pk,)]


class TestTwoAtOnce:
    @pytest.fixture
    def clash(self, programme, people):
        """Two people are in T1 and T4, one in each alone; the draft lets these overlap."""
        for person in people[:2]:
            register(person, programme.t1, programme.t4)
        register(people[2], programme.t1)
        register(people[3], programme.t4)
        bring_t4_beside_t1(programme)
        return programme

    def test_nothing_is_released_until_it_is_decided(self, clash, conference):
        with pytest.raises(ReleaseBlocked, match="2 people have seats in both"):
            release(conference)

    def test_who_keeps_both_is_marked_and_told(self, clash, conference, people):
        release(conference, keep=[clash.t1.pk])

        for person in people[:2]:
            for tutorial in (clash.t1, clash.t4):
                assert state(person, tutorial) == ("confirmed", None, "release")
        assert state(people[2], clash.t1) == state(people[3], clash.t4) == SEAT
        assert [name for name, _ in told_since("clash")] == ["Person 1", "Person 2"]
        marked = Change.objects.filter(at=LATER, registration__isnull=False)
        assert marked.count() == 4
        assert {(row.was, row.became, row.why) for row in marked} == {
            ("confirmed", "confirmed", "release")
        }

    @pytest.mark.parametrize(("given_up", "kept"), [("t1", "t4"), ("t4", "t1")])
    def test_they_give_up_the_one_that_the_organiser_chose(
        self, clash, conference, people, given_up, kept
    ):
        given_up, kept = getattr(clash, given_up), getattr(clash, kept)
        before = live(conference)

        release(conference, move_back=[given_up.pk])

        assert [state(person, kept) for person in people[:2]] == [SEAT, SEAT]
        # They are asked which of the two they want, as long as they may be.
        assert [state(person, given_up)[0] for person in people[:2]] == ["offered", "offered"]
        assert state(people[2], clash.t1) == state(people[3], clash.t4) == SEAT
        assert told_since("clash") == []
        assert sorted(told_since("moved_back")) == [
            ("Person 1", given_up.code),
            ("Person 2", given_up.code),
        ]
        assert live(conference) == before

    def test_of_two_that_are_given_up_it_is_the_newer_seat(self, clash, conference, people):
        release(conference, move_back=[clash.t1.pk, clash.t4.pk])

        for person in people[:2]:
            assert state(person, clash.t1) == SEAT
            assert state(person, clash.t4)[0] == "offered"

    def test_the_seat_they_give_up_goes_to_who_waits_and_can_take_it(
        self, clash, conference, people
    ):
        register(people[4], clash.t1)
        assert state(people[4], clash.t1) == (WAITS, 1, "")

        release(conference, move_back=[clash.t1.pk])
        assert state(people[4], clash.t1) == (WAITS, 1, "")
        for person in people[:2]:
            offer = Registration.objects.get(attendee=person, tutorial=clash.t1)
            registration.decline(offer, by=None, at=LATER)

        assert state(people[4], clash.t1) == SEAT

    def test_where_the_conference_allows_overlaps_there_is_nothing_to_decide(
        self, clash, conference, people
    ):
        conference.overlaps = "allow"
        conference.save()

        release(conference)

        assert state(people[0], clash.t1)[0] == state(people[0], clash.t4)[0] == "confirmed"


def test_who_has_something_that_moved_is_told_and_nobody_else(programme, conference, people):
    for person in people[:4]:
        register(person, programme.t1)
    register(people[4], programme.t2)
    register(people[5], programme.t3)
    registration.cancel(people[0], programme.t1, by=None, at=NOW)
    put_into_room_for(programme.t1, 9)

    release(conference)

    assert told_since("moved") == [(f"Person {n}", "T1") for n in (2, 3, 4)]


def test_who_waits_is_told_of_a_move_too(programme, conference, people):
    for person in people[:4]:
        register(person, programme.t1)
    put_into_room_for(programme.t1, 3)

    release(conference)

    assert ("Person 4", "T1") in told_since("moved")


def test_a_first_time_is_no_move(programme, conference, people):
    register(people[0], programme.t1)
    programme.t1.title = "A better title"
    programme.t1.save()

    release(conference)

    assert told_since("moved") == []


@pytest.mark.parametrize("choice", ["keep", "move_back"])
def test_nobody_is_lost_and_nothing_happens_in_silence(programme, conference, people, choice):
    """Whoever's registration changed has a row in the history that says so, and a mail."""
    for person in people:
        register(person, programme.t1)
    for person in people[:3]:
        register(person, programme.t4)
    bring_t4_beside_t1(programme)
    put_into_room_for(programme.t1, 1)
    before = dict(Registration.objects.values_list("pk", "status"))

    release(conference, **{choice: [programme.t1.pk]}, keep_everyone=True)

    after = dict(Registration.objects.values_list("pk", "status"))
    changed = {pk for pk in before if before[pk] != after[pk]}
    told = Mail.objects.filter(created_at=LATER).values_list("registration", flat=True)
    assert "cancelled" not in after.values()
    assert changed <= set(Change.objects.filter(at=LATER).values_list("registration", flat=True))
    assert changed <= set(told)
    assert bool(changed) == (choice == "move_back")
