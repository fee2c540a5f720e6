"""The public pages of an edition as files: whole, and every link in them leads somewhere."""

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from conference.urls import urlpatterns
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_programme,
    make_session,
    make_slot,
    make_tutorial,
)
from tests.pages import tags_in, text_in
from tutorials import registration, schedule, share_picture, site_export
from tutorials.copied_page import copied
from tutorials.models import Material

SITE = "http://testserver"
draw = share_picture.draw


def export(folder, slug="cpal-2026", **options):
    said = io.StringIO()
    call_command("export_site", slug, str(folder), stderr=said, no_color=True, **options)
    return said.getvalue()


def pages_in(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.html")}


def leads_nowhere(folder):
    """Every address in every page of a copy that is no file of it, and on no other site."""
    for name, html in pages_in(folder).items():
        ids = {attrs.get("id") for _tag, attrs in tags_in(html)}
        for tag, attrs in tags_in(html):
            for address in (attrs.get("href"), attrs.get("src")):
                if address is None or is_elsewhere(address):
                    continue
                path, fragment = unquote(urlsplit(address).path), urlsplit(address).fragment
                target = (folder / name).parent / path if path else folder / name
                if (
                    not target.is_file()
                    or "?" in address
                    or (not path and fragment and fragment not in ids)
                ):
                    yield name, tag, address


def is_elsewhere(address):
    return address.startswith(("https://", "http://", "mailto:", "webcal:", "geo:", "data:"))


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """What is drawn, in place of pictures, which take their time."""
    monkeypatch.setattr(share_picture, "draw", lambda picture: f"PNG: {picture.title}".encode())


@pytest.fixture
def media(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    pictures: Any = next(each for each in urlpatterns if "photos" in str(each.pattern))
    monkeypatch.setitem(pictures.default_args, "document_root", settings.MEDIA_ROOT)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "copies" / "cpal-2026"


@pytest.fixture
def rich(programme, media):
    """With texts, a colour, a photo, a logo, materials, another day, and people registered."""
    conference = programme.conference
    conference.colour, conference.code_of_conduct = "#1f5c99", "Be kind."
    conference.welcome = "See [us](https://example.org/) and [the list](/cpal-2026/tutorials/)."
    conference.logo.save("logo.webp", ContentFile(b"RIFF of a logo"))
    conference.save()
    person = programme.t1.people.get()
    person.photo.save("photo.webp", ContentFile(b"RIFF of a photo"))
    Material.objects.create(
        tutorial=programme.t1,
        title="Slides",
        file=SimpleUploadedFile("slides.pdf", b"%PDF-1.7"),
        size=8,
        uploaded_at=NOW,
        accepted_at=NOW,
    )
    late = make_tutorial(conference, title="On the second day", slug="zweiter-tag-übung")
    make_slot(make_session(conference, at(8, day=1)), late)
    schedule.release(conference, by=None, at=NOW)
    attendee = make_attendee(conference, name="Private Person", email="private@example.org")
    programme.t2.refresh_from_db()
    registration.register(attendee, programme.t2, by=None, at=NOW)
    return programme


@pytest.fixture
def copy(rich, folder):
    export(folder)
    return folder


def test_it_is_whole(rich, folder):
    export(folder)

    assert list(leads_nowhere(folder)) == []
    pages = pages_in(folder)
    for language in ("", "de/"):
        home = f"{language}cpal-2026/"
        for path in ("", "tutorials/", "schedule/", "presenters/", "venues/", "code-of-conduct/",
                     "schedule/day.2026-03-24/"):  # fmt: skip
            assert f"{home}{path}index.html" in pages
        for tutorial in rich.conference.tutorials.all():
            assert f"{home}tutorials/{tutorial.slug}/index.html" in pages
    assert '<html lang="de">' in pages["de/cpal-2026/tutorials/index.html"]
    assert "On the second day" in pages["cpal-2026/schedule/day.2026-03-24/index.html"]
    assert 'url=cpal-2026/index.html"' in pages["index.html"]

    for file in ("cpal-2026/colour.css", "static/css/tokens.css", rich.conference.logo.url,
                 rich.t1.people.get().photo.url):  # fmt: skip
        assert (folder / file.lstrip("/")).is_file()
    material = folder / Material.objects.get().file.url.lstrip("/")
    assert material.read_bytes() == b"%PDF-1.7"


def test_it_leaves_out_what_needs_a_server(rich, folder, client):
    export(folder)

    pages = pages_in(folder)
    del pages["index.html"]
    for name, html in pages.items():
        tags = tags_in(html)
        assert not {"form", "button"} & {tag for tag, _attrs in tags}, name
        kinds = {attrs.get("type") for tag, attrs in tags if tag == "script"}
        assert kinds <= {"application/ld+json"}, name
        for word in ("Sign in", "Anmelden", "seats free", "csrf", "Private Person", "private@"):
            assert word not in html, (name, word)
        assert 'class="note"' in html, name
    assert "This is a copy, made on Monday 16 March 2026." in text_in(pages["cpal-2026/index.html"])

    page = client.get("/cpal-2026/tutorials/").content.decode()
    canonical = [each for each in tags_in(page) if each[1].get("rel") == "canonical"]
    assert canonical[0] in tags_in(pages["cpal-2026/tutorials/index.html"])


def test_it_keeps_nothing_of_the_moment(rich, folder, settings):
    settings.CLOCK = at(9).isoformat()
    rich.conference.takes_feedback = True
    rich.conference.save()

    export(folder)

    for page in ("index.html", "schedule/index.html"):
        text = text_in((folder / "cpal-2026" / page).read_text())
        assert not {"On now", "Today", "Subscribe"} & set(
            re.findall(r"On now|Today|Subscribe", text)
        )
    settings.CLOCK = at(18).isoformat()
    export(folder)
    page = folder / "cpal-2026" / "tutorials" / rich.t1.slug / "index.html"
    assert "Were you there" not in text_in(page.read_text())


def test_pages_of_a_long_list_are_pages_of_the_copy(conference, media, folder, monkeypatch):
    monkeypatch.setattr("tutorials.programme.PER_PAGE", 3)
    monkeypatch.setattr("tutorials.management.commands.export_site.EVERY", 20)
    make_programme(conference, 8)

    said = export(folder)

    pages = pages_in(folder)
    assert list(leads_nowhere(folder)) == []
    assert {f"cpal-2026/tutorials/page.{n}/index.html" for n in (2, 3)} <= set(pages)
    assert sum("/tutorials/" in name for name in pages) >= 2 * (8 + 3)
    assert "Pages: " in said
    assert f"Pages written: {len(pages) - 1}, other files: " in said


def test_an_edition_without_anything_has_a_copy_too(conference, media, folder):
    export(folder)

    assert list(leads_nowhere(folder)) == []
    assert (folder / "cpal-2026/index.html").is_file()


def test_another_edition_is_linked_where_it_is(conference, media, folder):
    make_conference(slug="cpal-2027", is_current=False)
    conference.welcome = "See [the next](/cpal-2027/) and [yours](/cpal-2026/my/)."
    conference.save()

    export(folder)

    html = (folder / "cpal-2026/index.html").read_text()
    assert f'href="{SITE}/cpal-2027/"' in html
    assert f'href="{SITE}/cpal-2026/my/"' in html
    assert not (folder / "cpal-2027").exists()


def test_a_file_that_is_gone_is_said_and_not_linked(rich, folder):
    Path(Material.objects.get().file.path).unlink()

    said = export(folder)

    assert "Not there, so not in the copy: /media/materials/" in said
    assert list(leads_nowhere(folder)) == []
    assert "Slides" in (folder / f"cpal-2026/tutorials/{rich.t1.slug}/index.html").read_text()


def told_to_others(html):
    """What a page says of itself to other sites: its address and that of its picture."""
    tags = tags_in(html)
    metas = {attrs.get("property"): attrs.get("content") for tag, attrs in tags if tag == "meta"}
    (canonical,) = [attrs["href"] for _tag, attrs in tags if attrs.get("rel") == "canonical"]
    others = {attrs["hreflang"]: attrs["href"]
              for tag, attrs in tags if tag == "link" and "hreflang" in attrs}  # fmt: skip
    return canonical, metas["og:url"], others["de"], metas["og:image"]


class TestPicturesForSharing:
    def test_each_page_has_its_own(self, rich, folder):
        said = export(folder)

        for language in ("", "de/"):
            home = folder / language / "cpal-2026"
            assert (home / "share.png").read_bytes() == b"PNG: CPAL 2026"
            for tutorial in rich.conference.tutorials.all():
                picture = home / "tutorials" / tutorial.slug / "share.png"
                assert picture.read_bytes() == f"PNG: {tutorial.title}".encode()
        assert "Not there" not in said

    def test_is_a_picture(self, conference, media, folder, monkeypatch):
        monkeypatch.setattr(share_picture, "draw", draw)
        export(folder)

        assert (folder / "cpal-2026/share.png").read_bytes().startswith(b"\x89PNG\r\n")

    def test_in_the_place_of_the_site_addresses_stay(self, programme, media, folder, client):
        path = programme.t1.get_absolute_url()
        export(folder)

        html = (folder / path.lstrip("/") / "index.html").read_text()

        assert told_to_others(html) == told_to_others(client.get(path).content.decode())
        picture = urlsplit(told_to_others(html)[-1])
        assert f"{picture.scheme}://{picture.netloc}" == SITE
        assert (folder / picture.path.lstrip("/")).is_file()

    @pytest.mark.parametrize(
        "address", ["https://old.example.org", "https://example.org/archive/2026/"]
    )
    def test_elsewhere_they_are_of_that_place(self, programme, media, folder, address):
        export(folder, address=address)

        path = f"cpal-2026/tutorials/{programme.t1.slug}/"
        html = (folder / path / "index.html").read_text()
        stands_at = address.rstrip("/")
        page, shared, german, picture = told_to_others(html)
        assert (page, shared, german) == (
            f"{stands_at}/{path}", f"{stands_at}/{path}", f"{stands_at}/de/{path}",
        )  # fmt: skip
        assert picture.startswith(f"{stands_at}/{path}share.png?v=")
        assert list(leads_nowhere(folder)) == []

    @pytest.mark.parametrize(
        "address", ["example.org", "ftp://example.org", "https://", "https://a b", "https://a/?b"]
    )
    def test_what_is_no_address_is_refused(self, conference, folder, address):
        with pytest.raises(CommandError, match="is no address"):
            export(folder, address=address)

        assert not folder.exists()


class TestFolder:
    @pytest.mark.parametrize("mark", ["", "[1]", '"text"', "{"])
    def test_a_mark_that_says_nothing_is_refused(self, programme, media, folder, mark):
        folder.mkdir(parents=True)
        (folder / ".site-export.json").write_text(mark)

        with pytest.raises(CommandError, match="cannot be read"):
            export(folder)

    def test_an_earlier_copy_is_replaced(self, programme, media, folder):
        export(folder)
        left = folder / "cpal-2026" / "left.html"
        left.write_text("from before")
        (folder / "CNAME").write_text("example.org")
        (folder / ".git").mkdir()
        (folder / ".git" / "HEAD").write_text("ref")
        programme.t1.title = "Renamed since"
        programme.t1.save()

        export(folder)

        assert not left.exists()
        assert (folder / "CNAME").read_text() == "example.org"
        assert (folder / ".git" / "HEAD").read_text() == "ref"
        assert not list(folder.parent.glob(".*"))
        assert "Renamed since" in (folder / "cpal-2026/tutorials/index.html").read_text()
        assert [path.name for path in folder.parent.iterdir()] == ["cpal-2026"]

    def test_an_empty_one_is_filled(self, conference, media, folder):
        folder.mkdir(parents=True)

        export(folder)

        assert (folder / "index.html").is_file()

    def test_one_with_other_files_is_refused(self, conference, folder):
        folder.mkdir(parents=True)
        (folder / "thesis.txt").write_text("mine")

        with pytest.raises(CommandError, match="holds other files"):
            export(folder)

        assert [path.name for path in folder.iterdir()] == ["thesis.txt"]

    def test_one_of_another_edition_is_refused(self, conference, folder):
        folder.mkdir(parents=True)
        (folder / site_export.MARK).write_text(json.dumps({"conference": "cpal-2025"}))

        with pytest.raises(CommandError, match="is a copy of cpal-2025"):
            export(folder)

    def test_a_file_is_refused(self, conference, tmp_path):
        (tmp_path / "file").write_text("mine")

        with pytest.raises(CommandError, match="is a file"):
            export(tmp_path / "file")

    def test_an_unknown_edition_is_refused(self, conference, folder):
        with pytest.raises(CommandError, match=r"No conference is called “cpal-1999”\."):
            export(folder, "cpal-1999")

    def test_what_fails_leaves_the_earlier_one(self, programme, media, folder, monkeypatch):
        export(folder)
        before = pages_in(folder)

        def break_down(*args, **kwargs):
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr("tutorials.presenters.presenter_index", break_down)
        with pytest.raises(CommandError, match="/cpal-2026/presenters/ answers 500"):
            export(folder)

        assert pages_in(folder) == before
        assert [path.name for path in folder.parent.iterdir()] == ["cpal-2026"]

    def test_a_site_that_does_not_know_itself_says_what_to_set(self, conference, folder, settings):
        settings.SITE_URL = "https://elsewhere.example.org"

        with pytest.raises(CommandError, match="ALLOWED_HOSTS"):
            export(folder)


@pytest.mark.parametrize(
    ("html", "becomes"),
    [
        ("<p>a &amp; b &#960; &pi; <br> <!-- c --></p>", None),
        ('<a href="/x?a=1&amp;b=2" title="&quot;">x</a>', '<a href="!" title="&quot;">x</a>'),
        ("<form><div><form></form></div></form><p>left</p>", "<p>left</p>"),
        ("<div data-live><div>in</div>in</div><p>left</p>", "<p>left</p>"),
        ('<p>a</p><script src="x.js"></script><p>b</p>', "<p>a</p><p>b</p>"),
        ('<script type="application/ld+json">{"a": "<b>"}</script>', None),
        ('<link rel="canonical" href="https://a/">', None),
        ('<meta property="og:image" content="https://a/b.png">', None),
        ('<img src="/a.png" alt="">', '<img src="!" alt="">'),
        ('<svg><path d="M0 0"/></svg><p hidden>x</p>', None),
        ('<a data-live href="/sign-in/">in</a><img data-live src="x"><p>left</p>', "<p>left</p>"),
    ],
)
def test_what_a_piece_of_a_page_becomes(html, becomes):
    assert copied(html, lambda address: "!") == (html if becomes is None else becomes)
