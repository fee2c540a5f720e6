"""How does somebody stand towards a tutorial: in it, waiting, able to register, or why not?

The rules are here and read only; ``registration.py`` asks them again inside its locks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Case, Count, IntegerField, OuterRef, Q, Subquery, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.models import Conference
from people.models import Attendee
from tutorials.models import Registration, Session, Slot, Tutorial
from tutorials.models.registration import RegistrationQuerySet
from tutorials.models.timetable import SlotQuerySet

WhenFree = Registration.WhenFree
# Between these no offer ends, on the clocks of the conference.
EVENING, MORNING = time(22), time(8)
# Of registrations those whose attendee has a ticket that gives the right to tutorials.
WITH_TICKET = ~Q(attendee__ticket_number="") & (
    Q(attendee__ticket_kind__isnull=True) | Q(attendee__ticket_kind__gives_tutorials=True)
)


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
        """All that a page shows of it: with the places in queues, and the rooms.

        Two queries, one for a stranger. ``tutorial.conference`` should be loaded.
        """
        slots = Slot.objects.select_related("session", "room__venue")
        return cls._load(attendee, tutorial, live_registrations, slots)

    @classmethod
    def load_bare(cls, attendee: Attendee | None, tutorial: Tutorial) -> Standing:
        """``load`` of what the rules need and no more, since a registration waits for it."""
        slots = Slot.objects.select_related("session").only(
            "tutorial", "session__starts_at", "session__ends_at"
        )
        return cls._load(attendee, tutorial, _live, slots)

    @classmethod
    def _load(
        cls,
        attendee: Attendee | None,
        tutorial: Tutorial,
        live: Callable[[Attendee], Iterable[Registration]],
        slots: SlotQuerySet,
    ) -> Standing:
        registrations: list[Registration] = []
        if attendee is not None and attendee.pk is not None:
            registrations = list(live(attendee))
        for registration in registrations:
            if registration.tutorial_id == tutorial.pk:
                registration.tutorial = tutorial
        held = [r.tutorial_id for r in registrations if r.status in Registration.SEATED]
        theirs = slots.released(tutorial.conference).filter(tutorial__in=[tutorial.pk, *held])
        return cls(attendee, tutorial, registrations, list(theirs.in_order()))

    @property
    def mine(self) -> Registration | None:
        """The live registration for this tutorial, with ``place`` in the queue; None if none."""
        return self.registration_for(self.tutorial.pk)

    def registration_for(self, tutorial_id: int) -> Registration | None:
        """The attendee's live registration for a tutorial, or None."""
        for registration in self.registrations:
            if registration.tutorial_id == tutorial_id:
                return registration
        return None

    @property
    def held(self) -> list[Registration]:
        """Those that take a seat in another tutorial."""
        return [
            registration
            for registration in self.registrations
            if registration.status in Registration.SEATED
            and registration.tutorial_id != self.tutorial.pk
        ]

    @property
    def own_slots(self) -> list[Slot]:
        """The released slots of this tutorial, in order."""
        return self.slots_of(self.tutorial.pk)

    def slots_of(self, tutorial_id: int) -> list[Slot]:
        """The released slots of a tutorial that the attendee has a seat in, or of this one."""
        return [slot for slot in self.slots if slot.tutorial_id == tutorial_id]

    def has_started(self, at: datetime) -> bool:
        return has_started(self.own_slots, at)

    def overlapping(self) -> list[Tutorial]:
        """The tutorials that the attendee has a seat in and that overlap this one."""
        return [
            registration.tutorial
            for registration in self.held
            if any(
                theirs.session.overlaps(own.session)
                for theirs in self.slots_of(registration.tutorial_id)
                for own in self.own_slots
            )
        ]

    def in_the_way(self, *, despite_overlap: bool = False) -> list[Tutorial]:
        """What the attendee would have to give up to have a seat here, by the conference's rules.

        The tutorials that overlap this one, unless the conference allows that, or the attendee
        insists where it warns.
        """
        overlaps = self.tutorial.conference.overlaps
        if overlaps == Conference.Overlaps.ALLOW:
            return []
        if overlaps == Conference.Overlaps.WARN and despite_overlap:
            return []
        return self.overlapping()

    def overlap_mark(self, *, giving_up: Collection[int] = ()) -> str:
        """The mark for a seat here that the rules allow beside one at the same time; else empty."""
        beside = [other for other in self.overlapping() if other.pk not in giving_up]
        return Registration.Overlap.POLICY if beside else ""

    def can_make_way(self, at: datetime, *, despite_overlap: bool = False) -> bool:
        """Whether what is in the way of a seat here can be given up still, one or all of it."""
        if self.could_give_up(at):
            return True
        others = self.in_the_way(despite_overlap=despite_overlap)
        begun = any(has_started(self.slots_of(other.pk), at) for other in others)
        at_limit = self.is_at_limit(giving_up=[other.pk for other in others])
        return bool(others) and not begun and not at_limit

    def given_up_for(self, row: Registration) -> list[Tutorial]:
        """What the attendee gives up by accepting an offer of ``row``, or by being switched to it.

        The tutorials that overlap this one, and where they have as many as one may, the one that
        they named.
        """
        given_up = self.in_the_way(despite_overlap=row.overlap == Registration.Overlap.POLICY)
        ids = [tutorial.pk for tutorial in given_up]
        if self.is_at_limit(giving_up=ids, offers=False):
            given_up += [
                held.tutorial
                for held in self.held
                if held.tutorial_id == row.gives_up_id and held.tutorial_id not in ids
            ]
        return given_up

    def could_give_up(self, at: datetime) -> list[Tutorial]:
        """Each tutorial that clears the way to a seat here if it alone is given up.

        Empty where nothing is in the way, and where giving up one would not be enough. What has
        started cannot be given up.
        """
        in_the_way = self.in_the_way()
        if not in_the_way and not self.is_at_limit():
            return []
        return [
            held.tutorial
            for held in self.held
            if not any(other.pk != held.tutorial_id for other in in_the_way)
            and not self.is_at_limit(giving_up=[held.tutorial_id])
            and not has_started(self.slots_of(held.tutorial_id), at)
        ]

    def is_at_limit(self, *, giving_up: Collection[int] = (), offers: bool = True) -> bool:
        """Whether one more seat would be more than an attendee may have; ``offers`` count too."""
        limit = self.tutorial.conference.tutorials_per_attendee
        left = [
            mine
            for mine in self.held
            if mine.tutorial_id not in giving_up
            and (offers or mine.status == Registration.Status.CONFIRMED)
        ]
        return limit is not None and len(left) >= limit

    def why_not(
        self,
        at: datetime,
        *,
        when_free: str = WhenFree.TAKE,
        despite_overlap: bool = False,
    ) -> Refusal | None:
        """The first reason against registering, or None; see ``registration.why_not``.

        Who says what to do about the tutorial that is in the way (``when_free`` other than to take
        the seat) is not refused for its sake, while it can be given up still.
        """
        waits = self.tutorial.conference.has_waiting_list
        asks = when_free == WhenFree.SWITCH or (when_free == WhenFree.OFFER and waits)
        makes_way = asks and self.can_make_way(at)
        return (
            self.not_here()
            or self._not_now(at)
            or self._no_right()
            or self._nothing_to_wait_for()
            or (None if makes_way else self._in_the_way(despite_overlap))
            or self._too_late(at, when_free)
        )

    def not_here(self) -> Refusal | None:
        """Why nobody at all can have a seat in it, or None."""
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

    def over(self, at: datetime) -> Refusal | None:
        """Says that all of it is over, or None."""
        if max(slot.session.ends_at for slot in self.own_slots) <= at:
            return Refusal("over", _("This tutorial is over."))
        return None

    def _not_now(self, at: datetime) -> Refusal | None:
        tutorial, conference = self.tutorial, self.tutorial.conference
        if self.mine:
            return Refusal("already", _("You are already registered or on the waiting list."))
        if over := self.over(at):
            return over
        if self.has_started(at):
            return self.started()
        opens, closes = window_of(tutorial)
        if opens and at < opens:
            if tutorial.registration_opens_at:
                text = _("Registration for this tutorial opens on %(time)s.")
            else:
                text = _("Registration for tutorials opens on %(time)s.")
            return Refusal("not_open_yet", text % {"time": conference.in_words(opens)})
        if closes and at >= closes:
            if tutorial.registration_closes_at:
                text = _("Registration for this tutorial closed on %(time)s.")
            else:
                text = _("Registration for tutorials closed on %(time)s.")
            return Refusal("closed", text % {"time": conference.in_words(closes)})
        return None

    def _no_right(self) -> Refusal | None:
        if self.attendee is None:
            return None
        if self.attendee.withdrawn_at:
            return Refusal(
                "withdrawn",
                _("Your place at this conference was withdrawn. Please ask the organisers."),
            )
        conference = self.tutorial.conference
        if has_ticket(self.attendee, conference) or self.attendee.claimed_ticket:
            return None
        if self.attendee.ticket_number:
            return Refusal(
                "ticket_without_tutorials",
                _("Your conference ticket does not include tutorials."),
            )
        return Refusal(
            "no_ticket",
            _("You need a conference ticket first. No ticket is linked to your account."),
        )

    def _nothing_to_wait_for(self) -> Refusal | None:
        """Says that it is full, where the conference has no waiting list; else None."""
        if self.tutorial.is_full and not self.tutorial.conference.has_waiting_list:
            return self.full()
        return None

    def full(self) -> Refusal:
        return Refusal(
            "full",
            _("This tutorial is full. Should somebody give up a seat, you can register for it."),
        )

    def _in_the_way(self, despite_overlap: bool) -> Refusal | None:
        for other in self.in_the_way(despite_overlap=despite_overlap):
            if self.tutorial.conference.overlaps == Conference.Overlaps.WARN:
                return Refusal(
                    "overlaps_warning",
                    _(
                        "You are registered for “%(title)s”, which overlaps this tutorial. "
                        "You can have both, but not be at both."
                    )
                    % {"title": other.title},
                    other,
                )
            text = _("You are registered for “%(title)s”, which overlaps this tutorial.")
            return Refusal("overlaps", f"{text % {'title': other.title}} {self._way_out()}", other)
        if self.is_at_limit():
            limit = self.tutorial.conference.tutorials_per_attendee or 0
            text = ngettext(
                "You have a seat in %(number)d tutorial already, as many as one person may.",
                "You have seats in %(number)d tutorials already, as many as one person may.",
                limit,
            )
            return Refusal("limit", f"{text % {'number': limit}} {self._way_out()}")
        return None

    def _way_out(self) -> str:
        """What somebody can do about what is in the way."""
        if self.tutorial.is_full:
            return _("You can wait for this one and say what should happen when it is your turn.")
        return _("Switch, or cancel that one first.")

    def _too_late(self, at: datetime, when_free: str) -> Refusal | None:
        no_offer = offer_ends(self.tutorial, self.own_slots, at) is None
        if when_free == WhenFree.OFFER and no_offer and not self.tutorial.is_full:
            return Refusal(
                "queue_closed", _("It is too late to hold a seat for you. Switch to this one now.")
            )
        if at < queue_closes_at(self.tutorial, self.own_slots):
            return None
        if self.tutorial.is_full:
            return Refusal(
                "queue_closed", _("This tutorial is full, and its waiting list is closed.")
            )
        if any(not row.is_busy for row in eligible(self.tutorial, self.own_slots)):
            if not self.tutorial.conference.has_waiting_list:
                return self.full()  # for those who waited before it was switched off
            return Refusal(
                "queue_closed",
                _("The waiting list is closed; free seats go to those on it, at the door."),
            )
        if self.attendee and not has_ticket(self.attendee, self.tutorial.conference):
            return too_late_for_ticket()
        return None

    def started(self) -> Refusal:
        return Refusal("over", _("This tutorial has started."))


