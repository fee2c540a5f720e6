"""The cast: one small released programme, and the people around it."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.core.cache import cache

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

# Pages, texts and files: what these say is the same on every database, so `make test` asks them on
# one. `make test-rest`, which CI runs too, asks them on PostgreSQL as well.
SAY_NOTHING_ABOUT_THE_DATABASE = {
    "test_accessibility",
    "test_account_mails",
    "test_account_pages",
    "test_admin_history",
    "test_admin_mails",
    "test_admin_pages",
    "test_admin_timetable",
    "test_admin_tutorials",
    "test_api_schema",
    "test_api_secrets",
    "test_attendance_files",
    "test_attendance_pages",
    "test_clock",
    "test_colour",
    "test_csv_file",
    "test_demo",
    "test_every_address",
    "test_export_attendance",
    "test_front",
    "test_german",
    "test_home",
    "test_import_attendees_admin",
    "test_import_attendees_files",
    "test_import_programme_admin",
    "test_import_sheet_files",
    "test_import_text",
    "test_journey",
    "test_language",
    "test_layers",
    "test_logs",
    "test_mail_html",
    "test_mails_calendar",
    "test_mails_texts",
    "test_mails_truth",
    "test_markdown",
    "test_participation_choices",
    "test_passed_over",
    "test_photos",
    "test_presenters",
    "test_presenting_admin",
    "test_privacy",
    "test_privacy_pages",
    "test_public_addresses",
    "test_query_counts",
    "test_schedule_page",
    "test_settings",
    "test_sign_in_sheets",
    "test_staff",
    "test_texts",
    "test_tokens",
    "test_translations",
    "test_tutorial_detail",
    "test_tutorial_list",
    "test_venues",
    "test_xlsx_file",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in SAY_NOTHING_ABOUT_THE_DATABASE:
            item.add_marker(pytest.mark.one_database)


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
def door_staff(conference) -> User:
    staff = make_user("door@example.org", name="Dora")
    staff.memberships.create(conference=conference, role="door")
    return staff
