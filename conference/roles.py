"""Who may do what? The only place that decides it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from conference.models import Conference, ConferenceQuerySet
    from people.models import User


class Role(models.TextChoices):
    """What an account is at one conference; the highest first."""

    ORGANISER = "organiser", _("Organiser")
    EDITOR = "editor", _("Programme editor")
    DOOR = "door", _("Door staff")
    VIEWER = "viewer", _("Viewer")

    def is_above(self, other: str) -> bool:
        """Whether who has the other role gains by this one."""
        return Role.values.index(self) < Role.values.index(other)

    @staticmethod
    def in_order(field: str) -> models.Case:
        """What to order rows by that have a role in ``field``."""
        places = enumerate(Role.values)
        return models.Case(*(models.When(**{field: role}, then=place) for place, role in places))


class Action(models.TextChoices):
    """What may be allowed."""

    SEE_STAFF_PAGES = "see_staff_pages", _("See the staff pages")
    SEE_ATTENDEES = "see_attendees", _("See the attendance lists")
    SEE_EMAILS = "see_emails", _("See their e-mail addresses")
    CHECK_IN = "check_in", _("Check people in")
    SEE_PROGRAMME = "see_programme", _("See the programme, drafts included")
    EDIT_PROGRAMME = "edit_programme", _("Edit and release the programme")
    MANAGE_ATTENDEES = "manage_attendees", _("Change attendees and what they have")
    MANAGE_CONFERENCE = "manage_conference", _("Change settings, texts and roles")


ALLOWED: dict[str, frozenset[Action]] = {
    Role.ORGANISER: frozenset(Action),
    Role.EDITOR: frozenset({Action.SEE_STAFF_PAGES, Action.SEE_PROGRAMME, Action.EDIT_PROGRAMME}),
    Role.DOOR: frozenset({Action.SEE_STAFF_PAGES, Action.SEE_ATTENDEES, Action.CHECK_IN}),
    Role.VIEWER: frozenset({Action.SEE_STAFF_PAGES, Action.SEE_PROGRAMME}),
}

# Who may do any of these at some conference has something to do in the admin.
IN_THE_ADMIN = frozenset(
    {
        Action.SEE_PROGRAMME,
        Action.EDIT_PROGRAMME,
        Action.MANAGE_ATTENDEES,
        Action.MANAGE_CONFERENCE,
    }
)

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


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


def in_the_admin(role: str | None) -> bool:
    """Whether a role has work to do in the admin; the others have the staff pages."""
    return any(role_allows(role, action) for action in IN_THE_ADMIN)


def what_it_allows(role: str) -> list[str]:
    """What a role allows, in words."""
    return [str(action.label) for action in Action if role_allows(role, action)]


def conferences_where(user: User | AnonymousUser, action: Action) -> ConferenceQuerySet:
    """The conferences at which an account may do ``action``; all of them for a superuser.

    No query until it is read, and then one.
    """
    from conference.models import Conference  # which may import this module

    if not user.is_authenticated or not user.is_active:
        return Conference.objects.none()
    if user.is_superuser:
        return Conference.objects.all()
    roles = [role for role, allowed in ALLOWED.items() if action in allowed]
    held = user.memberships.filter(role__in=roles)
    return Conference.objects.filter(pk__in=held.values("conference"))


class Rights:
    """What one account may do at every conference: read once, for who asks often. One query."""

    def __init__(self, user: User | AnonymousUser) -> None:
        self._user = user

    @cached_property
    def _roles(self) -> dict[int, str]:
        """The account's role by the id of the conference."""
        if not self._user.is_authenticated or not self._user.is_active:
            return {}
        return dict(self._user.memberships.values_list("conference_id", "role"))

    @property
    def everywhere(self) -> bool:
        """Whether the account is an organiser of all there is."""
        return self._user.is_active and self._user.is_superuser

    def may(self, action: Action, conference_id: int | None) -> bool:
        """Whether it may do ``action`` at that conference."""
        return self.everywhere or role_allows(self._roles.get(conference_id or 0), action)

    def anywhere(self, action: Action) -> bool:
        """Whether it may do ``action`` at some conference."""
        return self.everywhere or bool(self.where(action))

    def where(self, action: Action) -> list[int]:
        """The ids of the conferences at which its role allows ``action``; no superuser's."""
        return [pk for pk, role in self._roles.items() if role_allows(role, action)]

    def limit(self, rows: Rows, action: Action, path: str = "conference") -> Rows:
        """Of these rows, those of conferences at which it may do ``action``.

        ``path`` leads from a row to its conference; empty for conferences themselves.
        """
        if self.everywhere:
            return rows
        return rows.filter(**{f"{path or 'pk'}__in": self.where(action)})

    @property
    def in_the_admin(self) -> bool:
        """Whether it has anything to do in the admin."""
        return any(self.anywhere(action) for action in IN_THE_ADMIN)


def rights_of(request: HttpRequest) -> Rights:
    """What the visitor may do, kept with the request."""
    rights: Rights | None = getattr(request, "rights", None)
    if rights is None:
        rights = request.rights = Rights(request.user)  # type: ignore[attr-defined]
    return rights
