"""The main job from end to end: a page of text goes in, an attendance list comes out."""

import csv
import re
from itertools import pairwise

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command

from conference.models import Conference
from tests.pages import text_of
from tutorials.audit import audit, overlapping_seats

FILE = settings.BASE_DIR / "conference" / "sample" / "cpal-2026.txt"
LINES = FILE.read_text(encoding="utf-8").splitlines()
TRACKS = [line for line in LINES if re.match(r"Track \d", line)]
PRESENTERS = [line for line in LINES if line.startswith("Presenters: ")]
TITLES = [line for line, below in pairwise(LINES) if below in PRESENTERS]
ABSTRACTS = [below for line, below in pairwise(LINES) if line == "Abstract"]
SESSIONS = ["09:00–11:30", "12:30–15:00", "15:30–18:00"]


@pytest.fixture
def imported(db):
    """The commands, as somebody at a shell types them."""
    assert not Conference.objects.exists()
    call_command(
        "create_conference",
        "cpal-2026",
        "--name=CPAL 2026",
        "--starts-on=2026-03-23",
        "--ends-on=2026-03-26",
        "--timezone=Europe/Berlin",
        "--sessions=2026-03-23 09:00-11:30, 12:30-15:00, 15:30-18:00",
    )
    call_command("import_programme", str(FILE), "--conference=cpal-2026", "--release")
    return Conference.objects.get()


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return text_of(response)


def test_the_sample_is_what_these_tests_take_it_for():
    assert [len(part) for part in (TRACKS, TITLES, PRESENTERS, ABSTRACTS)] == [2, 6, 6, 6]


def test_the_list_holds_all_of_the_file_in_its_order(client, imported):
    text = page(client, "/cpal-2026/tutorials/")

    start = LINES.index(TRACKS[0])
    expected = [line.removeprefix("Presenters: ") for line in LINES[start:] if line != "Abstract"]
    assert len(expected) == 2 + 3 * 6
    place = 0
    for line in expected:
        place = text.find(line, place)
        assert place >= 0, line
        place += len(line)


def test_the_list_opens_with_what_there_is(client, imported):
    assert (
        "The first day of the conference, Monday 23 March 2026, has six tutorials in two parallel "
        "tracks across three sessions." in page(client, "/cpal-2026/tutorials/")
    )


def test_the_nth_of_each_track_is_in_the_nth_session(client, imported):
    text = page(client, "/cpal-2026/schedule/")

    expected = []
    for number, session in enumerate(SESSIONS):
        expected += [session, TITLES[number], TITLES[number + 3]]
    found = re.findall("|".join(map(re.escape, expected)), text)
    assert found == expected


def test_somebody_new_registers_and_is_on_the_attendance_list(client, imported, tmp_path):
    tutorial = imported.tutorials.in_programme_order()[3]
    asked = client.post(
        "/accounts/login/code/",
        {"email": "grace@example.org", "next": tutorial.get_absolute_url()},
    )
    (code,) = re.findall(r"\b\d{4}-\d{4}\b", str(mail.outbox[0].body))
    signed_in = client.post(asked.url, {"code": code})
    assert signed_in.url == tutorial.get_absolute_url()
    registered = client.post(
        f"{tutorial.get_absolute_url()}register/", {"name": "Grace Hopper"}, follow=True
    )
    assert f"You are registered for “{TITLES[3]}”." in text_of(registered)

    output = tmp_path / "list.csv"
    call_command(
        "export_attendance", "--conference=cpal-2026", "--format=csv", f"--output={output}"
    )
    with output.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {
        "tutorial": f"T4 {TITLES[3]}",
        "session": "Session 1",
        "starts_at": "2026-03-23T09:00:00+01:00",
        "room": "MPI Lecture Hall",
        "attendee_code": imported.attendees.get().badge_code,
        "name": "Grace Hopper",
        "email": "grace@example.org",
        "affiliation": "",
        "status": "confirmed",
        "position": "",
        "registered_at": row["registered_at"],
        "checked_in_at": "",
    }
    assert row["registered_at"].startswith("2026-03-16T11:00:")
    assert audit(imported) + overlapping_seats(imported) == []
