"""For what else does somebody wait, that a seat in this tutorial is in the way of?

Who is passed over in a queue loses nothing and is not written to, so the page and the mail that
give them the seat say it.
"""

from __future__ import annotations

from datetime import datetime

from people.models import Attendee
from tutorials.choices import Choices
from tutorials.models import Registration, Slot, Tutorial
from tutorials.standing import Standing

Status = Registration.Status


def passed_over(standing: Standing, at: datetime) -> list[Tutorial]:
    """Where somebody who has a seat here, or would have one, is passed over for its sake.

    Not where they have said what they want then, nor where they cannot say it any more. One query,
    none for who waits for nothing.
    """
    attendee, tutorial = standing.attendee, standing.tutorial
    waiting = [
        row
        for row in standing.registrations
        if row.status == Status.WAITLISTED and row.tutorial_id != tutorial.pk
    ]
    if attendee is None or not waiting:
        return []
    conference = tutorial.conference
    seats = [row for row in standing.registrations if row.status in Registration.SEATED]
    if not any(row.tutorial_id == tutorial.pk for row in seats):
        seats.append(Registration(attendee=attendee, tutorial=tutorial, status=Status.CONFIRMED))
    slots = Slot.objects.released(conference).filter(tutorial__in=[r.tutorial_id for r in waiting])
    known = [*standing.slots, *slots.select_related("session").in_order()]
    found = []
    for row in waiting:
        row.tutorial.conference = conference
        choices = Choices(Standing(attendee, row.tutorial, [*seats, row], known), at)
        is_passed_over = choices.can_change_wish and not choices.when_free
        if is_passed_over and _is_in_the_way(tutorial, choices.standing):
            found.append(row.tutorial)
    return found


def passed_over_for(attendee: Attendee, tutorial: Tutorial, at: datetime) -> list[Tutorial]:
    """The same of rows that are read now, in one query for who waits for nothing.

    ``tutorial.conference`` should be loaded.
    """
    elsewhere = Registration.objects.waiting().filter(attendee=attendee)
    if not elsewhere.exclude(tutorial=tutorial).exists():
        return []
    return passed_over(Standing.load(attendee, tutorial), at)


def _is_in_the_way(tutorial: Tutorial, elsewhere: Standing) -> bool:
    """Whether it is this seat of theirs that keeps them from another tutorial."""
    overlapping = any(other.pk == tutorial.pk for other in elsewhere.in_the_way())
    at_limit = elsewhere.is_at_limit() and not elsewhere.is_at_limit(giving_up=[tutorial.pk])
    return overlapping or at_limit
