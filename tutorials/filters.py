"""What of the schedule does somebody want to see? What is chosen is in the address, and only there.

An address may say anything: what is no choice here is passed over. Nothing is offered that would
choose nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.board import Item, day_to_show, presenters_of
from tutorials.models import Tutorial
from tutorials.search import LONGEST, search, words_of

SEARCHED_FROM = 12  # tutorials; fewer are seen at a glance
ALL_DAYS = "all"
VIEWS = ("list", "grid")


@dataclass(frozen=True)
class Chosen:
    """What an address asks for; an empty text is no choice."""

    day: str = ""  # “2026-03-23” or “all”
    track: str = ""  # its slug
    room: str = ""  # its name
    level: str = ""
    free: str = ""  # “1”: those with seats free
    starred: str = ""  # “1”: those that the visitor starred
    q: str = ""
    view: str = ""  # one of VIEWS; else what fits the screen

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the day is chosen."""
        return any((self.track, self.room, self.level, self.free, self.starred, self.q))

    def without_choices(self) -> Chosen:
        """The day and the view alone."""
        return Chosen(day=self.day, view=self.view)

    def address(self, **changes: str) -> str:
        """The query of an address that says the same, but for the changes: “?track=a”."""
        changed = replace(self, **changes)
        said = {each.name: getattr(changed, each.name) for each in fields(changed)}
        return "?" + urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True)
class Option:
    """A value that can be chosen, and how it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class Choice:
    """Something to choose from, and what is chosen of it."""

    name: str
    label: str
    options: list[Option]
    chosen: str


@dataclass(frozen=True)
class Chip:
    """A choice that was made, and the address without it."""

    label: str
    address: str


def chosen_in(params: Mapping[str, str], days: Sequence[date], items: Sequence[Item]) -> Chosen:
    """What the parameters of an address choose, of what there is."""
    known = {
        "day": {ALL_DAYS, *(day.isoformat() for day in days)} if len(days) > 1 else set(),
        "track": {item.track.slug for item in items if item.track},
        "room": {item.room for item in items if item.room},
        "level": {item.level for item in items if item.level},
        "free": {"1"} if items and items[0].conference.takes_registrations else set(),
        "starred": {"1"} if items and items[0].conference.has_stars else set(),
        "view": set(VIEWS),
    }
    found = {name: params.get(name, "") for name in known}
    asked = " ".join(params.get("q", "").replace("\0", "").split())[:LONGEST]
    if not words_of(asked):
        asked = ""
    return Chosen(**{name: value for name, value in found.items() if value in known[name]}, q=asked)


def day_chosen(chosen: Chosen, days: Sequence[date], today: date) -> date | None:
    """The day that is shown; None for all of them: those who search want it whenever it is."""
    if chosen.q or chosen.day == ALL_DAYS:
        return None
    return day_to_show(chosen.day, days, today)


def of_day(items: Sequence[Item], day: date | None) -> list[Item]:
    """Those of a day, or of all."""
    if day is None:
        return list(items)
    local = {}
    for item in items:
        if item.session.pk not in local:
            local[item.session.pk] = item.conference.local(item.session.starts_at).date()
    return [item for item in items if local[item.session.pk] == day]


def matching(
    items: Sequence[Item], chosen: Chosen, at: datetime, starred: Collection[int] | None
) -> list[Item]:
    """Those that have all that is chosen. A search asks once who presents.

    ``starred`` None is a stranger, whose stars only their browser knows (static/js/stars.js).
    """
    found = [item for item in items if _has(item, chosen, at)]
    if chosen.starred and starred is not None:
        found = [item for item in found if item.pk in starred]
    if chosen.q and found:
        meant = search(chosen.q, _texts(found[0].conference, found))
        if meant is not None:
            found = [item for item in found if item.pk in meant]
    return found


def _has(item: Item, chosen: Chosen, at: datetime) -> bool:
    if chosen.track and (item.track is None or item.track.slug != chosen.track):
        return False
    if (chosen.room and item.room != chosen.room) or (chosen.level and item.level != chosen.level):
        return False
    return not chosen.free or has_seats_free(item, at)


def has_seats_free(item: Item, at: datetime) -> bool:
    """Whether it is told that somebody can still have a seat in it."""
    seats = item.seats_told(at)
    return seats is not None and seats.word != "full"


def _texts(conference: Conference, items: Sequence[Item]) -> list[tuple[int, str]]:
    """What is searched of each tutorial."""
    who = presenters_of(conference)
    found = {}
    for item in items:
        if item.pk not in found:
            people = " ".join(f"{name} {place}" for name, place in who.get(item.pk, ()))
            track = item.track.name if item.track else ""
            found[item.pk] = f"{item.code} {item.title} {track} {people}"
    return list(found.items())


def choices(scope: Sequence[Item], chosen: Chosen, items: Sequence[Item]) -> list[Choice]:
    """What can be chosen from among those in scope: of each kind where there are two at least.

    What is chosen is among it, though it may be on another day of all ``items``: it can be taken
    back only where it is seen.
    """
    tracks = {item.track for item in scope if item.track}
    tracks |= {item.track for item in items if item.track and item.track.slug == chosen.track}
    in_rooms = [*scope, *(item for item in items if item.room == chosen.room)]
    rooms = sorted({(item.room_order, item.room) for item in in_rooms if item.room})
    levels = {item.level for item in scope} | {chosen.level}
    found = [
        Choice(
            "track", _("Track"),
            [
                Option(each.slug, each.name)
                for each in sorted(tracks, key=lambda track: track.number)
            ],
            chosen.track,
        ),
        Choice(
            "room", _("Room"),
            [Option(name, name) for name in dict.fromkeys(name for _order, name in rooms)],
            chosen.room,
        ),
        Choice(
            "level", _("Level"),
            [
                Option(value, capfirst(str(label)))
                for value, label in Tutorial.Level.choices
                if value in levels
            ],
            chosen.level,
        ),
    ]  # fmt: skip
    return [each for each in found if len(each.options) > 1 or each.chosen]


def offers_free(items: Sequence[Item], chosen: Chosen, at: datetime) -> bool:
    """Whether some have seats free and some have none: then one may ask for the first."""
    if chosen.free:
        return True
    seen = set()
    for item in items:
        if item.seats_told(at):
            seen.add(has_seats_free(item, at))
        if len(seen) > 1:
            return True
    return False


def offers_stars(items: Sequence[Item], chosen: Chosen) -> bool:
    """Whether there is more than one to star."""
    if not items or not items[0].conference.has_stars:
        return False
    return bool(chosen.starred) or len({item.pk for item in items}) > 1


def chips(chosen: Chosen, offered: Sequence[Choice]) -> list[Chip]:
    """What is chosen, each with the way to take it back."""
    found = []
    if chosen.q:
        found.append(Chip(f"“{chosen.q}”", chosen.address(q="")))
    for choice in offered:
        for option in choice.options:
            if option.value == choice.chosen:
                found.append(Chip(option.label, chosen.address(**{choice.name: ""})))
    if chosen.free:
        found.append(Chip(_("Seats free"), chosen.address(free="")))
    if chosen.starred:
        found.append(Chip(_("Starred"), chosen.address(starred="")))
    return found
