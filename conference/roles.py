"""Who may do what? The only place that decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from conference.models import Conference
    from people.models import User


class Role(models.TextChoices):
    """What an account is at one conference."""

    ORGANISER = "organiser", _("Organiser")
    EDITOR = "editor", _("Programme editor")
    DOOR = "door", _("Door staff")
    VIEWER = "viewer", _("Viewer")


class Action(models.TextChoices):
    """What may be allowed."""

    SEE_STAFF_PAGES = "see_staff_pages", _("See the staff pages")
    SEE_ATTENDEES = "see_attendees", _("See who registered")
    SEE_EMAILS = "see_emails", _("See their e-mail addresses")
    CHECK_IN = "check_in", _("Check people in")
    EDIT_PROGRAMME = "edit_programme", _("Edit and release the programme")


ALLOWED: dict[str, frozenset[Action]] = {
    Role.ORGANISER: frozenset(Action),
    Role.EDITOR: frozenset({Action.SEE_STAFF_PAGES, Action.EDIT_PROGRAMME}),
    Role.DOOR: frozenset({Action.SEE_STAFF_PAGES, Action.SEE_ATTENDEES, Action.CHECK_IN}),
    Role.VIEWER: frozenset({Action.SEE_STAFF_PAGES}),
}


def role_of(user: User | AnonymousUser, conference: Conference) -> str | None:
    """The role of an account at a conference, or None. A superuser is an organiser everywhere.

    One query.
    """
    if not user.is_authenticated:
        return None
    memberships = user.memberships.filter(conference=conference)
    return role_given(user, memberships.values_list("role", flat=True).first())


def role_given(user: User, membership_role: str | None) -> str | None:
    """The role of an account that has this one by its membership. No query."""
    if not user.is_active:
        return None
    return Role.ORGANISER if user.is_superuser else membership_role


def may(user: User | AnonymousUser, action: Action, conference: Conference) -> bool:
    """Whether an account may do ``action`` at a conference; False for a stranger. One query."""
    return role_allows(role_of(user, conference), action)


def role_allows(role: str | None, action: Action) -> bool:
    """The same for a role that is known already."""
    return action in ALLOWED.get(role or "", frozenset())