def too_late_for_ticket() -> Refusal:
    """Says that there is no time left to wait for a ticket to be confirmed."""
    return Refusal(
        "no_ticket", _("It is too late to wait for your ticket to be confirmed. Ask at the desk.")
    )


def window_of(tutorial: Tutorial) -> tuple[datetime | None, datetime | None]:
    """When registration for it opens and closes: its own times, else those of the conference."""
    conference = tutorial.conference
    return (
        tutorial.registration_opens_at or conference.registration_opens_at,
        tutorial.registration_closes_at or conference.registration_closes_at,
    )


def has_ticket(attendee: Attendee, conference: Conference) -> bool:
    """Whether somebody has what the conference asks of who registers for tutorials.

    Nothing, or a ticket of a kind that gives the right to tutorials. ``ticket_kind`` should be
    loaded.
    """
    if attendee.withdrawn_at:
        return False
    return not conference.needs_tickets or attendee.ticket_gives_tutorials


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
    place = Subquery(ahead, output_field=IntegerField())
    return _live(attendee).annotate(place=place)  # type: ignore[no-redef]


def _live(attendee: Attendee) -> RegistrationQuerySet:
    live = Registration.objects.live().filter(attendee=attendee)
    return live.select_related("tutorial").order_by("registered_at", "pk")


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


