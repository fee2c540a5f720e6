"""Who was let in? Check-ins at the door: rows that only grow, and never take a seat."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import OuterRef, QuerySet, Subquery

from people.models import Attendee, User
from tutorials.models import CheckIn, Slot


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


def is_checked_in(attendee: Attendee, slot: Slot) -> bool:
    """Whether the last that was noted is that they came in. One query."""
    last = last_check_ins().filter(attendee=attendee, slot_key=slot.key).first()
    return last is not None and last.kind == CheckIn.Kind.IN


def last_check_ins() -> QuerySet[CheckIn]:
    """Of every attendee and slot the row that counts: the latest, of equals the last written."""
    newest = CheckIn.objects.filter(
        attendee=OuterRef("attendee"), slot_key=OuterRef("slot_key")
    ).order_by("-at", "-pk")
    return CheckIn.objects.filter(pk=Subquery(newest.values("pk")[:1]))


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
