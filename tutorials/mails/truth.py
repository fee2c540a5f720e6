"""Is what a mail says still so? It may have waited while the world went on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tutorials.models import Mail, Registration, Slot
from tutorials.models.mail import MailKind
from tutorials.standing import has_started

Status = Registration.Status

# Kept as the error of a mail that was not sent for that; the admin says it in its own words.
NOT_TRUE = "Not true any more."


def is_true(mail: Mail, at: datetime) -> bool:
    """Whether a mail may still be sent.

    One that tells what happened is, even where something else has happened since: that has a mail
    of its own. One that says how things are is so only while they are. Two queries at most.
    """
    if not mail.tutorial.conference.takes_registrations:
        return False  # it came to be that people just come, and nobody is told of seats
    rule = RULES.get(MailKind(mail.kind))
    if rule is None or mail.registration is None:
        return True
    return rule(mail, mail.registration, at)


def _got_a_seat(mail: Mail, mine: Registration, at: datetime) -> bool:
    """Where the seat is gone, only while what tells of that comes after it."""
    if mine.status == Status.CONFIRMED:
        return True
    return not mine.mails.filter(pk__gt=mail.pk, sent_at__isnull=False).exists()


def _waits(mail: Mail, mine: Registration, at: datetime) -> bool:
    return mine.status == Status.WAITLISTED


def _has_no_seat(mail: Mail, mine: Registration, at: datetime) -> bool:
    """Who is asked which of two they want may have been offered the seat by now."""
    asked = mine.status == Status.OFFERED and "other" in mail.facts
    return asked or mine.status == Status.WAITLISTED


def _is_offered(mail: Mail, mine: Registration, at: datetime) -> bool:
    holds = mine.status == Status.OFFERED and not mine.awaits_ticket
    return holds and mine.offered_until is not None and at < mine.offered_until


def _is_held(mail: Mail, mine: Registration, at: datetime) -> bool:
    return mine.status == Status.OFFERED and mine.awaits_ticket


def _still_concerns(mail: Mail, mine: Registration, at: datetime) -> bool:
    return mine.status in Registration.LIVE and not mail.tutorial.is_cancelled


def _has_both(mail: Mail, mine: Registration, at: datetime) -> bool:
    seated = Registration.objects.seated().filter(attendee=mail.attendee_id)
    both = {mail.tutorial_id, mail.facts.get("other")}
    return seated.filter(tutorial__in=both).count() == 2


def _will_come(mail: Mail, mine: Registration, at: datetime) -> bool:
    if mine.status != Status.CONFIRMED or mail.tutorial.is_cancelled:
        return False
    slots = Slot.objects.released(mail.tutorial.conference).filter(tutorial=mail.tutorial_id)
    return not has_started(slots.select_related("session"), at)


RULES: dict[MailKind, Callable[[Mail, Registration, datetime], bool]] = {
    MailKind.REGISTERED: _got_a_seat,
    MailKind.GOT_IN: _got_a_seat,
    MailKind.SWITCHED: _got_a_seat,
    MailKind.WAITING: _waits,
    MailKind.MOVED_BACK: _has_no_seat,
    MailKind.OFFERED: _is_offered,
    MailKind.HELD: _is_held,
    MailKind.MOVED: _still_concerns,
    MailKind.CLASH: _has_both,
    MailKind.REMINDER: _will_come,
}
