"""Somebody leaves for good: what they are registered for ends, and their data goes with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from people.models import Attendee, User
from tutorials.models import Registration, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.registration.filling import Loose, refill, settle
from tutorials.registration.locks import Grew, committed, lock, waiting_attendees
from tutorials.registration.writing import Act, end
from tutorials.standing import has_started


def leave_for_good(
    attendee: Attendee, *, by: User | None, at: datetime, then: Callable[[Attendee], None]
) -> int:
    """End what somebody is registered for and has not begun, and do ``then`` with the locked row.

    All in one transaction: either nothing has happened, or all of it. What has begun stays as it
    is, since people were counted there. The seats are filled. The attendee is told nothing:
    ``then`` forgets where to. Return how many registrations ended. Raises ``Refused`` where the
    place is gone. Locks the tutorials concerned, the attendee, and those who wait for them.
    """
    loose = Loose()
    number = committed(lambda: _leave(attendee.pk, Act(by, at), loose, then))
    settle(loose, at)
    return number


def _leave(attendee_id: int, act: Act, loose: Loose, then: Callable[[Attendee], None]) -> int:
    live = Registration.objects.live().filter(attendee=attendee_id)
    tutorial_ids = set(live.order_by().values_list("tutorial_id", flat=True))
    locked = lock(tutorial_ids, lambda tutorials: {attendee_id, *waiting_attendees(tutorial_ids)})
    rows = list(live.order_by("tutorial_id"))
    if not {row.tutorial_id for row in rows} <= tutorial_ids:
        raise Grew
    attendee = locked.attendee(attendee_id)
    begun = begun_by(locked.tutorials.values(), act.at)
    ending = [row for row in rows if row.tutorial_id not in begun]
    for row in ending:
        end(locked.tutorials[row.tutorial_id], [row], Registration.Because.SELF, Why.ASKED, act)
    then(attendee)
    for row in ending:
        refill(locked.tutorials[row.tutorial_id], act, loose)
    return len(ending)


def begun_by(tutorials: Collection[Tutorial], at: datetime) -> set[int]:
    """Which of these tutorials of one conference have begun. One query, or two."""
    if not tutorials:
        return set()
    released = Slot.objects.released(next(iter(tutorials)).conference)
    slots: dict[int, list[Slot]] = {}
    for slot in released.filter(tutorial__in=tutorials).select_related("session"):
        slots.setdefault(slot.tutorial_id, []).append(slot)
    return {pk for pk, own in slots.items() if has_started(own, at)}
