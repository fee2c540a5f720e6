"""What do the public pages show, and in which order? Each shape in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.models import Conference
from people.models import User
from tutorials.models import (
    Material,
    OnlineLink,
    Presenter,
    Registration,
    Slot,
    Star,
    Track,
    Tutorial,
)
from venues.models import Room, Venue

PER_PAGE = 30
TRACK_COLOURS = 12


@dataclass
class Entry:
    """A tutorial where it is listed: its released slots, and what the visitor has to do with it."""

    tutorial: Tutorial
    slots: list[Slot]
    seats: Seats | None  # of ``seats_shown``
    mark: str = ""  # a Registration.Status, or empty
    is_starred: bool = False


@dataclass
class TrackGroup:
    """What one page of the list shows of a track; ``track`` None holds those without one."""

    track: Track | None
    colour: int
    hall: str  # “MPH Lecture Hall, Max-Planck-Ring 6” as long as the whole track is there
    is_continued: bool  # from the page before
    entries: list[Entry] = field(default_factory=list)


class SlotRow(NamedTuple):
    """The ids of a slot's tutorial, session and room, and when it starts."""

    tutorial: int
    session: int
    starts_at: datetime
    room: int | None


@dataclass(frozen=True)
class Seats:
    """How much room there is: a word for style sheets and sentences, and the number behind it.

    “free” without a number is all that a conference says which does not show how many.
    """

    word: str  # "free", "few", "full" or "unlimited"
    left: int | None

    @property
    def text(self) -> str:
        """The same for people: “Only 3 seats left”; empty where there is no limit."""
        if self.word == "full":
            return _("Full")
        if self.left is None:
            return _("Seats free") if self.word == "free" else ""
        if self.word == "few":
            text = ngettext("Last seat", "Only %(left)s seats left", self.left)
        else:
            text = ngettext("%(left)s seat free", "%(left)s seats free", self.left)
        return text % {"left": self.left}


class WithSeats(Protocol):
    """A tutorial, or what is read of one."""

    @property
    def conference(self) -> Conference: ...

    @property
    def seats(self) -> int | None: ...

    @property
    def seats_left(self) -> int | None: ...

    @property
    def is_cancelled(self) -> bool: ...


