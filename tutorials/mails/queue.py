"""How does a mail get from a row to a mail server, whatever fails?

``tell`` and ``write_letter`` write a row in the transaction of what happened; a worker sends it
(``deliver_due``). A mail to an attendee (``Mail``) and a letter to somebody else (``Letter``)
differ in what they say and in when that is true, and in nothing else here.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import Error, transaction
from django.db.models import QuerySet

from conference.models import Conference
from people.models import Invitation, Person
from tutorials.mails.letters import letter_is_true, letter_message
from tutorials.mails.message import address_of, message
from tutorials.mails.truth import NOT_TRUE, is_true
from tutorials.models import Letter, Mail, Registration
from tutorials.models.mail import LetterKind, MailKind, Outgoing, due

logger = logging.getLogger(__name__)

Facts = dict[str, Any]

# Until the next try, after the first, the second, … The first is also how long a process that
# sends has before another may think it dead.
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440)]

MAIL_ROWS = ["attendee__user", "tutorial__conference", "registration"]
LETTER_ROWS = ["conference", "person", "invitation__invited_by"]
Row = TypeVar("Row", bound=Outgoing)


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
    if mails:
        _send_at_once(at, len(mails))


def write_letter(
    kind: LetterKind,
    conference: Conference,
    *,
    at: datetime,
    person: Person | None = None,
    invitation: Invitation | None = None,
) -> Letter:
    """Write a letter to a presenter or to somebody invited, whichever the kind is about.

    Sent as ``tell`` says. Whether they have an address is for the caller to look at first: without
    one the letter is given up.
    """
    letter = Letter(conference=conference, kind=kind, person=person, invitation=invitation)
    return write_letters([letter], at=at)[0]


def write_letters(letters: Collection[Letter], *, at: datetime) -> list[Letter]:
    """The same for many at once, each with its conference, kind and reader. In batches."""
    for letter in letters:
        letter.created_at = letter.due_at = at
    written = Letter.objects.bulk_create(letters, batch_size=500)
    if written:
        _send_at_once(at, len(written))
    return written


def _send_at_once(at: datetime, number: int) -> None:
    if settings.SEND_MAIL_AT_ONCE:
        transaction.on_commit(functools.partial(deliver_due, at, limit=number))


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
        if _is_true(mail, at):
            _message(mail, at).send()
            mail.sent_at, mail.last_error = at, ""
        else:
            mail.given_up_at, mail.last_error = at, NOT_TRUE
    except Error:
        raise  # The database is in trouble, not this mail: it is tried again as it is.
    except Exception as error:
        _note(mail, error, at)
    # Not save(), which fails for a row that is gone: its reader may have asked to be forgotten.
    type(mail).objects.filter(pk=mail.pk).update(
        sent_at=mail.sent_at, last_error=mail.last_error, given_up_at=mail.given_up_at
    )
    return True


def send_again(rows: QuerySet[Mail] | QuerySet[Letter], *, at: datetime) -> int:
    """Try once more what was given up or waits for its next try; return how many."""
    unsent = rows.filter(sent_at__isnull=True)
    return unsent.update(due_at=at, given_up_at=None, attempts=0)


def _is_true(mail: Mail | Letter, at: datetime) -> bool:
    return letter_is_true(mail, at) if isinstance(mail, Letter) else is_true(mail, at)


def _message(mail: Mail | Letter, at: datetime) -> EmailMultiAlternatives:
    return letter_message(mail) if isinstance(mail, Letter) else message(mail, at=at)


def _note(mail: Mail | Letter, error: Exception, at: datetime) -> None:
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


def _claim(at: datetime) -> Mail | Letter | None:
    """A letter first: they are few, and wait for no batch of reminders."""
    with transaction.atomic(durable=True):
        mail: Mail | Letter | None = _longest_due(Letter.objects.all(), LETTER_ROWS, at)
        mail = mail or _longest_due(Mail.objects.all(), MAIL_ROWS, at)
        if mail:
            mail.due_at = at + PAUSES[min(mail.attempts, len(PAUSES) - 1)]
            mail.attempts += 1
            mail.save(update_fields=["due_at", "attempts"])
    return mail


def _longest_due(rows: QuerySet[Row], related: list[str], at: datetime) -> Row | None:
    """The first of its kind that nobody else is claiming, locked, with what its text speaks of."""
    unclaimed = rows.select_for_update(skip_locked=True, of=("self",))
    return unclaimed.select_related(*related).filter(due(at)).order_by("due_at", "pk").first()
