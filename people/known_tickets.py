"""Which conference tickets are there, whose might they be, and is this the same number or name?

Read only; ``people.tickets`` is the only writer of whose a ticket is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace, Upper

from conference.models import Conference
from people.models import Attendee, User


@dataclass(frozen=True)
class Ties:
    """What an app above this one hangs on a place, so that it cannot just go to somebody else.

    Each function is given ids of attendees and says which of them have any.
    """

    live: Callable[[Collection[int]], set[int]]  # now: giving the place away would give this too
    ever: Callable[[Collection[int]], set[int]]  # now or once: deleting the place would delete it


TIES: list[Ties] = []


def tied_now(attendee_ids: Collection[int]) -> set[int]:
    """Which of these attendees have something under way."""
    return set().union(*(ties.live(attendee_ids) for ties in TIES))


def tied_ever(attendee: Attendee) -> bool:
    """Whether anything hangs on this place, or ever did."""
    return any(ties.ever([attendee.pk]) for ties in TIES)


@dataclass(frozen=True)
class Bought:
    """A ticket that came with an address of the visitor, and what they may do with it."""

    ticket: Attendee
    is_in_use: bool
    can_take: bool
    can_hand_on: bool
    is_for_another: bool  # its own address is none of the visitor's


def addresses_of(user: User) -> set[str]:
    """The addresses that an account has proved to be its own, in small letters. One query."""
    return set(_addresses(user))


def _addresses(user: User) -> QuerySet[EmailAddress, str]:
    proved = EmailAddress.objects.filter(user=user, verified=True)
    return proved.order_by().values_list(Lower("email"), flat=True)


def _valid(conference: Conference) -> QuerySet[Attendee]:
    tickets = Attendee.objects.for_conference(conference).exclude(ticket_number="")
    return tickets.filter(withdrawn_at__isnull=True).select_related("ticket_kind")


def own_ticket(user: User, conference: Conference) -> Attendee | None:
    """The ticket that can only be this person's: the one nobody has that names their address.

    None where there are several, since somebody who buys for others has to say which. One query.
    """
    found = _valid(conference).filter(user__isnull=True, email__in=_addresses(user))
    tickets = list(found.order_by("pk")[:2])
    return tickets[0] if len(tickets) == 1 else None


def bought_by(user: User, conference: Conference, mine: Attendee | None) -> list[Bought]:
    """The tickets bought with an address of theirs, or sent to one, other than ``mine``.

    Those for others come last. A fixed number of queries.
    """
    addresses = addresses_of(user)
    theirs = Q(email__in=addresses) | Q(buyer_email__in=addresses)
    found = _valid(conference).filter(theirs).exclude(user=user)
    tickets = list(found.order_by("sort_name", "pk"))
    tied = tied_now([ticket.pk for ticket in tickets])
    wants_one = wants_ticket(mine)
    bought = []
    for ticket in tickets:
        in_use = ticket.user_id is not None or ticket.pk in tied
        bought.append(
            Bought(
                ticket,
                is_in_use=in_use,
                can_take=wants_one and ticket.user_id is None,
                can_hand_on=not in_use and is_buyer(ticket, addresses),
                is_for_another=ticket.email not in addresses,
            )
        )
    return sorted(bought, key=lambda each: each.is_for_another)


def can_hand_on_own(mine: Attendee, addresses: Collection[str]) -> bool:
    """Whether somebody may give away the ticket that is linked to their own account."""
    has_ticket = bool(mine.ticket_number) and mine.withdrawn_at is None
    return has_ticket and is_buyer(mine, addresses) and not tied_now([mine.pk])


def is_buyer(ticket: Attendee, addresses: Collection[str]) -> bool:
    """Whether one of these addresses bought the ticket."""
    return (ticket.buyer_email or ticket.email) in addresses


def wants_ticket(mine: Attendee | None) -> bool:
    """Whether a place (None: no place yet) lacks a ticket that gives the right to tutorials."""
    return mine is None or mine.withdrawn_at is not None or not mine.ticket_gives_tutorials


def plain_number(text: str) -> str:
    """A ticket number as it is compared: without spaces, in capitals."""
    return "".join(text.split()).upper()


def with_number(conference: Conference, number: str) -> list[Attendee]:
    """The attendees whose ticket number or barcode this is, spaces and capitals aside."""
    plain = plain_number(number)
    if not plain:
        return []
    rows = Attendee.objects.for_conference(conference).exclude(ticket_number="")

    def plainly(field: str) -> Upper:
        return Upper(Replace(F(field), Value(" ")))

    rows = rows.alias(number=plainly("ticket_number"), code=plainly("ticket_barcode"))
    return list(rows.filter(Q(number=plain) | Q(code=plain)).order_by("pk"))


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same person's, as far as one can tell.

    Their order, accents and capitals do not matter, nor does a title or a middle name that the
    other lacks; but one word alone has to be all there is.
    """
    fewer, more = sorted((_words(one), _words(other)), key=len)
    return bool(fewer) and (fewer == more or (len(fewer) > 1 and fewer <= more))


def _words(name: str) -> set[str]:
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)
    )
    return set(re.findall(r"\w+", bare.casefold()))
