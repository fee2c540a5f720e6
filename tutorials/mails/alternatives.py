"""A tutorial is called off: which others could its attendee have a seat in?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q, Subquery

from people.models import Attendee
from tutorials.models import Registration, Slot, Tutorial
from tutorials.standing import Standing, live_registrations, overlapping_any

AT_MOST = 5
# How many are looked at more closely; few of them are refused.
CANDIDATES = 20


def alternatives_to(
    tutorial: Tutorial, attendee: Attendee | None, at: datetime
) -> list[tuple[Tutorial, list[Slot]]]:
    """Tutorials with free seats that the attendee may register for, each with its released slots.

    Without one: that some stranger might. At most five; those at the same time come first, then the
    sooner ones. Four queries, three for a stranger.
    """
    conference = tutorial.conference
    mine = list(live_registrations(attendee)) if attendee and attendee.pk else []
    held = [seat.tutorial_id for seat in mine if seat.status in Registration.SEATED]
    known = [tutorial.pk, *held]
    slots = _slots_of(tutorial, known)
    own = [slot.session for slot in slots if slot.tutorial_id == tutorial.pk]
    released = Slot.objects.released(conference).filter(tutorial=OuterRef("pk")).order_by()
    starts_at = released.values("tutorial").annotate(at=Min("session__starts_at")).values("at")
    # Later than the close of the waiting list a free seat may be somebody's who waits at the door.
    soonest = at + timedelta(hours=conference.waiting_list_closes_hours)
    candidates = list(
        Tutorial.objects.public()
        .for_conference(conference)
        .filter(Q(seats__isnull=True) | Q(seats_taken__lt=F("seats")))
        .filter(status=Tutorial.Status.PUBLISHED)
        .exclude(pk__in=[tutorial.pk, *(seat.tutorial_id for seat in mine)])
        .annotate(
            starts_at=Subquery(starts_at),
            is_same_time=Exists(released.filter(overlapping_any(own))) if own else Q(pk__in=[]),
        )
        .filter(starts_at__gt=soonest)
        .order_by("-is_same_time", "starts_at", "pk")[:CANDIDATES]
    )
    slots += _slots_of(tutorial, [candidate.pk for candidate in candidates])
    found: list[tuple[Tutorial, list[Slot]]] = []
    for candidate in candidates:
        candidate.conference = conference
        asked = [slot for slot in slots if slot.tutorial_id in (candidate.pk, *held)]
        if Standing(attendee, candidate, mine, asked).why_not(at) is None:
            found.append((candidate, [s for s in slots if s.tutorial_id == candidate.pk]))
    return found[:AT_MOST]


def _slots_of(tutorial: Tutorial, tutorial_ids: list[int]) -> list[Slot]:
    released = Slot.objects.released(tutorial.conference).filter(tutorial__in=tutorial_ids)
    return list(released.select_related("session", "room__venue").in_order())
