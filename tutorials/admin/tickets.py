"""The admin's pages about somebody's right to be here: a ticket claimed, a place withdrawn."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, rights_of
from people import known_tickets, tickets
from people.models import Attendee, TicketKind, User
from people.tickets import TicketRefused
from tutorials import registration
from tutorials.admin.pages import CancelForm, tool_page
from tutorials.models import Registration

BATCH = 500


class ConfirmForm(forms.Form):
    """Which ticket somebody has, in an organiser's words."""

    number = forms.CharField(
        label=gettext_lazy("Ticket number"),
        max_length=100,
        help_text=gettext_lazy("As the ticket shop writes it: its next list is matched by it."),
    )
    kind = forms.ModelChoiceField(
        TicketKind.objects.none(),
        label=gettext_lazy("Ticket kind"),
        required=False,
        help_text=gettext_lazy("Not asked where our list has the ticket already."),
    )
    same_person = forms.BooleanField(
        label=gettext_lazy("It is the same person"),
        required=False,
        help_text=gettext_lazy(
            "Where our list has the number as that of somebody who has not signed in yet: the two "
            "attendees become one."
        ),
    )

    def __init__(self, *args: Any, conference: Conference, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = conference.ticket_kinds.all()  # type: ignore[attr-defined]


class AttendeeTicketPages(ConferenceModelAdmin):
    """What the pages about attendees gain: claims are answered, places withdrawn and given back."""

    @admin.action(
        description=gettext_lazy("Confirm the tickets that they claim"), permissions=["change"]
    )
    def confirm_claims(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> None:
        """Believe all who were chosen; who it is not as simple for is named."""
        done = 0
        claiming = queryset.exclude(claimed_ticket="").select_related("conference")
        for attendee in claiming:
            try:
                self._confirm(request, attendee, attendee.claimed_ticket)
                done += 1
            except TicketRefused as refused:
                text = f"{attendee.name}: {refused}"
                self.message_user(request, text, messages.WARNING)
        text = ngettext(
            "%(number)d ticket is confirmed.", "%(number)d tickets are confirmed.", done
        )
        self.message_user(request, text % {"number": done}, messages.SUCCESS)

    def _confirm(
        self,
        request: HttpRequest,
        attendee: Attendee,
        number: str,
        kind: TicketKind | None = None,
        same_person: bool = False,
    ) -> Attendee:
        confirmed = tickets.confirm_claim(
            attendee, number=number, kind=kind, same_person=same_person
        )
        self.log_change(request, confirmed, _("The ticket claimed was confirmed."))
        registration.tickets_changed([confirmed.pk], by=visitor(request), at=now())
        return confirmed

    def tools(self, request: HttpRequest, obj: Attendee) -> list[Tool]:
        tools = super().tools(request, obj)
        if not self.has_change_permission(request, obj):
            return tools
        if obj.claimed_ticket:
            tools.append(Tool(_("Confirm the ticket"), _address("confirm", obj)))
            tools.append(Tool(_("Refuse the ticket"), _address("refuse", obj)))
        if obj.withdrawn_at:
            tools.append(Tool(_("Let take part again"), _address("reinstate", obj)))
        else:
            tools.append(Tool(_("Withdraw"), _address("withdraw", obj)))
        return tools

    def get_urls(self) -> list[URLPattern]:
        def own(view: Any, name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{name}/", guarded, name=f"people_attendee_{name}")

        return [
            own(self.confirm_view, "confirm"),
            own(self.refuse_view, "refuse"),
            own(self.withdraw_view, "withdraw"),
            own(self.reinstate_view, "reinstate"),
            *super().get_urls(),
        ]

    def _asked_for(self, request: HttpRequest, pk: int) -> Attendee:
        return self.asked_for(request, pk)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Believe somebody who claims a ticket, or say why that cannot be."""
        attendee = self._asked_for(request, pk)
        form = ConfirmForm(
            request.POST if request.method == "POST" else None,
            conference=attendee.conference,
            initial={"number": attendee.claimed_ticket},
        )
        if request.method == "POST" and form.is_valid():
            try:
                confirmed = self._confirm(request, attendee, **form.cleaned_data)
            except TicketRefused as refused:
                form.add_error(None, ValidationError(str(refused)))
            else:
                text = _("%(attendee)s has the ticket %(number)s.")
                words = {"attendee": confirmed, "number": confirmed.ticket_number}
                self.message_user(request, text % words, messages.SUCCESS)
                return HttpResponseRedirect(_page_of(confirmed))
        sentences = [_claim_in_words(attendee)]
        if attendee.claimed_ticket:
            sentences += _whose_it_is(attendee)
        return tool_page(
            self,
            request,
            _("Confirm the ticket?"),
            obj=attendee,
            form=form if attendee.claimed_ticket else None,
            sentences=sentences,
            button=_("Confirm the ticket") if attendee.claimed_ticket else "",
            back=_page_of(attendee),
        )

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say no to a claim: what was held for it is given back."""
        attendee = self._asked_for(request, pk)
        form = CancelForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            registration.refuse_claim(
                attendee, by=visitor(request), at=now(), reason=form.cleaned_data["reason"]
            )
            self.log_change(request, attendee, _("The ticket claimed was refused."))
            self.message_user(request, _("The claim is refused."), messages.SUCCESS)
            return HttpResponseRedirect(_page_of(attendee))
        held = _number_of(attendee, awaits_ticket=True)
        sentences = [_claim_in_words(attendee)]
        if attendee.claimed_ticket:
            text = ngettext(
                "%(number)d seat that is held for it is given to whoever is next, and they are "
                "told.",
                "%(number)d seats that are held for it are given to whoever is next, and they are "
                "told.",
                held,
            )
            nobody = _("No seat is held for it, so nobody is told.")
            sentences.append(text % {"number": held} if held else nobody)
        return tool_page(
            self,
            request,
            _("Refuse the ticket?"),
            obj=attendee,
            form=form if attendee.claimed_ticket else None,
            sentences=sentences,
            button=_("Refuse the ticket") if attendee.claimed_ticket else "",
            back=_page_of(attendee),
            dangerous=True,
        )

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take somebody's place at the conference back, after asking."""
        attendee = self._asked_for(request, pk)
        form = CancelForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            ended = registration.withdraw(
                attendee, by=visitor(request), at=now(), reason=form.cleaned_data["reason"]
            )
            self.log_change(request, attendee, _("Withdrawn by an organiser."))
            text = ngettext(
                "%(attendee)s is withdrawn; %(number)d registration ended.",
                "%(attendee)s is withdrawn; %(number)d registrations ended.",
                ended,
            )
            words = {"attendee": attendee, "number": ended}
            self.message_user(request, text % words, messages.SUCCESS)
            return HttpResponseRedirect(_page_of(attendee))
        if attendee.withdrawn_at:
            sentences = [_("This attendee is withdrawn already.")]
        else:
            sentences = _what_withdrawing_means(attendee)
        return tool_page(
            self,
            request,
            _("Withdraw this attendee?"),
            obj=attendee,
            form=None if attendee.withdrawn_at else form,
            sentences=sentences,
            button="" if attendee.withdrawn_at else _("Withdraw"),
            back=_page_of(attendee),
            dangerous=True,
        )

    def reinstate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give a place back that was withdrawn, after asking."""
        attendee = self._asked_for(request, pk)
        if request.method == "POST":
            registration.reinstate(attendee, by=visitor(request), at=now())
            self.log_change(request, attendee, _("Let take part again by an organiser."))
            text = _("%(attendee)s can take part again.")
            self.message_user(request, text % {"attendee": attendee}, messages.SUCCESS)
            return HttpResponseRedirect(_page_of(attendee))
        if attendee.withdrawn_at:
            text = _(
                "%(attendee)s can register for tutorials again. The registrations that ended do "
                "not come back."
            )
            sentences = [text % {"attendee": attendee}]
        else:
            sentences = [_("This attendee is not withdrawn.")]
        return tool_page(
            self,
            request,
            _("Let this attendee take part again?"),
            obj=attendee,
            sentences=sentences,
            button=_("Let take part again") if attendee.withdrawn_at else "",
            back=_page_of(attendee),
        )


def _address(name: str, attendee: Attendee) -> str:
    return reverse(f"admin:people_attendee_{name}", args=[attendee.pk])


def _page_of(attendee: Attendee) -> str:
    return _address("change", attendee)


def _number_of(attendee: Attendee, **which: Any) -> int:
    """How many live registrations somebody has."""
    return Registration.objects.live().filter(attendee=attendee, **which).count()


def _what_withdrawing_means(attendee: Attendee) -> list[str]:
    if not attendee.conference.takes_registrations:
        return [_("%(attendee)s loses the place at the conference.") % {"attendee": attendee}]
    live = _number_of(attendee)
    text = ngettext(
        "%(attendee)s loses the place at the conference and %(number)d registration, and "
        "can register for no tutorial any more.",
        "%(attendee)s loses the place at the conference and %(number)d registrations, and "
        "can register for no tutorial any more.",
        live,
    )
    sentences = [text % {"attendee": attendee, "number": live}]
    if attendee.conference.has_waiting_list:
        sentences.append(_("Seats that this frees go to whoever is first in each waiting list."))
    return sentences


def _claim_in_words(attendee: Attendee) -> str:
    if not attendee.claimed_at:
        return _("No ticket is claimed, or not any more.")
    text = _("%(attendee)s (%(email)s) said on %(time)s to have the ticket “%(number)s”.")
    return text % {
        "attendee": attendee,
        "email": attendee.user.email if attendee.user else attendee.email or "–",
        "time": attendee.conference.in_words(attendee.claimed_at),
        "number": attendee.claimed_ticket,
    }


def _whose_it_is(attendee: Attendee) -> list[str]:
    """What our list says of the number that somebody claims."""
    listed = known_tickets.with_number(attendee.conference, attendee.claimed_ticket)
    text = _("Our list has this number as that of %(name)s (%(email)s).")
    return [text % {"name": other.name, "email": other.email or "–"} for other in listed] or [
        _("Our list does not have this number.")
    ]


def claims_tool(request: HttpRequest, conference: Conference) -> Tool | None:
    """The link to the tickets claimed at a conference, where some wait for an answer."""
    if not conference.needs_tickets:
        return None
    if not rights_of(request).may(Action.MANAGE_ATTENDEES, conference.pk):
        return None
    waiting = Attendee.objects.for_conference(conference).exclude(claimed_ticket="").count()
    if not waiting:
        return None
    text = ngettext("%(number)d claim waits", "%(number)d claims wait", waiting)
    listed = reverse("admin:people_attendee_changelist")
    address = f"{listed}?conference__id__exact={conference.pk}&claims=open"
    return Tool(text % {"number": waiting}, address)


def let_tickets_count(
    request: HttpRequest, *, conference: Conference | None = None, **attendees: Any
) -> None:
    """Once what is being saved is saved, act on the rights to tutorials that some gained by it.

    ``attendees`` says who: lookups of an attendee. Of a ``conference`` all, and then its free seats
    are filled, since others may be eligible.
    """
    transaction.on_commit(partial(_let_tickets_count, visitor(request), conference, attendees))


def _let_tickets_count(
    by: User | None, conference: Conference | None, attendees: dict[str, Any]
) -> None:
    hoping = Registration.objects.filter(
        status__in=[Registration.Status.OFFERED, Registration.Status.WAITLISTED],
        **{f"attendee__{lookup}": value for lookup, value in attendees.items()},
    )
    if conference:
        hoping = hoping.for_conference(conference)
    ids = iter(sorted(set(hoping.order_by().values_list("attendee_id", flat=True))))
    while batch := list(islice(ids, BATCH)):
        registration.tickets_changed(batch, by=by, at=now())
    if conference:
        registration.shorten_all(conference, by=by, at=now())
        registration.sweep(at=now(), conference=conference)