def seats_of(tutorial: WithSeats) -> Seats:
    """The state of its seats. “Few” is a tenth of them, and never fewer than three."""
    left = tutorial.seats_left
    if tutorial.seats is None or left is None:
        return Seats("unlimited", None)
    if left <= 0:
        return Seats("full", 0)
    return Seats("few" if left <= max(3, tutorial.seats // 10) else "free", left)


def seats_shown(tutorial: WithSeats, starts_at: datetime | None, at: datetime) -> Seats | None:
    """The seats of a tutorial where they are worth telling: on every page and in the API.

    None where people do not register here, for a cancelled tutorial, and for one that has begun or
    has no released slot. ``starts_at`` is when its first one starts.
    """
    if not tutorial.conference.takes_registrations or tutorial.is_cancelled:
        return None
    if starts_at is None or at >= starts_at:
        return None
    seats = seats_of(tutorial)
    if tutorial.conference.shows_seats:
        return seats
    return Seats("full" if seats.word == "full" else "free", None)


def seats_now(conference: Conference, at: datetime) -> list[dict[str, str | int | None]]:
    """The seats of every public tutorial, as open pages ask for them. One query.

    ``state`` and ``text`` are what pages show; both are empty where ``seats_shown`` is None. How
    many are ``left`` is there where pages show it.
    """
    starts = Slot.objects.released(conference).filter(tutorial=OuterRef("pk")).in_order()
    tutorials = (
        Tutorial.objects.public()
        .for_conference(conference)
        .annotate(starts_at=Subquery(starts.values("session__starts_at")[:1]))
        .only("slug", "code", "status", "seats", "seats_taken")
        .order_by("pk")
    )
    found: list[dict[str, str | int | None]] = []
    for tutorial in tutorials:
        tutorial.conference = conference
        seats = seats_shown(tutorial, tutorial.starts_at, at)
        row: dict[str, str | int | None] = {
            "slug": tutorial.slug,
            "code": tutorial.code,
            "state": seats.word if seats else "",
            "text": seats.text if seats else "",
        }
        if conference.shows_seats:
            row["left"] = seats.left if seats else None
        found.append(row)
    return found


def first_start(slots: Iterable[Slot]) -> datetime | None:
    """When the first of a tutorial's slots starts; None without any."""
    return min((slot.session.starts_at for slot in slots), default=None)


def duration_of(slots: Iterable[Slot]) -> timedelta | None:
    """How long it takes, all parts together; None without any."""
    lengths = [slot.session.ends_at - slot.session.starts_at for slot in slots]
    return sum(lengths, timedelta()) if lengths else None


def colour_of(track_path: str) -> Case:
    """The colour of a track, 1 to 12 and round again, as an annotation; 0 where there is none.

    It is the track's rank in its conference, so that every page gives it the same one.
    """
    here = OuterRef(f"{track_path}__position")
    before = Q(position__lt=here) | Q(position=here, pk__lt=OuterRef(track_path))
    rank = (
        Track.objects.filter(before, conference=OuterRef(f"{track_path}__conference"))
        .order_by()
        .values("conference")
        .annotate(rank=Count("pk"))
        .values("rank")
    )
    return Case(
        When(**{f"{track_path}__isnull": True}, then=0),
        default=Coalesce(Subquery(rank, output_field=IntegerField()), 0) % TRACK_COLOURS + 1,
    )


def with_presenters(path: str = "presenters") -> Prefetch:
    """Prefetch presenters with their people, in billing order. One query.

    Not ``presenters__person``: Django asks for people one by one in a chain of ORs, and SQLite
    refuses the thousandth.
    """
    return Prefetch(path, Presenter.objects.select_related("person"))


def public_slots(conference: Conference) -> QuerySet[Slot]:
    """The released slots of public tutorials in order, with session, room and venue."""
    return Slot.objects.public(conference).in_order().select_related("session", "room__venue")


def slots_by_tutorial(slots: Iterable[Slot]) -> dict[int, list[Slot]]:
    """The slots of each tutorial, by its id, in the order they came."""
    found: dict[int, list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.tutorial_id, []).append(slot)
    return found


def marks(user: User | None, conference: Conference) -> dict[int, str]:
    """The status of somebody's live registrations, by the tutorial's id. One query at most."""
    if user is None or not conference.takes_registrations:
        return {}
    mine = Registration.objects.live().filter(attendee__user=user, attendee__conference=conference)
    return dict(mine.values_list("tutorial_id", "status"))


def public_rows(conference: Conference) -> list[tuple[int, int | None, str]]:
    """Id, track's id and status of every public tutorial, in programme order. One query."""
    tutorials = Tutorial.objects.public().for_conference(conference).in_programme_order()
    return list(tutorials.values_list("pk", "track_id", "status"))


def slot_rows(conference: Conference) -> list[SlotRow]:
    """Every released slot of a public tutorial, and no more of it than is counted. One query."""
    slots = Slot.objects.public(conference)
    rows = slots.values_list("tutorial_id", "session_id", "session__starts_at", "room_id")
    return [SlotRow(*row) for row in rows.order_by("pk")]


def list_by_track(
    conference: Conference,
    rows: Sequence[tuple[int, int | None, str]],
    slots: Sequence[SlotRow],
    page: Page,
    at: datetime,
) -> list[TrackGroup]:
    """One page of the list, track by track, without marks; of ``public_rows`` and ``slot_rows``.

    Three queries: the tutorials of the page, who presents them, and their slots.
    """
    track_of = {pk: track for pk, track, _status in rows}
    here = [row[0] for row in page.object_list]
    before = track_of[rows[page.start_index() - 2][0]] if page.number > 1 else ...
    slots_of = slots_by_tutorial(public_slots(conference).filter(tutorial__in=here))
    halls = _halls(slots, track_of)
    rooms = {slot.room_id: slot.room for own in slots_of.values() for slot in own}
    tutorials = (
        Tutorial.objects.filter(pk__in=here)
        .select_related("track")
        .prefetch_related(with_presenters())
        .annotate(colour=colour_of("track"))
        .in_programme_order()
    )
    groups: list[TrackGroup] = []
    for tutorial in tutorials:
        tutorial.conference = conference
        if not groups or groups[-1].track != tutorial.track:
            hall = rooms.get(halls.get(tutorial.track_id)) if tutorial.track_id else None
            groups.append(
                TrackGroup(
                    tutorial.track,
                    tutorial.colour,  # type: ignore[attr-defined]
                    place_of(hall) if hall else "",
                    is_continued=not groups and before == tutorial.track_id,
                )
            )
        own = slots_of.get(tutorial.pk, [])
        seats = seats_shown(tutorial, first_start(own), at)
        groups[-1].entries.append(Entry(tutorial, own, seats))
    return groups


def mark(groups: Iterable[TrackGroup], marked: Mapping[int, str], starred: Set[int]) -> None:
    """Say in each entry what the visitor has to do with it: ``marks``, ``stars.starred_by``."""
    for group in groups:
        for entry in group.entries:
            entry.mark = marked.get(entry.tutorial.pk, "")
            entry.is_starred = entry.tutorial.pk in starred


def paged(rows: Sequence, number: str | None, per_page: int) -> Page:
    """The page of that number; the first or last one for a number that is none or too large."""
    return Paginator(rows, per_page).get_page(number)


def _halls(
    slots: Iterable[SlotRow], track_of: dict[int, int | None]
) -> dict[int | None, int | None]:
    """The id of the room of each track whose slots are all in one; None for the others."""
    rooms: dict[int | None, set[int | None]] = {}
    for slot in slots:
        rooms.setdefault(track_of.get(slot.tutorial), set()).add(slot.room)
    return {track: next(iter(its)) if len(its) == 1 else None for track, its in rooms.items()}


def place_of(room: Room) -> str:
    """“MPH Lecture Hall, Max-Planck-Ring 6”: a room and the street it is in."""
    street = street_of(room.venue)
    return f"{room.name}, {street}" if street else room.name


def street_of(venue: Venue) -> str:
    """The first part of the address, with the second where the first is a number (“12, rue …”)."""
    parts = [part.strip() for part in venue.address.split(",")]
    return ", ".join(parts[: 2 if parts[0].isdigit() else 1])


def tutorial_for_page(
    conference: Conference, slug: str, user: User | None = None
) -> Tutorial | None:
    """A public tutorial with all that its page shows but the slots, or None. Two queries.

    ``waiting`` counts its queue, ``has_files`` and ``has_links`` save asking for none, and
    ``is_starred`` says whether ``user`` did.
    """
    waiting = (
        Registration.objects.filter(tutorial=OuterRef("pk"), status=Registration.Status.WAITLISTED)
        .order_by()
        .values("tutorial")
        .annotate(number=Count("pk"))
        .values("number")
    )
    tutorial = (
        Tutorial.objects.public()
        .for_conference(conference)
        .filter(slug=slug)
        .select_related("track")
        .prefetch_related(with_presenters())
        .annotate(
            colour=colour_of("track"),
            waiting=Coalesce(Subquery(waiting, output_field=IntegerField()), 0),
            has_files=Exists(Material.objects.accepted().filter(tutorial=OuterRef("pk"))),
            has_links=Exists(OnlineLink.objects.filter(tutorial=OuterRef("pk"))),
            is_starred=Exists(Star.objects.filter(tutorial=OuterRef("pk"), user=user)),
        )
        .first()
    )
    if tutorial:
        tutorial.conference = conference
    return tutorial


def tracks_by_room(conference: Conference) -> dict[int, list[str]]:
    """The names of the tracks that have a public slot in each room, by its id. One query."""
    pairs = (
        Slot.objects.public(conference)
        .filter(room__isnull=False, tutorial__track__isnull=False)
        .order_by("tutorial__track__position", "tutorial__track_id")
        .values_list("room_id", "tutorial__track__name")
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for room, track in pairs:
        found.setdefault(room, []).append(track)
    return found
