"""The admin's page on which the programme is put in order, by dragging or by numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.admin_pages import ConferenceModelAdmin
from conference.models import Conference
from conference.roles import Action
from tutorials.models import Tutorial
from tutorials.ordering import put_in_order


def ordering_address(conference: Conference) -> str:
    """Where the programme of a conference is put in order."""
    return reverse("admin:conference_conference_order", args=[conference.pk])


def ordering_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show tracks and their tutorials with a number each, and write the numbers that come back."""
    conference = model_admin.asked_for(request, pk, Action.EDIT_PROGRAMME)
    if request.method == "POST":
        changed = put_in_order(
            conference, tracks=_numbers(request, "track"), tutorials=_numbers(request, "tutorial")
        )
        text = ngettext("%(number)d place changed.", "%(number)d places changed.", changed)
        messages.success(request, text % {"number": changed})
        return HttpResponseRedirect(ordering_address(conference), status=303)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Order of the programme"),
        "subtitle": str(conference),
        "opts": model_admin.opts,
        "conference": conference,
        "groups": _groups(conference),
        "back": reverse("admin:conference_conference_change", args=[pk]),
    }
    return TemplateResponse(request, "admin/tutorials/order.html", context)


def _groups(conference: Conference) -> list[dict[str, Any]]:
    """Every track with its tutorials; last, those that are in none. Two queries."""
    by_track: dict[int | None, list[Tutorial]] = defaultdict(list)
    for tutorial in conference.tutorials.in_programme_order():
        by_track[tutorial.track_id].append(tutorial)
    tracks = [*conference.tracks.order_by("position", "pk")]
    groups: list[dict[str, Any]] = [
        {"track": track, "tutorials": by_track.pop(track.pk, [])} for track in tracks
    ]
    rest = by_track.pop(None, [])
    return [*groups, {"track": None, "tutorials": rest}] if rest else groups


def _numbers(request: HttpRequest, kind: str) -> dict[int, int]:
    """The numbers that were sent for rows of a kind, by id: ``tutorial-12=3``."""
    found = {}
    for name, value in request.POST.items():
        prefix, _dash, pk = name.partition("-")
        if prefix == kind and pk.isdecimal() and str(value).isdecimal() and len(str(value)) < 6:
            found[int(pk)] = int(str(value))
    return found
