import pytest

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
    make_user,
)
from tests.tutorials.api import ROOT, get, one_of_each, results
from tutorials import registration, schedule
from tutorials.models import Tutorial


@pytest.fixture
def secrets(programme):
    """Everything that nobody else may read, each marked with a word of its own."""
    conference = programme.conference
    conference.contact_email = "leak-contact@example.org"
    conference.save()
    tutorial = programme.t1
    tutorial.notes = "LEAK-notes"
    tutorial.imported = {"title": "LEAK-imported"}
    tutorial.save()
    person = tutorial.presenters.get().person
    person.email = "leak-person@example.org"
    person.save()
    user = make_user("leak-user@example.org", name="LEAK-user")
    attendee = make_attendee(
        conference,
        user=user,
        name="LEAK-attendee",
        email="leak-attendee@example.org",
        affiliation="LEAK-affiliation",
        ticket_number="LEAK-ticket",
    )
    registration.register(attendee, tutorial, by=None, at=NOW)
    draft = make_tutorial(conference, title="LEAK-draft", status="draft")
    make_presenter(draft, "LEAK-presenter")
    make_tutorial(conference, title="LEAK-proposed", status="proposed")
    make_tutorial(conference, title="LEAK-never-published", status="cancelled", published_at=None)
    in_draft = make_track(conference, name="LEAK-track")
    draft.track = in_draft
    draft.save()
    make_session(conference, at(16), title="LEAK-session")
    make_slot(programme.sessions[1], draft)
    moved = programme.sessions[0].slots.get(tutorial=tutorial)
    moved.room = make_room(conference, name="Elsewhere")
    moved.save()
    return programme


def test_nothing_private_and_no_draft_leaks(client, secrets):
    schedule.release(secrets.conference, by=None, at=NOW)
    make_session(secrets.conference, at(17), title="LEAK-unreleased")

    for address in one_of_each(client):
        text = client.get(address).content.decode()
        # The session that was released is public now.
        found = text.replace("LEAK-session", "").lower()
        assert "leak" not in found, address
        assert "@" not in found, address


def test_what_is_not_released_is_not_there(client, secrets):
    text = client.get(f"{ROOT}schedules/cpal-2026/").content.decode()
    assert "LEAK" not in text
    assert "Elsewhere" not in text
    slots = get(client, f"tutorials/{secrets.t1.pk}/")["slots"]
    assert [slot["room"]["name"] for slot in slots] == ["Hall A"]
    unreleased = secrets.conference.schedules.get(number=None).sessions.get(title="LEAK-session")
    assert client.get(f"{ROOT}sessions/{unreleased.key}/").status_code == 404
    draft = Tutorial.objects.get(title="LEAK-draft")
    assert client.get(f"{ROOT}tutorials/{draft.pk}/").status_code == 404
    assert client.get(f"{ROOT}tracks/{draft.track_id}/").status_code == 404
    assert client.get(f"{ROOT}presenters/leak-presenter/").status_code == 404


def test_without_a_release_there_is_no_schedule(client, conference):
    make_session(conference, at(9))

    assert results(client, "schedules/") == results(client, "sessions/") == []
    assert client.get(f"{ROOT}schedules/cpal-2026/").status_code == 404


@pytest.mark.parametrize("attendance", ["open", "ticket"])
def test_where_nobody_registers_nothing_speaks_of_it(client, programme, attendance):
    programme.conference.attendance = attendance
    programme.conference.save()

    for address in one_of_each(client):
        text = client.get(address).content.decode().lower()
        assert [word for word in ("regist", "seat", "waiting") if word in text] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_only_reads(client, programme, method):
    for address in (f"{ROOT}tutorials/", f"{ROOT}tutorials/{programme.t1.pk}/"):
        assert getattr(client, method)(address).status_code == 405


def test_the_answers_are_everybodys(client, programme):
    client.force_login(make_user())
    for address in one_of_each(client):
        answer = client.get(address)
        assert answer["Cache-Control"] == "public, max-age=60", address
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Cookie" not in answer.get("Vary", "")
        assert answer.cookies == {}
