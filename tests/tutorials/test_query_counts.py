"""A page asks the database as often for 300 tutorials as for six."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tutorials import registration, schedule

MOST = 8
PAGES = {
    "home": "/cpal-2026/",
    "list": "/cpal-2026/tutorials/",
    "schedule": "/cpal-2026/schedule/",
    "tutorial": "/cpal-2026/tutorials/first/",
    "presenters": "/cpal-2026/presenters/",
    "presenter": "/cpal-2026/presenters/ada-lovelace/",
    "venues": "/cpal-2026/venues/",
}


def make_programme(conference, number):
    """So many tutorials in two tracks, three sessions a day."""
    tracks = [make_track(conference, position=n) for n in range(2)]
    rooms = [make_room(conference, capacity=3) for _ in tracks]
    sessions = [make_session(conference, at(hour)) for hour in (8, 12, 15)]
    for n in range(number):
        tutorial = make_tutorial(
            conference, track=tracks[n % 2], position=n, slug="" if n else "first"
        )
        make_presenter(tutorial, f"Person {n}" if n else "Ada Lovelace", "EPFL")
        # As many as fit without a clash; the others are in a room that is not known.
        make_slot(sessions[n // 2 % 3], tutorial, rooms[n % 2] if n < 6 else None)
    schedule.release(conference, by=None, at=NOW)
    return conference.tutorials.get(slug="first")


def queries_of(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(path)
    assert response.status_code == 200
    return len(queries), [query["sql"] for query in queries]


@pytest.fixture
def member(conference, user):
    user.memberships.create(conference=conference, role="door")
    return user


@pytest.mark.parametrize("number", [6, 300])
def test_signed_out(client, conference, number):
    make_programme(conference, number)

    counts = {name: queries_of(client, path)[0] for name, path in PAGES.items()}

    assert counts == {
        "home": 5,
        "list": 5,
        "schedule": 4,
        "tutorial": 4,
        "presenters": 4,
        "presenter": 5,
        "venues": 4,
    }


@pytest.mark.parametrize("number", [6, 300])
def test_signed_in_with_a_registration_and_a_role(client, conference, member, number):
    tutorial = make_programme(conference, number)
    attendee = make_attendee(conference, user=member)
    registration.register(attendee, tutorial, by=member, at=NOW)
    client.force_login(member)

    for path in PAGES.values():
        count, statements = queries_of(client, path)
        assert count <= MOST, (path, statements)


def test_signed_in_and_not_registered(client, conference, member):
    make_programme(conference, 6)
    make_attendee(conference, user=member)
    client.force_login(member)

    count, statements = queries_of(client, PAGES["tutorial"])

    assert count <= MOST, statements
