"""When somebody is forgotten: what of their registrations, mails and history? When is everybody?

``KEEPER`` is what ``people.privacy`` asks. ``erase_due`` is the worker's: each conference says
after which day it keeps nobody's name (``Conference.data_deleted_after``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _

from conference.clock import now
from conference.dates import day_in_words
from conference.models import Conference
from conference.roles import Action, conferences_where
from people.forgotten import BATCH, scrub_log
from people.models import Attendee, AttendeeFile, User
from people.privacy import Keeper, blank
from tutorials import feedback, registration
from tutorials.models import (
    Change,
    CheckIn,
    Letter,
    Mail,
    PrivateCalendar,
    Registration,
    Star,
    Tutorial,
)
from tutorials.registration.leaving import begun_by
from tutorials.registration.locks import lock
from tutorials.standing import Refused

# How long before the day organisers are told of it.
WARNED = timedelta(days=14)


class NamesDeleted(ValueError):
    """There is no list of people any more; says since when."""


NAMED_IN_THE_LOG = (Registration, Mail, CheckIn)


# One person


def erase_place(attendee: Attendee, by: User | None, at: datetime) -> None:
    """End what has not begun, and forget whose it was, all in one transaction."""
    with suppress(Refused):  # the place is gone: two were joined meanwhile
        registration.leave_for_good(attendee, by=by, at=at, then=partial(_let_go, at=at))


def _let_go(attendee: Attendee, at: datetime) -> None:
    _forget([attendee.pk])
    blank([attendee], at)


def scrub_places(attendee_ids: Collection[int]) -> None:
    """Let the admin's log name no more whose these places, and what hangs on them, are."""
    scrub_log(Attendee, attendee_ids)
    for model in NAMED_IN_THE_LOG:
        rows = model._default_manager.filter(attendee__in=attendee_ids)
        scrub_log(model, list(rows.order_by().values_list("pk", flat=True)))


def _forget(attendee_ids: Collection[int]) -> None:
    """Delete what was mailed to them, and what was said of them in words; the counts stay."""
    scrub_places(attendee_ids)
    feedback.forget(attendee_ids)
    _forget_own_schedules(attendee_ids)
    Mail.objects.filter(attendee__in=attendee_ids).delete()
    theirs = Change.objects.filter(attendee__in=attendee_ids).exclude(reason="")
    # Where the seats were raised for somebody, that has a row of its own with the same reason.
    same_act = theirs.filter(
        tutorial=OuterRef("tutorial"), at=OuterRef("at"), why=Change.Why.ORGANISER
    )
    Change.objects.filter(Exists(same_act), registration__isnull=True).update(reason="")
    theirs.update(reason="")


def _forget_own_schedules(attendee_ids: Collection[int]) -> None:
    """Delete what their accounts starred there, and the addresses of their calendars."""
    theirs = Attendee.objects.filter(pk__in=attendee_ids, user=OuterRef("user"))
    at_its = theirs.filter(conference=OuterRef("tutorial__conference"))
    Star.objects.filter(Exists(at_its)).delete()
    there = theirs.filter(conference=OuterRef("conference"))
    PrivateCalendar.objects.filter(Exists(there)).delete()


def what_ends(attendees: Collection[Attendee], at: datetime) -> list[str]:
    """What would end if these places were erased: a sentence for each registration."""
    live = Registration.objects.live().filter(attendee__in=attendees)
    rows = list(live.select_related("tutorial__conference").order_by("tutorial__conference", "pk"))
    tutorials: dict[int, set[Tutorial]] = {}
    for row in rows:
        tutorials.setdefault(row.tutorial.conference_id, set()).add(row.tutorial)
    begun = set().union(*(begun_by(each, at) for each in tutorials.values()))
    return [_ending(row) for row in rows if row.tutorial_id not in begun]


def _ending(row: Registration) -> str:
    words = {"tutorial": row.tutorial, "conference": row.tutorial.conference}
    if row.status == Registration.Status.WAITLISTED:
        text = _("%(conference)s, “%(tutorial)s”: the place on the waiting list is given up.")
    else:
        text = _("%(conference)s, “%(tutorial)s”: the seat goes to whoever is next.")
    return text % words


def forget_addresses(addresses: Collection[str]) -> None:
    """Take e-mail addresses from why mails were not sent, and from the log of letters to them."""
    for address in addresses:
        for model in (Mail, Letter):
            named = model._default_manager.filter(last_error__icontains=address)
            named.update(last_error="")
    letters = Letter.objects.alias(address=Lower("invitation__email"))
    ids = letters.filter(address__in=addresses).order_by().values_list("pk", flat=True)
    scrub_log(Letter, list(ids))


