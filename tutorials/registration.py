"""Who gets a seat? The only writer of registrations, and of a tutorial's seats.

Every change locks what it depends on, looks again, and only then writes: first the tutorials in the
order of their ids, then the attendees in the order of theirs (``_lock``). A tutorial's lock guards
its seats and its waiting list; an attendee's lock guards against two overlapping tutorials at once.
Changes are ``atomic(durable=True)``: what a function here has returned is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from conference.models import Conference
from people.models import Attendee, User
from tutorials import mails
from tutorials.models import Registration, Schedule, Slot, Tutorial
from tutorials.models.mail import MailKind
from tutorials.models.programme import TutorialQuerySet
from tutorials.standing import Refusal, Refused, Standing, eligible, queue_closes_at

Status = Registration.Status
Because = Registration.Because


def why_not(attendee: Attendee | None, tutorial: Tutorial, at: datetime) -> Refusal | None:
    """Why a registration would be refused, or None. Two queries.

    A full tutorial is no reason while its waiting list is open: one joins that. ``attendee`` None
    stands for somebody who has not signed in: only what holds for everybody is asked.
    """
    return Standing.load(attendee, tutorial).why_not(at)


def place(registration: Registration) -> int | None:
    """The place in the queue, 1 for who is next; None for one that does not wait. One query."""
    if registration.status != Status.WAITLISTED:
        return None
    ahead = Registration.objects.waiting().filter(
        tutorial_id=registration.tutorial_id, position__lt=registration.position
    )
    return ahead.count() + 1


def register(
    attendee: Attendee, tutorial: Tutorial, *, by: User | None, at: datetime
) -> Registration:
    """Take a seat, or the last place in the waiting list where none is free for a newcomer.

    Registering twice is success: the registration that is there is returned. Raises ``Refused``
    with the reason that ``why_not`` gives. Locks the tutorial and the attendee, and where a seat is
    free also those who wait for one, since they come first.
    """
    with transaction.atomic(durable=True):
        waiting: set[int] = set()

        def attendees_of(locked: Tutorial) -> set[int]:
            waiting.update(_candidates(locked))
            return {attendee.pk, *waiting}

        tutorial = _lock_one(tutorial.pk, attendees_of)
        standing = Standing.load(attendee, tutorial)
        if standing.mine:
            return standing.mine
        refusal = standing.why_not(at)
        if refusal:
            raise Refused(refusal)
        if waiting:
            _fill(tutorial, at)
        registration = Registration(attendee=attendee, tutorial=tutorial, registered_at=at)
        if tutorial.is_full:
            # A clock can lie and two can share a moment; the tutorial's counter does neither.
            tutorial.queue_tail += 1
            registration.status, registration.position = Status.WAITLISTED, tutorial.queue_tail
            tutorial.save(update_fields=["queue_tail"])
        else:
            registration.status, registration.confirmed_at = Status.CONFIRMED, at
            _add_seats_taken(tutorial, 1)
        registration.save(force_insert=True)
        registration.place = place(registration)
        kind = MailKind.WAITING if registration.place else MailKind.REGISTERED
        mails.tell([registration], kind, at=at, place=registration.place)
        return registration


def cancel(
    attendee: Attendee,
    tutorial: Tutorial,
    *,
    by: User | None,
    at: datetime,
    because: Because = Because.SELF,
) -> Registration | None:
    """Give up a seat or a place in the queue, and let the first who can take the seat have it.

    A seat beyond the capacity, kept when that was lowered, is gone when it is given up. Cancelling
    twice is success: None says that there was nothing to cancel. One's own registration
    can be given up until the tutorial starts (raises ``Refused``). Locks the tutorial, the attendee
    and those who wait. What the attendee is free for now, in other tutorials, follows in
    transactions of its own.
    """
    with transaction.atomic(durable=True):
        tutorial = _lock_one(
            tutorial.pk, lambda locked: {attendee.pk, *_waiting_attendees([locked.pk])}
        )
        standing = Standing.load(attendee, tutorial)
        registration = standing.mine
        if registration is None:
            return None
        if because == Because.SELF and standing.has_started(at):
            raise Refused(standing.started())
        _end(tutorial, [registration], because, at)
        registration.attendee = attendee
        kind = MailKind.LEFT if because == Because.SELF else MailKind.WITHDRAWN
        mails.tell([registration], kind, at=at)
        follow_capacity([tutorial], at)
    _fill_where_waiting({attendee.pk}, at)
    return registration


def cancel_tutorial(tutorial: Tutorial, *, by: User | None, at: datetime) -> int:
    """Call a tutorial off and end every registration for it; return how many there were.

    Calling it off twice changes nothing. Locks the tutorial and all who are in it or wait for it.
    """
    with transaction.atomic(durable=True):
        tutorial = _lock_one(tutorial.pk, lambda locked: _live_attendees([locked.pk]))
        live = list(
            Registration.objects.live()
            .filter(tutorial=tutorial)
            .select_related("attendee__user")
            .order_by("pk")
        )
        if not tutorial.is_cancelled:
            tutorial.status, tutorial.cancelled_at = Tutorial.Status.CANCELLED, at
            tutorial.save(update_fields=["status", "cancelled_at", "updated_at"])
        _end(tutorial, live, Because.TUTORIAL_CANCELLED, at)
        mails.tell(live, MailKind.TUTORIAL_CANCELLED, at=at)
        follow_capacity([tutorial], at)
    _fill_where_waiting({registration.attendee_id for registration in live}, at)
    return len(live)


def fill(tutorial: Tutorial, *, at: datetime) -> list[Registration]:
    """Give free seats to those who wait, in order; return who got one. Locks both."""
    with transaction.atomic(durable=True):
        return _fill(_lock_one(tutorial.pk, _candidates), at)


def to_fill() -> TutorialQuerySet:
    """Tutorials with a free seat and somebody who waits, for the sweep that mends after a crash."""
    has_room = Q(seats__isnull=True) | Q(seats_taken__lt=F("seats"))
    waited_for = Registration.objects.waiting().order_by().values("tutorial")
    published = Tutorial.objects.filter(status=Tutorial.Status.PUBLISHED)
    return published.filter(has_room, pk__in=waited_for).order_by("pk")


def seats_follow_capacity(tutorial_ids: Collection[int], *, at: datetime) -> list[Tutorial]:
    """Set the seats anew after a capacity changed, and fill what that frees.

    Return the tutorials that keep more seats than they should, because that many are taken: nobody
    loses a seat by a change of capacity. Locks the tutorials and those who wait for them.
    """
    with transaction.atomic(durable=True):
        return follow_capacity(lock_tutorials(tutorial_ids), at)


def follow_capacity(tutorials: Iterable[Tutorial], at: datetime) -> list[Tutorial]:
    """``seats_follow_capacity`` for tutorials that ``lock_tutorials`` has locked already."""
    kept = []
    tutorials = list(tutorials)
    capacities = released_capacities(tutorials)
    waiting = Registration.objects.waiting().filter(tutorial__in=tutorials)
    waited_for = set(waiting.values_list("tutorial_id", flat=True))
    for tutorial in tutorials:
        wanted = capacities[tutorial.pk]
        if wanted is not None and wanted < tutorial.seats_taken:
            kept.append(tutorial)
            wanted = tutorial.seats_taken
        if tutorial.seats != wanted:
            tutorial.seats = wanted
            tutorial.save(update_fields=["seats"])
        if tutorial.pk in waited_for:
            _fill(tutorial, at)
    return kept


def released_capacities(tutorials: Iterable[Tutorial]) -> dict[int, int | None]:
    """How many seats each tutorial should have in the released schedule, by its id. One query."""
    tutorials = list(tutorials)
    conferences = {tutorial.conference_id for tutorial in tutorials}
    current = Schedule.objects.filter(conference_id__in=conferences).current_of_each()
    rooms: dict[int, list[int | None]] = {}
    slots = Slot.objects.filter(schedule__in=current, tutorial__in=tutorials)
    for pk, capacity in slots.values_list("tutorial_id", "room__capacity"):
        rooms.setdefault(pk, []).append(capacity)
    return {tutorial.pk: seats_in(tutorial, rooms.get(tutorial.pk, ())) for tutorial in tutorials}


def seats_in(tutorial: Tutorial, room_capacities: Iterable[int | None]) -> int | None:
    """How many seats it has in such rooms: its own capacity, else the smallest that is known.

    None where none is known, which means no limit.
    """
    known = [capacity for capacity in room_capacities if capacity is not None]
    return tutorial.capacity or min(known, default=None)


def lock_tutorials(tutorial_ids: Collection[int]) -> list[Tutorial]:
    """Lock tutorials and all who are in them or wait, for work on many; inside a transaction.

    Rare work only (a release, a change of capacity): it holds up every registration meanwhile.
    """
    return _lock(tutorial_ids, lambda tutorials: _live_attendees(tutorial_ids))


def lock_conference(conference: Conference) -> list[Tutorial]:
    """``lock_tutorials`` for all tutorials of a conference, and before them its draft schedule.

    The draft is always there, even where no tutorial is: two imports at once take turns.
    """
    Schedule.objects.draft(conference).lock()
    return lock_tutorials(list(conference.tutorials.values_list("pk", flat=True)))


def _lock(
    tutorial_ids: Collection[int], attendees_of: Callable[[list[Tutorial]], set[int]]
) -> list[Tutorial]:
    """The only place that locks tutorials, by id, then the attendees that ``attendees_of`` names.

    It is asked once the tutorials are locked: their waiting lists cannot change from then on, so
    the set cannot grow. Everybody locks in this order, so nobody waits in a circle. Return the
    tutorials as they are under the lock. (``no_key``: rows that point here may still be inserted.
    On SQLite a transaction that writes is alone from its beginning, and there is nothing to lock.)
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A lock outside of a transaction holds nothing.")
    tutorials = list(
        Tutorial.objects.select_for_update(no_key=True, of=("self",))
        .select_related("conference")
        .filter(pk__in=tutorial_ids)
        .order_by("pk")
    )
    ids = attendees_of(tutorials)
    locked = Attendee.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    list(locked.values_list("pk", flat=True))
    return tutorials


