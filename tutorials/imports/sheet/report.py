"""What did an import do, or what would it do? Sentences for the organiser."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutorials.imports.report import created_in_words, first_of
from tutorials.imports.sheet.planning import Plan
from tutorials.models import Schedule

SHOWN = 20


@dataclass
class Report:
    """What one import created, changed, kept and left."""

    plan: Plan
    unscheduled: list[str] = field(default_factory=list)
    published: int = 0
    released: Schedule | None = None

    def __post_init__(self) -> None:
        places = self.plan.places
        self.created = Counter(
            track=len(places.new_tracks),
            venue=len(places.new_venues),
            room=len(places.new_rooms),
            session=len(places.new_sessions),
            tutorial=len(self.plan.new),
            person=len(self.plan.new_people),
        )
        self.names = {
            "track": [each.name for each in places.new_tracks],
            "venue": [each.name for each in places.new_venues],
            "room": [each.name for each in places.new_rooms],
            "session": [places.when(each) for each in places.new_sessions],
        }
        about = [difference for each in self.plan.about for difference in each.changed]
        steps = [difference for step in self.plan.changed for difference in step.changed]
        self.changed = [difference.label for difference in [*steps, *about]]
        self.kept = [difference.label for difference in self.plan.kept]

    def lines(self) -> list[str]:
        """A sentence for each kind of thing that happened; of many names, the first."""
        lines = []
        if +self.created:
            lines.append(created_in_words(self.created, self.names))
        if self.changed:
            lines.append(_("Changed: %(list)s.") % {"list": first_of(self.changed, "; ", SHOWN)})
        if not lines:
            lines.append(_("Nothing to create and nothing to change."))
        if self.kept:
            text = _("Kept, because it was edited by hand: %(list)s.")
            lines.append(text % {"list": first_of(self.kept, "; ", SHOWN)})
        if self.plan.left:
            lines.append(self._left())
        if self.plan.sheet.left_out:
            rows = first_of([str(line) for line in self.plan.sheet.left_out], ", ", SHOWN)
            lines.append(_("Left out, as their status says: rows %(rows)s.") % {"rows": rows})
        if self.unscheduled:
            text = _("Time to be announced: %(codes)s.")
            lines.append(text % {"codes": first_of(self.unscheduled, ", ", SHOWN)})
        lines += self._used()
        if self.published:
            text = ngettext(
                "Published %(number)d tutorial.", "Published %(number)d tutorials.", self.published
            )
            lines.append(text % {"number": self.published})
        if self.released:
            text = _("Released version %(number)d of the schedule.")
            lines.append(text % {"number": self.released.number})
        return lines

    def _used(self) -> list[str]:
        """Whom we know already, and think that the file means."""
        used = [str(each) for identity in self.plan.people if (each := identity.used())]
        return [_("Uses %(people)s.") % {"people": first_of(used, "; ", SHOWN)}] if used else []

    def _left(self) -> str:
        return ngettext(
            "Left as it is: %(number)d tutorial that the file does not hold.",
            "Left as they are: %(number)d tutorials that the file does not hold.",
            self.plan.left,
        ) % {"number": self.plan.left}

    def hints(self) -> list[str]:
        """What to look at, by row."""
        return [str(hint) for hint in self.plan.hints]
