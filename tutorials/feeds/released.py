"""What do feeds tell? The released slots of public tutorials, in order, and what they are called.

When and where come from the release; title and presenters are as they are now, as on the pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from conference.addresses import absolute
from conference.models import Conference
from tutorials.models import Schedule, Session, Slot, Track, Tutorial
from tutorials.plain_text import one_line
from tutorials.programme import with_presenters
from venues.models import Room


@dataclass(frozen=True)
class Released:
    """The version that is out, if any, and the public slots in it."""

    conference: Conference
    version: Schedule | None
    slots: list[Slot]

    @property
    def number(self) -> str:
        """Which version it is; “0” before the first."""
        return str(self.version.number) if self.version else "0"

    @property
    def given(self) -> Released:
        """The same without what was cancelled, for formats that have no word for that."""
        kept = [slot for slot in self.slots if not slot.tutorial.is_cancelled]
        return Released(self.conference, self.version, kept)

    @property
    def days(self) -> list[tuple[date, list[Slot]]]:
        """The slots of each day on which one starts, on the clocks of the conference."""
        found: dict[date, list[Slot]] = defaultdict(list)
        for slot in self.slots:
            found[self.conference.local(slot.session.starts_at).date()].append(slot)
        return sorted(found.items())


def released(conference: Conference, tutorial: Tutorial | None = None) -> Released:
    """What is out, of one tutorial or of all. Six queries at most, one where nothing is.

    The slots have their session, room with venue, and tutorial with track and presenters. Sessions,
    rooms and tracks are read once each: with every slot anew, they were half of a feed's time.
    """
    version = Schedule.objects.current(conference).first()
    if version is None:
        return Released(conference, None, [])
    slots = Slot.objects.filter(schedule=version, tutorial__in=Tutorial.objects.public())
    if tutorial:
        slots = slots.filter(tutorial=tutorial)
    presenters = with_presenters("tutorial__presenters")
    found = list(slots.in_order().select_related("tutorial").prefetch_related(presenters))
    sessions = Session.objects.in_bulk({slot.session_id for slot in found})
    rooms = Room.objects.select_related("venue").in_bulk({slot.room_id for slot in found} - {None})
    tracks = Track.objects.in_bulk({slot.tutorial.track_id for slot in found} - {None})
    for slot in found:
        slot.schedule = version
        slot.session = sessions[slot.session_id]
        slot.room = rooms[slot.room_id] if slot.room_id else None
        slot.tutorial.conference = conference
        slot.tutorial.track = tracks.get(slot.tutorial.track_id)
    return Released(conference, version, found)


def title_of(tutorial: Tutorial) -> str:
    """Its title on one line, or its code where nothing of it can be seen."""
    return one_line(tutorial.title) or tutorial.code


def page_of(tutorial: Tutorial) -> str:
    """Where it is shown, in full."""
    return absolute(tutorial.get_absolute_url())


def room_names(slots: Iterable[Slot]) -> dict[int | None, str]:
    """What to call each room, by its id: with its building where two have one name.

    None is the one to be announced: formats of conference apps want one on every event.
    """
    rooms = {slot.room.pk: slot.room for slot in slots if slot.room}
    names = [one_line(room.name) for room in rooms.values()]
    found: dict[int | None, str] = {None: _("Room to be announced")}
    for pk, room in rooms.items():
        name = one_line(room.name)
        found[pk] = f"{name}, {one_line(room.venue.name)}" if names.count(name) > 1 else name
    return found


def by_room(slots: Iterable[Slot], names: dict[int | None, str]) -> dict[str, list[Slot]]:
    """The slots of each room by its name, the rooms in the order of the venues."""
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=_place):
        found[names[slot.room_id]].append(slot)
    return found


def _place(slot: Slot) -> tuple:
    if slot.room is None:
        return (1,)
    venue = slot.room.venue
    return (0, venue.position, venue.name, slot.room.position, slot.room.name, slot.room.pk)


def hours_and_minutes(starts_at: datetime, ends_at: datetime) -> str:
    """“2:30”: how long something takes. Readers know nothing longer than a day."""
    minutes = min(int((ends_at - starts_at).total_seconds() // 60), 24 * 60 - 1)
    return f"{minutes // 60}:{minutes % 60:02}"
