"""One journey in a real browser, from the home page to “you are registered”."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests.browser import Watch, open_browser
from tutorials.models import Registration

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_from_the_home_page_to_registered(live_server, programme, javascript):
    with open_browser() as browser:
        context = browser.new_context(
            service_workers="block",
            viewport={"width": 390, "height": 844},
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        watch = Watch(page, live_server.url)
        page.goto(live_server.url)
        expect(page.get_by_role("heading", level=1)).to_contain_text("CPAL 2026")
        assert context.cookies() == []

        page.get_by_role("main").get_by_role("link", name="Read about the tutorials").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tutorials")
        page.get_by_role("link", name=programme.t1.title).click()
        page.get_by_role("link", name=re.compile("Sign in")).last.click()
        page.get_by_role("textbox", name="E-mail").first.fill("grace@example.org")
        page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).click()

        (code,) = re.findall(r"\b\d{4}-\d{4}\b", str(mail.outbox[0].body))
        page.get_by_role("textbox", name="Code").fill(code)
        page.get_by_role("textbox", name="Code").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(programme.t1.title)

        page.get_by_role("textbox", name="name").fill("Grace Hopper")
        page.get_by_role("button", name="Register for this tutorial").click()
        expect(page.get_by_text(f"You are registered for “{programme.t1.title}”.")).to_be_visible()
        mine = Registration.objects.get()
        assert (mine.attendee.name, mine.status) == ("Grace Hopper", "confirmed")

        page.get_by_role("link", name="My schedule").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("My schedule")
        expect(page.get_by_role("link", name=programme.t1.title)).to_be_visible()
        expect(page.get_by_text(mine.attendee.badge_code)).to_be_visible()
        assert watch.faults == []
