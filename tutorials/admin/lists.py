"""What do lists of what attendees did have in common? Clocks, and whose rows they may show."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from conference.admin_choices import is_id
from conference.dates import short_moment_in_words
from conference.models import Conference
from conference.roles import Action, rights_of

CHOSEN = "tutorial__conference__id__exact"


def conferences_listed(request: HttpRequest) -> list[Conference]:
    """Those whose attendees a list may show: the one chosen in its filter, else all one may see.

    One query for each request.
    """
    listed: list[Conference] | None = getattr(request, "conferences_listed", None)
    if listed is None:
        chosen = request.GET.get(CHOSEN, "")
        rows = Conference.objects.only("pk", "slug", "name", "time_zone")
        rows = rights_of(request).limit(rows, Action.MANAGE_ATTENDEES, "")
        listed = list(rows.filter(pk=chosen) if is_id(chosen) else rows)
        request.conferences_listed = listed  # type: ignore[attr-defined]
    return listed


def zone_of_list(request: HttpRequest) -> str:
    """The time zone of all that a list may show; empty where there are several."""
    zones = {conference.time_zone for conference in conferences_listed(request)}
    return zones.pop() if len(zones) == 1 else ""


def moment_in_list(conference: Conference, moment: datetime) -> str:
    """Short, on the clocks of the conference; the zone is named unless it stands above the list.

    It stands there where the list's own clocks are set, which are never those of the install.
    """
    words = short_moment_in_words(conference.local(moment))
    zone = conference.time_zone
    if zone == timezone.get_current_timezone_name() and zone != settings.TIME_ZONE:
        return words
    return f"{words} ({zone})"
