"""What do the pages about the programme have in common? Tool pages, and seats that follow."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db import transaction
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from tutorials import registration
from tutorials.models import Change, Registration
from tutorials.registration import TooFew


def tool_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    title: str,
    *,
    button: str,
    back: str,
    form: forms.BaseForm | None = None,
    own_fields: list[str] | None = None,
    **context: Any,
) -> TemplateResponse:
    """A page that asks before something is done: what it means, a form, a button, a way back.

    Without a ``button`` there is nothing to do. ``context`` may hold ``sentences``, ``obj`` (the
    row in question), ``dangerous``, and ``findings`` below a ``findings_heading``: each has a
    ``label``, a ``message``, whether it ``blocks``, and may have a ``field``, an input of the
    form that stands there; ``own_fields`` are those that stand below.
    """
    fields = None
    if form is not None:
        fieldsets = [(None, {"fields": own_fields or list(form.fields)})]
        fields = helpers.AdminForm(form, fieldsets, {}, model_admin=model_admin)  # type: ignore[arg-type]
    return TemplateResponse(
        request,
        "admin/tool_page.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": title,
            "opts": model_admin.opts,
            "media": model_admin.media + (fields.media if fields else forms.Media()),
            "adminform": fields,
            "button": button,
            "back": back,
            **context,
        },
    )


class CancelForm(forms.Form):
    """Why something is called off, in words that the people concerned will read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Attendees read it in their mail; it is kept in the history too."),
    )


def choice_if_too_few(help_text: Any) -> forms.ChoiceField:
    """The input that says what is to happen where the seats would be fewer than are taken.

    Nothing is changed unless the organiser says otherwise.
    """
    return forms.ChoiceField(
        label=gettext_lazy("Where more people have a seat than that"),
        choices=TooFew.choices,
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
        required=False,
        initial=TooFew.REFUSE,
        help_text=help_text,
    )


def offer_moving_back(form: forms.BaseForm, conference: Conference) -> None:
    """Leave that choice out where there is no waiting list to go to."""
    field: Any = form.fields.get("too_few")
    if field and not conference.has_waiting_list:
        field.choices = [each for each in field.choices if each[0] != TooFew.MOVE_BACK]


def chosen_if_too_few(value: str | None) -> TooFew:
    """What was chosen there; what is no choice stands for the one that changes nothing."""
    return TooFew(value) if value in TooFew.values else TooFew.REFUSE


def let_seats_follow(
    request: HttpRequest, tutorial_ids: Collection[int], too_few: TooFew = TooFew.KEEP
) -> None:
    """Once what is being saved is saved, set the seats of these tutorials anew and fill them."""
    if tutorial_ids:
        transaction.on_commit(partial(_seats_follow, request, set(tutorial_ids), too_few))


def _seats_follow(request: HttpRequest, tutorial_ids: set[int], too_few: TooFew) -> None:
    """Set the seats; a refusal comes too late here, for what it would refuse is saved."""
    if too_few == TooFew.REFUSE:
        too_few = TooFew.KEEP
    at, by = now(), visitor(request)
    kept = registration.seats_follow_capacity(tutorial_ids, at=at, too_few=too_few, by=by)
    for tutorial in kept:
        text = _(
            "%(tutorial)s keeps %(seats)d seats, because that many are taken: nobody loses one."
        )
        messages.warning(request, text % {"tutorial": tutorial, "seats": tutorial.seats})
    tell_who_moved_back(request, tutorial_ids, at)


def tell_who_moved_back(request: HttpRequest, tutorial_ids: Collection[int], at: datetime) -> None:
    """Say how many lost their seat by what was done at that moment. One query."""
    moved_back = Change.objects.filter(
        tutorial__in=tutorial_ids,
        at=at,
        was__in=Registration.SEATED,
        became=Registration.Status.WAITLISTED,
    )
    number = moved_back.count()
    if number:
        text = ngettext(
            "%(number)d person went to the head of the waiting list and is told.",
            "%(number)d people went to the head of the waiting list and are told.",
            number,
        )
        messages.warning(request, text % {"number": number})