KEEPER = Keeper(erase_place, what_ends, forget_addresses)


# A whole conference


def erase_due(at: datetime) -> int:
    """Erase the attendees of every conference whose day has passed; return how many there were.

    In batches, each a transaction: what was cut off goes on the next time. Registrations,
    check-ins and head counts stay, of nobody.
    """
    return sum(_erase_all(conference, at) for conference in _due(at))


def _due(at: datetime) -> Iterator[Conference]:
    """Those with somebody to forget: even one who came later, by whatever way."""
    over = Conference.objects.filter(_has_people(), ends_on__lte=at.date())
    for conference in over:
        if conference.local(at).date() > conference.data_deleted_after:
            yield conference


def _has_people() -> Q:
    """Attendees, or accounts that came no nearer than a star or a calendar."""
    stars = Star.objects.filter(tutorial__conference=OuterRef("pk"))
    calendars = PrivateCalendar.objects.filter(conference=OuterRef("pk"))
    return Q(_has_attendees()) | Q(Exists(stars)) | Q(Exists(calendars))


def _has_attendees() -> Exists:
    return Exists(Attendee.objects.filter(conference=OuterRef("pk"), erased_at__isnull=True))


def _erase_all(conference: Conference, at: datetime) -> int:
    AttendeeFile.objects.filter(conference=conference).delete()
    Star.objects.filter(tutorial__conference=conference).delete()
    PrivateCalendar.objects.filter(conference=conference).delete()
    living = Attendee.objects.for_conference(conference).filter(erased_at__isnull=True)
    number = 0
    while ids := list(living.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        number += _erase_batch(ids, at)
    Change.objects.for_conference(conference).exclude(reason="").update(reason="")
    Conference.objects.filter(pk=conference.pk).update(personal_data_deleted_at=at)
    return number


def _erase_batch(attendee_ids: Collection[int], at: datetime) -> int:
    with transaction.atomic(durable=True):
        locked = lock((), lambda _tutorials: attendee_ids).attendees
        _forget(list(locked))
        blank(list(locked.values()), at)
    return len(locked)


def deletion_due(conference: Conference, at: datetime) -> date | None:
    """The last day that names and addresses are kept, if that is soon and there are any to delete.

    For organisers, who may want their lists before. One query.
    """
    living = Attendee.objects.for_conference(conference).filter(erased_at__isnull=True)
    return conference.data_deleted_after if _is_soon(conference, at) and living.exists() else None


def _is_soon(conference: Conference, at: datetime) -> bool:
    return conference.local(at).date() >= conference.data_deleted_after - WARNED


def warnings_for(request: HttpRequest) -> list[str]:
    """The sentences for the admin's first page, for whom they concern. One query."""
    mine = conferences_where(request.user, Action.MANAGE_ATTENDEES)
    at = now()
    over = mine.filter(_has_attendees(), ends_on__lte=at.date() + WARNED)
    return [deletion_in_words(each) for each in over if _is_soon(each, at)]


def note_for_staff(conference: Conference, at: datetime) -> str:
    """What became of the names, or will soon; empty while there is nothing to say. One query."""
    if deleted := deleted_in_words(conference):
        return deleted
    return deletion_in_words(conference) if deletion_due(conference, at) else ""


def deletion_in_words(conference: Conference) -> str:
    """What is going to happen to the attendees' names, and when."""
    text = _(
        "The names and addresses of the attendees of %(conference)s are deleted after %(day)s. "
        "Take the lists that you need before."
    )
    words = {"conference": conference, "day": day_in_words(conference.data_deleted_after)}
    return text % words


def deleted_in_words(conference: Conference) -> str:
    """What became of the attendees' names; empty where they are here, or wanted again.

    Where the day was moved since, behind the one on which they were deleted, those who were stay
    so, and others may come.
    """
    if conference.personal_data_deleted_at is None:
        return ""
    deleted_at = conference.local(conference.personal_data_deleted_at)
    if deleted_at.date() <= conference.data_deleted_after:
        return ""
    day = day_in_words(deleted_at)
    text = _(
        "The names and addresses of the attendees were deleted on %(day)s, as this conference had "
        "said it would. How many took part is still counted."
    )
    return text % {"day": day}
