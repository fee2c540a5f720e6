"""The admin's page about the team of a conference: who has which role, who is invited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_choices import is_id
from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, Role, may, what_it_allows
from people.models import Invitation, Membership, User
from people.team import TeamRefused, change_role, take_away, team_of
from tutorials import invitations, mails
from tutorials.admin.mails import warnings_for
from tutorials.admin.pages import tool_page


class InviteForm(forms.Form):
    """Who is to join the team, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("They need no account: signing in makes it."),
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.EDITOR)


def team_address(conference: Conference) -> str:
    """Where the page is."""
    return reverse("admin:conference_conference_team", args=[conference.pk])


def team_tool(conference: Conference) -> Tool:
    """The link to it."""
    return Tool(_("Team"), team_address(conference))


def team_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show the team and those who are invited; a POST changes one thing, and leads back here."""
    conference = model_admin.asked_for(request, pk, Action.MANAGE_CONFERENCE)
    by = _by(request)
    form = InviteForm()
    if request.method == "POST":
        do = request.POST.get("do", "")
        form = InviteForm(request.POST) if do == "invite" else form
        try:
            if do != "invite":
                text = _act(do)(request, conference, by)
            elif form.is_valid():
                text = _invite(conference, form, by)
            else:
                text = ""
        except TeamRefused as refused:
            text = ""
            messages.error(request, str(refused))
        if text:
            model_admin.log_change(request, conference, _("The team was changed."))
            messages.success(request, text)
        if not form.errors:
            return HttpResponseRedirect(_after(by, conference))
    return TemplateResponse(
        request,
        "admin/conference/conference/team.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("Team of %(conference)s") % {"conference": conference},
            "opts": model_admin.opts,
            "media": model_admin.media,
            "conference": conference,
            "team": team_of(conference),
            "invitations": _listed(conference),
            "roles": [(role.value, role.label, what_it_allows(role)) for role in Role],
            "warnings": warnings_for(request),
            "adminform": helpers.AdminForm(
                form,  # type: ignore[arg-type]
                [(_("Invite somebody"), {"fields": list(form.fields)})],
                {},
                model_admin=model_admin,
            ),
            "back": reverse("admin:conference_conference_change", args=[conference.pk]),
        },
    )


def remove_page(
    model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int, member: int
) -> HttpResponse:
    """Ask before somebody's role is taken away, and do it when asked by POST."""
    conference = model_admin.asked_for(request, pk, Action.MANAGE_CONFERENCE)
    row = get_object_or_404(team_of(conference), pk=member)
    by = _by(request)
    if request.method == "POST":
        try:
            take_away(row, by=by)
        except TeamRefused as refused:
            messages.error(request, str(refused))
        else:
            model_admin.log_change(request, conference, _("The team was changed."))
            text = _("%(name)s has no role at %(conference)s any more.")
            words = {"name": row.user, "conference": conference}
            messages.success(request, text % words)
        return HttpResponseRedirect(_after(by, conference))
    sentences = [
        _("%(name)s (%(email)s) is on the team as: %(role)s.")
        % {"name": row.user, "email": row.user.email, "role": row.get_role_display()},
        _("What they did stays. To come back they have to be invited again."),
    ]
    if row.user_id == by.pk:
        sentences.insert(0, _("This is you: you will not get back to this page."))
    return tool_page(
        model_admin,
        request,
        _("Take this role away?"),
        obj=conference,
        sentences=sentences,
        button=_("Take it away"),
        back=team_address(conference),
        dangerous=True,
    )


def _by(request: HttpRequest) -> User:
    by = visitor(request)
    assert by is not None, "the admin lets nobody in who has not signed in"
    return by


def _after(by: User, conference: Conference) -> str:
    """Back to the page, or to the first one for who has just given up the right to see it."""
    if may(by, Action.MANAGE_CONFERENCE, conference):
        return team_address(conference)
    return reverse("admin:index")


def _listed(conference: Conference) -> list[dict[str, Any]]:
    """The open invitations, with whether each has expired and the moments in words."""
    at = now()
    return [
        {
            "row": row,
            "expired": not row.is_open(at),
            "invited": conference.in_words(row.invited_at),
            "expires": conference.in_words(row.expires_at),
        }
        for row in invitations.open_invitations(conference)
    ]


def _invite(conference: Conference, form: InviteForm, by: User) -> str:
    chosen = form.cleaned_data
    made = invitations.invite(conference, chosen["email"], Role(chosen["role"]), by=by, at=now())
    if nowhere := mails.where_it_went_instead():
        return _("Invited: %(email)s.") % {"email": made.email} + " " + nowhere
    return _("Invited: %(email)s. A mail is on its way.") % {"email": made.email}


def _change(request: HttpRequest, conference: Conference, by: User) -> str:
    member: Membership = get_object_or_404(team_of(conference), pk=_asked(request, "member"))
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404("No such role.")
    changed = change_role(member, Role(role), by=by)
    words = {"name": member.user, "role": changed.get_role_display()}
    return _("%(name)s has the role: %(role)s.") % words


def _again(request: HttpRequest, conference: Conference, by: User) -> str:
    sent = invitations.send_again(_invitation(request, conference), by=by, at=now())
    text = _("Invited anew: %(email)s. The link in the mail before does not work any more.")
    return text % {"email": sent.email}


def _withdraw(request: HttpRequest, conference: Conference, by: User) -> str:
    row = _invitation(request, conference)
    invitations.withdraw(row)
    return _("The invitation of %(email)s is withdrawn.") % {"email": row.email}


def _invitation(request: HttpRequest, conference: Conference) -> Invitation:
    waiting = invitations.open_invitations(conference)
    return get_object_or_404(waiting, pk=_asked(request, "invitation"))


def _asked(request: HttpRequest, name: str) -> int:
    pk = request.POST.get(name, "")
    return int(pk) if is_id(pk) else 0


Act = Callable[[HttpRequest, Conference, User], str]
ACTS: dict[str, Act] = {"role": _change, "again": _again, "withdraw": _withdraw}


def _act(do: str) -> Act:
    if do not in ACTS:
        raise Http404("There is no such thing to do here.")
    return ACTS[do]
