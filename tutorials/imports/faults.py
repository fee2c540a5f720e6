"""What is wrong with a file, line by line?"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SHOWN = 50


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend: the line it is in, from 1 (0: the whole file), its column, what to do."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.line:
            return self.message
        words = {"line": self.line, "column": self.column, "message": self.message}
        if not self.column:
            return _("line %(line)d: %(message)s") % words
        return _("line %(line)d, column “%(column)s”: %(message)s") % words


class FaultyFile(Exception):
    """A file cannot be taken as it is; nothing was written.

    ``faults`` are the first of them, ``number`` is how many there are.
    """

    def __init__(self, faults: list[Fault], number: int = 0) -> None:
        self.faults = sorted(faults)
        self.number = max(number, len(faults))
        super().__init__("; ".join(self.lines()))

    def lines(self) -> list[str]:
        """A sentence for each of the first faults, and one for how many more there are."""
        lines = [str(fault) for fault in self.faults]
        more = self.number - len(lines)
        if more:
            lines.append(
                ngettext("and %(number)d more.", "and %(number)d more.", more) % {"number": more}
            )
        return lines


def whole_file(message: str) -> FaultyFile:
    """The exception for what is wrong with all of it."""
    return FaultyFile([Fault(0, "", message)])


def too_large() -> FaultyFile:
    """The exception for a workbook that would fill the memory."""
    return whole_file(_("This XLSX file is too large. Save it as CSV."))


class Faults:
    """Collects them, the first ones with their words and the others by number alone."""

    def __init__(self) -> None:
        self.first: list[Fault] = []
        self.number = 0

    def add(self, line: int, column: str, message: str) -> None:
        self.number += 1
        if len(self.first) < SHOWN:
            self.first.append(Fault(line, column, message))

    def raise_if_any(self) -> None:
        """Raise ``FaultyFile`` with all of them, if there are any."""
        if self.number:
            raise FaultyFile(self.first, self.number)
