"""What did an import do, or what would it do? Sentences for the organiser."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from tutorials.models import Schedule

CREATED = {
    "track": ngettext_lazy("%(number)d track", "%(number)d tracks", "number"),
    "venue": ngettext_lazy("%(number)d venue", "%(number)d venues", "number"),
    "room": ngettext_lazy("%(number)d room", "%(number)d rooms", "number"),
    "session": ngettext_lazy("%(number)d session", "%(number)d sessions", "number"),
    "tutorial": ngettext_lazy("%(number)d tutorial", "%(number)d tutorials", "number"),
    "person": ngettext_lazy("%(number)d person", "%(number)d people", "number"),
}

NAMED = 10  # of each kind, of what is created


def created_in_words(created: Counter[str], names: Mapping[str, Sequence[str]]) -> str:
    """How many of each kind; with names, so that one that is wrong is seen."""
    parts = []
    for kind, text in CREATED.items():
        if created[kind]:
            number = str(text % {"number": created[kind]})
            named = names.get(kind)
            parts.append(f"{number} ({first_of(named, ', ', NAMED)})" if named else number)
    return _("Created: %(list)s.") % {"list": ", ".join(parts)}


def first_of(names: Sequence[str], between: str, most: int) -> str:
    """The first of them, and how many more there are."""
    listed = between.join(names[:most])
    more = len(names) - most
    if more <= 0:
        return listed
    text = ngettext("%(names)s and %(number)d more", "%(names)s and %(number)d more", more)
    return text % {"names": listed, "number": more}


@dataclass
class Report:
    """What one import created, changed, kept and left."""

    created: Counter[str] = field(default_factory=Counter)
    names: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unscheduled: list[str] = field(default_factory=list)
    left: int = 0
    published: int = 0
    released: Schedule | None = None

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.changed or self.published or self.released)

    def lines(self) -> list[str]:
        """One sentence for each kind of thing that happened, and for each thing that was kept."""
        lines = [created_in_words(self.created, self.names)] if self.created else []
        if self.changed:
            lines.append(_("Changed: %(list)s.") % {"list": "; ".join(self.changed)})
        if not self.created and not self.changed:
            lines.append(_("Nothing to create and nothing to change."))
        lines += [_("Kept: %(what)s was edited by hand.") % {"what": what} for what in self.kept]
        if self.left:
            lines.append(self._left())
        if self.unscheduled:
            text = _("Time to be announced: %(codes)s.")
            lines.append(text % {"codes": ", ".join(self.unscheduled)})
        if self.published:
            lines.append(self._published())
        if self.released:
            number = self.released.number
            lines.append(_("Released version %(number)d of the schedule.") % {"number": number})
        return lines

    def add(self, kind: str, name: str) -> None:
        """Something was created of which the name is of interest."""
        self.created[kind] += 1
        self.names[kind].append(name)

    def _left(self) -> str:
        return ngettext(
            "Left as it is: %(number)d tutorial that the file does not hold.",
            "Left as they are: %(number)d tutorials that the file does not hold.",
            self.left,
        ) % {"number": self.left}

    def _published(self) -> str:
        return ngettext(
            "Published %(number)d tutorial.", "Published %(number)d tutorials.", self.published
        ) % {"number": self.published}
