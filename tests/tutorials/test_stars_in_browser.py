"""Stars in a real browser: kept there by a stranger, and brought along when they sign in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Watch, open_browser
from tests.factories import make_user, prove
from tutorials.models import Star

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/cpal-2026/tutorials/"


@pytest.fixture
def grace(db):
    user = make_user("grace@example.org", name="Grace Hopper")
    user.set_password("a long password")
    user.save()
    return prove(user)


def star_of(page, tutorial):
    return page.get_by_role("button", name=f"Star “{tutorial.title}”")


def sign_in(page):
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.locator("input[name=login]").fill("grace@example.org")
    page.locator("input[name=password]").fill("a long password")
    page.locator("input[name=password]").press("Enter")


def test_a_stranger_stars_and_then_signs_in(live_server, programme, grace):
    with open_browser() as browser:
        page = browser.new_context(service_workers="block").new_page()
        page.set_default_timeout(10_000)
        watch = Watch(page, live_server.url)
        page.goto(live_server.url + LIST)
        for tutorial in (programme.t3, programme.t1):
            star_of(page, tutorial).click()
            expect(star_of(page, tutorial)).to_have_attribute("aria-pressed", "true")
        # The link in the menu leads to what is kept, and so does the bare address.
        page.get_by_role("link", name="My schedule").click()
        expect(page).to_have_url(re.compile(r"/my/\?stars="))
        expect(page.get_by_text(f"At the same time as “{programme.t3.title}”.")).to_be_visible()
        page.goto(live_server.url + "/cpal-2026/my/")
        expect(page.get_by_role("heading", name=programme.t1.title)).to_be_visible()
        expect(page.locator("[data-others-schedule]")).to_be_hidden()

        page.goto(live_server.url + LIST)
        expect(star_of(page, programme.t1)).to_have_attribute("aria-pressed", "true")
        assert not Star.objects.exists()
        with page.expect_response("**/my/stars/"):
            sign_in(page)
        expect(star_of(page, programme.t1)).to_have_attribute("aria-pressed", "true")
        starred = {star.tutorial for star in Star.objects.filter(user=grace)}
        assert starred == {programme.t1, programme.t3}
        assert page.evaluate("localStorage.getItem('stars:cpal-2026')") is None

        with page.expect_response("**/my/stars/"):
            star_of(page, programme.t1).click()
        expect(star_of(page, programme.t1)).to_have_attribute("aria-pressed", "false")
        assert Star.objects.get().tutorial == programme.t3
        assert watch.faults == []


def test_with_an_account_it_works_without_scripts(live_server, programme, client, grace):
    client.force_login(grace)
    with open_browser() as browser:
        context = browser.new_context(service_workers="block", java_script_enabled=False)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + LIST)
        star_of(page, programme.t2).click()
        expect(page).to_have_url(live_server.url + LIST)
        expect(star_of(page, programme.t2)).to_have_attribute("aria-pressed", "true")
    assert Star.objects.get().tutorial == programme.t2


def test_quick_presses_keep_their_order_and_no_network_keeps_the_page(
    live_server, programme, client, grace
):
    client.force_login(grace)
    with open_browser() as browser:
        context = browser.new_context(service_workers="block")
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(live_server.url + LIST)
        star, asked = star_of(page, programme.t1), []
        page.route("**/my/stars/", lambda route: asked.append(route))
        star.click()
        star.click()
        page.wait_for_timeout(200)

        assert len(asked) == 1  # the second waits until the first is answered
        for number in (0, 1):
            with page.expect_response("**/my/stars/"):
                asked[number].continue_()
            page.wait_for_timeout(200)
        assert not Star.objects.exists()

        page.unroute("**/my/stars/")
        context.set_offline(True)
        star.click()

        expect(page.get_by_text("The star could not be kept: there is no network.")).to_be_visible()
        expect(star).to_have_attribute("aria-pressed", "false")
        expect(page).to_have_url(live_server.url + LIST)

        context.set_offline(False)
        lost = []
        page.route("**/my/stars/", lambda route: lost.append(route))
        star.click()
        star.click()
        for number in (0, 1):
            page.wait_for_timeout(200)
            lost[number].abort()
        page.wait_for_timeout(200)
        expect(star).to_have_attribute("aria-pressed", "false")


def test_what_else_stands_in_the_address_makes_it_nobody_elses(live_server, programme):
    with open_browser() as browser:
        page = browser.new_context(service_workers="block").new_page()
        page.set_default_timeout(10_000)
        page.goto(live_server.url + LIST)
        star_of(page, programme.t1).click()

        page.goto(f"{live_server.url}/cpal-2026/my/?utm_source=mail&stars={programme.t1.slug}")
        expect(page.get_by_role("heading", name=programme.t1.title)).to_be_visible()
        expect(page.locator("[data-others-schedule]")).to_be_hidden()

        page.goto(f"{live_server.url}/cpal-2026/my/?utm_source=mail&stars={programme.t2.slug}")
        expect(page.locator("[data-others-schedule]")).to_be_visible()
