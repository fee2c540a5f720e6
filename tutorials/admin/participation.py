"""The admin's pages by which an organiser acts for somebody: register, add, move, cancel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_choices import Autocomplete
from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, Rights, rights_of
from conference.using import uses_seen
from people.models import Attendee
from tutorials import registration
from tutorials.admin.pages import CancelForm, tool_page
from tutorials.models import Registration, Tutorial
from tutorials.standing import Refusal, Refused

CHANGELIST = "admin:tutorials_registration_changelist"


def may_act(request: HttpRequest, conference: Conference | None = None) -> bool:
    """Whether the visitor may register others there, add, move, and cancel for them.

    Without a conference: whether there is one at which they may.
    """
    rights = rights_of(request)
    if conference is None:
        return rights.anywhere(Action.MANAGE_ATTENDEES)
    return rights.may(Action.MANAGE_ATTENDEES, conference.pk)


class RegisterForm(forms.Form):
    """Who is to be registered for what."""

    attendee = forms.ModelChoiceField(
        Attendee.objects.select_related("conference"), label=gettext_lazy("Attendee")
    )
    tutorial = forms.ModelChoiceField(
        Tutorial.objects.select_related("conference"), label=gettext_lazy("Tutorial")
    )

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("attendee", "tutorial"):
            field: Any = self.fields[name]
            field.queryset = rights.limit(field.queryset, Action.MANAGE_ATTENDEES)
            _offer(field, name)


class AddForm(RegisterForm):
    """Who is to be given a seat, why, and what may be set aside for it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text=gettext_lazy("Kept in the history. Attendees do not see it."),
    )
    above_seats = forms.BooleanField(
        label=gettext_lazy("Although all seats are taken"),
        required=False,
        help_text=gettext_lazy(
            "Takes a seat that was kept back; where none was, the tutorial has one seat more."
        ),
    )
    despite_overlap = forms.BooleanField(
        label=gettext_lazy("Although they have a seat at the same time"),
        required=False,
        help_text=gettext_lazy("They keep both seats; the list of registrations marks this one."),
    )


