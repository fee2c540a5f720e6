"""Offers, claims and queues where several rules meet."""

from datetime import timedelta

import pytest

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration, schedule
from tutorials.audit import audit, left_waiting
from tutorials.models import Mail, Registration
from tutorials.registration import filling
from tutorials.standing import Refused


@pytest.fixture(autouse=True)
def audited(conference):
    """Whatever a test does, all rows agree at its end."""
    yield
    assert audit(conference) == []


@pytest.fixture
def ticketed(conference):
    conference.attendance = "register_with_ticket"
    conference.save()
    return conference


@pytest.fixture
def claimant(ticketed):
    return make_attendee(ticketed, claimed_ticket="A1", claimed_at=NOW)


def gain_ticket(attendee):
    attendee.ticket_number, attendee.claimed_ticket, attendee.claimed_at = "A1", "", None
    attendee.save()


def register(attendee, tutorial, when=NOW, **wish):
    return registration.register(attendee, tutorial, by=None, at=when, **wish)


def refusal_of(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusal.code


def status(attendee, tutorial):
    return Registration.objects.filter(attendee=attendee, tutorial=tutorial).latest("pk").status


def test_nobody_has_more_seats_held_than_they_could_accept(programme, attendees):
    register(attendees[0], programme.t1)
    for tutorial in (programme.t2, programme.t3):
        register(attendees[0], tutorial, when_free="offer")
    # T2 was free to take; T3 overlaps T1, and is held. A third that overlaps T2 has to wait.
    assert status(attendees[0], programme.t2) == "confirmed"
    assert status(attendees[0], programme.t3) == "offered"


def test_who_has_an_offer_in_the_way_is_passed_over_until_it_is_answered(
    programme, conference, attendees
):
    third = make_tutorial(conference, capacity=3)
    make_slot(programme.sessions[0], third)
    schedule.release(conference, by=None, at=NOW)
    register(attendees[0], programme.t1)
    offer = register(attendees[0], programme.t3, when_free="offer")
    assert offer.status == "offered"
    assert register(attendees[0], third, when_free="offer").status == "waitlisted"
    assert left_waiting(conference, NOW) == []
    registration.decline(offer, by=None, at=NOW)
    assert status(attendees[0], third) == "offered"


def test_nobody_joins_a_closed_queue_in_front_of_free_seats(programme, attendees):
    register(attendees[0], programme.t3)
    late = at(6)
    ask = lambda: register(attendees[0], programme.t1, late, when_free="offer")  # noqa: E731
    assert refusal_of(ask) == "queue_closed"
    assert register(attendees[1], programme.t1, late).status == "confirmed"
    switched = registration.switch(
        attendees[0], programme.t1, gives_up=programme.t3, by=None, at=late
    )
    assert switched.status == "confirmed"


def test_an_offer_ends_with_the_queue_of_a_tutorial_that_moves_earlier(
    programme, conference, attendees
):
    register(attendees[0], programme.t4)
    offer = register(attendees[0], programme.t2, at(9, day=-1), when_free="offer")
    noon = programme.sessions[1]
    noon.starts_at, noon.ends_at = at(5), at(7, 30)
    noon.save()
    schedule.release(conference, by=None, at=at(10, day=-1))
    offer.refresh_from_db()
    assert offer.offered_until <= at(2)
    accept = lambda: registration.accept(  # noqa: E731
        offer, by=None, at=at(6), giving_up=[programme.t4.pk]
    )
    assert refusal_of(accept) == "offer_lapsed"


def test_an_offer_ends_with_a_queue_that_closes_earlier(programme, conference, attendees):
    register(attendees[0], programme.t4)
    offer = register(attendees[0], programme.t2, at(6, day=-1), when_free="offer")
    assert offer.offered_until == at(7)  # not at six, which is within the night
    conference.waiting_list_closes_hours = 24
    conference.save()
    registration.shorten_all(conference, by=None, at=at(7, day=-1))
    offer.refresh_from_db()
    assert offer.offered_until == at(11, 30, day=-1)


def test_what_is_in_the_way_and_has_started_cannot_be_given_up(programme, conference, attendees):
    conference.tutorials_per_attendee = 1
    conference.save()
    later = make_tutorial(conference, capacity=1)
    make_slot(make_session(conference, at(8, day=2)), later)
    schedule.release(conference, by=None, at=NOW)
    register(attendees[0], programme.t1)
    for wish in ("take", "offer"):
        ask = lambda wish=wish: register(attendees[0], later, at(9), when_free=wish)  # noqa: E731
        assert refusal_of(ask) == "limit"


class TestAClaim:
    def test_confirmed_gives_what_was_asked_for_outright(self, programme, claimant):
        register(claimant, programme.t1)
        register(claimant, programme.t3, when_free="offer")
        gain_ticket(claimant)
        registration.tickets_changed([claimant.pk], by=None, at=NOW + timedelta(hours=1))
        assert status(claimant, programme.t1) == "confirmed"

    def test_confirmed_before_a_crash_is_found_by_the_worker(self, programme, claimant):
        row = register(claimant, programme.t1)
        gain_ticket(claimant)
        assert any("awaits a ticket" in found for found in audit(programme.conference))
        registration.lapse(at=row.offered_until)
        assert status(claimant, programme.t1) == "confirmed"

    def test_refused_after_the_ticket_came_takes_no_seat(self, programme, claimant):
        register(claimant, programme.t1)
        gain_ticket(claimant)
        registration.refuse_claim(claimant, by=None, at=NOW)
        registration.tickets_changed([claimant.pk], by=None, at=NOW)
        assert status(claimant, programme.t1) == "confirmed"

    def test_waiting_at_night_is_not_left_waiting(self, programme, ticketed, claimant):
        holders = [make_attendee(ticketed, ticket_number=f"N{n}") for n in range(3)]
        for holder in holders:
            register(holder, programme.t1)
        assert register(claimant, programme.t1).status == "waitlisted"
        night = at(22, 30, day=-1)
        registration.cancel(holders[0], programme.t1, by=None, at=night)
        assert status(claimant, programme.t1) == "waitlisted"
        assert left_waiting(ticketed, night) == []


def test_whoever_insisted_is_bound_by_a_policy_that_is_stricter_now(
    programme, conference, attendees
):
    conference.overlaps = "warn"
    conference.save()
    for attendee in attendees[:3]:
        register(attendee, programme.t1)
    register(attendees[3], programme.t3)
    register(attendees[3], programme.t1, despite_overlap=True)
    conference.overlaps = "refuse"
    conference.save()
    registration.cancel(attendees[0], programme.t1, by=None, at=NOW)
    assert status(attendees[3], programme.t1) == "waitlisted"


def test_whoever_insisted_and_was_moved_back_still_insists(programme, conference, attendees):
    conference.overlaps = "warn"
    conference.save()
    register(attendees[0], programme.t3)
    register(attendees[0], programme.t1, despite_overlap=True)
    register(attendees[1], programme.t1)
    for capacity in (1, 3):
        registration.change_capacity(
            programme.t1,
            capacity=capacity,
            kept_back=0,
            too_few=registration.TooFew.MOVE_BACK,
            by=None,
            at=NOW,
        )
    assert status(attendees[0], programme.t1) == "confirmed"


def test_a_switch_beside_a_third_is_marked(programme, conference, attendees):
    conference.overlaps = "allow"
    conference.save()
    for tutorial in (programme.t1, programme.t2):
        register(attendees[0], tutorial)
    row = registration.switch(attendees[0], programme.t3, gives_up=programme.t2, by=None, at=NOW)
    assert (row.status, row.overlap) == ("confirmed", "policy")


def test_a_seat_added_above_the_capacity_stays_whatever_else_changes(
    programme, conference, attendees
):
    programme.t2.capacity = 1
    programme.t2.save()
    registration.seats_follow_capacity([programme.t2.pk], at=NOW)
    for attendee in attendees[:2]:
        registration.add(
            attendee, programme.t2, by=None, at=NOW, reason="A guest", above_seats=True
        )
    hall = programme.halls[0]
    assert registration.too_few_if({hall.pk: 2}) == []
    registration.seats_follow_capacity(
        [programme.t2.pk], at=NOW, too_few=registration.TooFew.MOVE_BACK
    )
    assert status(attendees[1], programme.t2) == "confirmed"


@pytest.fixture
def given_up(programme, conference):
    """A full tutorial, and eight others at its time, of one seat each."""
    morning = make_session(conference, at(8))
    tutorials = [make_tutorial(conference, capacity=1) for _ in range(9)]
    for tutorial in tutorials:
        make_slot(morning, tutorial)
    schedule.release(conference, by=None, at=NOW)
    register(make_attendee(conference), tutorials[0])
    return tutorials


def wait_to_be_switched(conference, tutorial, other):
    attendee = make_attendee(conference, email="a@example.org")
    register(attendee, other)
    register(attendee, tutorial, when_free="switch", gives_up=other)
    return attendee


def enlarge(tutorial, capacity):
    registration.change_capacity(
        tutorial,
        capacity=capacity,
        kept_back=0,
        too_few=registration.TooFew.REFUSE,
        by=None,
        at=NOW,
    )


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_many_are_switched_in_the_order_in_which_they_came(
    conference, given_up, monkeypatch, at_once
):
    monkeypatch.setattr(filling, "TUTORIALS_AT_ONCE", at_once)
    tutorial, *others = given_up
    queue = [wait_to_be_switched(conference, tutorial, other) for other in others[:4]]
    queue.append(make_attendee(conference))
    register(queue[4], tutorial)
    queue += [wait_to_be_switched(conference, tutorial, other) for other in others[4:]]

    enlarge(tutorial, 7)

    assert [status(each, tutorial) for each in queue] == ["confirmed"] * 6 + ["waitlisted"] * 3
    switched = [*queue[:4], queue[5]]
    mails = Mail.objects.filter(kind="switched").order_by("pk")
    assert [mail.attendee for mail in mails] == switched
    assert [mail.facts["other"] for mail in mails] == [other.pk for other in others[:5]]
    left = [status(each, other) for each, other in zip(switched, others[:5], strict=True)]
    assert left == ["cancelled"] * 5
    assert [status(queue[n + 1], others[n]) for n in (5, 6, 7)] == ["confirmed"] * 3


def test_what_several_give_up_goes_to_those_who_wait_for_it(conference, given_up):
    tutorial, other, *_ = given_up
    enlarge(other, 2)
    switchers = [wait_to_be_switched(conference, tutorial, other) for _ in range(2)]
    waiting = [make_attendee(conference) for _ in range(3)]
    for each in waiting:
        register(each, other)

    enlarge(tutorial, 3)

    assert [status(each, tutorial) for each in switchers] == ["confirmed"] * 2
    assert [status(each, other) for each in waiting] == ["confirmed"] * 2 + ["waitlisted"]


def test_many_who_are_switched_beside_a_third_are_marked(conference, given_up):
    tutorial, other, third, *_ = given_up
    conference.overlaps = "allow"
    conference.save()
    for each in (other, third):
        enlarge(each, 2)
    switchers = [wait_to_be_switched(conference, tutorial, other) for _ in range(2)]
    register(switchers[1], third)

    enlarge(tutorial, 3)

    rows = Registration.objects.filter(tutorial=tutorial, attendee__in=switchers).order_by("pk")
    assert [(row.status, row.overlap) for row in rows] == [
        ("confirmed", ""),
        ("confirmed", "policy"),
    ]
