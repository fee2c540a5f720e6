"""What opens without a network, as far as the server has a say in it."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from conference import offline
from conference.slugs import RESERVED
from tests.factories import make_conference

pytestmark = pytest.mark.django_db


def site(client):
    script = client.get("/service-worker.js").content.decode()
    (found,) = re.findall(r"^const SITE = (.*);$", script, re.MULTILINE)
    return json.loads(found)


def test_the_service_worker_may_answer_for_the_whole_site_and_is_asked_for_anew(client):
    answer = client.get("/service-worker.js")

    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert set(answer["Cache-Control"].split(", ")) == {"public", "no-cache"}
    assert not answer.cookies


def test_it_names_files_that_are_there(client):
    found = site(client)["files"]

    assert len(found) == len(offline.FILES)
    assert all(finders.find(path.removeprefix("/static/")) for path in found)


def test_the_page_for_what_was_never_seen_needs_no_other_file(client):
    page = client.get("/offline/").content.decode()

    asked = re.findall(
        r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]* (?:href|src)="([^"]+)"', page
    )
    assert set(asked) == set(site(client)["files"])


def test_a_file_that_changes_makes_a_new_version(client, monkeypatch):
    before = site(client)["version"]

    monkeypatch.setattr(offline, "static", lambda name: f"/static/{name}.0123456789ab")

    assert site(client)["version"] != before


def test_it_leaves_alone_what_is_no_page_of_a_conference(client):
    others = site(client)["others"]

    assert {"admin", "accounts", "api", "static", "media", "healthz"} <= set(others)
    assert set(others) <= RESERVED
    assert not {"schedule", "tutorials", "offline", "cpal-2026"} & set(others)


def test_there_is_a_page_for_each_language(client, conference):
    assert site(client)["offline"] == {"en": "/offline/", "de": "/de/offline/"}
    assert '<html lang="de">' in client.get("/de/offline/").content.decode()


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_page_says_whose_it_is(client, conference, user, signed_in):
    if signed_in:
        client.force_login(user)

    page = client.get("/cpal-2026/schedule/").content.decode()

    assert ("data-signed-in" in page) == signed_in
    assert 'data-worker="/service-worker.js"' in page
    assert 'data-zone="Europe/Berlin"' in page


def test_pages_of_an_account_forget_and_start_nothing(client, conference):
    page = client.get("/accounts/login/").content.decode()

    assert "js/offline.js" in page
    assert "data-worker" not in page


class TestManifest:
    def test_says_how_the_conference_looks(self, client):
        make_conference(slug="cpal-2026", name="CPAL 2026", colour="#1f5c99")

        answer = client.get("/de/cpal-2026/manifest.webmanifest")

        assert answer["Content-Type"] == "application/manifest+json"
        assert "public" in answer["Cache-Control"]
        found = answer.json()
        assert found["name"] == "CPAL 2026"
        assert found["lang"] == "de"
        assert found["start_url"] == "/de/cpal-2026/"
        assert found["theme_color"] == "#1f5c99"
        assert found["background_color"] == "#fdfcf9"

    def test_its_pictures_are_there_and_small(self, client, conference):
        for icon in client.get("/cpal-2026/manifest.webmanifest").json()["icons"]:
            path = finders.find(icon["src"].removeprefix("/static/"))
            assert 0 < Path(str(path)).stat().st_size <= 10_000

    def test_every_page_links_it(self, client, conference):
        page = client.get("/cpal-2026/schedule/").content.decode()

        assert '<link rel="manifest" href="/cpal-2026/manifest.webmanifest">' in page

    def test_there_is_none_of_nothing(self, client):
        assert client.get("/nowhere/manifest.webmanifest").status_code == 404
