"""One tutorial: what, who, when, where, and how to take part."""

import json
from datetime import timedelta

import pytest

from conference.dates import duration_in_words
from tests.factories import (
    NOW,
    at,
    fill,
    make_attendee,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
)
from tests.pages import tags_in, text_of
from tutorials import around, registration, schedule
from tutorials import programme as programme_module
from tutorials.models import Tutorial


@pytest.fixture
def page(client, programme):
    def fetch(tutorial=None):
        response = client.get((tutorial or programme.t1).get_absolute_url())
        assert response.status_code == 200
        return response

    return fetch


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


class TestAround:
    def test_what_runs_at_the_same_time_and_what_is_next(self, page, programme):
        text = text_of(page())
        parallel, following = text.index("At the same time"), text.index("Next Tutorial")
        assert f"At the same time {programme.t3.title} 09:00–11:30, Hall B" in text
        assert parallel < following
        # That of the same room and track comes first.
        assert text.index(f"{programme.t2.title} 12:30") < text.index(f"{programme.t4.title} 12:30")

    def test_nothing_is_next_on_another_day(self, page, programme, conference):
        there = make_tutorial(conference)
        make_slot(make_session(conference, at(8, day=1)), there)
        schedule.release(conference, by=None, at=NOW)
        assert _around(programme.t2).following == []
        assert "Next" not in text_of(page(there))

    def test_nothing_cancelled_and_no_draft(self, page, programme, conference):
        registration.cancel_tutorial(programme.t3, by=None, at=NOW)
        draft = make_tutorial(conference, status="draft")
        make_slot(programme.sessions[0], draft)
        schedule.release(conference, by=None, at=NOW)
        assert _around(programme.t1).parallel == []
        assert "At the same time" not in text_of(page())

    def test_one_of_two_parts_is_named_once(self, programme, conference):
        long = make_tutorial(conference)
        for session in programme.sessions:
            make_slot(session, long)
        schedule.release(conference, by=None, at=NOW)
        for session in programme.sessions:
            slot = session.slots.filter(tutorial=programme.t1).first()
            if slot is None:
                make_slot(session, programme.t1)
        schedule.release(conference, by=None, at=NOW)
        found = [slot.tutorial_id for slot in _around(programme.t1).parallel]
        assert found.count(long.pk) == 1

    def test_in_one_query(self, programme, django_assert_num_queries):
        slots = list(programme_of(programme.t1))
        with django_assert_num_queries(1):
            around.around(programme.t1, slots)
        with django_assert_num_queries(0):
            assert around.around(programme.t1, []).parallel == []

    def test_neighbours_in_programme_order(self, conference, programme):
        alone = make_tutorial(conference, title="Without a track")
        make_tutorial(conference, status="draft", track=programme.tracks[0], position=1)
        order = [*programme.tutorials, alone]
        found = [around.neighbours(each) for each in order]
        assert [each.before and each.before.pk for each in found] == [
            None,
            *(each.pk for each in order[:-1]),
        ]
        assert [each.after and each.after.title for each in found] == [
            *(each.title for each in order[1:]),
            None,
        ]

    def test_a_draft_has_no_neighbours(self, conference, programme):
        draft = make_tutorial(conference, status="draft", track=programme.tracks[0], position=1)
        assert around.neighbours(draft) == around.Neighbours(None, None, None)

    def test_neighbours_are_links(self, page, programme):
        html = page(programme.t2).content.decode()
        assert f'rel="prev" href="{programme.t1.get_absolute_url()}"' in html
        assert f'rel="next" href="{programme.t3.get_absolute_url()}"' in html


def programme_of(tutorial):
    return programme_module.public_slots(tutorial.conference).filter(tutorial=tutorial)


def _around(tutorial):
    return around.around(tutorial, list(programme_of(tutorial)))


def test_how_long_it_takes(page, programme):
    assert "2 h 30 min" in text_of(page())
    make_slot(make_session(programme.conference, at(8, day=1)), programme.t1, programme.halls[1])
    schedule.release(programme.conference, by=None, at=NOW)
    assert "5 h in 2 parts" in text_of(page())


@pytest.mark.parametrize(
    ("minutes", "said"), [(45, "45 min"), (60, "1 h"), (150, "2 h 30 min"), (0, "0 min")]
)
def test_a_duration_in_words(minutes, said):
    assert duration_in_words(timedelta(minutes=minutes)) == said


def test_the_way_there(page, programme):
    hall = programme.halls[0]
    hall.directions, hall.access_notes = "First floor.", "A lift."
    hall.save()
    hall.venue.latitude, hall.venue.longitude = "48.5", "9.05"
    hall.venue.access_notes = "Step-free **at the back**."
    hall.venue.save()

    response = page()

    assert "First floor." in text_of(response)
    assert "Access: A lift. Step-free at the back." in text_of(response)
    assert "openstreetmap.org/?mlat=48.500000&amp;mlon=9.050000" in response.content.decode()


def test_presenters_have_photos(page, programme):
    person = programme.t1.people.get()
    person.photo = f"photos/{'a' * 32}.webp"
    person.save()
    (photo,) = [tag for tag in tags_in(page().content.decode()) if tag[0] == "img"]
    assert photo[1]["src"].endswith(f"photos/{'a' * 32}.webp")
    assert (photo[1]["width"], photo[1]["height"], photo[1]["loading"]) == ("56", "56", "lazy")
    assert "alt" in photo[1]


class TestCancelled:
    def test_names_others_with_free_seats(self, page, programme):
        fill(programme.t4)
        programme.t4.refresh_from_db()
        Tutorial.objects.filter(pk=programme.t4.pk).update(seats=3)
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        text = text_of(page())
        offered = text[text.index("Seats are free in these:") : text.index("Abstract")]
        assert programme.t3.title in offered
        assert programme.t2.title in offered
        assert programme.t4.title not in offered

    def test_not_what_somebody_cannot_have(self, client, page, programme, user):
        attendee = make_attendee(programme.conference, user=user)
        registration.register(attendee, programme.t3, by=user, at=NOW)
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        client.force_login(user)
        text = text_of(page())
        offered = text[text.index("Seats are free in these:") : text.index("Abstract")]
        assert programme.t3.title not in offered

    def test_where_nobody_registers_no_seats_are_spoken_of(self, page, programme):
        programme.conference.attendance = "open"
        programme.conference.save()
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        assert "Seats" not in text_of(page())


class TestForPrograms:
    def test_json_ld_ends_no_element(self, page, programme):
        programme.t1.title = "</script><b>&"
        programme.t1.save()
        html = page().content.decode()
        data = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        assert json.loads(data)["name"] == programme.t1.title
        assert "<" not in data

    def test_what_a_link_shows_elsewhere(self, page, programme):
        programme.t1.abstract = "About *much*, see [this](https://example.org/).\n\n" + "Word " * 90
        programme.t1.save()
        metas = {
            tag["property"]: tag["content"]
            for name, tag in tags_in(page().content.decode())
            if name == "meta" and "property" in tag
        }
        assert metas["og:title"] == programme.t1.title
        assert metas["og:url"] == f"http://testserver{programme.t1.get_absolute_url()}"
        assert metas["og:image"].startswith(f"{metas['og:url']}share.png?v=")
        assert metas["og:description"].startswith("About much, see this. Word Word")
        assert len(metas["og:description"]) < 210

    def test_the_calendar_and_the_day_in_the_schedule(self, page, programme):
        html = page().content.decode()
        assert f'href="/cpal-2026/tutorials/{programme.t1.slug}.ics"' in html
        assert 'href="/cpal-2026/schedule/?day=2026-03-23"' in html
