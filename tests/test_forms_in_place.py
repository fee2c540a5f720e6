"""With JavaScript: forms are answered in place, and open pages keep their seats true."""

import re
from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import Watch, faults_of, open_browser
from tests.factories import NOW, fill, make_attendee, make_presenter
from tutorials import registration
from tutorials.models import Registration
from tutorials.registration import TooFew
from tutorials.tokens import token_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mine(conference, user):
    return make_attendee(conference, user=user)


@pytest.fixture
def browse(live_server, client, user):
    """Open a page as somebody who has signed in, or as a stranger."""
    client.force_login(user)
    session = client.cookies["sessionid"].value
    with open_browser() as browser:

        def open_page(path, signed_in=True, **options):
            context = browser.new_context(
                service_workers="block", viewport={"width": 390, "height": 844}, **options
            )
            context.set_default_timeout(10_000)
            if signed_in:
                url = live_server.url
                context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
            page = context.new_page()
            # With a route there is no cache: what the server says now is what the page sees.
            page.route("**/seats.json", lambda route: route.continue_())
            page.goto(live_server.url + path)
            return page

        yield open_page


def visits_of(page):
    """Every address that the page leads to from now on."""
    visits: list[str] = []
    page.on("framenavigated", lambda frame: visits.append(frame.url))
    return visits


def first_in(tutorial):
    """The attendee of whom a tutorial's first registration is."""
    return Registration.objects.filter(tutorial=tutorial).order_by("pk")[0].attendee


def poll(page):
    """What the page does when it is shown again: it asks for the seats at once."""
    with page.expect_response(re.compile("seats.json")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_form_is_answered_in_place(browse, programme, mine, live_server):
    page = browse(programme.t1.get_absolute_url())
    visits, watch = visits_of(page), Watch(page, live_server.url)

    page.get_by_role("button", name="Register for this tutorial").click()

    expect(page.locator("#participation")).to_contain_text("You are registered.")
    message = page.locator("#messages .note")
    expect(message).to_have_text(f"You are registered for “{programme.t1.title}”.")
    expect(message).to_be_focused()
    assert visits == [], "the page was not loaded again"

    page.get_by_role("button", name="Cancel my registration").click()
    expect(page.get_by_role("button", name="Register for this tutorial")).to_be_enabled()
    expect(message).to_have_text(f"You are not registered for “{programme.t1.title}” any more.")
    assert visits == []
    assert watch.faults == []


def test_which_button_was_pressed_is_told(browse, programme, mine):
    registration.register(mine, programme.t3, by=None, at=NOW)
    page = browse(programme.t1.get_absolute_url())
    visits = visits_of(page)

    page.get_by_role("button", name=f"Switch from “{programme.t3.title}” to this one").click()

    expect(page.locator("#participation")).to_contain_text("You are registered.")
    assert Registration.objects.live().get(attendee=mine).tutorial == programme.t1
    assert visits == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_from_the_waiting_list_to_an_offer_that_is_accepted(
    browse, programme, mine, live_server, javascript
):
    fill(programme.t1)
    registration.register(mine, programme.t3, by=None, at=NOW)
    page = browse(programme.t1.get_absolute_url(), java_script_enabled=javascript)

    page.get_by_text("Offer it to me").click()
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.locator("#participation")).to_contain_text("You are number 1 on the waiting list.")

    registration.cancel(first_in(programme.t1), programme.t1, by=None, at=NOW)
    row = Registration.objects.get(attendee=mine, tutorial=programme.t1)
    path = f"/cpal-2026/offers/{token_for(row, 'offer')}/"
    page = browse(path, signed_in=False, java_script_enabled=javascript)
    watch = Watch(page, live_server.url)
    expect(page.get_by_text("If you accept, you give up your seat")).to_be_visible()
    page.get_by_role("button", name="Accept and give that up").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are registered")
    message = page.locator("#messages .note")
    expect(message).to_contain_text(f"Your seat in “{programme.t3.title}” is given up.")
    if javascript:
        expect(message).to_be_focused()
    page.get_by_role("link", name="I can’t come").click()
    page.get_by_role("button", name="I can’t come: cancel my registration").click()
    expect(page.get_by_text("You are not registered for this tutorial any more.")).to_be_visible()
    assert watch.faults == []
    assert not Registration.objects.live().filter(attendee=mine).exists()


