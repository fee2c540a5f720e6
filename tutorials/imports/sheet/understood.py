"""What was a row understood to say? All of a new tutorial, and what is new with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tutorials.imports.sheet.places import Places
from tutorials.imports.sheet.planning import FIELDS, Step, cut, shown
from tutorials.models import Tutorial

APART = ("title", "presenters")  # the preview shows them in a way of their own


@dataclass(frozen=True)
class Understood:
    """A field of a new tutorial."""

    label: str
    text: str


def understood(step: Step, places: Places) -> list[Understood]:
    """What a new tutorial will be, field by field, as far as the file says; and that no time is."""
    return [
        Understood(str(label), text)
        for name, label in FIELDS.items()
        if name not in APART and (text := _in_words(name, step.writes.get(name), places))
    ]


def news(step: Step, places: Places) -> list[str]:
    """What is made for it: a name that is new by a slip of the pen shows here."""
    found = []
    track, slots = step.writes.get("track"), step.writes.get("slots") or ()
    rooms = [room for _session, room in slots]
    if track in places.new_tracks:
        found.append(_("new track: %(name)s") % {"name": track.name})
        rooms.append(track.room)
    for session, _room in slots:
        if session in places.new_sessions:
            found.append(_("new session: %(name)s") % {"name": places.when(session)})
    for room in rooms:
        if room in places.new_rooms:
            found.append(_("new room: %(name)s") % {"name": room.name})
            if room.venue in places.new_venues:
                found.append(_("new venue: %(name)s") % {"name": room.venue.name})
    return list(dict.fromkeys(found))


def _in_words(name: str, value: Any, places: Places) -> str:
    if name == "slots":
        return "; ".join(places.where(*slot) for slot in value or ()) or _("Time to be announced")
    if not value:
        return ""
    if name == "track":
        return value.name
    if name == "status":
        return str(Tutorial.Status(value).label)
    return cut(" ".join(shown(name, value).split()))
