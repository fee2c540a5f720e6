"""The rules of registration.py, without HTTP."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.attendees import new_attendee
from tests.database import refuses
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration, schedule
from tutorials.audit import audit, overlapping_seats
from tutorials.models import Registration, Tutorial
from tutorials.standing import Refused


def register(attendee, tutorial, when=NOW):
    return registration.register(attendee, tutorial, by=None, at=when)


def cancel(attendee, tutorial, when=NOW):
    return registration.cancel(attendee, tutorial, by=None, at=when)


def states(tutorial):
    """Everybody's status and queue number, in the order they asked."""
    rows = Registration.objects.filter(tutorial=tutorial).order_by("pk")
    return [(row.status, row.position) for row in rows]


def refusal_code(attendee, tutorial, when=NOW):
    refusal = registration.why_not(attendee, tutorial, when)
    return refusal.code if refusal else None


@pytest.fixture(autouse=True)
def audited(conference):
    """Whatever a test does, all rows agree at its end."""
    yield
    assert audit(conference) + overlapping_seats(conference) == []


def test_seats_follow_the_smallest_released_room(programme):
    assert (programme.t1.seats, programme.t3.seats) == (3, None)


def test_the_fourth_of_three_waits(programme, attendees):
    for attendee in attendees[:5]:
        register(attendee, programme.t1)
    assert states(programme.t1) == [
        ("confirmed", None),
        ("confirmed", None),
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    programme.t1.refresh_from_db()
    assert (programme.t1.seats_taken, programme.t1.is_full) == (3, True)


def test_without_a_limit_everybody_gets_in(programme, attendees):
    assert {register(a, programme.t3).status for a in attendees} == {"confirmed"}


def test_registering_twice_is_success(programme, attendees):
    first = register(attendees[0], programme.t1)
    assert register(attendees[0], programme.t1) == first
    for attendee in attendees[1:4]:
        last = register(attendee, programme.t1)
    assert register(attendees[3], programme.t1) == last
    assert len(states(programme.t1)) == 4


def test_cancelling_twice_is_success(programme, attendees):
    register(attendees[0], programme.t1)
    assert cancel(attendees[0], programme.t1).status == "cancelled"
    assert cancel(attendees[0], programme.t1) is None
    assert states(programme.t1) == [("cancelled", None)]


def test_the_first_who_waits_moves_up(programme, attendees):
    for attendee in attendees[:5]:
        register(attendee, programme.t1)
    cancel(attendees[1], programme.t1)
    assert [status for status, _ in states(programme.t1)] == [
        "confirmed",
        "cancelled",
        "confirmed",
        "confirmed",
        "waitlisted",
    ]
    left = Registration.objects.get(attendee=attendees[4])
    assert (left.position, registration.place(left)) == (2, 1)


def test_leaving_the_queue_moves_the_others_up(programme, attendees):
    for attendee in attendees[:6]:
        register(attendee, programme.t1)
    cancel(attendees[3], programme.t1)
    places = [
        registration.place(Registration.objects.live().get(attendee=a)) for a in attendees[4:]
    ]
    assert places == [1, 2]


def test_a_queue_number_is_never_given_again(programme, attendees):
    for attendee in attendees[:4]:
        register(attendee, programme.t1)
    cancel(attendees[3], programme.t1)
    assert register(attendees[3], programme.t1).position == 2


def test_no_two_overlapping_tutorials(programme, attendees):
    register(attendees[0], programme.t1)
    refusal = registration.why_not(attendees[0], programme.t3, NOW)
    assert refusal
    assert (refusal.code, refusal.tutorial) == ("overlaps", programme.t1)
    with pytest.raises(Refused, match=programme.t1.title):
        register(attendees[0], programme.t3)
    assert states(programme.t3) == []
    assert register(attendees[0], programme.t4).status == "confirmed"


def test_one_may_wait_for_two_that_overlap_and_gets_one(programme, attendees):
    programme.t3.capacity = 1
    programme.t3.save()
    registration.seats_follow_capacity([programme.t3.pk], at=NOW)
    register(attendees[0], programme.t3)
    for attendee in attendees[1:4]:
        register(attendee, programme.t1)
    for tutorial in (programme.t1, programme.t3):
        assert register(attendees[4], tutorial).status == "waitlisted"
    cancel(attendees[1], programme.t1)  # 4 moves up in T1 …
    cancel(attendees[0], programme.t3)  # … and is passed over in T3, keeping the place.
    assert Registration.objects.get(attendee=attendees[4], tutorial=programme.t1).status == (
        "confirmed"
    )
    waiting = Registration.objects.get(attendee=attendees[4], tutorial=programme.t3)
    assert (waiting.status, waiting.position) == ("waitlisted", 1)
    # A newcomer gets the seat that the one who waits cannot take …
    assert register(attendees[5], programme.t3).status == "confirmed"
    cancel(attendees[5], programme.t3)
    # … and who waits gets it as soon as the clash is gone.
    cancel(attendees[4], programme.t1)
    waiting.refresh_from_db()
    assert waiting.status == "confirmed"


def test_a_newcomer_does_not_pass_somebody_who_waits(programme, attendees):
    for attendee in attendees[:4]:
        register(attendee, programme.t1)
    # A crash between freeing a seat and filling it would leave rows like these.
    Registration.objects.filter(attendee=attendees[0]).delete()
    Tutorial.objects.filter(pk=programme.t1.pk).update(seats_taken=2)
    assert register(attendees[4], programme.t1).status == "waitlisted"
    assert Registration.objects.get(attendee=attendees[3]).status == "confirmed"


def test_raised_capacity_fills_from_the_queue(programme, attendees):
    for attendee in attendees:
        register(attendee, programme.t1)
    programme.t1.capacity = 5
    programme.t1.save(update_fields=["capacity"])
    assert registration.seats_follow_capacity([programme.t1.pk], at=NOW) == []
    assert [status for status, _ in states(programme.t1)] == ["confirmed"] * 5 + ["waitlisted"]


def test_lowered_capacity_takes_no_seat_away(programme, attendees):
    for attendee in attendees[:3]:
        register(attendee, programme.t1)
    programme.t1.capacity = 2
    programme.t1.save(update_fields=["capacity"])
    assert registration.seats_follow_capacity([programme.t1.pk], at=NOW) == [programme.t1]
    programme.t1.refresh_from_db()
    assert (programme.t1.seats, programme.t1.seats_taken) == (3, 3)


def test_a_seat_beyond_the_capacity_is_gone_when_given_up(programme, attendees):
    for attendee in attendees[:4]:
        register(attendee, programme.t1)
    programme.t1.capacity = 1
    programme.t1.save(update_fields=["capacity"])
    registration.seats_follow_capacity([programme.t1.pk], at=NOW)
    seats = []
    for attendee in attendees[:3]:
        cancel(attendee, programme.t1)
        programme.t1.refresh_from_db()
        seats.append((programme.t1.seats, programme.t1.seats_taken))
    assert seats == [(2, 2), (1, 1), (1, 1)]
    assert Registration.objects.get(attendee=attendees[3]).status == "confirmed"


def test_a_cancelled_tutorial_has_no_seats_beyond_its_capacity(programme, attendees):
    for attendee in attendees[:3]:
        register(attendee, programme.t1)
    Tutorial.objects.filter(pk=programme.t1.pk).update(capacity=1)
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)
    programme.t1.refresh_from_db()
    assert (programme.t1.seats, programme.t1.seats_taken) == (1, 0)


