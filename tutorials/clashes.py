"""What is wrong with a draft schedule? The clash report that a release asks first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.models import Conference
from tutorials import registration
from tutorials.models import Registration, Schedule, Session, Slot, Tutorial
from tutorials.programme import with_presenters


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a draft, or odd."""

    code: str
    message: str
    blocks: bool = False
    # It blocks because people would be worse off; the organiser may decide that they keep what
    # they have, or that the newest go to the head of the waiting list.
    can_be_kept: bool = False
    can_be_moved_back: bool = False
    # The ids of the tutorials that it is about, where one may decide.
    tutorials: tuple[int, ...] = ()

    def is_decided(
        self, *, everyone: bool, keep: Container[int], move_back: Container[int]
    ) -> bool:
        """Whether the organiser has said what is to become of the people concerned."""
        if self.can_be_kept and (everyone or any(pk in keep for pk in self.tutorials)):
            return True
        return self.can_be_moved_back and any(pk in move_back for pk in self.tutorials)


def findings_of(draft: Schedule) -> list[Finding]:
    """Everything found in a draft, what blocks a release first. A fixed number of queries."""
    sessions = list(draft.sessions.in_order())
    slots = list(
        draft.slots.select_related("session", "tutorial", "room")
        .prefetch_related(with_presenters("tutorial__presenters"))
        .in_order()
    )
    for session in sessions:
        session.schedule = draft
    for slot in slots:
        slot.session.schedule = draft
    tutorials = list(draft.conference.tutorials.in_programme_order())
    found = [
        *_nothing(sessions),
        *_same_room(slots),
        *_at_two_places(slots),
        *_outside(draft, sessions),
        *_not_ready(slots, tutorials),
        *_too_many_people(slots, tutorials),
        *_no_limit(draft, slots),
        *_two_at_once(draft, slots),
    ]
    return sorted(found, key=lambda finding: not finding.blocks)


def _nothing(sessions: list[Session]) -> Iterator[Finding]:
    if not sessions:
        yield Finding("empty", _("The draft has no sessions yet."), blocks=True)


def _overlapping(slots: list[Slot]) -> Iterator[tuple[Slot, Slot]]:
    """Every two that share a moment, the one that starts first before the other."""
    by_start = sorted(slots, key=lambda slot: (slot.session.starts_at, slot.number))
    for place, one in enumerate(by_start):
        for other in islice(by_start, place + 1, None):
            if not one.session.overlaps(other.session):
                break  # nor does anything that starts later still
            yield one, other


def _same_room(slots: list[Slot]) -> Iterator[Finding]:
    by_room = defaultdict(list)
    for slot in slots:
        if slot.room and not slot.tutorial.is_cancelled:
            by_room[slot.room].append(slot)
    for room, in_room in by_room.items():
        for one, other in _overlapping(in_room):
            yield Finding(
                "room",
                _("%(room)s holds %(one)s and %(other)s at the same time.")
                % {"room": room, "one": one, "other": other},
                blocks=True,
            )


def _at_two_places(slots: list[Slot]) -> Iterator[Finding]:
    """Tutorials that overlap themselves, which is wrong, and presenters, which happens."""
    by_tutorial, by_person = defaultdict(list), defaultdict(list)
    for slot in slots:
        by_tutorial[slot.tutorial].append(slot)
        if not slot.tutorial.is_cancelled:
            for presenter in slot.tutorial.presenters.all():
                by_person[presenter.person].append(slot)
    for tutorial, its in by_tutorial.items():
        for one, other in _overlapping(its):
            yield Finding(
                "itself",
                _("%(tutorial)s is twice at the same time: %(one)s; %(other)s.")
                % {"tutorial": tutorial, "one": one.session, "other": other.session},
                blocks=True,
            )
    for person, theirs in by_person.items():
        for one, other in _overlapping(theirs):
            if one.tutorial != other.tutorial:
                yield Finding(
                    "presenter",
                    _("%(person)s presents %(one)s and %(other)s at the same time.")
                    % {"person": person, "one": one.tutorial, "other": other.tutorial},
                )


def _outside(draft: Schedule, sessions: list[Session]) -> Iterator[Finding]:
    conference = draft.conference
    for session in sessions:
        first, last = conference.local(session.starts_at), conference.local(session.ends_at)
        if not conference.starts_on <= first.date() <= last.date() <= conference.ends_on:
            yield Finding(
                "outside", _("%(session)s is not within the conference.") % {"session": session}
            )


def _not_ready(slots: list[Slot], tutorials: list[Tutorial]) -> Iterator[Finding]:
    placed = {slot.tutorial_id for slot in slots}
    for slot in slots:
        if slot.room is None and not slot.tutorial.is_cancelled:
            yield Finding("no_room", _("%(slot)s has no room yet.") % {"slot": slot})
        if slot.session.kind != Session.Kind.TUTORIALS:
            yield Finding(
                "kind", _("%(slot)s: this session is not one for tutorials.") % {"slot": slot}
            )
    for tutorial in tutorials:
        if tutorial.pk in placed and not tutorial.is_public:
            yield Finding(
                "not_published",
                _("%(tutorial)s has a time but is not published, so nobody will see it.")
                % {"tutorial": tutorial},
            )
        if tutorial.pk not in placed and tutorial.status == Tutorial.Status.PUBLISHED:
            yield Finding(
                "no_time",
                _("%(tutorial)s is published and has no time yet.") % {"tutorial": tutorial},
                # Whoever is registered for it would not know when to come.
                blocks=tutorial.conference.takes_registrations and tutorial.seats_taken > 0,
                can_be_kept=True,
                tutorials=(tutorial.pk,),
            )