def test_what_one_wants_is_changed_among_ones_own(browse, programme, mine):
    fill(programme.t1)
    registration.register(mine, programme.t3, by=None, at=NOW)
    registration.register(mine, programme.t1, by=None, at=NOW, when_free="offer")
    page = browse("/cpal-2026/my/")
    visits = visits_of(page)

    page.get_by_text("Change what happens then").click()
    page.get_by_text("Switch me").click()
    page.locator("#my-schedule").get_by_role("button", name="Save").click()

    expect(page.locator("#my-schedule")).to_contain_text("goes to somebody else")
    assert Registration.objects.get(tutorial=programme.t1, attendee=mine).when_free == "switch"
    assert visits == []


def test_a_button_is_on_the_first_screen_of_a_phone(browse, programme):
    programme.t1.title = "Making large models small enough for the phone in your pocket"
    programme.t1.save()
    for name in ("Grace Hopper", "Katherine Johnson", "Barbara Liskov"):
        make_presenter(programme.t1, name, "University of Somewhere, Laboratory")

    page = browse(programme.t1.get_absolute_url(), signed_in=False)

    box = page.get_by_role("link", name="Sign in to register for this tutorial").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 844


def test_a_button_cannot_be_pressed_twice(browse, programme, mine):
    page = browse(programme.t1.get_absolute_url())
    held = []
    page.route("**/register/", lambda route: held.append(route))
    button = page.get_by_role("button", name="Register for this tutorial")

    button.click()
    expect(button).to_be_disabled()
    held[0].continue_()

    expect(page.locator("#participation")).to_contain_text("You are registered.")


def test_whose_session_is_over_is_led_to_sign_in(browse, programme, mine):
    page = browse(programme.t1.get_absolute_url())
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Register for this tutorial").click()

    page.wait_for_url(re.compile("/accounts/login/"))
    assert "next=/cpal-2026/tutorials/" in page.url


def test_an_error_is_shown_as_without_javascript(browse, programme, mine):
    page = browse(programme.t1.get_absolute_url())
    page.context.clear_cookies(name="csrftoken")

    page.get_by_role("button", name="Register for this tutorial").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Please try again")


