"""Do all rows of a conference agree with each other? What no portable constraint can hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, groupby

from django.db.models import Count, Exists, F, OuterRef, Q

from conference.models import Conference
from tutorials import registration
from tutorials.models import CheckIn, Registration, Session, Slot, Tutorial

SEATED = Q(registrations__status__in=Registration.SEATED)


def audit(conference: Conference) -> list[str]:
    """Return a sentence for every invariant that does not hold; an empty list is good news."""
    return [
        *_seats(conference),
        *_queues(conference),
        *_one_conference(conference),
        *_versions(conference),
        *_check_ins(conference),
    ]


def overlapping_seats(conference: Conference) -> list[str]:
    """Return a sentence for every two tutorials at the same time that somebody has a seat in.

    Registering never gives them. ``audit`` leaves them out all the same, because a release that
    keeps everyone may, and no row tells yet that it did. One query.
    """
    seats = (
        Slot.objects.released(conference)
        .filter(tutorial__registrations__status__in=Registration.SEATED)
        .order_by("tutorial__registrations__attendee", "session__starts_at", "pk")
        .values_list(
            "tutorial__registrations__attendee",
            "tutorial__code",
            "session__starts_at",
            "session__ends_at",
        )
    )
    found = []
    for attendee, theirs in groupby(seats, key=lambda seat: seat[0]):
        for (_, one, _, ends_at), (_, other, starts_at, _) in combinations(theirs, 2):
            if one != other and starts_at < ends_at:
                found.append(f"attendee {attendee}: has seats in {one} and {other} at once")
    return found


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
    live = Registration.objects.for_conference(conference).live()
    for one in live.filter(tutorial__status=Tutorial.Status.CANCELLED):
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
        "a check-in and its attendee": CheckIn.objects.filter(
            tutorial__conference=conference
        ).exclude(attendee__conference=conference),
    }
    for what, rows in strays.items():
        for pk in rows.values_list("pk", flat=True):
            yield f"{what} belong to different conferences (row {pk})"


def _versions(conference: Conference) -> Iterator[str]:
    """A key and its number stay together in every version, and a released slot has its text."""
    sessions = Session.objects.filter(schedule__conference=conference)
    slots = Slot.objects.filter(schedule__conference=conference)
    numbers, keys = defaultdict(set), defaultdict(set)
    for rows in (sessions, slots):
        for key, number in rows.order_by("number").values_list("key", "number").distinct():
            numbers[key].add(number)
            keys[number].add(key)
    for key, its_numbers in numbers.items():
        if len(its_numbers) > 1:
            yield f"key {key}: has the numbers {', '.join(map(str, sorted(its_numbers)))}"
    for number, its_keys in keys.items():
        if len(its_keys) > 1:
            yield f"number {number}: is that of {len(its_keys)} keys"
    for pk in slots.exclude(session__schedule=F("schedule")).values_list("pk", flat=True):
        yield f"slot {pk}: its session is in another schedule"
    released = slots.filter(schedule__number__isnull=False)
    for pk in released.filter(title="").values_list("pk", flat=True):
        yield f"slot {pk}: is released without a title"
    for pk in released.filter(room__isnull=False, room_name="").values_list("pk", flat=True):
        yield f"slot {pk}: is released without the name of its room"


def _check_ins(conference: Conference) -> Iterator[str]:
    """A check-in names a part that its tutorial has, or had in some version."""
    part = Slot.objects.filter(key=OuterRef("slot_key"), tutorial=OuterRef("tutorial"))
    check_ins = CheckIn.objects.filter(~Exists(part), tutorial__conference=conference)
    for pk in check_ins.values_list("pk", flat=True):
        yield f"check-in {pk}: its tutorial never had the part that it names"
