"""What hangs on a place at a conference: registrations and check-ins, for `known_tickets`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from people.known_tickets import Ties
from tutorials.models import CheckIn, Registration


def live(attendee_ids: Collection[int]) -> set[int]:
    """Who has a seat, waits for one, or was at the door."""
    live = Registration.objects.live().filter(attendee__in=attendee_ids)
    return _attendees(live.order_by()) | _checked_in(attendee_ids)


def ever(attendee_ids: Collection[int]) -> set[int]:
    """Who has, or ever had."""
    rows = Registration.objects.filter(attendee__in=attendee_ids)
    return _attendees(rows.order_by()) | _checked_in(attendee_ids)


def _checked_in(attendee_ids: Collection[int]) -> set[int]:
    return _attendees(CheckIn.objects.filter(attendee__in=attendee_ids).order_by())


def _attendees(rows: QuerySet[Any]) -> set[int]:
    return set(rows.values_list("attendee_id", flat=True))


TIES = Ties(live, ever)