def offer_ends(tutorial: Tutorial, slots: Iterable[Slot], at: datetime) -> datetime | None:
    """Until when a seat that is offered now is held; None where it is too late to offer one.

    So many hours as the conference says, but not beyond the close of the waiting list. An end at
    night is put off to the morning, or where that is too late, brought forward to the evening.
    """
    conference = tutorial.conference
    closes = queue_closes_at(tutorial, slots)
    ends = min(at + timedelta(hours=conference.offer_hours), closes)
    local = conference.local(ends)
    if local.time() < MORNING or local.time() > EVENING:
        day = local.date() + timedelta(days=local.time() > EVENING)
        ends = datetime.combine(day, MORNING, conference.tz)
        if ends > closes:
            ends = datetime.combine(day - timedelta(days=1), EVENING, conference.tz)
    return ends.astimezone(UTC) if ends > at else None


def eligible(tutorial: Tutorial, slots: Iterable[Slot]) -> RegistrationQuerySet:
    """Who waits for the tutorial and could be given a seat in it now, or offered one, in order.

    Not who lacks the ticket that the conference asks for. Not who has a seat in a tutorial that
    overlaps ``slots``, the released slots of this one, or as many seats as one may have, unless
    they said what to do then; those have ``is_busy`` set.
    """
    conference = tutorial.conference
    waiting = Registration.objects.waiting().filter(
        tutorial=tutorial, attendee__withdrawn_at__isnull=True
    )
    if conference.attendance == Conference.Attendance.REGISTER_WITH_TICKET:
        waiting = waiting.filter(WITH_TICKET | ~Q(attendee__claimed_ticket=""))
    seated = Registration.objects.seated()
    offered = seated.filter(status=Registration.Status.OFFERED)
    slots = list(slots)
    busy = _yes(_in_the_way_of_rows(tutorial, slots, seated, seated))
    waiting = waiting.annotate(is_busy=busy)  # type: ignore[no-redef]
    # Who is offered something that would be in the way is to answer that first: nobody has two
    # seats held that they could not both accept.
    torn = _in_the_way_of_rows(tutorial, slots, offered, seated)
    return waiting.filter(Q(is_busy=False) | (~Q(when_free=WhenFree.TAKE) & ~torn))


