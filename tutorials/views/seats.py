"""How much room is there? What open pages ask again and again, so that they stay true."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import set_response_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import public_document
from tutorials import programme

FRESH_SECONDS = 5  # one answer serves a whole hall for so long


@require_safe
@gzip_page
@public_document(FRESH_SECONDS)
def seats(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The seats of every public tutorial, in the words of the pages. 404 where nobody registers."""
    if not conference.takes_registrations:
        raise Http404("This conference takes no registrations for tutorials.")
    response = JsonResponse({"tutorials": programme.seats_now(conference, clock.now())})
    # Before it is compressed, which never comes out the same twice.
    set_response_etag(response)
    return response
