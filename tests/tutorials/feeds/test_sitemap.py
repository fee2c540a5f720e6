"""What search engines are told: the sitemap, robots.txt and the head of every page."""

from xml.etree.ElementTree import fromstring

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import at, make_conference, make_programme, make_tutorial
from tests.pages import tags_in
from tutorials.apps import PUBLIC_PAGES
from tutorials.feeds import sitemap

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture
def addresses(client):
    def get(query=""):
        root = fromstring(client.get(f"/sitemap.xml{query}").content)
        return {
            url.findtext("s:loc", namespaces=NAMES): url for url in root.iterfind("s:url", NAMES)
        }

    return get


def head_of(client, path):
    """Canonical address, languages by their code, and what robots are told."""
    tags = tags_in(client.get(path).content.decode())
    links = [attrs for tag, attrs in tags if tag == "link"]
    canonical = [each["href"] for each in links if each["rel"] == "canonical"]
    languages = {each["hreflang"]: each["href"] for each in links if "hreflang" in each}
    robots = [attrs["content"] for tag, attrs in tags if attrs.get("name") == "robots"]
    return canonical, languages, robots


class TestSitemap:
    def test_has_every_public_page_in_every_language(self, client, programme, addresses):
        programme.conference.privacy_notice = "https://elsewhere.example.org/"
        programme.conference.save()
        other = make_conference(slug="last-year", imprint="")
        make_tutorial(programme.conference, title="Not yet public", status="draft")

        found = addresses()

        home = "/cpal-2026/"
        pages = {home, *(home + rest for rest in (
            "tutorials/", "schedule/", "schedule/changes/", "presenters/", "venues/", "imprint/",
        ))}  # fmt: skip
        pages |= {t.get_absolute_url() for t in programme.tutorials}
        pages |= {f"{home}presenters/{t.people.get().slug}/" for t in programme.tutorials}
        pages |= {other.get_absolute_url() + rest for rest in (
            "", "tutorials/", "schedule/", "schedule/changes/", "presenters/", "venues/",
        )}  # fmt: skip
        assert set(found) == {SITE + prefix + page for page in pages for prefix in ("", "/de")}
        for address in found:
            assert client.get(address.removeprefix(SITE)).status_code == 200

    def test_names_the_other_languages_as_the_pages_do(self, client, programme, addresses):
        for address, url in addresses().items():
            told = {
                link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", NAMES)
            }
            canonical, languages, robots = head_of(client, address.removeprefix(SITE))
            assert (canonical, languages, robots) == ([address], told, [])

    def test_says_when_a_page_changed(self, programme, addresses):
        programme.t1.save()
        programme.t1.refresh_from_db()

        url = addresses()[SITE + programme.t1.get_absolute_url()]

        expected = programme.t1.updated_at.isoformat(timespec="seconds")
        assert url.findtext("s:lastmod", namespaces=NAMES) == expected

    def test_of_many_pages_is_an_index_of_parts(self, client, programme, addresses, monkeypatch):
        everything = set(addresses())
        monkeypatch.setattr(sitemap, "MOST", 10)

        index = fromstring(client.get("/sitemap.xml").content)
        parts = [loc.text or "" for loc in index.iterfind("s:sitemap/s:loc", NAMES)]
        found = [set(addresses(part.removeprefix(f"{SITE}/sitemap.xml"))) for part in parts]

        assert len(parts) > 1
        assert max(map(len, found)) <= 10
        assert set.union(*found) == everything
        assert sum(map(len, found)) == len(everything)

    @pytest.mark.parametrize("part", ["0", "2", "-1", "x", "٣", "9" * 30])
    def test_an_odd_part_is_no_error(self, client, programme, part):
        assert client.get("/sitemap.xml", {"part": part}).status_code in (200, 404)

    def test_asks_the_database_as_often_for_many(self, client, conference):
        def queries():
            with CaptureQueriesContext(connection) as found:
                client.get("/sitemap.xml")
            return len(found)

        few = queries()
        make_programme(conference, 20)
        make_programme(make_conference(slug="another"), 2)

        assert queries() == few == 4


def test_robots_are_told_where_the_sitemap_is_and_what_to_leave(client, db):
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "User-agent: *"
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    for path in ("/admin/", "/accounts/", "/*/staff/", "/*/my/"):
        assert f"Disallow: {path}" in lines
    # A presenter may be called “my”; the longer rule counts.
    assert "Allow: /*/presenters/" in lines


class TestHead:
    def test_what_was_asked_for_is_no_page_of_its_own(self, client, programme):
        canonical, *_rest = head_of(client, "/cpal-2026/schedule/?day=2026-03-23&q=x")

        assert canonical == [SITE + "/cpal-2026/schedule/"]

    def test_german_is_a_page_of_its_own(self, client, programme):
        canonical, languages, _robots = head_of(client, "/de/cpal-2026/")

        assert canonical == [SITE + "/de/cpal-2026/"]
        assert languages == {
            "en": SITE + "/cpal-2026/",
            "de": SITE + "/de/cpal-2026/",
            "x-default": SITE + "/cpal-2026/",
        }

    @pytest.mark.parametrize(
        "path", ["/cpal-2026/my/", "/cpal-2026/staff/", "/accounts/profile/", "/accounts/email/"]
    )
    def test_a_personal_page_is_left_out(self, client, programme, organiser, path):
        client.force_login(organiser)

        canonical, languages, robots = head_of(client, path)

        assert (canonical, languages, set(robots)) == ([], {}, {"noindex"})

    def test_so_is_a_page_to_sign_in(self, client, programme):
        assert head_of(client, "/de/accounts/login/") == ([], {}, ["noindex"])

    def test_a_conference_may_begin_like_a_language(self, client):
        make_conference(slug="de-2026", starts_on=at(8).date())

        canonical, languages, _robots = head_of(client, "/de-2026/")

        assert canonical == [SITE + "/de-2026/"]
        assert languages["de"] == SITE + "/de/de-2026/"


def test_every_page_that_may_be_listed_is_an_address(client, programme, addresses):
    from django.urls import get_resolver

    names = set(get_resolver().namespace_dict["tutorials"][1].reverse_dict)

    assert set(PUBLIC_PAGES) <= names
