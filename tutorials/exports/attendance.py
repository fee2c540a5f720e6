"""Who is registered where, who waits, who came? The attendance list (docs/attendance-list.md)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, DenseRank, NullIf
from django.http import StreamingHttpResponse

from conference.models import Conference
from tutorials.checkin import last_check_ins
from tutorials.exports.csv_file import Column, csv_chunks
from tutorials.models import CheckIn, Registration, Schedule, Slot, Tutorial
from tutorials.models.programme import programme_order

WALK_IN = "walk_in"
ROWS_PER_READ = 2000


class Part(NamedTuple):
    """When and where a part of a tutorial is; all empty while that is not released."""

    session: str = ""
    starts_at: datetime | None = None
    room: str = ""
    number: int = 0


class Row(NamedTuple):
    """One line of the list; its times are on the clocks of the conference."""

    tutorial: Tutorial
    part: Part
    attendee_code: str
    name: str
    email: str
    affiliation: str
    status: str
    position: int | None
    registered_at: datetime | None
    checked_in_at: datetime | None


COLUMNS: tuple[Column[Row], ...] = (
    ("tutorial", lambda row: str(row.tutorial)),
    ("session", lambda row: row.part.session),
    ("starts_at", lambda row: _iso(row.part.starts_at)),
    ("room", lambda row: row.part.room),
    ("attendee_code", lambda row: row.attendee_code),
    ("name", lambda row: row.name),
    ("email", lambda row: row.email),
    ("affiliation", lambda row: row.affiliation),
    ("status", lambda row: row.status),
    ("position", lambda row: row.position),
    ("registered_at", lambda row: _iso(row.registered_at)),
    ("checked_in_at", lambda row: _iso(row.checked_in_at)),
)


def attendance_response(
    conference: Conference, tutorials: Iterable[Tutorial] | None = None, *, with_email: bool
) -> StreamingHttpResponse:
    """The list as a CSV download, sent while it is read; ``tutorials`` None: of all.

    It holds personal data: no cache may keep it. A fault on the way breaks the transfer off, so
    that half a list never looks like a whole one.
    """
    chosen = None if tutorials is None else list(tutorials)
    what = f"{chosen[0].code}-" if chosen and len(chosen) == 1 else ""
    response = StreamingHttpResponse(
        csv_chunks(COLUMNS, rows(conference, chosen, with_email=with_email)),
        content_type="text/csv; charset=utf-8; header=present",  # RFC 4180, 3
    )
    filename = f"{conference.slug}-{what}attendance.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


def rows(
    conference: Conference, tutorials: Iterable[Tutorial] | None = None, *, with_email: bool
) -> Iterator[Row]:
    """A row per live registration and released slot, and per check-in without a registration.

    By tutorial in the order of the programme, start, status, then place in the queue or sort name.
    A tutorial without a released slot has its rows too. ``tutorials`` None: all of the conference.
    Five queries; the rows are read as they are asked for, so the memory stays flat.
    """
    wanted = conference.tutorials.in_programme_order()
    if tutorials is not None:
        wanted = wanted.filter(pk__in=[tutorial.pk for tutorial in tutorials])
    by_pk = {tutorial.pk: tutorial for tutorial in wanted.only("conference", "code", "title")}
    rank = {pk: number for number, pk in enumerate(by_pk)}
    schedule = Schedule.objects.current(conference).first()
    parts = _parts(conference, schedule)

    def row(values: tuple[Any, ...]) -> Row:
        tutorial, slot, code, name, email, affiliation, status, place, registered, came = values
        return Row(
            tutorial=by_pk[tutorial],
            part=parts[slot],
            attendee_code=code,
            name=name,
            email=email,
            affiliation=affiliation,
            status=status,
            position=place if status == Registration.Status.WAITLISTED else None,
            registered_at=registered and conference.local(registered),
            checked_in_at=came and conference.local(came),
        )

    def order(row: Row) -> tuple[Any, ...]:
        starts_at = row.part.starts_at
        when = (0, starts_at, row.part.number) if starts_at else (1,)
        return rank[row.tutorial.pk], when, row.status == WALK_IN

    return heapq.merge(
        map(row, _registrations(by_pk, schedule, with_email)),
        map(row, _walk_ins(by_pk, schedule, with_email)),
        key=order,
    )


def _parts(conference: Conference, schedule: Schedule | None) -> dict[int | None, Part]:
    """Every released slot by its id; None stands for a tutorial that has none."""
    parts: dict[int | None, Part] = {None: Part()}
    slots = Slot.objects.filter(schedule=schedule).select_related("session", "room")
    for slot in slots:
        starts, ends = map(conference.local, (slot.session.starts_at, slot.session.ends_at))
        parts[slot.pk] = Part(
            session=slot.session.title or f"{starts:%H:%M}–{ends:%H:%M}",
            starts_at=starts,
            room=slot.room.name if slot.room else "",
            number=slot.number,
        )
    return parts


def _registrations(
    tutorial_ids: Iterable[int], schedule: Schedule | None, with_email: bool
) -> Iterable[tuple[Any, ...]]:
    check_in = last_check_ins().filter(
        kind=CheckIn.Kind.IN, attendee=OuterRef("attendee"), slot_key=OuterRef("slot__key")
    )
    registrations = Registration.objects.live().annotate(
        slot=FilteredRelation("tutorial__slots", condition=Q(tutorial__slots__schedule=schedule)),
        # Dense, because somebody who waits for two slots waits once.
        queue_place=Window(DenseRank(), partition_by=["tutorial", "status"], order_by="position"),
        status_rank=Case(
            *(When(status=status, then=rank) for rank, status in enumerate(Registration.LIVE)),
            output_field=IntegerField(),
        ),
        checked_in_at=Subquery(check_in.values("at")[:1]),
    )
    return _stream(
        registrations,
        tutorial_ids,
        with_email,
        ("status", "queue_place", "registered_at", "checked_in_at"),
        ("status_rank", "position"),
    )


def _walk_ins(
    tutorial_ids: Iterable[int], schedule: Schedule | None, with_email: bool
) -> Iterable[tuple[Any, ...]]:
    """Who was let in, and not sent out again, without a live registration for the tutorial."""
    live = Registration.objects.live().filter(
        attendee=OuterRef("attendee"), tutorial=OuterRef("tutorial")
    )
    check_ins = last_check_ins().filter(~Exists(live), kind=CheckIn.Kind.IN)
    check_ins = check_ins.annotate(
        slot=FilteredRelation(
            "tutorial__slots",
            condition=Q(tutorial__slots__schedule=schedule, tutorial__slots__key=F("slot_key")),
        ),
        walk_in=Value(WALK_IN),
        nothing=Value(None, output_field=IntegerField()),
    )
    return _stream(check_ins, tutorial_ids, with_email, ("walk_in", "nothing", "nothing", "at"), ())


def _stream(
    claims: QuerySet[Any],
    tutorial_ids: Iterable[int],
    with_email: bool,
    facts: tuple[str, ...],
    order: tuple[str, ...],
) -> Iterable[tuple[Any, ...]]:
    """Tutorial, slot, attendee and ``facts`` of registrations or check-ins, in the list's order."""
    email: Any = Value("")
    if with_email:
        email = Coalesce(NullIf("attendee__email", Value("")), "attendee__user__email", Value(""))
    return (
        claims.filter(tutorial__in=list(tutorial_ids))
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
            "email",
            "attendee__affiliation",
            *facts,
        )
        .iterator(chunk_size=ROWS_PER_READ)
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
