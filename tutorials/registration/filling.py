"""Who gets a seat that is free? Those who wait, in order; everything that frees one comes here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
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
    Standing,
    eligible,
    has_ticket,
    offer_ends,
    overlapping_any,
    queue_closes_at,
)

T = TypeVar("T")
WhenFree = Registration.WhenFree


@dataclass
class Filled:
    """What filling a tutorial did, and what it could not do within its own locks."""

    got: list[Registration] = field(default_factory=list)
    # The next in the queue gives up another tutorial, which is not locked: `switch_waiter`.
    switcher: Registration | None = None


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
    published = Tutorial.objects.filter(status=Tutorial.Status.PUBLISHED)
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
        if filled.switcher is None:
            return got
        got += committed(partial(_switch_waiter, filled.switcher, at, loose))


def _fill_one(pk: int, at: datetime) -> Filled:
    locked = lock_one(pk, candidates)
    return fill_locked(locked.tutorials[pk], Act(None, at))


def fill_locked(tutorial: Tutorial, act: Act) -> Filled:
    """Give free seats to those who wait, under the locks of all of them, as ``next_in_line`` says.

    It stops at somebody who is to be switched: the other tutorial is not locked here.
    """
    line = next_in_line(tutorial, act.at)
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
    return Filled([*line.taking, *line.offered, *line.held], line.switcher)


@dataclass
class Line:
    """Who of those who wait is to have a free seat now, and how."""

    elsewhere: Elsewhere
    until: datetime | None = None  # until when a seat is held, where it can be
    taking: list[Registration] = field(default_factory=list)
    offered: list[Registration] = field(default_factory=list)
    held: list[Registration] = field(default_factory=list)  # for a ticket to be confirmed
    switcher: Registration | None = None

    @property
    def length(self) -> int:
        return len(self.taking) + len(self.offered) + len(self.held)


def next_in_line(tutorial: Tutorial, at: datetime) -> Line:
    """Who is to have the free seats of a tutorial; reads only.

    Nobody once the waiting list is closed: nobody is called to a tutorial that is about to begin.
    The line ends at somebody who is to be switched.
    """
    nobody = Line(Elsewhere(tutorial, [], [], at))
    if tutorial.is_full or tutorial.status != Tutorial.Status.PUBLISHED:
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
            line.switcher = row
            break
        must_be_offered = line.elsewhere.must_be_offered(row)
        if must_be_offered and line.elsewhere.cannot_make_way(row):
            continue
        may_have_it = has_ticket(row.attendee, tutorial.conference)
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


def _switch_waiter(row: Registration, at: datetime, loose: Loose) -> list[Registration]:
    """Switch the next in a queue from the tutorial that they give up, under the locks of both."""
    pk, other = row.tutorial_id, row.gives_up_id
    if other is None:
        raise ValueError("Who is switched gives something up.")

    def attendees_of(tutorials: list[Tutorial]) -> set[int]:
        free = [candidates(tutorial) for tutorial in tutorials if tutorial.pk == pk]
        return waiting_attendees([other]).union(*free)

    locked = lock([pk, other], attendees_of)
    tutorial, act = locked.tutorials[pk], Act(None, at)
    filled = fill_locked(tutorial, act)  # whoever came before them, meanwhile
    switcher = filled.switcher
    if switcher is None or switcher.gives_up_id != other:
        return filled.got  # who is next now, `_fill_through` asks again
    theirs = Registration.objects.seated().filter(attendee=switcher.attendee_id, tutorial=other)
    standing = Standing.load_bare(switcher.attendee, tutorial)
    switcher.overlap = standing.overlap_mark(giving_up=[other])
    switch_locked(tutorial, switcher, locked.tutorials[other], theirs.get(), act, loose)
    return [*filled.got, switcher]


def switch_locked(
    tutorial: Tutorial,
    row: Registration,
    given_up: Tutorial,
    theirs: Registration,
    act: Act,
    loose: Loose,
    why: Why = Why.SWITCHED,
) -> None:
    """Give ``row`` a seat in a tutorial and end ``theirs`` in the one given up; both locked.

    ``row.overlap`` says why it may be beside a third at the same time.

    The seat that this frees goes to whoever waits for it.
    """
    confirm(tutorial, [row], why, act, overlap=row.overlap)
    give_up(given_up, theirs, act, loose)
    mails.tell([row], MailKind.SWITCHED, at=act.at, facts={"other": given_up.pk})


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
    if fill_locked(tutorial, act).switcher:
        loose.unfinished.add(tutorial.pk)
