"""What does a calendar need to know of a slot? iCalendar (RFC 5545), for mails and feeds.

A ``UID`` never changes, ``SEQUENCE`` and ``LAST-MODIFIED`` grow with each change, and every zone
that is named is described: calendars that do not know “Europe/Berlin” would move the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vInt, vText, vUri
from icalendar.parser import Contentline
from icalendar.parser_tools import to_unicode

from conference.models import Conference
from tutorials.models import Slot
from tutorials.plain_text import lines, one_line

PRODUCT = "-//Tutorial programme//EN"
MOST_OCTETS = 75  # of a line, before it goes on in the next (RFC 5545, 3.1)
REFRESH = timedelta(hours=1)  # how often a calendar that is subscribed to should look again
Party = tuple[str, str]  # a name and an e-mail address


@dataclass(frozen=True)
class Issue:
    """One telling of an event: what is told later has the higher ``sequence``."""

    sequence: int
    at: datetime
    is_cancelled: bool = False


def event_of(
    slot: Slot, issue: Issue, *, uid: str = "", page: str = "", description: str = ""
) -> Event:
    """A slot as an event in the zone of its conference; ``uid`` empty: the public one.

    Wants the slot's session, room with venue, and tutorial with conference. ``page`` is where the
    tutorial is shown.
    """
    conference = slot.tutorial.conference
    event = Event()
    # Texts are set, not added: it saves a fifth of the time that a calendar of hundreds takes.
    event["uid"] = vText(uid or slot.calendar_uid)
    event["sequence"] = vInt(issue.sequence)
    event.add("dtstamp", issue.at)
    event["last-modified"] = event["dtstamp"]
    event.add("dtstart", _clock_time(conference, slot.session.starts_at))
    event.add("dtend", _clock_time(conference, slot.session.ends_at))
    event["summary"] = vText(one_line(slot.tutorial.title) or slot.tutorial.code)
    event["status"] = vText("CANCELLED" if issue.is_cancelled else "CONFIRMED")
    event["location"] = vText(location_of(slot) or one_line(conference.name))
    if description:
        event["description"] = vText(lines(description))
    if page:
        event["url"] = vUri(page)
    venue = slot.room.venue if slot.room else None
    if venue and venue.latitude is not None and venue.longitude is not None:
        event.add("geo", (float(venue.latitude), float(venue.longitude)))
    return event


def location_of(slot: Slot) -> str:
    """“Hall A, MPI, Max-Planck-Ring 6”: the room, the building, the street; "" while not known."""
    if slot.room is None:
        return ""
    venue = slot.room.venue
    names = [slot.room.name, venue.name if venue.name != slot.room.name else "", venue.address]
    return ", ".join(one_line(name) for name in names if name)


def _clock_time(conference: Conference, moment: datetime) -> datetime:
    """A time on the clocks of the conference; in UTC in the hour that these go through twice.

    Of the two, a time that names its zone means the first (RFC 5545, 3.3.5).
    """
    local = conference.local(moment)
    return moment.astimezone(UTC) if local.fold else local


def calendar_of(
    events: Iterable[Event], *, method: str = "", name: str = "", source: str = ""
) -> bytes:
    """A calendar file. ``method`` (RFC 5546) makes it an invitation or takes one back.

    One to subscribe to has a ``name``, and the ``source`` that it is read from again (RFC 7986;
    those that begin with X are what calendars had before that).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("name", one_line(name))
        calendar.add("x-wr-calname", one_line(name))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH).to_ical().decode())
    if source:
        calendar.add("source", source, parameters={"VALUE": "URI"})
    events = list(events)
    for timezone in _zones_of(events):
        calendar.add_component(timezone)
        _correct(events, timezone)
    for event in events:
        calendar.add_component(event)
    return _written(calendar)


def _zones_of(events: Iterable[Event]) -> list[Timezone]:
    """The zones that events name, described from the year before the first to the one after."""
    moments = [moment for event in events for moment in (event.DTSTART, event.DTEND)]
    zones = {m.tzinfo for m in moments if isinstance(m, datetime) and m.tzinfo} - {UTC}
    if not zones:
        return []
    years = [moment.year for moment in moments if moment]
    first, last = max(min(years) - 1, MINYEAR), min(max(years) + 2, MAXYEAR)
    return [
        Timezone.from_tzinfo(zone, str(zone), date(first, 1, 1), date(last, 1, 1))
        for zone in sorted(zones, key=str)
    ]


def _correct(events: Iterable[Event], timezone: Timezone) -> None:
    """Tell in UTC what the description of a zone would move.

    It is made of rules for the year, and not every zone keeps to them: in Morocco clocks follow
    the moon.
    """
    described = timezone.to_tz(lookup_tzid=False)
    known: dict[datetime, bool] = {}
    for event in events:
        for name, moment in (("dtstart", event.DTSTART), ("dtend", event.DTEND)):
            if not isinstance(moment, datetime) or str(moment.tzinfo) != timezone.tz_name:
                continue
            if moment not in known:
                known[moment] = moment.replace(tzinfo=described).utcoffset() == moment.utcoffset()
            if not known[moment]:
                del event[name]
                event.add(name, moment.astimezone(UTC))


def _written(calendar: Calendar) -> bytes:
    """The file: what ``to_ical`` gives, which makes an object of each line first."""
    return b"".join(_line(name, value) for name, value in calendar.property_items())


def _line(name: str, value: Any) -> bytes:
    text = value if isinstance(value, bytes) else to_unicode(value.to_ical()).encode()
    params = getattr(value, "params", None)
    told = to_unicode(params.to_ical()) if params else ""
    line = (f"{name};{told}:" if told else f"{name}:").encode() + text
    # Where the library begins to fold; of other letters than ASCII none may be cut.
    if len(line) < MOST_OCTETS and line.isascii():
        return line + b"\r\n"
    return Contentline(line).to_ical() + b"\r\n"


def invite(event: Event, *, organizer: Party, guest: Party) -> Event:
    """Make an event one that ``guest`` has accepted already; RFC 5546 wants both named."""
    event.add("organizer", _person(organizer))
    attendee = _person(guest)
    attendee.params["cutype"] = vText("INDIVIDUAL")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("ACCEPTED")
    # No “yes” or “no” is asked for: nobody here would read the answer.
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    return event


def _person(party: Party) -> vCalAddress:
    name, address = party
    person = vCalAddress(f"mailto:{address}")
    # A parameter's value can hold no quotation mark (RFC 5545, 3.2).
    person.params["cn"] = vText(name.replace('"', "'"))
    return person
