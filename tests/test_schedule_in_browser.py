"""The schedule in a real browser: a grid to scale, choosing without the button, one sheet."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Watch, open_browser
from tests.factories import NOW, at, make_room, make_session, make_slot, make_track, make_tutorial
from tutorials import schedule

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server, conference):
    rooms = [make_room(conference) for _ in range(2)]
    for start, end in ((at(8), at(8, 30)), (at(8, 30), at(10))):
        session = make_session(conference, start, end)
        for room in rooms:
            make_slot(session, make_tutorial(conference, track=make_track(conference)), room)
    schedule.release(conference, by=None, at=NOW)
    with open_browser() as browser:
        page = browser.new_context(
            service_workers="block",
            viewport={"width": 1280, "height": 800},
            timezone_id="Asia/Tokyo",
        ).new_page()
        watch = Watch(page, live_server.url)
        page.goto(f"{live_server.url}/cpal-2026/schedule/")
        yield page
        assert watch.faults == []


def test_the_schedule(page):
    heights = [
        box["height"] for box in (c.bounding_box() for c in page.locator(".board__cell").all())
    ]
    assert heights[2] == pytest.approx(3 * heights[0], abs=2)

    assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 1

    page.get_by_role("button", name="Show my own time zone").click()
    expect(page.locator(".board__time").first).to_contain_text("17:00")
    expect(page.get_by_text("All times are Asia/Tokyo, your own time zone.")).to_be_visible()

    page.get_by_label("Track").select_option(index=1)
    expect(page.get_by_role("status").filter(has_text="of 4")).to_have_text("1 of 4 tutorials")
    expect(page).to_have_url(re.compile(r"\?track="))
    expect(page.locator(".board__time").first).to_contain_text("17:00")

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url.partition("?")[0] + "?view=grid")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_text("1 more room")).to_be_visible()


def test_the_view_that_a_window_has_room_for_is_the_current_one(page):
    current = page.locator("[data-view][aria-current]")
    expect(current).to_have_text("Grid")

    page.set_viewport_size({"width": 390, "height": 844})

    expect(current).to_have_text("List")


def test_what_leads_back_here_follows_what_is_chosen(page):
    page.get_by_label("Track").select_option(index=1)

    expect(page).to_have_url(re.compile(r"\?track="))
    chosen = re.escape(page.url.partition("?")[2])
    german = page.get_by_role("link", name="Deutsch")
    expect(german).to_have_attribute("href", re.compile(rf"\?{chosen}$"))


def test_another_day_in_ones_own_zone_is_said_aloud(page, conference):
    session = make_session(conference, at(18, day=1), at(19, day=1))
    make_slot(session, make_tutorial(conference), make_room(conference))
    schedule.release(conference, by=None, at=NOW)
    page.goto(f"{page.url}?day={at(18, day=1).date()}")

    page.get_by_role("button", name="Show my own time zone").click()

    expect(page.locator(".board__time").first).to_contain_text("03:00+1 Wednesday")


@pytest.mark.parametrize("path", ["", "schedule/"])
def test_an_open_page_follows_the_day(page, settings, path):
    settings.CLOCK = at(8, 10).isoformat()
    page.clock.install()
    page.goto(f"{page.url.partition('schedule/')[0]}{path}")
    on = page.locator(".is-now").filter(has_text="09:00–09:30")
    expect(on.get_by_text("On now")).to_be_visible()
    settings.CLOCK = at(9).isoformat()

    page.clock.fast_forward("01:00")

    expect(on).to_have_count(0)
    expect(page.locator(".is-now").get_by_text("On now")).to_be_visible()
    expect(page.locator(".is-now")).to_contain_text("09:30–11:00")
    expect(page.locator("#running")).to_contain_text("until 11:00")


def test_more_rooms_than_a_sheet_is_wide_are_printed_as_a_list(page, conference):
    session = make_session(conference, at(8, day=1), at(9, day=1))
    for _ in range(11):
        make_slot(session, make_tutorial(conference), make_room(conference))
    schedule.release(conference, by=None, at=at(1))
    page.goto(f"{page.url}?day={at(8, day=1).date()}&view=grid")
    cells = page.locator(".board__cells")
    expect(cells).to_have_css("display", "contents")

    page.emulate_media(media="print")

    expect(cells).to_have_css("display", "block")


def test_past_midnight_an_open_page_shows_the_new_day(page, settings, conference):
    rooms = make_room(conference)
    for start, end in ((at(8, day=1), at(9, day=1)), (at(9, day=1), at(10, day=1))):
        make_slot(make_session(conference, start, end), make_tutorial(conference), rooms)
    schedule.release(conference, by=None, at=at(1))
    settings.CLOCK = at(22).isoformat()
    page.clock.install()
    page.goto(page.url)
    rows = page.locator(".board__row")
    expect(page.locator(".board__row.is-over")).to_have_count(2)
    settings.CLOCK = at(8, 10, day=1).isoformat()

    page.clock.fast_forward("01:00")

    expect(page.locator("#running")).to_contain_text("until 10:00")
    expect(page.locator(".board__row.is-over")).to_have_count(0)
    expect(page.locator(".is-now")).to_contain_text("09:00–10:00")
    expect(rows.first).to_contain_text("09:00–10:00")
