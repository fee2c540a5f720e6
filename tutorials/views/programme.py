"""The public pages of a programme."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, shared, visitor
from people.models import Person
from tutorials import presenters, programme
from tutorials.models import Tutorial
from tutorials.stars import starred_by
from tutorials.summary import sentence, summary
from venues.models import Room


@require_safe
@conference_page
def tutorial_list(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Every tutorial, track by track, opened by the sentence that counts them."""
    number = request.GET.get("page")
    context = shared(request, f"list:{number}", lambda: _listed(conference, number))
    user = visitor(request)
    programme.mark(
        context["groups"], programme.marks(user, conference), starred_by(user, conference)
    )
    return render(request, "tutorials/tutorial_list.html", context)


def _listed(conference: Conference, number: str | None) -> dict[str, Any]:
    """What a page of the list shows to everybody."""
    rows = programme.public_rows(conference)
    slots = programme.slot_rows(conference)
    page = programme.paged(rows, number, programme.PER_PAGE)
    starts = [(slot.tutorial, slot.session, slot.starts_at) for slot in slots]
    return {
        "sentence": sentence(summary(conference, rows, starts)),
        "groups": programme.list_by_track(conference, rows, slots, page, clock.now()),
        "page": page,
        "has_times": bool(slots),
    }


@require_safe
@conference_page
def presenter_list(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Who presents, by name."""
    rows = presenters.presenter_index(conference)
    page = programme.paged(rows, request.GET.get("page"), presenters.PER_PAGE)
    groups = presenters.presenters_by_initial(conference, page.object_list)
    return render(request, "tutorials/presenter_list.html", {"groups": groups, "page": page})


@require_safe
@conference_page
def presenter_detail(request: HttpRequest, conference: Conference, presenter: str) -> HttpResponse:
    """A person and what they present at this conference; without anything there, 404."""
    public = Tutorial.objects.public().for_conference(conference)
    present = Person.objects.filter(presenters__tutorial__in=public).distinct()
    person = get_object_or_404(present.prefetch_related("links"), slug=presenter)
    billed = list(presenters.presents_at(conference).filter(person=person))
    slots = programme.public_slots(conference).filter(
        tutorial__in=[billing.tutorial_id for billing in billed]
    )
    slots_of = programme.slots_by_tutorial(slots)
    context = {
        "person": person,
        "presents": [(billing, slots_of.get(billing.tutorial_id, [])) for billing in billed],
    }
    return render(request, "tutorials/presenter_detail.html", context)


@require_safe
@conference_page
def venue_list(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Where everything is: buildings, how to get there, and their rooms."""
    rooms = Prefetch("rooms", Room.objects.order_by("position", "name"))
    context = {
        "venues": conference.venues.prefetch_related(rooms),
        "tracks_of": programme.tracks_by_room(conference),
    }
    return render(request, "tutorials/venue_list.html", context)
