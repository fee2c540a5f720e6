"""What may the API tell? Only what the public pages show: these rows, whatever is asked of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from conference.models import Conference
from people.models import Person, PersonLink
from tutorials.models import Presenter, Schedule, Session, Slot, Track, Tutorial
from tutorials.models.programme import programme_order
from tutorials.programme import with_presenters
from venues.models import Room, Venue


def conferences() -> QuerySet[Conference]:
    """Every edition; each has a public page from the day it is made."""
    return Conference.objects.all()


def venues() -> QuerySet[Venue]:
    """Every building, with its rooms. Two queries."""
    return (
        Venue.objects.select_related("conference")
        .prefetch_related(Prefetch("rooms", Room.objects.order_by("position", "name", "pk")))
        .order_by("conference", "position", "name", "pk")
    )


def rooms() -> QuerySet[Room]:
    """Every room, with its building."""
    return Room.objects.select_related("venue__conference").order_by(
        "venue__conference", "venue__position", "venue", "position", "name", "pk"
    )


def tracks() -> QuerySet[Track]:
    """Tracks that a public tutorial is in; the others are not public yet."""
    return (
        Track.objects.filter(pk__in=Tutorial.objects.public().values("track"))
        .select_related("conference", "room__venue")
        .order_by("conference", "position", "pk")
    )


def tutorials() -> QuerySet[Tutorial]:
    """Public tutorials, with presenters and released slots. Three queries."""
    slots = (
        Slot.objects.filter(schedule__in=Schedule.objects.current_of_each())
        .select_related("session", "room__venue")
        .in_order()
    )
    return (
        Tutorial.objects.public()
        .select_related("conference", "track")
        .prefetch_related(with_presenters(), Prefetch("slots", slots, to_attr="released_slots"))
        .order_by("conference", *programme_order())
    )


def presenters() -> QuerySet[Person]:
    """People who present a public tutorial, with what they present. Three queries."""
    presents = (
        Presenter.objects.filter(tutorial__in=Tutorial.objects.public())
        .select_related("tutorial__conference")
        .order_by("-tutorial__conference__starts_on", "tutorial__conference", "tutorial")
    )
    return (
        Person.objects.filter(pk__in=presents.order_by().values("person"))
        .prefetch_related(
            Prefetch("presenters", presents, to_attr="presents"),
            Prefetch("links", PersonLink.objects.order_by("position", "pk")),
        )
        .order_by("sort_name", "pk")
    )


def sessions() -> QuerySet[Session]:
    """The sessions of the released schedules, with their public slots. Three queries."""
    return (
        _with_slots(Session.objects.filter(schedule__in=Schedule.objects.current_of_each()))
        .select_related("schedule__conference")
        .order_by("schedule__conference", "starts_at", "ends_at", "number")
    )


def schedules() -> QuerySet[Schedule]:
    """Of every conference the schedule that is out, without its sessions."""
    return Schedule.objects.current_of_each().select_related("conference").order_by("conference")


def schedules_in_full() -> QuerySet[Schedule]:
    """The same with sessions and their public slots. Four queries."""
    return schedules().prefetch_related(
        Prefetch("sessions", _with_slots(Session.objects.in_order()))
    )


def _with_slots(sessions: QuerySet[Session]) -> QuerySet[Session]:
    slots = (
        Slot.objects.filter(tutorial__in=Tutorial.objects.public())
        .select_related("tutorial__conference", "room__venue")
        .prefetch_related(with_presenters("tutorial__presenters"))
        .order_by("number")
    )
    return sessions.prefetch_related(Prefetch("slots", slots, to_attr="public_slots"))
