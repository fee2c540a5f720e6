"""What changed from version to version of a schedule? Read from what each version keeps.

Told is what is public now: a tutorial that has become a draft again is in no version here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Lag

from conference.models import Conference
from people.models import Person
from tutorials.models import Presenter, Schedule, Session, Slot, Tutorial

PER_PAGE = 10

# What makes a slot another event for whoever wrote it down.
TOLD = {
    "starts": "session__starts_at",
    "ends": "session__ends_at",
    "room_then": "room_id",
    "room_called": "room_name",
    "called": "title",
}


@dataclass(frozen=True)
class Told:
    """How often a slot was told differently since it was first told, and when it was last."""

    times: int
    at: datetime


def told(conference: Conference, tutorials: Collection[int] | None = None) -> dict[UUID, Told]:
    """How often and when each slot was told anew, by its key; of some tutorials or all. One query.

    The database compares each version with the one before, so that only what differs is read.
    """
    was = {
        f"{name}_was": Window(
            Lag(path), partition_by=[F("key")], order_by=F("schedule__number").asc()
        )
        for name, path in {**TOLD, "version": "schedule__number"}.items()
    }
    same = Q(version_was__isnull=False)
    for name, path in TOLD.items():
        same &= Q(**{path: F(f"{name}_was")}) | Q(
            **{f"{path}__isnull": True, f"{name}_was__isnull": True}
        )
    slots = Slot.objects.filter(schedule__conference=conference, schedule__number__isnull=False)
    if tutorials is not None:
        slots = slots.filter(tutorial__in=tutorials)
    anew = slots.annotate(**was).exclude(same).order_by("schedule__number")
    found: dict[UUID, Told] = {}
    for key, at in anew.values_list("key", "schedule__released_at"):
        assert at is not None, "what is released has a time (schedule_released_has_number_and_time)"
        found[key] = Told(found[key].times + 1 if key in found else 0, at)
    return found


def presenters_edited(
    conference: Conference, tutorial: Tutorial | None = None
) -> dict[int, datetime]:
    """When who presents a tutorial, or somebody who does, was last edited, by the tutorial's id.

    Of one tutorial or of all; whoever was taken off counts. The rows do not know, so the history is
    asked. One query.
    """
    which: dict[str, Any] = {"tutorial": tutorial} if tutorial else {}
    which |= {"tutorial__conference": conference}
    billed = Presenter.history.filter(**which).annotate(at=F("history_date"))
    of_person = Person.history.filter(id=OuterRef("person")).order_by().values("id")
    newest = of_person.annotate(newest=Max("history_date")).values("newest")
    people = Presenter.objects.filter(**which).annotate(at=Subquery(newest))
    first, second = (
        rows.order_by().values_list("tutorial").annotate(Max("at")) for rows in (billed, people)
    )
    found: dict[int, datetime] = {}
    for pk, at in first.union(second, all=True):
        if at:
            found[pk] = max(at, found.get(pk, at))
    return found


@dataclass(frozen=True)
class Line:
    """A tutorial's part, or a break, as a version told it; ``slug`` is empty without a page."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    slug: str = ""

    @property
    def when_and_where(self) -> tuple[datetime, datetime, str]:
        return self.starts_at, self.ends_at, self.place


@dataclass(frozen=True)
class Cancellation:
    """A tutorial that was called off while a version was current."""

    title: str
    slug: str
    at: datetime


