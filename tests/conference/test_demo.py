from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

import conference.sample
from conference import clock
from conference.models import Conference
from people.models import Attendee, Membership, Person, User
from tests.factories import make_attendee, make_conference, make_user
from tutorials.models import Registration, Schedule, Session, Tutorial
from tutorials.registration import place
from venues.models import Room

pytestmark = pytest.mark.django_db

SAMPLE = Path(conference.sample.__file__).parent


@pytest.fixture(autouse=True)
def development(settings):
    """The demo sets these for its process; the fixture puts them back."""
    settings.DEBUG = True
    settings.CLOCK = ""
    settings.SITE_URL = settings.SITE_URL


@pytest.fixture
def loaded():
    """What the demo knows its own database by, without all the rest, which takes seconds."""
    sample = make_conference(slug="cpal-2026")
    make_user("organiser@example.org", is_superuser=True)
    make_user("staff@example.org").memberships.create(conference=sample, role="door")
    return sample


def demo(**options):
    call_command("demo", no_server=True, **options)


def rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Conference, User, Person, Attendee, Tutorial, Registration, Schedule, Session)
    ]


def test_the_sample_is_released_with_every_name_of_its_file():
    demo()

    released = Schedule.objects.get(number=1)
    assert [
        (session.kind, session.title, f"{session.starts_at:%H:%M}", f"{session.ends_at:%H:%M}")
        for session in released.sessions.in_order()
    ] == [
        ("social", "Check-in desk", "07:30", "08:00"),
        ("tutorials", "Session 1", "08:00", "10:30"),
        ("break", "Lunch", "10:30", "11:30"),
        ("tutorials", "Session 2", "11:30", "14:00"),
        ("break", "Coffee", "14:00", "14:30"),
        ("tutorials", "Session 3", "14:30", "17:00"),
    ]
    tutorials = Tutorial.objects.public().prefetch_related("presenters__person")
    page = (SAMPLE / "cpal-2026.txt").read_text("utf-8")
    titles_and_presenters = [
        part
        for tutorial in tutorials.in_programme_order()
        for part in (tutorial.title, f"Presenters: {tutorial.presenter_line}", "Abstract")
    ]
    assert [line for line in page.splitlines() if line in titles_and_presenters] == (
        titles_and_presenters
    )
    assert Person.objects.count() == 15
    assert all(90 <= len(tutorial.abstract.split()) <= 150 for tutorial in tutorials)
    assert all(tutorial.level and tutorial.outcomes for tutorial in tutorials)
    assert list(
        Room.objects.values_list(
            "name", "capacity", "venue__name", "venue__address", "access_notes"
        )
    ) == [
        (
            "MPH Lecture Hall",
            120,
            "Max-Planck-Haus",
            "Max-Planck-Ring 6, 72076 Tübingen",
            "That it holds 120 people is an assumption of this sample.",
        ),
        (
            "MPI Lecture Hall",
            80,
            "Max Planck Institute for Intelligent Systems",
            "Max-Planck-Ring 4, 72076 Tübingen",
            "That it holds 80 people is an assumption of this sample.",
        ),
    ]


def test_one_tutorial_is_full_with_a_queue_and_the_demo_attendee_in_it():
    demo()

    assert [
        (row.code, row.seats, row.seats_taken, row.registrations.waiting().count())
        for row in Tutorial.objects.order_by("code")
    ] == [
        ("T1", 120, 25, 0),
        ("T2", 24, 24, 7),
        ("T3", 120, 20, 0),
        ("T4", 80, 24, 0),
        ("T5", 80, 15, 0),
        ("T6", 80, 18, 0),
    ]
    mine = Registration.objects.filter(attendee__user__email="attendee@example.org")
    assert {row.tutorial.code: (row.status, place(row)) for row in mine} == {
        "T1": ("confirmed", None),
        "T2": ("waitlisted", 3),
    }


def test_the_accounts_of_the_demo_need_their_password_alone(client):
    demo()

    assert list(
        User.objects.filter(emailaddress__verified=True, emailaddress__primary=True)
        .exclude(password__startswith="!")
        .order_by("email")
        .values_list("email", "is_superuser")
    ) == [
        ("attendee@example.org", False),
        ("organiser@example.org", True),
        ("staff@example.org", False),
    ]
    assert list(Membership.objects.values_list("user__email", "role")) == [
        ("staff@example.org", "door")
    ]
    assert all(
        email.endswith("@example.org") for email in Attendee.objects.values_list("email", flat=True)
    )
    for name in ("organiser", "staff", "attendee"):
        client.logout()
        answer = client.post(
            "/accounts/login/", {"login": f"{name}@example.org", "password": "demo"}
        )
        assert answer.status_code == 302
        user = User.objects.get(email=f"{name}@example.org")
        assert client.session["_auth_user_id"] == str(user.pk)


def test_the_clock_stands_a_week_before_and_the_banner_says_so(loaded, capsys, settings):
    demo(port=8123)

    assert f"{clock.now():%Y-%m-%d %H:%M}" == "2026-03-16 09:00"
    assert settings.SITE_URL == "http://localhost:8123"
    banner = capsys.readouterr().out
    for said in (
        "http://localhost:8123/",
        "organiser@example.org",
        "staff@example.org",
        "attendee@example.org",
        "demo",
        "2026-03-16T10:00:00+01:00",
    ):
        assert said in banner


def test_a_clock_that_was_set_is_kept(loaded, settings):
    settings.CLOCK = "2026-03-23T09:10:00+01:00"

    demo()

    assert f"{clock.now():%Y-%m-%d %H:%M}" == "2026-03-23 08:10"


def test_a_second_demo_changes_nothing_that_people_did_meanwhile():
    demo()
    Registration.objects.filter(attendee__user__email="attendee@example.org").delete()
    Tutorial.objects.filter(code="T1").update(title="Changed in the admin")
    before = rows()

    demo()

    assert rows() == before


def test_a_load_that_was_interrupted_is_finished_by_the_next():
    demo()
    whole = [len(each) for each in rows()]
    # As if it had stopped before the last step: what is there is found again.
    Membership.objects.all().delete()

    demo()

    assert [len(each) for each in rows()] == whole
    assert Membership.objects.count() == 1


def test_who_tried_it_with_an_own_address_can_run_it_again(loaded):
    make_user("somebody@university.edu")
    make_attendee(loaded, email="somebody@university.edu")
    before = rows()

    demo()

    assert rows() == before


class TestRefusals:
    def refused(self):
        before = rows()
        with pytest.raises(CommandError) as caught:
            demo()
        assert rows() == before
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_debug_off(self, settings):
        settings.DEBUG = False

        assert "DEBUG=true" in self.refused()

    def test_another_conference(self):
        make_conference(slug="other-2026")

        assert self.refused().startswith("The database holds the conference “other-2026”.")

    def test_another_conference_beside_the_sample(self, loaded):
        make_conference(slug="other-2026")

        assert self.refused().startswith("The database holds the conference “other-2026”.")

    def test_the_same_conference_made_by_hand(self):
        make_conference(slug="cpal-2026")

        assert "“cpal-2026” that the demo did not make" in self.refused()

    def test_an_account_of_a_real_person(self):
        make_user("somebody@university.edu")

        assert "not at example.org" in self.refused()

    def test_tables_of_something_else(self, monkeypatch):
        tables = ["shop_order", "shop_customer"]
        monkeypatch.setattr(connection.introspection, "table_names", lambda *args: tables)

        assert "tables that are not ours" in self.refused()
