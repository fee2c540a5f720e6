"""Who waits for whom? The only place that locks; everybody locks in its order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Attendee, TicketKind, User
from tutorials.models import Registration, Schedule, Tutorial
from tutorials.standing import Refusal, Refused

T = TypeVar("T")


class Grew(Exception):
    """What a change depends on became more while it waited for its locks: it has to start over."""


@dataclass(frozen=True)
class Locked:
    """Rows as they are under the lock, by their ids."""

    tutorials: dict[int, Tutorial]
    attendees: dict[int, Attendee]

    def attendee(self, pk: int) -> Attendee:
        """One of them; raises ``Refused`` where somebody deleted it meanwhile."""
        try:
            return self.attendees[pk]
        except KeyError:
            text = _("Your place at this conference is gone. Please reload the page.")
            raise Refused(Refusal("not_here", text)) from None


def lock(
    tutorial_ids: Collection[int], attendees_of: Callable[[list[Tutorial]], Collection[int]]
) -> Locked:
    """Lock tutorials in the order of their ids, then the attendees that ``attendees_of`` names.

    It is asked once the tutorials are locked: their waiting lists cannot change from then on, so
    the set cannot grow. Everybody locks in this order, so nobody waits in a circle. (``no_key``:
    rows that point here may still be inserted. On SQLite a transaction that writes is alone from
    its beginning, and there is nothing to lock.)
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A lock outside of a transaction holds nothing.")
    tutorials = list(
        Tutorial.objects.select_for_update(no_key=True, of=("self",))
        .select_related("conference")
        .filter(pk__in=tutorial_ids)
        .order_by("pk")
    )
    attendees = _lock_attendees(attendees_of(tutorials))
    return Locked({tutorial.pk: tutorial for tutorial in tutorials}, attendees)


def _lock_attendees(ids: Collection[int]) -> dict[int, Attendee]:
    if not ids:
        return {}
    attendees = (
        Attendee.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    locked = {attendee.pk: attendee for attendee in attendees}
    _read_what_they_point_to(locked.values())
    return locked


def _read_what_they_point_to(attendees: Collection[Attendee]) -> None:
    """Read the ticket kinds, and accounts that are new, once the attendees are locked.

    A row that had to be waited for is read anew by PostgreSQL, but what is joined to it is as it
    was before.
    """
    kinds = TicketKind.objects.in_bulk({each.ticket_kind_id for each in attendees} - {None})
    for attendee in attendees:
        if attendee.ticket_kind_id:
            attendee.ticket_kind = kinds.get(attendee.ticket_kind_id)
        if attendee.user_id and (attendee.user is None or attendee.user.pk != attendee.user_id):
            attendee.user = User.objects.get(pk=attendee.user_id)


def lock_one(pk: int, attendees_of: Callable[[Tutorial], Collection[int]]) -> Locked:
    """``lock`` for one tutorial; raises ``Tutorial.DoesNotExist``."""
    locked = lock([pk], lambda tutorials: attendees_of(tutorials[0]) if tutorials else ())
    if not locked.tutorials:
        raise Tutorial.DoesNotExist(f"No tutorial has the id {pk}.")
    return locked


def lock_tutorials(tutorial_ids: Collection[int]) -> list[Tutorial]:
    """Lock tutorials and all who are in them or wait, for work on many; inside a transaction.

    Rare work only (a release, a change of capacity): it holds up every registration meanwhile.
    """
    locked = lock(tutorial_ids, lambda tutorials: live_attendees(tutorial_ids))
    return list(locked.tutorials.values())


def lock_conference(conference: Conference) -> list[Tutorial]:
    """``lock_tutorials`` for all tutorials of a conference, and before them its draft schedule.

    The draft is always there, even where no tutorial is: two imports at once take turns.
    """
    Schedule.objects.draft(conference).lock()
    return lock_tutorials(list(conference.tutorials.values_list("pk", flat=True)))


def committed(work: Callable[[], T]) -> T:
    """Do ``work`` in a durable transaction, and again while what it depends on grows."""
    while True:
        try:
            with transaction.atomic(durable=True):
                return work()
        except Grew:
            continue


def candidates(tutorial: Tutorial) -> set[int]:
    """Who might be given a free seat: nobody while none is free, or where nobody ever waited."""
    if tutorial.is_full or not tutorial.was_waited_for:
        return set()
    return waiting_attendees([tutorial.pk])


def waiting_attendees(tutorial_ids: Collection[int]) -> set[int]:
    """Who waits for any of these tutorials."""
    waiting = Registration.objects.waiting().filter(tutorial__in=tutorial_ids)
    return set(waiting.order_by().values_list("attendee_id", flat=True))


def live_attendees(tutorial_ids: Collection[int]) -> set[int]:
    """Who has a seat in any of these tutorials, or waits for one."""
    live = Registration.objects.live().filter(tutorial__in=tutorial_ids)
    return set(live.order_by().values_list("attendee_id", flat=True))
