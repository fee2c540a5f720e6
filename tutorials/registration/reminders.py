"""Who is reminded of what they have a seat in?"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

from conference.models import Conference
from tutorials import mails
from tutorials.models import Registration, Slot, Tutorial
from tutorials.models.mail import MailKind
from tutorials.registration.locks import committed, lock_one


def remind(*, at: datetime) -> int:
    """Write the reminders that are due; return how many. Each tutorial is its own transaction.

    Who got the seat so late that a reminder would follow on its heels is spared it.
    """
    number = 0
    for conference in Conference.objects.filter(
        attendance__in=Conference.REGISTERING,
        reminder_hours__isnull=False,
        ends_on__gte=at.date() - timedelta(days=1),
    ):
        before = timedelta(hours=conference.reminder_hours or 0)
        starts: dict[int, list[datetime]] = defaultdict(list)
        slots = Slot.objects.public(conference).select_related("session")
        for slot in slots.filter(tutorial__status=Tutorial.Status.PUBLISHED):
            starts[slot.tutorial_id].append(slot.session.starts_at)
        for pk, its in sorted(starts.items()):
            first = min(its)
            if first - before <= at < first:
                number += committed(partial(_remind, pk, first - before, at))
    return number


def _remind(tutorial_id: int, due: datetime, at: datetime) -> int:
    to_remind = Registration.objects.filter(
        tutorial=tutorial_id,
        status=Registration.Status.CONFIRMED,
        reminded_at__isnull=True,
        confirmed_at__lt=due,
    )
    if not to_remind.exists():
        return 0
    lock_one(tutorial_id, lambda tutorial: ())
    rows = list(to_remind.select_related("attendee__user").order_by("pk"))
    to_remind.update(reminded_at=at)
    mails.tell(rows, MailKind.REMINDER, at=at)
    return len(rows)
