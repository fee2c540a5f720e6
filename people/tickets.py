"""How does a conference ticket become somebody's, and somebody else's?

A ticket is an attendee with a ticket number, as an import makes them. It is somebody's own once it
has their account, which happens by its address (``take_own``), by a click of whoever bought it
(``take``), by its number (``claim``), or by an organiser (``confirm_claim``). Until then its buyer
may hand it on to somebody else (``hand_on``).

Each change locks the attendees concerned in the order of their ids, and no more: nothing here may
be called while an attendee is locked already. What follows for seats is not asked here;
``tutorials.registration.tickets_changed`` is told by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from conference.models import Conference
from people.forgotten import FORGOTTEN, scrub_log
from people.known_tickets import (
    addresses_of,
    is_buyer,
    own_ticket,
    plain_number,
    same_name,
    tied_ever,
    tied_now,
    wants_ticket,
    with_number,
)
from people.models import Attendee, TicketKind, User, new_badge_code
from people.names import clean_name, sort_name_of

# How often an account may try to guess a ticket number, and in how many seconds.
TRIES, PER = 10, 60 * 60
# The fields of an attendee that belong to the ticket rather than to the person.
OF_THE_TICKET = ("ticket_number", "ticket_barcode", "ticket_kind", "buyer_email", "imported")


class TicketRefused(Exception):
    """Something about a ticket was refused, and nothing changed: a word, and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


# Becoming somebody's


def take_own(user: User, conference: Conference, place: Attendee | None) -> Attendee | None:
    """Link the ticket that can only be theirs to the account; None, after one query, if there is
    none. ``place`` is what the account has here so far. Outside of any transaction.
    """
    ticket = own_ticket(user, conference)
    if ticket is None:
        return None
    if place is None and _link_alone(ticket, user):
        return ticket
    try:
        return _link(user, conference, ticket.pk, lambda row: row.email == ticket.email)
    except TicketRefused:
        return None


def _link_alone(ticket: Attendee, user: User) -> bool:
    """Link a ticket to an account without a place; False where it is not as simple as that.

    One statement, which looks itself whether the ticket is still as it was: no lock is needed.
    """
    free = Attendee.objects.filter(pk=ticket.pk, user__isnull=True, withdrawn_at__isnull=True)
    try:
        linked = free.filter(email=ticket.email).update(user=user)
    except IntegrityError:
        return False  # another request made the account's place meanwhile
    if not linked:
        return False
    ticket.user = user
    _name(user, ticket)
    return True


def take(user: User, conference: Conference, ticket_id: int) -> Attendee:
    """Link a ticket that came with an address of theirs to the account; twice is success.

    Raises ``TicketRefused``.
    """
    addresses = addresses_of(user)
    return _link(
        user, conference, ticket_id, lambda row: not addresses.isdisjoint(_addresses_on(row))
    )


def _addresses_on(ticket: Attendee) -> set[str]:
    return {ticket.email, ticket.buyer_email} - {""}


def may_try(user: User) -> bool:
    """Count a try to find a ticket by its number; False once there were too many of late."""
    key = f"ticket-tries-{user.pk}"
    cache.add(key, 0, PER)
    try:
        return cache.incr(key) <= TRIES
    except ValueError:  # it ran out between the two lines
        return True


def claim(user: User, conference: Conference, number: str, name: str) -> Attendee:
    """Link the ticket with this number to the account, whatever address it was bought with.

    Numbers can be guessed, so the name on the ticket has to be known too. No such ticket, another
    name, somebody else's already: the answer is the same (``not_found``). Raises ``TicketRefused``.
    """
    found = [
        row for row in with_number(conference, number) if not row.user_id and not row.withdrawn_at
    ]
    if len(found) != 1 or not same_name(found[0].name, name):
        raise _not_found()
    return _link(user, conference, found[0].pk, lambda row: same_name(row.name, name))


def _not_found() -> TicketRefused:
    return TicketRefused(
        "not_found",
        _(
            "We know of no free ticket with this number and this name. Please write both as they "
            "stand on the ticket."
        ),
    )


def _link(
    user: User, conference: Conference, ticket_id: int, still: Callable[[Attendee], bool]
) -> Attendee:
    """Link a ticket, if it is nobody's and is ``still`` as it was."""
    try:
        attendee = _link_once(user, conference, ticket_id, still)
    except IntegrityError:
        # Another request made the account's place meanwhile, and now it is locked with the ticket.
        attendee = _link_once(user, conference, ticket_id, still)
    _name(user, attendee)
    return attendee


def _name(user: User, attendee: Attendee) -> None:
    """Let a nameless account have the name on its ticket.

    Never inside a transaction: who edits a name locks the account before its places.
    """
    if not user.name:
        user.name = attendee.name
        user.save(update_fields=["name"])


