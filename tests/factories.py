"""Rows for tests: plain functions, each with as little as its model needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress

from conference.models import Conference
from people.models import Attendee, Person, TicketKind, User
from tutorials import registration, schedule
from tutorials.models import Presenter, Schedule, Session, Slot, Track, Tutorial
from venues.models import Room, Venue

_number = count(1)

# A week before the conference, so that everything is still ahead.
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
DAY = date(2026, 3, 23)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """A time on the first day of the conference, in UTC (Tübingen is an hour ahead in March)."""
    return datetime(2026, 3, 23, hour, minute, tzinfo=UTC) + timedelta(days=day)


def make_conference(**fields: Any) -> Conference:
    number = next(_number)
    defaults: dict[str, Any] = {
        "slug": f"conf-{number}",
        "name": f"Conference {number}",
        "starts_on": DAY,
        "ends_on": date(2026, 3, 26),
        "time_zone": "Europe/Berlin",
    }
    return Conference.objects.create(**defaults | fields)


def make_user(email: str | None = None, **fields: Any) -> User:
    email = email or f"user{next(_number)}@example.org"
    return User.objects.create_user(email, **{"name": "Ada Lovelace"} | fields)


def make_member(conference: Conference, role: str, **fields: Any) -> User:
    """An account with a role at a conference."""
    user = make_user(**fields)
    user.memberships.create(conference=conference, role=role)
    return user


def make_attendee(conference: Conference, **fields: Any) -> Attendee:
    return Attendee.objects.create(
        conference=conference, **{"name": f"Attendee {next(_number)}"} | fields
    )


def make_ticket(conference: Conference, **fields: Any) -> Attendee:
    """A ticket of the list; ``kind`` by its name, ``tutorials=False`` for one without them.

    Nobody's yet, unless ``user`` says whose.
    """
    number = next(_number)
    kind, tutorials = fields.pop("kind", ""), fields.pop("tutorials", True)
    if kind or not tutorials:
        fields["ticket_kind"] = TicketKind.objects.get_or_create(
            conference=conference, name=kind or "Main", defaults={"gives_tutorials": tutorials}
        )[0]
    defaults = {"ticket_number": f"T-{number}", "name": f"Holder {number}"}
    return make_attendee(conference, **defaults | fields)


def prove(user: User, email: str = "") -> User:
    """Let an address be the account's own, as the mailed code does."""
    EmailAddress.objects.create(
        user=user, email=email or user.email, verified=True, primary=not email
    )
    return user


def make_room(conference: Conference, capacity: int | None = None, **fields: Any) -> Room:
    venue = fields.pop("venue", None) or Venue.objects.create(
        conference=conference, name=f"Venue {next(_number)}"
    )
    return Room.objects.create(
        venue=venue, capacity=capacity, **{"name": f"Room {next(_number)}"} | fields
    )


def make_track(conference: Conference, **fields: Any) -> Track:
    return Track.objects.create(
        conference=conference, **{"name": f"Track {next(_number)}"} | fields
    )


def make_person(name: str = "Alan Turing", **fields: Any) -> Person:
    return Person.objects.create(name=name, **fields)


def make_tutorial(conference: Conference, **fields: Any) -> Tutorial:
    """A published tutorial (``status="draft"`` for another), without any time or place."""
    defaults: dict[str, Any] = {
        "title": f"Tutorial {next(_number)}",
        "abstract": "What it is about.",
        "status": Tutorial.Status.PUBLISHED,
    }
    fields = defaults | fields
    if fields["status"] in Tutorial.PUBLIC:
        fields.setdefault("published_at", NOW - timedelta(days=30))
    if fields["status"] == Tutorial.Status.CANCELLED:
        fields.setdefault("cancelled_at", NOW - timedelta(days=1))
    return Tutorial.objects.create(conference=conference, **fields)


def make_presenter(
    tutorial: Tutorial, name: str, affiliation: str = "", **fields: Any
) -> Presenter:
    return Presenter.objects.create(
        tutorial=tutorial,
        person=fields.pop("person", None) or make_person(name),
        affiliation=affiliation,
        **{"position": tutorial.presenters.count()} | fields,
    )


def make_session(
    conference: Conference, starts_at: datetime, ends_at: datetime | None = None, **fields: Any
) -> Session:
    """A session of the draft; two and a half hours of tutorials unless told otherwise."""
    return Session.objects.create(
        schedule=Schedule.objects.draft(conference),
        starts_at=starts_at,
        ends_at=ends_at or starts_at + timedelta(hours=2, minutes=30),
        **fields,
    )


def make_slot(session: Session, tutorial: Tutorial, room: Room | None = None) -> Slot:
    return Slot.objects.create(session=session, tutorial=tutorial, room=room)


def make_programme(conference: Conference, count: int) -> list[Tutorial]:
    """A released programme of so many tutorials, two an hour, each with two presenters."""
    tracks = [make_track(conference, position=position) for position in range(2)]
    halls = [make_room(conference, capacity=10) for _ in tracks]
    tutorials = []
    for hour in range(count // 2):
        starts_at = at(8) + timedelta(hours=hour)
        session = make_session(conference, starts_at, starts_at + timedelta(hours=1))
        for track, hall in zip(tracks, halls, strict=True):
            tutorial = make_tutorial(conference, track=track, position=hour)
            for name in ("Ada", "Alan"):
                make_presenter(tutorial, f"{name} {tutorial.code}", "Somewhere")
            make_slot(session, tutorial, hall)
            tutorials.append(tutorial)
    schedule.release(conference, by=None, at=NOW)
    return tutorials


def fill(tutorial: Tutorial, number: int = 3) -> None:
    """Register so many people whom nobody else knows."""
    for _ in range(number):
        registration.register(make_attendee(tutorial.conference), tutorial, by=None, at=NOW)


def slot_of(tutorial: Tutorial) -> Slot:
    """The one slot of a tutorial in the released schedule."""
    return Slot.objects.released(tutorial.conference).get(tutorial=tutorial)
