"""What do the pages about the programme have in common? Tool pages, and seats that follow."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.db import transaction
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from tutorials import registration


def tool_page(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    title: str,
    *,
    button: str,
    back: str,
    form: forms.Form | None = None,
    **context: Any,
) -> TemplateResponse:
    """A page that asks before something is done: what it means, a form, a button, a way back.

    Without a ``button`` there is nothing to do. ``context`` may hold ``sentences``, ``findings``,
    ``obj`` (the row in question) and ``dangerous``.
    """
    fields = None
    if form is not None:
        fieldsets = [(None, {"fields": list(form.fields)})]
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


def let_seats_follow(request: HttpRequest, tutorial_ids: Collection[int]) -> None:
    """Once what is being saved is saved, set the seats of these tutorials anew and fill them."""
    if tutorial_ids:
        transaction.on_commit(partial(_seats_follow, request, set(tutorial_ids)))


def _seats_follow(request: HttpRequest, tutorial_ids: set[int]) -> None:
    for tutorial in registration.seats_follow_capacity(tutorial_ids, at=now()):
        text = _(
            "%(tutorial)s keeps %(seats)d seats, because that many are taken: nobody loses one."
        )
        messages.warning(request, text % {"tutorial": tutorial, "seats": tutorial.seats})
