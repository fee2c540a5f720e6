"""What does a change write? The rows, the seats that they take, and the history, together.

Everything here works on a locked tutorial and leaves ``seats_taken`` true.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from people.models import User
from tutorials.models import Change, Registration, Tutorial
from tutorials.models.history import Why

Status = Registration.Status
BATCH = 500


@dataclass(frozen=True)
class Act:
    """Who does something, when, and the reason they gave."""

    by: User | None
    at: datetime
    reason: str = ""


def confirm(
    tutorial: Tutorial, rows: Sequence[Registration], why: Why, act: Act, *, overlap: str = ""
) -> None:
    """Give them a seat."""
    _change(
        tutorial,
        rows,
        why,
        act,
        status=Status.CONFIRMED,
        position=None,
        offered_until=None,
        awaits_ticket=False,
        confirmed_at=act.at,
        when_free=Registration.WhenFree.TAKE,
        gives_up=None,
        overlap=overlap,
    )


def offer(
    tutorial: Tutorial,
    rows: Sequence[Registration],
    until: datetime,
    why: Why,
    act: Act,
    *,
    awaits_ticket: bool = False,
) -> None:
    """Hold a seat for each until then."""
    _change(
        tutorial,
        rows,
        why,
        act,
        status=Status.OFFERED,
        position=None,
        offered_until=until,
        awaits_ticket=awaits_ticket,
    )


def join_queue(tutorial: Tutorial, row: Registration, act: Act) -> None:
    """Give a new registration the last place in the queue.

    A clock can lie and two can share a moment; the tutorial's counter does neither.
    """
    tutorial.queue_tail += 1
    _keep(tutorial, "queue_tail")
    _change(
        tutorial,
        [row],
        Why.ASKED,
        act,
        status=Status.WAITLISTED,
        position=tutorial.queue_tail,
    )


def move_back(
    tutorial: Tutorial,
    newest_first: Sequence[Registration],
    why: Why,
    act: Act,
    *,
    when_free: str = Registration.WhenFree.TAKE,
) -> None:
    """Take seats back and put those who had them at the head of the queue, the oldest foremost."""
    for row in newest_first:
        tutorial.queue_head -= 1
        _change(
            tutorial,
            [row],
            why,
            act,
            status=Status.WAITLISTED,
            position=tutorial.queue_head,
            offered_until=None,
            awaits_ticket=False,
            confirmed_at=None,
            when_free=when_free,
            # Who insisted on both at the same time still does.
            overlap=row.overlap if row.overlap == Registration.Overlap.POLICY else "",
            reminded_at=None,
        )
    _keep(tutorial, "queue_head")


def end(
    tutorial: Tutorial,
    rows: Sequence[Registration],
    because: Registration.Because,
    why: Why,
    act: Act,
) -> None:
    """Cancel them and give their seats back."""
    _change(
        tutorial,
        rows,
        why,
        act,
        status=Status.CANCELLED,
        cancelled_because=because,
        cancelled_at=act.at,
        position=None,
        offered_until=None,
        awaits_ticket=False,
    )


def set_seats(
    seats: Mapping[Tutorial, int | None], why: Why, act: Act, *, pinned: Container[Tutorial] = ()
) -> None:
    """Set how many seats locked tutorials have, and note where that is a change.

    ``pinned`` are those that keep more than their capacity says by an organiser's decision; that is
    noted even where the number stays. Two queries, whatever the number.
    """
    changed = [
        tutorial
        for tutorial, number in seats.items()
        if tutorial.seats != number or tutorial in pinned
    ]
    Change.objects.bulk_create(
        (
            Change(
                tutorial=tutorial,
                seats_were=tutorial.seats,
                seats_became=seats[tutorial],
                why=why,
                reason=act.reason,
                at=act.at,
                by=act.by,
            )
            for tutorial in changed
        ),
        batch_size=BATCH,
    )
    for tutorial in changed:
        tutorial.seats = seats[tutorial]
    Tutorial.objects.bulk_update(changed, ["seats"], batch_size=BATCH)


def note_overlap(rows: Sequence[Registration], act: Act) -> None:
    """Mark seats that a release gave people at the same time as another, and that they keep."""
    for row in rows:
        row.overlap = Registration.Overlap.RELEASE
    Registration.objects.bulk_update(rows, ["overlap"], batch_size=BATCH)
    Change.objects.bulk_create(
        (
            Change(
                tutorial_id=row.tutorial_id,
                attendee_id=row.attendee_id,
                registration=row,
                was=row.status,
                became=row.status,
                why=Why.RELEASE,
                reason=act.reason,
                at=act.at,
                by=act.by,
            )
            for row in rows
        ),
        batch_size=BATCH,
    )


def _change(
    tutorial: Tutorial, rows: Sequence[Registration], why: Why, act: Act, **values: Any
) -> None:
    """Write the same values to all rows, count the seats, and note what was and what became."""
    if not rows:
        return
    was = {id(row): row.status if row.pk else "" for row in rows}
    for row in rows:
        for field, value in values.items():
            setattr(row, field, value)
    became = values["status"]
    had = sum(status in Registration.SEATED for status in was.values())
    taken = (len(rows) if became in Registration.SEATED else 0) - had
    if taken < 0:
        _add_seats_taken(tutorial, taken)
    new = [row for row in rows if row.pk is None]
    Registration.objects.bulk_create(new, batch_size=BATCH)
    old = [row.pk for row in rows if was[id(row)]]
    for start in range(0, len(old), BATCH):
        Registration.objects.filter(pk__in=old[start : start + BATCH]).update(**values)
    if taken > 0:
        _add_seats_taken(tutorial, taken)
    Change.objects.bulk_create(
        (
            Change(
                tutorial=tutorial,
                attendee_id=row.attendee_id,
                registration=row,
                was=was[id(row)],
                became=became,
                why=why,
                reason=act.reason,
                at=act.at,
                by=act.by,
            )
            for row in rows
        ),
        batch_size=BATCH,
    )


def _keep(tutorial: Tutorial, counter: str) -> None:
    """Write a counter of a queue; not by ``save()``, which keeps a history of what people edit."""
    Tutorial.objects.filter(pk=tutorial.pk).update(**{counter: getattr(tutorial, counter)})


def _add_seats_taken(tutorial: Tutorial, number: int) -> None:
    """Count in the row itself: the constraint then refuses even what a lost lock would let by."""
    Tutorial.objects.filter(pk=tutorial.pk).update(seats_taken=F("seats_taken") + number)
    tutorial.seats_taken += number
