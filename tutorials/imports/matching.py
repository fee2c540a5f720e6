"""Which row does a file mean? Tutorials, rooms and people that are there already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Person
from tutorials.imports.programme import (
    ImportedPresenter,
    ImportedTrack,
    ImportedTutorial,
    ParseFault,
    Programme,
    Unreadable,
)
from tutorials.models import Tutorial
from venues.models import Room, Venue


def match_tutorials(programme: Programme, tutorials: Collection[Tutorial]) -> dict[str, Tutorial]:
    """The row of each tutorial that is there already, by its title in the file.

    First by the title that the last import gave it, then by the title it has now. A tutorial whose
    title has changed in the file is known by its presenters, if they had just one in that track.
    """
    found: dict[str, Tutorial] = {}
    free = list(tutorials)
    for title_of in (lambda row: row.imported.get("title"), lambda row: row.title):
        by_title = {title_of(row): row for row in reversed(free)}
        for entry in programme.tutorials:
            if entry.title not in found and entry.title in by_title:
                found[entry.title] = by_title[entry.title]
        free = [row for row in free if row not in found.values()]
    return found | _match_by_presenters(programme, found, free)


def _match_by_presenters(
    programme: Programme, found: dict[str, Tutorial], free: list[Tutorial]
) -> dict[str, Tutorial]:
    entries: dict[str, list[ImportedTutorial]] = defaultdict(list)
    for track in programme.tracks:
        for entry in track.tutorials:
            if entry.title not in found:
                billed = [[each.name, each.affiliation] for each in entry.presenters]
                entries[_signature(track.name, billed)].append(entry)
    rows: dict[str, list[Tutorial]] = defaultdict(list)
    for row in free:
        if row.imported.get("heading"):
            heading, wrote = row.imported["heading"], row.imported["wrote"]
            rows[_signature(heading["said"][0], wrote.get("presenters", []))].append(row)
    return {
        entry.title: rows[signature][0]
        for signature, (entry, *others) in entries.items()
        if not others and len(rows[signature]) == 1
    }


def _signature(track: str, presenters: list[list[str]]) -> str:
    return repr((track, presenters))


def match_room(conference: Conference, track: ImportedTrack) -> Room | None:
    """The room that a heading names: of that name, in a venue at that address if it gives one.

    Raises ``Unreadable`` if it gives none and several venues have such a room.
    """
    rooms = Room.objects.for_conference(conference).filter(name__iexact=track.hall)
    rooms = rooms.select_related("venue")
    fitting = [room for room in rooms if not track.address or is_at(room.venue, track.address)]
    if len(fitting) > 1 and not track.address:
        message = _("Several venues have a “%(hall)s”. Write its address behind a comma.")
        raise Unreadable([ParseFault(track.line, message % {"hall": track.hall})])
    return fitting[0] if fitting else None


def match_venue(conference: Conference, address: str) -> Venue | None:
    """The venue at an address, or of that name."""
    venues = Venue.objects.filter(conference=conference)
    return next((venue for venue in venues if is_at(venue, address)), None)


def is_at(venue: Venue, address: str) -> bool:
    """Whether its address, or its name, begins with this one: a heading leaves out the town.

    “Main Street 4” is not where “Main Street 42” is.
    """
    wanted = address.casefold()
    for text in (venue.address.casefold(), venue.name.casefold()):
        if text.startswith(wanted) and not text[len(wanted) : len(wanted) + 1].isalnum():
            return True
    return False


def match_person(presenter: ImportedPresenter, besides: Collection[int]) -> Person | None:
    """Somebody of that name billed with that affiliation, on whatever tutorial, or None.

    Never by the name alone: many share one. ``besides`` are the ids of those who cannot be meant.
    """
    if not presenter.affiliation:
        return None
    people = Person.objects.filter(
        name=presenter.name, presenters__affiliation=presenter.affiliation
    )
    return people.exclude(pk__in=besides).order_by("pk").first()
