"""What happened to registrations and seats, in the words of the admin: who, what, when, why."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conference.models import Conference
from conference.roles import Action, rights_of
from tutorials.models import Change, Registration


def may_see_history(request: HttpRequest, conference: Conference) -> bool:
    """Whether the visitor may see what happened there, and to whom."""
    return rights_of(request).may(Action.MANAGE_ATTENDEES, conference.pk)


def in_words(change: Change) -> str:
    """What became what: a registration's status, or how many seats there are."""
    if change.registration_id is None:
        before, after = _seats(change.seats_were), _seats(change.seats_became)
    else:
        before, after = str(change.get_was_display()), str(change.get_became_display())
    if before == after:
        return pgettext("history", "stays %(what)s") % {"what": after}
    return f"{before or '–'} → {after}"


def _seats(number: int | None) -> str:
    return _("no limit") if number is None else _("seats: %(number)d") % {"number": number}


def by_whom(change: Change) -> str:
    """Who did it: an account, or the system by itself."""
    return str(change.by) if change.by else _("the system")


def history_of(row: Registration, conference: Conference) -> list[dict[str, str]]:
    """All that happened to a registration, from the beginning, in words. One query."""
    changes = row.changes.select_related("by").order_by("pk")
    return [
        {
            "when": conference.in_words(change.at),
            "what": in_words(change),
            "why": change.get_why_display(),
            "by": by_whom(change),
            "reason": change.reason,
        }
        for change in changes
    ]
