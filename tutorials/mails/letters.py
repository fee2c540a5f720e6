"""What does a letter say, to whom, and is it still so?

A letter goes to somebody who is no attendee: a presenter gets the link to their entry, a colleague
an invitation to the team. Like a mail it is written when it is sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation

from conference.mail_html import SIGNATURE
from conference.models import Conference
from people.models import Attendee, Person
from tutorials.mails.message import one_line, typeset
from tutorials.models import Letter, Presenter, Tutorial
from tutorials.models.programme import programme_order
from tutorials.tokens import key_at


def letter_message(letter: Letter, *, language: str = "") -> EmailMultiAlternatives:
    """The letter as it goes out, in a language of its reader and the conference's time zone.

    Three queries at most.
    """
    to = letter_address_of(letter)
    language = language or _language_of(to, letter.conference)
    with translation.override(language), timezone.override(letter.conference.tz):
        context = {
            "conference": letter.conference,
            "signature": SIGNATURE,
            **(_invitation(letter) if letter.invitation else _presenter(letter)),
        }
        return typeset(letter, f"tutorials/letter/{letter.kind}", context, to=to)


def letter_address_of(letter: Letter) -> str:
    """Where a letter goes; empty where its reader has no e-mail address any more."""
    reader = letter.invitation or letter.person
    return reader.email if reader else ""


def letter_is_true(letter: Letter, at: datetime) -> bool:
    """Whether a letter may still be sent. Two queries at most.

    Not where its link leads nowhere any more, or a newer letter says the same.
    """
    newer = Letter.objects.filter(
        conference=letter.conference_id,
        kind=letter.kind,
        person=letter.person_id,
        invitation=letter.invitation_id,
        pk__gt=letter.pk,
    )
    if not letter_address_of(letter) or newer.exists():
        return False
    if letter.invitation:
        return letter.invitation.is_open(at)
    return letter.person is not None and _has_an_entry(letter.person, letter.conference)


def link_of(person: Person, conference: Conference) -> str:
    """The address of a presenter's own page in full; empty where they have no link."""
    if not person.link_key:
        return ""
    key = key_at(person.link_key, conference.slug)
    path = reverse("tutorials:presenting", args=[conference.slug, key])
    return settings.SITE_URL + path


def _has_an_entry(person: Person, conference: Conference) -> bool:
    presents = Presenter.objects.filter(person=person, tutorial__conference=conference)
    return bool(person.link_key) and presents.exists()


def _invitation(letter: Letter) -> dict[str, Any]:
    invitation = letter.invitation
    assert invitation is not None
    path = reverse("tutorials:invitation", args=[letter.conference.slug, invitation.key])
    inviter = invitation.invited_by
    return {
        "invitation": invitation,
        "inviter": one_line(inviter.name) if inviter else "",
        "until": letter.conference.in_words(invitation.expires_at),
        "url": settings.SITE_URL + path,
    }


def _presenter(letter: Letter) -> dict[str, Any]:
    person, conference = letter.person, letter.conference
    assert person is not None
    # A sample is of nobody.
    own = Tutorial.objects.filter(presenters__person=person.pk) if person.pk else None
    titles = (
        own.for_conference(conference).order_by(*programme_order()).values_list("title", flat=True)
        if own is not None
        else []
    )
    return {
        "name": one_line(person.name),
        "titles": [one_line(title) for title in titles],
        "url": link_of(person, conference),
    }


def _language_of(address: str, conference: Conference) -> str:
    """The language that somebody of this address chose as an attendee, else the site's first."""
    places = Attendee.objects.filter(conference=conference, email=address.lower())
    chosen = places.exclude(language="").order_by("pk").values_list("language", flat=True)
    return (chosen.first() if address else None) or settings.LANGUAGE_CODE
