"""What does somebody mean to go to, day by day, and what of it is at the same time?

Of who has an account that is what they are registered or wait for, what they starred, and for a
while after the day what else they were let in to (``feedback.py``); of anybody else the tutorials
that the address names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from conference.models import Conference
from people.models import Attendee, User
from tutorials import feedback
from tutorials.choices import Choices
from tutorials.models import Slot, Star, Tutorial
from tutorials.programme import Seats, first_start, public_slots, seats_shown, slots_by_tutorial
from tutorials.stars import public_named

# How many tutorials an address names: some servers read no more than four thousand letters of one.
IN_AN_ADDRESS = 100
PER_PAGE = 50


@dataclass
class Line:
    """A tutorial in somebody's schedule; with ``choices`` it is one that they registered for."""

    tutorial: Tutorial
    slots: list[Slot]
    choices: Choices | None = None
    is_starred: bool = False
    # Others of the schedule that it shares a moment with, but for those that ``choices`` names.
    beside: list[Tutorial] = field(default_factory=list)
    seats: Seats | None = None
    is_asked: bool = False  # how it was: tutorials/feedback.py

    @property
    def starts_at(self) -> datetime | None:
        return first_start(self.slots)

    @property
    def is_held(self) -> bool:
        """Whether a seat is held for them, to be answered first of all."""
        return self._is_offered and not self.has_lapsed

    @property
    def has_lapsed(self) -> bool:
        return self.choices is not None and self.choices.has_lapsed

    @property
    def is_going(self) -> bool:
        """Whether it can be at the same time as something: not what is off, or theirs no more."""
        return not self.tutorial.is_cancelled and not self.has_lapsed

    @property
    def _is_offered(self) -> bool:
        mine = self.choices.mine if self.choices else None
        return mine is not None and mine.status == mine.Status.OFFERED


def is_kept(conference: Conference) -> bool:
    """Whether there is anything that somebody's own schedule could hold."""
    return conference.has_stars or conference.takes_registrations


def own_lines(
    user: User,
    conference: Conference,
    attendee: Attendee | None,
    choices: Sequence[Choices],
    at: datetime,
) -> list[Line]:
    """What somebody registered for, of ``choices``, what else they starred, or are asked about.

    ``attendee`` is their place. Four queries at most.
    """
    lines = [Line(each.tutorial, each.standing.own_slots, each) for each in choices]
    lines += _others(user, conference, attendee, lines, at)
    if attendee:
        parts = [(line.tutorial, line.slots) for line in lines]
        asked = feedback.asked_about(attendee, parts, at)
        for line in lines:
            line.is_asked = line.tutorial.pk in asked
    return _in_order([line for line in lines if line.choices or line.is_starred or line.is_asked])


def _others(
    user: User,
    conference: Conference,
    attendee: Attendee | None,
    registered: Collection[Line],
    at: datetime,
) -> list[Line]:
    """What they starred, or were let in to, and are not registered for. Two queries.

    None where neither can be. Tells those ``registered`` that are starred, too.
    """
    theirs = feedback.where_let_in(attendee, conference) if attendee else Q()
    if conference.has_stars:
        theirs |= Q(pk__in=Star.objects.filter(user=user).values("tutorial"))
    if not theirs:
        return []
    mine = Star.objects.filter(user=user, tutorial=OuterRef("pk"))
    found = Tutorial.objects.public().for_conference(conference).filter(theirs)
    tutorials = list(found.annotate(is_starred=Exists(mine)))
    if not tutorials:
        return []
    starred = {each.pk for each in tutorials if each.is_starred}
    for line in registered:
        line.is_starred = line.tutorial.pk in starred
    known = {line.tutorial.pk for line in registered}
    slots = public_slots(conference).filter(tutorial__in=found.order_by().values("pk"))
    lines = _lines(conference, [each for each in tutorials if each.pk not in known], slots, at)
    for line in lines:
        line.is_starred = line.tutorial.pk in starred
    return lines


def named_lines(conference: Conference, slugs: Iterable[str], at: datetime) -> list[Line]:
    """The public tutorials that an address names. Two queries; none where it names none."""
    tutorials = list(public_named(conference, list(slugs)[:IN_AN_ADDRESS]))
    if not tutorials:
        return []
    slots = public_slots(conference).filter(tutorial__in=[each.pk for each in tutorials])
    lines = _lines(conference, tutorials, slots, at)
    for line in lines:
        line.is_starred = True
    return _in_order(lines)


def _lines(
    conference: Conference, tutorials: Collection[Tutorial], slots: Iterable[Slot], at: datetime
) -> list[Line]:
    slots_of, lines = slots_by_tutorial(slots), []
    for tutorial in tutorials:
        tutorial.conference = conference
        line = Line(tutorial, slots_of.get(tutorial.pk, []))
        line.seats = seats_shown(tutorial, line.starts_at, at)
        lines.append(line)
    return lines


def _in_order(lines: list[Line]) -> list[Line]:
    """By time, what has none last; each knows what it is at the same time as."""
    _tell_what_overlaps(lines)
    timed = [(line.starts_at, line) for line in lines]
    with_time = [(start, line.tutorial.code, line) for start, line in timed if start]
    without = [line for start, line in timed if not start]
    with_time.sort(key=lambda each: each[:2])
    return [line for *_key, line in with_time] + without


def _tell_what_overlaps(lines: Collection[Line]) -> None:
    """Go through all slots by time, and beside each hold those that are not over yet."""
    said = {
        (line.tutorial.pk, other.pk)
        for line in lines
        if line.choices
        for other in line.choices.clashes
    }
    slots = [(slot.session, line) for line in lines if line.is_going for slot in line.slots]
    slots.sort(key=lambda each: (each[0].starts_at, each[1].tutorial.code))
    running: list = []
    for session, line in slots:
        running = [each for each in running if each[0].ends_at > session.starts_at]
        for _session, other in running:
            if other is not line:
                _beside(line, other, said)
                _beside(other, line, said)
        running.append((session, line))


def _beside(line: Line, other: Line, said: set[tuple[int, int]]) -> None:
    pair = (line.tutorial.pk, other.tutorial.pk)
    if pair not in said:
        said.add(pair)
        line.beside.append(other.tutorial)


def by_day(lines: Iterable[Line], conference: Conference) -> list[tuple[date | None, list[Line]]]:
    """The lines of each day on the clocks of the conference; of no day (None) last."""

    def day_of(line: Line) -> date | None:
        return conference.local(line.starts_at).date() if line.starts_at else None

    return [(day, list(each)) for day, each in groupby(lines, key=day_of)]
