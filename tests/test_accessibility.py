"""Can everybody read and use the pages: on a small screen, in the dark, without seeing them?"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from conference.models import Conference
from conference.sample import loading
from people.models import Person, User
from tests.browser import Watch, faults_of, open_browser
from tests.factories import NOW
from tutorials import checkin
from tutorials.models import Slot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOME = "/cpal-2026/"
BOTH = ["", "tutorials/", "schedule/", "{T1}", "{T2}"]
SIGNED_OUT = [*BOTH, "presenters/", "{presenter}", "venues/"]
SIGNED_IN = [*BOTH, "{T3}", "{T4}", "my/", "staff/", "staff/lists/", "{part}"]
ACCOUNT = [
    "/accounts/profile/",
    "/accounts/profile/privacy/",
    "/accounts/profile/privacy/delete/",
]


@pytest.fixture
def sample(db, client):
    """The demo's attendee, in T1 and waiting for T2, whom we let see the staff pages too."""
    loading.load()
    conference = Conference.objects.get()
    user = User.objects.get(email=loading.ATTENDEE)
    user.memberships.create(conference=conference, role="door")
    user.set_unusable_password()  # else the page to delete an account asks for it first
    user.save()
    client.force_login(user)
    tutorials = {t.code: f"tutorials/{t.slug}/" for t in conference.tutorials.all()}
    presenter = f"presenters/{Person.objects.all()[0].slug}/"

    slot = Slot.objects.released(conference).get(tutorial__code="T1")
    checkin.check_in(user.attendees.get(), slot, by=None, at=NOW)
    checkin.count_heads(slot, 7, by=None, at=NOW)
    there = tutorials | {"presenter": presenter, "part": f"staff/parts/{slot.number}/"}

    def addresses(paths):
        return [HOME + path.format(**there) for path in paths]

    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    return [
        ([*addresses(SIGNED_OUT), "/accounts/login/"], None),
        ([*addresses(SIGNED_IN), *ACCOUNT], cookie),
    ]


def test_no_page_has_a_fault(live_server, sample):
    axe, found = Axe(), []
    with open_browser() as browser:
        for paths, cookie in sample:
            context = browser.new_context(service_workers="block")
            context.set_default_timeout(10_000)
            if cookie:
                context.add_cookies([cookie | {"url": live_server.url}])
            page = context.new_page()
            watch = Watch(page, live_server.url)
            for path in paths:
                response = page.goto(live_server.url + path)
                assert response is not None
                assert response.status == 200, path
                found += [f"{path} {fault}" for fault in (*faults_of(page, axe), *watch.faults)]
                watch.faults.clear()
            context.close()
    assert not found, "\n".join(found)
