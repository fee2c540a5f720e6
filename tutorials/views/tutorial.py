"""The page of one tutorial."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, shared, visitor
from people.attendees import attendee_or_new
from tutorials import feedback, materials, online, programme
from tutorials.around import around, neighbours
from tutorials.choices import Choices
from tutorials.mails.alternatives import alternatives_to
from tutorials.models import Material, OnlineLink, Registration, Slot
from tutorials.standing import Standing
from tutorials.waiting import passed_over


@require_safe
@conference_page
def tutorial_detail(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """One tutorial: what, who, when and where, what is around it, and how to take part."""
    user, at = visitor(request), clock.now()
    found = programme.tutorial_for_page(conference, tutorial, user)
    if found is None:
        raise Http404("No public tutorial has this address.")
    context: dict[str, Any] = {"tutorial": found}
    has_seat = False
    if conference.takes_registrations:
        attendee = attendee_or_new(user, conference) if user else None
        standing = Standing.load(attendee, found)
        choices = Choices(standing, at)
        slots, mine = standing.own_slots, choices.mine
        has_seat = mine is not None and mine.status == Registration.Status.CONFIRMED
        context |= {"choices": choices, "seats": choices.seats}
        context["passed_over"] = passed_over(standing, at)
        context["needs_name"] = attendee is not None and not attendee.name
        context["feedback"] = feedback.panel(attendee, found, slots, at)
        if found.is_cancelled:
            context["alternatives"] = alternatives_to(found, attendee, at)
    else:
        slots = list(programme.public_slots(conference).filter(tutorial=found))
    for slot in slots:
        slot.tutorial = found
    nearby, beside = shared(
        request,
        f"around:{found.pk}",
        lambda: (None if found.is_cancelled else around(found, slots), neighbours(found)),
    )
    context |= {
        "slots": slots,
        "parts": _parts(found, slots, has_seat),
        "duration": programme.duration_of(slots),
        "around": nearby,
        "neighbours": beside,
        "files": _files(found, has_seat),
    }
    return render(request, "tutorials/tutorial_detail.html", context)


def _parts(found: Any, slots: list[Slot], has_seat: bool) -> list[online.Part]:
    """When and where, with the links to join online; not of what is cancelled."""
    links: list[OnlineLink] = []
    if found.has_links and not found.is_cancelled:
        links = list(found.online_links.all())
    return online.parts_of(slots, links, found.conference, has_seat=has_seat, at=clock.now())


def _files(found: Any, has_seat: bool) -> list[materials.Shown]:
    if not found.has_files:
        return []
    accepted = Material.objects.accepted().filter(tutorial=found)
    return materials.shown_on_page(accepted, found.conference, has_seat=has_seat, at=clock.now())
