"""How many seats does a tutorial have? As many as its capacity says, and never fewer than taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from tutorials.models import Registration, Schedule, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.registration.writing import Act, set_seats


class TooFew(models.TextChoices):
    """What is to happen where the seats would be fewer than are taken."""

    REFUSE = "refuse", _("Change nothing")
    KEEP = "keep", _("Everybody keeps their seat")
    MOVE_BACK = "move_back", _("The newest go to the head of the waiting list")


def follow(tutorial: Tutorial, act: Act) -> None:
    """Set the seats of a locked tutorial to as many as its capacity says, or as are taken.

    Seats beyond the capacity, kept when that was lowered, are gone once they are given back.
    """
    wanted = released_capacities([tutorial])[tutorial.pk]
    set_seats({tutorial: at_least_taken(tutorial, wanted)}, Why.CAPACITY, act)


def at_least_taken(tutorial: Tutorial, seats: int | None) -> int | None:
    """So many seats, or as many as are taken where that is more; None: no limit."""
    return None if seats is None else max(seats, tutorial.seats_taken)


def newest(tutorial: Tutorial, number: int) -> list[Registration]:
    """The last who got a seat, the very last first; offers before what is taken."""
    seated = Registration.objects.seated().filter(tutorial=tutorial)
    seated = seated.select_related("attendee__user")
    newest_first = models.F("confirmed_at").desc(nulls_first=True)
    return list(seated.order_by(newest_first, "-registered_at", "-pk")[:number])


def released_capacities(
    tutorials: Iterable[Tutorial], *, if_rooms_held: Mapping[int, int | None] | None = None
) -> dict[int, int | None]:
    """How many seats each tutorial should have in the released schedule, by its id. One query.

    ``if_rooms_held`` asks what it would be if rooms, by their ids, held so many people.
    """
    tutorials, supposed = list(tutorials), if_rooms_held or {}
    conferences = {tutorial.conference_id for tutorial in tutorials}
    current = Schedule.objects.filter(conference_id__in=conferences).current_of_each()
    rooms: dict[int, list[int | None]] = {}
    slots = Slot.objects.filter(schedule__in=current, tutorial__in=tutorials)
    for pk, room, capacity in slots.values_list("tutorial_id", "room", "room__capacity"):
        rooms.setdefault(pk, []).append(supposed.get(room, capacity))
    return {tutorial.pk: seats_in(tutorial, rooms.get(tutorial.pk, ())) for tutorial in tutorials}


def seats_in(tutorial: Tutorial, room_capacities: Iterable[int | None]) -> int | None:
    """How many seats it has in such rooms: its own capacity, else the smallest that is known.

    Less those that the organisers keep back. None where none is known, which means no limit.
    """
    known = [capacity for capacity in room_capacities if capacity is not None]
    capacity = tutorial.capacity or min(known, default=None)
    return None if capacity is None else max(0, capacity - tutorial.kept_back)