class MoveForm(forms.Form):
    """Which tutorial somebody is to have in place of another."""

    tutorial = forms.ModelChoiceField(Tutorial.objects.none(), label=gettext_lazy("To"))

    def __init__(self, *args: Any, row: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        conference = row.tutorial.conference
        field: Any = self.fields["tutorial"]
        field.queryset = conference.tutorials.exclude(pk=row.tutorial_id)
        _offer(field, "tutorial").conference = conference


def _offer(field: Any, name: str) -> Autocomplete:
    """Let one type and choose: there may be thousands."""
    field.widget = widget = Autocomplete(Registration._meta.get_field(name), admin.site)
    widget.choices = field.choices
    widget.is_required = field.required
    return widget


def register_page(model_admin: ConferenceModelAdmin, request: HttpRequest) -> HttpResponse:
    """Register an attendee for a tutorial, or say why that is refused."""
    _ask_permission(request)
    form = RegisterForm(
        request.POST if request.method == "POST" else None, rights=rights_of(request)
    )
    if request.method == "POST" and form.is_valid():
        attendee, tutorial = form.cleaned_data["attendee"], form.cleaned_data["tutorial"]
        try:
            row = registration.register(attendee, tutorial, by=visitor(request), at=now())
        except Refused as refused:
            _say_no(form, refused.refusal)
        else:
            return _done(model_admin, request, row, attendee, tutorial)
    return tool_page(
        model_admin,
        request,
        _("Register somebody for a tutorial"),
        form=form,
        sentences=[
            _("The rules are those for the attendee."),
            _("Where no seat is free, this gives the last place in the waiting list.")
            if uses_seen(request).has_waiting_list
            else _("Where no seat is free, this is refused."),
        ],
        button=_("Register"),
        back=reverse(CHANGELIST),
    )


# What an organiser may set aside, by the word that the refusal has for it.
SET_ASIDE = {"full": "above_seats", "overlaps": "despite_overlap"}


def add_page(model_admin: ConferenceModelAdmin, request: HttpRequest) -> HttpResponse:
    """Give somebody a seat on the organiser's word, whatever closes the tutorial to others."""
    _ask_permission(request)
    form = AddForm(request.POST if request.method == "POST" else None, rights=rights_of(request))
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        attendee, tutorial = chosen.pop("attendee"), chosen.pop("tutorial")
        try:
            row = registration.add(attendee, tutorial, by=visitor(request), at=now(), **chosen)
        except Refused as refused:
            form.add_error(SET_ASIDE.get(refused.refusal.code), refused.refusal.message)
        else:
            return _done(model_admin, request, row, attendee, tutorial)
    return tool_page(
        model_admin,
        request,
        _("Add somebody to a tutorial"),
        form=form,
        sentences=[
            _(
                "They have a seat at once, even where registration is closed, the tutorial is "
                "full, or others wait."
            )
            if uses_seen(request).has_waiting_list
            else _(
                "They have a seat at once, even where registration is closed or the tutorial full."
            ),
            _("They are told by mail that they have a seat."),
        ],
        button=_("Add"),
        back=reverse(CHANGELIST),
    )


def move_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Switch somebody from one tutorial to another."""
    row = model_admin.asked_for(request, pk)
    back = reverse("admin:tutorials_registration_change", args=[pk])
    seated = row.status in Registration.SEATED
    form = MoveForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and seated and form.is_valid():
        tutorial = form.cleaned_data["tutorial"]
        try:
            moved = registration.switch(
                row.attendee, tutorial, gives_up=row.tutorial, by=visitor(request), at=now()
            )
        except Refused as refused:
            _say_no(form, refused.refusal)
        else:
            return _done(model_admin, request, moved, row.attendee, tutorial)
    if seated:
        sentences = [
            _("%(attendee)s has a seat in %(tutorial)s, and gives it up for one in another.")
            % {"attendee": row.attendee, "tutorial": row.tutorial},
            _(
                "Where no seat is free there, they keep this one, wait, and are switched when it "
                "is their turn."
            )
            if row.tutorial.conference.has_waiting_list
            else _("Where no seat is free there, they keep this one."),
        ]
    else:
        sentences = [_("Only who has a seat can be moved to another tutorial.")]
    return tool_page(
        model_admin,
        request,
        _("Move to another tutorial"),
        obj=row,
        form=form if seated else None,
        sentences=sentences,
        button=_("Move") if seated else "",
        back=back,
    )


def cancel_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel somebody's registration, after asking why."""
    row = model_admin.asked_for(request, pk)
    back = reverse("admin:tutorials_registration_change", args=[pk])
    live = row.status in Registration.LIVE
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if live:
            registration.cancel(
                row.attendee,
                row.tutorial,
                by=visitor(request),
                at=now(),
                because=Registration.Because.WITHDRAWN,
                reason=form.cleaned_data["reason"],
            )
            model_admin.log_change(request, row, _("Cancelled by an organiser."))
        messages.success(request, _("The registration is cancelled."))
        return HttpResponseRedirect(back)
    if live:
        sentences = [
            _("%(attendee)s loses the place in %(tutorial)s.")
            % {"attendee": row.attendee, "tutorial": row.tutorial},
        ]
        if row.tutorial.conference.has_waiting_list:
            text = _("A seat that this frees goes to whoever is first in the waiting list.")
            sentences.append(text)
    else:
        sentences = [_("This registration is cancelled already.")]
    return tool_page(
        model_admin,
        request,
        _("Cancel the registration?"),
        obj=row,
        form=form if live else None,
        sentences=sentences,
        button=_("Cancel the registration") if live else "",
        back=back,
        dangerous=True,
    )


def _ask_permission(request: HttpRequest) -> None:
    if not uses_seen(request).takes_registrations:
        raise Http404("Nobody registers for tutorials here.")
    if not may_act(request):
        raise PermissionDenied


def _say_no(form: forms.Form, refusal: Refusal) -> None:
    text = _("Refused, and the attendee would read: “%(message)s”")
    form.add_error(None, ValidationError(text % {"message": refusal.message}))


def _done(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    row: Registration,
    attendee: Attendee,
    tutorial: Tutorial,
) -> HttpResponse:
    """Say what they have now, and show it."""
    place = registration.place(row)
    if row.status == Registration.Status.OFFERED and row.offered_until:
        text = _("A seat in %(tutorial)s is held for %(attendee)s until %(until)s.")
    elif place is None:
        text = _("%(attendee)s has a seat in %(tutorial)s.")
    else:
        text = _("%(attendee)s waits for %(tutorial)s, at place %(place)d.")
    until = row.offered_until and tutorial.conference.in_words(row.offered_until)
    words = {"attendee": attendee, "tutorial": tutorial, "place": place, "until": until}
    messages.success(request, text % words)
    model_admin.log_addition(request, row, _("Registered by an organiser."))
    return HttpResponseRedirect(reverse("admin:tutorials_registration_change", args=[row.pk]))
