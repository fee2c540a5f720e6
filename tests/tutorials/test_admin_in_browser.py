"""The admin as a browser shows it and sends it: what no test client notices."""

import pytest
from django.urls import reverse

from people.models import Attendee
from tests.browser import Watch, open_browser
from tests.factories import NOW, make_attendee, make_room
from tutorials import mails, registration
from tutorials.models import Change, Mail, Registration, Schedule

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browse(live_server, client, organiser):
    """Open a page of the admin as an organiser, on a laptop."""
    client.force_login(organiser)
    session = client.cookies["sessionid"].value
    with open_browser() as browser:

        def open_page(path):
            context = browser.new_context(
                service_workers="block", viewport={"width": 1280, "height": 800}
            )
            context.set_default_timeout(10_000)
            url = live_server.url
            context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
            page = context.new_page()
            page.goto(url + path)
            return page

        yield open_page


def test_a_file_of_attendees_is_uploaded_and_imported(browse, conference, tmp_path, live_server):
    file = tmp_path / "tickets.csv"
    file.write_text("Ticketnummer;Name;E-Mail\nA1;Ada Lovelace;ada@example.org\n")
    page = browse(reverse("admin:people_attendee_import"))
    watch = Watch(page, live_server.url)

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_text("Created: 1 attendee.").wait_for()
    assert page.get_by_label("Ticket number:").input_value() == "Ticketnummer"
    assert not Attendee.objects.exists()
    page.get_by_role("button", name="Import").click()

    page.wait_for_url("**/admin/people/attendee/?**")
    assert Attendee.objects.get().ticket_number == "A1"
    assert watch.faults == []


@pytest.fixture
def busy(programme, organiser):
    """Long names, a mail that failed at length, and a reason of several lines."""
    people = [
        make_attendee(programme.conference, name="Alejandra Lovelace-Montgomery", email=email)
        for email in ("a@example.org", "b@example.org", "c@example.org", "d@example.org")
    ]
    for person in people:
        registration.register(person, programme.t1, by=organiser, at=NOW)
    failed, dropped, *_rest = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=failed.pk).update(
        attempts=8,
        given_up_at=NOW,
        last_error="SMTPRecipientsRefused: {'nobody@example.org': (550, b'User unknown')}",
    )
    Mail.objects.filter(pk=dropped.pk).update(
        attempts=1, given_up_at=NOW, last_error=mails.NOT_TRUE
    )
    Registration.objects.filter(attendee=people[0]).update(overlap="release")
    Change.objects.update(reason="The hall was given to the plenary on Tuesday morning.")
    return programme


@pytest.mark.parametrize("model", ["mail", "change", "registration"])
def test_a_list_fits_a_laptop(browse, busy, model):
    page = browse(f"/admin/tutorials/{model}/")

    hidden = page.locator("#changelist .results").evaluate("it => it.scrollWidth - it.clientWidth")
    assert hidden == 0
    times = page.locator("td, th").filter(has_text="16 Mar, 11:00")
    assert times.count() >= 4
    assert max(box["height"] for box in map(line_of, times.all())) < 24
    assert page.get_by_text("Times are in Europe/Berlin.").count() == 1


def line_of(cell):
    """The box around the text in a cell of a table."""
    return cell.evaluate(
        "it => { const range = document.createRange(); range.selectNodeContents(it);"
        " return {height: range.getBoundingClientRect().height} }"
    )


def test_what_was_not_sent_takes_two_lines_at_most(browse, busy):
    page = browse("/admin/tutorials/mail/")
    cell = page.locator("td.field-state").filter(has_text="out of date")

    assert line_of(cell)["height"] < 40


def test_what_is_wrong_with_a_decision_is_in_no_box_of_its_own(browse, busy):
    draft = Schedule.objects.draft(busy.conference)
    draft.slots.filter(tutorial=busy.t1).update(room=make_room(busy.conference, 2))
    page = browse(reverse("admin:tutorials_schedule_release", args=[busy.conference.slug]))

    page.get_by_role("button", name="Release").click()

    error = page.locator(".findings .errorlist li")
    assert "decide about this first" in error.inner_text()
    assert error.evaluate("it => getComputedStyle(it).borderInlineStartWidth") == "0px"
    assert (
        page.locator(".findings > li").first.evaluate(
            "it => getComputedStyle(it).borderInlineStartWidth"
        )
        != "0px"
    )