def _lock_one(pk: int, attendees_of: Callable[[Tutorial], set[int]]) -> Tutorial:
    tutorials = _lock([pk], lambda tutorials: attendees_of(tutorials[0]) if tutorials else set())
    if not tutorials:
        raise Tutorial.DoesNotExist(f"No tutorial has the id {pk}.")
    return tutorials[0]


def _candidates(tutorial: Tutorial) -> set[int]:
    """Who might be given a free seat: nobody while none is free."""
    return set() if tutorial.is_full else _waiting_attendees([tutorial.pk])


def _waiting_attendees(tutorial_ids: Collection[int]) -> set[int]:
    waiting = Registration.objects.waiting().filter(tutorial__in=tutorial_ids)
    return set(waiting.values_list("attendee_id", flat=True))


def _live_attendees(tutorial_ids: Collection[int]) -> set[int]:
    live = Registration.objects.live().filter(tutorial__in=tutorial_ids)
    return set(live.values_list("attendee_id", flat=True))


def _fill(tutorial: Tutorial, at: datetime) -> list[Registration]:
    """Confirm those who wait, in order, while seats are free; under the locks of all of them.

    Who cannot take a seat now keeps the place and is passed over. Filling stops when the waiting
    list closes: nobody is called to a tutorial that is about to begin.
    """
    if tutorial.is_full or tutorial.status != Tutorial.Status.PUBLISHED:
        return []
    slots = list(
        Slot.objects.released(tutorial.conference)
        .filter(tutorial=tutorial)
        .select_related("session")
    )
    if not slots or at >= queue_closes_at(tutorial, slots):
        return []
    first = eligible(tutorial, slots).select_related("attendee__user")
    promoted = list(first[: tutorial.seats_left])
    Registration.objects.filter(pk__in=[registration.pk for registration in promoted]).update(
        status=Status.CONFIRMED, position=None, confirmed_at=at
    )
    _add_seats_taken(tutorial, len(promoted))
    mails.tell(promoted, MailKind.GOT_IN, at=at)
    return promoted


