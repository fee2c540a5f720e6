"""The page that an invitation to the team leads to.

A GET changes nothing: programs that look through mail follow every link. To accept, one signs in;
who has no account yet has one by that (``people/accounts.py``).
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, visitor
from conference.roles import Role, in_the_admin, role_of, what_it_allows
from people.models import Invitation, User
from people.team import TeamRefused
from tutorials import invitations
from tutorials.views.offers import nobody_keeps


@conference_page
def invitation(request: HttpRequest, conference: Conference, key: str) -> HttpResponseBase:
    """GET shows what one is invited to, and by whom; POST accepts."""
    found = invitations.invitation_with(conference, key)
    user = visitor(request)
    if found is None:
        return nobody_keeps(render(request, "tutorials/invitation_gone.html", status=404))
    if request.method == "POST":
        if user is None:
            return nobody_keeps(redirect_to_login(request.path))
        return _accept(request, found, user)
    has = role_of(user, conference) if user else None
    context = {
        "invitation": found,
        "inviter": found.invited_by.name if found.invited_by else "",
        "allows": what_it_allows(found.role),
        "state": _state(found, user),
        # A role of theirs that is as high: accepting changes nothing.
        "keeps": Role(has).label if has and not Role(found.role).is_above(has) else "",
        "work_url": place_of_work(conference, has) if has else "",
        "email": user.email if user else "",
    }
    return nobody_keeps(render(request, "tutorials/invitation.html", context))


def place_of_work(conference: Conference, role: str) -> str:
    """Where somebody with this role does what it is for."""
    if in_the_admin(role):
        return f"{reverse('admin:index')}?conference={conference.pk}"
    return reverse("tutorials:staff_home", args=[conference.slug])


def _state(found: Invitation, user: User | None) -> str:
    if found.accepted_at:
        return "accepted" if user and found.accepted_by_id == user.pk else "taken"
    return "open" if found.is_open(clock.now()) else "expired"


def _accept(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    try:
        member = invitations.accept(found, user, at=clock.now())
    except TeamRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(request.path, status=303)
    text = _("You are on the team of %(conference)s now. Your role: %(role)s.")
    words = {"conference": found.conference, "role": member.get_role_display()}
    messages.success(request, text % words)
    return HttpResponseRedirect(place_of_work(found.conference, member.role), status=303)
