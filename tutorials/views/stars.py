"""Starring tutorials: the buttons of all pages post here, and so does what a browser had kept."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, visitor
from tutorials import stars as rules


@conference_page
def stars(request: HttpRequest, conference: Conference) -> HttpResponse:
    """POST stars each tutorial that ``star`` names, and takes the star from each of ``unstar``.

    Leads back to ``next``, the page that the button is on; a script that asks for no page gets
    none. A GET leads to “My schedule”.
    """
    if not conference.has_stars:
        raise Http404("This conference has no stars.")
    back = _back(request, conference)
    if request.method != "POST":
        return HttpResponseRedirect(back)
    user = visitor(request)
    if user is None:
        to_sign_in = redirect_to_login(back)
        to_sign_in.status_code = 303
        return to_sign_in
    rules.star(user, conference, request.POST.getlist("star"), clock.now())
    rules.unstar(user, conference, request.POST.getlist("unstar"))
    if not request.accepts("text/html"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(back, status=303)


def _back(request: HttpRequest, conference: Conference) -> str:
    """A page of ours, whatever the request says."""
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return back
    return reverse("tutorials:my_tutorials", args=[conference.slug])
