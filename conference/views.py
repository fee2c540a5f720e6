"""What belongs to the edition itself: its colour and its imprint."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conference.colour import style_sheet
from conference.models import Conference
from conference.pages import conference_page


@conference_page
def colour_css(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The style sheet of the conference's own colour; 404 where it has none."""
    if not conference.colour:
        raise Http404("This conference has no colour of its own.")
    response = HttpResponse(style_sheet(conference.colour), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


@conference_page
def imprint(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Who answers for the site; 404 where nobody wrote it."""
    if not conference.imprint:
        raise Http404("This conference has no imprint.")
    return render(request, "conference/imprint.html")
