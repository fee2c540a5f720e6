"""The pages that a mail leads to: answer an offer; say that one cannot come. Nobody signs in.

Whoever has the link may do that one thing. A GET changes nothing: programs that look through mail
follow every link. The pages show neither a name nor an address, and nobody keeps a copy of them.
"""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from conference import clock
from conference.models import Conference
from conference.pages import registering_page
from tutorials import registration
from tutorials.choices import Choices, state_of_offer
from tutorials.models import Registration
from tutorials.standing import Refused, Standing
from tutorials.tokens import registration_of, token_for
from tutorials.views import saying
from tutorials.views.participation import see
from tutorials.waiting import passed_over

Response = TypeVar("Response", bound=HttpResponseBase)

# What the page says by itself when it is shown again.
SHOWN_ANYWAY = frozenset({"offer_lapsed", "offer_gone", "awaits_ticket"})


@registering_page
def offer(request: HttpRequest, conference: Conference, token: str) -> HttpResponse:
    """GET shows the seat that is held, and what has become of it; POST accepts or declines it.

    The form says in ``giving_up`` which tutorials it told of, by their ids. With ``page`` it was a
    form on another page (“tutorial”, “my”), and that is where the answer leads.
    """
    mine = registration_of(token, "offer", conference)
    if mine is None:
        return _gone(request)
    if request.method == "POST":
        return _answer(request, mine)
    at = clock.now()
    choices = Choices(Standing.load(mine.attendee, mine.tutorial), at)
    state = state_of_offer(mine, at)
    context = {
        "mine": mine,
        "tutorial": mine.tutorial,
        "token": token,
        "state": state,
        "choices": choices,
        "passed_over": passed_over(choices.standing, at) if state == "accepted" else [],
        "again": choices.mine is not None and choices.mine.pk != mine.pk,
        "place": registration.place(mine),
        "leave_url": reverse("tutorials:leave", args=[conference.slug, token_for(mine, "leave")]),
    }
    return nobody_keeps(render(request, "tutorials/offer.html", context))


@registering_page
def leave(request: HttpRequest, conference: Conference, token: str) -> HttpResponse:
    """GET asks whether they cannot come; POST gives up the seat, or the place in the queue."""
    mine = registration_of(token, "leave", conference)
    if mine is None:
        return _gone(request)
    is_live = mine.status in Registration.LIVE
    if request.method == "POST":
        # Not live: the link is of an old mail. What they have registered for since is not meant.
        if is_live:
            try:
                registration.cancel(
                    mine.attendee, mine.tutorial, by=mine.attendee.user, at=clock.now()
                )
            except Refused as refused:
                messages.error(request, refused.refusal.message)
        return HttpResponseRedirect(request.path, status=303)
    standing = Standing.load(mine.attendee, mine.tutorial)
    context = {
        "mine": mine,
        "tutorial": mine.tutorial,
        "is_live": is_live,
        "choices": Choices(standing, clock.now()),
        "token": token,
    }
    return nobody_keeps(render(request, "tutorials/leave.html", context))


def _answer(request: HttpRequest, mine: Registration) -> HttpResponse:
    """Accept or decline, and show what holds now."""
    from_elsewhere = bool(request.POST.get("page"))
    at = clock.now()
    try:
        if request.POST.get("answer") == "accept":
            told = {int(pk) for pk in request.POST.getlist("giving_up") if pk.isdecimal()}
            given_up = registration.given_up_by(mine)
            row = registration.accept(mine, by=mine.attendee.user, at=at, giving_up=told)
            # The offer's own page says by itself that they are registered.
            if from_elsewhere or given_up:
                messages.success(request, saying.became(row, mine.tutorial, given_up))
        elif request.POST.get("answer") == "decline":
            registration.decline(mine, by=mine.attendee.user, at=at)
            if from_elsewhere:
                messages.success(request, saying.declined(mine.tutorial))
    except Refused as refused:
        if from_elsewhere or refused.refusal.code not in SHOWN_ANYWAY:
            messages.error(request, refused.refusal.message)
    if from_elsewhere:
        return see(request, mine.tutorial)
    return HttpResponseRedirect(request.path, status=303)


def _gone(request: HttpRequest) -> HttpResponse:
    """No link of ours has this token: most likely it was cut off on its way. Say how to go on."""
    return nobody_keeps(render(request, "tutorials/link_gone.html", status=404))


def nobody_keeps(response: Response) -> Response:
    """Keep an address that lets its bearer act out of caches, search engines and other sites.

    The site's ``Referrer-Policy`` (same-origin) tells it to no other site. “no-referrer” would also
    hide from ourselves that the form is our own.
    """
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
