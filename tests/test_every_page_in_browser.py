"""Every page of the site in a real browser: can everybody read it, does it stay among ourselves?

Whatever the resolver leads to and answers with HTML is looked at, at 1280 and at 320 pixels, in
light and in the dark: WCAG 2.2 AA and best practices, nothing wider than the screen, no error in
the console (a breach of the Content-Security-Policy is one), no request to another host.
"""

from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import Watch, faults_of, open_browser
from tests.test_every_address import decided, text_in, visitor, world  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = "public"
# Each part is a test of its own, so that two cores share the work.
PARTS = [
    ("stranger", (PUBLIC,)),
    ("attendee", (PUBLIC,)),
    ("organiser", (PUBLIC,)),
    ("organiser", ("_changelist", "_deleted")),
    ("organiser", ("_add",)),
    ("organiser", ("_change",)),
    ("organiser", ()),
]


def part_of(name):
    """Which of the parts an address belongs to."""
    if not name.startswith("admin"):
        return PUBLIC
    endings = [ending for _visitor, endings in PARTS for ending in endings]
    return next((ending for ending in endings if name.endswith(ending)), None)


@pytest.mark.parametrize(("visitor", "endings"), PARTS, indirect=["visitor"])
def test_everybody_can_read_every_page(visitor, endings, world, live_server, client):  # noqa: F811
    found, seen = [], 0
    with open_browser() as browser:
        context = browser.new_context(service_workers="block")
        context.set_default_timeout(15_000)
        session = client.cookies.get("sessionid")
        if session:
            cookie: Any = {"name": "sessionid", "value": session.value, "url": live_server.url}
            context.add_cookies([cookie])
        page, axe = context.new_page(), Axe()
        watch = Watch(page, live_server.url)
        for address in decided():
            part = part_of(address.name or address.route)
            if part not in endings and (part or endings):
                continue
            path = world.path(address)
            query = urlencode(world.query.get(address.name, {}))
            if not is_page(client, path, query):
                continue
            page.goto(f"{live_server.url}{path}?{query}".removesuffix("?"))
            found += [f"{path} {fault}" for fault in (*faults_of(page, axe), *watch.faults)]
            watch.faults.clear()
            seen += 1
        context.close()
    assert seen > 5
    assert not found, "\n".join(found)


def is_page(client, path, query):
    """Whether an address answers with a page; files and refusals are looked at elsewhere."""
    response = client.get(path, QUERY_STRING=query)
    # A piece of HTML to paste is read within somebody else's page.
    return response.status_code == 200 and text_in(response)[:99].lower().lstrip().startswith(
        "<!doctype html"
    )
