"""When and where? Sessions, rooms, venues and tracks that are there already, or are to be made."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.imports.matching import is_at
from tutorials.imports.sheet.rows import Place
from tutorials.imports.sheet.times import When
from tutorials.imports.sheet.words import plain
from tutorials.models import Schedule, Session, Track
from venues.models import Room, Venue


class Unclear(ValueError):
    """A row does not say enough; which field is concerned, and what to do in a sentence."""

    def __init__(self, field: str, message: str, *, blocks: bool = True) -> None:
        super().__init__(message)
        self.field, self.blocks = field, blocks


class Places:
    """What a conference has, and what the file adds. Four queries; nothing is written here."""

    def __init__(self, conference: Conference, draft: Schedule) -> None:
        self.conference, self.draft = conference, draft
        self.sessions = list(draft.sessions.in_order())
        self.rooms = list(Room.objects.for_conference(conference).select_related("venue"))
        self.venues = list(Venue.objects.filter(conference=conference))
        self.tracks = {plain(each.name): each for each in conference.tracks.all()}
        self.new_sessions: list[Session] = []
        self.new_rooms: list[Room] = []
        self.new_venues: list[Venue] = []
        self.new_tracks: list[Track] = []

    def track(self, name: str) -> Track | None:
        """The track of that name."""
        if not name:
            return None
        track = self.tracks.get(plain(name))
        if track is None:
            last = max((each.position for each in self.tracks.values()), default=0)
            track = Track(conference=self.conference, name=name, position=last + 1)
            self.tracks[plain(name)] = track
            self.new_tracks.append(track)
        return track

    def name_of_track(self, pk: int | None) -> str:
        """The name of a track that is there."""
        return next((each.name for each in self.tracks.values() if pk and each.pk == pk), "")

    def when(self, session: Session) -> str:
        """A session as the organiser knows it, on the clocks of the conference."""
        starts, ends = map(self.conference.local, (session.starts_at, session.ends_at))
        time = f"{starts:%Y-%m-%d %H:%M}–{ends:%H:%M}"
        return f"{session.title}, {time}" if session.title else time

    def where(self, session: Session, room: Room | None) -> str:
        """A session and the room there, if it is known."""
        return f"{self.when(session)}, {room.name}" if room else self.when(session)

    def keep_only(self, tracks: set[int], used: set[int]) -> None:
        """Make nothing that is not used after all: the ``id()`` of tracks, sessions and rooms."""
        self.new_tracks = [each for each in self.new_tracks if id(each) in tracks]
        usual = {id(each.room) for each in self.new_tracks}
        self.new_rooms = [each for each in self.new_rooms if id(each) in used | usual]
        venues = {id(each.venue) for each in self.new_rooms}
        self.new_venues = [each for each in self.new_venues if id(each) in venues]
        self.new_sessions = [each for each in self.new_sessions if id(each) in used]

    def room(self, place: Place) -> Room | None:
        """The room that a row names; raises ``Unclear``."""
        if not place.room:
            return None
        found = [each for each in self.rooms if plain(each.name) == plain(place.room)]
        if place.venue:
            venue = self._venue_called(place.venue)
            found = [each for each in found if each.venue == venue]
        if len(found) > 1:
            text = _("Several venues have a “%(room)s”. Add a column for the venue.")
            raise Unclear("room", text % {"room": place.room})
        return found[0] if found else self._new_room(place)

    def _new_room(self, place: Place) -> Room:
        room = Room(venue=self._venue(place), name=place.room)
        self.rooms.append(room)
        self.new_rooms.append(room)
        return room

    def _venue(self, place: Place) -> Venue:
        if not place.venue and len(self.venues) > 1:
            text = _("There is no room “%(room)s”. Make it, or add a column for the venue.")
            raise Unclear("room", text % {"room": place.room})
        there = self._venue_called(place.venue) if place.venue else next(iter(self.venues), None)
        if there:
            return there
        name = place.venue or self.conference.city or self.conference.name
        venue = Venue(conference=self.conference, name=name, position=len(self.venues) + 1)
        self.venues.append(venue)
        self.new_venues.append(venue)
        return venue

    def _venue_called(self, name: str) -> Venue | None:
        """The venue of that name, else one at that address."""
        called = [each for each in self.venues if plain(each.name) == plain(name)]
        there = [each for each in self.venues if each.address and is_at(each, name)]
        return next(iter([*called, *there]), None)

    def session(self, place: Place) -> Session | None:
        """The session that a row names, or None where the time is to be announced.

        Raises ``Unclear``. A session is made where the row says its day, start and end.
        """
        if not place.has_time:
            return None
        when = self._complete(place.when)
        found = [each for each in self.sessions if self._fits(each, when)]
        if place.session:
            return self._titled(place, when, found)
        fitting = [each for each in found if each.kind == Session.Kind.TUTORIALS]
        there = [each for each in fitting if not each.title or each.pk]
        if whole := _whole(when):
            # One without a title first: a title that the row does not give is no reason to differ.
            there.sort(key=lambda each: bool(each.title))
            return there[0] if there else self._new_session("", *whole)
        if len(fitting) == 1:
            return fitting[0]
        if not when.starts:
            text = _("Only the day is known, so the time is to be announced.")
            raise Unclear("day", text, blocks=False)
        if fitting:
            text = _("Several sessions fit. Say the day, the start and the end.")
        else:
            text = _("There is no session then. Say its day, start and end, or make it first.")
        raise Unclear("start", text)

    def _titled(self, place: Place, when: When, found: list[Session]) -> Session:
        called = [each for each in found if plain(each.title) == plain(place.session)]
        if len(called) == 1 or (called and _whole(when)):
            return called[0]
        if called:
            text = _("Several sessions are called “%(title)s”. Say the day and the start.")
            raise Unclear("session", text % {"title": place.session})
        if whole := _whole(when):
            at_that_time = [
                each for each in found if each.pk and each.kind == Session.Kind.TUTORIALS
            ]
            return at_that_time[0] if at_that_time else self._new_session(place.session, *whole)
        if any(plain(each.title) == plain(place.session) for each in self.sessions):
            text = _("“%(title)s” is at another time in the draft of the schedule.")
        else:
            text = _(
                "There is no session “%(title)s”. Say its day, start and end, or make it first."
            )
        raise Unclear("session", text % {"title": place.session})

    def _complete(self, when: When) -> When:
        """The day of a conference of one day need not be said."""
        days = self.conference.days
        if when.day is None and when.starts and len(days) == 1:
            return When(days[0], when.starts, when.ends)
        return when

    def _fits(self, session: Session, when: When) -> bool:
        starts = self.conference.local(session.starts_at)
        ends = self.conference.local(session.ends_at)
        return (
            when.day in (None, starts.date())
            and when.starts in (None, starts.time())
            and when.ends in (None, ends.time())
        )

    def _new_session(self, title: str, day: date, starts: time, ends: time) -> Session:
        tz = self.conference.tz
        session = Session(
            schedule=self.draft,
            title=title,
            starts_at=datetime.combine(day, starts, tz),
            ends_at=datetime.combine(day, ends, tz),
        )
        if session.ends_at.astimezone(UTC) <= session.starts_at.astimezone(UTC):
            raise Unclear("start", _("The clocks are changed then, so it would end as it starts."))
        self.sessions.append(session)
        self.new_sessions.append(session)
        return session


def _whole(when: When) -> tuple[date, time, time] | None:
    """Day, start and end, if a row says all of them."""
    if when.day is None or when.starts is None or when.ends is None:
        return None
    return when.day, when.starts, when.ends
