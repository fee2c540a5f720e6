"""“My schedule”: what the visitor means to go to, with an account or without."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import set_response_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, visitor
from people.models import User
from tutorials import my_schedule as schedules
from tutorials import private_calendar
from tutorials.choices import Choices, choices_of
from tutorials.models import Registration
from tutorials.programme import paged
from tutorials.standing import my_tutorials as tutorials_of
from tutorials.views.tickets import place_of


@require_safe
@conference_page
def my_schedule(request: HttpRequest, conference: Conference) -> HttpResponse:
    """What is the visitor's: held seats first, then all by day and time.

    A stranger's is made of the tutorials that ``stars`` names, with commas between. Where there
    are no stars it is “My tutorials”, and a stranger signs in.
    """
    if not schedules.is_kept(conference):
        raise Http404("Nobody has a schedule of their own at this conference.")
    user = visitor(request)
    if user:
        return _own(request, conference, user)
    if conference.has_stars:
        return _strangers(request, conference)
    return redirect_to_login(request.get_full_path())


def _own(request: HttpRequest, conference: Conference, user: User) -> HttpResponse:
    at = clock.now()
    calendar = _calendar_address(user, conference)
    attendee = place_of(user, conference) if conference.takes_registrations else None
    registrations: list[Registration] = []
    choices: list[Choices] = []
    if attendee:
        attendee.conference = conference
        registrations = tutorials_of(attendee, at)
        choices = choices_of(attendee, registrations, at)
    lines = schedules.own_lines(user, conference, attendee, choices, at)
    going = [line for line in lines if not line.is_held and not line.has_lapsed]
    page = paged(going, request.GET.get("page"), schedules.PER_PAGE)
    context = {
        "attendee": attendee,
        "registrations": registrations,
        "held": [line for line in lines if line.is_held],
        "days": schedules.by_day(page.object_list, conference),
        "lapsed": [line for line in lines if line.has_lapsed],
        "page": page,
        "first": lines[0].starts_at if lines else None,
        "calendar": calendar,
        # By this calendar programs know that it is theirs.
        "webcal": calendar.replace("https:", "webcal:", 1).replace("http:", "webcal:", 1),
    }
    return render(request, "tutorials/my_tutorials.html", context)


def _calendar_address(user: User, conference: Conference) -> str:
    """The secret address of their calendar; empty while there is none."""
    found = private_calendar.calendar_for(user, conference)
    if found is None:
        return ""
    found.conference = conference
    return private_calendar.address_of(found)


def _strangers(request: HttpRequest, conference: Conference) -> HttpResponse:
    named = request.GET.get("stars", "")
    lines = schedules.named_lines(conference, named.split(","), clock.now()) if named else []
    context = {
        "named": named,
        "days": schedules.by_day(lines, conference),
        "first": lines[0].starts_at if lines else None,
    }
    return render(request, "tutorials/my_stars.html", context)


@conference_page
def my_calendar(request: HttpRequest, conference: Conference) -> HttpResponse:
    """POST makes, changes or gives up the address of one's calendar, as ``do`` says.

    It and a GET lead to “My schedule”.
    """
    if not schedules.is_kept(conference):
        raise Http404("Nobody has a schedule of their own at this conference.")
    mine = reverse("tutorials:my_tutorials", args=[conference.slug])
    user = visitor(request)
    if user is None:
        return redirect_to_login(mine)
    do = request.POST.get("do", "")
    if do == "make":
        private_calendar.make(user, conference, clock.now())
        messages.success(request, _("This is the address of your calendar."))
    elif do == "renew":
        private_calendar.renew(user, conference, clock.now())
        messages.success(request, _("Your calendar has a new address. The old one leads nowhere."))
    elif do == "off":
        private_calendar.switch_off(user, conference)
        messages.success(request, _("Your calendar is switched off. Its address leads nowhere."))
    return HttpResponseRedirect(f"{mine}#calendar", status=303)


@require_safe
@conference_page
def calendar_file(request: HttpRequest, conference: Conference, key: str) -> HttpResponse:
    """What calendar programs read at somebody's secret address; no session is needed."""
    user = private_calendar.user_by_key(conference, key)
    if user is None or not schedules.is_kept(conference):
        raise Http404("Nobody's calendar has this address.")
    response = HttpResponse(
        private_calendar.content(user, conference), content_type="text/calendar; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    set_response_etag(response)
    return response
