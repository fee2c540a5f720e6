"""How many came to each part? Numbers alone: nobody's name is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q

from conference.models import Conference
from tutorials import checkin
from tutorials.exports.csv_file import Cell, Column, csv_chunks
from tutorials.models import Registration, Slot, Tutorial
from tutorials.models.programme import programme_order


def head_counts_csv(conference: Conference) -> Iterator[bytes]:
    """A row for each part of a public tutorial, in programme order, with what the conference uses.

    Five queries.
    """
    waits = Q(registrations__status=Registration.Status.WAITLISTED)
    slots = list(
        Slot.objects.public(conference)
        .select_related("session", "room")
        .order_by(*programme_order("tutorial"), "session__starts_at", "number")
    )
    tutorials = Tutorial.objects.filter(pk__in={slot.tutorial_id for slot in slots})
    by_pk = {
        each.pk: each for each in tutorials.annotate(waiting=Count("registrations", filter=waits))
    }
    keys = [slot.key for slot in slots]
    heads, numbers = checkin.head_counts(keys), checkin.numbers_in(keys)

    def of(slot: Slot) -> Any:
        return by_pk[slot.tutorial_id]

    def head(slot: Slot, name: str) -> Any:
        return getattr(heads.get(slot.key), name, None)

    def counted_at(slot: Slot) -> Cell:
        at = head(slot, "at")
        return conference.local(at).isoformat(timespec="seconds") if at else None

    columns: list[Column[Slot]] = [
        ("tutorial", lambda slot: str(of(slot))),
        ("session", lambda slot: slot.session.title),
        (
            "starts_at",
            lambda slot: conference.local(slot.session.starts_at).isoformat(timespec="seconds"),
        ),
        ("room", lambda slot: slot.room.name if slot.room else ""),
    ]
    if conference.takes_registrations:
        columns += [
            ("seats", lambda slot: of(slot).seats),
            ("seats_taken", lambda slot: of(slot).seats_taken),
        ]
    if conference.takes_registrations and conference.has_waiting_list:
        columns += [("waiting", lambda slot: of(slot).waiting)]
    if conference.checks_in:
        columns += [("checked_in", lambda slot: numbers.get(slot.key, 0))]
    columns += [("head_count", lambda slot: head(slot, "number")), ("counted_at", counted_at)]
    return csv_chunks(columns, slots)
