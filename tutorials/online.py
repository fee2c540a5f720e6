"""Which online link belongs to which part of a tutorial, who is shown it, and from when?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials import shown
from tutorials.models import OnlineLink, Schedule, Slot, Tutorial

# A part may run over its time, and who lost the connection comes back.
SHOWN_AFTER_THE_END = timedelta(hours=1)


@dataclass(frozen=True)
class Online:
    """What a visitor is shown of the link of a part: its address, or who gets it and when."""

    url: str
    sentence: str


@dataclass(frozen=True)
class Part:
    """One part of a tutorial on its page; ``online`` is None where there is nothing to say."""

    slot: Slot
    online: Online | None


def parts_of(
    slots: Sequence[Slot],
    links: Iterable[OnlineLink],
    conference: Conference,
    *,
    has_seat: bool,
    at: datetime,
) -> list[Part]:
    """The parts of a tutorial, each with what this visitor is shown of its link. No query."""
    link_of = {link.slot_key: link for link in links}
    parts = []
    for slot in slots:
        link = link_of.get(slot.key) or link_of.get(None)
        online = _online(slot, link, conference, has_seat, at) if link else None
        parts.append(Part(slot, online))
    return parts


def _online(
    slot: Slot, link: OnlineLink, conference: Conference, has_seat: bool, at: datetime
) -> Online | None:
    """By the link of a part; None once the part is over, and for a link that nobody may have."""
    if at >= slot.session.ends_at + SHOWN_AFTER_THE_END or shown.is_for_nobody(link, conference):
        return None
    if shown.may_have(link, conference, has_seat, at):
        return Online(link.url, "")
    return Online("", _who_and_when(link, conference, at))


def _who_and_when(link: OnlineLink, conference: Conference, at: datetime) -> str:
    if shown.has_come(link, at):
        return _("The link to join online is shown here to those with a seat.")
    time = {"time": conference.in_words(link.shown_from)}  # type: ignore[arg-type]
    if shown.is_for_everybody(link):
        return _("The link to join online is shown here from %(time)s.") % time
    return _("The link to join online is shown here to those with a seat, from %(time)s.") % time


def keys_of(tutorial: Tutorial) -> dict[uuid.UUID, Slot]:
    """The parts that a link can be for, by their keys: of the draft, else of the release.

    In order of time, with session and room. One query.
    """
    released = Schedule.objects.current(tutorial.conference).values("pk")
    slots = Slot.objects.filter(
        Q(schedule__number__isnull=True) | Q(schedule__in=released), tutorial=tutorial
    )
    found: dict[uuid.UUID, Slot] = {}
    for slot in slots.select_related("session", "schedule", "room").in_order():
        if slot.key not in found or slot.schedule.is_draft:
            found[slot.key] = slot
    return found
