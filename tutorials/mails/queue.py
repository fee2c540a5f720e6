"""How does a mail get from a row to a mail server, whatever fails?

``tell`` writes a row in the transaction of what happened; a worker sends it (``deliver_due``).
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.db import Error, transaction

from tutorials.mails.message import address_of, message
from tutorials.mails.truth import NOT_TRUE, is_true
from tutorials.models import Mail, Registration
from tutorials.models.mail import MailKind

logger = logging.getLogger(__name__)

Facts = dict[str, Any]

# Until the next try, after the first, the second, … The first is also how long a process that
# sends has before another may think it dead.
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440)]


def tell(
    registrations: Collection[Registration],
    kind: MailKind,
    *,
    at: datetime,
    place: int | None = None,
    facts: Facts | Callable[[Registration], Facts] | None = None,
) -> None:
    """Write a mail to the attendee of each; one without an address is left out.

    ``attendee`` and ``attendee.user`` should be loaded. ``facts`` is what the models say of them,
    for all or asked for each. Written in batches. On a development machine they are sent as soon
    as the transaction has committed; elsewhere the worker does.
    """
    mails = Mail.objects.bulk_create(
        (
            Mail(
                registration=registration,
                attendee=registration.attendee,
                tutorial_id=registration.tutorial_id,
                kind=kind,
                place=place,
                facts=(facts(registration) if callable(facts) else facts) or {},
                created_at=at,
                due_at=at,
            )
            for registration in registrations
            if address_of(registration.attendee)
        ),
        batch_size=500,
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
    killed while sending leaves at most the one mail in its hand to be sent again. What is not true
    any more is given up unsent; so is what cannot be sent by trying again.
    """
    mail = _claim(at)
    if mail is None:
        return False
    try:
        if is_true(mail, at):
            message(mail, at=at).send()
            mail.sent_at, mail.last_error = at, ""
        else:
            mail.given_up_at, mail.last_error = at, NOT_TRUE
    except Error:
        raise  # The database is in trouble, not this mail: it is tried again as it is.
    except Exception as error:
        _note(mail, error, at)
    mail.save(update_fields=["sent_at", "last_error", "given_up_at"])
    return True


def send_again(mails: Collection[Mail], *, at: datetime) -> int:
    """Try once more what was given up or waits for its next try; return how many."""
    unsent = Mail.objects.filter(pk__in=[mail.pk for mail in mails], sent_at__isnull=True)
    return unsent.update(due_at=at, given_up_at=None, attempts=0)


def _note(mail: Mail, error: Exception, at: datetime) -> None:
    """Keep why a mail was not sent, and give it up where another try could not help."""
    # The class only: what a server answers may name an address, and logs hold none.
    logger.warning("Mail %s was not sent: %s", mail.key, type(error).__name__)
    mail.last_error = f"{type(error).__name__}: {error}"[:2000]
    if mail.attempts > len(PAUSES) or not _may_pass(error):
        mail.given_up_at = at


def _may_pass(error: Exception) -> bool:
    """Whether another try may succeed: not with a text that cannot be made, or a refused address.

    RFC 5321, 4.2.1: what a server answers with 5 as its first digit is meant for good.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return any(code < 500 for code, _text in error.recipients.values())
    return isinstance(error, SMTPException | OSError)


def _claim(at: datetime) -> Mail | None:
    with transaction.atomic(durable=True):
        mail = (
            Mail.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("attendee__user", "tutorial__conference", "registration")
            .due(at)
            .first()
        )
        if mail:
            mail.due_at = at + PAUSES[min(mail.attempts, len(PAUSES) - 1)]
            mail.attempts += 1
            mail.save(update_fields=["due_at", "attempts"])
    return mail