def _in_the_way_of_rows(
    tutorial: Tutorial,
    slots: list[Slot],
    some: RegistrationQuerySet,
    seated: RegistrationQuerySet,
) -> Q:
    """The condition that one of ``some`` is in the way of the attendee of a row having a seat.

    Since it overlaps, or since it is one of as many (``seated``) as one may have.
    """
    conference, in_the_way = tutorial.conference, Q(pk__in=[])
    some = some.order_by().exclude(tutorial=tutorial)
    if conference.overlaps != Conference.Overlaps.ALLOW:
        clashing = Slot.objects.released(conference).filter(
            overlapping_any([slot.session for slot in slots])
        )
        there = some.filter(tutorial__in=clashing.order_by().values("tutorial"))
        overlapping = Q(attendee__in=there.values("attendee"))
        if conference.overlaps == Conference.Overlaps.WARN:
            overlapping &= ~Q(overlap=Registration.Overlap.POLICY)
        in_the_way |= overlapping
    limit = conference.tutorials_per_attendee
    if limit is not None:
        full = (
            seated.order_by()
            .exclude(tutorial=tutorial)
            .filter(tutorial__conference=conference)
            .values("attendee")
            .annotate(seats=Count("pk"))
            .filter(seats__gte=limit)
        )
        here = some.filter(tutorial__conference=conference)
        in_the_way |= Q(attendee__in=full.values("attendee")) & Q(
            attendee__in=here.values("attendee")
        )
    return in_the_way


def _yes(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def overlapping_any(sessions: Iterable[Session]) -> Q:
    """The condition that a slot shares a moment with any of these sessions."""
    return reduce(
        or_,
        (
            Q(session__starts_at__lt=session.ends_at, session__ends_at__gt=session.starts_at)
            for session in sessions
        ),
    )
