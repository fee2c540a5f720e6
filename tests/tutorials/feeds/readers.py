"""Reading feeds as other programs do: what each says is on, when and where."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import icalendar
import jsonschema
import vobject
from lxml import etree

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
Events = set[tuple[str, datetime, datetime, str]]  # title, start, end, where


def by_icalendar(content: bytes) -> Events:
    calendar = icalendar.Calendar.from_ical(content)
    return {
        (str(e["summary"]), _utc(e.start), _utc(e.end), str(e["location"])) for e in calendar.events
    }


def by_vobject(content: bytes) -> Events:
    calendar = vobject.readOne(content.decode())
    return {
        (e.summary.value, _utc(e.dtstart.value), _utc(e.dtend.value), e.location.value)
        for e in getattr(calendar, "vevent_list", [])
    }


def by_xml(content: bytes) -> Events:
    root = etree.fromstring(content)
    xsd().assertValid(root)
    found = set()
    for room in root.iterfind("day/room"):
        for event in room.iterfind("event"):
            assert event.findtext("room") == room.get("name")
            starts_at = datetime.fromisoformat(event.findtext("date"))
            assert event.findtext("start") == f"{starts_at:%H:%M}"
            ends_at = _utc(starts_at) + _hours(event.findtext("duration"))
            found.add((event.findtext("title"), _utc(starts_at), ends_at, room.get("name")))
    return found


def by_json(content: bytes) -> Events:
    data = json.loads(content)
    schema().validate(data)
    found = set()
    for day in data["schedule"]["conference"]["days"]:
        for name, events in day["rooms"].items():
            for event in events:
                assert event["room"] == name
                starts_at, ends_at = (
                    _utc(datetime.fromisoformat(event[k])) for k in ("date", "end")
                )
                assert ends_at - starts_at == _hours(event["duration"])
                found.add((event["title"], starts_at, ends_at, name))
    return found


def by_json_ld(content: bytes) -> set[tuple[str, datetime, datetime]]:
    """Without the places, and each part by itself."""
    found = set()
    for tutorial in json.loads(content)["subEvent"]:
        for part in tutorial.get("subEvent", [tutorial]):
            times = (_utc(datetime.fromisoformat(part[k])) for k in ("startDate", "endDate"))
            found.add((part["name"], *times))
    return found


@cache
def xsd() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "schedule.xml.xsd")))


@cache
def schema() -> Any:
    described = json.loads((SCHEMAS / "schedule.schema.json").read_text())
    checker = jsonschema.Draft6Validator.FORMAT_CHECKER
    return jsonschema.Draft6Validator(described, format_checker=checker)


def _utc(moment: Any) -> datetime:
    assert isinstance(moment, datetime)
    assert moment.tzinfo is not None
    return moment.astimezone(UTC)


def _hours(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
