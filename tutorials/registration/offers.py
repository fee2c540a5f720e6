"""A seat that is held until somebody has made up their mind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import User
from tutorials import mails
from tutorials.models import Registration, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.models.registration import RegistrationQuerySet
from tutorials.registration.filling import Loose, give_up, refill, settle
from tutorials.registration.locks import Grew, committed, lock, lock_one, waiting_attendees
from tutorials.registration.taking_part import cancel
from tutorials.registration.tickets import awaiting_ticket, tickets_changed
from tutorials.registration.writing import BATCH, Act, confirm, end, offer
from tutorials.standing import (
    Refusal,
    Refused,
    Standing,
    has_started,
    has_ticket,
    offer_ends,
    queue_closes_at,
)

Status = Registration.Status
Because = Registration.Because


def given_up_by(registration: Registration) -> list[Tutorial]:
    """Which tutorials somebody gives up by accepting an offer. Two queries."""
    standing = Standing.load_bare(registration.attendee, registration.tutorial)
    return standing.given_up_for(registration)


def accept(
    registration: Registration, *, by: User | None, at: datetime, giving_up: Collection[int] = ()
) -> Registration:
    """Take the seat that is offered, and give up what is in the way of it, in one transaction.

    ``giving_up`` are the ids of the tutorials that the page named: nobody loses one that they were
    not told of. Accepting twice is success. Raises ``Refused`` (``offer_lapsed``, ``offer_gone``,
    ``awaits_ticket``, ``look_again``, ``limit``, ``over``), and then nothing has changed. Locks the
    tutorials, the attendee, and those who wait for what is given up.
    """
    loose = Loose()
    row = committed(lambda: _accept(registration.pk, set(giving_up), Act(by, at), loose))
    settle(loose, at)
    return row


def _accept(pk: int, giving_up: set[int], act: Act, loose: Loose) -> Registration:
    row = Registration.objects.select_related("attendee", "tutorial__conference").get(pk=pk)
    in_the_way = {tutorial.pk for tutorial in given_up_by(row)}
    locked = lock(
        [row.tutorial_id, *in_the_way],
        lambda tutorials: {row.attendee_id, *waiting_attendees(in_the_way)},
    )
    tutorial, attendee = locked.tutorials[row.tutorial_id], locked.attendee(row.attendee_id)
    row = Registration.objects.get(pk=pk)
    row.attendee, row.tutorial = attendee, tutorial
    if row.status == Status.CONFIRMED:
        return row
    _refuse_what_is_gone(row, act.at)
    standing = Standing.load_bare(attendee, tutorial)
    if standing.has_started(act.at):
        raise Refused(standing.started())
    given_up = standing.given_up_for(row)
    ids = {each.pk for each in given_up}
    if not ids <= in_the_way:
        raise Grew
    if not ids <= giving_up:
        raise Refused(
            Refusal(
                "look_again",
                _("You would give up another tutorial for this one by now. Please look again."),
                given_up[0],
            )
        )
    if standing.is_at_limit(giving_up=ids, offers=False):
        raise Refused(
            Refusal(
                "limit",
                _("You have seats in as many tutorials as one person may. Cancel one first."),
            )
        )
    for each in given_up:
        if has_started(standing.slots_of(each.pk), act.at):
            text = _("“%(title)s” has started; it cannot be given up any more.")
            raise Refused(Refusal("over", text % {"title": each.title}, each))
    mark = standing.overlap_mark(giving_up=ids)
    confirm(tutorial, [row], Why.ACCEPTED, act, overlap=mark)
    # They were passed over elsewhere while they had this to answer.
    loose.freed.add(row.attendee_id)
    for each in given_up:
        theirs = standing.registration_for(each.pk)
        if theirs:
            give_up(locked.tutorials[each.pk], theirs, act, loose)
    if given_up:
        facts = {"others": [each.pk for each in given_up]}
        mails.tell([row], MailKind.SWITCHED, at=act.at, facts=facts)
    else:
        mails.tell([row], MailKind.REGISTERED, at=act.at)
    return row


def _refuse_what_is_gone(row: Registration, at: datetime) -> None:
    lapsed = row.status == Status.CANCELLED and row.cancelled_because == Because.LAPSED
    if lapsed or (row.offered_until and row.offered_until <= at):
        if row.tutorial.conference.has_waiting_list:
            text = _("This offer has lapsed. You can register again, and join the waiting list.")
        else:
            text = _("This offer has lapsed. You can register again while seats are free.")
        raise Refused(Refusal("offer_lapsed", text))
    if row.status != Status.OFFERED:
        raise Refused(Refusal("offer_gone", _("This seat is not offered to you any more.")))
    if row.awaits_ticket:
        raise Refused(
            Refusal(
                "awaits_ticket",
                _("The seat is yours once your conference ticket is confirmed."),
            )
        )


def decline(registration: Registration, *, by: User | None, at: datetime) -> Registration:
    """Give an offered seat back, for the next in the queue. Declining twice is success.

    Raises ``Refused`` (``offer_gone``, ``offer_lapsed``) for what is not offered any more. Locks as
    ``cancel`` does.
    """
    row = Registration.objects.select_related("attendee", "tutorial").get(pk=registration.pk)
    if row.status == Status.CANCELLED and row.cancelled_because == Because.DECLINED:
        return row
    if row.status == Status.CONFIRMED:
        raise Refused(Refusal("offer_gone", _("You have accepted this offer already.")))
    if row.status != Status.OFFERED:
        _refuse_what_is_gone(row, at)
    return (
        cancel(row.attendee, row.tutorial, by=by, at=at, because=Because.DECLINED, only_offer=True)
        or row
    )


def lapse(*, at: datetime) -> int:
    """End the offers whose time is over and let the next in the queue have the seats; the worker's.

    Return how many there were. Each tutorial is a transaction of its own. Seats that were held for
    a ticket that has been confirmed since, before a crash, are given first.
    """
    if ids := awaiting_ticket():
        tickets_changed(ids, by=None, at=at)
    over = Registration.objects.filter(
        status=Status.OFFERED,
        offered_until__lte=at,
        tutorial__conference__attendance__in=Conference.REGISTERING,
    )
    tutorials = over.order_by("tutorial_id").values_list("tutorial_id", flat=True).distinct()
    number = 0
    for pk in list(tutorials):
        loose = Loose()
        number += committed(partial(_lapse, pk, Act(None, at), loose))
        settle(loose, at)
    return number


def _lapse(tutorial_id: int, act: Act, loose: Loose) -> int:
    over = Registration.objects.filter(
        tutorial=tutorial_id, status=Status.OFFERED, offered_until__lte=act.at
    )

    def attendees_of(tutorial: Tutorial) -> set[int]:
        theirs = set(over.values_list("attendee_id", flat=True))
        return theirs | waiting_attendees([tutorial.pk])

    tutorial = lock_one(tutorial_id, attendees_of).tutorials[tutorial_id]
    found = over.select_related("attendee__user", "attendee__ticket_kind").order_by("pk")
    rows = [
        row
        for row in found
        if not (row.awaits_ticket and has_ticket(row.attendee, tutorial.conference))
    ]
    for_ticket = [row for row in rows if row.awaits_ticket]
    others = [row for row in rows if not row.awaits_ticket]
    end(tutorial, rows, Because.LAPSED, Why.LAPSED, act)
    mails.tell(others, MailKind.LAPSED, at=act.at)
    mails.tell(for_ticket, MailKind.LAPSED, at=act.at, facts={"ticket": True})
    loose.freed |= {row.attendee_id for row in rows}
    refill(tutorial, act, loose)
    return len(rows)


def overdue(conference: Conference, at: datetime) -> RegistrationQuerySet:
    """Offers whose time ran out while nobody registered here: nobody could answer them."""
    offers = Registration.objects.for_conference(conference).filter(status=Status.OFFERED)
    return offers.filter(offered_until__lte=at)


def renew_overdue(conference: Conference, *, by: User | None, at: datetime) -> int:
    """Before people register here again: give overdue offers the time that a new one has.

    Return how many. Those for which it is too late stay as they are, and lapse. Each tutorial is a
    transaction of its own.
    """
    tutorials = sorted(set(overdue(conference, at).values_list("tutorial_id", flat=True)))
    return sum(committed(partial(_renew, pk, Act(by, at))) for pk in tutorials)


def _renew(tutorial_id: int, act: Act) -> int:
    tutorial = lock_one(tutorial_id, lambda tutorial: ()).tutorials[tutorial_id]
    slots = Slot.objects.released(tutorial.conference).filter(tutorial=tutorial)
    listed = list(slots.select_related("session"))
    until = offer_ends(tutorial, listed, act.at) if listed else None
    if until is None:
        return 0
    rows = overdue(tutorial.conference, act.at).filter(tutorial=tutorial).order_by("pk")
    found = list(rows.select_related("attendee__user"))
    for awaits, kind in ((False, MailKind.OFFERED), (True, MailKind.HELD)):
        those = [row for row in found if row.awaits_ticket == awaits]
        if those:
            offer(tutorial, those, until, Why.ORGANISER, act, awaits_ticket=awaits)
            mails.tell(those, kind, at=act.at, facts={"until": until.isoformat()})
    return len(found)


def shorten_all(conference: Conference, *, by: User | None, at: datetime) -> None:
    """After waiting lists close earlier: let no offer outlast the one that it came from.

    Each tutorial is a transaction of its own.
    """
    offers = Registration.objects.for_conference(conference).filter(status=Status.OFFERED)
    for pk in sorted(set(offers.values_list("tutorial_id", flat=True))):
        committed(partial(_shorten_one, pk, Act(by, at)))


def _shorten_one(tutorial_id: int, act: Act) -> None:
    shorten(lock_one(tutorial_id, lambda tutorial: ()).tutorials[tutorial_id], act)


def shorten(tutorial: Tutorial, act: Act) -> None:
    """Let no offer for a locked tutorial outlast its waiting list, whose close has come nearer.

    Who had longer is told.
    """
    slots = list(
        Slot.objects.released(tutorial.conference)
        .filter(tutorial=tutorial)
        .select_related("session")
    )
    ends = offer_ends(tutorial, slots, act.at) if slots else act.at
    latest = ends or act.at
    closes = queue_closes_at(tutorial, slots) if slots else act.at
    offers = Registration.objects.filter(
        tutorial=tutorial, status=Status.OFFERED, offered_until__gt=closes
    ).select_related("attendee__user")
    rows = list(offers.order_by("pk"))
    for row in rows:
        row.offered_until = latest
    Registration.objects.bulk_update(rows, ["offered_until"], batch_size=BATCH)
    facts = {"until": latest.isoformat()}
    for awaits, kind in ((False, MailKind.OFFERED), (True, MailKind.HELD)):
        those = [row for row in rows if row.awaits_ticket == awaits]
        mails.tell(those, kind, at=act.at, facts=facts)
