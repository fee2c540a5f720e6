"""What does a mail say? Its text is made when it is sent, and its HTML of that text."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from conference.clock import now
from conference.mail_html import SIGNATURE, html_of
from conference.models import Conference
from people.models import Attendee
from tutorials.calendar import location_of
from tutorials.mails.alternatives import alternatives_to
from tutorials.mails.invitations import invitations_of
from tutorials.models import Mail, Registration, Slot, Tutorial
from tutorials.models.mail import MailKind, Outgoing
from tutorials.tokens import Purpose, token_for
from tutorials.waiting import passed_over_for

# Mails to somebody whose seat may be in the way of another that they wait for.
TELLING_OF_A_SEAT = {
    MailKind.REGISTERED,
    MailKind.GOT_IN,
    MailKind.SWITCHED,
    MailKind.MOVED,
}


def message(mail: Mail, *, at: datetime | None = None) -> EmailMultiAlternatives:
    """The mail as it goes out, in the attendee's language and the conference's time zone.

    A fixed number of queries for each kind. ``at`` is when it goes out: now, unless said.
    """
    attendee, conference = mail.attendee, mail.tutorial.conference
    language = attendee.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(conference.tz):
        slots = _slots(mail)
        context = _context(mail, slots, at or now())
        made = typeset(mail, f"tutorials/mail/{mail.kind}", context, to=address_of(attendee))
        invitations = invitations_of(mail, slots, address_of(attendee))
    for invitation in invitations:
        # Calendars act on it only if the part names the same method as the file (RFC 6047, 2.4).
        made.attach(
            invitation.name,
            invitation.content.decode(),
            f"text/calendar; method={invitation.method}",
        )
    return made


def typeset(
    row: Outgoing, template: str, context: dict[str, Any], *, to: str
) -> EmailMultiAlternatives:
    """A row of the queue as it goes out, in the language that is active.

    Of ``<template>_subject.txt`` and ``<template>.txt``; ``context`` holds the conference.
    """
    conference: Conference = context["conference"]
    subject = one_line(render_to_string(f"{template}_subject.txt", context))
    body = _tidy(render_to_string(f"{template}.txt", context))
    html = html_of(body, title=subject, heading=conference.name, colour=conference.colour)
    made = EmailMultiAlternatives(
        subject=subject,
        body=body,
        to=[to],
        reply_to=[conference.contact_email] if conference.contact_email else None,
        # RFC 3834, 5: no holiday notes in return. RFC 5322, 3.6.4: the same each time it is sent.
        headers={
            "Message-ID": f"<{row.key}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    made.attach_alternative(html, "text/html")
    return made


def address_of(attendee: Attendee) -> str:
    """Where mail reaches an attendee: the address of the place, else of the account, else ""."""
    return attendee.email or (attendee.user.email if attendee.user else "")


def one_line(text: str) -> str:
    """Without line breaks: what people typed must not look like another paragraph or header."""
    return " ".join(text.split())


def _slots(mail: Mail) -> list[Slot]:
    """The released slots of the tutorial, and of others that the mail speaks of, in order."""
    conference = mail.tutorial.conference
    slots = (
        Slot.objects.public(conference)
        .filter(tutorial__in=[mail.tutorial_id, *_other_ids(mail)])
        .select_related("session", "room__venue", "tutorial")
        .in_order()
    )
    for slot in slots:
        slot.tutorial.conference = conference
    return list(slots)


def _other_ids(mail: Mail) -> list[int]:
    """The tutorials that it speaks of besides its own; more than one where more were given up."""
    return mail.facts.get("others") or [other for other in [mail.facts.get("other")] if other]


def _context(mail: Mail, slots: list[Slot], at: datetime) -> dict[str, Any]:
    tutorial, registration = mail.tutorial, mail.registration
    conference = tutorial.conference
    others = _others(mail)
    other = others[0] if others else None
    return {
        "name": one_line(mail.attendee.name),
        "title": one_line(tutorial.title),
        "other_titles": [one_line(each.title) for each in others],
        "reason": one_line(str(mail.facts.get("reason", ""))),
        "bring": tutorial.what_to_bring.strip(),
        "conference": conference,
        "signature": SIGNATURE,
        "place": _place(mail),
        "until": _until(mail),
        "status": registration.status if registration else "",
        "for_ticket": bool(mail.facts.get("ticket")),
        "when": _when(slots, tutorial.pk),
        "other_when": _when(slots, other.pk) if other else [],
        "page": _site(tutorial.get_absolute_url()),
        "tutorials_page": _site(reverse("tutorials:tutorial_list", args=[conference.slug])),
        "my_page": _site(reverse("tutorials:my_tutorials", args=[conference.slug])),
        "offer_page": _link(mail, "offer"),
        "leave_page": _link(mail, "leave"),
        "given_up": _given_up(mail, others),
        "passed_over": [
            {"title": one_line(found.title), "page": _site(_page_of(found, mail))}
            for found in _passed_over(mail, at)
        ],
        "alternatives": [
            {
                "title": one_line(found.title),
                "when": _when(found_slots, found.pk),
                "page": _site(_page_of(found, mail)),
            }
            for found, found_slots in _alternatives(mail, at)
        ],
    }


def _until(mail: Mail) -> datetime | None:
    """When an offer ends: as the registration says, else as it was when the mail was written."""
    if mail.registration and mail.registration.offered_until:
        return mail.registration.offered_until
    written = mail.facts.get("until")
    return datetime.fromisoformat(written) if written else None


def _when(slots: Collection[Slot], tutorial_id: int) -> list[dict[str, Any]]:
    """When and where, a part each, for the templates."""
    return [
        {
            "starts_at": slot.session.starts_at,
            "ends_at": slot.session.ends_at,
            "where": one_line(location_of(slot)),
            "directions": one_line(slot.room.directions) if slot.room else "",
        }
        for slot in slots
        if slot.tutorial_id == tutorial_id
    ]


def _others(mail: Mail) -> list[Tutorial]:
    ids = _other_ids(mail)
    return list(mail.tutorial.conference.tutorials.filter(pk__in=ids).order_by("pk")) if ids else []


def _place(mail: Mail) -> int | None:
    """The place as it was when the mail was written, else as it is."""
    if mail.place or mail.kind != MailKind.MOVED_BACK or mail.registration is None:
        return mail.place
    # Not above: the engine tells people by these mails, so it imports us.
    from tutorials.registration import place

    return place(mail.registration)


def _given_up(mail: Mail, others: list[Tutorial]) -> list[str]:
    """The titles of what accepting an offer would give up."""
    if mail.kind != MailKind.OFFERED or mail.registration is None:
        return []
    from tutorials.registration import given_up_by

    found = given_up_by(mail.registration) or others
    return [one_line(tutorial.title) for tutorial in found]


def _passed_over(mail: Mail, at: datetime) -> list[Tutorial]:
    """Where the seat that it tells of is in the way of another that they wait for."""
    seat = mail.registration
    has_seat = seat is not None and seat.status == Registration.Status.CONFIRMED
    # A sample is of nobody.
    if not has_seat or mail.kind not in TELLING_OF_A_SEAT or not mail.attendee_id:
        return []
    return passed_over_for(mail.attendee, mail.tutorial, at)


def _alternatives(mail: Mail, at: datetime) -> list[tuple[Tutorial, list[Slot]]]:
    if mail.kind != MailKind.TUTORIAL_CANCELLED:
        return []
    return alternatives_to(mail.tutorial, mail.attendee, at)


def _link(mail: Mail, purpose: Purpose) -> str:
    """The address at which the bearer may do something; "" where nothing stands behind it."""
    if mail.registration is None:
        return ""
    slug, token = mail.tutorial.conference.slug, token_for(mail.registration, purpose)
    return _site(reverse(f"tutorials:{purpose}", args=[slug, token]))


def _page_of(tutorial: Tutorial, mail: Mail) -> str:
    return reverse("tutorials:tutorial_detail", args=[mail.tutorial.conference.slug, tutorial.slug])


def _site(path: str) -> str:
    return settings.SITE_URL + path


def _tidy(text: str) -> str:
    """Without the gaps that parts of a template leave which say nothing this time."""
    lines = [line if line == SIGNATURE else line.rstrip() for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
