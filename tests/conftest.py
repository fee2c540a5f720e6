"""The cast: one small released programme, and the people around it."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client

from conference.models import Conference
from people.models import Attendee, User
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
    make_user,
)
from tutorials import schedule

# What the database decides: locks, constraints, queues, big reads. `make test` asks all on SQLite;
# `make test-postgresql` asks these there too, and `make test-rest` the rest. CI runs all of them.
ASK_EVERY_DATABASE = {
    "test_attendance_list",
    "test_audit",
    "test_crashes",
    "test_import_attendees",
    "test_invitations",
    "test_letters",
    "test_locks",
    "test_mails",
    "test_main_job",
    "test_offers",
    "test_privacy_of_attendees",
    "test_race_over_http",
    "test_races",
    "test_registration",
    "test_release_people",
    "test_rules_hold",
    "test_schedule",
    "test_waiting_rules",
    "test_who_may_register",
}

# Each walks the whole site, or starts processes again and again: half a minute for one file.
# `make test` leaves them to `make test-rest`; the races to `make test-postgresql` too.
THOROUGH = {
    "test_admin_pages",
    "test_crashes",
    "test_demo",
    "test_every_address",
    "test_every_page_in_browser",
    "test_feeds_property",
    "test_race_over_http",
    "test_races",
    "test_settings",
    "test_site_export",
    "test_texts_are_translatable",
    "test_uses",
    "test_weights",
    "test_worker",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem not in ASK_EVERY_DATABASE:
            item.add_marker(pytest.mark.one_database)
        if item.path.stem in THOROUGH:
            item.add_marker(pytest.mark.thorough)


@pytest.fixture(autouse=True)
def clock(settings, monkeypatch) -> None:
    """It is a week before the conference, as each test begins, and the caches are cold."""
    settings.CLOCK = NOW.isoformat()
    monkeypatch.setattr("conference.clock._started", time.monotonic())
    cache.clear()


@pytest.fixture
def conference(db) -> Conference:
    return make_conference(
        slug="cpal-2026",
        name="CPAL 2026",
        city="Tübingen",
        country="Germany",
        is_current=True,
        imprint="Ada",
    )


@pytest.fixture
def programme(conference) -> SimpleNamespace:
    """Two tracks of two tutorials, in two sessions with a break between, released as version 1.

    T1 and T3 run at the same time, and so do T2 and T4. Track A's hall holds 3 people; that of
    track B is not known.
    """
    halls = [
        make_room(conference, capacity=3, name="Hall A"),
        make_room(conference, name="Hall B"),
    ]
    tracks = [
        make_track(conference, name=f"Track {name}", room=hall, position=position)
        for position, (name, hall) in enumerate(zip("AB", halls, strict=True))
    ]
    morning = make_session(conference, at(8), title="Session 1")
    make_session(conference, at(10, 30), at(11, 30), kind="break", title="Lunch")
    noon = make_session(conference, at(11, 30), title="Session 2")
    tutorials = []
    for track, hall in zip(tracks, halls, strict=True):
        for position, session in enumerate((morning, noon)):
            tutorial = make_tutorial(conference, track=track, position=position)
            make_presenter(tutorial, f"Presenter of {tutorial.code}", "University, Lab")
            make_slot(session, tutorial, hall)
            tutorials.append(tutorial)
    version = schedule.release(conference, by=None, at=NOW)
    for tutorial in tutorials:
        tutorial.refresh_from_db()
    return SimpleNamespace(
        conference=conference,
        halls=halls,
        tracks=tracks,
        sessions=[morning, noon],
        tutorials=tutorials,
        t1=tutorials[0],
        t2=tutorials[1],
        t3=tutorials[2],
        t4=tutorials[3],
        version=version,
    )


@pytest.fixture
def attendees(conference) -> list[Attendee]:
    """Six people without accounts."""
    return [make_attendee(conference, name=f"Person {n}") for n in range(1, 7)]


@pytest.fixture
def user(db) -> User:
    return make_user("ada@example.org", name="Ada Lovelace")


@pytest.fixture
def organiser(db) -> User:
    return make_user("organiser@example.org", name="Olga", is_superuser=True)


@pytest.fixture
def admin_client(client: Client, organiser: User) -> Client:
    """The browser of the organiser, signed in."""
    client.force_login(organiser)
    return client


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    """The browser of the user, signed in."""
    client.force_login(user)
    return client


@pytest.fixture
def door_staff(conference) -> User:
    staff = make_user("door@example.org", name="Dora")
    staff.memberships.create(conference=conference, role="door")
    return staff
