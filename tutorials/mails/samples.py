"""What would people get? A mail of each kind to an organiser, about somebody made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import override

from conference.models import Conference
from conference.roles import Role
from people.models import Attendee, Invitation, Person
from tutorials.mails.letters import letter_message
from tutorials.mails.message import message
from tutorials.models import Letter, Mail, Registration, Slot, Tutorial
from tutorials.models.mail import LetterKind, MailKind

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
        return _marked(message(mail, at=at))


def letter_sample_of(
    kind: LetterKind, conference: Conference, *, address: str, language: str, at: datetime
) -> EmailMultiAlternatives:
    """A letter of that kind of the conference; nothing is written, and its link leads nowhere."""
    with override(language):
        letter = Letter(conference=conference, kind=kind, created_at=at)
        if kind == LetterKind.INVITATION:
            letter.invitation = Invitation(
                conference=conference, email=address, role=Role.EDITOR, key="-", invited_at=at
            )
        else:
            letter.person = Person(name=_("Ada Example"), email=address, link_key="-")
        return _marked(letter_message(letter, language=language))


def _marked(made: EmailMultiAlternatives) -> EmailMultiAlternatives:
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
