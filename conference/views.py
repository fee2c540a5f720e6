"""What belongs to the edition itself: its colour, its imprint and the texts beside it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conference.colour import style_sheet
from conference.models import Conference, address_in
from conference.pages import conference_page


@require_safe
@conference_page
def colour_css(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The style sheet of the conference's own colour; 404 where it has none."""
    if not conference.colour:
        raise Http404("This conference has no colour of its own.")
    response = HttpResponse(style_sheet(conference.colour), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
@conference_page
def imprint(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Who answers for the site."""
    return _text(request, _("Imprint"), conference.imprint)


@require_safe
@conference_page
def privacy(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Who keeps what of an attendee, and why."""
    return _text(request, _("Privacy notice"), conference.privacy_notice)


@require_safe
@conference_page
def code_of_conduct(request: HttpRequest, conference: Conference) -> HttpResponse:
    """How people treat each other there."""
    return _text(request, _("Code of conduct"), conference.code_of_conduct)


def _text(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """A page of one text; to what is an address elsewhere it leads. 404 where nobody wrote any."""
    if not text.strip():
        raise Http404("This conference has no such text.")
    if address := address_in(text):
        return redirect(address)
    return render(request, "conference/text.html", {"title": title, "text": text})
