import pytest
from django.urls import reverse

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
)
from tests.pages import text_of
from tutorials import registration, schedule

HOME = "/cpal-2026/staff/"
ALL = "/cpal-2026/staff/attendance.csv"


@pytest.fixture
def staff(client, conference):
    """Sign in as somebody with this role."""

    def sign_in(role):
        user = make_user()
        if role:
            user.memberships.create(conference=conference, role=role)
        client.force_login(user)
        return client

    return sign_in


def register(programme, tutorial, **fields):
    attendee = make_attendee(programme.conference, **{"email": "private@example.org"} | fields)
    return registration.register(attendee, tutorial, by=None, at=NOW)


def one(tutorial):
    return reverse("tutorials:tutorial_attendance_csv", args=["cpal-2026", tutorial.slug])


def test_it_shows_every_tutorial_by_session_with_its_seats(staff, programme):
    for _ in range(4):
        register(programme, programme.t1)
    register(programme, programme.t2)
    page = staff("door").get(HOME)

    text = " ".join(page.content.decode().split())
    assert page.status_code == 200
    assert "3 of 3 seats taken · 1 waiting" in text
    assert "0 people registered, no limit" in text
    blocks = page.context["blocks"]
    assert [(block.session.title, [line.tutorial for line in block.lines]) for block in blocks] == [
        ("Session 1", [programme.t1, programme.t3]),
        ("Session 2", [programme.t2, programme.t4]),
    ]
    assert [one(tutorial) in text for tutorial in programme.tutorials] == [True] * 4
    assert ALL in text
    assert "private@example.org" not in text


def test_those_without_a_time_have_a_page_and_drafts_are_nowhere(staff, programme):
    late = make_tutorial(programme.conference, title="Later")
    make_tutorial(programme.conference, status="draft", title="Secret draft")
    client = staff("door")
    days, rest = client.get(HOME), client.get(f"{HOME}?day=unscheduled")

    assert "One tutorial has no time yet" in text_of(days)
    assert "Later" not in text_of(days)
    (block,) = rest.context["blocks"]
    assert (block.session, [line.tutorial for line in block.lines]) == (None, [late])
    for page in (days, rest):
        assert "Secret draft" not in text_of(page)


def test_before_a_release_all_are_without_a_time(staff, conference):
    make_tutorial(conference, title="Later")

    assert "Time to be announced" in text_of(staff("door").get(HOME))
    assert "Later" in text_of(staff("door").get(HOME))


def test_a_day_at_a_time(staff, conference, settings):
    for day in (0, 1):
        tutorial = make_tutorial(conference, title=f"On day {day}")
        make_slot(make_session(conference, at(8, day=day)), tutorial)
    schedule.release(conference, by=None, at=NOW)
    client = staff("door")

    assert shown(client, "") == ["On day 0"]
    assert shown(client, "?day=2026-03-24") == ["On day 1"]
    settings.CLOCK = at(6, day=1).isoformat()
    assert shown(client, "") == ["On day 1"]


def shown(client, query):
    blocks = client.get(f"{HOME}{query}").context["blocks"]
    return [line.tutorial.title for block in blocks for line in block.lines]


def test_a_cancelled_one_is_marked(staff, programme):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)

    assert "<strong>cancelled</strong>" in staff("door").get(HOME).content.decode()


def test_with_nothing_published_it_says_what_will_be_here(staff, conference):
    assert "once one is published" in staff("door").get(HOME).content.decode()


@pytest.mark.parametrize("attendance", ["open", "ticket"])
def test_where_nobody_registers_nothing_speaks_of_it(staff, programme, attendance):
    programme.conference.attendance = attendance
    programme.conference.save()
    main = staff("door").get(HOME).content.decode().split("<main")[1].split("</main>")[0]

    for word in ("regist", "seat", "waiting"):
        assert word not in main.lower()


@pytest.mark.parametrize(
    ("role", "home", "lists", "emails"),
    [
        ("organiser", 200, 200, True),
        ("editor", 200, 404, None),
        ("door", 200, 200, False),
        ("viewer", 200, 404, None),
        ("", 404, 404, None),
    ],
)
def test_each_role_sees_what_it_may(staff, programme, role, home, lists, emails):
    register(programme, programme.t1)
    client = staff(role)

    assert client.get(HOME).status_code == home
    for address in (ALL, one(programme.t1)):
        answer = client.get(address)
        assert answer.status_code == lists
        if lists == 200:
            assert (b"private@example.org" in answer.getvalue()) is emails
    if home == 200:
        assert (ALL in client.get(HOME).content.decode()) is (lists == 200)


def test_a_stranger_is_sent_to_sign_in(client, programme):
    for address in (HOME, ALL, one(programme.t1)):
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={address}")


def test_staff_of_another_edition_are_strangers(client, programme):
    user = make_user()
    user.memberships.create(conference=make_conference(), role="organiser")
    client.force_login(user)

    for address in (HOME, ALL, one(programme.t1)):
        assert client.get(address).status_code == 404


def test_nothing_is_changed_here(staff, programme):
    client = staff("organiser")

    for address in (HOME, ALL, one(programme.t1)):
        assert client.post(address).status_code == 405


def test_a_list_holds_that_tutorial_only(staff, programme):
    register(programme, programme.t1, name="One")
    register(programme, programme.t2, name="Two")
    client = staff("organiser")
    answer = client.get(one(programme.t2))

    assert answer["Content-Disposition"] == 'attachment; filename="cpal-2026-T2-attendance.csv"'
    assert (b"Two" in answer.getvalue(), b"One" in answer.getvalue()) == (True, False)
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get("/cpal-2026/staff/attendance/nothing.csv").status_code == 404


def test_a_tutorial_of_another_edition_has_no_list_here(staff, programme):
    other = make_tutorial(make_conference())

    assert staff("organiser").get(one(other)).status_code == 404


def test_the_queries_do_not_grow(staff, programme, django_assert_max_num_queries):
    client = staff("organiser")
    client.get(HOME)
    for number in (0, 20):
        for _ in range(number):
            make_tutorial(programme.conference)
            register(programme, programme.t2)
        with django_assert_max_num_queries(9):
            client.get(HOME)