class TestSeats:
    def test_on_an_open_page_stay_true(self, browse, programme, mine, live_server):
        registration.change_capacity(
            programme.t1, capacity=5, kept_back=0, too_few=TooFew.REFUSE, by=None, at=NOW
        )
        page = browse(programme.t1.get_absolute_url())
        watch = Watch(page, live_server.url)
        said = page.locator("[data-seats-said]")
        button = page.locator("#participation .btn-primary")
        expect(page.locator("#participation .seats--free")).to_have_text("5 seats free")

        fill(programme.t1, 3)
        poll(page)
        expect(page.locator("#participation .seats--few")).to_have_text("Only 2 seats left")
        expect(said).to_be_empty()

        fill(programme.t1, 2)
        poll(page)
        expect(page.locator("#participation .seats--full")).to_have_text("Full")
        expect(button).to_have_text("Join the waiting list")
        expect(page.get_by_text("the first in the queue gets it")).to_be_visible()
        expect(said).to_have_text(f"{programme.t1.title}: Full")

        registration.cancel(first_in(programme.t1), programme.t1, by=None, at=NOW)
        poll(page)
        expect(button).to_have_text("Register for this tutorial")
        expect(said).to_have_text(f"{programme.t1.title}: Last seat")
        assert watch.faults == []

    def test_what_can_be_done_changes_with_them(self, browse, programme, mine):
        """Somebody whose other tutorial is in the way switches, or says what they want then."""
        registration.register(mine, programme.t3, by=None, at=NOW)
        page = browse(programme.t1.get_absolute_url())
        switch = page.get_by_role("button", name="Switch from")
        expect(switch).to_be_visible()

        fill(programme.t1)
        poll(page)
        expect(switch).to_be_hidden()
        expect(page.get_by_text("No seat is free any more.")).to_be_visible()

        page.get_by_role("link", name="See what you can do").click()
        join = page.get_by_role("button", name="Join the waiting list")
        expect(join).to_be_visible()
        registration.cancel(first_in(programme.t1), programme.t1, by=None, at=NOW)
        poll(page)
        expect(join).to_be_hidden()
        expect(page.get_by_text("A seat is free now.")).to_be_visible()

    @pytest.mark.parametrize("path", ["", "tutorials/", "schedule/"])
    def test_on_lists_nothing_is_said_aloud(self, browse, programme, path):
        page = browse(f"/cpal-2026/{path}", signed_in=False)
        seats = page.locator(f'[data-seats-of="{programme.t1.slug}"]')
        expect(seats).to_have_text("Only 3 seats left")

        # What is said of the results of a search, or without a network, stays as it is.
        said = page.locator("[role=status], [aria-live]")
        before = said.all_text_contents()
        fill(programme.t1, 3)
        poll(page)

        expect(seats).to_have_text("Full")
        assert said.all_text_contents() == before
        assert page.context.cookies() == []

    def test_are_asked_for_less_and_less_while_nothing_changes(self, browse, programme):
        page, asked = self.with_a_clock(browse(programme.t1.get_absolute_url(), signed_in=False))

        for times in range(1, 9):
            page.clock.fast_forward(400_000)
            self.until_it_waits(page, times)

        assert len(asked) == 8
        waits = page.evaluate("window.waits")
        # Never at the same moment as all others, so a quarter more or less: 20 s, 40 s, … 300 s.
        for wait, about in zip(waits, [20, 40, 80, 160, 300, 300, 300, 300], strict=True):
            assert 750 * about <= wait <= 1250 * about

    def test_are_not_asked_for_while_nobody_looks(self, browse, programme):
        page, asked = self.with_a_clock(browse(programme.t1.get_absolute_url(), signed_in=False))
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true, writable: true})")

        page.clock.fast_forward(10_000_000)
        page.wait_for_timeout(200)
        assert asked == []

        page.evaluate("document.hidden = false")
        poll(page)
        assert len(asked) == 1

    def test_are_asked_for_later_when_the_server_says_so(self, browse, programme):
        page, asked = self.with_a_clock(browse(programme.t1.get_absolute_url(), signed_in=False))
        page.unroute("**/seats.json")
        page.route(
            "**/seats.json",
            lambda route: route.fulfill(status=429, headers={"Retry-After": "1000"}),
        )
        poll(page)
        self.until_it_waits(page, 1)

        page.clock.fast_forward(700_000)
        assert len(asked) == 1
        page.clock.fast_forward(600_000)
        assert len(asked) == 2

    def with_a_clock(self, page):
        """The page anew, on a clock that a test moves; when it asked, and how long it waits."""
        page.clock.install()
        page.reload()
        page.evaluate(
            """() => {
                window.asked = [];
                const fetch = window.fetch;
                window.fetch = (...words) => (window.asked.push(Date.now()), fetch(...words));
                window.waits = [];
                const { setTimeout } = window;
                window.setTimeout = (act, wait, ...words) => {
                  if (wait >= 10_000) window.waits.push(wait);
                  return setTimeout(act, wait, ...words);
                };
            }"""
        )
        return page, Asked(page)

    def until_it_waits(self, page, times):
        """Until the page has its answer and has set its clock for the next one."""
        for _ in range(300):
            if page.evaluate("window.waits.length") >= times:
                return
            page.wait_for_timeout(50)
        pytest.fail("It never set its clock.")


class Asked(Sequence):
    """The times at which a page has asked for the seats by now."""

    def __init__(self, page):
        self.page = page

    def __getitem__(self, index):
        return self.page.evaluate("window.asked")[index]

    def __len__(self):
        return len(self.page.evaluate("window.asked"))

    def __eq__(self, other):
        return list(self) == other


def test_the_pages_have_no_fault(browse, programme, mine):
    """Those that the sample's people do not see: a choice to make, an offer, its page."""
    axe, found = Axe(), list[str]()
    fill(programme.t1)
    registration.register(mine, programme.t3, by=None, at=NOW)
    paths = [programme.t1.get_absolute_url(), programme.t3.get_absolute_url()]
    for path in paths:
        found += faults_of(browse(path), axe)
    row = registration.register(mine, programme.t1, by=None, at=NOW, when_free="offer")
    page = browse("/cpal-2026/my/")
    page.get_by_text("Change what happens then").click()
    found += faults_of(page, axe)
    registration.cancel(first_in(programme.t1), programme.t1, by=None, at=NOW)
    offer, leave = token_for(row, "offer"), token_for(row, "leave")
    paths += ["/cpal-2026/my/", f"/cpal-2026/offers/{offer}/", f"/cpal-2026/leave/{leave}/"]
    for path in paths:
        found += faults_of(browse(path), axe)
    registration.decline(row, by=None, at=NOW)
    for path in paths[-2:]:
        found += faults_of(browse(path), axe)

    assert not found, "\n".join(found)