def test_a_new_tutorial_has_the_seats_of_its_capacity(conference):
    assert make_tutorial(conference, capacity=5).seats == 5


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (at(4, 59), None),
        (at(8) - timedelta(microseconds=1), None),
        (at(8), "over"),
        (at(10, 30), "over"),
    ],
)
def test_over(programme, attendees, when, code):
    assert refusal_code(attendees[0], programme.t1, when) == code


def test_the_queue_closes_three_hours_before(programme, attendees):
    for attendee in attendees[:4]:
        register(attendee, programme.t1)
    closes = at(5)
    assert refusal_code(attendees[4], programme.t1, closes - timedelta(seconds=1)) is None
    assert refusal_code(attendees[4], programme.t1, closes) == "queue_closed"
    # A seat that frees after that is not filled, and no newcomer passes those who wait for it.
    cancel(attendees[0], programme.t1, closes)
    assert Registration.objects.get(attendee=attendees[3]).status == "waitlisted"
    assert refusal_code(attendees[4], programme.t1, closes) == "queue_closed"
    cancel(attendees[3], programme.t1, closes)
    assert refusal_code(attendees[4], programme.t1, closes) is None


def test_leaving_is_possible_until_the_start(programme, attendees, conference):
    conference.registration_closes_at = NOW + timedelta(hours=1)
    conference.save()
    for attendee in attendees[:2]:
        register(attendee, programme.t1)
    assert cancel(attendees[0], programme.t1, at(8) - timedelta(seconds=1)).status == "cancelled"
    with pytest.raises(Refused, match="started"):
        cancel(attendees[1], programme.t1, at(8))


