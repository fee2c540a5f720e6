"""Without a network pages that were seen open, and say how old they are: in a real browser."""

import re
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from tests.browser import Watch, faults_of, open_browser
from tests.factories import NOW, make_attendee
from tutorials import board, registration

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEDULE, PASS = "/cpal-2026/schedule/", "/cpal-2026/my/pass/"
OLD = "You are offline. This is how the page was on "


@pytest.fixture
def ada(programme, user):
    mine = make_attendee(programme.conference, user=user, name="Ada Lovelace")
    registration.register(mine, programme.t1, by=None, at=NOW)
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def until(page, question, argument=None):
    """Ask the page again and again, until it says yes."""
    for _ in range(150):
        if page.evaluate(question, argument):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"Never: {question}")


def kept(page, path):
    """Wait until the browser keeps that page, and the worker answers for it."""
    until(page, "() => navigator.serviceWorker.controller !== null")
    until(
        page,
        """async (path) => {
          for (const name of await caches.keys())
            if (await (await caches.open(name)).match(path, { ignoreVary: true })) return true;
          return false;
        }""",
        path,
    )


def test_what_was_seen_opens_and_says_how_old_it_is(live_server, ada, programme):
    with open_browser() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": ada, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + SCHEDULE)  # the first page of all, before there is a worker
        kept(page, SCHEDULE)
        page.goto(live_server.url + PASS)
        kept(page, PASS)
        assert page.locator("[data-offline]").inner_text() == ""
        watch = Watch(page, live_server.url)

        context.set_offline(True)
        page.goto(live_server.url + PASS)

        page.get_by_text("Ada Lovelace").wait_for()
        assert page.locator(".pass__qr svg").evaluate("each => each.clientWidth") > 150
        words = page.get_by_text(OLD).inner_text()  # waits for it
        (found,) = re.findall(r"on (\d+ \w+ \d+, \d\d:\d\d) \(Europe/Berlin\)\.", words)
        said = datetime.strptime(found, "%d %B %Y, %H:%M").replace(tzinfo=ZoneInfo("Europe/Berlin"))
        assert abs(datetime.now(ZoneInfo("Europe/Berlin")) - said) < timedelta(minutes=3)
        assert list(faults_of(page, Axe())) == []

        page.goto(live_server.url + SCHEDULE)
        assert page.get_by_text(programme.t1.title).first.is_visible()
        page.get_by_text(OLD).wait_for()

        page.goto(live_server.url + "/cpal-2026/venues/")  # never seen
        assert page.get_by_role("heading", name="You are offline").is_visible()
        page.locator("[data-kept]").get_by_role("link", name="My pass").wait_for()
        assert list(faults_of(page, Axe())) == []
        page.goto(live_server.url + "/de/cpal-2026/venues/")
        assert page.locator("html").get_attribute("lang") == "de"
        assert watch.faults == []


def test_once_signed_out_what_was_personal_is_gone(live_server, ada, programme):
    with open_browser() as browser:
        context = browser.new_context()
        page = context.new_page()
        page.goto(live_server.url + SCHEDULE)
        kept(page, SCHEDULE)
        context.add_cookies([{"name": "sessionid", "value": ada, "url": live_server.url}])
        page.goto(live_server.url + PASS)
        kept(page, PASS)

        page.goto(live_server.url + "/accounts/logout/")
        page.locator("main").get_by_role("button").click()
        until(page, "async () => !(await caches.keys()).some((name) => name.includes('personal'))")
        context.set_offline(True)

        page.goto(live_server.url + PASS)
        assert page.get_by_role("heading", name="You are offline").is_visible()
        assert not page.get_by_text("Ada Lovelace").count()
        page.goto(live_server.url + SCHEDULE)
        page.get_by_text(OLD).wait_for()


def test_nothing_of_the_staff_or_the_admin_is_kept(live_server, organiser, programme):
    client = Client()
    client.force_login(organiser)
    with open_browser() as browser:
        context = browser.new_context()
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + SCHEDULE)
        kept(page, SCHEDULE)
        for path in ("/cpal-2026/staff/", "/admin/", "/accounts/profile/", "/de/cpal-2026/staff/"):
            page.goto(live_server.url + path)
        page.goto(live_server.url + PASS)
        kept(page, PASS)

        found = page.evaluate(
            """async () => {
              const found = [];
              for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys())
                  found.push(new URL(request.url).pathname);
              return found;
            }"""
        )
        pages = {path for path in found if not path.startswith("/static/")}
        assert pages == {"/offline/", "/de/offline/", SCHEDULE, PASS}


def test_a_browser_without_room_shows_pages_all_the_same(live_server, programme):
    with open_browser() as browser:
        page = browser.new_context().new_page()
        page.goto(live_server.url + SCHEDULE)
        kept(page, SCHEDULE)
        cdp = page.context.new_cdp_session(page)
        full = {"origin": live_server.url, "quotaSize": 1000}
        cdp.send("Storage.overrideQuotaForOrigin", full)

        page.goto(live_server.url + "/cpal-2026/venues/")  # never seen
        expect(page.get_by_role("heading", name="Venues")).to_be_visible()
        page.goto(live_server.url + SCHEDULE)
        expect(page.get_by_role("heading", name="Schedule", exact=False).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.locator("[data-offline]").inner_text() == ""


def test_a_slow_answer_is_not_taken_for_none(live_server, programme, monkeypatch):
    with open_browser() as browser:
        page = browser.new_context().new_page()
        page.goto(live_server.url + SCHEDULE)
        kept(page, SCHEDULE)
        page.goto(live_server.url + "/cpal-2026/venues/")
        quick = board.states_of

        def slow(*args):
            time.sleep(5)
            return quick(*args)

        monkeypatch.setattr(board, "states_of", slow)
        page.goto(live_server.url + SCHEDULE)

        expect(page.get_by_text("The network is slow. This is how the page was")).to_be_visible()
        newer = page.get_by_text("There is a newer version of this page.")
        expect(newer).to_be_visible(timeout=15_000)
        monkeypatch.setattr(board, "states_of", quick)
        page.get_by_role("button", name="Load it again").click()
        expect(newer).to_have_count(0)


def test_without_a_network_a_choice_leaves_the_schedule_there(live_server, programme):
    with open_browser() as browser:
        page = browser.new_context(service_workers="block").new_page()
        page.goto(live_server.url + SCHEDULE)
        page.context.set_offline(True)

        page.get_by_label("Track").select_option(index=1)

        expect(page.get_by_text("There is no network, so the choice was not")).to_be_visible()
        expect(page.get_by_text(programme.t1.title).first).to_be_visible()
