"""What the benchmarks find in the database. Runs inside it: the environment names it."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

TITLES = (
    "Bayesian methods",
    "How large models fail, and what that tells about what they learn",
    "Sparse coding in practice",
    "An introduction to optimal transport for people who measure things",
)
ABSTRACT = (
    "We begin with the questions that bring people here, and answer them **one at a time**, with "
    "data that everybody has seen: what is known, what is not, and which of it can be computed.\n\n"
) * 4


def programme(slug: str, capacities: list[int | None]) -> list[str]:
    """A released programme, fifty tutorials at a time; return where one registers for each."""
    from tests.factories import (
        DAY,
        NOW,
        at,
        make_conference,
        make_session,
        make_slot,
        make_track,
        make_tutorial,
    )
    from tutorials import schedule

    conference = make_conference(slug=slug, ends_on=DAY + timedelta(days=30))
    tracks = [make_track(conference, name=f"Track {n}", position=n) for n in range(50)]
    tutorials = []
    for number, capacity in enumerate(capacities):
        block, track = divmod(number, len(tracks))
        if track == 0:
            session = make_session(conference, at(8 + 3 * (block % 3), day=block // 3))
        fields = {"code": f"T{number}", "slug": f"t{number}", "position": block}
        tutorial = make_tutorial(conference, track=tracks[track], capacity=capacity, **fields)
        make_slot(session, tutorial)
        tutorials.append(tutorial)
    schedule.release(conference, by=None, at=NOW)
    return [f"{tutorial.get_absolute_url()}register/" for tutorial in tutorials]


def edition(slug: str, tutorials: int) -> dict[str, str]:
    """A released programme as people read it: 300 tutorials a day in 30 rooms, two people each.

    Return where it is, and one of its tutorials.
    """
    from django.db import transaction
    from django.test import override_settings

    from tests import factories
    from tutorials import schedule

    rooms, a_day = 30, 300
    alan = factories.make_person("Alan Turing")
    # Nobody reads here what the rows were before, and keeping that takes half of the time.
    with transaction.atomic(), override_settings(SIMPLE_HISTORY_ENABLED=False):
        last_day = factories.DAY + timedelta(days=tutorials // a_day)
        conference = factories.make_conference(slug=slug, ends_on=last_day)
        tracks = [
            factories.make_track(conference, name=f"Track {n}", position=n) for n in range(rooms)
        ]
        halls = [factories.make_room(conference, 50, name=f"Hall {n}") for n in range(rooms)]
        for number in range(tutorials):
            day, of_the_day = divmod(number, a_day)
            hour, room = divmod(of_the_day, rooms)
            if room == 0:
                starts_at = factories.at(7 + hour, day=day)
                hours = timedelta(minutes=50)
                session = factories.make_session(conference, starts_at, starts_at + hours)
            tutorial = factories.make_tutorial(
                conference,
                track=tracks[room],
                code=f"T{number}",
                slug=f"t{number}",
                position=number,
                title=f"Tutorial {number}: {TITLES[number % len(TITLES)]}",
                abstract=ABSTRACT,
            )
            factories.make_presenter(tutorial, f"Ada {number}", f"University {room}")
            factories.make_presenter(tutorial, "", "Cambridge", person=alan)
            factories.make_slot(session, tutorial, halls[room])
    schedule.release(conference, by=None, at=factories.NOW)
    return {"home": conference.get_absolute_url(), "tutorial": tutorial.get_absolute_url()}


def reader(slug: str) -> str:
    """Somebody who is signed in and has registered for a tutorial there; return their session."""
    from conference.models import Conference
    from people.models import User
    from tests.factories import NOW, make_attendee
    from tutorials import registration

    (session,) = crowd(1)
    user = User.objects.get(email="0@crowd.example.org")
    conference = Conference.objects.get(slug=slug)
    attendee = make_attendee(conference, user=user)
    tutorial = conference.tutorials.earliest("pk")
    registration.register(attendee, tutorial, by=user, at=NOW)
    return session


def editions(sizes: dict[str, int]) -> dict[str, Any]:
    """Editions of so many tutorials by their slugs, and a reader of the first."""
    made = {slug: edition(slug, number) for slug, number in sizes.items()}
    session = reader(next(iter(sizes)))
    _analyse()
    return {"editions": made, "session": session}


def crowd(number: int) -> list[str]:
    """So many people who have signed in, and no place anywhere; return their sessions."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from people.models import User

    store, end = SessionStore(), timezone.now() + timedelta(days=14)
    users = User.objects.bulk_create(
        (
            User(email=f"{n}@crowd.example.org", name=f"Person {n}", password=f"!{n}")
            for n in range(number)
        ),
        batch_size=1000,
    )
    keys = [f"{user.pk:032x}" for user in users]
    Session.objects.bulk_create(
        (
            Session(
                session_key=key,
                expire_date=end,
                session_data=store.encode(
                    {
                        SESSION_KEY: str(user.pk),
                        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                        HASH_SESSION_KEY: user.get_session_auth_hash(),
                    }
                ),
            )
            for key, user in zip(keys, users, strict=True)
        ),
        batch_size=1000,
    )
    return keys


def everything(slug: str, capacities: list[int | None], people: int) -> dict[str, Any]:
    """Both; the database is then told to look at what it holds, as it does by itself in time."""
    made = {"paths": programme(slug, capacities), "sessions": crowd(people)}
    _analyse()
    return made


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    import django

    django.setup()
    make = editions if sys.argv[1:] == ["editions"] else everything
    print(json.dumps(make(**json.load(sys.stdin))))
