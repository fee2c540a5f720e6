"""From nothing to a public programme in the admin alone, as docs/organisers.md tells it.

With ``SCREENSHOTS=1`` the pictures of that page are made anew.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conference.models import Conference
from people.models import Invitation
from tests.browser import Watch, open_browser
from tests.factories import make_user
from tutorials.models import Letter, Tutorial

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "images"
PROGRAMME = Path(__file__).resolve().parent.parent / "docs" / "examples" / "programme.csv"


def picture(page: Page, name: str) -> None:
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=PICTURES / f"organisers-{name}.png")


def tool(page: Page, name: str) -> None:
    page.locator("ul.object-tools").get_by_role("link", name=name, exact=True).first.click()


def to_the_conference(page: Page) -> None:
    page.goto(page.url.split("/admin/")[0] + "/admin/")
    page.locator(".edition").get_by_role("link", name="Summer School 2027").click()


def test_from_nothing_to_a_public_programme(live_server, client):
    user = make_user("ada@example.org", name="Ada", is_superuser=True)
    client.force_login(user)
    session = client.cookies["sessionid"].value
    with open_browser() as browser:
        context = browser.new_context(
            service_workers="block", viewport={"width": 1280, "height": 860}
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        watch = Watch(page, live_server.url)

        # A conference.
        page.goto(f"{live_server.url}/admin/")
        expect(page.get_by_text("The conferences you organise will be here.")).to_be_visible()
        page.locator("#content .model-conference").get_by_role("link", name="Add").click()
        page.get_by_label("Name:").fill("Summer School 2027")
        page.get_by_label("First day:").fill("2027-06-14")
        page.get_by_label("Last day:").fill("2027-06-14")
        page.get_by_label("Time zone:").select_option("Europe/Berlin")
        expect(page.get_by_label("Address:")).to_have_value("summer-school-2027")
        picture(page, "conference")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("was added successfully")).to_be_visible()

        # What it uses.
        to_the_conference(page)
        tool(page, "What this conference uses")
        expect(page.get_by_label("Register here", exact=False).first).to_be_checked()
        picture(page, "uses")
        page.get_by_role("button", name="Save", exact=True).click()

        # Its programme, from a spreadsheet.
        to_the_conference(page)
        tool(page, "Import the programme")
        page.get_by_label("File").set_input_files(PROGRAMME)
        page.get_by_role("button", name="Look at the file").click()
        expect(page.get_by_text("Ada Lovelace").first).to_be_visible()
        assert not Tutorial.objects.exists()
        picture(page, "import")
        page.get_by_role("button", name="Import", exact=True).click()
        page.wait_for_url("**/admin/tutorials/tutorial/**")
        assert Tutorial.objects.count() == 4

        # Published, checked, released.
        page.goto(f"{live_server.url}/admin/tutorials/tutorial/")
        page.get_by_label("Select all", exact=False).first.check()
        page.get_by_label("Action:").select_option("publish_selected")
        page.get_by_role("button", name="Go").click()
        expect(page.get_by_text("4 tutorials are public now.")).to_be_visible()
        to_the_conference(page)
        tool(page, "Check and release the schedule")
        picture(page, "release")
        page.get_by_role("button", name="Release").click()

        # Its texts.
        to_the_conference(page)
        page.get_by_label("Welcome:").fill("Four tutorials, $x^2$ and all that.")
        page.get_by_label("E-mail for questions:").fill("desk@example.org")
        page.get_by_label("Privacy notice:").fill("We keep your name until the autumn.")
        page.locator(".field-welcome summary").click()
        expect(page.locator(".field-welcome .markdown-preview math")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()

        # A colleague.
        to_the_conference(page)
        tool(page, "Team")
        page.get_by_label("E-mail:").fill("grace@example.org")
        picture(page, "team")
        page.get_by_role("button", name="Invite").click()
        assert Invitation.objects.get().email == "grace@example.org"
        assert Letter.objects.get().invitation == Invitation.objects.get()

        # What remains.
        page.goto(f"{live_server.url}/admin/")
        expect(page.get_by_role("heading", name="Before it opens")).to_be_visible()
        expect(page.locator(".step--done").get_by_text("Schedule released")).to_be_visible()
        picture(page, "first-page")

        # And what the public sees.
        conference = Conference.objects.get()
        page.goto(live_server.url + conference.get_absolute_url() + "schedule/")
        expect(page.get_by_text("Ada Lovelace").first).to_be_visible()
        picture(page, "schedule")
        assert watch.faults == []
