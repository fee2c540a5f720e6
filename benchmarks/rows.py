"""What the benchmarks find in the database. Runs inside it: the environment names it."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any


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
    from django.db import connection

    made = {"paths": programme(slug, capacities), "sessions": crowd(people)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(everything(**json.load(sys.stdin))))
