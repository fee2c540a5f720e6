"""What every page of a conference has in common: the edition, its clocks, who may keep a copy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import F, FilteredRelation, Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from conference import kept
from conference.models import Conference
from conference.roles import Action, role_allows, role_given

if TYPE_CHECKING:
    from people.models import User

PERSONAL_COOKIES = frozenset({settings.SESSION_COOKIE_NAME, "messages"})

T = TypeVar("T")
ConferenceView = Callable[Concatenate[HttpRequest, Conference, ...], HttpResponseBase]


def visitor(request: HttpRequest) -> User | None:
    """The account of the visitor, or None. Without a session cookie no session is looked for."""
    user = getattr(request, "user", None)  # an API's request has none
    if settings.SESSION_COOKIE_NAME in request.COOKIES and user and user.is_authenticated:
        return user
    return None


def is_signed_in(request: HttpRequest) -> bool:
    """Whether the visitor has signed in."""
    return visitor(request) is not None


def is_personal(request: HttpRequest) -> bool:
    """Whether the answer may hold what is one visitor's alone: a session, or a message to show."""
    return not PERSONAL_COOKIES.isdisjoint(request.COOKIES)


def say_whose(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let any cache keep a stranger's answer, to be asked for again each time; no personal one."""
    if not response.has_header("Cache-Control"):
        whose = "private" if is_personal(request) else "public"
        patch_cache_control(response, no_cache=True, **{whose: True})
    patch_vary_headers(response, ["Cookie"])


def conference_page(view: ConferenceView) -> Callable[..., HttpResponseBase]:
    """Turn ``view(request, conference, …)`` into one that is given the slug from the address.

    The conference is read in one query, together with the visitor's role there, and is also
    ``request.conference`` for the templates; times are shown in its zone. A stranger's copy of the
    page may be kept by any cache and is asked for again each time (``ETag``); that of somebody with
    a session is private. Raises ``Http404`` for a slug that no edition has.
    """

    @functools.wraps(view)
    def page(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "\0" in request.path_info:
            # No name holds one, and PostgreSQL takes none in a question.
            raise Http404("No address holds a NUL.")
        conference = _conference(request, slug)
        request.conference = conference  # type: ignore[attr-defined]
        with timezone.override(conference.tz):
            response = view(request, conference, *args, **kwargs)
        say_whose(request, response)
        return response

    return page


def public_document(seconds: int) -> Callable[[ConferenceView], Callable[..., HttpResponseBase]]:
    """A document of a conference that is the same for everybody; for machines, who ask often.

    Any cache may answer for so many seconds, and while it asks again. No session is read.
    """

    def decorate(view: ConferenceView) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def document(
            request: HttpRequest, slug: str, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if "\0" in request.path_info:
                raise Http404("No address holds a NUL.")
            conference = get_object_or_404(Conference, slug=slug)
            with timezone.override(conference.tz):
                response = view(request, conference, *args, **kwargs)
            patch_cache_control(
                response, public=True, max_age=seconds, stale_while_revalidate=seconds
            )
            return response

        return document

    return decorate


def registering_page(view: ConferenceView) -> Callable[..., HttpResponseBase]:
    """A conference page that is not there (404) where people do not register for tutorials."""

    @conference_page
    @functools.wraps(view)
    def page(
        request: HttpRequest, conference: Conference, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not conference.takes_registrations:
            raise Http404("This conference takes no registrations for tutorials.")
        return view(request, conference, *args, **kwargs)

    return page


def staff_page(action: Action) -> Callable[[ConferenceView], Callable[..., HttpResponseBase]]:
    """A conference page for those whose role allows ``action``; for others it is not there (404).

    Somebody who is not signed in is sent to do so.
    """

    def decorate(view: ConferenceView) -> Callable[..., HttpResponseBase]:
        @conference_page
        @functools.wraps(view)
        def page(
            request: HttpRequest, conference: Conference, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if not is_signed_in(request):
                return redirect_to_login(request.get_full_path())
            if not role_allows(conference.visitor_role, action):
                raise Http404("Only the staff of this conference see this page.")
            return view(request, conference, *args, **kwargs)

        return page

    return decorate


def shared(request: HttpRequest, name: str, make: Callable[[], T]) -> T:
    """What is the same for all attendees on a page of the conference, in their language.

    It is made once in some seconds (``kept``) for all who are signed in: what ``make`` gives must
    be nobody's own, and is pickled. A stranger's page is kept whole (``page_cache``). Who works on
    the conference sees each change at once: for them it is made anew.
    """
    conference: Conference = request.conference  # type: ignore[attr-defined]
    is_attendee = visitor(request) is not None and not conference.visitor_role
    if settings.PAGE_CACHE_SECONDS == 0 or not is_attendee:
        return make()
    name = f"part:{conference.pk}:{get_language()}:{name}"
    found = kept.find(name)
    if found:
        return found.what
    made = make()
    kept.keep(name, made)
    return made


def _conference(request: HttpRequest, slug: str) -> Conference:
    """The edition, with ``visitor_role``: what the visitor is there (None for a stranger)."""
    conferences = Conference.objects.all()
    user = visitor(request)
    if user:
        theirs = FilteredRelation("memberships", condition=Q(memberships__user=user.pk))
        # At most one row (membership_one_role).
        conferences = conferences.annotate(  # type: ignore[no-redef]
            theirs=theirs, visitor_role=F("theirs__role")
        )
    try:
        conference = conferences.get(slug=slug)
    except Conference.DoesNotExist as error:
        raise Http404(f"No conference has the address “{slug}”.") from error
    conference.visitor_role = role_given(user, conference.visitor_role) if user else None
    return conference
