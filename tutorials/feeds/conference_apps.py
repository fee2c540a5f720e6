"""What do the two formats for conference apps, frab's XML and c3voc's JSON, have in common?

Both are described at https://c3voc.de/wiki/schedule. Their readers ask for more than the schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.text import slugify
from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.feeds.released import Released, by_room, hours_and_minutes, room_names
from tutorials.models import Slot, Track, Tutorial
from tutorials.plain_text import lines, one_line

GENERATOR = "tutorial-day"
EVENT_TYPE = "tutorial"
STEP = "0:05"  # the finest that times are told in


@dataclass(frozen=True)
class AppDay:
    """A day with its rooms, from when its first event starts to when its last ends."""

    index: int  # from 1
    day: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[Slot]]


def days_of(released: Released) -> Iterator[AppDay]:
    """The days on which something is; before a release all days of the conference, empty.

    A file without any day is refused.
    """
    conference = released.conference
    names = room_names(released.slots)
    if not released.slots:
        yield from _empty_days(conference)
    for index, (day, slots) in enumerate(released.days, start=1):
        starts_at = min(slot.session.starts_at for slot in slots)
        ends_at = max(slot.session.ends_at for slot in slots)
        yield AppDay(
            index, day, conference.local(starts_at), conference.local(ends_at),
            by_room(slots, names),
        )  # fmt: skip


def _empty_days(conference: Conference) -> Iterator[AppDay]:
    for index, day in enumerate(conference.days, start=1):
        starts_at = datetime.combine(day, time(0, 0), conference.tz)
        ends_at = datetime.combine(day, time(23, 59), conference.tz)
        yield AppDay(index, day, starts_at, ends_at, {})


def acronym_of(conference: Conference) -> str:
    """“cpal2026”: at least four small letters and digits, which is all that the schemas take."""
    letters = conference.slug.replace("-", "")
    return letters if len(letters) > 3 else f"{letters}{conference.starts_on.year}"


def slug_of(slot: Slot, acronym: str) -> str:
    """“cpal2026-0012-learning-to-rank”: other for each event, and the same for good."""
    words = slugify(slot.tutorial.slug)[:60].strip("-_")
    return f"{acronym}-{slot.number:04}" + (f"-{words}" if words else "")


def track_slug(track: Track) -> str:
    """A track's address if it is in letters that the formats take, the first one a letter.

    Else a name of its own: “über” in plain letters might be another track's.
    """
    is_plain = slugify(track.slug) == track.slug and len(track.slug) > 1
    return track.slug if is_plain and track.slug[0].isalpha() else f"track-{track.pk}"


def tracks_of(released: Released) -> list[Track]:
    """The tracks that the events are of, in their order."""
    tracks = {slot.tutorial.track for slot in released.slots if slot.tutorial.track}
    return sorted(tracks, key=lambda track: (track.position, track.pk))


def track_name(tutorial: Tutorial) -> str:
    """What its track is called; empty where it is in none."""
    return one_line(tutorial.track.name) if tutorial.track else ""


def duration_of(slot: Slot) -> str:
    """How long it takes, as hours and minutes that have passed when it is over."""
    return hours_and_minutes(slot.session.starts_at, slot.session.ends_at)


def description_of(tutorial: Tutorial) -> str:
    """What else its page says, in Markdown, under the headings of the page."""
    parts = (
        (_("Outline"), tutorial.outline),
        (_("Who it is for"), tutorial.audience),
        (_("What to know before"), tutorial.prerequisites),
        (_("What you will have learnt"), tutorial.outcomes),
        (_("What to bring"), tutorial.what_to_bring),
    )
    return "\n\n".join(f"## {heading}\n\n{lines(text)}" for heading, text in parts if text.strip())


def people_of(tutorial: Tutorial) -> Iterable[tuple[int, str]]:
    """Who presents it, in billing order: a number that is theirs alone, and the name."""
    for presenter in tutorial.presenters.all():
        yield presenter.person_id, one_line(presenter.person.name)
