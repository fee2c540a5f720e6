"""Home: what, when, where, and what is on now and next."""

import pytest
from django.db import connection

from tests.factories import at, make_conference, make_session, make_slot, make_tutorial
from tests.pages import text_of
from tutorials import schedule
from tutorials.models import Session


def home(client):
    response = client.get("/cpal-2026/")
    assert response.status_code == 200
    return text_of(response)


def test_says_what_when_and_where(client, programme):
    text = home(client)

    assert "CPAL 2026" in text
    assert "Monday 23 March – Thursday 26 March 2026" in text
    assert "Tübingen, Germany" in text
    assert "four tutorials in two parallel tracks across two sessions" in text
    assert programme.t1.title in text
    assert "09:00–11:30" in text
    assert "CET (Europe/Berlin)" in text


def test_a_week_before_nothing_is_on_now_or_next(client, programme):
    text = home(client)

    assert "On now" not in text
    assert "Next" not in text
    assert "Today" not in text


def test_tells_what_is_on_now_and_next(client, programme, settings):
    settings.CLOCK = at(9).isoformat()

    text = home(client)

    assert "Today, Monday 23 March" in text
    assert "09:00–11:30On now" in text.replace("30 On", "30On")
    assert "11:30–12:30Next" in text.replace("30 Next", "30Next")


def test_now_and_next_lead_to_the_schedule(client, programme, settings):
    settings.CLOCK = at(9).isoformat()

    assert 'href="/cpal-2026/schedule/#now"' in client.get("/cpal-2026/").content.decode()


def test_without_a_schedule_it_says_what_will_be_here(client, conference):
    text = home(client)

    assert "The tutorials have not been announced yet." in text
    assert "The timetable will be here" in text


def test_shows_the_day_of_today(client, conference, settings):
    for day in (0, 1):
        tutorial = make_tutorial(conference, title=f"On day {day}")
        make_slot(make_session(conference, at(8, day=day)), tutorial)
    schedule.release(conference, by=None, at=at(0, day=-10))
    settings.CLOCK = at(7, day=1).isoformat()

    text = home(client)

    assert "Today, Tuesday 24 March" in text
    assert "On day 1" in text
    assert "On day 0" not in text


def test_a_release_while_it_is_read_does_no_harm(client, programme):
    Session.objects.filter(schedule__number=None).update(title="Another")
    released: list[bool] = []

    def release_after_sessions(execute, sql, *args):
        result = execute(sql, *args)
        if 'FROM "tutorials_session"' in sql and not released:
            released.append(True)
            schedule.release(programme.conference, by=None, at=at(0, day=-1))
        return result

    with connection.execute_wrapper(release_after_sessions):
        text = home(client)

    assert "Session 1" in text
    assert programme.t1.title in text
    assert "four tutorials in two parallel tracks across two sessions" in text


def test_once_over_it_says_so_above_the_timetable(client, programme, settings):
    settings.CLOCK = at(9, day=3).isoformat()
    assert "This edition is over." not in home(client)

    settings.CLOCK = at(9, day=4).isoformat()
    text = home(client)
    assert text.index("This edition is over.") < text.index(programme.t1.title)


def test_an_edition_without_a_timetable_can_be_over(client, conference, settings):
    settings.CLOCK = at(9, day=4).isoformat()
    text = home(client)

    assert "This edition is over." in text
    assert "The timetable will be here" not in text


class TestOfMany:
    """On a day of more than forty, what is on now and next."""

    @pytest.fixture
    def many(self, conference):
        def make(early, late):
            for hour, number, word in ((8, early, "Early"), (12, late, "Late")):
                session = make_session(conference, at(hour))
                for _ in range(number):
                    make_slot(session, make_tutorial(conference, title=f"{word} one"))
            make_slot(make_session(conference, at(15)), make_tutorial(conference, title="Last"))
            schedule.release(conference, by=None, at=at(0, day=-10))

        return make

    def test_forty_are_all_shown(self, client, many):
        many(20, 19)
        text = home(client)

        assert text.count("Early one") == 20
        assert "Last" in text
        assert "See all of them in the schedule" not in text

    def test_of_more_none_before_the_day(self, client, many):
        many(20, 20)
        text = home(client)

        assert "41 tutorials are given on this day." in text
        assert "one" not in text.split("on this day.")[1].split("Questions")[0].split("Deutsch")[0]
        assert "?day=2026-03-23" in client.get("/cpal-2026/").content.decode()

    def test_of_more_what_is_on_now_and_next(self, client, many, settings):
        settings.CLOCK = at(9).isoformat()
        many(20, 20)
        text = home(client)

        assert (text.count("Early one"), text.count("Late one")) == (20, 20)
        assert "Last" not in text

    def test_of_more_at_once_how_many(self, client, many, settings):
        settings.CLOCK = at(9).isoformat()
        many(41, 1)
        text = home(client)

        assert "On now 41 tutorials" in text
        assert (text.count("Early one"), text.count("Late one")) == (0, 1)


def test_the_seats_are_told_until_it_begins(client, programme, settings):
    assert home(client).count("Only 3 seats left") == 2
    settings.CLOCK = at(8).isoformat()
    assert home(client).count("Only 3 seats left") == 1


@pytest.mark.parametrize(
    ("city", "country", "place"),
    [
        ("Tübingen", "Germany", " · Tübingen, Germany"),
        ("Tübingen", "", " · Tübingen"),
        ("", "Germany", " · Germany"),
        ("", "", ""),
    ],
)
def test_head_and_foot_name_the_place(client, conference, city, country, place):
    conference.city, conference.country = city, country
    conference.save()
    text = home(client)

    assert text.count(f"Thursday 26 March 2026{place} ") == 2
    assert text.count("·") == (2 if place else 0)


def test_the_welcome_is_markdown(client, conference):
    conference.welcome = "Come *early*."
    conference.save()

    assert "<em>early</em>" in client.get("/cpal-2026/").content.decode()


def test_another_edition_keeps_its_address(client, programme):
    make_conference(slug="cpal-2027", name="CPAL 2027")

    assert "CPAL 2027" in text_of(client.get("/cpal-2027/"))


def test_a_set_clock_is_told(client, conference, settings):
    assert "Its clock shows Monday 16 March 2026, 11:00 (Europe/Berlin)." in home(client)

    settings.CLOCK = ""
    assert "Its clock shows" not in home(client)


def test_the_staff_see_the_way_to_their_pages(client, conference, door_staff, user):
    assert "Staff" not in home(client)
    client.force_login(user)
    assert "Staff" not in home(client)
    client.force_login(door_staff)
    assert "Staff" in home(client)