def test_windows(programme, attendees, conference):
    conference.registration_opens_at = NOW + timedelta(hours=1)
    conference.registration_closes_at = NOW + timedelta(hours=2)
    conference.save()
    t1 = Tutorial.objects.get(pk=programme.t1.pk)
    codes = [refusal_code(attendees[0], t1, NOW + timedelta(hours=hours)) for hours in range(4)]
    assert codes == ["not_open_yet", None, "closed", "closed"]
    refusal = registration.why_not(attendees[0], t1, NOW)
    assert refusal
    assert "(Europe/Berlin)" in refusal.message


def test_refusals_of_the_tutorial(programme, attendees, conference):
    someone = attendees[0]
    draft = make_tutorial(conference, status="draft")
    unplaced = make_tutorial(conference)
    registration.cancel_tutorial(programme.t2, by=None, at=NOW)
    programme.t2.refresh_from_db()
    assert refusal_code(someone, draft) == "not_public"
    assert refusal_code(someone, unplaced) == "not_scheduled"
    assert refusal_code(someone, programme.t2) == "cancelled"
    stranger = make_attendee(make_conference())
    assert refusal_code(stranger, programme.t1) == "not_here"


@pytest.mark.parametrize("attendance", ["open", "ticket"])
def test_no_registration_where_nobody_registers(programme, attendees, conference, attendance):
    conference.attendance = attendance
    conference.save()
    t1 = Tutorial.objects.get(pk=programme.t1.pk)
    assert refusal_code(attendees[0], t1) == "not_here"


def test_a_ticket_where_one_is_needed(programme, conference):
    conference.attendance = "register_with_ticket"
    conference.save()
    t1 = Tutorial.objects.get(pk=programme.t1.pk)
    without, with_one = make_attendee(conference), make_attendee(conference, ticket_number="7")
    assert refusal_code(without, t1) == "no_ticket"
    assert refusal_code(with_one, t1) is None
    assert refusal_code(None, t1) is None


def test_a_stranger_is_refused_only_for_what_holds_for_all(programme):
    assert refusal_code(None, programme.t1) is None
    assert refusal_code(None, programme.t1, at(8)) == "over"


def test_a_full_day_tutorial_takes_both_sessions(programme, attendees, conference):
    whole = make_tutorial(conference)
    for session in programme.sessions:
        make_slot(session, whole)
    schedule.release(conference, by=None, at=NOW)
    register(attendees[0], whole)
    assert refusal_code(attendees[0], programme.t4) == "overlaps"
    register(attendees[1], programme.t4)
    assert refusal_code(attendees[1], whole) == "overlaps"


def test_one_ends_as_the_other_starts(programme, attendees, conference):
    later = make_tutorial(conference)
    make_slot(make_session(conference, at(10, 30), at(11, 30)), later)
    schedule.release(conference, by=None, at=NOW)
    register(attendees[0], programme.t1)
    assert register(attendees[0], later).status == "confirmed"


