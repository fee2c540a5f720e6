"""What is on, where and when? The released schedule of a day, as a board: tracks by sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from conference.models import Conference
from tutorials.models import Schedule, Session, Slot, Track, Tutorial
from tutorials.models.programme import programme_order
from tutorials.programme import Seats, colour_of, seats_shown, with_presenters

MOST_COLUMNS = 12  # side by side; with more tracks the board stays a list


@dataclass
class Column:
    """A track on the board; ``track`` None is the column of tutorials without one."""

    track: Track | None
    colour: int
    number: int  # from 1


@dataclass
class Cell:
    """What one track has in one session; several slots stand below each other."""

    column: Column
    slots: list[Slot]


@dataclass
class Row:
    """A session with what is in it; ``state`` is “over”, “now”, “next” or empty."""

    session: Session
    state: str
    cells: list[Cell] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many slots are in it."""
        return sum(len(cell.slots) for cell in self.cells)


@dataclass
class Board:
    """One day of a version of the schedule."""

    day: date
    columns: list[Column]
    rows: list[Row]
    seats: dict[int, Seats | None]  # of ``seats_shown``, by the tutorial's id

    @property
    def number(self) -> int:
        """How many slots are on it."""
        return sum(row.number for row in self.rows)

    def now_and_next(self) -> Board:
        """The same with the sessions alone that are on now or next."""
        return replace(self, rows=[row for row in self.rows if row.state in ("now", "next")])

    @property
    def is_grid(self) -> bool:
        """Whether the tracks can stand side by side."""
        return 1 < len(self.columns) <= MOST_COLUMNS


def released_sessions(conference: Conference) -> list[Session]:
    """Every session of the version that the public sees, its schedule loaded. One query."""
    current = Schedule.objects.current(conference).values("pk")
    sessions = Session.objects.filter(schedule__in=current).select_related("schedule")
    return list(sessions.in_order())


def days_of(conference: Conference, sessions: Sequence[Session]) -> list[date]:
    """The days that have a session, on the clocks of the conference."""
    return sorted({conference.local(session.starts_at).date() for session in sessions})


def day_to_show(wanted: str | None, days: Sequence[date], today: date) -> date | None:
    """The day asked for; else today, if there is something on; else the first. None without days.

    Before and after the conference that is its first day.
    """
    if not days:
        return None
    named = {day.isoformat(): day for day in days}
    return named.get(wanted or "") or (today if today in days else days[0])


def board(
    conference: Conference,
    day: date,
    sessions: Sequence[Session],
    at: datetime,
    *,
    presenters: bool = True,
) -> Board:
    """The board of a day; ``sessions`` are those of every day. One query, two with presenters.

    The slots are those of these sessions, even if another version has been released since.
    """
    today = [s for s in sessions if conference.local(s.starts_at).date() == day]
    of_the_same = Slot.objects.filter(schedule=OuterRef("schedule"), tutorial=OuterRef("tutorial"))
    slots = (
        Slot.objects.filter(
            session__in=[session.pk for session in today], tutorial__in=Tutorial.objects.public()
        )
        .select_related("tutorial__track", "room__venue")
        .annotate(
            colour=colour_of("tutorial__track"),
            tutorial_starts_at=Subquery(of_the_same.in_order().values("session__starts_at")[:1]),
        )
        .order_by(*programme_order("tutorial"), "number")
    )
    if presenters:
        slots = slots.prefetch_related(with_presenters("tutorial__presenters"))
    columns: dict[int | None, Column] = {}
    cells: dict[int, dict[int | None, Cell]] = {}
    seats: dict[int, Seats | None] = {}
    by_pk = {session.pk: session for session in today}
    for slot in slots:
        slot.session = by_pk[slot.session_id]
        slot.tutorial.conference = conference
        seats[slot.tutorial_id] = seats_shown(slot.tutorial, slot.tutorial_starts_at, at)
        track = slot.tutorial.track_id
        column = columns.setdefault(
            track, Column(slot.tutorial.track, slot.colour, len(columns) + 1)
        )
        row = cells.setdefault(slot.session_id, {})
        row.setdefault(track, Cell(column, [])).slots.append(slot)
    states = states_of(conference, sessions, at)
    rows = [
        Row(session, states[session.pk], list(cells.get(session.pk, {}).values()))
        for session in today
    ]
    return Board(day, list(columns.values()), rows, seats)


def states_of(conference: Conference, sessions: Sequence[Session], at: datetime) -> dict[int, str]:
    """What is over, on now, and on next today, by the session's id.

    All that start together are next; what starts on a later day is not.
    """
    today = conference.local(at).date()
    ahead = [session.starts_at for session in sessions if session.starts_at > at]
    soonest = min(ahead, default=at)
    is_today = conference.local(soonest).date() == today
    states = {}
    for session in sessions:
        if session.ends_at <= at:
            states[session.pk] = "over"
        elif session.starts_at <= at:
            states[session.pk] = "now"
        else:
            states[session.pk] = "next" if is_today and session.starts_at == soonest else ""
    return states
