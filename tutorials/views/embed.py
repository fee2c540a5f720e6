"""The programme inside another website: in a frame, or as a piece of HTML to paste.

These pages are everybody's: no session is read for them, so that a frame on a website of the same
domain shows no visitor what is theirs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import public_document
from tutorials import embedding
from tutorials.board import day_to_show, days_of, released_sessions

THEMES = ("light", "dark")
PASSED_ON = ("track", "theme")  # from page to page within the frame

framed_by_anybody: Callable = csp_replace({"frame-ancestors": ["*"]})


@require_safe
@xframe_options_exempt
@framed_by_anybody
@public_document(settings.FEED_SECONDS)
def embedded_list(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The tutorials, for a frame."""
    track = embedding.track_asked_for(conference, request.GET)
    page, entries = embedding.listed(conference, track, request.GET.get("page"))
    starts = (entry.slots[0].session.starts_at for entry in entries if entry.slots)
    context = {
        "page": page,
        "entries": entries,
        "track": track,
        "first_start": next(starts, None),
    }
    return _page("tutorials/embed_list.html", request, conference, context)


@require_safe
@xframe_options_exempt
@framed_by_anybody
@public_document(settings.FEED_SECONDS)
def embedded_timetable(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The timetable of a day, for a frame; of today while the conference runs."""
    track = embedding.track_asked_for(conference, request.GET)
    found = embedding.timetable(conference, track, None)
    days = [each.date for each in found]  # on which there is something of the track
    day = day_to_show(request.GET.get("day"), days, conference.local(clock.now()).date())
    shown = [each for each in found if each.date == day]
    context = {"days": days, "day": day, "shown": shown, "track": track}
    return _page("tutorials/embed_timetable.html", request, conference, context)


@require_safe
@public_document(settings.FEED_SECONDS)
def fragment(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The programme as a piece of HTML without head, styles and scripts; any site may fetch it."""
    track = embedding.track_asked_for(conference, request.GET)
    sessions = released_sessions(conference)
    day = embedding.day_asked_for(days_of(conference, sessions), request.GET)
    html = render_to_string(
        "tutorials/embed_fragment.html",
        {
            "conference": conference,
            "shown": embedding.timetable(conference, track, day, sessions),
            "open": [] if day else embedding.without_time(conference, track),
            "site": settings.SITE_URL,
        },
    )
    response = HttpResponse(html)
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(
    template: str, request: HttpRequest, conference: Conference, context: Mapping[str, object]
) -> HttpResponse:
    asked = request.GET.get("theme", "")
    common = {
        "conference": conference,
        "theme": asked if asked in THEMES else "",
        "kept": _kept(request.GET),
    }
    # Without the request: what every page knows of its visitor is none of this one's.
    response = HttpResponse(render_to_string(template, common | dict(context)))
    response["X-Robots-Tag"] = "noindex"
    return response


def _kept(params: QueryDict) -> str:
    """What stays in the address from page to page, to be put behind another “name=value”."""
    kept = QueryDict(mutable=True)
    for name in PASSED_ON:
        if value := params.get(name):
            kept[name] = value
    return iri_to_uri(f"&{kept.urlencode()}" if kept else "")