def _link_once(
    user: User, conference: Conference, ticket_id: int, still: Callable[[Attendee], bool]
) -> Attendee:
    with transaction.atomic(durable=True):
        ticket, mine = _locked(user, conference, ticket_id)
        if mine and mine.pk == ticket_id:
            return mine
        if ticket is None or ticket.user_id or ticket.withdrawn_at or not still(ticket):
            raise TicketRefused("gone", _("This ticket is somebody’s already."))
        return _join(ticket, mine, user)


def _locked(
    user: User, conference: Conference, ticket_id: int
) -> tuple[Attendee | None, Attendee | None]:
    """The ticket and the place of the account, under the lock of both."""
    rows = _lock(conference, Q(pk=ticket_id) | Q(user=user))
    ticket = next((row for row in rows if row.pk == ticket_id), None)
    mine = next((row for row in rows if row.user_id == user.pk), None)
    return ticket, mine


def _lock(conference: Conference, which: Q) -> list[Attendee]:
    """Lock attendees in the order of their ids; for good, since one of them may be deleted."""
    rows = Attendee.objects.select_for_update(of=("self",)).filter(which, conference=conference)
    return list(rows.select_related("ticket_kind").order_by("pk"))


def _join(ticket: Attendee, mine: Attendee | None, user: User | None) -> Attendee:
    """Let a ticket that nobody has be that of a place, or of an account without one.

    Of two places the one stays that something hangs on. Where the place had a ticket already,
    without tutorials or withdrawn, that one is nobody's from then on.
    """
    if mine is None:
        return _give(ticket, user)
    if not wants_ticket(mine):
        raise TicketRefused("has_one", _("You have a ticket already."))
    if mine.withdrawn_at is None and not tied_ever(ticket):
        return _move(ticket, mine)
    if tied_ever(mine) and mine.withdrawn_at is None:
        raise TicketRefused(
            "both_in_use",
            _(
                "Tutorials were registered for with this ticket and with your account too. "
                "Please ask the organisers to join the two."
            ),
        )
    if mine.ticket_number or mine.withdrawn_at:
        mine.user, mine.claimed_ticket, mine.claimed_at = None, "", None
        mine.save(update_fields=["user", "claimed_ticket", "claimed_at"])
    else:
        _delete(mine)
    return _give(ticket, user)


def _give(ticket: Attendee, user: User | None) -> Attendee:
    """Link a ticket to an account that has no place; mail goes to one of its addresses then."""
    ticket.user = user
    if user and ticket.email not in addresses_of(user):
        ticket.email = user.email
    ticket.save(update_fields=["user", "email"])
    return ticket


def _move(ticket: Attendee, mine: Attendee) -> Attendee:
    """Give a place the ticket of another; what that has then, a ticket of its own or nothing."""
    had = {field: getattr(mine, field) for field in OF_THE_TICKET}
    has = {field: getattr(ticket, field) for field in OF_THE_TICKET}
    if mine.ticket_number:
        # A ticket number is there once at any moment.
        Attendee.objects.filter(pk=mine.pk).update(ticket_number="")
        _write(ticket, had)
    else:
        _delete(ticket)
    mine.affiliation = mine.affiliation or ticket.affiliation
    _write(mine, has, "affiliation")
    _settle(mine)
    return mine


def _delete(attendee: Attendee) -> None:
    """Delete a place that nothing hangs on; the admin's log names nobody who is not here."""
    scrub_log(Attendee, [attendee.pk])
    attendee.delete()


def _write(attendee: Attendee, values: dict[str, object], *others: str) -> None:
    for field, value in values.items():
        setattr(attendee, field, value)
    attendee.save(update_fields=[*values, *others])


def _settle(attendee: Attendee) -> None:
    """Clear what they claimed, now that they have it, or what it was to give them."""
    claimed = plain_number(attendee.claimed_ticket)
    if attendee.ticket_gives_tutorials or claimed == plain_number(attendee.ticket_number):
        attendee.claimed_ticket, attendee.claimed_at = "", None
        attendee.save(update_fields=["claimed_ticket", "claimed_at"])


# Being somebody else's


def hand_on(
    user: User, conference: Conference, ticket_id: int, *, name: str, email: str
) -> Attendee:
    """Let a ticket that the account's owner bought be for somebody else, who signs in to have it.

    Not one that somebody uses: it has an account other than the buyer's own, or seats. Raises
    ``TicketRefused``.
    """
    addresses, name, email = addresses_of(user), clean_name(name), email.strip().lower()
    if email in addresses:
        text = _("This address is your own. Write that of the person whom the ticket is for.")
        raise TicketRefused("own_address", text)
    with transaction.atomic(durable=True):
        rows = _lock(conference, Q(pk=ticket_id))
        ticket = rows[0] if rows else None
        if ticket is None or ticket.withdrawn_at or not is_buyer(ticket, addresses):
            raise TicketRefused("gone", _("This ticket is not yours to hand on."))
        if ticket.user_id not in (None, user.pk) or tied_now([ticket.pk]):
            text = _("This ticket is in use: it cannot be handed on any more.")
            raise TicketRefused("in_use", text)
        # They still see whom they gave it to.
        ticket.buyer_email = ticket.buyer_email or ticket.email
        if tied_ever(ticket):
            ticket = _taken_off(ticket)
        else:
            _forget_holder(ticket)
        ticket.name, ticket.sort_name, ticket.email = name, sort_name_of(name), email
        ticket.imported = _without_holder(ticket.imported)
        ticket.save()
    return ticket


