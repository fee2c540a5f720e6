"""How does somebody stand towards a tutorial: in it, waiting, able to register, or why not?

The rules are here and read only; ``registration.py`` asks them again inside its locks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Attendee
from tutorials.models import Registration, Session, Slot, Tutorial
from tutorials.models.registration import RegistrationQuerySet


@dataclass(frozen=True)
class Refusal:
    """Why somebody may not register: a word for programs, a sentence for people."""

    code: str
    message: str
    tutorial: Tutorial | None = None  # the one that is in the way


class Refused(Exception):
    """A registration was refused; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass
class Standing:
    """An attendee (None: a stranger), a tutorial, and what decides between them."""

    attendee: Attendee | None
    tutorial: Tutorial
    registrations: list[Registration]  # the attendee's live ones at this conference
    slots: list[Slot]  # released, of this tutorial and of those the attendee has a seat in

    @classmethod
    def load(cls, attendee: Attendee | None, tutorial: Tutorial) -> Standing:
        """Read it in two queries, one for a stranger. ``tutorial.conference`` should be loaded."""
        registrations: list[Registration] = []
        if attendee is not None and attendee.pk is not None:
            registrations = list(live_registrations(attendee))
        for registration in registrations:
            if registration.tutorial_id == tutorial.pk:
                registration.tutorial = tutorial
        held = [r.tutorial_id for r in registrations if r.status in Registration.SEATED]
        slots = (
            Slot.objects.released(tutorial.conference)
            .filter(tutorial__in=[tutorial.pk, *held])
            .select_related("session", "room__venue")
            .in_order()
        )
        return cls(attendee, tutorial, registrations, list(slots))

    @property
    def mine(self) -> Registration | None:
        """The live registration for this tutorial, with ``place`` in the queue; None if none."""
        for registration in self.registrations:
            if registration.tutorial_id == self.tutorial.pk:
                return registration
        return None

    @property
    def own_slots(self) -> list[Slot]:
        """The released slots of this tutorial, in order."""
        return [slot for slot in self.slots if slot.tutorial_id == self.tutorial.pk]

    def has_started(self, at: datetime) -> bool:
        return has_started(self.own_slots, at)

    def overlapping(self) -> Tutorial | None:
        """A tutorial that the attendee has a seat in and that overlaps this one, or None."""
        for registration in self.registrations:
            if registration.status in Registration.SEATED and registration is not self.mine:
                for theirs in self.slots:
                    if theirs.tutorial_id == registration.tutorial_id and any(
                        theirs.session.overlaps(own.session) for own in self.own_slots
                    ):
                        return registration.tutorial
        return None

    def why_not(self, at: datetime) -> Refusal | None:
        """The first reason against registering, or None; see ``registration.why_not``."""
        return self._not_here() or self._not_now(at) or self._not_you() or self._too_late(at)

    def _not_here(self) -> Refusal | None:
        tutorial, conference = self.tutorial, self.tutorial.conference
        elsewhere = self.attendee and self.attendee.conference_id != tutorial.conference_id
        if elsewhere or not conference.takes_registrations:
            return Refusal("not_here", _("There is no registration for this tutorial here."))
        if tutorial.is_cancelled:
            return Refusal("cancelled", _("This tutorial has been cancelled."))
        if not tutorial.is_public:
            return Refusal("not_public", _("This tutorial is not published."))
        if not self.own_slots:
            return Refusal(
                "not_scheduled",
                _("The time of this tutorial is not announced yet. You can register once it is."),
            )
        return None

    def _not_now(self, at: datetime) -> Refusal | None:
        conference = self.tutorial.conference
        if self.mine:
            return Refusal("already", _("You are already registered or on the waiting list."))
        if max(slot.session.ends_at for slot in self.own_slots) <= at:
            return Refusal("over", _("This tutorial is over."))
        if self.has_started(at):
            return self.started()
        opens, closes = conference.registration_opens_at, conference.registration_closes_at
        if opens and at < opens:
            return Refusal(
                "not_open_yet",
                _("Registration for tutorials opens on %(time)s.")
                % {"time": conference.in_words(opens)},
            )
        if closes and at >= closes:
            return Refusal(
                "closed",
                _("Registration for tutorials closed on %(time)s.")
                % {"time": conference.in_words(closes)},
            )
        return None

    def _not_you(self) -> Refusal | None:
        if self.attendee is None:
            return None
        if ticket_is_missing(self.attendee, self.tutorial.conference):
            return Refusal(
                "no_ticket",
                _("You need a conference ticket first. No ticket is linked to your account."),
            )
        other = self.overlapping()
        if other:
            return Refusal(
                "overlaps",
                _(
                    "You are registered for “%(title)s”, which overlaps this tutorial. "
                    "Cancel that one first."
                )
                % {"title": other.title},
                other,
            )
        return None

    def _too_late(self, at: datetime) -> Refusal | None:
        if at < queue_closes_at(self.tutorial, self.own_slots):
            return None
        if self.tutorial.is_full:
            return Refusal(
                "queue_closed", _("This tutorial is full, and its waiting list is closed.")
            )
        if eligible(self.tutorial, self.own_slots).exists():
            return Refusal(
                "queue_closed",
                _("The waiting list is closed; free seats go to those on it, at the door."),
            )
        return None

    def started(self) -> Refusal:
        return Refusal("over", _("This tutorial has started."))


