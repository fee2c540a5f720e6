"""What did an import of attendees do, or what would it do? Sentences for the organiser.

They name lines of the file and kinds of tickets, never a person.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from tutorials.imports.attendees.columns import LABELS, Columns, quoted
from tutorials.imports.faults import SHOWN

SENTENCES = {
    "created": ngettext_lazy("Created: %(n)d attendee.", "Created: %(n)d attendees.", "n"),
    "changed": ngettext_lazy("Changed: %(n)d attendee.", "Changed: %(n)d attendees.", "n"),
    "linked": ngettext_lazy(
        "Ticket confirmed: %(n)d attendee who was here without one.",
        "Ticket confirmed: %(n)d attendees who were here without one.",
        "n",
    ),
    "withdrawn": ngettext_lazy(
        "Withdrawn: %(n)d attendee whose ticket was cancelled or refunded.",
        "Withdrawn: %(n)d attendees whose tickets were cancelled or refunded.",
        "n",
    ),
    "withdrawn_missing": ngettext_lazy(
        "Withdrawn: %(n)d attendee whom the file does not hold any more.",
        "Withdrawn: %(n)d attendees whom the file does not hold any more.",
        "n",
    ),
    "reinstated": ngettext_lazy(
        "Back again: %(n)d attendee whose ticket is valid once more.",
        "Back again: %(n)d attendees whose tickets are valid once more.",
        "n",
    ),
    "unchanged": ngettext_lazy("As before: %(n)d attendee.", "As before: %(n)d attendees.", "n"),
    "pending": ngettext_lazy(
        "Left out: %(n)d ticket that is not paid yet.",
        "Left out: %(n)d tickets that are not paid yet.",
        "n",
    ),
    "never_here": ngettext_lazy(
        "Left out: %(n)d cancelled ticket of somebody who was never here.",
        "Left out: %(n)d cancelled tickets of people who were never here.",
        "n",
    ),
    "erased": ngettext_lazy(
        "Left out: %(n)d ticket of somebody who asked us to delete their data.",
        "Left out: %(n)d tickets of people who asked us to delete their data.",
        "n",
    ),
    "missing": ngettext_lazy(
        "Left as it is: %(n)d attendee of an earlier import whom the file does not hold.",
        "Left as they are: %(n)d attendees of earlier imports whom the file does not hold.",
        "n",
    ),
    "open_claims": ngettext_lazy(
        "Look at it: %(n)d attendee claims a ticket of this file under another name and e-mail.",
        "Look at them: %(n)d attendees claim tickets of this file under other names and e-mails.",
        "n",
    ),
}
CHANGES = ("created", "changed", "linked", "withdrawn", "withdrawn_missing", "reinstated")


@dataclass
class Report:
    """What one import did, counted; lines that were kept as edited, and kinds that are new."""

    columns: Columns
    counts: Counter[str] = field(default_factory=Counter)
    kept: list[int] = field(default_factory=list)
    new_kinds: list[str] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return any(self.counts[each] for each in CHANGES)

    def lines(self) -> list[str]:
        """A sentence for each kind of thing that happened."""
        lines = [] if self.has_changes else [_("Nothing to create and nothing to change.")]
        lines += [
            str(text % {"n": self.counts[each]})
            for each, text in SENTENCES.items()
            if self.counts[each]
        ]
        if self.kept:
            lines.append(self._kept())
        if self.new_kinds:
            kinds = quoted(sorted(self.new_kinds))
            text = _("New ticket kinds: %(kinds)s. See whether each gives the right to tutorials.")
            lines.append(text % {"kinds": kinds})
        return lines

    def columns_lines(self) -> list[str]:
        """Which column was taken for what, and which were not used."""
        taken = "; ".join(
            f"{LABELS[field]}: {quoted([heading])}"
            for field, heading in self.columns.chosen.items()
        )
        lines = [_("Columns: %(taken)s.") % {"taken": taken}]
        if self.columns.unused:
            unused = quoted(self.columns.unused)
            lines.append(_("Not used: %(unused)s.") % {"unused": unused})
        return lines

    def _kept(self) -> str:
        shown = ", ".join(map(str, sorted(set(self.kept))[:SHOWN]))
        more = ", …" if len(set(self.kept)) > SHOWN else ""
        text = _("Kept what somebody edited here, in these lines of the file: %(lines)s.")
        return text % {"lines": shown + more}
