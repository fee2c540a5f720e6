"""What are people told, and how does it reach them?

``tell`` writes a row in the transaction of what happened; a worker sends it (``deliver_due``).
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from people.models import Attendee
from tutorials.models import Mail, Registration, Slot
from tutorials.models.mail import MailKind

logger = logging.getLogger(__name__)

# Until the next try, after the first, the second, … The first is also how long a process that
# sends has before another may think it dead.
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440)]


def tell(
    registrations: Collection[Registration],
    kind: MailKind,
    *,
    at: datetime,
    place: int | None = None,
) -> None:
    """Write a mail to the attendee of each; one without an address is left out. One query.

    ``attendee`` and ``attendee.user`` should be loaded. On a development machine it is sent as soon
    as the transaction has committed; elsewhere the worker does.
    """
    mails = Mail.objects.bulk_create(
        Mail(
            attendee=registration.attendee,
            tutorial_id=registration.tutorial_id,
            kind=kind,
            place=place,
            created_at=at,
            due_at=at,
        )
        for registration in registrations
        if address_of(registration.attendee)
    )
    if mails and settings.SEND_MAIL_AT_ONCE:
        transaction.on_commit(functools.partial(deliver_due, at, limit=len(mails)))


def deliver_due(at: datetime, *, limit: int = 100) -> int:
    """Send what is due, at most ``limit``; return how many were tried."""
    tried = 0
    while tried < limit and deliver_next(at):
        tried += 1
    return tried


def deliver_next(at: datetime) -> bool:
    """Send the mail that is longest due; False where none is. A failure is noted and tried later.

    It is claimed first, in a transaction of its own, by putting off its next try: a process that is
    killed while sending leaves at most the one mail in its hand to be sent again.
    """
    mail = _claim(at)
    if mail is None:
        return False
    try:
        message(mail).send()
    except (SMTPException, OSError) as error:
        # The class only: what a server answers may name an address, and logs hold none.
        logger.warning("Mail %s was not sent: %s", mail.key, type(error).__name__)
        mail.last_error = f"{type(error).__name__}: {error}"[:2000]
        if mail.attempts > len(PAUSES):
            mail.given_up_at = at
    else:
        mail.sent_at, mail.last_error = at, ""
    mail.save(update_fields=["sent_at", "last_error", "given_up_at"])
    return True


def send_again(mails: Collection[Mail], *, at: datetime) -> int:
    """Try once more what was given up or waits for its next try; return how many."""
    unsent = Mail.objects.filter(pk__in=[mail.pk for mail in mails], sent_at__isnull=True)
    return unsent.update(due_at=at, given_up_at=None, attempts=0)


def message(mail: Mail) -> EmailMessage:
    """The mail as it goes out, in the attendee's language and the conference's time zone."""
    tutorial, attendee = mail.tutorial, mail.attendee
    conference = tutorial.conference
    language = attendee.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(conference.tz):
        context = {
            "attendee": attendee,
            "tutorial": tutorial,
            "conference": conference,
            "place": mail.place,
            "slots": Slot.objects.public(conference)
            .filter(tutorial=tutorial)
            .select_related("session", "room__venue")
            .in_order(),
            "page": settings.SITE_URL + tutorial.get_absolute_url(),
            "tutorials_page": settings.SITE_URL
            + reverse("tutorials:tutorial_list", args=[conference.slug]),
        }
        subject = render_to_string(f"tutorials/mail/{mail.kind}_subject.txt", context)
        body = render_to_string(f"tutorials/mail/{mail.kind}.txt", context)
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[address_of(attendee)],
        reply_to=[conference.contact_email] if conference.contact_email else None,
        # RFC 3834, 5: no holiday notes in return. RFC 5322, 3.6.4: the same each time it is sent.
        headers={"Message-ID": f"<{mail.key}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _claim(at: datetime) -> Mail | None:
    with transaction.atomic(durable=True):
        mail = (
            Mail.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("attendee__user", "tutorial__conference")
            .due(at)
            .first()
        )
        if mail:
            mail.due_at = at + PAUSES[min(mail.attempts, len(PAUSES) - 1)]
            mail.attempts += 1
            mail.save(update_fields=["due_at", "attempts"])
    return mail


def address_of(attendee: Attendee) -> str:
    """Where mail reaches an attendee: the address of the place, else of the account, else ""."""
    return attendee.email or (attendee.user.email if attendee.user else "")
