"""Which attendee does a ticket mean?

The one who has its number. Else the one who claims it, if e-mail or name agree; else the only one
of its address who has no ticket number, if it is the only ticket of that address in the file. For
who has an account the account's address counts: it has been confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from django.db.models import F

from conference.models import Conference
from people.known_tickets import plain_number, same_name
from people.models import Attendee
from tutorials.imports.attendees.tickets import State, Survey, Ticket

Load = Callable[[Collection[int]], dict[int, Attendee]]


def address_of(attendee: Attendee) -> str:
    """The address that stands for an attendee, in small letters."""
    return (attendee.user.email if attendee.user else attendee.email).lower()


class Known:
    """Who has no ticket number yet, but may be meant. Two queries, and one for each batch."""

    def __init__(self, conference: Conference, survey: Survey) -> None:
        self.conference, self.survey = conference, survey
        without = Attendee.objects.for_conference(conference).filter(
            ticket_number="", withdrawn_at__isnull=True
        )
        self.claims: dict[str, set[int]] = defaultdict(set)
        claims = without.exclude(claimed_ticket="").values_list("claimed_ticket", "pk")
        for number, pk in claims.order_by().iterator():
            self.claims[plain_number(number)].add(pk)
        self.of_address: dict[str, set[int]] = defaultdict(set)
        addresses = without.annotate(of_user=F("user__email")).order_by()
        for pk, email, of_user in addresses.values_list("pk", "email", "of_user").iterator():
            if address := (of_user or email).lower():
                self.of_address[address].add(pk)

    def find(self, tickets: Iterable[Ticket], load: Load) -> dict[str, Attendee]:
        """The attendee of each ticket that has one, by its number.

        ``load`` is called once, and gives the rows of some ids, locked if they are to be written.
        """
        tickets = [ticket for ticket in tickets if ticket.state != State.PENDING]
        having = dict(
            Attendee.objects.for_conference(self.conference)
            .filter(ticket_number__in=[ticket.number for ticket in tickets])
            .order_by()
            .values_list("ticket_number", "pk")
        )
        others = [
            ticket
            for ticket in tickets
            if ticket.number not in having and ticket.state == State.VALID
        ]
        rows = load({*having.values(), *(pk for each in others for pk in self._candidates(each))})
        found = {number: rows[pk] for number, pk in having.items() if pk in rows}
        # As they are under the lock: somebody may have been given a number meanwhile.
        free = {pk: row for pk, row in rows.items() if not row.ticket_number}
        for choose in (self._claimant, self._of_address):
            for ticket in others:
                if ticket.number not in found and (attendee := choose(ticket, free)):
                    found[ticket.number] = free.pop(attendee.pk)
        return found

    def open_claims(self, linked: Collection[int]) -> int:
        """How many claim a ticket of this file and, ``linked`` aside, could not be believed."""
        numbers = {plain_number(number) for number in self.survey.numbers}
        return sum(
            len(claimants - set(linked))
            for number, claimants in self.claims.items()
            if number in numbers
        )

    def _candidates(self, ticket: Ticket) -> set[int]:
        return self._claiming(ticket) | self._alone(ticket)

    def _claiming(self, ticket: Ticket) -> set[int]:
        """Who claims its number, or what its barcode says: one may be taken for the other."""
        texts = (ticket.number, ticket.said.get("ticket_barcode", ""))
        return set().union(*(self.claims.get(plain_number(text), ()) for text in texts))

    def _alone(self, ticket: Ticket) -> set[int]:
        """The one of its address without a number; nobody if there are several, here or there."""
        theirs = self.of_address.get(ticket.email, set())
        return theirs if len(theirs) == 1 and self.survey.addresses[ticket.email] == 1 else set()

    def _claimant(self, ticket: Ticket, free: dict[int, Attendee]) -> Attendee | None:
        claimants = [free[pk] for pk in self._claiming(ticket) if pk in free]
        claimants = [row for row in claimants if row.claimed_ticket]
        same_address = [row for row in claimants if address_of(row) == ticket.email != ""]
        agreeing = same_address or [row for row in claimants if same_name(row.name, ticket.name)]
        return agreeing[0] if len(agreeing) == 1 else None

    def _of_address(self, ticket: Ticket, free: dict[int, Attendee]) -> Attendee | None:
        return next((free[pk] for pk in self._alone(ticket) if pk in free), None)
