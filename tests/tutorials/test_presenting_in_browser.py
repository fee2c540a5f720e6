"""A presenter at their link in a real browser, without JavaScript; the page has no fault."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.base import ContentFile

from tests.browser import Watch, faults_of, open_browser
from tests.factories import NOW, make_attendee
from tutorials import presenting, registration
from tutorials.models import Correction, Material
from tutorials.tokens import key_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "k" * 32
PAGE = f"/cpal-2026/presenting/{key_at(KEY, 'cpal-2026')}/"


@pytest.fixture
def person(programme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = programme.t1.presenters.get().person
    found.link_key, found.bio = KEY, "Works on models."
    found.save()
    return found


def test_a_presenter_corrects_and_hands_in(live_server, person, programme, tmp_path):
    with open_browser() as browser:
        page = browser.new_context(service_workers="block", java_script_enabled=False).new_page()
        page.goto(live_server.url + PAGE)
        # They have no photo yet, so that the form is open.
        page.get_by_label("About you").fill("Works on sparse models.")
        page.locator("#about").get_by_role("button", name="Send to the organisers").click()
        assert page.get_by_text("Thank you. The organisers will look at it.").is_visible()
        page.get_by_text("Hand in a file").click()
        slides = tmp_path / "slides.pdf"
        slides.write_bytes(b"%PDF-1.7")
        page.get_by_label("File").set_input_files(slides)
        page.get_by_role("button", name="Hand it in").click()
        assert page.get_by_text("waits for an organiser", exact=False).first.is_visible()
    assert Correction.objects.get().changes["bio"]["becomes"] == "Works on sparse models."
    assert Material.objects.get().title == "slides"


def test_its_page_has_no_fault(live_server, person, programme, conference):
    presenting.send(person, None, {"bio": "Other."}, at=NOW)
    attendee = make_attendee(conference, shown_to_presenters=True)
    registration.register(attendee, programme.t1, by=None, at=NOW)
    Material.objects.create(
        tutorial=programme.t1,
        title="Slides",
        file=ContentFile(b"%PDF-1.7", name="slides.pdf"),
        size=8,
        uploaded_at=NOW,
        uploaded_by=person,
    )
    with open_browser() as browser:
        page = browser.new_page(service_workers="block")
        watch = Watch(page, live_server.url)
        page.goto(live_server.url + PAGE)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert list(faults_of(page, Axe())) == []
        assert watch.faults == []
