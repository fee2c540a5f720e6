"""“My schedule”: by day and time, with an account or without, and what is at the same time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_programme,
    make_session,
    make_slot,
    make_tutorial,
)
from tests.pages import text_of
from tutorials import registration, schedule, stars
from tutorials.models import Registration
from tutorials.my_schedule import named_lines

MY = "/cpal-2026/my/"


@pytest.fixture
def mine(conference, user):
    return make_attendee(conference, user=user, name=user.name)


def slugs(*tutorials):
    return ",".join(each.slug for each in tutorials)


def lines_on(response):
    return [line for _day, lines in response.context["days"] for line in lines]


class TestSignedIn:
    def test_registered_and_starred_by_day_and_time(self, signed_in, programme, user, mine):
        conference = programme.conference
        later = make_tutorial(conference, title="The next day")
        make_slot(make_session(conference, at(8, day=1)), later)
        schedule.release(conference, by=None, at=NOW)
        registration.register(mine, programme.t2, by=user, at=NOW)
        stars.star(user, conference, [later.slug, programme.t1.slug, programme.t2.slug], NOW)

        page = signed_in.get(MY)

        told = [(line.tutorial, line.is_starred, bool(line.choices)) for line in lines_on(page)]
        assert told == [
            (programme.t1, True, False), (programme.t2, True, True), (later, True, False),
        ]  # fmt: skip
        text = text_of(page)
        assert text.index("Monday 23 March") < text.index(programme.t1.title)
        assert text.index(programme.t2.title) < text.index("Tuesday 24 March")

    def test_what_is_at_the_same_time_says_so(self, signed_in, programme, user, mine):
        registration.register(mine, programme.t1, by=user, at=NOW)
        stars.star(user, programme.conference, [programme.t3.slug, programme.t2.slug], NOW)

        page = signed_in.get(MY)

        beside = {line.tutorial: line.beside for line in lines_on(page)}
        assert beside == {
            programme.t1: [programme.t3], programme.t3: [programme.t1], programme.t2: [],
        }  # fmt: skip
        assert f"At the same time as “{programme.t3.title}”." in text_of(page)

    def test_what_the_registration_says_is_not_said_twice(
        self, signed_in, programme, user, mine, conference
    ):
        conference.overlaps = "allow"
        conference.save()
        for tutorial in (programme.t1, programme.t3):
            registration.register(mine, tutorial, by=user, at=NOW)

        text = text_of(signed_in.get(MY))

        assert text.count("At the same time as") == 2
        assert text.count("you cannot be at both") == 2

    def test_a_cancelled_tutorial_is_in_nobodys_way(self, signed_in, programme, user):
        stars.star(user, programme.conference, [programme.t1.slug, programme.t3.slug], NOW)
        registration.cancel_tutorial(programme.t3, by=None, at=NOW)

        page = signed_in.get(MY)

        assert "At the same time" not in text_of(page)
        assert "Cancelled" in text_of(page)

    def test_held_seats_come_first(self, signed_in, programme, user, mine):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        registration.register(mine, programme.t4, by=user, at=NOW)
        Registration.objects.update(status="offered", offered_until=at(7), confirmed_at=None)

        page = signed_in.get(MY)

        assert [line.tutorial for line in page.context["held"]] == [programme.t4]
        assert [line.tutorial for line in lines_on(page)] == [programme.t1]
        text = text_of(page)
        assert text.index("Held for you") < text.index(programme.t4.title)
        assert text.index(programme.t4.title) < text.index(programme.t1.title)

    def test_what_has_no_time_comes_last(self, signed_in, programme, user):
        untimed = make_tutorial(programme.conference, title="Some time")
        stars.star(user, programme.conference, [untimed.slug, programme.t1.slug], NOW)

        page = signed_in.get(MY)

        assert [line.tutorial for line in lines_on(page)] == [programme.t1, untimed]
        assert "Time to be announced" in text_of(page)

    def test_a_draft_is_not_shown(self, signed_in, programme, user):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        type(programme.t1).objects.filter(pk=programme.t1.pk).update(status="draft")

        assert programme.t1.title not in text_of(signed_in.get(MY))

    def test_the_day_is_that_of_the_conference(self, signed_in, conference, user):
        night = make_tutorial(conference)
        make_slot(make_session(conference, at(23, 30)), night)
        schedule.release(conference, by=None, at=NOW)
        stars.star(user, conference, [night.slug], NOW)

        assert "Tuesday 24 March" in text_of(signed_in.get(MY))

    @pytest.mark.parametrize("number", [2, 60])
    def test_as_many_queries_whatever_it_holds(self, signed_in, conference, user, mine, number):
        tutorials = make_programme(conference, number)
        registration.register(mine, tutorials[0], by=user, at=NOW)
        stars.star(user, conference, [each.slug for each in tutorials], NOW)

        with CaptureQueriesContext(connection) as queries:
            signed_in.get(MY)

        assert len(queries) <= 9, [each["sql"] for each in queries]

    def test_a_long_one_has_pages(self, signed_in, conference, user, monkeypatch):
        monkeypatch.setattr("tutorials.my_schedule.PER_PAGE", 3)
        tutorials = make_programme(conference, 6)
        stars.star(user, conference, [each.slug for each in tutorials], NOW)

        first, second = signed_in.get(MY), signed_in.get(f"{MY}?page=2")

        assert [len(lines_on(page)) for page in (first, second)] == [3, 3]

    def test_where_people_just_come_it_holds_stars(self, signed_in, programme, user, conference):
        stars.star(user, conference, [programme.t1.slug], NOW)
        conference.attendance = "open"
        conference.save()

        text = text_of(signed_in.get(MY))

        assert programme.t1.title in text
        assert "regist" not in text

    def test_it_is_in_the_menu(self, signed_in, programme, conference):
        assert "My schedule" in text_of(signed_in.get("/cpal-2026/"))
        conference.has_stars = False
        conference.save()
        text = text_of(signed_in.get("/cpal-2026/"))
        assert "My tutorials" in text
        assert "My schedule" not in text


class TestAStranger:
    def test_the_address_names_what_is_shown(self, client, programme):
        page = client.get(MY, {"stars": slugs(programme.t2, programme.t1, programme.t3)})

        assert [line.tutorial for line in lines_on(page)] == [
            programme.t1, programme.t3, programme.t2,
        ]  # fmt: skip
        assert f"At the same time as “{programme.t3.title}”." in text_of(page)
        assert page["Cache-Control"] == "public, no-cache" or "public" in page["Cache-Control"]
        assert not page.cookies
        assert "csrf" not in page.content.decode()

    def test_what_names_nothing_is_passed_over(self, client, programme):
        draft = make_tutorial(programme.conference, status="draft")

        page = client.get(MY, {"stars": f",{draft.slug},nothing,a\0b,,{programme.t1.slug}"})

        assert [line.tutorial for line in lines_on(page)] == [programme.t1]

    def test_an_address_holds_so_many(self, programme, monkeypatch):
        monkeypatch.setattr("tutorials.my_schedule.IN_AN_ADDRESS", 2)
        named = [each.slug for each in programme.tutorials]

        assert len(named_lines(programme.conference, named, NOW)) == 2

    def test_without_stars_it_says_what_will_be_here(self, client, programme):
        text = text_of(client.get(MY))

        assert "What you star will be here" in text
        assert "kept in this browser" in text

    @pytest.mark.parametrize("attendance", ["open", "ticket"])
    def test_where_nobody_registers_it_speaks_of_no_seats(
        self, client, programme, conference, attendance
    ):
        conference.attendance = attendance
        conference.save()

        text = text_of(client.get(MY, {"stars": slugs(programme.t1)}))

        assert "regist" not in text
        assert "seat" not in text
        assert "My schedule" in text

    @pytest.mark.parametrize("number", [2, 60])
    def test_as_many_queries_whatever_it_names(self, client, conference, number):
        tutorials = make_programme(conference, number)

        with CaptureQueriesContext(connection) as queries:
            client.get(MY, {"stars": slugs(*tutorials)})

        assert len(queries) <= 5

    def test_search_engines_leave_it_out(self, client, programme):
        assert 'content="noindex"' in client.get(MY).content.decode()
