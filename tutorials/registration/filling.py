"""Who gets a seat that is free? Those who wait, in order; everything that frees one comes here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import TypeVar

from django.db.models import F, Q

from conference.models import Conference
from tutorials import mails
from tutorials.models import Registration, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.models.programme import TutorialQuerySet
from tutorials.registration import seats
from tutorials.registration.locks import (
    candidates,
    committed,
    lock,
    lock_one,
    waiting_attendees,
)
from tutorials.registration.writing import Act, confirm, end, offer
from tutorials.standing import (
    eligible,
    has_ticket,
    offer_ends,
    overlapping_any,
    queue_closes_at,
)

T = TypeVar("T")
WhenFree = Registration.WhenFree
# So many are locked at once, at most, for people to be switched from them.
TUTORIALS_AT_ONCE = 10


@dataclass
class Filled:
    """What filling a tutorial did, and what it could not do within its own locks."""

    got: list[Registration] = field(default_factory=list)
    # Who is next gives up another tutorial, which is not locked: `_switch_waiters`.
    switchers: list[Registration] = field(default_factory=list)


@dataclass
class Loose:
    """Loose ends of a change, for transactions of their own (`settle`)."""

    # Attendees who gave up a seat: they may be free now for what they wait for.
    freed: set[int] = field(default_factory=set)
    # Tutorials with a free seat whose next in the queue is to be switched.
    unfinished: set[int] = field(default_factory=set)


class SwitchFirst(Exception):
    """Somebody who waits is to be switched before a newcomer may have a free seat."""

    def __init__(self, tutorial: Tutorial) -> None:
        self.tutorial = tutorial


def fill(tutorial: Tutorial, *, at: datetime) -> list[Registration]:
    """Give free seats to those who wait, in order, or offer them; return who got one.

    Who cannot take a seat now keeps the place and is passed over. Locks the tutorial and those who
    wait; who is switched from another tutorial is switched in a transaction that locks both.
    """
    loose = Loose()
    got = _fill_through(tutorial.pk, at, loose)
    settle(loose, at)
    return got


def sweep(*, at: datetime, conference: Conference | None = None) -> int:
    """Fill whatever has a free seat and somebody waiting; return how many got one.

    It finishes what a crash cut off, and what a change too big for the rest left to do.
    """
    tutorials = to_fill()
    if conference:
        tutorials = tutorials.for_conference(conference)
    return sum(len(fill(tutorial, at=at)) for tutorial in tutorials)


def to_fill() -> TutorialQuerySet:
    """Tutorials with a free seat and somebody who waits."""
    has_room = Q(seats__isnull=True) | Q(seats_taken__lt=F("seats"))
    waited_for = Registration.objects.waiting().order_by().values("tutorial")
    published = Tutorial.objects.filter(
        status=Tutorial.Status.PUBLISHED, conference__attendance__in=Conference.REGISTERING
    )
    return published.filter(has_room, pk__in=waited_for).order_by("pk")


def settle(loose: Loose, at: datetime) -> None:
    """Tie up loose ends, each in a transaction of its own; outside of any.

    A crash between two leaves both right; the worker's sweep does what it left undone. It comes to
    an end because each round takes somebody off a waiting list.
    """
    while loose.freed or loose.unfinished:
        theirs = Registration.objects.waiting().order_by().filter(attendee__in=loose.freed)
        again = Q(pk__in=theirs.values("tutorial")) | Q(pk__in=loose.unfinished)
        tutorials = list(to_fill().filter(again).values_list("pk", flat=True))
        loose.freed, loose.unfinished = set(), set()
        for pk in tutorials:
            _fill_through(pk, at, loose)


def switchers_first(work: Callable[[], T], at: datetime) -> T:
    """Do ``work`` in a durable transaction; where it meets a waiting switcher, switch and redo."""
    while True:
        try:
            return committed(work)
        except SwitchFirst as first:
            fill(first.tutorial, at=at)


def _fill_through(pk: int, at: datetime, loose: Loose) -> list[Registration]:
    got = []
    while True:
        filled = committed(partial(_fill_one, pk, at))
        got += filled.got
        if not filled.switchers:
            return got
        others = _first_given_up(filled.switchers)
        got += committed(partial(_switch_waiters, pk, others, at, loose))


def _first_given_up(switchers: Collection[Registration]) -> list[int]:
    """Which tutorials to lock so that the first of these can be switched; not too many at once."""
    given_up = dict.fromkeys(row.gives_up_id for row in switchers if row.gives_up_id)
    return list(given_up)[:TUTORIALS_AT_ONCE]


def _fill_one(pk: int, at: datetime) -> Filled:
    locked = lock_one(pk, candidates)
    return fill_locked(locked.tutorials[pk], Act(None, at))


def fill_locked(tutorial: Tutorial, act: Act) -> Filled:
    """Give free seats to those who wait, under the locks of all of them, as ``next_in_line`` says.

    It stops at those who are to be switched: the other tutorials are not locked here.
    """
    line = next_in_line(tutorial, act.at)
    for row in line.switchers:
        row.overlap = line.elsewhere.overlap_beside(row)
    for overlap in ("", Registration.Overlap.POLICY):
        those = [row for row in line.taking if line.elsewhere.overlap_of(row) == overlap]
        confirm(tutorial, those, Why.SEAT_FREED, act, overlap=overlap)
    mails.tell(line.taking, MailKind.GOT_IN, at=act.at)
    if line.until:
        offer(tutorial, line.offered, line.until, Why.SEAT_FREED, act)
        offer(tutorial, line.held, line.until, Why.SEAT_FREED, act, awaits_ticket=True)
        facts = {"until": line.until.isoformat()}
        mails.tell(line.offered, MailKind.OFFERED, at=act.at, facts=facts)
        mails.tell(line.held, MailKind.HELD, at=act.at, facts=facts)
    return Filled([*line.taking, *line.offered, *line.held], line.switchers)


@dataclass
class Line:
    """Who of those who wait is to have a free seat now, and how."""

    elsewhere: Elsewhere
    until: datetime | None = None  # until when a seat is held, where it can be
    taking: list[Registration] = field(default_factory=list)
    offered: list[Registration] = field(default_factory=list)
    held: list[Registration] = field(default_factory=list)  # for a ticket to be confirmed
    switchers: list[Registration] = field(default_factory=list)  # after all of these, in order

    @property
    def length(self) -> int:
        return sum(map(len, (self.taking, self.offered, self.held, self.switchers)))


def next_in_line(tutorial: Tutorial, at: datetime) -> Line:
    """Who is to have the free seats of a tutorial; reads only.

    Nobody once the waiting list is closed: nobody is called to a tutorial that is about to begin.
    Nobody while people just come: what they registered for before that rests. Who is to be
    switched comes last: the line ends before the first after them who is not.
    """
    nobody = Line(Elsewhere(tutorial, [], [], at))
    if tutorial.is_full or not tutorial.was_waited_for:
        return nobody
    if tutorial.status != Tutorial.Status.PUBLISHED:
        return nobody
    if not tutorial.conference.takes_registrations:
        return nobody
    slots = list(
        Slot.objects.released(tutorial.conference)
        .filter(tutorial=tutorial)
        .select_related("session")
    )
    if not slots or at >= queue_closes_at(tutorial, slots):
        return nobody
    rows = list(eligible(tutorial, slots).select_related("attendee__user", "attendee__ticket_kind"))
    line = Line(Elsewhere(tutorial, slots, rows, at), offer_ends(tutorial, slots, at))
    for row in rows:
        if line.length == tutorial.seats_left:
            break
        if line.elsewhere.switches(row):
            line.switchers.append(row)
            continue
        must_be_offered = line.elsewhere.must_be_offered(row)
        if must_be_offered and line.elsewhere.cannot_make_way(row):
            continue
        may_have_it = has_ticket(row.attendee, tutorial.conference)
        if line.switchers and (may_have_it or line.until):
            break
        if may_have_it and not must_be_offered:
            line.taking.append(row)
        elif line.until:
            (line.offered if may_have_it else line.held).append(row)
    return line


class Elsewhere:
    """What those who wait for a tutorial hold elsewhere, and so what a seat means for each."""

    def __init__(
        self,
        tutorial: Tutorial,
        slots: Collection[Slot],
        rows: Collection[Registration],
        at: datetime,
    ) -> None:
        self.conference = tutorial.conference
        self.held: dict[int, set[int]] = defaultdict(set)
        self.clashing: set[int] = set()
        self.started: set[int] = set()
        allows = self.conference.overlaps == Conference.Overlaps.ALLOW
        asked = [row.attendee_id for row in rows if row.when_free != WhenFree.TAKE or allows]
        if not asked:
            return
        seated = Registration.objects.seated().order_by().filter(attendee__in=asked)
        for attendee, other in seated.values_list("attendee_id", "tutorial_id"):
            self.held[attendee].add(other)
        released = Slot.objects.released(self.conference)
        clashing = released.filter(overlapping_any([slot.session for slot in slots]))
        self.clashing = set(clashing.values_list("tutorial_id", flat=True)) - {tutorial.pk}
        begun = released.filter(session__starts_at__lte=at)
        self.started = set(begun.values_list("tutorial_id", flat=True))

    def switches(self, row: Registration) -> bool:
        """Whether a seat means to give up the tutorial they named, and that clears the way."""
        other = row.gives_up_id
        held = self.held[row.attendee_id]
        if row.when_free != WhenFree.SWITCH or other is None or other not in held:
            return False
        if other in self.started or not has_ticket(row.attendee, self.conference):
            return False
        return not self._in_the_way(row, held - {other})

    def must_be_offered(self, row: Registration) -> bool:
        """Whether they decide: they asked to be asked, or what they give up is not enough."""
        if row.when_free == WhenFree.OFFER:
            return True
        return row.when_free == WhenFree.SWITCH and self._in_the_way(
            row, self.held[row.attendee_id]
        )

    def cannot_make_way(self, row: Registration) -> bool:
        """Whether they could not accept: what they would have to give up for it has started."""
        held = self.held[row.attendee_id]
        if not self._in_the_way(row, held):
            return False
        overlapping = self._overlapping(row, held)
        left = held - overlapping
        at_limit = self._is_at_limit(left)
        return bool(overlapping & self.started) or (at_limit and left <= self.started)

    def overlap_of(self, row: Registration) -> str:
        """Why they may have this seat beside one at the same time; empty where they have none."""
        allowed = self.conference.overlaps == Conference.Overlaps.ALLOW
        if allowed and self.held[row.attendee_id] & self.clashing:
            return Registration.Overlap.POLICY
        return row.overlap

    def overlap_beside(self, row: Registration) -> str:
        """The same for who is switched, and keeps others than the one that they give up."""
        beside = self.held[row.attendee_id] - {row.gives_up_id}
        return Registration.Overlap.POLICY if beside & self.clashing else ""

    def _in_the_way(self, row: Registration, held: set[int]) -> bool:
        return self._is_at_limit(held) or bool(self._overlapping(row, held))

    def _is_at_limit(self, held: set[int]) -> bool:
        limit = self.conference.tutorials_per_attendee
        return limit is not None and len(held) >= limit

    def _overlapping(self, row: Registration, held: set[int]) -> set[int]:
        overlaps = self.conference.overlaps
        insists = row.overlap == Registration.Overlap.POLICY
        if overlaps == Conference.Overlaps.ALLOW:
            return set()
        if overlaps == Conference.Overlaps.WARN and insists:
            return set()
        return held & self.clashing


def _switch_waiters(pk: int, others: list[int], at: datetime, loose: Loose) -> list[Registration]:
    """Switch those who are next in a queue from ``others``, which they give up; all are locked."""

    def attendees_of(tutorials: list[Tutorial]) -> set[int]:
        free = [candidates(tutorial) for tutorial in tutorials if tutorial.pk == pk]
        return waiting_attendees(others).union(*free)

    locked = lock([pk, *others], attendees_of)
    tutorial, act = locked.tutorials[pk], Act(None, at)
    filled = fill_locked(tutorial, act)  # whoever came before them, meanwhile
    # Who is next now and gives up another still, `_fill_through` asks again.
    rows = list(takewhile(lambda row: row.gives_up_id in others, filled.switchers))
    theirs = Registration.objects.seated().order_by().filter(tutorial__in=others)
    theirs = theirs.filter(attendee__in=[row.attendee_id for row in rows])
    held = {(each.attendee_id, each.tutorial_id): each for each in theirs}
    switched = [(row, held[row.attendee_id, row.gives_up_id]) for row in rows if row.gives_up_id]
    switch_locked(tutorial, switched, locked.tutorials, act, loose)
    return [*filled.got, *rows]


def switch_locked(
    tutorial: Tutorial,
    switched: Sequence[tuple[Registration, Registration]],
    others: Mapping[int, Tutorial],
    act: Act,
    loose: Loose,
) -> None:
    """Give each a seat in a tutorial and end what they hold in one of ``others``; all locked.

    ``switched`` are pairs: the registration that gets a seat, whose ``overlap`` says why it may be
    beside a third at the same time, and the one that is given up for it.

    The seats that this frees go to whoever waits for them, once all have been switched.
    """
    rows = [row for row, _theirs in switched]
    for overlap in ("", Registration.Overlap.POLICY):
        those = [row for row in rows if row.overlap == overlap]
        confirm(tutorial, those, Why.SWITCHED, act, overlap=overlap)
    ended: dict[int, list[Registration]] = defaultdict(list)
    for _row, theirs in switched:
        ended[theirs.tutorial_id].append(theirs)
        loose.freed.add(theirs.attendee_id)
    for pk, given_up in ended.items():
        end(others[pk], given_up, Registration.Because.MOVED, Why.SWITCHED, act)
    for pk in ended:
        refill(others[pk], act, loose)
    facts = {theirs.attendee_id: {"other": theirs.tutorial_id} for _row, theirs in switched}
    mails.tell(rows, MailKind.SWITCHED, at=act.at, facts=lambda row: facts[row.attendee_id])


def give_up(given_up: Tutorial, theirs: Registration, act: Act, loose: Loose) -> None:
    """End a registration for the sake of another, and let the next in the queue have the seat."""
    end(given_up, [theirs], Registration.Because.MOVED, Why.SWITCHED, act)
    loose.freed.add(theirs.attendee_id)
    refill(given_up, act, loose)


def refill(tutorial: Tutorial, act: Act, loose: Loose) -> None:
    """Set the seats anew after some were given back, and fill them; a loose end is noted.

    A seat beyond the capacity, kept when that was lowered, is gone when it is given up.
    """
    seats.follow(tutorial, act)
    if fill_locked(tutorial, act).switchers:
        loose.unfinished.add(tutorial.pk)
