"""Do all rows of a conference agree with each other? What no portable constraint can hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from conference.models import Conference
from tutorials import registration
from tutorials.models import (
    Change,
    CheckIn,
    Download,
    HeadCount,
    Registration,
    Session,
    Slot,
    Tutorial,
)
from tutorials.registration.tickets import awaiting_ticket

SEATED = Q(registrations__status__in=Registration.SEATED)


@dataclass(frozen=True)
class Report:
    """What an audit found, and how many rows it looked at."""

    wrong: list[str]
    left_waiting: list[str]
    tutorials: int
    registrations: int


def report(conference: Conference, at: datetime) -> Report:
    """``audit`` and ``left_waiting`` for people to read.

    While registrations go on, two queries may see two states: what is not found a second time is
    not reported.
    """
    return Report(
        wrong=_found_twice(lambda: audit(conference)),
        left_waiting=_found_twice(lambda: left_waiting(conference, at)),
        tutorials=conference.tutorials.count(),
        registrations=Registration.objects.for_conference(conference).count(),
    )


def _found_twice(look: Callable[[], list[str]]) -> list[str]:
    found = look()
    if not found:
        return []
    again = set(look())
    return [sentence for sentence in found if sentence in again]


def audit(conference: Conference) -> list[str]:
    """Return a sentence for every invariant that does not hold; an empty list is good news.

    A fixed number of queries.
    """
    return [
        *_seats(conference),
        *_queues(conference),
        *overlapping_seats(conference),
        *_history(conference),
        *_one_conference(conference),
        *_versions(conference),
        *_check_ins(conference),
    ]


def overlapping_seats(conference: Conference) -> list[str]:
    """Return a sentence for every two tutorials at the same time that somebody has a seat in.

    Not for those that are marked as allowed: by the conference, by an organiser, or by a release
    that kept everyone. An offer gives nobody a second tutorial before it is accepted. One query.
    """
    seats = (
        Slot.objects.released(conference)
        .filter(tutorial__registrations__status=Registration.Status.CONFIRMED)
        .order_by("tutorial__registrations__attendee", "session__starts_at", "pk")
        .values_list(
            "tutorial__registrations__attendee",
            "tutorial__code",
            "session__starts_at",
            "session__ends_at",
            "tutorial__registrations__overlap",
        )
    )
    found = []
    for attendee, theirs in groupby(seats, key=lambda seat: seat[0]):
        for (_, one, _, ends_at, marked), (_, other, starts_at, _, also) in combinations(theirs, 2):
            if one != other and starts_at < ends_at and not (marked or also):
                found.append(f"attendee {attendee}: has seats in {one} and {other} at once")
    return found


def left_waiting(conference: Conference, at: datetime) -> list[str]:
    """Return a sentence for every tutorial with a free seat that somebody waiting could have now.

    After a crash there may be some until the worker's next sweep; at other times there are none.
    """
    found = []
    for tutorial in registration.to_fill().for_conference(conference).select_related("conference"):
        line = registration.next_in_line(tutorial, at)
        if line.length:
            found.append(f"{tutorial.code}: has a free seat, and somebody waits who could have it")
    return found


def _history(conference: Conference) -> Iterator[str]:
    """The history tells the same story as the state: an unbroken chain that ends where it is."""
    changes = (
        Change.objects.for_conference(conference)
        .filter(registration__isnull=False)
        .order_by("registration", "pk")
        .values_list("registration", "was", "became", "registration__status")
    )
    for (pk, status), chain in groupby(changes, key=lambda change: (change[0], change[3])):
        before = ""
        for _, was, became, _ in chain:
            if was != before:
                yield f"registration {pk}: its history goes from “{before}” on from “{was}”"
            before = became
        if before != status:
            yield f"registration {pk}: is {status}, its history says {before}"
    silent = Registration.objects.for_conference(conference).filter(changes__isnull=True)
    for pk in silent.values_list("pk", flat=True):
        yield f"registration {pk}: has no history"
    last = Change.objects.filter(tutorial=OuterRef("pk"), registration__isnull=True)
    tutorials = Tutorial.objects.for_conference(conference).annotate(
        last=Subquery(last.order_by("-pk").values("pk")[:1])
    )
    last_changes = Change.objects.filter(pk__in=tutorials.order_by().values("last"))
    told = dict(last_changes.values_list("tutorial_id", "seats_became"))
    for tutorial in tutorials:
        if tutorial.pk in told and tutorial.seats != told[tutorial.pk]:
            said = told[tutorial.pk]
            yield f"{tutorial.code}: seats is {tutorial.seats}, its history says {said}"


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
    late = live.filter(status=Registration.Status.OFFERED, attendee__in=awaiting_ticket())
    for one in late.filter(awaits_ticket=True).select_related("attendee__ticket_kind"):
        if one.attendee.ticket_gives_tutorials:
            yield f"registration {one.pk}: awaits a ticket that its attendee has"
    for one in live.filter(attendee__withdrawn_at__isnull=False):
        yield f"registration {one.pk}: is live though its attendee was withdrawn"


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
        "a download and its tutorial": Download.objects.filter(
            conference=conference, tutorial__isnull=False
        ).exclude(tutorial__conference=conference),
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
    """A check-in or head count names a part that its tutorial has, or had in some version."""
    part = Slot.objects.filter(key=OuterRef("slot_key"), tutorial=OuterRef("tutorial"))
    for what, model in (("check-in", CheckIn), ("head count", HeadCount)):
        rows = model._default_manager.filter(~Exists(part), tutorial__conference=conference)
        for pk in rows.values_list("pk", flat=True):
            yield f"{what} {pk}: its tutorial never had the part that it names"
