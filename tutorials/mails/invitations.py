"""What goes into somebody's calendar with a mail, and what does a mail take out again?

A seat is an invitation that its holder has accepted (METHOD:REQUEST); whoever loses it gets the
invitation back cancelled (METHOD:CANCEL). That is what Gmail, Outlook and Apple's calendar act on:
an event that was merely published (METHOD:PUBLISH) stays where it was when it is cancelled. One
event a file, since Outlook reads no further than the first.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from people.models import Attendee
from tutorials.calendar import Issue, calendar_of, event_of, invite
from tutorials.models import Mail, Registration, Schedule, Slot
from tutorials.models.mail import MailKind

# Mails to somebody who has got a seat.
GIVING = {MailKind.REGISTERED, MailKind.GOT_IN, MailKind.SWITCHED}
# Mails that put the times of a seat into a calendar, or bring them up to date there.
INVITING = {*GIVING, MailKind.MOVED, MailKind.REMINDER}
# Mails to somebody who has a seat no longer.
TAKING_BACK = {
    MailKind.LEFT,
    MailKind.WITHDRAWN,
    MailKind.TUTORIAL_CANCELLED,
    MailKind.MOVED_BACK,
}
# Mails after which a slot that was told before may be there no longer.
AFTER_A_RELEASE = {MailKind.MOVED, *TAKING_BACK}


@dataclass(frozen=True)
class Invitation:
    """A calendar file with one event."""

    name: str
    method: str
    content: bytes


def invitations_of(mail: Mail, slots: list[Slot], address: str) -> list[Invitation]:
    """The files to go with a mail; none for somebody whose calendar we never wrote to.

    ``slots`` are the released ones of its tutorial and of the others that it speaks of. Three
    queries at most.
    """
    takes_back, invites = _takes_back(mail), _invites(mail)
    if not takes_back and not invites:
        return []
    events = [(slot, takes_back) for slot in slots if slot.tutorial_id == mail.tutorial_id]
    if mail.kind == MailKind.SWITCHED:
        events += [(slot, True) for slot in slots if slot.tutorial_id != mail.tutorial_id]
    if mail.kind in AFTER_A_RELEASE:
        told = {slot.key for slot in slots}
        events += [(slot, True) for slot in _had(mail) if slot.key not in told]
    return [
        _invitation(mail, slot, address, number, cancels=cancels)
        for number, (slot, cancels) in enumerate(events, start=1)
    ]


def _invites(mail: Mail) -> bool:
    seat = mail.registration
    has_seat = seat is not None and seat.status == Registration.Status.CONFIRMED
    return has_seat and mail.kind in INVITING


def _takes_back(mail: Mail) -> bool:
    if mail.kind not in TAKING_BACK or mail.registration is None:
        return False
    given = Mail.objects.filter(
        attendee=mail.attendee_id, tutorial=mail.tutorial_id, kind__in=GIVING
    )
    # A sample shows what the others get.
    return mail.pk is None or given.filter(pk__lt=mail.pk, sent_at__isnull=False).exists()


def uid_of(slot: Slot, attendee: Attendee) -> str:
    """The UID of an attendee's own event: for good, and telling nothing about either.

    Not the public one: five tickets may share a mailbox, and one who cancels takes out one event.
    """
    return str(uuid.uuid5(slot.key, f"attendee {attendee.pk}"))


def _invitation(mail: Mail, slot: Slot, address: str, number: int, *, cancels: bool) -> Invitation:
    conference = mail.tutorial.conference
    page = settings.SITE_URL + slot.tutorial.get_absolute_url()
    advice = _(
        "You cannot come? Cancel on the page of the tutorial: declining in your calendar does not "
        "free your seat."
    )
    event = event_of(
        slot,
        # Later mails have higher ids, so a mail that was held up cannot undo a later one.
        Issue(sequence=mail.pk or 0, at=mail.created_at, is_cancelled=cancels),
        uid=uid_of(slot, mail.attendee),
        page=page,
        description=f"{page}\n\n{advice}",
    )
    # Calendars ask that whoever changes an event is whoever sent it.
    organizer = (conference.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    invite(event, organizer=organizer, guest=(" ".join(mail.attendee.name.split()), address))
    method = "CANCEL" if cancels else "REQUEST"
    name = f"{slot.tutorial.code}-{number}.ics"
    return Invitation(name, method, calendar_of([event], method=method))


def _had(mail: Mail) -> Iterable[Slot]:
    """The slots that the attendee's seat had in any version since it was given, the newest last."""
    conference, seat = mail.tutorial.conference, mail.registration
    since = (seat.confirmed_at or seat.registered_at) if seat else mail.created_at
    versions = Schedule.objects.filter(conference=conference).released()
    at_first = versions.filter(released_at__lte=since).aggregate(number=Max("number"))["number"]
    slots = (
        Slot.objects.filter(schedule__conference=conference, tutorial=mail.tutorial_id)
        .filter(schedule__number__gte=at_first or 1)
        .select_related("session", "room__venue", "tutorial")
        .order_by("schedule__number", "number")
    )
    for slot in slots:
        slot.tutorial.conference = conference
    return {slot.key: slot for slot in slots}.values()
