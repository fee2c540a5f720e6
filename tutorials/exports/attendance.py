"""Who is registered where, who waits, who came? The attendance list (docs/attendance-list.md)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.models import Conference
from tutorials.checkin import last_check_ins
from tutorials.exports.csv_file import csv_lines, defused
from tutorials.models import CheckIn, Registration, Schedule, Slot, Tutorial
from tutorials.models.programme import programme_order

WALK_IN = "walk_in"
ROWS_PER_READ = 2000
ROWS_PER_REPORT = 5000

# Is told how many rows were read, now and then and at the end.
Progress = Callable[[int], None]


class Part(NamedTuple):
    """A tutorial, and when and where a part of it is; those are empty while not released."""

    tutorial: Tutorial
    slot: Slot | None = None
    session: str = ""
    starts_at: datetime | None = None
    room: str = ""


class Row(NamedTuple):
    """One line of the list; its times are on the clocks of the conference."""

    part: Part
    attendee_code: str
    name: str
    sort_name: str
    email: str
    affiliation: str
    status: str
    position: int | None
    registered_at: datetime | None
    checked_in_at: datetime | None


Cell = str | int | datetime | None


class Column(NamedTuple):
    """What stands in a column, what it is called for people, how many characters wide it is."""

    value: Callable[[Row], Cell]
    title: Any
    width: int


# In the order of the contract. The names are the headings in files, in every language.
COLUMNS: dict[str, Column] = {
    "tutorial": Column(lambda row: str(row.part.tutorial), gettext_lazy("Tutorial"), 40),
    "session": Column(lambda row: row.part.session, gettext_lazy("Session"), 14),
    "starts_at": Column(lambda row: row.part.starts_at, gettext_lazy("Starts"), 17),
    "room": Column(lambda row: row.part.room, gettext_lazy("Room"), 20),
    "attendee_code": Column(lambda row: row.attendee_code, gettext_lazy("Badge code"), 14),
    "name": Column(lambda row: row.name, gettext_lazy("Name"), 28),
    "email": Column(lambda row: row.email, gettext_lazy("E-mail"), 28),
    "affiliation": Column(lambda row: row.affiliation, gettext_lazy("Affiliation"), 28),
    "status": Column(lambda row: row.status, gettext_lazy("Status"), 11),
    "position": Column(lambda row: row.position, gettext_lazy("Place in the queue"), 9),
    "registered_at": Column(lambda row: row.registered_at, gettext_lazy("Registered"), 17),
    "checked_in_at": Column(lambda row: row.checked_in_at, gettext_lazy("Checked in"), 17),
}
ALL_COLUMNS: tuple[str, ...] = tuple(COLUMNS)


class UnknownColumn(ValueError):
    """There is no such column; says which there are."""


def columns_named(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of those names, in that order, each once; none stands for all of them.

    Raises ``UnknownColumn``.
    """
    chosen = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in chosen:
        if name not in COLUMNS:
            raise UnknownColumn(
                _("There is no column “%(name)s”. There are: %(columns)s.")
                % {"name": name, "columns": ", ".join(COLUMNS)}
            )
    return chosen or ALL_COLUMNS


Parts = dict[tuple[int, int | None], Part]


def csv_list(
    conference: Conference,
    tutorials: Iterable[Tutorial] | None = None,
    *,
    day: date | None = None,
    columns: Sequence[str] = ALL_COLUMNS,
    with_email: bool,
    progress: Progress | None = None,
) -> Iterator[bytes]:
    """The list of ``rows`` as a CSV file, in pieces, read as they are asked for."""
    lines = _lines(conference, tutorials, day, with_email, progress)
    if tuple(columns) != ALL_COLUMNS:
        lines = map(_choosing(columns), lines)
    return csv_lines(columns, lines)


