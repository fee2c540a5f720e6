"""The pictures that stand beside links to our pages elsewhere."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from conference.models import Conference
from conference.pages import public_document
from tutorials import programme, share_picture
from tutorials.share_picture import Picture

# An address with another version is another picture.
KEPT = 30 * 24 * 3600
KEPT_SHORTLY = 300


@require_safe
@public_document(KEPT)
def conference_picture(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Of a conference: for every page but those of a tutorial."""
    return _answer(request, share_picture.of_conference(conference))


@require_safe
@public_document(KEPT)
def tutorial_picture(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """Of a tutorial: what, who, when and where."""
    found = programme.tutorial_for_page(conference, tutorial)
    if found is None:
        raise Http404("No public tutorial has this address.")
    slots = list(programme.public_slots(conference).filter(tutorial=found))
    return _answer(request, share_picture.of_tutorial(found, slots))


def _answer(request: HttpRequest, picture: Picture) -> HttpResponse:
    """The picture at the address of its version; any other address leads there.

    Nothing is drawn for somebody who has it already, nor for addresses that somebody makes up.
    """
    tag = f'"{picture.version}"'
    response: HttpResponse
    if request.GET.get("v") != picture.version:
        response = HttpResponseRedirect(f"{request.path}?v={picture.version}")
        patch_cache_control(response, max_age=KEPT_SHORTLY, public=True)
        return response
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(share_picture.draw(picture), content_type="image/png")
    response["ETag"] = tag
    return response
