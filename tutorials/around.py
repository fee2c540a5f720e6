"""What is around a tutorial: what runs at the same time, what comes next, what stands beside it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from conference.models import Conference
from tutorials.models import Slot, Tutorial
from tutorials.models.programme import programme_order
from tutorials.standing import overlapping_any

# Of each so many are named; the schedule has the rest.
AT_MOST = 12
_LAST = 2**31 - 1  # of tutorials without a track


@dataclass(frozen=True)
class Around:
    """Public slots of other tutorials, one for each, in programme order."""

    parallel: list[Slot]  # while any part of it runs
    following: list[Slot]  # what starts next on the day of its last part; its room and track first

    @property
    def has_more_parallel(self) -> bool:
        return len(self.parallel) > AT_MOST

    @property
    def parallel_shown(self) -> list[Slot]:
        return self.parallel[:AT_MOST]

    @property
    def following_shown(self) -> list[Slot]:
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
    found = list(
        others.filter(at_the_same_time | Q(session__starts_at=Subquery(next_start)))
        .select_related("session", "room", "tutorial")
        .order_by("session__starts_at", *programme_order("tutorial"))
    )
    parallel: list[Slot] = []
    following: list[Slot] = []
    for slot in found:
        slot.tutorial.conference = conference
        beside = any(slot.session.overlaps(own.session) for own in slots)
        (parallel if beside else following).append(slot)
    here = {slot.room_id for slot in slots if slot.room_id}
    following.sort(key=lambda slot: not _is_near(slot, here, tutorial))
    return Around(_one_for_each(parallel), _one_for_each(following))


def _is_near(slot: Slot, rooms: set[int], tutorial: Tutorial) -> bool:
    same_track = tutorial.track_id is not None and slot.tutorial.track_id == tutorial.track_id
    return slot.room_id in rooms or same_track


def _one_for_each(slots: Iterable[Slot]) -> list[Slot]:
    found: dict[int, Slot] = {}
    for slot in slots:
        found.setdefault(slot.tutorial_id, slot)
    return list(found.values())


def _end_of_day(moment: datetime, conference: Conference) -> datetime:
    tomorrow = conference.local(moment).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), conference.tz)


def with_neighbours(tutorials: QuerySet[Tutorial]) -> QuerySet[Tutorial]:
    """Annotate which public tutorial stands before and after each in programme order.

    ``before_slug``, ``before_title``, ``after_slug`` and ``after_title`` are None at either end.
    """
    here = dict(zip(_PLACE, _place_of(OuterRef), strict=True))
    others = (
        Tutorial.objects.public()
        .filter(conference=OuterRef("conference"))
        .annotate(**dict(zip(_PLACE, _place_of(F), strict=True)))
    )
    before = others.filter(_beyond(here, "lt")).order_by(*(f"-{name}" for name in _PLACE))
    after = others.filter(_beyond(here, "gt")).order_by(*_PLACE)
    return tutorials.annotate(
        before_slug=Subquery(before.values("slug")[:1]),
        before_title=Subquery(before.values("title")[:1]),
        after_slug=Subquery(after.values("slug")[:1]),
        after_title=Subquery(after.values("title")[:1]),
    )


_PLACE = ("place_of_track", "id_of_track", "place_in_track", "id_of_tutorial")


def _place_of(row: type[F | OuterRef]) -> list[Any]:
    """The four numbers that programme_order() orders by, with one for no track at all."""
    return [
        Coalesce(row("track__position"), Value(_LAST)),
        Coalesce(row("track_id"), Value(_LAST)),
        row("position"),
        row("pk"),
    ]


def _beyond(here: dict[str, Any], comparison: str) -> Q:
    """Before or after that place: by the first of its numbers that differs."""
    beyond, same = Q(), Q()
    for name, value in here.items():
        beyond |= same & Q(**{f"{name}__{comparison}": value})
        same &= Q(**{name: value})
    return beyond
