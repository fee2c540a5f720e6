"""The released schedule as c3voc's JSON: what ``frab_xml`` tells, for programs that prefer it.

https://c3voc.de/schedule/schema.json describes it. What is cancelled is left out here too.
"""

from __future__ import annotations

from typing import Any

from conference.addresses import absolute, without_prefix
from conference.models import Conference
from tutorials.feeds import conference_apps as apps
from tutorials.feeds.released import Released, page_of, released, title_of
from tutorials.models import Slot
from tutorials.plain_text import lines, one_line

SCHEMA = "https://c3voc.de/schedule/schema.json"


def schedule_json(conference: Conference) -> dict[str, Any]:
    """The whole document. Six queries at most."""
    found = released(conference).given
    return {
        "$schema": SCHEMA,
        "generator": {"name": apps.GENERATOR},
        "schedule": {
            "url": absolute(without_prefix("tutorials:schedule_json", conference.slug)),
            "version": found.number,
            "base_url": absolute(without_prefix("tutorials:home", conference.slug)),
            "conference": _conference(found),
        },
    }


def _conference(found: Released) -> dict[str, Any]:
    conference = found.conference
    days = _days(found)
    told: dict[str, Any] = {
        "acronym": apps.acronym_of(conference),
        "title": one_line(conference.name),
        "start": conference.starts_on.isoformat(),
        "end": conference.ends_on.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": apps.STEP,
        "time_zone_name": conference.time_zone,
        "url": absolute(without_prefix("tutorials:home", conference.slug)),
    }
    if conference.logo:
        told["logo"] = absolute(conference.logo.url)
    if conference.colour:
        told["colors"] = {"primary": conference.colour}
    told["tracks"] = [
        {"name": one_line(track.name), "slug": apps.track_slug(track)}
        for track in apps.tracks_of(found)
    ]
    return told | {"days": days}


def _days(found: Released) -> list[dict[str, Any]]:
    acronym = apps.acronym_of(found.conference)
    return [
        {
            "index": day.index,
            "date": day.day.isoformat(),
            "day_start": day.starts_at.isoformat(timespec="seconds"),
            "day_end": day.ends_at.isoformat(timespec="seconds"),
            "rooms": {
                name: [_event(slot, name, acronym) for slot in slots]
                for name, slots in day.rooms.items()
            },
        }
        for day in apps.days_of(found)
    ]


def _event(slot: Slot, room_name: str, acronym: str) -> dict[str, Any]:
    tutorial = slot.tutorial
    local = tutorial.conference.local
    return {
        "guid": str(slot.key),
        "id": slot.number,
        "date": local(slot.session.starts_at).isoformat(timespec="seconds"),
        "start": f"{local(slot.session.starts_at):%H:%M}",
        "end": local(slot.session.ends_at).isoformat(timespec="seconds"),
        "duration": apps.duration_of(slot),
        "room": room_name,
        "slug": apps.slug_of(slot, acronym),
        "url": page_of(tutorial),
        "title": title_of(tutorial),
        "subtitle": "",
        "track": apps.track_name(tutorial) or None,
        "type": apps.EVENT_TYPE,
        "language": None,
        "abstract": lines(tutorial.abstract),
        "description": apps.description_of(tutorial),
        # Not “name” as well, which makes it a person of two kinds to the schema.
        "persons": [
            {"id": number, "public_name": name} for number, name in apps.people_of(tutorial)
        ],
        "links": [],
        "attachments": [],
    }
