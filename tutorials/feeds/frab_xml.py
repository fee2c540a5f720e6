"""The released schedule as frab's XML, which apps such as Fahrplan and Giggity read.

https://github.com/voc/schedule describes it. What is cancelled is left out: the format has no word
for it, and an app that finds nothing says nothing wrong.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings

from conference.addresses import absolute, without_prefix
from conference.models import Conference
from tutorials.feeds import conference_apps as apps
from tutorials.feeds.released import Released, page_of, released, title_of
from tutorials.models import Slot, Tutorial
from tutorials.plain_text import lines, one_line


def schedule_xml(conference: Conference) -> bytes:
    """The whole document. Six queries at most."""
    found = released(conference).given
    root = Element("schedule")
    host = str(urlsplit(settings.SITE_URL).hostname)
    SubElement(root, "generator", name=apps.GENERATOR, system=host)
    address = without_prefix("tutorials:schedule_xml", conference.slug)
    _text(root, "url", absolute(address))
    _text(root, "version", found.number)
    days = list(apps.days_of(found))
    _conference(SubElement(root, "conference"), found, len(days))
    acronym = apps.acronym_of(conference)
    for day in days:
        element = SubElement(
            root, "day", index=str(day.index), date=day.day.isoformat(),
            start=_moment(day.starts_at), end=_moment(day.ends_at),
        )  # fmt: skip
        for name, slots in day.rooms.items():
            room = SubElement(element, "room", name=name)
            for slot in slots:
                _event(room, slot, name, acronym)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _conference(element: Element, found: Released, days: int) -> None:
    conference = found.conference
    home = absolute(without_prefix("tutorials:home", conference.slug))
    _text(element, "title", one_line(conference.name))
    _text(element, "acronym", apps.acronym_of(conference))
    _text(element, "start", conference.starts_on.isoformat())
    _text(element, "end", conference.ends_on.isoformat())
    _text(element, "days", str(days))
    _text(element, "timeslot_duration", apps.STEP)
    _text(element, "base_url", home)
    if conference.logo:
        _text(element, "logo", absolute(conference.logo.url))
    _text(element, "url", home)
    _text(element, "time_zone_name", conference.time_zone)
    if conference.colour:
        SubElement(element, "color", primary=conference.colour)
    for track in apps.tracks_of(found):
        SubElement(element, "track", name=one_line(track.name), slug=apps.track_slug(track))


def _event(room: Element, slot: Slot, room_name: str, acronym: str) -> None:
    tutorial = slot.tutorial
    local = tutorial.conference.local(slot.session.starts_at)
    event = SubElement(room, "event", id=str(slot.number), guid=str(slot.key))
    _text(event, "room", room_name)
    _text(event, "title", title_of(tutorial))
    _text(event, "subtitle", "")
    _text(event, "type", apps.EVENT_TYPE)
    _text(event, "date", _moment(local))
    _text(event, "start", f"{local:%H:%M}")
    _text(event, "duration", apps.duration_of(slot))
    _text(event, "abstract", lines(tutorial.abstract))
    _text(event, "slug", apps.slug_of(slot, acronym))
    _text(event, "track", apps.track_name(tutorial))
    _persons(SubElement(event, "persons"), tutorial)
    _text(event, "description", apps.description_of(tutorial))
    SubElement(event, "links")
    SubElement(event, "attachments")
    _text(event, "url", page_of(tutorial))


def _persons(element: Element, tutorial: Tutorial) -> None:
    for number, name in apps.people_of(tutorial):
        SubElement(element, "person", id=str(number)).text = name


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
