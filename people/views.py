"""One's own account."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from people.forms import ProfileForm
from people.models import User


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
    context = {"form": form, "attendees": attendees, "memberships": memberships}
    return render(request, "people/profile.html", context)
