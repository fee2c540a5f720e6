"""Who was let in, and how many were counted? Rows that only grow, and never take a seat."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from people.models import Attendee, User
from people.names import clean_name
from tutorials.models import CheckIn, HeadCount, Registration, Slot

SHEET = "sheet"  # the device of a check-in that was ticked off paper


def check_in(
    attendee: Attendee,
    slot: Slot,
    *,
    by: User | None,
    at: datetime,
    device: str = "",
    key: UUID | None = None,
) -> CheckIn:
    """Note that an attendee was let in to the part of a tutorial that ``slot`` is.

    The row names the slot's key, so it holds for every version of the schedule. ``key`` is made by
    the device: what it sends twice is written once, and the row that is there is returned.
    """
    return _note(CheckIn.Kind.IN, attendee, slot, by=by, at=at, device=device, key=key)


def undo(
    attendee: Attendee,
    slot: Slot,
    *,
    by: User | None,
    at: datetime,
    device: str = "",
    key: UUID | None = None,
) -> CheckIn:
    """Take a check-in back, by a row of its own: what happened at the door stays on record."""
    return _note(CheckIn.Kind.UNDO, attendee, slot, by=by, at=at, device=device, key=key)


def last_check_ins() -> QuerySet[CheckIn]:
    """Of every attendee and slot the row that counts: the latest, of equals the last written."""
    newest = CheckIn.objects.filter(
        attendee=OuterRef("attendee"), slot_key=OuterRef("slot_key")
    ).order_by("-at", "-pk")
    return CheckIn.objects.filter(pk=Subquery(newest.values("pk")[:1]))


def people_of(slot: Slot) -> QuerySet[Attendee]:
    """Who is on the sheet of a part: whoever has a live registration, or was let in without one.

    Those with a seat first and those who wait last, in the order of the sheet. Each has ``status``,
    None without a registration, ``position``, and ``is_in``.
    """
    live = Registration.objects.live().filter(tutorial=slot.tutorial_id)
    mine = live.filter(attendee=OuterRef("pk"))
    noted = CheckIn.objects.filter(slot_key=slot.key)
    newest = noted.filter(attendee=OuterRef("pk")).order_by("-at", "-pk")
    people = Attendee.objects.filter(
        Q(pk__in=live.order_by().values("attendee")) | Q(pk__in=noted.order_by().values("attendee"))
    )
    waits = Registration.Status.WAITLISTED
    return (
        people.annotate(
            status=Subquery(mine.values("status")[:1]),
            position=Subquery(mine.values("position")[:1]),
            last=Subquery(newest.values("kind")[:1]),
        )
        .annotate(is_in=Case(When(last=CheckIn.Kind.IN, then=Value(True)), default=Value(False)))
        .filter(Q(status__isnull=False) | Q(is_in=True))
        .order_by(
            Case(
                When(status=waits, then=2),
                When(status__isnull=True, then=1),
                default=0,
                output_field=IntegerField(),
            ),
            F("position").asc(nulls_first=True),
            "sort_name",
            "pk",
        )
    )


def others_of(slot: Slot) -> QuerySet[Attendee]:
    """The attendees of the conference who are not on that sheet, by sort name."""
    return (
        Attendee.objects.filter(conference=slot.tutorial.conference_id)
        .exclude(pk__in=people_of(slot).order_by().values("pk"))
        .order_by("sort_name", "pk")
    )


def tick_off(
    slot: Slot, *, came: Collection[int], left: Collection[int] = (), by: User | None, at: datetime
) -> tuple[int, int]:
    """Note what a signed sheet says: who came, and who did not after all.

    Attendees are named by their ids; who is of another conference is left alone. Only what differs
    from what is noted already is written, so doing it twice changes nothing. Returns how many were
    checked in and how many taken back.
    """
    asked = Attendee.objects.filter(conference=slot.tutorial.conference_id)
    asked = asked.filter(pk__in={*came, *left})
    here = set(
        last_check_ins()
        .filter(slot_key=slot.key, kind=CheckIn.Kind.IN, attendee__in=asked)
        .values_list("attendee_id", flat=True)
    )
    known = set(asked.values_list("pk", flat=True))
    new, gone = (known & set(came)) - here, (known & set(left) & here) - set(came)

    def rows(ids: Iterable[int], kind: str) -> list[CheckIn]:
        return [
            CheckIn(
                attendee_id=pk,
                tutorial_id=slot.tutorial_id,
                slot_key=slot.key,
                kind=kind,
                at=at,
                by=by,
                device=SHEET,
            )
            for pk in sorted(ids)
        ]

    CheckIn.objects.bulk_create(
        rows(new, CheckIn.Kind.IN) + rows(gone, CheckIn.Kind.UNDO), batch_size=500
    )
    return len(new), len(gone)


def tick_all(slot: Slot, *, by: User | None, at: datetime) -> int:
    """Check everybody in who has a seat; return how many were not in before."""
    seated = Registration.objects.seated().filter(tutorial=slot.tutorial_id).order_by()
    came = set(seated.values_list("attendee_id", flat=True))
    return tick_off(slot, came=came, by=by, at=at)[0]


def walk_in(slot: Slot, name: str, *, by: User | None, at: datetime, key: UUID) -> bool:
    """Check somebody in whom no list knows: a place at the conference is made for them.

    ``key`` is made by the form: what it sends twice is written once. Returns whether anything was
    written; a name of which nothing is left is not.
    """
    name, key = clean_name(name), uuid5(key, clean_name(name))
    if not name or CheckIn.objects.filter(key=key).exists():
        return False
    try:
        with transaction.atomic():
            attendee = Attendee.objects.create(conference=slot.tutorial.conference, name=name)
            row = check_in(attendee, slot, by=by, at=at, device=SHEET, key=key)
            if row.attendee_id != attendee.pk:
                raise IntegrityError("The same form was sent twice at the same time.")
    except IntegrityError:
        return False
    return True


def count_heads(slot: Slot, number: int, *, by: User | None, at: datetime) -> HeadCount:
    """Note how many people were counted in a part. The same number again changes nothing."""
    newest = head_counts([slot.key]).get(slot.key)
    if newest and newest.number == number:
        return newest
    return HeadCount.objects.create(
        tutorial_id=slot.tutorial_id, slot_key=slot.key, number=number, by=by, at=at
    )


def head_counts(slot_keys: Collection[UUID]) -> dict[UUID, HeadCount]:
    """The count that holds, of each of these parts that has one: the newest. One query."""
    newer = HeadCount.objects.filter(slot_key=OuterRef("slot_key")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    counts = HeadCount.objects.filter(~Exists(newer), slot_key__in=slot_keys)
    return {count.slot_key: count for count in counts.order_by()}


def numbers_in(slot_keys: Collection[UUID]) -> dict[UUID, int]:
    """How many are in each of these parts, of those that somebody is in. One query."""
    counted = last_check_ins().filter(slot_key__in=slot_keys, kind=CheckIn.Kind.IN).order_by()
    return dict(counted.values_list("slot_key").annotate(number=Count("pk")))


def _note(
    kind: str,
    attendee: Attendee,
    slot: Slot,
    *,
    by: User | None,
    at: datetime,
    device: str,
    key: UUID | None,
) -> CheckIn:
    values = {
        "attendee": attendee,
        "tutorial_id": slot.tutorial_id,
        "slot_key": slot.key,
        "kind": kind,
        "at": at,
        "by": by,
        "device": device,
    }
    return CheckIn.objects.get_or_create(key=key or uuid4(), defaults=values)[0]
