"""How much room is there? What open pages ask again and again, so that they stay true."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import public_document
from tutorials import programme


@require_safe
@public_document(settings.FRESH_SECONDS)
def seats(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The seats of every public tutorial, in the words of the pages. 404 where nobody registers."""
    if not conference.takes_registrations:
        raise Http404("This conference takes no registrations for tutorials.")
    return JsonResponse({"tutorials": programme.seats_now(conference, clock.now())})