def ticket_is_missing(attendee: Attendee, conference: Conference) -> bool:
    """Whether the conference asks for a ticket and this attendee has none."""
    needed = conference.attendance == Conference.Attendance.REGISTER_WITH_TICKET
    return needed and not attendee.ticket_number


def live_registrations(attendee: Attendee) -> Iterable[Registration]:
    """Somebody's live registrations with their tutorials, each with ``place`` in its queue.

    One query; ``place`` is None for one that does not wait.
    """
    ahead = (
        Registration.objects.filter(
            tutorial=OuterRef("tutorial"),
            status=Registration.Status.WAITLISTED,
            position__lte=OuterRef("position"),
        )
        .order_by()
        .values("tutorial")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Registration.objects.live()
        .filter(attendee=attendee)
        .select_related("tutorial")
        .annotate(place=Subquery(ahead, output_field=IntegerField()))  # type: ignore[no-redef]
        .order_by("registered_at", "pk")
    )


def has_started(slots: Iterable[Slot], at: datetime) -> bool:
    """Whether the first of a tutorial's slots has begun: until then one may leave it."""
    return any(slot.session.starts_at <= at for slot in slots)


def my_tutorials(attendee: Attendee, at: datetime) -> list[Registration]:
    """Somebody's live registrations in order of time, what has no time last.

    Each has ``place`` in its queue, its released ``slots``, and ``can_leave``. Two queries.
    """
    registrations = list(live_registrations(attendee))
    slots = (
        Slot.objects.released(attendee.conference)
        .filter(tutorial__in=[registration.tutorial_id for registration in registrations])
        .select_related("session", "room__venue")
        .in_order()
    )
    when: dict[int, list[Slot]] = {registration.tutorial_id: [] for registration in registrations}
    for slot in slots:
        when[slot.tutorial_id].append(slot)
    for registration in registrations:
        registration.slots = when[registration.tutorial_id]
        registration.can_leave = not has_started(registration.slots, at)
        registration.tutorial.conference = attendee.conference
    return sorted(registrations, key=lambda mine: (not mine.slots, _first_start(mine)))


def _first_start(registration: Registration) -> datetime:
    starts = [slot.session.starts_at for slot in registration.slots]
    return min(starts, default=registration.registered_at)


def queue_closes_at(tutorial: Tutorial, slots: Iterable[Slot]) -> datetime:
    """When its waiting list closes: the conference's hours before the first of its slots."""
    hours = tutorial.conference.waiting_list_closes_hours
    return min(slot.session.starts_at for slot in slots) - timedelta(hours=hours)


def eligible(tutorial: Tutorial, slots: Iterable[Slot]) -> RegistrationQuerySet:
    """Who waits for the tutorial and could take a seat in it now, in order.

    Not who lacks the ticket that the conference asks for, and not who has a seat in a tutorial that
    overlaps ``slots``, the released slots of this one.
    """
    conference = tutorial.conference
    clashing = Slot.objects.released(conference).filter(
        overlapping_any([slot.session for slot in slots])
    )
    busy = (
        Registration.objects.seated()
        .filter(tutorial__in=clashing.values("tutorial"))
        .exclude(tutorial=tutorial)
    )
    waiting = (
        Registration.objects.waiting()
        .filter(tutorial=tutorial)
        .exclude(attendee__in=busy.values("attendee"))
    )
    if conference.attendance == Conference.Attendance.REGISTER_WITH_TICKET:
        waiting = waiting.exclude(attendee__ticket_number="")
    return waiting


def overlapping_any(sessions: Iterable[Session]) -> Q:
    """The condition that a slot shares a moment with any of these sessions."""
    return reduce(
        or_,
        (
            Q(session__starts_at__lt=session.ends_at, session__ends_at__gt=session.starts_at)
            for session in sessions
        ),
    )
