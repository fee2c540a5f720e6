"""The programme for other programs, and what search engines ask for.

None of it has a language: below ``/de/`` its addresses lead to those without.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import set_response_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from conference.addresses import absolute, without_language
from conference.models import Conference
from conference.pages import public_document
from tutorials.feeds.atom import changes_atom
from tutorials.feeds.c3voc_json import schedule_json as json_of
from tutorials.feeds.frab_xml import schedule_xml as xml_of
from tutorials.feeds.ics import schedule_ics as calendar_of_all
from tutorials.feeds.ics import tutorial_ics as calendar_of_one
from tutorials.feeds.jsonld import schedule_json_ld
from tutorials.feeds.sitemap import sitemap as sitemap_of
from tutorials.models import Tutorial

CALENDAR = "text/calendar; charset=utf-8"
# What is not there for strangers, or for one visitor alone, in every language.
NOT_FOR_ROBOTS = (
    "/admin/", "/accounts/", "/*/accounts/", "/*/my/", "/*/staff/", "/*/offers/", "/*/leave/",
    "/*/presenting/", "/*/invitations/",
)  # fmt: skip
# The longer rule counts (RFC 9309, 2.2.2): a presenter or a tutorial may be called “my” or “staff”.
FOR_ROBOTS = ("/*/presenters/", "/*/tutorials/")


def feed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A document of a conference for other programs: public, and at one address."""
    document = require_safe(public_document(settings.FEED_SECONDS)(_tagged(view)))

    @functools.wraps(view)
    def at_one_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        address = request.get_full_path()
        plain = without_language(address)
        if plain != address:
            return HttpResponsePermanentRedirect(plain)
        return document(request, *args, **kwargs)

    return at_one_address


def _tagged(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def tagged(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        # Before it is compressed, which need not come out the same twice.
        set_response_etag(response)
        # Everybody's to read, by a script on another website too.
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return tagged


@feed
def schedule_ics(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Every public tutorial with a time, as a calendar to subscribe to."""
    return HttpResponse(calendar_of_all(conference), content_type=CALENDAR)


@feed
def tutorial_ics(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """One tutorial as a file for a calendar; 404 while it has no time."""
    public = Tutorial.objects.public().for_conference(conference)
    found = get_object_or_404(public, slug=tutorial)
    found.conference = conference
    content = calendar_of_one(found)
    if content is None:
        raise Http404("This tutorial has no time yet.")
    name = f'attachment; filename="{conference.slug}-{found.code}.ics"'
    headers = {"Content-Disposition": name}
    return HttpResponse(content, content_type=CALENDAR, headers=headers)


@feed
def schedule_xml(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The schedule in frab's XML."""
    return HttpResponse(xml_of(conference), content_type="application/xml; charset=utf-8")


@feed
def schedule_json(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The schedule in c3voc's JSON."""
    return _json(json_of(conference), "application/json")


@feed
def schedule_jsonld(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The schedule as schema.org's events."""
    return _json(schedule_json_ld(conference), "application/ld+json")


@feed
def schedule_changes_atom(request: HttpRequest, conference: Conference) -> HttpResponse:
    """What changed, version by version."""
    kind = "application/atom+xml; charset=utf-8"
    return HttpResponse(changes_atom(conference), content_type=kind)


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The public pages of all editions; ``part`` is the number of a part of a large one."""
    part = request.GET.get("part", "")
    content = sitemap_of(int(part) if re.fullmatch("[0-9]{1,6}", part) else None)
    if content is None:
        raise Http404("The sitemap has no such part.")
    return HttpResponse(content, content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What robots need not ask for, and where the sitemap is (RFC 9309)."""
    rules = [f"Disallow: {path}" for path in NOT_FOR_ROBOTS]
    rules += [f"Allow: {path}" for path in FOR_ROBOTS]
    lines = ["User-agent: *", *rules, "", f"Sitemap: {absolute(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _json(data: dict[str, Any], kind: str) -> HttpResponse:
    # Unlike JsonResponse's, letters as they are: a third of the size for most of the world.
    return HttpResponse(json.dumps(data, ensure_ascii=False), content_type=kind)
