"""How does a colleague come to the team? By an invitation that is mailed, and accepted by its link.

The invitation and the letter that tells of it are written in one transaction. (What goes into
people's calendars is ``mails/invitations.py``.)
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from conference.models import Conference
from conference.roles import Role
from people.models import Invitation, Membership, User
from people.team import TeamRefused
from tutorials import mails
from tutorials.models.mail import LetterKind

KEPT_FOR = timedelta(days=90)


def open_invitations(conference: Conference) -> QuerySet[Invitation]:
    """Those that nobody has accepted yet, expired ones too; the newest first. One query."""
    waiting = Invitation.objects.filter(conference=conference, accepted_at__isnull=True)
    return waiting.select_related("invited_by").order_by("-invited_at", "-pk")


def invite(conference: Conference, email: str, role: Role, *, by: User, at: datetime) -> Invitation:
    """Offer somebody a role by mail; an address that is invited already is invited anew.

    Raises ``TeamRefused`` for who has a role here.
    """
    email = email.strip().lower()
    try:
        with transaction.atomic(durable=True):
            member = Membership.objects.filter(conference=conference, user__email__iexact=email)
            if has := member.first():
                text = _("%(email)s is on the team already: %(role)s. Change the role above.")
                raise TeamRefused(text % {"email": email, "role": has.get_role_display()})
            invitation = open_invitations(conference).filter(
                email__iexact=email
            ).first() or Invitation(conference=conference, email=email)
            invitation.role = role
            return _send(invitation, by=by, at=at)
    except IntegrityError as error:
        text = _("Somebody else has just invited %(email)s.")
        raise TeamRefused(text % {"email": email}) from error


def send_again(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Mail an invitation anew; the link that went out before ends, and so does its time."""
    with transaction.atomic(durable=True):
        current = _locked(pk=invitation.pk)
        if current is None or current.accepted_at:
            raise TeamRefused(_("This invitation is accepted or withdrawn already."))
        return _send(current, by=by, at=at)


def withdraw(invitation: Invitation) -> None:
    """Take an invitation back; twice is as good as once. One that was accepted stays."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).delete()


def invitation_with(conference: Conference, key: str) -> Invitation | None:
    """The invitation that a link stands for, or None. One query."""
    rows = Invitation.objects.filter(conference=conference, key=key)
    return rows.select_related("invited_by").first()


def accept(invitation: Invitation, user: User, *, at: datetime) -> Membership:
    """Give the role to who accepts; twice is as good as once.

    Whoever has the link may, with any account: who invited sees on the team's page who did. For
    somebody who has this role or a higher one there is nothing to accept: they keep it, and the
    invitation stays open for whom it is meant. Raises ``TeamRefused`` with the reason, for who
    accepts to read.
    """
    with transaction.atomic(durable=True):
        current = _locked(pk=invitation.pk)
        if current is None:
            raise TeamRefused(_("This invitation was withdrawn."))
        if current.accepted_at and current.accepted_by_id != user.pk:
            raise TeamRefused(_("Somebody has accepted this invitation already."))
        if not current.accepted_at and not current.is_open(at):
            raise TeamRefused(_("This invitation has expired. Ask for a new one."))
        rows = Membership.objects.select_for_update().filter(conference=current.conference_id)
        member = rows.filter(user=user).first()
        if current.accepted_at:
            if member is None:
                raise TeamRefused(_("Your role was taken away since you accepted."))
            return member
        if user.is_superuser:
            raise TeamRefused(_("You may do all of that already. The invitation stays open."))
        if member and not Role(current.role).is_above(member.role):
            return member
        member = member or Membership(conference=current.conference, user=user)
        member.role = current.role
        member.save()
        current.accepted_at, current.accepted_by = at, user
        current.save(update_fields=["accepted_at", "accepted_by"])
    return member


def forget_invitations(at: datetime) -> int:
    """Delete those that were accepted or have expired long ago, with the address; how many.

    Who accepted has a role, which stays. The worker's.
    """
    long_ago = at - KEPT_FOR
    over = Q(accepted_at__lt=long_ago)
    over |= Q(accepted_at__isnull=True, invited_at__lt=long_ago - Invitation.VALID_FOR)
    return Invitation.objects.filter(over).delete()[1].get("people.Invitation", 0)


def _locked(pk: int) -> Invitation | None:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("conference")
    return rows.filter(pk=pk).first()


def _send(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    invitation.key = secrets.token_urlsafe(24)
    invitation.invited_by, invitation.invited_at = by, at
    invitation.save()
    mails.write_letter(LetterKind.INVITATION, invitation.conference, invitation=invitation, at=at)
    return invitation
