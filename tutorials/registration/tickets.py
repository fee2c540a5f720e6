"""What does a conference ticket that was confirmed, or is not true, mean for seats?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from people.models import Attendee, User
from tutorials import mails
from tutorials.models import Registration, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.registration.filling import Loose, refill, settle
from tutorials.registration.locks import Grew, committed, lock, lock_one, waiting_attendees
from tutorials.registration.writing import Act, confirm, end
from tutorials.standing import Standing, has_ticket, offer_ends

Status = Registration.Status
WhenFree = Registration.WhenFree


def awaiting_ticket() -> Collection[int]:
    """Ids of those for whom a seat is held until their ticket is confirmed, and who have one.

    There are none, but between a ticket's confirmation and what follows from it.
    """
    held = Registration.objects.filter(status=Status.OFFERED, awaits_ticket=True)
    return set(held.exclude(attendee__ticket_number="").values_list("attendee_id", flat=True))


def tickets_changed(attendee_ids: Collection[int], *, by: User | None, at: datetime) -> None:
    """Act on rights to tutorials that were gained: a ticket, a claim confirmed, a kind's right.

    Seats that were held for a ticket are theirs, those that they asked for outright first; for what
    is in the way of such a seat they are asked. What they wait for is filled. Each tutorial is a
    transaction of its own.
    """
    held = Registration.objects.filter(
        status=Status.OFFERED, awaits_ticket=True, attendee__in=attendee_ids
    )
    for rows in (held.filter(when_free=WhenFree.TAKE), held.exclude(when_free=WhenFree.TAKE)):
        tutorials = rows.order_by("tutorial_id").values_list("tutorial_id", flat=True).distinct()
        for pk in list(tutorials):
            ids = set(rows.filter(tutorial=pk).values_list("pk", flat=True))
            committed(partial(_give_held, pk, ids, Act(by, at)))
    settle(Loose(freed=set(attendee_ids)), at)


def _give_held(tutorial_id: int, row_ids: Collection[int], act: Act) -> None:
    rows = Registration.objects.filter(
        pk__in=row_ids, tutorial=tutorial_id, status=Status.OFFERED, awaits_ticket=True
    )
    locked = lock_one(tutorial_id, lambda tutorial: rows.values_list("attendee_id", flat=True))
    tutorial = locked.tutorials[tutorial_id]
    for row in rows.order_by("pk"):
        row.attendee = locked.attendee(row.attendee_id)
        if has_ticket(row.attendee, tutorial.conference):
            _give(tutorial, row, act)


def _give(tutorial: Tutorial, row: Registration, act: Act) -> None:
    standing = Standing.load_bare(row.attendee, tutorial)
    insists = row.overlap == Registration.Overlap.POLICY
    sure = {held.tutorial_id for held in standing.held if held.status == Status.CONFIRMED}
    in_the_way = [each for each in standing.in_the_way(despite_overlap=insists) if each.pk in sure]
    if not in_the_way and not standing.is_at_limit(offers=False):
        confirm(tutorial, [row], Why.TICKET, act, overlap=standing.overlap_mark())
        mails.tell([row], MailKind.REGISTERED, at=act.at)
        return
    row.awaits_ticket = False
    ends = [row.offered_until, offer_ends(tutorial, standing.own_slots, act.at)]
    row.offered_until = max(end for end in ends if end)
    row.save(update_fields=["awaits_ticket", "offered_until"])
    facts = {"until": row.offered_until.isoformat()}
    mails.tell([row], MailKind.OFFERED, at=act.at, facts=facts)


def refuse_claim(attendee: Attendee, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Say no to a ticket that somebody claimed: the seats that were held for it are given back.

    Where they have a ticket after all, those seats stay, for ``tickets_changed``.
    """
    act, loose = Act(by, at, reason), Loose()
    committed(partial(_refuse_claim, attendee.pk, act, loose))
    loose.freed.add(attendee.pk)
    settle(loose, at)


def _refuse_claim(attendee_id: int, act: Act, loose: Loose) -> None:
    held = Registration.objects.filter(
        attendee=attendee_id, status=Status.OFFERED, awaits_ticket=True
    )
    tutorial_ids = set(held.values_list("tutorial_id", flat=True))
    locked = lock(tutorial_ids, lambda tutorials: {attendee_id, *waiting_attendees(tutorial_ids)})
    rows = list(held.order_by("tutorial_id").select_related("attendee__user"))
    if not {row.tutorial_id for row in rows} <= tutorial_ids:
        raise Grew
    claimant = locked.attendee(attendee_id)
    claimant.claimed_ticket, claimant.claimed_at = "", None
    claimant.save(update_fields=["claimed_ticket", "claimed_at"])
    facts = {"reason": act.reason} if act.reason else None
    for row in rows:
        tutorial = locked.tutorials[row.tutorial_id]
        if has_ticket(claimant, tutorial.conference):
            continue
        end(tutorial, [row], Registration.Because.WITHDRAWN, Why.ORGANISER, act)
        mails.tell([row], MailKind.WITHDRAWN, at=act.at, facts=facts)
        refill(tutorial, act, loose)
