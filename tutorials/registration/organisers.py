"""What organisers do: add somebody, change the seats, withdraw an attendee, call a tutorial off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import Attendee, User
from tutorials import mails
from tutorials.models import Registration, Schedule, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.registration.filling import (
    Loose,
    SwitchFirst,
    fill_locked,
    refill,
    settle,
    switchers_first,
)
from tutorials.registration.locks import (
    Grew,
    candidates,
    committed,
    live_attendees,
    lock,
    lock_one,
    lock_tutorials,
    waiting_attendees,
)
from tutorials.registration.seats import TooFew, at_least_taken, newest, released_capacities
from tutorials.registration.writing import Act, confirm, end, move_back, set_seats
from tutorials.standing import Refusal, Refused, Standing

Status = Registration.Status
Because = Registration.Because
WhenFree = Registration.WhenFree


def add(
    attendee: Attendee,
    tutorial: Tutorial,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    above_seats: bool = False,
    despite_overlap: bool = False,
) -> Registration:
    """Give somebody a seat on an organiser's word, whatever closes it to others.

    Where all seats are taken, ``above_seats`` takes one that was kept back, or else raises the
    seats by one. ``despite_overlap`` lets them have a tutorial at the same time. Who waits or has
    an offer is given the seat. Who has a seat keeps it: success. Raises ``Refused`` (``full``,
    ``overlaps``, and what nobody can have a seat in). Locks as ``register`` does.
    """
    act = Act(by, at, reason)
    return switchers_first(
        lambda: _add(attendee.pk, tutorial.pk, above_seats, despite_overlap, act), at
    )


def _add(
    attendee_id: int, tutorial_id: int, above_seats: bool, despite_overlap: bool, act: Act
) -> Registration:
    locked = lock_one(tutorial_id, lambda tutorial: {attendee_id, *candidates(tutorial)})
    tutorial, attendee = locked.tutorials[tutorial_id], locked.attendee(attendee_id)
    if fill_locked(tutorial, act).switchers:
        raise SwitchFirst(tutorial)
    standing = Standing.load_bare(attendee, tutorial)
    row = standing.mine
    if row and row.status == Status.CONFIRMED:
        return row
    refusal = standing.not_here() or standing.over(act.at)
    if refusal:
        raise Refused(refusal)
    if attendee.withdrawn_at:
        raise Refused(Refusal("withdrawn", _("This attendee was withdrawn.")))
    overlapping = standing.overlapping()
    if overlapping and not despite_overlap:
        text = _("%(attendee)s has a seat in %(tutorial)s at the same time.")
        words = {"attendee": attendee, "tutorial": overlapping[0]}
        raise Refused(Refusal("overlaps", text % words, overlapping[0]))
    if tutorial.is_full and not (row and row.status == Status.OFFERED):
        if not above_seats:
            text = _("All seats of %(tutorial)s are taken.")
            raise Refused(Refusal("full", text % {"tutorial": tutorial}, tutorial))
        _one_more_seat(tutorial, act)
    if row is None:
        row = Registration(attendee=attendee, tutorial=tutorial, registered_at=act.at)
    row.attendee = attendee
    overlap = Registration.Overlap.OVERRIDE if overlapping else ""
    confirm(tutorial, [row], Why.ORGANISER, act, overlap=overlap)
    row.place = None
    mails.tell([row], MailKind.REGISTERED, at=act.at)
    return row


def _one_more_seat(tutorial: Tutorial, act: Act) -> None:
    """One that was kept back, else one more than its own capacity, else one more than its room."""
    if tutorial.kept_back:
        tutorial.kept_back -= 1
    elif tutorial.capacity:
        tutorial.capacity += 1
    tutorial.save(update_fields=["kept_back", "capacity", "updated_at"])
    set_seats({tutorial: (tutorial.seats or 0) + 1}, Why.ORGANISER, act)


def change_capacity(
    tutorial: Tutorial,
    *,
    capacity: int | None,
    kept_back: int,
    too_few: TooFew,
    by: User | None,
    at: datetime,
    reason: str = "",
) -> Tutorial:
    """Set a tutorial's own capacity (None: as many as its room holds) and the seats kept back.

    Where that leaves fewer seats than are taken, ``too_few`` decides; ``REFUSE`` raises
    ``Refused`` (``too_few``). Seats that become free are filled. Locks the tutorial and all in it.
    """
    loose = Loose()

    def work() -> Tutorial:
        (locked,) = lock_tutorials([tutorial.pk])
        locked.capacity, locked.kept_back = capacity, kept_back
        locked.save(update_fields=["capacity", "kept_back", "updated_at"])
        choice = {locked.pk: too_few}
        follow_capacity([locked], at, too_few=choice, by=by, reason=reason, loose=loose)
        return locked

    changed = committed(work)
    settle(loose, at)
    return changed


def seats_follow_capacity(
    tutorial_ids: Collection[int],
    *,
    at: datetime,
    too_few: TooFew = TooFew.KEEP,
    by: User | None = None,
    reason: str = "",
) -> list[Tutorial]:
    """Set the seats anew after a capacity changed, such as a room's, and fill what that frees.

    Return the tutorials that keep more seats than they should, because that many are taken: nobody
    loses a seat, unless ``too_few`` says that the newest go back to the queue. ``REFUSE`` raises
    ``Refused``. Locks the tutorials and all who are in them or wait.
    """
    loose = Loose()

    def work() -> list[Tutorial]:
        tutorials = lock_tutorials(tutorial_ids)
        choices = {tutorial.pk: too_few for tutorial in tutorials}
        return follow_capacity(tutorials, at, too_few=choices, by=by, reason=reason, loose=loose)

    kept = committed(work)
    settle(loose, at)
    return kept


def follow_capacity(
    tutorials: Iterable[Tutorial],
    at: datetime,
    *,
    too_few: Mapping[int, TooFew] | None = None,
    by: User | None = None,
    reason: str = "",
    why: Why = Why.CAPACITY,
    loose: Loose | None = None,
) -> list[Tutorial]:
    """``seats_follow_capacity`` for tutorials that ``lock_tutorials`` has locked already.

    ``too_few`` by a tutorial's id; everybody keeps their seat where it says nothing. Who gives no
    ``loose`` has to ``sweep`` once the transaction is over.
    """
    act, tutorials = Act(by, at, reason), list(tutorials)
    loose = loose or Loose()
    capacities = released_capacities(tutorials)
    waited_for = set(
        Registration.objects.waiting()
        .filter(tutorial__in=tutorials)
        .values_list("tutorial_id", flat=True)
    )
    seats: dict[Tutorial, int | None] = {}
    kept = []
    for tutorial in tutorials:
        wanted = capacities[tutorial.pk]
        if wanted is not None and wanted < tutorial.seats_taken:
            choice = (too_few or {}).get(tutorial.pk)
            if choice == TooFew.REFUSE:
                raise Refused(_too_few(tutorial, wanted))
            if choice == TooFew.MOVE_BACK:
                rows = newest(tutorial, tutorial.seats_taken - wanted)
                send_back(tutorial, rows, why, act, loose)
            else:
                kept.append(tutorial)
        seats[tutorial] = at_least_taken(tutorial, wanted)
    set_seats(seats, why, act, pinned=[each for each in kept if too_few and each.pk in too_few])
    for tutorial in tutorials:
        if tutorial.pk in waited_for and fill_locked(tutorial, act).switchers:
            loose.unfinished.add(tutorial.pk)
    return kept


def send_back(
    tutorial: Tutorial,
    newest_first: list[Registration],
    why: Why,
    act: Act,
    loose: Loose,
    *,
    others: Mapping[int, int] | None = None,
) -> None:
    """Take their seats and put them at the head of the queue; tell them.

    ``others`` are ids of the tutorials that they keep at the same time, by that of the
    registration: then they are to be asked which of the two they want.
    """
    clash = others is not None
    when_free = WhenFree.OFFER if clash else WhenFree.TAKE
    move_back(tutorial, newest_first, why, act, when_free=when_free)
    mails.tell(
        newest_first,
        MailKind.MOVED_BACK,
        at=act.at,
        facts=(lambda row: {"other": others[row.pk]}) if others else None,
    )
    loose.freed |= {row.attendee_id for row in newest_first}


def _too_few(tutorial: Tutorial, seats: int) -> Refusal:
    text = _("%(tutorial)s would have %(seats)d seats and has %(taken)d people.")
    words = {"tutorial": tutorial, "taken": tutorial.seats_taken, "seats": seats}
    return Refusal("too_few", text % words, tutorial)


def too_few_if(rooms: Mapping[int, int | None]) -> list[Refusal]:
    """What ``seats_follow_capacity`` would refuse if rooms, by their ids, held so many people.

    One refusal for each tutorial that would have fewer seats than are taken, and another number
    than by the rooms as they are: where an organiser went beyond these, that stays. Three queries.
    """
    current = Schedule.objects.current_of_each().values("pk")
    there = Slot.objects.filter(schedule__in=current, room__in=rooms).values("tutorial")
    tutorials = list(Tutorial.objects.filter(pk__in=there).order_by("pk"))
    before = released_capacities(tutorials)
    after = released_capacities(tutorials, if_rooms_held=rooms)
    return [
        _too_few(tutorial, wanted)
        for tutorial in tutorials
        if (wanted := after[tutorial.pk]) is not None
        and wanted < tutorial.seats_taken
        and wanted != before[tutorial.pk]
    ]


def cancel_tutorial(tutorial: Tutorial, *, by: User | None, at: datetime, reason: str = "") -> int:
    """Call a tutorial off and end every registration for it; return how many there were.

    Calling it off twice changes nothing. Locks the tutorial and all who are in it or wait for it.
    """
    act = Act(by, at, reason)

    def work() -> list[Registration]:
        locked = lock_one(tutorial.pk, lambda each: live_attendees([each.pk])).tutorials
        found = locked[tutorial.pk]
        live = list(
            Registration.objects.live()
            .filter(tutorial=found)
            .select_related("attendee__user")
            .order_by("pk")
        )
        if not found.is_cancelled:
            found.status, found.cancelled_at = Tutorial.Status.CANCELLED, at
            found.save(update_fields=["status", "cancelled_at", "updated_at"])
        end(found, live, Because.TUTORIAL_CANCELLED, Why.TUTORIAL_CANCELLED, act)
        facts = {"reason": reason} if reason else None
        mails.tell(live, MailKind.TUTORIAL_CANCELLED, at=at, facts=facts)
        refill(found, act, Loose())
        return live

    live = committed(work)
    settle(Loose(freed={row.attendee_id for row in live}), at)
    return len(live)


def withdraw(attendee: Attendee, *, by: User | None, at: datetime, reason: str = "") -> int:
    """Take an attendee's place at the conference back, as when the ticket was refunded.

    All their registrations end and the seats are filled; they can register for nothing more.
    Return how many registrations there were. Withdrawing twice changes nothing. Locks the tutorials
    concerned, the attendee, and those who wait for them.
    """
    loose = Loose()
    number = committed(lambda: _withdraw(attendee.pk, Act(by, at, reason), loose))
    settle(loose, at)
    return number


def _withdraw(attendee_id: int, act: Act, loose: Loose) -> int:
    live = Registration.objects.live().filter(attendee=attendee_id)
    tutorial_ids = set(live.order_by().values_list("tutorial_id", flat=True))
    locked = lock(tutorial_ids, lambda tutorials: {attendee_id, *waiting_attendees(tutorial_ids)})
    rows = list(live.order_by("tutorial_id").select_related("attendee__user"))
    if not {row.tutorial_id for row in rows} <= tutorial_ids:
        raise Grew
    attendee = locked.attendee(attendee_id)
    if attendee.withdrawn_at is None:
        attendee.withdrawn_at = act.at
        attendee.claimed_ticket, attendee.claimed_at = "", None
        attendee.save(update_fields=["withdrawn_at", "claimed_ticket", "claimed_at"])
    facts = {"reason": act.reason} if act.reason else None
    for row in rows:
        tutorial = locked.tutorials[row.tutorial_id]
        end(tutorial, [row], Because.WITHDRAWN, Why.WITHDRAWN, act)
        mails.tell([row], MailKind.WITHDRAWN, at=act.at, facts=facts)
        refill(tutorial, act, loose)
    return len(rows)


def reinstate(attendee: Attendee, *, by: User | None, at: datetime) -> None:
    """Let a withdrawn attendee take part again; what they had, they have to register for anew."""
    with transaction.atomic(durable=True):
        locked = lock((), lambda tutorials: {attendee.pk}).attendee(attendee.pk)
        locked.withdrawn_at = None
        locked.save(update_fields=["withdrawn_at"])
