"""Taking part: register for a tutorial, switch to it, give it up."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from conference import clock
from conference.models import Conference
from conference.pages import registering_page, visitor
from people.attendees import attendee_of, new_attendee
from people.models import Attendee, User
from tutorials import registration
from tutorials.models import Registration, Tutorial
from tutorials.standing import Refused
from tutorials.views import saying
from tutorials.views.tickets import place_of

Status = Registration.Status
WhenFree = Registration.WhenFree


@registering_page
def register(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """POST registers, and answers with the tutorial's page; a GET only leads there.

    Who has something at the same time says what they want: ``when_free`` (“offer”, “switch”),
    ``from``: the tutorial that they give up, or ``despite_overlap``.
    """
    found = _public_tutorial(conference, tutorial)
    user = visitor(request)
    if request.method != "POST" or user is None:
        return _elsewhere(request, found)
    when_free = _when_free(request)
    gives_up = _given_up(request, conference)
    try:
        mine = registration.register(
            _attendee(request, user, found),
            found,
            by=user,
            at=clock.now(),
            when_free=when_free,
            gives_up=gives_up,
            despite_overlap="despite_overlap" in request.POST,
        )
    except Refused as refused:
        messages.error(request, refused.refusal.message)
        return see(request, found)
    switches = [gives_up] if gives_up and when_free == WhenFree.SWITCH else []
    messages.success(request, saying.became(mine, found, switches))
    return see(request, found)


@registering_page
def switch(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """POST takes a seat here and gives up the one in the tutorial ``from``; a GET only leads there.

    Where none is free they wait, and keep what they have until then.
    """
    found = _public_tutorial(conference, tutorial)
    user = visitor(request)
    if request.method != "POST" or user is None:
        return _elsewhere(request, found)
    gives_up = _given_up(request, conference)
    if gives_up is None:
        messages.error(request, _("Say which tutorial you give up for this one."))
        return see(request, found)
    try:
        attendee = _attendee(request, user, found)
        mine = registration.switch(attendee, found, gives_up=gives_up, by=user, at=clock.now())
    except Refused as refused:
        messages.error(request, refused.refusal.message)
        return see(request, found)
    messages.success(request, saying.became(mine, found, [gives_up]))
    return see(request, found)


@registering_page
def wish(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """POST says anew what somebody who waits wants when a seat is free; a GET only leads there."""
    found = _public_tutorial(conference, tutorial)
    user = visitor(request)
    if request.method != "POST" or user is None:
        return _elsewhere(request, found)
    attendee = attendee_of(user, conference)
    when_free, gives_up = _when_free(request), _given_up(request, conference)
    mine = attendee and registration.change_wish(
        attendee, found, when_free=when_free, gives_up=gives_up, by=user, at=clock.now()
    )
    if mine:
        switches = [gives_up] if gives_up and when_free == WhenFree.SWITCH else []
        messages.success(request, saying.became(mine, found, switches))
    else:
        text = _("You are not on the waiting list of “%(title)s”.") % {"title": found.title}
        messages.error(request, text)
    return see(request, found)


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
            return see(request, found)
    messages.success(request, saying.left(ended, found))
    return see(request, found)


def _public_tutorial(conference: Conference, slug: str) -> Tutorial:
    """Only its address and title are read: what is decided is read again under a lock."""
    public = Tutorial.objects.public().for_conference(conference)
    tutorial = get_object_or_404(public.only("conference", "slug", "title"), slug=slug)
    tutorial.conference = conference
    return tutorial


def _when_free(request: HttpRequest) -> str:
    """What they want when a seat is free; just to have it, unless they said something else."""
    said = request.POST.get("when_free", "")
    return said if said in WhenFree.values else WhenFree.TAKE


def _given_up(request: HttpRequest, conference: Conference) -> Tutorial | None:
    """The tutorial that they named, where there is one."""
    slug = request.POST.get("from", "")
    if not slug or "\0" in slug:
        return None
    return Tutorial.objects.for_conference(conference).filter(slug=slug).first()


def _attendee(request: HttpRequest, user: User, tutorial: Tutorial) -> Attendee:
    """The place of the account, else one that is not saved: that is done if they register."""
    conference, name = tutorial.conference, request.POST.get("name", "")
    return place_of(user, conference) or new_attendee(user, conference, name)


def _elsewhere(request: HttpRequest, tutorial: Tutorial) -> HttpResponse:
    """Where a request goes that changes nothing: to the tutorial, by way of signing in."""
    if request.method != "POST":
        return HttpResponseRedirect(tutorial.get_absolute_url())
    to_sign_in = redirect_to_login(tutorial.get_absolute_url())
    to_sign_in.status_code = 303
    return to_sign_in


def see(request: HttpRequest, tutorial: Tutorial) -> HttpResponse:
    """303 See Other (RFC 9110, 15.4.4): a reload of what follows does not register again.

    Leads to the tutorial, or back to one's own schedule if that is the ``page`` the form was on.
    """
    url = tutorial.get_absolute_url()
    if request.POST.get("page") == "my":
        url = reverse("tutorials:my_tutorials", args=[tutorial.conference.slug])
    return HttpResponseRedirect(url, status=303)