def _too_many_people(slots: list[Slot], tutorials: list[Tutorial]) -> Iterator[Finding]:
    rooms = _room_capacities(slots)
    before = registration.released_capacities(tutorials)
    for tutorial in tutorials:
        room = min((each for each in rooms[tutorial.pk] if each is not None), default=None)
        seats = registration.seats_in(tutorial, rooms[tutorial.pk])
        # Where an organiser went beyond the seats before, that stays as long as they do.
        is_new = seats != before[tutorial.pk]
        taken = tutorial.seats_taken if tutorial.conference.takes_registrations else 0
        if seats is not None and seats < taken and is_new:
            yield Finding(
                "seats",
                _("%(tutorial)s would have %(seats)d seats and has %(taken)d people.")
                % {"tutorial": tutorial, "seats": seats, "taken": tutorial.seats_taken},
                blocks=True,
                can_be_kept=True,
                can_be_moved_back=tutorial.conference.has_waiting_list,
                tutorials=(tutorial.pk,),
            )
        elif tutorial.capacity and room and tutorial.capacity > room:
            yield Finding(
                "capacity",
                _("%(tutorial)s has a capacity of %(capacity)d and a room for %(room)d.")
                % {"tutorial": tutorial, "capacity": tutorial.capacity, "room": room},
            )


def _no_limit(draft: Schedule, slots: list[Slot]) -> Iterator[Finding]:
    if not draft.conference.takes_registrations:
        return
    rooms = _room_capacities(slots)
    unlimited = {
        slot.tutorial.code
        for slot in slots
        if not slot.tutorial.is_cancelled
        and registration.seats_in(slot.tutorial, rooms[slot.tutorial_id]) is None
    }
    if unlimited:
        yield Finding(
            "no_limit",
            _("No capacity is known for %(codes)s, so anybody may register: there is no limit.")
            % {"codes": ", ".join(sorted(unlimited))},
        )


def _room_capacities(slots: list[Slot]) -> dict[int, list[int | None]]:
    """The capacities of each tutorial's rooms, by its id."""
    rooms: dict[int, list[int | None]] = defaultdict(list)
    for slot in slots:
        rooms[slot.tutorial_id].append(slot.room.capacity if slot.room else None)
    return rooms


def _two_at_once(draft: Schedule, slots: list[Slot]) -> Iterator[Finding]:
    """Pairs of tutorials that come to overlap, with people who have a seat in both.

    Pairs that overlap in the public version already are left out: an organiser let people in both.
    """
    if draft.conference.overlaps == Conference.Overlaps.ALLOW:
        return
    by_id = {slot.tutorial_id: slot.tutorial for slot in slots}
    for (first, second), both in sorted(new_overlaps(draft, slots).items()):
        people = len(both)
        yield Finding(
            "people",
            ngettext(
                "%(number)d person has a seat in both %(one)s and %(other)s, now at the same time.",
                "%(number)d people have seats in both %(one)s and %(other)s, now at the same time.",
                people,
            )
            % {"number": people, "one": by_id[first], "other": by_id[second]},
            blocks=True,
            can_be_kept=True,
            can_be_moved_back=draft.conference.has_waiting_list,
            tutorials=(first, second),
        )


def new_overlaps(draft: Schedule, slots: list[Slot]) -> dict[tuple[int, int], set[int]]:
    """Who is confirmed for both of two tutorials that come to overlap when the draft is released.

    Ids of attendees by the ids of the tutorials, the smaller first. Pairs that overlap in the
    public version already are left out; all are where nobody registers. ``slots`` are the draft's,
    with their sessions. Two queries.
    """
    if not draft.conference.takes_registrations:
        return {}
    current = Slot.objects.released(draft.conference).select_related("session")
    return _seated_in_both(_overlapping_pairs(slots) - _overlapping_pairs(list(current)))


def _overlapping_pairs(slots: list[Slot]) -> set[tuple[int, int]]:
    """The ids of every two tutorials that overlap, the smaller id first."""
    return {
        (min(one.tutorial_id, other.tutorial_id), max(one.tutorial_id, other.tutorial_id))
        for one, other in _overlapping(slots)
        if one.tutorial_id != other.tutorial_id
    }


def _seated_in_both(pairs: set[tuple[int, int]]) -> dict[tuple[int, int], set[int]]:
    """Who is confirmed for both tutorials of each pair, where anybody is. One query."""
    held: dict[int, set[int]] = defaultdict(set)
    # Who is offered a seat gives up what overlaps it by accepting; nothing is decided yet.
    seated = Registration.objects.filter(
        status=Registration.Status.CONFIRMED, tutorial__in={pk for pair in pairs for pk in pair}
    )
    for attendee, tutorial in seated.values_list("attendee_id", "tutorial_id"):
        held[attendee].add(tutorial)
    both: dict[tuple[int, int], set[int]] = defaultdict(set)
    for attendee, mine in held.items():
        for pair in combinations(sorted(mine), 2):
            if pair in pairs:
                both[pair].add(attendee)
    return both