@dataclass
class Changes:
    """One version and what was new in it; pairs hold how it was and how it became."""

    version: Schedule
    is_first: bool
    number: int  # of the tutorials' parts in it
    added: list[Line] = field(default_factory=list)
    dropped: list[Line] = field(default_factory=list)
    moved: list[tuple[Line, Line]] = field(default_factory=list)
    renamed: list[tuple[Line, Line]] = field(default_factory=list)
    cancelled: list[Cancellation] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether anything of it shows; a corrected name alone makes a version too."""
        return bool(self.added or self.dropped or self.moved or self.renamed or self.cancelled)

    @property
    def last_at(self) -> datetime:
        """When something was last added to this."""
        at = self.version.released_at
        assert at is not None, "a draft has no changes to tell"
        return max([at, *(each.at for each in self.cancelled)])


Content = dict[UUID, Line]


def released_versions(conference: Conference) -> list[Schedule]:
    """Every version, the newest first. One query."""
    return list(Schedule.objects.filter(conference=conference).released())


def changes_of(
    conference: Conference, versions: Sequence[Schedule], wanted: Sequence[Schedule]
) -> list[Changes]:
    """What was new in the wanted ones of all versions, both the newest first. Three queries."""
    before = dict(pairwise(versions))
    after = {earlier: later for later, earlier in before.items()}
    read = {version.pk for version in wanted}
    read |= {before[version].pk for version in wanted if version in before}
    lines, parts = _contents(read)
    off = _cancellations(conference)
    found = []
    for version in wanted:
        earlier = before.get(version)
        changes = Changes(version, earlier is None, parts.get(version.pk, 0))
        if earlier:
            _compare(lines.get(earlier.pk, {}), lines.get(version.pk, {}), changes)
        here = {line.slug for line in lines.get(version.pk, {}).values()}
        changes.cancelled = [
            each
            for each in off
            if each.slug in here and _was_current(version, after.get(version), each.at)
        ]
        found.append(changes)
    return found


def _was_current(version: Schedule, following: Schedule | None, at: datetime) -> bool:
    assert version.released_at is not None
    ends = following.released_at if following else None
    return version.released_at <= at and (ends is None or at < ends)


def _contents(versions: Collection[int]) -> tuple[dict[int, Content], dict[int, int]]:
    """What each version tells by key, and how many parts of tutorials it has. Two queries."""
    lines: dict[int, Content] = {}
    parts: dict[int, int] = {}
    for version, key, line in _slots(versions):
        lines.setdefault(version, {})[key] = line
        parts[version] = parts.get(version, 0) + 1
    for version, key, line in _breaks(versions):
        lines.setdefault(version, {})[key] = line
    return lines, parts


def _slots(versions: Collection[int]) -> Iterable[tuple[int, UUID, Line]]:
    slots = Slot.objects.filter(schedule__in=versions, tutorial__in=Tutorial.objects.public())
    rows = slots.order_by("session__starts_at", "number").values_list(
        "schedule_id", "key", "title", "session__starts_at", "session__ends_at", "room_name",
        "tutorial__slug",
    )  # fmt: skip
    for version, key, title, starts_at, ends_at, room, slug in rows:
        yield version, key, Line(title, starts_at, ends_at, room, slug)


def _breaks(versions: Collection[int]) -> Iterable[tuple[int, UUID, Line]]:
    """Breaks, plenaries and the like. What holds tutorials is told with them."""
    sessions: QuerySet[Session] = (
        Session.objects.filter(schedule__in=versions)
        .exclude(kind=Session.Kind.TUTORIALS)
        .in_order()
    )
    for each in sessions:
        title = each.title or each.get_kind_display().capitalize()
        line = Line(title, each.starts_at, each.ends_at, each.place)
        yield each.schedule_id, each.key, line


def _cancellations(conference: Conference) -> list[Cancellation]:
    off = Tutorial.objects.public().for_conference(conference).filter(cancelled_at__isnull=False)
    rows = off.order_by("cancelled_at", "pk").values_list("title", "slug", "cancelled_at")
    return [Cancellation(title, slug, at) for title, slug, at in rows if at]


def _compare(before: Content, now: Content, changes: Changes) -> None:
    for key, line in now.items():
        was = before.get(key)
        if was is None:
            changes.added.append(line)
            continue
        if was.title != line.title:
            changes.renamed.append((was, line))
        if was.when_and_where != line.when_and_where:
            changes.moved.append((was, line))
    changes.dropped = [line for key, line in before.items() if key not in now]
