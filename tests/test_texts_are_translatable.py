"""Is every text of the public pages handed to the translators?

The pages are asked in a language that marks what it translates, of a programme written in Greek.
Whatever reads as Latin letters then, and bears no mark, was written into a template or the code.
"""

import re
from html.parser import HTMLParser

import pytest
from django.utils import translation

from tests.factories import (
    at,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tutorials import schedule
from venues.models import Venue

OPEN, CLOSE = "⟦", "⟧"
# Names of places in the world, of languages and of things, the same in every language.
SAME = re.compile(r"\b(https?://\S+|CES?T|Europe/Berlin|Deutsch|English|OpenStreetMap|T\d+|Ctrl|iCalendar|Atom"
                  r"|frab|c3voc|XML|JSON(-LD)?|URL)\b")  # fmt: skip
READ = ("alt", "title", "aria-label", "placeholder", "content")
PAGES = ["", "tutorials/", "tutorials/{tutorial}/", "schedule/", "schedule/?q=ζζζ",
         "schedule/?view=grid&day=all", "schedule/changes/", "presenters/",
         "presenters/{presenter}/", "venues/", "my/", "no/such/page/", "embed/",
         "embed/timetable/", "embed/fragment/", "/design/", "/accounts/login/"]  # fmt: skip


class Texts(HTMLParser):
    """What a page says to people: its text, and the attributes that are read out."""

    def __init__(self):
        super().__init__()
        self.found, self.quiet = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        is_sample = attrs.get("lang") == "en" and tag not in ("html", "section")
        # Code and samples say what they are; programs read the head and scripts.
        if tag in ("script", "style", "code") or is_sample or self.quiet:
            if tag not in ("meta", "link", "br", "img", "input", "hr", "wbr"):
                self.quiet.append(tag)
            return
        if tag == "meta" and attrs.get("name") != "description":
            return
        self.found += [attrs[name] for name in READ if attrs.get(name)]

    def handle_endtag(self, tag):
        if self.quiet and self.quiet[-1] == tag:
            self.quiet.pop()

    def handle_data(self, data):
        if not self.quiet:
            self.found.append(data)


def unmarked(html):
    """The Latin words of a page that no translator was given."""
    reader = Texts()
    reader.feed(html)
    text = "\n".join(reader.found)
    while (shorter := re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)) != text:
        text = shorter
    return re.findall(r"[A-Za-z]{2,}[^\n]*", SAME.sub("", text))


@pytest.fixture
def marking(monkeypatch):
    """A language that marks what it translates."""
    real = translation._trans  # type: ignore[attr-defined]
    for name in ("gettext", "pgettext", "ngettext", "npgettext"):
        asked = getattr(real, name)
        monkeypatch.setattr(
            real, name, lambda *args, asked=asked: f"{OPEN}{asked(*args)}{CLOSE}", raising=False
        )


@pytest.fixture
def greek(conference):
    """A programme without a Latin letter, with all kinds of things in it."""
    for name in ("name", "full_name", "city", "country", "welcome", "access_contact", "imprint",
                 "privacy_notice"):  # fmt: skip
        setattr(conference, name, "Αθήνα")
    conference.save()
    venue = Venue.objects.create(
        conference=conference, name="Κτίριο", slug="a", address="Οδός 1", directions="Εδώ",
        access_notes="Ναι",
    )  # fmt: skip
    halls = [
        make_room(conference, capacity=size, name=name, venue=venue)
        for name, size in (("Αίθουσα", 3), ("Αυλή", None))
    ]
    tutorials = []
    for position, hall in enumerate(halls):
        track = make_track(conference, name=f"Σειρά {position}", slug=f"s-{position}")
        for hour in (8, 12):
            session = make_session(conference, at(hour), title="")
            tutorial = make_tutorial(
                conference, title="Μάθημα", slug=f"m-{position}-{hour}", track=track,
                abstract="Περί", outline="Πρώτα", audience="Όλοι", prerequisites="Τίποτα",
                outcomes="Πολλά", what_to_bring="Χαρτί", level="introductory",
            )  # fmt: skip
            make_presenter(tutorial, "Αρχιμήδης", "Συρακούσες")
            make_slot(session, tutorial, hall if hour == 8 else None)
            tutorials.append(tutorial)
    make_session(conference, at(10, 30), at(11, 30), kind="break", title="", place="Αυλή")
    schedule.release(conference, by=None, at=at(0, day=-9))
    tutorials[-1].status = "cancelled"
    tutorials[-1].cancelled_at = at(0, day=-8)
    tutorials[-1].save()
    return tutorials


@pytest.mark.parametrize("path", PAGES)
def test_every_text_is_given_to_translators(client, greek, marking, path):
    names = {"tutorial": greek[0].slug, "presenter": greek[0].people.get().slug}
    address = path if path.startswith("/") else f"/cpal-2026/{path.format(**names)}"

    html = client.get(address).content.decode()

    assert OPEN in html
    assert 'lang="en"' in html
    assert unmarked(html) == []


def test_a_text_that_is_not_would_be_found():
    assert unmarked("<p>⟦Read ⟦this⟧⟧ Μάθημα</p><p>Not this</p>") == ["Not this"]
    assert unmarked('<img alt="A photo"><code>x = all</code>') == ["photo"]
