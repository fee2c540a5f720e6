"""Who presents, as a row says it? All in one cell, in columns of their own, or in several rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.names import clean_name
from tutorials.imports.presenters import presenters_of
from tutorials.imports.sheet.columns import Columns

Tell = Callable[[str, str], None]  # a field, and what is wrong with it
ADDRESSES = re.compile(r"[;,\s]+")


@dataclass(frozen=True)
class Billed:
    """Somebody as a file names them."""

    name: str
    affiliation: str = ""
    email: str = ""
    bio: str = ""

    @property
    def who(self) -> tuple[str, str, str]:
        """What tells one from another of the same name."""
        return self.name, self.affiliation, self.email.lower()

    def __str__(self) -> str:
        return f"{self.name} ({self.affiliation})" if self.affiliation else self.name


class Billing:
    """Reads the presenters of a row; ``fault`` and ``hint`` are told what is wrong or not used."""

    def __init__(self, columns: Columns, cell: Callable[[str], str], fault: Tell, hint: Tell):
        self.columns, self.cell, self.fault, self.hint = columns, cell, fault, hint

    def read(self) -> tuple[Billed, ...]:
        """Everybody that the row names, in their order."""
        billed = [*self._listed()]
        for number in self.columns.numbers:
            billed += self._numbered(number)
        for place, one in enumerate(billed):
            if one.who in {each.who for each in billed[:place]}:
                self.fault("presenter", _("“%(name)s” is named twice.") % {"name": one})
        return tuple(billed)

    def _listed(self) -> Sequence[Billed]:
        """Those of the columns that hold all presenters of the row."""
        names = self._names("presenter", "first_name", "last_name")
        if not names:
            self._nobodys(["affiliation", "email", "bio"])
            return []
        affiliations = self._affiliations(len(names))
        emails = self._emails(len(names))
        bio = self.cell("bio")
        if bio and len(names) > 1:
            self.hint("bio", _("It is not clear about which presenter this is."))
            bio = ""
        return [
            Billed(name, affiliation or behind, email, bio)
            for (name, affiliation), behind, email in zip(names, affiliations, emails, strict=True)
        ]

    def _numbered(self, number: int) -> Sequence[Billed]:
        """The one, or those, of the columns with this number."""
        first, last = f"first_name_{number}", f"last_name_{number}"
        presenter, affiliation = f"presenter_{number}", f"affiliation_{number}"
        about = [f"email_{number}", f"bio_{number}"]
        if not self.columns.has(presenter, first, last):
            self._nobodys([affiliation, *about])
            return []
        if not self.columns.has(affiliation):
            names = self._names(presenter, first, last)
        else:
            # The affiliation has a place of its own, so that brackets belong to the name.
            name = clean_name(self.cell(presenter)) or self._name_of_two(first, last)
            names = [(name, self.cell(affiliation))] if name else []
        if not names:
            self._nobodys([affiliation, *about])
            return []
        email, bio = self._email(about[0], self.cell(about[0])), self.cell(about[1])
        if len(names) > 1 and (email or bio):
            self.hint(about[0] if email else about[1], _("It is not clear whose this is."))
            email = bio = ""
        return [Billed(*each, email, bio) for each in names]

    def _names(self, presenter: str, first: str, last: str) -> list[tuple[str, str]]:
        """Names with the affiliations behind them in brackets."""
        text = self.cell(presenter)
        if not text:
            name = self._name_of_two(first, last)
            return [(name, "")] if name else []
        try:
            found = presenters_of(_in_one_line(text))
        except ValueError as error:
            self.fault(presenter, str(error))
            return []
        return [(clean_name(each.name), each.affiliation) for each in found]

    def _name_of_two(self, first: str, last: str) -> str:
        return clean_name(f"{self.cell(first)} {self.cell(last)}")

    def _affiliations(self, number: int) -> list[str]:
        text = self.cell("affiliation")
        pieces = [piece.strip() for piece in re.split(r"[;\n]", text)]
        if not text:
            return [""] * number
        if len(pieces) == number or number == 1:
            return pieces if len(pieces) == number else ["; ".join(pieces)]
        if len(pieces) == 1 and "," not in text:
            return pieces * number
        sentence = _(
            "There are %(number)d presenters. Write an affiliation for each in their order, with "
            "semicolons between."
        )
        self.fault("affiliation", sentence % {"number": number})
        return [""] * number

    def _emails(self, number: int) -> list[str]:
        pieces = [piece for piece in ADDRESSES.split(self.cell("email")) if piece]
        addresses = [self._email("email", piece) for piece in pieces]
        if len(addresses) == number:
            return addresses
        if addresses:
            sentence = ngettext(
                "It is not clear which of %(number)d presenter this reaches.",
                "It is not clear which of %(number)d presenters this reaches.",
                number,
            )
            self.hint("email", sentence % {"number": number})
        return [""] * number

    def _email(self, field: str, text: str) -> str:
        email = text.strip().strip("<>").lower()
        if email:
            try:
                validate_email(email)
            except ValidationError:
                sentence = _("“%(text)s” is no e-mail address. Correct it, or empty the cell.")
                self.fault(field, sentence % {"text": email[:60]})
        return email

    def _nobodys(self, fields: Sequence[str]) -> None:
        for field in fields:
            if self.cell(field):
                self.fault(field, _("There is no presenter whose this is. Name them, or empty it."))
                return


def _in_one_line(text: str) -> str:
    """Presenters in lines of their own are divided as by semicolons."""
    lines = [line.strip().strip(";,").strip() for line in text.split("\n")]
    return "; ".join(line for line in lines if line)
