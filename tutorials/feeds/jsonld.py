"""What do search engines read of a tutorial and of a whole schedule? schema.org, as JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from conference.addresses import absolute, without_language, without_prefix
from conference.models import Conference
from tutorials import share_picture
from tutorials.feeds.released import page_of, released, title_of
from tutorials.models import Presenter, Slot, Tutorial
from tutorials.plain_text import lines, one_line
from tutorials.programme import slots_by_tutorial
from venues.models import Room

CONTEXT = "https://schema.org"
SCHEDULED, CANCELLED = f"{CONTEXT}/EventScheduled", f"{CONTEXT}/EventCancelled"


def tutorial_json_ld(tutorial: Tutorial, slots: Sequence[Slot]) -> dict[str, Any]:
    """One tutorial for its page. No query.

    Wants its conference and presenters, and the released slots in order with session, room and
    venue. Without slots it has no dates, and search engines pass it over.
    """
    conference = tutorial.conference
    beside = {
        "image": share_picture.address_of(conference, tutorial, slots),
        "organizer": _organizer(conference),
        "superEvent": _brief(conference),
    }
    return {"@context": CONTEXT} | _tutorial(tutorial, slots) | beside


def schedule_json_ld(conference: Conference) -> dict[str, Any]:
    """The conference with every public tutorial that has a time. Six queries at most."""
    by_tutorial = slots_by_tutorial(released(conference).slots)
    events = [_tutorial(slots[0].tutorial, slots) for slots in by_tutorial.values()]
    beside = {"organizer": _organizer(conference), "subEvent": events}
    return {"@context": CONTEXT} | _brief(conference) | beside


def _brief(conference: Conference) -> dict[str, Any]:
    home = absolute(without_prefix("tutorials:home", conference.slug))
    told: dict[str, Any] = {
        "@type": "Event",
        "@id": home,
        "name": one_line(conference.full_name or conference.name),
        "startDate": conference.starts_on.isoformat(),
        "endDate": conference.ends_on.isoformat(),
        "url": conference.website or home,
        "image": share_picture.address_of(conference),
    }
    return told | _town(conference)


def _organizer(conference: Conference) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "name": one_line(conference.full_name or conference.name),
        "url": conference.website or absolute(without_prefix("tutorials:home", conference.slug)),
    }


def _town(conference: Conference) -> dict[str, Any]:
    """Where it is, as far as that is known of all of it."""
    town = ", ".join(one_line(part) for part in (conference.city, conference.country) if part)
    return {"location": {"@type": "Place", "name": town, "address": town}} if town else {}


def _tutorial(tutorial: Tutorial, slots: Sequence[Slot]) -> dict[str, Any]:
    page = page_of(tutorial)
    told: dict[str, Any] = {
        "@type": "EducationEvent",
        "@id": absolute(without_language(tutorial.get_absolute_url())),
        "name": title_of(tutorial),
        "url": page,
        "eventStatus": CANCELLED if tutorial.is_cancelled else SCHEDULED,
    }
    if tutorial.abstract:
        told["description"] = lines(tutorial.abstract)
    if slots:
        told |= _when_and_where(slots)
    if len(slots) > 1:
        told["subEvent"] = [
            {"@type": "EducationEvent", "name": title_of(tutorial)} | _when_and_where([slot])
            for slot in slots
        ]
    performers = [_person(each, tutorial.conference) for each in tutorial.presenters.all()]
    if performers:
        told["performer"] = performers
    if tutorial.level:
        told["educationalLevel"] = tutorial.get_level_display()
    if _is_sold(tutorial):
        # The shop knows the price; that it costs nothing is not said anywhere.
        told["offers"] = {"@type": "Offer", "url": tutorial.conference.tickets_url}
    return told


def _is_sold(tutorial: Tutorial) -> bool:
    conference = tutorial.conference
    return bool(conference.uses_tickets and conference.tickets_url) and not tutorial.is_cancelled


def _when_and_where(slots: Sequence[Slot]) -> dict[str, Any]:
    conference = slots[0].tutorial.conference
    told: dict[str, Any] = {
        "startDate": _moment(conference, min(slot.session.starts_at for slot in slots)),
        "endDate": _moment(conference, max(slot.session.ends_at for slot in slots)),
    }
    rooms = {slot.room.pk: slot.room for slot in slots if slot.room}
    # Search engines pass over what has no place.
    told |= _town(conference)
    if rooms:
        places = [_place(room) for room in rooms.values()]
        told["location"] = places[0] if len(places) == 1 else places
        told["eventAttendanceMode"] = f"{CONTEXT}/OfflineEventAttendanceMode"
    return told


def _place(room: Room) -> dict[str, Any]:
    venue = room.venue
    name, building = one_line(room.name), one_line(venue.name)
    told: dict[str, Any] = {
        "@type": "Place",
        "name": name if name == building else f"{name}, {building}",
    }
    if venue.address:
        told["address"] = one_line(venue.address)
    if venue.latitude is not None and venue.longitude is not None:
        told["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(venue.latitude),
            "longitude": float(venue.longitude),
        }
    return told


def _person(presenter: Presenter, conference: Conference) -> dict[str, Any]:
    person = presenter.person
    told: dict[str, Any] = {
        "@type": "Person",
        "name": one_line(person.name),
        "url": absolute(reverse("tutorials:presenter_detail", args=[conference.slug, person.slug])),
    }
    if presenter.affiliation:
        told["affiliation"] = {"@type": "Organization", "name": one_line(presenter.affiliation)}
    return told


def _moment(conference: Conference, moment: datetime) -> str:
    return conference.local(moment).isoformat(timespec="seconds")
