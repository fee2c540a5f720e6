"""What would people get? A mail of each kind to an organiser, about somebody made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import override

from conference.models import Conference
from people.models import Attendee
from tutorials.mails.message import message
from tutorials.models import Mail, Registration, Slot, Tutorial
from tutorials.models.mail import MailKind

# The id of nobody: links that are signed for it lead to nothing.
NOBODY = 0
SPEAK_OF_ANOTHER = {MailKind.OFFERED, MailKind.SWITCHED, MailKind.CLASH}


def sample_of(
    kind: MailKind, conference: Conference, *, address: str, language: str, at: datetime
) -> EmailMultiAlternatives | None:
    """A mail of that kind about a tutorial of the conference; None where it has none to show.

    Nothing is written. The subject says that it is a sample.
    """
    tutorials = _tutorials(conference)
    if not tutorials:
        return None
    with override(language):
        attendee = Attendee(
            pk=NOBODY,
            conference=conference,
            name=_("Ada Example"),
            email=address,
            language=language,
        )
        facts: dict[str, Any] = {
            "until": (at + timedelta(hours=conference.offer_hours)).isoformat()
        }
        if kind in SPEAK_OF_ANOTHER and len(tutorials) > 1:
            facts["other"] = tutorials[1].pk
        mail = Mail(
            attendee=attendee,
            tutorial=tutorials[0],
            registration=Registration(
                pk=NOBODY,
                attendee=attendee,
                tutorial=tutorials[0],
                status=Registration.Status.CONFIRMED,
                registered_at=at,
                confirmed_at=at,
            ),
            kind=kind,
            place=3,
            facts=facts,
            created_at=at,
        )
        made = message(mail, at=at)
        made.subject = f"[{_('Sample')}] {made.subject}"
    return made


def _tutorials(conference: Conference) -> list[Tutorial]:
    """Two public tutorials, those with a released slot first."""
    public = Tutorial.objects.public().for_conference(conference)
    with_time = public.filter(pk__in=Slot.objects.released(conference).values("tutorial"))
    found = list(with_time.in_programme_order()[:2]) or list(public.in_programme_order()[:2])
    for tutorial in found:
        tutorial.conference = conference
    return found
