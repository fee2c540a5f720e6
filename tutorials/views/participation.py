"""Taking part: register for a tutorial, give that up, see what one has."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from conference import clock
from conference.models import Conference
from conference.pages import registering_page, visitor
from people.attendees import attendee_for, attendee_of, attendee_or_new
from people.models import Attendee
from tutorials import registration
from tutorials.models import Registration, Tutorial
from tutorials.standing import Refused
from tutorials.standing import my_tutorials as tutorials_of

Status = Registration.Status


@registering_page
def register(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """POST registers, and answers with the tutorial's page; a GET only leads there."""
    found = _public_tutorial(conference, tutorial)
    user = visitor(request)
    if request.method != "POST" or user is None:
        return _elsewhere(request, found)
    attendee = attendee_or_new(user, conference)
    try:
        if attendee.pk is None:
            _refuse(attendee, found)
            attendee = attendee_for(user, conference, request.POST.get("name", ""))
        mine = registration.register(attendee, found, by=user, at=clock.now())
    except Refused as refused:
        messages.error(request, refused.refusal.message)
        return _see(found)
    if mine.status == Status.WAITLISTED:
        messages.success(
            request,
            _("“%(title)s” is full. You are number %(place)d on its waiting list.")
            % {"title": found.title, "place": mine.place},
        )
    else:
        messages.success(request, _("You are registered for “%(title)s”.") % {"title": found.title})
    return _see(found)


@registering_page
def cancel(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """POST gives up the seat or the place in the queue; a GET only leads to the tutorial."""
    found = _public_tutorial(conference, tutorial)
    user = visitor(request)
    if request.method != "POST" or user is None:
        return _elsewhere(request, found)
    attendee = attendee_of(user, conference)
    ended = None
    if attendee:
        try:
            ended = registration.cancel(attendee, found, by=user, at=clock.now())
        except Refused as refused:
            messages.error(request, refused.refusal.message)
            return _see(found)
    if ended and ended.confirmed_at is None:
        left = _("You have left the waiting list of “%(title)s”.")
    else:
        left = _("You are not registered for “%(title)s” any more.")
    messages.success(request, left % {"title": found.title})
    return _see(found)


@registering_page
def my_tutorials(request: HttpRequest, conference: Conference) -> HttpResponse:
    """What the visitor has a seat in, and the places in the queues, in order of time."""
    user = visitor(request)
    if user is None:
        return redirect_to_login(request.get_full_path())
    attendee = attendee_of(user, conference)
    registrations = tutorials_of(attendee, clock.now()) if attendee else []
    context = {"attendee": attendee, "registrations": registrations}
    return render(request, "tutorials/my_tutorials.html", context)


def _public_tutorial(conference: Conference, slug: str) -> Tutorial:
    public = Tutorial.objects.public().for_conference(conference)
    return get_object_or_404(public.select_related("conference"), slug=slug)


def _elsewhere(request: HttpRequest, tutorial: Tutorial) -> HttpResponse:
    """Where a request goes that changes nothing: to the tutorial, by way of signing in."""
    if request.method != "POST":
        return HttpResponseRedirect(tutorial.get_absolute_url())
    to_sign_in = redirect_to_login(tutorial.get_absolute_url())
    to_sign_in.status_code = 303
    return to_sign_in


def _refuse(attendee: Attendee, tutorial: Tutorial) -> None:
    """Raise ``Refused`` before a place is made for somebody who would be refused."""
    refusal = registration.why_not(attendee, tutorial, clock.now())
    if refusal:
        raise Refused(refusal)


def _see(tutorial: Tutorial) -> HttpResponse:
    """303 See Other (RFC 9110, 15.4.4): a reload of what follows does not register again."""
    return HttpResponseRedirect(tutorial.get_absolute_url(), status=303)
