"""The admin's page that changes how many seats a tutorial has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from conference.pages import visitor
from tutorials import registration
from tutorials.admin.pages import (
    choice_if_too_few,
    chosen_if_too_few,
    offer_moving_back,
    tell_who_moved_back,
    tool_page,
)
from tutorials.models import Registration, Tutorial
from tutorials.standing import Refused


class SeatsForm(forms.ModelForm):
    """How many seats, how many of them kept back, and what becomes of who is too many."""

    too_few = choice_if_too_few(
        gettext_lazy("Who goes back to the waiting list is told by mail, and is next for a seat.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Kept in the history. Attendees do not see it."),
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    class Meta:
        model = Tutorial
        fields = ["capacity", "kept_back"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].widget.attrs["min"] = 1
        offer_moving_back(self, self.instance.conference)
        if not self.instance.conference.has_waiting_list:
            self.fields["too_few"].help_text = ""


def seats_page(
    model_admin: ConferenceModelAdmin, request: HttpRequest, tutorial: Tutorial
) -> HttpResponse:
    """Show the seats of a tutorial, and change them when asked by POST.

    Not there (404) where nobody registers.
    """
    if not tutorial.conference.takes_registrations:
        raise Http404("Nobody registers for tutorials here.")
    back = reverse("admin:tutorials_tutorial_change", args=[tutorial.pk])
    shown = sentences_of(tutorial)  # before the form writes into it what was typed
    form = SeatsForm(request.POST if request.method == "POST" else None, instance=tutorial)
    if request.method == "POST" and form.is_valid() and _change(model_admin, request, form):
        return HttpResponseRedirect(back)
    return tool_page(
        model_admin,
        request,
        _("Change the seats of %(tutorial)s") % {"tutorial": tutorial},
        obj=tutorial,
        form=form,
        sentences=shown,
        button=_("Change the seats"),
        back=back,
    )


def _change(model_admin: ConferenceModelAdmin, request: HttpRequest, form: SeatsForm) -> bool:
    """Do what the form says; False, with the reason in the form, for what is refused."""
    chosen, at = form.cleaned_data, now()
    try:
        tutorial = registration.change_capacity(
            form.instance,
            capacity=chosen["capacity"],
            kept_back=chosen["kept_back"],
            too_few=chosen_if_too_few(chosen["too_few"]),
            by=visitor(request),
            at=at,
            reason=chosen["reason"],
        )
    except Refused as refused:
        form.add_error("too_few", refused.refusal.message)
        return False
    model_admin.log_change(request, tutorial, _("Changed the seats."))
    tell_who_moved_back(request, [tutorial.pk], at)
    tutorial.refresh_from_db()
    messages.success(request, in_words(tutorial))
    wanted = registration.released_capacities([tutorial])[tutorial.pk]
    if wanted is not None and wanted < tutorial.seats_taken:
        text = _(
            "%(tutorial)s keeps %(seats)d seats, because that many are taken: nobody loses one."
        )
        messages.warning(request, text % {"tutorial": tutorial, "seats": tutorial.seats})
    return True


def in_words(tutorial: Tutorial) -> str:
    """How many seats a tutorial has, and how many are taken."""
    if tutorial.seats is None:
        text = _("%(tutorial)s: %(taken)d seats are taken; there is no limit.")
    else:
        text = _("%(tutorial)s: %(taken)d of %(seats)d seats are taken.")
    words = {"tutorial": tutorial, "seats": tutorial.seats, "taken": tutorial.seats_taken}
    return text % words


def counts_in_words(tutorial: Tutorial) -> str:
    """Who has a seat, who is offered one, who waits: “48 confirmed, 2 offered, 10 waiting”."""
    live = tutorial.registrations.live()
    counts = live.aggregate(
        **{status: Count("pk", filter=Q(status=status)) for status in Registration.LIVE}
    )
    waits = tutorial.conference.has_waiting_list
    return ", ".join(
        f"{counts[status]} {Registration.Status(status).label}"
        for status in Registration.LIVE
        if waits or counts[status] or status != Registration.Status.WAITLISTED
    )


def sentences_of(tutorial: Tutorial) -> list[str]:
    """What there is now, and what the rooms hold."""
    without_own = Tutorial(pk=tutorial.pk, conference_id=tutorial.conference_id)
    room = registration.released_capacities([without_own])[tutorial.pk]
    if room is None:
        holds = _("How many people its rooms hold is not known, or it has no room yet.")
    else:
        holds = ngettext(
            "Its smallest room in the released schedule holds %(number)d person.",
            "Its smallest room in the released schedule holds %(number)d people.",
            room,
        ) % {"number": room}
    now_there = _("Registrations: %(counts)s.") % {"counts": counts_in_words(tutorial)}
    return [in_words(tutorial), now_there, holds]
