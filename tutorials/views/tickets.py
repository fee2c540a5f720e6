"""The visitor's conference tickets: which is theirs, which are for others, which we don't know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from conference import clock
from conference.models import Conference
from conference.pages import registering_page, visitor
from people import known_tickets, tickets
from people.attendees import attendee_for, attendee_of, needs_own_ticket
from people.forms import (
    HandOnForm,
    NamelessUnlistedTicketForm,
    TicketNumberForm,
    UnlistedTicketForm,
)
from people.models import Attendee, User
from people.tickets import TicketRefused
from tutorials import registration
from tutorials.models import Registration
from tutorials.standing import Refused, has_ticket


def place_of(user: User, conference: Conference) -> Attendee | None:
    """The place that an account has, or None; one query where no ticket is needed.

    Where one is, and can only be theirs by its address, it becomes theirs at once, and they are
    given what they wait for.
    """
    attendee = attendee_of(user, conference)
    if not needs_own_ticket(attendee, conference):
        return attendee
    taken = tickets.take_own(user, conference, attendee)
    if taken and attendee:
        _ticket_gained(taken, user)
    return taken or attendee


def _ticket_gained(attendee: Attendee, user: User) -> None:
    registration.tickets_changed([attendee.pk], by=user, at=clock.now())


@dataclass
class Page:
    """Somebody at the page of their tickets, with what they last sent."""

    request: HttpRequest
    conference: Conference
    user: User
    mine: Attendee | None
    # A form that was filled in wrongly, by what it does; shown again with what is wrong.
    faulty: dict[str, forms.Form] = field(default_factory=dict)

    def form(self, do: str, kind: type[forms.Form], prefix: str = "") -> forms.Form:
        """The form of one purpose: as it was sent, or empty."""
        return self.faulty.get(prefix + do) or kind(prefix=prefix + do)

    def sent(self, do: str, kind: type[forms.Form], prefix: str = "") -> forms.Form | None:
        """The form that was sent, if it is filled in right."""
        form = kind(self.request.POST, prefix=prefix + do)
        if form.is_valid():
            return form
        self.faulty[prefix + do] = form
        return None

    def ticket_id(self) -> int:
        """Which ticket a button stands beside; 0 for what is no number of one."""
        pk = self.request.POST.get("ticket", "")
        return int(pk) if pk.isdecimal() and len(pk) < 19 else 0

    def say(self, text: str) -> None:
        messages.success(self.request, text)


@registering_page
def my_tickets(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Which conference tickets are the visitor's; a POST says more, and leads back here."""
    if not conference.needs_tickets:
        raise Http404("Nobody needs a ticket to register for tutorials here.")
    user = visitor(request)
    if user is None:
        return redirect_to_login(request.get_full_path())
    page = Page(request, conference, user, place_of(user, conference))
    if request.method == "POST":
        act = ACTS.get(request.POST.get("do", ""))
        if act:
            try:
                act(page)
            except (TicketRefused, Refused) as refused:
                messages.error(request, str(refused))
        if not page.faulty:
            address = reverse("tutorials:my_tickets", args=[conference.slug])
            return HttpResponseRedirect(address, status=303)
    return render(request, "tutorials/tickets.html", _context(page))


def _take(page: Page) -> None:
    mine = tickets.take(page.user, page.conference, page.ticket_id())
    _ticket_gained(mine, page.user)
    page.say(_("The ticket %(number)s is yours.") % {"number": mine.ticket_number})


def _hand_on(page: Page) -> None:
    pk = page.ticket_id()
    form = page.sent("hand_on", HandOnForm, f"{pk}-")
    if form:
        given = tickets.hand_on(page.user, page.conference, pk, **form.cleaned_data)
        text = _(
            "The ticket %(number)s is for %(name)s now. Tell them to sign in here with the address "
            "%(email)s."
        )
        words = {"number": given.ticket_number, "name": given.name, "email": given.email}
        page.say(text % words)


def _find(page: Page) -> None:
    if not tickets.may_try(page.user):
        raise TicketRefused(
            "too_often", _("You have tried this often. Please try again in an hour.")
        )
    form = page.sent("find", TicketNumberForm)
    if form:
        try:
            mine = tickets.claim(page.user, page.conference, **form.cleaned_data)
        except TicketRefused as refused:
            form.add_error(None, str(refused))
            page.faulty["find"] = form
            return
        _ticket_gained(mine, page.user)
        page.say(_("The ticket %(number)s is yours.") % {"number": mine.ticket_number})


def _unlisted_form(page: Page) -> type[UnlistedTicketForm]:
    return UnlistedTicketForm if page.mine or page.user.name else NamelessUnlistedTicketForm


def _say_unlisted(page: Page) -> None:
    if page.mine and has_ticket(page.mine, page.conference):
        raise TicketRefused("has_one", _("You have a ticket already."))
    form = page.sent("unlisted", _unlisted_form(page))
    if form is None:
        return
    name = form.cleaned_data.get("name", "")
    mine = page.mine or attendee_for(page.user, page.conference, name)
    mine = tickets.say_unlisted(mine, form.cleaned_data["number"], at=clock.now())
    _ticket_gained(mine, page.user)
    page.say(
        _("We have noted your ticket %(number)s. You can register for tutorials now.")
        % {"number": mine.claimed_ticket}
    )


def _take_back(page: Page) -> None:
    """First the seats, as if each had been left, and then the claim: each is whole in itself."""
    if page.mine is None:
        return
    for row in _held(page.mine):
        registration.cancel(page.mine, row.tutorial, by=page.user, at=clock.now(), only_offer=True)
    registration.refuse_claim(page.mine, by=page.user, at=clock.now())
    page.say(_("We have forgotten the ticket that you told us of."))


ACTS: dict[str, Callable[[Page], None]] = {
    "take": _take,
    "hand_on": _hand_on,
    "find": _find,
    "unlisted": _say_unlisted,
    "take_back": _take_back,
}


def _held(attendee: Attendee) -> list[Registration]:
    """The seats that are held for somebody until their ticket is confirmed."""
    held = Registration.objects.filter(
        attendee=attendee, status=Registration.Status.OFFERED, awaits_ticket=True
    )
    return list(held.select_related("tutorial").order_by("offered_until", "pk"))


def _context(page: Page) -> dict[str, Any]:
    mine = page.mine
    bought = known_tickets.bought_by(page.user, page.conference, mine)
    forms_of = [
        (each, page.form("hand_on", HandOnForm, f"{each.ticket.pk}-") if each.can_hand_on else None)
        for each in bought
    ]
    hand_on_own = None
    if mine and known_tickets.can_hand_on_own(mine, known_tickets.addresses_of(page.user)):
        hand_on_own = page.form("hand_on", HandOnForm, f"{mine.pk}-")
    held = [
        (row, page.conference.in_words(row.offered_until))
        for row in (_held(mine) if mine and mine.claimed_ticket else [])
        if row.offered_until and row.offered_until > clock.now()
    ]
    wants_one = mine is None or not has_ticket(mine, page.conference)
    return {
        "mine": mine,
        "bought": forms_of,
        "hand_on_own": hand_on_own,
        "wants_one": wants_one,
        "can_choose": any(each.can_take for each in bought),
        "held": held,
        "find_form": page.form("find", TicketNumberForm),
        "unlisted_form": page.form("unlisted", _unlisted_form(page)),
    }
