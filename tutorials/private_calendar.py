"""What do somebody's calendar programs read at the secret address of their own?

Whoever has the address reads along, so it can be changed or given up at any time. It is made of the
released schedule each time it is read: what is moved, cancelled, starred or given up follows.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Event

from conference.addresses import absolute, without_prefix
from conference.models import Conference
from people.attendees import attendee_of
from people.models import User
from tutorials.calendar import calendar_of, event_of
from tutorials.changes import Told, told
from tutorials.feeds.ics import issue_of
from tutorials.feeds.released import page_of
from tutorials.models import PrivateCalendar, Registration, Slot
from tutorials.programme import public_slots

Status = Registration.Status
STAR = "★"


def address_of(calendar: PrivateCalendar) -> str:
    """The secret address in full. It has no language: programs read it."""
    path = without_prefix("tutorials:private_calendar", calendar.conference.slug, calendar.key)
    return absolute(path)


def calendar_for(user: User, conference: Conference) -> PrivateCalendar | None:
    """The address that somebody has made, or None. One query."""
    return PrivateCalendar.objects.filter(user=user, conference=conference).first()


def make(user: User, conference: Conference, at: datetime) -> None:
    """Make an address; the one that there is stays as it is."""
    PrivateCalendar.objects.get_or_create(
        user=user, conference=conference, defaults={"key": _new_key(), "made_at": at}
    )


def renew(user: User, conference: Conference, at: datetime) -> None:
    """Make another address; the old one leads nowhere."""
    PrivateCalendar.objects.update_or_create(
        user=user, conference=conference, defaults={"key": _new_key(), "made_at": at}
    )


def switch_off(user: User, conference: Conference) -> None:
    """Give the address up; it leads nowhere."""
    PrivateCalendar.objects.filter(user=user, conference=conference).delete()


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def user_by_key(conference: Conference, key: str) -> User | None:
    """Whose address it is; None for one of nobody, or of an account that is closed. One query."""
    found = PrivateCalendar.objects.filter(conference=conference, key=key, user__is_active=True)
    calendar = found.select_related("user").first()
    return calendar.user if calendar else None


def content(user: User, conference: Conference) -> bytes:
    """The calendar file: seats, seats that are held, and stars. At most five queries.

    Who waits has no time to keep free yet. Held and starred are TENTATIVE, and whatever is starred
    alone has a star before its title.
    """
    registered: dict[int, Registration] = {}
    changed: dict[int, datetime] = {}  # also by those that were given up
    attendee = attendee_of(user, conference) if conference.takes_registrations else None
    if attendee:
        for each in Registration.objects.filter(attendee=attendee):
            moments = (each.registered_at, each.confirmed_at, each.cancelled_at)
            known = changed.get(each.tutorial_id, each.registered_at)
            changed[each.tutorial_id] = max(known, *(moment for moment in moments if moment))
            if each.status in Registration.SEATED:
                registered[each.tutorial_id] = each
    slots = _slots(user, conference, registered)
    history = told(conference, {slot.tutorial_id for slot in slots})
    with translation.override(attendee.language if attendee and attendee.language else None):
        name = _("My schedule, %(conference)s") % {"conference": conference}
        return calendar_of(
            [_event(slot, registered.get(slot.tutorial_id), history, changed) for slot in slots],
            name=name,
        )


def _slots(user: User, conference: Conference, registered: Iterable[int]) -> list[Slot]:
    slots = public_slots(conference).select_related(
        "schedule", "session", "room__venue", "tutorial"
    )
    theirs = slots.filter(tutorial__in=list(registered))
    if conference.has_stars:
        theirs |= slots.filter(tutorial__stars__user=user)
    found = list(theirs.distinct())
    for slot in found:
        slot.tutorial.conference = conference
    return found


def _event(
    slot: Slot,
    mine: Registration | None,
    history: dict[UUID, Told],
    changed: dict[int, datetime],
) -> Event:
    issue, tutorial = issue_of(slot, history), slot.tutorial
    issue = replace(issue, at=max(issue.at, changed.get(tutorial.pk, issue.at)))
    page = page_of(tutorial)
    said = [*_said_of(mine, tutorial.conference), page]
    event = event_of(slot, issue, page=page, description="\n\n".join(said))
    if tutorial.is_cancelled:
        return event
    if mine is None:
        _set(event, "summary", f"{STAR} {event['summary']}")
    if mine is None or mine.status != Status.CONFIRMED:
        _set(event, "status", "TENTATIVE")
    return event


def _said_of(mine: Registration | None, conference: Conference) -> list[str]:
    if mine is None or mine.status != Status.OFFERED or mine.offered_until is None:
        return []
    until = conference.in_words(mine.offered_until)
    text = _("A seat is held for you until %(time)s. It is yours once you accept it.")
    return [text % {"time": until}]


def _set(event: Event, name: str, value: str) -> None:
    event.pop(name)
    event.add(name, value)
