"""What somebody agrees to: whether presenters see that they come. And when no name is left."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from conference.models import Conference
from conference.pages import ConferenceView, registering_page, visitor
from people.privacy import show_to_presenters
from tutorials.privacy import deleted_in_words


@registering_page
def shown(request: HttpRequest, conference: Conference) -> HttpResponse:
    """POST says whether the visitor's name is shown; it and a GET lead to “My tutorials”."""
    mine = reverse("tutorials:my_tutorials", args=[conference.slug])
    user = visitor(request)
    if user is None:
        return redirect_to_login(mine)
    if request.method == "POST":
        agreed = "shown" in request.POST
        if show_to_presenters(user, conference, agreed):
            yes = _("The presenters of your tutorials see your name now.")
            no = _("The presenters of your tutorials do not see your name.")
            messages.success(request, yes if agreed else no)
    return HttpResponseRedirect(mine, status=303)


def needs_names(view: ConferenceView) -> ConferenceView:
    """A page with people's names; once they are deleted it leads to where that is said."""

    @functools.wraps(view)
    def page(
        request: HttpRequest, conference: Conference, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if deleted_in_words(conference):
            return HttpResponseRedirect(reverse("tutorials:staff_home", args=[conference.slug]))
        return view(request, conference, *args, **kwargs)

    return page
