"""What other programs read: the same as the pages show, in the words of each format."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from lxml import etree

from people.models import Person
from tests.factories import (
    NOW,
    at,
    make_conference,
    make_presenter,
    make_programme,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tests.pages import queries_of, text_of
from tests.tutorials.feeds import readers
from tutorials import registration, schedule
from tutorials.calendar import location_of
from tutorials.feeds.atom import changes_atom
from tutorials.feeds.conference_apps import track_slug
from tutorials.models import Presenter, Schedule, Tutorial
from tutorials.programme import public_slots
from tutorials.templatetags.sharing import in_short

pytestmark = pytest.mark.django_db

HOME = "/cpal-2026/"
FEEDS = {
    "schedule.ics": "text/calendar; charset=utf-8",
    "schedule.xml": "application/xml; charset=utf-8",
    "schedule.json": "application/json",
    "schedule.jsonld": "application/ld+json",
    "schedule/changes.atom": "application/atom+xml; charset=utf-8",
}


@pytest.fixture
def read(client, programme):
    def get(name):
        response = client.get(HOME + name)
        assert response.status_code == 200
        return response.content

    return get


@pytest.mark.parametrize("name", FEEDS)
class TestEveryFeed:
    def test_says_what_it_is_and_may_be_kept(self, client, programme, name):
        response = client.get(HOME + name)

        assert response["Content-Type"] == FEEDS[name]
        assert "public" in response["Cache-Control"]
        assert "max-age=60" in response["Cache-Control"]
        assert "Cookie" not in response.get("Vary", "")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies

    def test_is_not_sent_again_unchanged(self, client, programme, name):
        tag = client.get(HOME + name)["ETag"]

        assert client.get(HOME + name, headers={"if-none-match": tag}).status_code == 304

    def test_is_sent_compressed(self, client, programme, name):
        plain = client.get(HOME + name).content
        packed = client.get(HOME + name, headers={"accept-encoding": "gzip"})

        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain

    def test_has_one_address_in_all_languages(self, client, programme, name):
        response = client.get(f"/de{HOME}{name}?x=1")

        assert response.status_code == 301
        assert response["Location"] == f"{HOME}{name}?x=1"

    def test_is_there_before_anything_is(self, client, name):
        make_conference(slug="early")

        assert client.get(f"/early/{name}").status_code == 200

    def test_names_no_draft(self, client, programme, name):
        secret = make_tutorial(programme.conference, title="Not yet public", status="draft")
        make_slot(programme.sessions[0], secret)
        schedule.release(programme.conference, by=None, at=NOW, notes="More.")

        assert b"Not yet public" not in client.get(HOME + name).content

    def test_asks_the_database_as_often_for_many(self, client, conference, name):
        make_programme(conference, 2)
        few = queries_of(client, HOME + name)
        make_programme_more(conference)

        assert queries_of(client, HOME + name) == few <= 9


def make_programme_more(conference):
    """Sixty more, released again."""
    for hour in range(60):
        session = make_session(conference, at(8, day=1) + timedelta(hours=hour))
        tutorial = make_tutorial(conference)
        make_presenter(tutorial, f"Grace {hour}")
        make_slot(session, tutorial)
    schedule.release(conference, by=None, at=NOW + timedelta(hours=1))


def edited_at(moment):
    """As if tutorials, people and who presents what had been edited then and not since."""
    Tutorial.objects.update(updated_at=moment)
    for model in (Person, Presenter):
        model.history.update(history_date=moment)


class TestCalendar:
    def events(self, read, name="schedule.ics"):
        return {str(e["uid"]): e for e in Calendar.from_ical(read(name)).events}

    def test_two_readers_read_the_same_as_the_page_shows(self, read, programme):
        told = {
            (s.tutorial.title, s.session.starts_at, s.session.ends_at, location_of(s))
            for s in public_slots(programme.conference).select_related("tutorial")
        }

        assert len(told) == 4
        assert readers.by_icalendar(read("schedule.ics")) == told
        assert readers.by_vobject(read("schedule.ics")) == told

    def test_is_written_as_calendars_want_it(self, read, programme):
        programme.t1.title = "Ä" * 60
        programme.t1.save()

        content = read("schedule.ics")

        assert b"METHOD" not in content
        assert content.count(b"BEGIN:VTIMEZONE") == 1
        assert b"X-WR-CALNAME:CPAL 2026" in content
        assert content.count(b"\r\nLOCATION:") == 4
        assert content.count(b"\n") == content.count(b"\r\n")
        assert max(map(len, content.split(b"\r\n"))) <= 75

    def test_the_number_grows_when_an_event_moves_and_only_its_own(self, read, programme):
        before = self.events(read)
        draft = Schedule.objects.draft(programme.conference)
        moved = draft.slots.get(tutorial=programme.t1)
        moved.room = None
        moved.save()
        later = NOW + timedelta(days=1)
        schedule.release(programme.conference, by=None, at=later)
        edited_at(NOW)

        after = self.events(read)

        assert set(after) == set(before)
        changed = {uid for uid in after if after[uid]["sequence"] > before[uid]["sequence"]}
        assert changed == {moved.calendar_uid}
        modified = {uid: after[uid]["last-modified"].dt for uid in after}
        assert modified == {uid: later if uid in changed else NOW for uid in after}

    def test_moved_there_and_back_is_two_changes(self, read, programme):
        slot = Schedule.objects.draft(programme.conference).slots.get(tutorial=programme.t1)
        for number, hall in enumerate((None, programme.halls[0]), start=1):
            slot.room = hall
            slot.save()
            schedule.release(programme.conference, by=None, at=NOW + timedelta(hours=number))

        assert self.events(read)[slot.calendar_uid]["sequence"] == 2

    def test_a_text_that_was_edited_since_makes_it_newer(self, read, programme):
        edited_at(NOW)
        Tutorial.objects.filter(pk=programme.t1.pk).update(
            title="A better title", updated_at=NOW + timedelta(hours=3)
        )

        (event,) = [e for e in self.events(read).values() if e["summary"] == "A better title"]

        assert event["last-modified"].dt == NOW + timedelta(hours=3)
        assert event["sequence"] == 0

    @pytest.mark.parametrize("of_one", [False, True])
    @pytest.mark.parametrize("edit", ["renamed", "billed otherwise", "joined", "left"])
    def test_who_presents_makes_it_newer_and_no_other(self, read, programme, edit, of_one):
        edited_at(NOW)
        presenter = programme.t1.presenters.get()
        presenter.person.name = "Ada King"
        presenter.affiliation = "Another Lab"
        {
            "renamed": presenter.person.save,
            "billed otherwise": presenter.save,
            "joined": lambda: make_presenter(programme.t1, "Grace Hopper"),
            "left": presenter.delete,
        }[edit]()

        name = f"tutorials/{programme.t1.slug}.ics" if of_one else "schedule.ics"
        events = self.events(read, name).values()

        newer = [str(e["summary"]) for e in events if e["last-modified"].dt > NOW]
        assert newer == [programme.t1.title]
        assert {e["last-modified"].dt for e in events if e["summary"] not in newer} <= {NOW}
        assert {e["sequence"] for e in events} == {0}

    @pytest.mark.parametrize("name", list(FEEDS)[:4])
    def test_a_new_name_is_told_to_who_has_the_old(self, client, programme, name):
        tag = client.get(HOME + name)["ETag"]
        person = programme.t1.people.get()
        person.name = "Ada King"
        person.save()

        answer = client.get(HOME + name, headers={"if-none-match": tag})

        assert (answer.status_code, b"Ada King" in answer.content) == (200, True)

    def test_a_cancelled_one_says_so(self, read, programme):
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)

        cancelled = [e for e in self.events(read).values() if e["status"] == "CANCELLED"]

        assert [str(e["summary"]) for e in cancelled] == [programme.t1.title]
        assert cancelled[0]["sequence"] == 1
        for name in ("schedule.xml", "schedule.json"):
            assert programme.t1.title.encode() + b"<" not in read(name)
            assert b'"' + programme.t1.title.encode() + b'"' not in read(name)

    def test_of_one_tutorial_is_a_file_of_its_parts(self, client, programme):
        make_slot(make_session(programme.conference, at(8, day=1)), programme.t1)
        schedule.release(programme.conference, by=None, at=NOW + timedelta(hours=1))

        response = client.get(f"{HOME}tutorials/{programme.t1.slug}.ics")

        assert response["Content-Disposition"] == 'attachment; filename="cpal-2026-T1.ics"'
        events = Calendar.from_ical(response.content).events
        assert [e.start for e in events] == [at(8), at(8, day=1)]
        assert {str(e["summary"]) for e in events} == {programme.t1.title}

    @pytest.mark.parametrize("status", ["published", "draft"])
    def test_of_one_without_a_time_there_is_none(self, client, programme, status):
        other = make_tutorial(programme.conference, status=status)

        assert client.get(f"{HOME}tutorials/{other.slug}.ics").status_code == 404

    def test_the_hour_that_comes_twice_is_told_right(self, client):
        """25 October 2026, 02:30 in Berlin: at 00:30 and, an hour later, at 01:30 UTC."""
        conference = make_conference(slug="twice")
        twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
        for starts_at in twice:
            session = make_session(conference, starts_at, starts_at + timedelta(hours=3))
            make_slot(session, make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        content = client.get("/twice/schedule.ics").content

        for told in (readers.by_icalendar(content), readers.by_vobject(content)):
            assert sorted(start for _t, start, _e, _w in told) == twice
        assert (
            sorted(
                start
                for _t, start, _e, _w in readers.by_xml(client.get("/twice/schedule.xml").content)
            )
            == twice
        )


class TestConferenceApps:
    def test_both_are_valid_and_tell_what_the_page_shows(self, client, read, programme):
        page = text_of(client.get(HOME + "schedule/"))

        told = readers.by_xml(read("schedule.xml"))

        assert told == readers.by_json(read("schedule.json"))
        assert len(told) == 4
        for title, starts_at, _ends_at, room in told:
            assert title in page
            assert room in page
            assert f"{programme.conference.local(starts_at):%H:%M}" in page

    def test_both_are_valid_before_a_release(self, client):
        make_conference(slug="a1")

        assert readers.by_xml(client.get("/a1/schedule.xml").content) == set()
        assert readers.by_json(client.get("/a1/schedule.json").content) == set()

    def test_is_told_apart_within_the_first_kilobyte(self, read):
        start = read("schedule.xml")[:1024]

        assert b"<schedule" in start
        assert b"<conference" in start
        assert b"DOCTYPE" not in start

    def test_has_what_readers_want_beyond_the_schema(self, read, programme):
        root = etree.fromstring(read("schedule.xml"))
        events = root.findall("day/room/event")
        slots = {str(s.key): str(s.number) for s in public_slots(programme.conference)}

        assert {e.get("guid"): e.get("id") for e in events} == slots
        assert {e.findtext("duration") for e in events} == {"2:30"}
        assert len({p.get("id") for p in root.iter("person")}) == 4
        assert root.find("conference").findtext("start") == "2026-03-23"
        assert root.find("conference").findtext("time_zone_name") == "Europe/Berlin"
        assert root.find("day").get("date") == "2026-03-23"
        assert root.find("day").get("end") == "2026-03-23T15:00:00+01:00"
        assert all(e.findtext("url").startswith("http://testserver/cpal-2026/") for e in events)
        assert all(e.get("code") is None for e in events)

    def test_the_number_and_guid_stay_through_versions(self, read, programme):
        before = set(re.findall(rb'id="(\d+)" guid="([^"]+)"', read("schedule.xml")))
        slot = Schedule.objects.draft(programme.conference).slots.get(tutorial=programme.t1)
        slot.room = None
        slot.save()
        schedule.release(programme.conference, by=None, at=NOW)

        assert set(re.findall(rb'id="(\d+)" guid="([^"]+)"', read("schedule.xml"))) == before
        assert b"<version>2</version>" in read("schedule.xml")
        assert b'<room name="Room to be announced">' in read("schedule.xml")

    def test_two_rooms_of_one_name_stay_two(self, read, programme):
        programme.halls[1].name = programme.halls[0].name
        programme.halls[1].save()

        rooms = {room for *_rest, room in readers.by_json(read("schedule.json"))}

        assert rooms == {f"Hall A, {hall.venue.name}" for hall in programme.halls}

    def test_an_event_ends_within_its_day_for_those_who_know_no_more(self, client):
        conference = make_conference(slug="long")
        make_slot(make_session(conference, at(8), at(10, day=2)), make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        assert b"<duration>23:59</duration>" in client.get("/long/schedule.xml").content


class TestJsonLd:
    def test_tells_every_part(self, read, programme):
        make_slot(make_session(programme.conference, at(8, day=1)), programme.t1)
        schedule.release(programme.conference, by=None, at=NOW + timedelta(hours=1))
        told = {
            (s.tutorial.title, s.session.starts_at, s.session.ends_at)
            for s in public_slots(programme.conference).select_related("tutorial")
        }

        assert len(told) == 5
        assert readers.by_json_ld(read("schedule.jsonld")) == told

    def test_tells_who_where_and_whether(self, read, programme):
        registration.cancel_tutorial(programme.t2, by=None, at=NOW)

        events = {e["name"]: e for e in json.loads(read("schedule.jsonld"))["subEvent"]}
        first, second = events[programme.t1.title], events[programme.t2.title]

        assert first["@type"] == "EducationEvent"
        assert first["eventStatus"] == "https://schema.org/EventScheduled"
        assert second["eventStatus"] == "https://schema.org/EventCancelled"
        assert first["location"]["name"].startswith("Hall A, ")
        assert first["performer"][0]["name"] == "Presenter of T1"
        assert first["performer"][0]["affiliation"]["name"] == "University, Lab"
        assert "isAccessibleForFree" not in first
        assert "offers" not in first

    def test_names_a_picture_and_who_organises(self, client, read, programme):
        html = client.get(programme.t1.get_absolute_url()).content.decode()
        data = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]

        for told in (json.loads(data), json.loads(read("schedule.jsonld"))):
            assert told["organizer"]["name"] == programme.conference.name
            assert client.get(told["image"])["Content-Type"] == "image/png"

    def test_names_the_shop_where_a_ticket_is_needed(self, read, programme):
        programme.conference.attendance = "ticket"
        programme.conference.tickets_url = "https://shop.example.org/"
        programme.conference.save()

        (first, *_others) = json.loads(read("schedule.jsonld"))["subEvent"]

        assert first["offers"] == {"@type": "Offer", "url": "https://shop.example.org/"}


def test_tracks_of_like_names_stay_two(conference):
    plain, accented = make_track(conference, slug="uber"), make_track(conference, slug="über")

    assert track_slug(plain) == "uber"
    assert track_slug(accented) == f"track-{accented.pk}"


def test_atom_names_its_entries_alike_by_http_and_https(conference, settings):
    settings.SITE_URL = "http://example.org"
    insecure = set(re.findall("<id>.*?</id>", changes_atom(conference)))
    settings.SITE_URL = "https://example.org"

    assert set(re.findall("<id>.*?</id>", changes_atom(conference))) == insecure


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("# Why\n\nUse *C#* and `a_b` in [R](http://r.org)", "Why Use C# and a_b in R"),
        ("If a > b\n> said _she_", "If a > b said she"),
    ],
)
def test_a_description_is_what_was_written(text, plain):
    assert in_short(text) == plain
