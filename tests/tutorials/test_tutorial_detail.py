"""One tutorial: what, who, when, where, and how to take part."""

import pytest

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
)
from tests.pages import text_of
from tutorials import registration, schedule


@pytest.fixture
def page(client, programme):
    def fetch(tutorial=None):
        response = client.get((tutorial or programme.t1).get_absolute_url())
        assert response.status_code == 200
        return response

    return fetch


def fill(tutorial, number=3):
    for _ in range(number):
        registration.register(make_attendee(tutorial.conference), tutorial, by=None, at=NOW)


def test_when_where_and_who(page, programme):
    venue = programme.halls[0].venue
    venue.address = "Max-Planck-Ring 6"
    venue.save()

    text = text_of(page())

    assert "Monday 23 March 2026" in text
    assert "09:00–11:30" in text
    assert "CET (Europe/Berlin)" in text
    assert "Hall A" in text
    assert "Max-Planck-Ring 6" in text
    assert "Track A" in text
    assert "Presenter of T1 (University, Lab)" in text


def test_each_part_says_where_it_is(page, programme):
    make_slot(make_session(programme.conference, at(8, day=1)), programme.t1, programme.halls[1])
    assert "Where Hall A" in text_of(page())
    schedule.release(programme.conference, by=None, at=NOW)

    html, text = page().content.decode(), text_of(page())

    first, second = text.index("Monday 23 March 2026"), text.index("Tuesday 24 March 2026")
    assert first < text.index("Hall A") < second < text.index("Hall B")
    assert f"/cpal-2026/venues/#venue-{programme.halls[0].venue.slug}" in html


def test_the_sections_that_are_filled(page, programme):
    programme.t1.outline = "1. Begin\n2. End"
    programme.t1.level = "advanced"
    programme.t1.notes = "Between us"
    programme.t1.save()

    text = text_of(page())

    assert "Outline" in text
    assert "Advanced" in text
    for absent in ("What to bring", "Materials", "Who it is for", "Between us"):
        assert absent not in text


def test_the_twin_is_named_by_both(page, programme):
    programme.t1.twin = programme.t4
    programme.t1.save()

    assert programme.t4.title in text_of(page())
    assert programme.t1.title in text_of(page(programme.t4))


def test_a_twin_that_is_not_public_is_not_named(page, programme, conference):
    programme.t1.twin = make_tutorial(conference, title="Secret twin", status="draft")
    programme.t1.save()

    assert "Secret twin" not in text_of(page())


def test_a_draft_is_not_there(client, programme, conference):
    draft = make_tutorial(conference, status="draft")

    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_cancelled_one_says_so(page, programme):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)

    text = text_of(page())

    assert "This tutorial has been cancelled." in text
    assert "Take part" not in text


def test_without_a_time(page, conference):
    text = text_of(page(make_tutorial(conference)))

    assert "Time to be announced" in text
    assert "You can register once it is." in text


class TestTakingPart:
    def test_signed_out(self, page, programme):
        response = page()

        assert "Sign in to register for this tutorial" in text_of(response)
        assert f"?next={programme.t1.get_absolute_url()}" in response.content.decode()
        assert "csrf" not in response.content.decode()

    def test_signed_out_and_full(self, page, programme):
        fill(programme.t1, 4)

        text = text_of(page())

        assert "Sign in to join the waiting list" in text
        assert "One person is on the waiting list." in text

    def test_signed_in(self, client, page, user):
        client.force_login(user)

        html = page().content.decode()

        assert "Register for this tutorial" in html
        assert 'name="name"' not in html

    def test_an_account_without_a_name_is_asked_for_it(self, client, page):
        client.force_login(make_user(name=""))

        assert 'name="name"' in page().content.decode()

    def test_full(self, client, page, programme, user):
        fill(programme.t1)
        client.force_login(user)

        assert "Join the waiting list" in text_of(page())

    def test_registered(self, client, page, programme, user):
        attendee = make_attendee(programme.conference, user=user)
        registration.register(attendee, programme.t1, by=user, at=NOW)
        client.force_login(user)

        text = text_of(page())

        assert "You are registered." in text
        assert "Cancel my registration" in text

    def test_waiting(self, client, page, programme, user):
        fill(programme.t1, 4)
        attendee = make_attendee(programme.conference, user=user)
        registration.register(attendee, programme.t1, by=user, at=NOW)
        client.force_login(user)

        text = text_of(page())

        assert "You are number 2 on the waiting list." in text
        assert "Leave the waiting list" in text

    def test_registered_for_another_at_that_time(self, client, page, programme, user):
        attendee = make_attendee(programme.conference, user=user)
        registration.register(attendee, programme.t3, by=user, at=NOW)
        client.force_login(user)

        response = page()

        assert "which overlaps this tutorial" in text_of(response)
        assert programme.t3.get_absolute_url() in response.content.decode()
        assert "Register for this tutorial" not in text_of(response)

    def test_too_late(self, client, page, programme, user, settings):
        attendee = make_attendee(programme.conference, user=user)
        registration.register(attendee, programme.t1, by=user, at=NOW)
        client.force_login(user)
        settings.CLOCK = at(9).isoformat()

        assert "Cancel my registration" not in text_of(page())
        assert "This tutorial has started." in text_of(page(programme.t3))