def _choosing(columns: Sequence[str]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What leaves these columns of a whole line."""
    places = [ALL_COLUMNS.index(name) for name in columns]
    return lambda line: [line[place] for place in places]


def _lines(
    conference: Conference,
    tutorials: Iterable[Tutorial] | None,
    day: date | None,
    with_email: bool,
    progress: Progress | None,
) -> Iterator[Sequence[str | int | None]]:
    """The cells of every line, as they stand in a CSV file.

    The same that ``COLUMNS`` make of ``rows``, in a third of the time: what all lines of a part
    have in common is made once, and no row is made of what is only written down.
    """
    tz = conference.tz
    parts, found = _found(conference, tutorials, day, with_email, progress)
    heads = {key: _head(part) for key, part in parts.items()}
    for values in _with_places(found):
        tutorial, slot, code, name, _by, email, affiliation, status, reg, came, place = values
        yield (
            *heads[tutorial, slot],
            code,
            defused(name),
            defused(email),
            defused(affiliation),
            status,
            place,
            reg and _moment(reg, tz).isoformat(timespec="seconds"),
            came and _moment(came, tz).isoformat(timespec="seconds"),
        )


def _head(part: Part) -> tuple[str, str, str, str]:
    starts_at = part.starts_at.isoformat(timespec="seconds") if part.starts_at else ""
    return defused(str(part.tutorial)), defused(part.session), starts_at, defused(part.room)


def rows(
    conference: Conference,
    tutorials: Iterable[Tutorial] | None = None,
    *,
    day: date | None = None,
    with_email: bool,
    progress: Progress | None = None,
) -> Iterator[Row]:
    """A row per live registration and released slot, and per check-in without a registration.

    By tutorial in the order of the programme, start, status, then place in the queue or sort name.
    A tutorial without a released slot has its rows too, unless a ``day`` is asked for.
    ``tutorials`` None: all of the conference. Five queries; the rows are read as they are asked
    for, so the memory stays flat.
    """
    parts, found = _found(conference, tutorials, day, with_email, progress)
    yield from _rows(parts, found, conference.tz)


def rows_by_part(
    conference: Conference,
    tutorials: Iterable[Tutorial] | None = None,
    *,
    day: date | None = None,
    with_email: bool,
    progress: Progress | None = None,
) -> Iterator[tuple[Part, list[Row]]]:
    """Every part with its rows, in that order; a part without any has an empty list."""
    parts, found = _found(conference, tutorials, day, with_email, progress)
    groups = groupby(_rows(parts, found, conference.tz), key=attrgetter("part"))
    part, group = next(groups, (None, iter(())))
    for each in parts.values():
        if each is part:
            yield each, list(group)
            part, group = next(groups, (None, iter(())))
        else:
            yield each, []


def _rows(parts: Parts, found: Iterable[tuple[Any, ...]], tz: tzinfo) -> Iterator[Row]:
    for values in _with_places(found):
        tutorial, slot, code, name, by, email, affiliation, status, reg, came, place = values
        yield Row(
            parts[tutorial, slot],
            code,
            name,
            by,
            email,
            affiliation,
            status,
            place,
            _moment(reg, tz) if reg else None,
            _moment(came, tz) if came else None,
        )


def _moment(text: str, tz: tzinfo) -> datetime:
    """A time that the database gave as text, which takes it and us a quarter of the time."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(tz)


def _found(
    conference: Conference,
    tutorials: Iterable[Tutorial] | None,
    day: date | None,
    with_email: bool,
    progress: Progress | None,
) -> tuple[Parts, Iterable[tuple[Any, ...]]]:
    """The parts, and what the database holds of those who come, in the order of the list."""
    schedule = Schedule.objects.current(conference).first()
    parts = parts_of(conference, schedule, tutorials, day)
    rank = {key: number for number, key in enumerate(parts)}

    def order(values: tuple[Any, ...]) -> tuple[int, bool]:
        return rank[values[0], values[1]], values[7] == WALK_IN

    registered = _registrations(parts, schedule, with_email)
    found = heapq.merge(registered, _walk_ins(parts, schedule, with_email), key=order)
    return parts, _counted(found, progress) if progress else found


def _counted(found: Iterable[tuple[Any, ...]], progress: Progress) -> Iterator[tuple[Any, ...]]:
    number = 0
    for number, values in enumerate(found, start=1):
        yield values
        if number % ROWS_PER_REPORT == 0:
            progress(number)
    progress(number)


def _with_places(found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Who waits is told the place: they come in its order, part by part."""
    waitlisted = Registration.Status.WAITLISTED.value
    part, place = None, 0
    for values in found:
        if values[7] != waitlisted:
            yield (*values, None)
            continue
        place = place + 1 if values[:2] == part else 1
        part = values[:2]
        yield (*values, place)


def parts_of(
    conference: Conference,
    schedule: Schedule | None,
    tutorials: Iterable[Tutorial] | None = None,
    day: date | None = None,
) -> Parts:
    """The parts of these tutorials by the ids of tutorial and slot, in the order of the list.

    A tutorial whose time is not released is one part, its slot None, unless a day is asked for.
    Two queries.
    """
    wanted = conference.tutorials.in_programme_order()
    if tutorials is not None:
        wanted = wanted.filter(pk__in=[tutorial.pk for tutorial in tutorials])
    slots: dict[int, list[Slot]] = {}
    for slot in (
        Slot.objects.filter(schedule=schedule)
        .select_related("session", "room")
        .order_by("session__starts_at", "number")
    ):
        slots.setdefault(slot.tutorial_id, []).append(slot)
    parts: Parts = {}
    for tutorial in wanted:
        for slot in slots.get(tutorial.pk, []):
            part = _part(conference, tutorial, slot)
            if day is None or (part.starts_at and part.starts_at.date() == day):
                parts[tutorial.pk, slot.pk] = part
        if tutorial.pk not in slots and day is None:
            parts[tutorial.pk, None] = Part(tutorial)
    return parts


def _part(conference: Conference, tutorial: Tutorial, slot: Slot) -> Part:
    starts, ends = map(conference.local, (slot.session.starts_at, slot.session.ends_at))
    return Part(
        tutorial=tutorial,
        slot=slot,
        session=slot.session.title or f"{starts:%H:%M}–{ends:%H:%M}",
        starts_at=starts,
        room=slot.room.name if slot.room else "",
    )


def count_rows(conference: Conference) -> int:
    """How many rows the whole list has. Three queries."""
    released = Q(slots__schedule__in=Schedule.objects.current(conference).values("pk"))
    tutorials = conference.tutorials.order_by().values_list("pk")
    parts = dict(tutorials.annotate(number=Count("slots", filter=released)))
    live = Registration.objects.live().filter(tutorial__conference=conference).order_by()
    registered = live.values_list("tutorial").annotate(number=Count("pk"))
    walk_ins = _without_registration().filter(tutorial__conference=conference).count()
    return walk_ins + sum(number * max(parts[pk], 1) for pk, number in registered)


def _without_registration() -> QuerySet[CheckIn]:
    """Who was let in, and not sent out again, without a live registration for the tutorial."""
    live = Registration.objects.live().filter(
        attendee=OuterRef("attendee"), tutorial=OuterRef("tutorial")
    )
    return last_check_ins().filter(~Exists(live), kind=CheckIn.Kind.IN)


def _registrations(
    parts: Parts, schedule: Schedule | None, with_email: bool
) -> Iterable[tuple[Any, ...]]:
    newest = (
        CheckIn.objects.filter(attendee=OuterRef("attendee"), slot_key=OuterRef("slot__key"))
        .order_by("-at", "-pk")
        .values(came=Case(When(kind=CheckIn.Kind.IN, then=F("at"))))
    )
    registrations = Registration.objects.live().annotate(
        slot=FilteredRelation("tutorial__slots", condition=Q(tutorial__slots__schedule=schedule)),
        status_rank=Case(
            *(When(status=status, then=rank) for rank, status in enumerate(Registration.LIVE)),
            output_field=IntegerField(),
        ),
        registered=Cast("registered_at", TextField()),
        came=Cast(Subquery(newest[:1], output_field=DateTimeField()), TextField()),
    )
    facts = ("status", "registered", "came")
    return _stream(registrations, parts, with_email, facts, ("status_rank", "position"))


def _walk_ins(
    parts: Parts, schedule: Schedule | None, with_email: bool
) -> Iterable[tuple[Any, ...]]:
    check_ins = _without_registration().annotate(
        slot=FilteredRelation(
            "tutorial__slots",
            condition=Q(tutorial__slots__schedule=schedule, tutorial__slots__key=F("slot_key")),
        ),
        walk_in=Value(WALK_IN),
        nothing=Value(None, output_field=TextField()),
        came=Cast("at", TextField()),
    )
    return _stream(check_ins, parts, with_email, ("walk_in", "nothing", "came"), ())


def _stream(
    claims: QuerySet[Any],
    parts: Parts,
    with_email: bool,
    facts: tuple[str, ...],
    order: tuple[str, ...],
) -> Iterable[tuple[Any, ...]]:
    """Tutorial, slot, attendee and ``facts`` of registrations or check-ins, in the list's order."""
    email: Any = Value("")
    if with_email:
        email = Coalesce(NullIf("attendee__email", Value("")), "attendee__user__email", Value(""))
    rows = (
        claims.filter(tutorial__in={tutorial for tutorial, _slot in parts})
        .annotate(email=email)
        .order_by(
            *programme_order("tutorial"),
            F("slot__session__starts_at").asc(nulls_last=True),
            "slot__number",
            *order,
            "attendee__sort_name",
            "attendee_id",
        )
        .values_list(
            "tutorial_id",
            "slot__pk",
            "attendee__badge_code",
            "attendee__name",
            "attendee__sort_name",
            "email",
            "attendee__affiliation",
            *facts,
        )
        .iterator(chunk_size=ROWS_PER_READ)
    )
    # Those on other days than the one that is asked for, and of parts that are no more.
    return (row for row in rows if (row[0], row[1]) in parts)
