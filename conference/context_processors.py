"""What every page knows."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from conference.models import Conference
from conference.pages import is_personal, is_signed_in
from conference.roles import Action, role_allows, role_of


def site(request: HttpRequest) -> dict[str, Any]:
    """The edition in the page's head, the visitor, the messages; and whether the clock is set.

    ``conference`` is the one in the address, elsewhere the current one (read if a template asks).
    For somebody without a cookie neither a session nor messages are looked for, so that the page
    stays everybody's.
    """
    signed_in = is_signed_in(request)
    return {
        "clock_is_set": bool(settings.CLOCK),
        "signed_in": signed_in,
        "conference": SimpleLazyObject(lambda: _conference(request)),
        "sees_staff_pages": SimpleLazyObject(
            lambda: signed_in and _sees_staff_pages(request, _conference(request))
        ),
        "messages": get_messages(request) if is_personal(request) else (),
    }


def _conference(request: HttpRequest) -> Conference | None:
    if not hasattr(request, "conference"):
        named = _named_in(request) if request.resolver_match is None else None
        request.conference = named or Conference.objects.current()  # type: ignore[attr-defined]
    return request.conference  # type: ignore[attr-defined]


def _named_in(request: HttpRequest) -> Conference | None:
    """The edition of an address that is none of ours below it: “/cpal-2026/nothing/here/”."""
    words = request.path_info.strip("/").split("/")
    if words[0] in dict(settings.LANGUAGES):
        del words[0]
    if not words or "\0" in words[0]:
        return None
    return Conference.objects.filter(slug=words[0]).first()


def _sees_staff_pages(request: HttpRequest, conference: Conference | None) -> bool:
    if not conference:
        return False
    if not hasattr(conference, "visitor_role"):
        conference.visitor_role = role_of(request.user, conference)
    return role_allows(conference.visitor_role, Action.SEE_STAFF_PAGES)
