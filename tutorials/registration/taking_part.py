"""What an attendee does: register for a tutorial, switch to it, say what they want, leave it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from people.attendees import save_new
from people.models import Attendee, User
from tutorials import mails
from tutorials.models import Registration, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.registration.filling import (
    Loose,
    SwitchFirst,
    fill_locked,
    refill,
    settle,
    switch_locked,
    switchers_first,
)
from tutorials.registration.locks import candidates, committed, lock, lock_one, waiting_attendees
from tutorials.registration.writing import Act, confirm, end, join_queue, offer
from tutorials.standing import (
    Refusal,
    Refused,
    Standing,
    has_ticket,
    offer_ends,
    too_late_for_ticket,
)

Status = Registration.Status
Because = Registration.Because
WhenFree = Registration.WhenFree

BECAUSE_TO_WHY = {
    Because.SELF: Why.ASKED,
    Because.DECLINED: Why.DECLINED,
    Because.WITHDRAWN: Why.ORGANISER,
}
BECAUSE_TO_MAIL = {
    Because.SELF: MailKind.LEFT,
    Because.DECLINED: MailKind.DECLINED,
    Because.WITHDRAWN: MailKind.WITHDRAWN,
}


def why_not(attendee: Attendee | None, tutorial: Tutorial, at: datetime) -> Refusal | None:
    """Why a registration would be refused, or None. Two queries.

    A full tutorial is no reason while its waiting list is open: one joins that. ``attendee`` None
    stands for somebody who has not signed in: only what holds for everybody is asked.
    """
    return Standing.load_bare(attendee, tutorial).why_not(at)


def place(registration: Registration) -> int | None:
    """The place in the queue, 1 for who is next; None for one that does not wait. One query."""
    if registration.status != Status.WAITLISTED:
        return None
    ahead = Registration.objects.waiting().filter(
        tutorial_id=registration.tutorial_id, position__lt=registration.position
    )
    return ahead.count() + 1


def register(
    attendee: Attendee,
    tutorial: Tutorial,
    *,
    by: User | None,
    at: datetime,
    when_free: str = WhenFree.TAKE,
    gives_up: Tutorial | None = None,
    despite_overlap: bool = False,
) -> Registration:
    """Take a seat, or the last place in the waiting list where none is free for a newcomer.

    Who has a seat at the same time is refused, unless they say what they want when a seat is free:
    to be offered it, or to be switched to it from the tutorial ``gives_up``. Then they wait, though
    not for long where a seat is free now. ``despite_overlap`` says that they want both, where the
    conference warns of that only. A seat is merely held for who claims a ticket that nobody has
    confirmed yet.

    Registering twice is success: the registration that is there is returned. Raises ``Refused``
    with the reason that ``why_not`` gives. Locks the tutorial and the attendee, and where a seat is
    free also those who wait for one, since they come first.

    A newcomer's place (``people.attendees.new_attendee``) is saved in the same transaction, once
    the rules have said yes: who is refused has not become an attendee.
    """
    if when_free == WhenFree.SWITCH and gives_up:
        return switch(attendee, tutorial, gives_up=gives_up, by=by, at=at)

    def work(attendee: Attendee) -> Registration:
        return _register(
            attendee,
            tutorial.pk,
            Act(by, at),
            when_free=WhenFree.OFFER if when_free == WhenFree.OFFER else WhenFree.TAKE,
            gives_up=gives_up,
            despite_overlap=despite_overlap,
        )

    try:
        row = switchers_first(lambda: work(attendee), at)
    except CameMeanwhile:
        known = Attendee.objects.get(user=attendee.user, conference=attendee.conference)
        row = switchers_first(lambda: work(known), at)
    if row.status == Status.WAITLISTED and not row.tutorial.is_full:
        settle(Loose(unfinished={row.tutorial_id}), at)
        row = _again(row)
    return row


class CameMeanwhile(Exception):
    """A newcomer has a place by now, of another request of theirs."""


def _register(
    attendee: Attendee,
    tutorial_id: int,
    act: Act,
    *,
    when_free: str,
    gives_up: Tutorial | None,
    despite_overlap: bool,
) -> Registration:
    waiting: set[int] = set()

    def attendees_of(tutorial: Tutorial) -> set[int]:
        waiting.update(candidates(tutorial))
        return {*waiting} if is_new else {attendee.pk, *waiting}

    is_new = attendee.pk is None
    locked = lock_one(tutorial_id, attendees_of)
    tutorial = locked.tutorials[tutorial_id]
    if not is_new:
        attendee = locked.attendee(attendee.pk)
    standing = Standing.load_bare(attendee, tutorial)
    if standing.mine:
        standing.mine.place = place(standing.mine)
        return standing.mine
    in_the_way = standing.in_the_way(despite_overlap=despite_overlap)
    if not in_the_way and not standing.is_at_limit():
        when_free, gives_up = WhenFree.TAKE, None  # there is nothing to decide
    refusal = standing.why_not(act.at, when_free=when_free, despite_overlap=despite_overlap)
    if refusal:
        raise Refused(refusal)
    if waiting and fill_locked(tutorial, act).switchers:
        raise SwitchFirst(tutorial)
    if is_new:
        _save(attendee)
    row = Registration(
        attendee=attendee,
        tutorial=tutorial,
        registered_at=act.at,
        when_free=when_free,
        gives_up=gives_up,
        overlap="" if in_the_way else standing.overlap_mark(),
    )
    _place(standing, row, act)
    return row


def _save(newcomer: Attendee) -> None:
    """Make a newcomer an attendee; last of all that could have to wait for somebody."""
    try:
        save_new(newcomer)
    except IntegrityError as error:
        raise CameMeanwhile from error


def _place(standing: Standing, row: Registration, act: Act) -> None:
    """Give a new registration a seat where it can have one, else a place in the queue; tell it."""
    tutorial, attendee = standing.tutorial, row.attendee
    if tutorial.is_full or row.when_free != WhenFree.TAKE:
        if not tutorial.conference.has_waiting_list:
            # The last seat has just gone to somebody who waited since before it was switched off.
            raise Refused(standing.full())
        join_queue(tutorial, row, act)
        row.place = place(row)
        mails.tell([row], MailKind.WAITING, at=act.at, place=row.place)
    elif has_ticket(attendee, tutorial.conference):
        confirm(tutorial, [row], Why.ASKED, act, overlap=row.overlap)
        row.place = None
        mails.tell([row], MailKind.REGISTERED, at=act.at)
    else:
        until = offer_ends(tutorial, standing.own_slots, act.at)
        if until is None:
            raise Refused(too_late_for_ticket())
        offer(tutorial, [row], until, Why.ASKED, act, awaits_ticket=True)
        row.place = None
        mails.tell([row], MailKind.HELD, at=act.at, facts={"until": until.isoformat()})


def switch(
    attendee: Attendee, tutorial: Tutorial, *, gives_up: Tutorial, by: User | None, at: datetime
) -> Registration:
    """Take a seat in ``tutorial`` and give up the one in ``gives_up``, in one transaction.

    Where no seat is free for a newcomer they wait for one, keeping what they have until then.
    Switching twice is success. Who has no seat in ``gives_up`` just registers. Raises ``Refused``,
    and then nothing has changed. Locks both tutorials, the attendee, and those who wait.
    """
    if attendee.pk is None:
        return register(attendee, tutorial, by=by, at=at)
    loose = Loose()
    row = switchers_first(
        lambda: _switch(attendee.pk, tutorial.pk, gives_up.pk, Act(by, at), loose), at
    )
    if row is None:
        return register(attendee, tutorial, by=by, at=at)
    if row.status == Status.WAITLISTED and not row.tutorial.is_full:
        loose.unfinished.add(row.tutorial_id)
    settle(loose, at)
    return _again(row) if row.status == Status.WAITLISTED else row


def _switch(
    attendee_id: int, tutorial_id: int, other_id: int, act: Act, loose: Loose
) -> Registration | None:
    def attendees_of(tutorials: list[Tutorial]) -> set[int]:
        found = {attendee_id, *waiting_attendees([other_id])}
        for each in tutorials:
            if each.pk == tutorial_id:
                found |= candidates(each)
        return found

    locked = lock([tutorial_id, other_id], attendees_of)
    tutorial, other = locked.tutorials[tutorial_id], locked.tutorials[other_id]
    attendee = locked.attendee(attendee_id)
    standing = Standing.load_bare(attendee, tutorial)
    theirs = standing.registration_for(other_id)
    mine = standing.mine
    if theirs is None or theirs.status not in Registration.SEATED or other_id == tutorial_id:
        return mine  # switched already, or there is nothing to give up
    _refuse_to_leave_late(standing.slots_of(other_id), act.at, other)
    if mine and mine.status in Registration.SEATED:
        if mine.status == Status.CONFIRMED:
            _give_up_beside(standing, theirs, other, act, loose)
        return mine
    if mine:
        _wish(mine, WhenFree.SWITCH, other)
        return mine
    refusal = standing.why_not(act.at, when_free=WhenFree.SWITCH)
    if refusal:
        raise Refused(refusal)
    if fill_locked(tutorial, act).switchers:
        raise SwitchFirst(tutorial)
    row = Registration(
        attendee=attendee,
        tutorial=tutorial,
        registered_at=act.at,
        when_free=WhenFree.SWITCH,
        gives_up=other,
        overlap="" if standing.in_the_way() else standing.overlap_mark(),
    )
    if not tutorial.is_full and not has_ticket(row.attendee, tutorial.conference):
        raise Refused(
            Refusal(
                "awaits_ticket",
                _("You can switch once your conference ticket is confirmed."),
            )
        )
    if tutorial.is_full:
        _place(standing, row, act)
        return row
    third = [each for each in standing.in_the_way() if each.pk != other_id]
    if third:
        raise Refused(
            Refusal(
                "overlaps",
                _("“%(title)s” overlaps this tutorial too. Cancel it first.")
                % {"title": third[0].title},
                third[0],
            )
        )
    if standing.is_at_limit(giving_up=[other_id]):
        raise Refused(Refusal("limit", _("You have as many tutorials as one person may.")))
    row.overlap = standing.overlap_mark(giving_up=[other_id])
    switch_locked(tutorial, [(row, theirs)], locked.tutorials, act, loose)
    row.place = None
    return row


def _give_up_beside(
    standing: Standing, theirs: Registration, other: Tutorial, act: Act, loose: Loose
) -> None:
    """Who has both, since an organiser or the conference lets them, gives up the one."""
    end(other, [theirs], Because.MOVED, Why.SWITCHED, act)
    if standing.attendee:
        theirs.attendee = standing.attendee
        mails.tell([theirs], MailKind.LEFT, at=act.at)
    loose.freed.add(theirs.attendee_id)
    refill(other, act, loose)


def change_wish(
    attendee: Attendee,
    tutorial: Tutorial,
    *,
    when_free: str,
    gives_up: Tutorial | None = None,
    by: User | None,
    at: datetime,
) -> Registration | None:
    """Say anew what somebody who waits wants when a seat is free; they keep their place.

    It is acted on at once. None for who does not wait. Locks the tutorial and those who wait.
    """

    def work() -> Registration | None:
        locked = lock_one(tutorial.pk, candidates)
        waiting = Registration.objects.waiting().filter(attendee=attendee)
        row = waiting.filter(tutorial=tutorial).first()
        if row:
            row.tutorial = locked.tutorials[tutorial.pk]
            _wish(row, when_free, gives_up)
        return row

    row = committed(work)
    if row is None:
        return None
    settle(Loose(unfinished={tutorial.pk}), at)
    return _again(row)


def _wish(row: Registration, when_free: str, gives_up: Tutorial | None) -> None:
    row.when_free = when_free
    row.gives_up = None if when_free == WhenFree.TAKE else gives_up
    row.save(update_fields=["when_free", "gives_up"])


def cancel(
    attendee: Attendee,
    tutorial: Tutorial,
    *,
    by: User | None,
    at: datetime,
    because: Because = Because.SELF,
    reason: str = "",
    only_offer: bool = False,
) -> Registration | None:
    """Give up a seat or a place in the queue, and let the first who can take the seat have it.

    A seat beyond the capacity, kept when that was lowered, is gone when it is given up. Cancelling
    twice is success: None says that there was nothing to cancel. One's own registration
    can be given up until the tutorial starts (raises ``Refused``). Locks the tutorial, the attendee
    and those who wait. What the attendee is free for now, in other tutorials, follows in
    transactions of its own. ``only_offer`` leaves alone what is not offered any more.
    """
    loose = Loose()
    row = committed(
        lambda: _cancel(attendee.pk, tutorial.pk, because, only_offer, Act(by, at, reason), loose)
    )
    settle(loose, at)
    return row


def _cancel(
    attendee_id: int,
    tutorial_id: int,
    because: Because,
    only_offer: bool,
    act: Act,
    loose: Loose,
) -> Registration | None:
    locked = lock_one(
        tutorial_id, lambda tutorial: {attendee_id, *waiting_attendees([tutorial_id])}
    )
    tutorial, attendee = locked.tutorials[tutorial_id], locked.attendee(attendee_id)
    standing = Standing.load_bare(attendee, tutorial)
    row = standing.mine
    if row is None or (only_offer and row.status != Status.OFFERED):
        return None
    if because == Because.SELF:
        _refuse_to_leave_late(standing.own_slots, act.at, tutorial)
    end(tutorial, [row], because, BECAUSE_TO_WHY[because], act)
    row.attendee = attendee
    facts = {"reason": act.reason} if act.reason else None
    mails.tell([row], BECAUSE_TO_MAIL[because], at=act.at, facts=facts)
    loose.freed.add(attendee_id)
    refill(tutorial, act, loose)
    return row


def _refuse_to_leave_late(slots: list[Slot], at: datetime, tutorial: Tutorial) -> None:
    if any(slot.session.starts_at <= at for slot in slots):
        text = _("“%(title)s” has started; it cannot be given up any more.")
        raise Refused(Refusal("over", text % {"title": tutorial.title}))


def _again(row: Registration) -> Registration:
    """The registration as it is now, with its place."""
    fresh = Registration.objects.select_related("attendee__user", "tutorial__conference")
    row = fresh.get(pk=row.pk)
    row.place = place(row)
    return row
