"""One's own account: the name, what we hold, and how to be forgotten."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference.clock import now
from conference.roles import rights_of
from people import privacy as forgetting
from people.forms import DeleteAccountForm, ProfileForm
from people.held import document, held_about
from people.models import User

logger = logging.getLogger(__name__)


@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the name; from here lead the ways to password, e-mail and conferences."""
    user = cast(User, request.user)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return HttpResponseRedirect(reverse("people:profile"), status=303)
    attendees = user.attendees.select_related("conference").order_by("-pk")
    memberships = user.memberships.select_related("conference").order_by("-pk")
    context = {
        "form": form,
        "attendees": attendees,
        "memberships": memberships,
        "in_the_admin": rights_of(request).in_the_admin,
    }
    return render(request, "people/profile.html", context)


@never_cache
@login_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """All that we hold of the visitor, to read."""
    sections = held_about(cast(User, request.user))
    return render(request, "people/privacy.html", {"sections": [s for s in sections if s.rows]})


@never_cache
@login_required
@reauthentication_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """The same as a file for programs, once who has a password has typed it of late."""
    made = document(held_about(cast(User, request.user)), now())
    return JsonResponse(
        made,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@never_cache
@login_required
@reauthentication_required
def delete(request: HttpRequest) -> HttpResponse:
    """Say what deleting the account means, and do it once its address was typed."""
    user = cast(User, request.user)
    refusal = forgetting.why_not_erase(user)
    form = DeleteAccountForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid() and not refusal:
        return _deleted(request, user)
    context = {
        "form": form,
        "refusal": refusal,
        "ends": [] if refusal else forgetting.what_ends(user, now()),
        "presents": bool(forgetting.entries_of(user)),
    }
    return render(request, "people/delete.html", context)


def _deleted(request: HttpRequest, user: User) -> HttpResponse:
    address = user.email
    try:
        forgetting.erase_account(user, at=now())
    except forgetting.ErasureRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("people:delete"), status=303)
    logout(request)
    _confirm(request, address)
    text = _("Your account and your data are deleted. We have confirmed it by e-mail.")
    messages.success(request, text)
    return HttpResponseRedirect(reverse("tutorials:front"), status=303)


def _confirm(request: HttpRequest, address: str) -> None:
    """The last mail. At once: a queue would have to keep the address."""
    try:
        get_adapter(request).send_mail("account/email/account_deleted", address, {})
    except (SMTPException, OSError) as error:
        # The class only: what a server answers may name an address, and logs hold none.
        logger.warning("A deletion was not confirmed by mail: %s", type(error).__name__)
