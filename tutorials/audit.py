"""Do all rows of a conference agree with each other? What no portable constraint can hold."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Q

from conference.models import Conference
from tutorials import registration
from tutorials.models import CheckIn, Registration, Slot, Tutorial

SEATED = Q(registrations__status__in=Registration.SEATED)


def audit(conference: Conference) -> list[str]:
    """Return a sentence for every invariant that does not hold; an empty list is good news."""
    return [*_seats(conference), *_queues(conference), *_one_conference(conference)]


def _seats(conference: Conference) -> Iterator[str]:
    tutorials = Tutorial.objects.for_conference(conference).annotate(
        counted=Count("registrations", filter=SEATED)
    )
    capacities = registration.released_capacities(tutorials)
    for tutorial in tutorials:
        if tutorial.counted != tutorial.seats_taken:
            yield (
                f"{tutorial.code}: seats_taken is {tutorial.seats_taken}, "
                f"{tutorial.counted} registrations take a seat"
            )
        wanted = capacities[tutorial.pk]
        if wanted is not None:
            wanted = max(wanted, tutorial.seats_taken)
        if tutorial.seats != wanted:
            yield f"{tutorial.code}: seats is {tutorial.seats}, its rooms and capacity say {wanted}"


def _queues(conference: Conference) -> Iterator[str]:
    waiting = Registration.objects.for_conference(conference).waiting()
    for one in waiting.filter(
        Q(position__gt=F("tutorial__queue_tail")) | Q(position__lt=F("tutorial__queue_head"))
    ):
        yield f"registration {one.pk}: its number {one.position} is beyond the tutorial's counter"
    cancelled = Registration.objects.for_conference(conference).live()
    for one in cancelled.filter(tutorial__status=Tutorial.Status.CANCELLED):
        yield f"registration {one.pk}: is live in a cancelled tutorial"


def _one_conference(conference: Conference) -> Iterator[str]:
    """Every foreign key stays within the conference."""
    strays = {
        "a registration and its attendee": Registration.objects.for_conference(conference).exclude(
            attendee__conference=conference
        ),
        "a tutorial and its track": conference.tutorials.filter(track__isnull=False).exclude(
            track__conference=conference
        ),
        "a track and its room": conference.tracks.filter(room__isnull=False).exclude(
            room__venue__conference=conference
        ),
        "a slot and its tutorial": Slot.objects.filter(schedule__conference=conference).exclude(
            tutorial__conference=conference
        ),
        "a slot and its room": Slot.objects.filter(
            schedule__conference=conference, room__isnull=False
        ).exclude(room__venue__conference=conference),
        "a slot and its session": Slot.objects.filter(schedule__conference=conference).exclude(
            session__schedule=F("schedule")
        ),
        "a check-in and its attendee": CheckIn.objects.filter(
            tutorial__conference=conference
        ).exclude(attendee__conference=conference),
    }
    for what, rows in strays.items():
        for pk in rows.values_list("pk", flat=True):
            yield f"{what} belong to different conferences (row {pk})"
