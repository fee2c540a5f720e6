"""Every address is known to be public, personal, for the staff or for machines.

A new one that is in none of these tables fails here, so that somebody decides.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conference.slugs import RESERVED
from tests.addresses import routes
from tests.factories import NOW, make_attendee
from tutorials import registration

# The route of each, and an address of it with the cast of ``conftest.py``.
PUBLIC = {
    "design/": "/design/",
    "<str:slug>/": "/cpal-2026/",
    "<str:slug>/tutorials/": "/cpal-2026/tutorials/",
    "<str:slug>/tutorials/<str:tutorial>/": "/cpal-2026/tutorials/{tutorial}/",
    "<str:slug>/schedule/": "/cpal-2026/schedule/",
    "<str:slug>/schedule/changes/": "/cpal-2026/schedule/changes/",
    "<str:slug>/presenters/": "/cpal-2026/presenters/",
    "<str:slug>/presenters/<str:presenter>/": "/cpal-2026/presenters/{presenter}/",
    "<str:slug>/venues/": "/cpal-2026/venues/",
    "<str:slug>/imprint/": "/cpal-2026/imprint/",
    "<str:slug>/privacy/": "/cpal-2026/privacy/",
    "<str:slug>/code-of-conduct/": "/cpal-2026/code-of-conduct/",
    "offline/": "/offline/",
    "<str:slug>/my/": "/cpal-2026/my/",
}
LEADING = {"": "/", "tutorials/": "/tutorials/", "schedule/": "/schedule/"}
SIGNED_IN = {
    "accounts/profile/": "/accounts/profile/",
    "accounts/profile/privacy/": "/accounts/profile/privacy/",
    "accounts/profile/privacy/data.json": "/accounts/profile/privacy/data.json",
    "accounts/profile/privacy/delete/": "/accounts/profile/privacy/delete/",
    "<str:slug>/my/stars/": None,  # POST
    "<str:slug>/my/calendar/": None,  # POST
    "<str:slug>/my/shown/": None,  # POST
    "<str:slug>/my/pass/": "/cpal-2026/my/pass/",
    "<str:slug>/my/tickets/": None,  # where a ticket is needed: test_tickets.py
    "<str:slug>/tutorials/<str:tutorial>/register/": None,  # POST
    "<str:slug>/tutorials/<str:tutorial>/cancel/": None,  # POST
    "<str:slug>/tutorials/<str:tutorial>/switch/": None,  # POST
    "<str:slug>/tutorials/<str:tutorial>/wish/": None,  # POST
    "<str:slug>/tutorials/<str:tutorial>/feedback/": None,  # once it is over: test_feedback.py
}
# Whoever has the link may do one thing; test_offers.py, test_presenting.py, test_invitations.py.
BY_LINK = {
    "<str:slug>/offers/<str:token>/",
    "<str:slug>/leave/<str:token>/",
    "<str:slug>/presenting/<str:key>/",
    "<str:slug>/presenting/<str:key>/files/<int:pk>/",
    "<str:slug>/invitations/<str:key>/",
    "<str:slug>/my/<str:key>.ics",  # test_private_calendar.py
}
STAFF = {
    "<str:slug>/staff/": "/cpal-2026/staff/",
    "<str:slug>/staff/attendance.csv": "/cpal-2026/staff/attendance.csv",
    "<str:slug>/staff/attendance/<str:tutorial>.csv": "/cpal-2026/staff/attendance/{tutorial}.csv",
    "<str:slug>/staff/lists/": "/cpal-2026/staff/lists/",
    "<str:slug>/staff/lists/file/": "/cpal-2026/staff/lists/file/?file_format=csv",
    "<str:slug>/staff/lists/columns/": "/cpal-2026/staff/lists/columns/",
    "<str:slug>/staff/parts/<int:number>/": "/cpal-2026/staff/parts/{part}/",
    "<str:slug>/staff/head-counts.csv": "/cpal-2026/staff/head-counts.csv",
}
MACHINE = {
    r"^media/materials/(?P<name>[0-9a-f]{32}\.[a-z]{3,5})$",
    r"^media/(?P<path>(?:photos|logos)/[0-9a-f]{32}\.webp)$",
    "<str:slug>/colour.css",
    "<str:slug>/share.png",
    "<str:slug>/tutorials/<str:tutorial>/share.png",
    "<str:slug>/manifest.webmanifest",
    "service-worker.js",
    "<str:slug>/seats.json",
    "<str:slug>/schedule.ics",
    "<str:slug>/schedule.xml",
    "<str:slug>/schedule.json",
    "<str:slug>/schedule.jsonld",
    "<str:slug>/schedule/changes.atom",
    "<str:slug>/tutorials/<str:tutorial>.ics",
    "sitemap.xml",
    "robots.txt",
    # In other websites: test_embed.py.
    "<str:slug>/embed/",
    "<str:slug>/embed/timetable/",
    "<str:slug>/embed/fragment/",
}
# Whole trees that others wrote, or that have tests of their own.
TREES = ("admin/", "accounts/", "api/v1/")


def test_every_address_is_in_one_of_the_tables():
    known = {*PUBLIC, *LEADING, *SIGNED_IN, *BY_LINK, *STAFF, *MACHINE}
    unknown = {route for route in routes() if route not in known and not route.startswith(TREES)}

    assert unknown == set()
    assert known - set(routes()) == set()


def test_every_first_word_is_reserved():
    # No conference's address holds a dot, so that “sitemap.xml” is none of theirs.
    first = {route.lstrip("^").split("/")[0].split(".")[0] for route in routes()} - {
        "",
        "<str:slug>",
    }

    assert first <= RESERVED


@pytest.fixture
def address(programme):
    programme.conference.privacy_notice = "What we keep."
    programme.conference.code_of_conduct = "Be kind."
    programme.conference.save()

    def fill_in(path):
        part = programme.version.slots.get(tutorial=programme.t1).number
        presenter = programme.t1.people.get().slug
        return path.format(tutorial=programme.t1.slug, presenter=presenter, part=part)

    return fill_in


@pytest.mark.parametrize("language", ["", "/de"])
@pytest.mark.parametrize("path", PUBLIC.values(), ids=PUBLIC)
class TestPublicPage:
    def test_is_everybodys(self, client, programme, address, path, language):
        attendee = make_attendee(
            programme.conference, name="Private Person", email="private@example.org"
        )
        registration.register(attendee, programme.t1, by=None, at=NOW)

        with CaptureQueriesContext(connection) as queries:
            response = client.get(language + address(path))

        html = response.content.decode()
        assert response.status_code == 200
        assert len(queries) <= 8
        assert not response.cookies
        assert "csrf" not in html
        assert "private@example.org" not in html
        assert "Private Person" not in html
        assert set(response["Cache-Control"].split(", ")) == {"public", "no-cache"}
        assert (
            client.get(
                language + address(path), headers={"if-none-match": response["ETag"]}
            ).status_code
            == 304
        )

    def test_takes_nothing(self, client, address, path, language):
        assert client.post(language + address(path)).status_code == 405

    def test_is_a_well_formed_document(self, client, address, path, language):
        html = client.get(language + address(path)).content.decode()

        assert f'<html lang="{language.strip("/") or "en"}">' in html
        assert html.count("<h1") == 1
        assert html.count("<main") == 1
        assert 'href="#main"' in html
        assert "style=" not in html
        assert "<script>" not in html
        assert "<style" not in html

    def test_is_private_to_somebody_with_a_session(self, client, user, address, path, language):
        client.force_login(user)

        assert "private" in client.get(language + address(path))["Cache-Control"]


@pytest.mark.parametrize("path", LEADING.values())
def test_a_leading_address_sets_no_cookie(client, programme, path):
    response = client.get(path)

    assert response.status_code == 302
    assert not response.cookies


@pytest.mark.parametrize("path", [path for path in SIGNED_IN.values() if path])
def test_a_personal_page_asks_to_sign_in(client, programme, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", STAFF.values())
def test_a_staff_page_is_not_there_for_others(client, programme, user, address, path):
    assert client.get(address(path))["Location"].startswith("/accounts/login/")
    client.force_login(user)
    assert client.get(address(path)).status_code == 404
