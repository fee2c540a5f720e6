"""What is around a tutorial: what runs at the same time, what comes next, what stands beside it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Q, Subquery

from conference.models import Conference
from tutorials.models import Slot, Tutorial
from tutorials.models.programme import programme_order
from tutorials.standing import overlapping_any

# Of each so many are named; the schedule has the rest.
AT_MOST = 12


class Nearby(NamedTuple):
    """What is told of a slot of another tutorial."""

    tutorial_id: int
    slug: str
    title: str
    track_id: int | None
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    room: str | None


@dataclass(frozen=True)
class Around:
    """Public slots of other tutorials, one for each, in programme order."""

    parallel: list[Nearby]  # while any part of it runs
    following: list[Nearby]  # what starts next on the day of its last part; its room, track first

    @property
    def has_more_parallel(self) -> bool:
        return len(self.parallel) > AT_MOST

    @property
    def parallel_shown(self) -> list[Nearby]:
        return self.parallel[:AT_MOST]

    @property
    def following_shown(self) -> list[Nearby]:
        return self.following[:AT_MOST]


def around(tutorial: Tutorial, slots: Sequence[Slot]) -> Around:
    """What is on beside and after a tutorial; ``slots`` are its own, released. One query at most.

    Not what is cancelled. ``tutorial.conference`` should be loaded.
    """
    if not slots:
        return Around([], [])
    conference = tutorial.conference
    others = (
        Slot.objects.public(conference)
        .exclude(tutorial=tutorial)
        .exclude(tutorial__status=Tutorial.Status.CANCELLED)
    )
    ends_at = max(slot.session.ends_at for slot in slots)
    later = others.filter(
        session__starts_at__gte=ends_at, session__starts_at__lt=_end_of_day(ends_at, conference)
    )
    next_start = later.order_by("session__starts_at").values("session__starts_at")[:1]
    at_the_same_time = overlapping_any([slot.session for slot in slots])
    found = (
        others.filter(at_the_same_time | Q(session__starts_at=Subquery(next_start)))
        .order_by("session__starts_at", *programme_order("tutorial"))
        .values_list(
            "tutorial_id", "tutorial__slug", "tutorial__title", "tutorial__track_id",
            "session__starts_at", "session__ends_at", "room_id", "room__name",
        )
    )  # fmt: skip
    parallel: list[Nearby] = []
    following: list[Nearby] = []
    for each in map(Nearby._make, found):
        beside = any(own.session.overlaps(each) for own in slots)
        (parallel if beside else following).append(each)
    here = {slot.room_id for slot in slots if slot.room_id}
    following.sort(key=lambda each: not _is_near(each, here, tutorial))
    return Around(_one_for_each(parallel), _one_for_each(following))


def _is_near(each: Nearby, rooms: set[int], tutorial: Tutorial) -> bool:
    same_track = tutorial.track_id is not None and each.track_id == tutorial.track_id
    return each.room_id in rooms or same_track


def _one_for_each(found: Iterable[Nearby]) -> list[Nearby]:
    first: dict[int, Nearby] = {}
    for each in found:
        first.setdefault(each.tutorial_id, each)
    return list(first.values())


def _end_of_day(moment: datetime, conference: Conference) -> datetime:
    tomorrow = conference.local(moment).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), conference.tz)


class Named(NamedTuple):
    """What a link to a tutorial says of it."""

    pk: int
    twin_id: int | None
    slug: str
    code: str
    title: str


@dataclass(frozen=True)
class Neighbours:
    """What stands before and after a tutorial in the programme, and the other one of two twins."""

    before: Named | None
    after: Named | None
    twin: Named | None  # whichever of the two names the other


def neighbours(tutorial: Tutorial) -> Neighbours:
    """The public tutorials that stand around a public one. One query.

    It reads the names of all: a database that is asked for four of them takes longer.
    """
    public = Tutorial.objects.public().filter(conference=tutorial.conference_id)
    names = public.in_programme_order().values_list("pk", "twin_id", "slug", "code", "title")
    rows = [Named(*row) for row in names]
    place = next((at for at, row in enumerate(rows) if row.pk == tutorial.pk), None)
    if place is None:
        return Neighbours(None, None, None)
    twins = (row for row in rows if row.pk == tutorial.twin_id or row.twin_id == tutorial.pk)
    return Neighbours(
        before=rows[place - 1] if place else None,
        after=rows[place + 1] if place + 1 < len(rows) else None,
        twin=min(twins, default=None),
    )