def _end(
    tutorial: Tutorial, registrations: list[Registration], because: Because, at: datetime
) -> None:
    """Cancel live registrations of a locked tutorial and give their seats back."""
    seated = sum(registration.status in Registration.SEATED for registration in registrations)
    for registration in registrations:
        registration.status, registration.cancelled_because = Status.CANCELLED, because
        registration.position = registration.offered_until = None
        registration.cancelled_at = at
    Registration.objects.bulk_update(
        registrations,
        ["status", "cancelled_because", "position", "offered_until", "cancelled_at"],
        batch_size=500,
    )
    _add_seats_taken(tutorial, -seated)


def _add_seats_taken(tutorial: Tutorial, number: int) -> None:
    """Count in the row itself: the constraint then refuses even what a lost lock would let by."""
    if number:
        Tutorial.objects.filter(pk=tutorial.pk).update(seats_taken=F("seats_taken") + number)
        tutorial.seats_taken += number


def _fill_where_waiting(attendee_ids: Collection[int], at: datetime) -> None:
    """Fill every tutorial with free seats that these people wait for: they may be free for it now.

    Each in a transaction of its own, so that a crash between two leaves both right; the worker's
    sweep does what it left undone.
    """
    theirs = Registration.objects.waiting().order_by().filter(attendee__in=attendee_ids)
    for tutorial in to_fill().filter(pk__in=theirs.values("tutorial")):
        fill(tutorial, at=at)
