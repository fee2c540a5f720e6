"""Home: what, when, where, and what is on now and next."""

from tests.factories import at, make_conference, make_session, make_slot, make_tutorial
from tests.tutorials.pages import text_of
from tutorials import schedule


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
