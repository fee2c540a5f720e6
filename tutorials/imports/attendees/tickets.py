"""What does a row say, and what is wrong with it?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import CharField, Model
from django.utils.translation import gettext as _

from people.models import Attendee, TicketKind
from people.names import JOINERS, sort_name_of
from tutorials.imports.attendees.columns import Columns
from tutorials.imports.faults import Faults
from tutorials.imports.tables import Cells, Table

# A number that a spreadsheet has shortened: 1.23457E+18.
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


class State(Enum):
    VALID = auto()
    PENDING = auto()  # not a ticket yet
    WITHDRAWN = auto()  # not a ticket any more


# As pretix, Eventbrite and others write them, in small letters and without what is in brackets.
STATES = {
    state: frozenset(words)
    for state, words in {
        State.VALID: (
            "", "p", "paid", "bezahlt", "valid", "gültig", "attending", "checked in", "used",
            "eingecheckt", "eingelöst", "redeemed", "confirmed", "bestätigt", "complete",
            "completed", "abgeschlossen", "active", "aktiv", "ok", "approved", "genehmigt",
            "registered", "angemeldet", "free", "kostenlos", "manual", "offline", "issued",
            "ausgestellt", "nimmt teil", "teilnehmend", "partially refunded", "teilweise erstattet",
        ),
        State.PENDING: (
            "n", "pending", "ausstehend", "zahlung ausstehend", "payment pending", "unpaid",
            "unbezahlt", "nicht bezahlt", "open", "offen", "awaiting payment", "reserved",
            "reserviert", "in progress", "in bearbeitung", "overdue", "überfällig", "started",
            "approval pending", "pending approval", "genehmigung ausstehend", "abandoned",
        ),
        State.WITHDRAWN: (
            "c", "e", "canceled", "cancelled", "storniert", "refunded", "erstattet",
            "rückerstattet", "refunded/canceled", "refunded/cancelled", "expired", "abgelaufen",
            "not attending", "nimmt nicht teil", "deleted", "gelöscht", "transferred",
            "übertragen", "void", "voided", "invalid", "ungültig", "rejected", "declined",
            "abgelehnt", "abgemeldet", "charged back", "withdrawn", "zurückgezogen",
        ),
    }.items()
}  # fmt: skip
STATE_OF = {word: state for state, words in STATES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Ticket:
    """One row: a ticket, and what the shop says of the person it is for.

    ``said`` holds the fields of an attendee that the file has a column for; ``name`` is never
    empty, because it may come from the buyer or from what stands before the @.
    """

    line: int
    number: str
    state: State
    status: str
    name: str = ""
    sort_name: str = ""
    said: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return self.said.get("email", "")


@dataclass
class Survey:
    """What a sound file holds: each ticket number with its line, and how often each address."""

    numbers: dict[str, int] = field(default_factory=dict)
    addresses: Counter[str] = field(default_factory=Counter)


def survey(table: Table, columns: Columns) -> Survey:
    """Read all of a file; raises ``FaultyFile`` with whatever is wrong in it."""
    reader = Reader(columns)
    found = Survey()
    for ticket in reader.read(table):
        if ticket.number in found.numbers:
            reader.fault_of_number(ticket, found.numbers[ticket.number])
        found.numbers.setdefault(ticket.number, ticket.line)
        if ticket.state == State.VALID and ticket.email:
            found.addresses[ticket.email] += 1
    reader.faults.raise_if_any()
    return found


class Reader:
    """Makes tickets of rows; what is wrong with one is added to ``faults``, and it is left out."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.faults = Faults()
        self.unknown: set[str] = set()
        self.line = 0
        self.cells: Cells = ()

    def read(self, table: Table) -> Iterator[Ticket]:
        """The tickets of a table, row by row."""
        for self.line, self.cells in table.rows():
            before = self.faults.number
            if self._too_many_cells():
                continue
            ticket = self._ticket()
            if self.faults.number == before:
                yield ticket

    def fault_of_number(self, ticket: Ticket, first: int) -> None:
        """Say that a number is there twice."""
        column = "ticket_number" if "ticket_number" in self.columns.at else "order"
        text = _(
            "The ticket number “%(number)s” is there already, in line %(first)d. Each ticket needs "
            "its own: if a column numbers the tickets of an order, name it as “position”."
        )
        words = {"number": ticket.number, "first": first}
        self.faults.add(ticket.line, self.columns.heading(column), text % words)

    def _fault(self, name: str, message: str) -> None:
        self.faults.add(self.line, self.columns.heading(name), message)

    def _cell(self, name: str) -> str:
        at = self.columns.at.get(name)
        return tidy(self.cells[at]) if at is not None and at < len(self.cells) else ""

    def _too_many_cells(self) -> bool:
        beyond = self.cells[len(self.columns.headings) :]
        if any(cell.strip() for cell in beyond):
            text = _(
                "There are more cells than headings. Does a cell hold the delimiter, without "
                "quotes around it?"
            )
            self.faults.add(self.line, "", text)
            return True
        return False

    def _ticket(self) -> Ticket:
        number, status = self._number(), self._cell("status")
        state = self._state(status)
        if state != State.VALID:
            return Ticket(self.line, number, state, status)
        said = self._said()
        name, sort_name = self._name()
        if name:
            said["name"] = name
        else:
            name = self._cell("buyer_name") or said.get("email", "").partition("@")[0]
            sort_name = sort_name_of(name)
        if not name:
            where = "name" if "name" in self.columns.at else "last_name"
            self._fault(where, _("There is no name and no e-mail address. Fill in one of them."))
        self._check_length(Attendee, "name", "name", name)
        return Ticket(self.line, number, state, status, name, sort_name[:200], said)

    def _number(self) -> str:
        """The shop's number, else that of the order with the position: “ABC12-1”."""
        number, name = self._cell("ticket_number"), "ticket_number"
        if not number:
            name = "order" if "order" in self.columns.at else name
            number, position = self._cell("order"), self._cell("position")
            # In a list of people a column “Position” may as well say “Professor”.
            if number and position.isdigit():
                number = f"{number}-{position}"
        if not number:
            self._fault(name, _("There is no ticket number. Fill it in, or delete the line."))
        self._check_digits(name, number)
        self._check_length(Attendee, "ticket_number", name, number)
        return number

    def _state(self, status: str) -> State:
        word = status.partition("(")[0].strip().casefold()
        state = STATE_OF.get(word)
        if state is None:
            if word not in self.unknown:
                self.unknown.add(word)
                text = _(
                    "We do not know the status “%(status)s”. Write “paid”, “pending” or "
                    "“cancelled” for it, or take no column for the status."
                )
                self._fault("status", text % {"status": status[:60]})
            return State.PENDING
        return state

    def _name(self) -> tuple[str, str]:
        """The name in full and as it is sorted; both empty where the file does not say."""
        name, first, last = (self._cell(each) for each in ("name", "first_name", "last_name"))
        is_split = first and name and "last_name" not in self.columns.at
        if is_split and not name.casefold().startswith(first.casefold()):
            # “Vorname; Name”: the second is the family name, unless it holds the first as well.
            name, last = "", name
        if first and last:
            return name or f"{first} {last}", f"{last}, {first}"
        name = name or first or last
        return name, sort_name_of(name)

    def _said(self) -> dict[str, str]:
        """The other fields that the file has a column for.

        Without an address of the attendee, mail goes to the buyer.
        """
        at = self.columns.at
        said = {}
        email, buyer_email = self._address("email"), self._address("buyer_email")
        if "email" in at or "buyer_email" in at:
            said["email"] = email or buyer_email
            said["buyer_email"] = buyer_email or email
        for name, column in (("affiliation", "affiliation"), ("ticket_barcode", "barcode")):
            if column in at:
                said[name] = self._cell(column)
                self._check_length(Attendee, name, column, said[name])
        if "ticket_barcode" in said:
            self._check_digits("barcode", said["ticket_barcode"])
        if "kind" in at or "variation" in at:
            parts = [self._cell("kind"), self._cell("variation")]
            said["ticket_kind"] = " – ".join(filter(None, parts))
            self._check_length(TicketKind, "name", "kind", said["ticket_kind"])
        if "language" in at:
            code = self._cell("language")[:2].casefold()
            said["language"] = code if code in dict(settings.LANGUAGES) else ""
        return said

    def _address(self, name: str) -> str:
        email = self._cell(name).lower()
        if email:
            try:
                validate_email(email)
            except ValidationError:
                text = _("“%(text)s” is no e-mail address. Correct it, or leave the cell empty.")
                self._fault(name, text % {"text": email[:60]})
            self._check_length(Attendee, "email", name, email)
        return email

    def _check_digits(self, name: str, text: str) -> None:
        if SHORTENED.fullmatch(text):
            message = _(
                "A spreadsheet has shortened the number “%(text)s”. Export the file anew, and open "
                "it in a spreadsheet with this column as text."
            )
            self._fault(name, message % {"text": text[:60]})

    def _check_length(self, model: type[Model], field_name: str, name: str, text: str) -> None:
        most = cast(CharField, model._meta.get_field(field_name)).max_length
        if most and len(text) > most:
            message = _("“%(start)s…” has %(length)d characters; there is room for %(most)d.")
            words = {"start": text[:30], "length": len(text), "most": most}
            self._fault(name, message % words)


def tidy(text: str) -> str:
    """A cell in one line, without characters that nobody sees."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return "".join(each for each in text if each.isprintable() or each in JOINERS).strip()