def _taken_off(place: Attendee) -> Attendee:
    """A new place with the ticket of another, which stays its holder's with what they did."""
    has = {field: getattr(place, field) for field in OF_THE_TICKET}
    new = Attendee(conference=place.conference)
    nothing = {field: getattr(new, field) for field in OF_THE_TICKET}
    _write(place, nothing)
    for field, value in has.items():
        setattr(new, field, value)
    return new


def _forget_holder(ticket: Attendee) -> None:
    """Take from a ticket what its holder said and agreed to: it is not the new one's."""
    if ticket.user_id:
        # What they carry about is not the new holder's.
        ticket.user, ticket.badge_code = None, new_badge_code()
    ticket.affiliation, ticket.language, ticket.shown_to_presenters = "", "", False
    ticket.claimed_ticket, ticket.claimed_at = "", None
    scrub_log(Attendee, [ticket.pk])


def _without_holder(imported: dict[str, object]) -> dict[str, object]:
    """What the shop said of a ticket without whom it was for; the next import keeps the new one."""
    if not imported:
        return imported  # it did not come by an import
    return {**imported, **dict.fromkeys(("name", "email", "affiliation"), FORGOTTEN)}


# Saying that one has a ticket


def say_unlisted(attendee: Attendee, number: str, *, at: datetime) -> Attendee:
    """Note that somebody says to have a ticket which no list of the shop holds yet.

    Saying another number replaces it. Raises ``TicketRefused`` for who was withdrawn.
    """
    with transaction.atomic(durable=True):
        (row,) = _lock(attendee.conference, Q(pk=attendee.pk))
        if row.withdrawn_at:
            text = _("Your place at this conference was withdrawn. Please ask the organisers.")
            raise TicketRefused("withdrawn", text)
        row.claimed_ticket, row.claimed_at = clean_name(number)[:100], at
        row.save(update_fields=["claimed_ticket", "claimed_at"])
    return row


def confirm_claim(
    attendee: Attendee,
    *,
    number: str,
    kind: TicketKind | None = None,
    same_person: bool = False,
) -> Attendee:
    """Believe somebody who claims a ticket: from now on it is theirs.

    Where the list holds the number as somebody's without an account, an organiser has to say that
    this is the ``same_person``; the two places become one. Raises ``TicketRefused``
    (``somebody_elses``; ``in_use`` and others, where it cannot be).
    """
    number = clean_name(number)[:100]
    conference = attendee.conference
    others = [row.pk for row in with_number(conference, number) if row.pk != attendee.pk]
    with transaction.atomic(durable=True):
        rows = {row.pk: row for row in _lock(conference, Q(pk__in=[attendee.pk, *others]))}
        mine = rows.pop(attendee.pk)
        if not mine.claimed_ticket:
            raise TicketRefused("no_claim", _("This claim was settled meanwhile."))
        for other in rows.values():
            _refuse_to_join(other, same_person)
        if len(rows) > 1:
            text = _("Several tickets have this number or barcode.")
            raise TicketRefused("several", text)
        if rows:
            return _settled(_join(next(iter(rows.values())), mine, mine.user))
        mine.ticket_number, mine.ticket_kind = number, kind
        mine.save(update_fields=["ticket_number", "ticket_kind"])
        return _settled(mine)


def _refuse_to_join(other: Attendee, same_person: bool) -> None:
    words = {"name": other.name, "email": other.email or "–"}
    if other.withdrawn_at:
        text = _("The ticket is that of %(name)s (%(email)s), who was withdrawn.")
        raise TicketRefused("withdrawn", text % words)
    if other.user_id:
        text = _("The ticket is that of %(name)s (%(email)s), who has an account.")
        raise TicketRefused("in_use", text % words)
    if not same_person:
        text = _(
            "The list has this ticket as that of %(name)s (%(email)s), who has not signed in yet. "
            "Is this the same person?"
        )
        raise TicketRefused("somebody_elses", text % words)


def _settled(attendee: Attendee) -> Attendee:
    """Without a claim, which has been answered, whatever ticket was given."""
    attendee.claimed_ticket, attendee.claimed_at = "", None
    attendee.save(update_fields=["claimed_ticket", "claimed_at"])
    return attendee