def test_cancelling_a_tutorial_ends_all_and_frees_people(programme, attendees):
    for attendee in attendees[:5]:
        register(attendee, programme.t1)
    assert registration.cancel_tutorial(programme.t1, by=None, at=NOW) == 5
    assert registration.cancel_tutorial(programme.t1, by=None, at=NOW) == 0
    ended = Registration.objects.filter(tutorial=programme.t1)
    assert {row.cancelled_because for row in ended} == {"tutorial_cancelled"}
    programme.t1.refresh_from_db()
    assert (programme.t1.status, programme.t1.seats_taken) == ("cancelled", 0)
    assert register(attendees[0], programme.t3).status == "confirmed"


def test_an_old_copy_that_is_saved_gives_no_seat_back(programme, attendees):
    old = Tutorial.objects.get(pk=programme.t1.pk)
    for attendee in attendees[:4]:
        register(attendee, programme.t1)
    old.title = "Another title"
    old.save()
    programme.t1.refresh_from_db()
    assert (programme.t1.title, programme.t1.seats_taken) == ("Another title", 3)
    assert register(attendees[4], programme.t1).position == 2


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_of_a_transaction_is_refused(programme):
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        registration.lock_tutorials([programme.t1.pk])


class TestTheDatabaseRefuses:
    """What must never be, whoever writes it."""

    @pytest.fixture
    def seated(self, programme, attendees):
        return register(attendees[0], programme.t1)

    def test_more_taken_than_seats(self, programme, seated):
        rows = Tutorial.objects.filter(pk=programme.t1.pk)
        refuses(lambda: rows.update(seats_taken=4))
        refuses(lambda: rows.update(seats_taken=-1))
        refuses(lambda: rows.update(seats=0))

    def test_two_live_registrations(self, programme, seated):
        refuses(
            lambda: Registration.objects.create(
                attendee=seated.attendee,
                tutorial=programme.t1,
                status="waitlisted",
                position=1,
                registered_at=NOW,
            )
        )

    def test_one_queue_number_twice(self, programme, attendees):
        for attendee in attendees[:5]:
            register(attendee, programme.t1)
        last = Registration.objects.filter(attendee=attendees[4])
        refuses(lambda: last.update(position=1))

    @pytest.mark.parametrize(
        "fields",
        [
            {"position": 1},
            {"offered_until": NOW},
            {"confirmed_at": None},
            {"cancelled_at": NOW},
            {"cancelled_because": "self"},
            {"status": "offered"},
            {"status": "waitlisted"},
            {"status": "cancelled"},
            {"status": "cancelled", "cancelled_at": NOW},
            {"status": "cancelled", "cancelled_because": "self"},
            {"status": "nonsense"},
        ],
    )
    def test_status_and_fields_that_disagree(self, seated, fields):
        refuses(lambda: Registration.objects.filter(pk=seated.pk).update(**fields))


def test_a_newcomer_whose_place_another_request_made_meanwhile(conference, user, programme):
    """It looked before the other had written, and registers with what the other wrote."""
    newcomer = new_attendee(user, conference)
    place = make_attendee(conference, user=user)

    row = register(newcomer, programme.t1)

    assert (row.attendee, row.status) == (place, "confirmed")
    assert register(new_attendee(user, conference), programme.t1) == row
    assert list(user.attendees.all()) == [place]


def test_a_newcomer_who_is_refused_is_no_attendee(conference, user, programme):
    with pytest.raises(Refused):
        register(new_attendee(user, conference), programme.t1, at(23))

    assert not user.attendees.exists()


def statements_of(act):
    """How many statements it takes, those that begin and end a transaction left out."""
    with CaptureQueriesContext(connection) as queries:
        act()
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return len([each for each in queries if not each["sql"].startswith(control)])


def test_a_registration_asks_no_more_than_it_needs(conference, user, programme):
    """Registration opens at a stroke: each statement more is one that everybody waits for."""
    first, second, third, fourth = (
        make_attendee(conference, email=f"{number}@example.org") for number in range(4)
    )
    newcomer = new_attendee(user, conference)
    assert statements_of(lambda: register(newcomer, programme.t1)) == 7
    assert statements_of(lambda: register(first, programme.t1)) == 8
    register(second, programme.t1)
    assert statements_of(lambda: register(third, programme.t1)) == 9, "and its place"
    assert statements_of(lambda: register(fourth, programme.t3)) == 8
