"""The released schedule as a calendar (iCalendar, RFC 5545), to subscribe to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from icalendar import Event

from conference.addresses import absolute, without_prefix
from conference.models import Conference
from tutorials.calendar import Issue, calendar_of, event_of
from tutorials.changes import Told, presenters_edited, told
from tutorials.feeds.released import page_of, released
from tutorials.models import Slot, Tutorial
from tutorials.plain_text import one_line


def schedule_ics(conference: Conference) -> bytes:
    """Every public tutorial that has a time; what was cancelled says so. Eight queries at most."""
    history, edited = told(conference), presenters_edited(conference)
    events = [_event(slot, history, edited) for slot in released(conference).slots]
    source = absolute(without_prefix("tutorials:schedule_ics", conference.slug))
    return calendar_of(events, name=conference.name, source=source)


def tutorial_ics(tutorial: Tutorial) -> bytes | None:
    """One tutorial, for those who add it by hand; None while it has no time."""
    slots = released(tutorial.conference, tutorial).slots
    if not slots:
        return None
    history = told(tutorial.conference, [tutorial.pk])
    edited = presenters_edited(tutorial.conference, tutorial)
    return calendar_of(_event(slot, history, edited) for slot in slots)


def issue_of(
    slot: Slot, history: dict[UUID, Told], edited: dict[int, datetime] | None = None
) -> Issue:
    """Which telling of a slot this is.

    A text that was edited since the release makes it a later one of the same number; calling it off
    makes it another number. ``edited`` is for those that name presenters.
    """
    tutorial, was = slot.tutorial, history.get(slot.key)
    first = slot.schedule.released_at or tutorial.updated_at
    last = was or Told(0, first)
    moments = [last.at, tutorial.updated_at, (edited or {}).get(tutorial.pk, last.at)]
    return Issue(
        sequence=last.times + tutorial.is_cancelled,
        at=max(moments),
        is_cancelled=tutorial.is_cancelled,
    )


def _event(slot: Slot, history: dict[UUID, Told], edited: dict[int, datetime]) -> Event:
    page = page_of(slot.tutorial)
    presenters = one_line(slot.tutorial.presenter_line)
    event = event_of(
        slot,
        issue_of(slot, history, edited),
        page=page,
        # Not every calendar shows an event's URL.
        description="\n\n".join(part for part in (presenters, page) if part),
    )
    if slot.tutorial.track:
        event.add("categories", [one_line(slot.tutorial.track.name)])
    return event
