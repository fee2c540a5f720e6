"""Who has which role at a conference? Given, changed and taken away here."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from conference.models import Conference
from conference.roles import Role
from people.models import Membership, User


class TeamRefused(Exception):
    """It cannot be done; the text says why, to an organiser or to who was invited."""


def team_of(conference: Conference) -> QuerySet[Membership]:
    """Everybody with a role at a conference, the highest first. One query."""
    members = Membership.objects.filter(conference=conference).select_related("user")
    return members.order_by(Role.in_order("role"), "user__name", "user__email")


def led_alone(user: User) -> QuerySet[Conference]:
    """The conferences that would be left with no organiser if this account were gone."""
    others = Membership.objects.filter(role=Role.ORGANISER, user__is_active=True).exclude(user=user)
    mine = user.memberships.filter(role=Role.ORGANISER).values("conference")
    return Conference.objects.filter(pk__in=mine).exclude(pk__in=others.values("conference"))


def lock_teams_of(user: User) -> None:
    """Lock the teams that an account is in, inside a transaction: ``led_alone`` stays so."""
    mine = user.memberships.values("conference")
    list(Membership.objects.select_for_update().filter(conference__in=mine).order_by("pk"))


def change_role(member: Membership, role: Role, *, by: User) -> Membership:
    """Give somebody another role. Raises ``TeamRefused`` for the last organiser's."""

    def change(current: Membership) -> None:
        current.role = role
        current.save(update_fields=["role"])

    return _write(member, change, by=by, stays=role == Role.ORGANISER)


def take_away(member: Membership, *, by: User) -> None:
    """Take somebody's role away; twice is as good as once.

    Raises ``TeamRefused`` for the last organiser's.
    """
    _write(member, lambda current: current.delete(), by=by)


def _write(
    member: Membership,
    write: Callable[[Membership], object],
    *,
    by: User,
    stays: bool = False,
) -> Membership:
    """Write to a role that is still there, unless a conference would be left with no organiser.

    Only a superuser, who can make another, may leave it so. Locks the conference's team, so
    that two cannot take each other's role at once.
    """
    with transaction.atomic(durable=True):
        rows = Membership.objects.select_for_update(of=("self",)).select_related("user")
        team = list(rows.filter(conference=member.conference_id).order_by("pk"))
        current = next((each for each in team if each.pk == member.pk), None)
        if current is None:
            return member
        alone = led_alone(current.user).filter(pk=current.conference_id)
        if not stays and not by.is_superuser and alone.exists():
            text = _("A conference needs an organiser. Make somebody else one first.")
            raise TeamRefused(text)
        write(current)
    return current
