"""What is on, where and when? The released schedule as boards, one a day: sessions and their rooms.

All that is on is read in two queries, as plain items rather than as models: a page of three hundred
has to be quick. Who presents is read for those alone that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils.text import capfirst

from conference.models import Conference
from tutorials.grid import (
    MOST_COLUMNS,
    MOST_IN_A_CELL,
    MOST_ON_A_SHEET,
    MOST_ROWS,
    columns_of,
    rows_of,
)
from tutorials.models import Presenter, Schedule, Session, Slot, Track, Tutorial
from tutorials.models.programme import programme_order
from tutorials.programme import TRACK_COLOURS, Seats, seats_shown

# Where those stand in the grid that have no room yet, and what is for all while tutorials run.
NO_ROOM = (1,)
FOR_ALL = (2,)


@dataclass(frozen=True, slots=True)
class TrackShown:
    """A track, and its number among all of the conference, from 0."""

    number: int
    slug: str
    name: str

    @property
    def colour(self) -> int:
        """Which of the colours is its own: the one of ``programme.colour_of``."""
        return self.number % TRACK_COLOURS + 1


@dataclass(slots=True)
class Item:
    """A tutorial in a session: what a board shows of a slot."""

    conference: Conference
    session: Session
    pk: int  # of the tutorial
    slug: str
    code: str
    title: str
    level: str
    status: str
    seats: int | None
    seats_taken: int
    track: TrackShown | None
    room: str
    room_order: tuple  # of its venue and its own; NO_ROOM is behind all
    tutorial_starts_at: datetime
    presenters: Sequence[str] = ()
    told: tuple[Seats | None] | None = None  # what ``seats_told`` said

    @property
    def is_cancelled(self) -> bool:
        return self.status == Tutorial.Status.CANCELLED

    @property
    def seats_left(self) -> int | None:
        """Free seats; None where there is no limit."""
        return None if self.seats is None else self.seats - self.seats_taken

    def seats_told(self, at: datetime) -> Seats | None:
        """The seats where they are worth telling; asked once."""
        if self.told is None:
            self.told = (seats_shown(self, self.tutorial_starts_at, at),)
        return self.told[0]


@dataclass(slots=True)
class Shown:
    """An item with what a visitor is told of it."""

    item: Item
    seats: Seats | None
    mark: str  # the status of the visitor's registration, or empty
    is_starred: bool


@dataclass
class Cell:
    """What is in one room in one session: several stand below each other."""

    shown: list[Shown]
    at: int = 0  # its column in the grid


@dataclass
class Row:
    """A session with what is in it; ``state`` is “over”, “now”, “next” or empty."""

    session: Session
    state: str
    cells: list[Cell] = field(default_factory=list)
    rows: str = ""  # the classes of its place in the grid
    at: int = 0  # the column of what is for all and not alone; else it goes across
    is_here: bool = False  # what the way to “now” leads to

    @property
    def number(self) -> int:
        """How many tutorials are in it."""
        return sum(len(cell.shown) for cell in self.cells)

    @property
    def name(self) -> str:
        """“Session 1”, or what kind of session it is."""
        return name_of(self.session)


@dataclass(frozen=True)
class Head:
    """A room at the head of its column; ``track`` where everything in it is of that one."""

    room: str  # empty for those without one
    is_for_all: bool
    track: TrackShown | None
    at: int
    span: int


@dataclass
class Board:
    """One day, or what was chosen of it."""

    day: date
    rows: list[Row]
    heads: list[Head] = field(default_factory=list)
    columns: int = 0  # of the grid; 0 where it is none

    @property
    def number(self) -> int:
        """How many tutorials are on it."""
        return sum(row.number for row in self.rows)

    def now_and_next(self) -> Board:
        """The same with the sessions alone that are on now or next; as a list."""
        return Board(self.day, [row for row in self.rows if row.state in ("now", "next")])

    @property
    def fits_a_sheet(self) -> bool:
        """Whether its rooms can stand side by side on paper, too."""
        return self.columns <= MOST_ON_A_SHEET

    @property
    def is_grid(self) -> bool:
        """Whether its rooms can stand side by side."""
        return self.columns > 0


@dataclass(frozen=True)
class Running:
    """What is on now, and what comes next today."""

    now: list[Session]
    next: list[Session]

    @property
    def first(self) -> Session:
        """Where the way to “now” leads: what is on, else what comes."""
        return (self.now or self.next)[0]


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


def name_of(session: Session) -> str:
    """“Session 1”, or what kind of session it is: “Break”."""
    return session.title or capfirst(session.get_kind_display())


def items_of(conference: Conference, sessions: Sequence[Session]) -> list[Item]:
    """Everything in these sessions, by time and then in programme order. Two queries.

    The slots are those of these sessions, even if another version has been released since.
    """
    if not sessions:
        return []
    tracks = tracks_of(conference)
    slots = (
        Slot.objects.filter(
            schedule=sessions[0].schedule_id, tutorial__in=Tutorial.objects.public()
        )
        .order_by(*programme_order("tutorial"), "number")
        .values_list(
            "session_id", "tutorial_id", "tutorial__slug", "tutorial__code", "tutorial__title",
            "tutorial__level", "tutorial__status", "tutorial__seats", "tutorial__seats_taken",
            "tutorial__track_id", "room__name", "room__venue__position", "room__venue__name",
            "room__position", "room__name", "room_id",
        )
    )  # fmt: skip
    by_pk = {session.pk: session for session in sessions}
    place = {session.pk: number for number, session in enumerate(sessions)}
    items = []
    for row in slots:
        session_id, pk, slug, code, title, level, status, seats, taken, track = row[:10]
        room, *order, room_id = row[10:]
        items.append(
            Item(
                conference=conference,
                session=by_pk[session_id],
                pk=pk,
                slug=slug,
                code=code,
                title=title,
                level=level,
                status=status,
                seats=seats,
                seats_taken=taken,
                track=tracks.get(track) if track else None,
                room=room or "",
                room_order=(0, *order, room_id) if room_id else NO_ROOM,
                tutorial_starts_at=by_pk[session_id].starts_at,
            )
        )
    starts: dict[int, datetime] = {}
    for item in items:
        first = starts.setdefault(item.pk, item.tutorial_starts_at)
        starts[item.pk] = min(first, item.tutorial_starts_at)
    for item in items:
        item.tutorial_starts_at = starts[item.pk]
    return sorted(items, key=lambda item: place[item.session.pk])


def sessions_and_items(conference: Conference) -> tuple[list[Session], list[Item]]:
    """All that is on, as the public sees it. Three queries."""
    sessions = released_sessions(conference)
    return sessions, items_of(conference, sessions)


def tracks_of(conference: Conference) -> dict[int, TrackShown]:
    """Every track in order, by its id. One query."""
    tracks = Track.objects.filter(conference=conference).values_list("pk", "slug", "name")
    return {pk: TrackShown(number, slug, name) for number, (pk, slug, name) in enumerate(tracks)}


def presenters_of(conference: Conference, items: Sequence[Item] | None = None) -> dict[int, list]:
    """Name and affiliation of who presents, in billing order, by tutorial. One query.

    Of all that the conference has, or of these items alone.
    """
    presenters = Presenter.objects.filter(tutorial__conference=conference)
    if items is not None:
        presenters = presenters.filter(tutorial__in={item.pk for item in items})
    found: dict[int, list[tuple[str, str]]] = {}
    for pk, name, affiliation in presenters.order_by("position", "pk").values_list(
        "tutorial_id", "person__name", "affiliation"
    ):
        found.setdefault(pk, []).append((name, affiliation))
    return found


def boards(
    conference: Conference,
    sessions: Sequence[Session],
    items: Iterable[Item],
    at: datetime,
    states: Mapping[int, str],
    *,
    marks: Mapping[int, str] | None = None,
    starred: Iterable[int] = (),
) -> list[Board]:
    """The boards of the days that these sessions are on, with these of their items; no query.

    ``states`` are those of ``states_of`` all sessions, shown or not.
    """
    marks, starred = marks or {}, set(starred)
    rows = {each.pk: Row(each, states[each.pk]) for each in sessions}
    cells: dict[tuple[int, tuple], Cell] = {}
    orders: dict[int, tuple] = {}
    for item in items:
        row = rows[item.session.pk]
        key = (row.session.pk, item.room_order)
        if key not in cells:
            cells[key] = Cell([])
            orders[id(cells[key])] = item.room_order
            row.cells.append(cells[key])
        cells[key].shown.append(
            Shown(item, item.seats_told(at), marks.get(item.pk, ""), item.pk in starred)
        )
    now = [row for row in rows.values() if row.state == "now"]
    coming = [row for row in rows.values() if row.state == "next"]
    for row in (now or coming)[:1]:
        row.is_here = True
    found = []
    for day, its_rows in groupby(
        rows.values(), lambda row: conference.local(row.session.starts_at).date()
    ):
        found.append(Board(day, list(its_rows)))
        _lay_out(found[-1], orders)
    return found


def _lay_out(board: Board, orders: Mapping[int, tuple]) -> None:
    """Give everything its place in the grid, unless there is one room or there are too many."""
    placed: list[tuple[tuple, Session]] = []
    targets: list[Cell | Row] = []
    for row in board.rows:
        for cell in row.cells:
            placed.append((orders[id(cell)], row.session))
            targets.append(cell)
        others = (other.session for other in board.rows if other is not row)
        if not row.cells and any(row.session.overlaps(other) for other in others):
            placed.append((FOR_ALL, row.session))
            targets.append(row)
    order = sorted({key for key, _session in placed})
    columns, heads = columns_of(placed, order)
    rows = rows_of([row.session for row in board.rows])
    number = sum(span for _first, span in heads.values())
    most = max((len(cell.shown) for row in board.rows for cell in row.cells), default=0)
    last = max((each.start + each.span for each in rows), default=0)
    if not 1 < number <= MOST_COLUMNS or most > MOST_IN_A_CELL or last > MOST_ROWS:
        return
    for target, column in zip(targets, columns, strict=True):
        target.at = column
    for row, place in zip(board.rows, rows, strict=True):
        row.rows = place.classes
    shown: dict[tuple, list[Item]] = {}
    for (key, _session), target in zip(placed, targets, strict=True):
        if isinstance(target, Cell):
            shown.setdefault(key, []).extend(each.item for each in target.shown)
    board.columns = number
    board.heads = [_head(key, heads[key], shown.get(key, [])) for key in order]


def _head(key: tuple, place: tuple[int, int], items: Sequence[Item]) -> Head:
    tracks = {item.track for item in items}
    track = tracks.pop() if len(tracks) == 1 else None
    return Head(items[0].room if items else "", key == FOR_ALL, track, *place)


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


def turns_at(conference: Conference, sessions: Sequence[Session], at: datetime) -> datetime | None:
    """When “now” and “next” are others: the next session begins or ends, or tomorrow does.

    None where no session is on today or tomorrow.
    """
    today = conference.local(at).date()
    midnight = datetime.combine(today + timedelta(days=1), time(0, 0), conference.tz)
    moments = [each for session in sessions for each in (session.starts_at, session.ends_at)]
    ahead = [each for each in moments if at < each < midnight + timedelta(days=1)]
    return min([*ahead, midnight]) if ahead else None


def running(sessions: Sequence[Session], states: Mapping[int, str]) -> Running | None:
    """What is on now and what comes next today; None when there is nothing of either."""
    now = [session for session in sessions if states[session.pk] == "now"]
    coming = [session for session in sessions if states[session.pk] == "next"]
    return Running(now, coming) if now or coming else None
