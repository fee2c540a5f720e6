"""What does another website show of a programme: all of it, or one track, or one day?

Each shape in a fixed number of queries, and the same for everybody: no seats, which change by the
minute, and nothing that is the visitor's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.paginator import Page

from conference.models import Conference
from tutorials.board import days_of, released_sessions
from tutorials.models import Session, Slot, Track, Tutorial
from tutorials.programme import (
    PER_PAGE,
    colour_of,
    paged,
    public_slots,
    slots_by_tutorial,
    with_presenters,
)


@dataclass
class Part:
    """A session and what is given in it."""

    session: Session
    slots: list[Slot] = field(default_factory=list)


@dataclass
class Day:
    """A day of the released schedule."""

    date: date
    parts: list[Part] = field(default_factory=list)


@dataclass
class Entry:
    """A tutorial in the list, and when and where it is given."""

    tutorial: Tutorial
    slots: list[Slot]


def track_asked_for(conference: Conference, params: Mapping[str, str]) -> Track | None:
    """The track that an address names by ``?track=``; None for all. One query if it names any."""
    slug = params.get("track", "")
    if not slug or "\0" in slug:
        return None
    return conference.tracks.filter(slug=slug).first()


def day_asked_for(days: Sequence[date], params: Mapping[str, str]) -> date | None:
    """The day that it names by ``?day=``, if there is something on; None for all."""
    return {day.isoformat(): day for day in days}.get(params.get("day", ""))


def listed(
    conference: Conference, track: Track | None, number: str | None
) -> tuple[Page, list[Entry]]:
    """One page of the list, in the order of the programme. Four queries."""
    tutorials = _tutorials(conference, track)
    page = paged(list(tutorials.values_list("pk", flat=True)), number, PER_PAGE)
    shown = (
        tutorials.filter(pk__in=page.object_list)
        .select_related("track")
        .prefetch_related(with_presenters())
        .annotate(colour=colour_of("track"))
    )
    slots = slots_by_tutorial(public_slots(conference).filter(tutorial__in=page.object_list))
    return page, [Entry(tutorial, slots.get(tutorial.pk, [])) for tutorial in shown]


def timetable(
    conference: Conference,
    track: Track | None,
    day: date | None,
    sessions: Sequence[Session] | None = None,
) -> list[Day]:
    """The released schedule, day by day; a session without anything of the track is left out.

    At most three queries; ``sessions`` are those of ``board.released_sessions``.
    """
    if sessions is None:
        sessions = released_sessions(conference)
    parts = {session.pk: Part(session) for session in sessions}
    slots = public_slots(conference).filter(session__in=[*parts])
    if track:
        slots = slots.filter(tutorial__track=track)
    slots = (
        slots.select_related("tutorial__track")
        .prefetch_related(with_presenters("tutorial__presenters"))
        .annotate(colour=colour_of("tutorial__track"))
    )
    for slot in slots:
        slot.session = parts[slot.session_id].session
        parts[slot.session_id].slots.append(slot)
    days = {each: Day(each) for each in days_of(conference, sessions) if day in (None, each)}
    for part in parts.values():
        its_day = days.get(conference.local(part.session.starts_at).date())
        if its_day and not _says_nothing(part, track):
            its_day.parts.append(part)
    return [each for each in days.values() if each.parts]


def without_time(conference: Conference, track: Track | None) -> list[Tutorial]:
    """The public tutorials that have no released slot yet. Two queries."""
    placed = Slot.objects.public(conference).values("tutorial")
    tutorials = _tutorials(conference, track).exclude(pk__in=placed)
    return list(tutorials.select_related("track").prefetch_related(with_presenters()))


def _tutorials(conference: Conference, track: Track | None):  # type: ignore[no-untyped-def]
    tutorials = Tutorial.objects.public().for_conference(conference).in_programme_order()
    return tutorials.filter(track=track) if track else tutorials


def _says_nothing(part: Part, track: Track | None) -> bool:
    """Breaks stand between the tutorials of all; where one track is shown, its own sessions do."""
    if part.slots:
        return False
    return track is not None or part.session.kind == Session.Kind.TUTORIALS
