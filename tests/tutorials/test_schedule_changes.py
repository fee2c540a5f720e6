"""What changed in the schedule: the page for people, and the same for feed readers."""

from datetime import timedelta

import feedparser
import pytest

from tests.factories import (
    NOW,
    at,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
)
from tests.pages import queries_of, tags_in, text_of
from tutorials import registration, schedule
from tutorials.changes import changes_of, released_versions, told
from tutorials.models import Schedule, Slot, Tutorial

pytestmark = pytest.mark.django_db

PAGE = "/cpal-2026/schedule/changes/"
ATOM = "/cpal-2026/schedule/changes.atom"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def draft(programme):
    return Schedule.objects.draft(programme.conference)


def release(conference, notes="", when=LATER):
    return schedule.release(conference, by=None, at=when, notes=notes, keep_everyone=True)


def newest(conference):
    versions = released_versions(conference)
    return changes_of(conference, versions, versions[:1])[0]


def move(slot, **fields):
    for name, value in fields.items():
        setattr(slot, name, value)
    slot.save()


class TestWhatIsTold:
    def test_the_first_version_is_counted_and_not_listed(self, programme):
        changes = newest(programme.conference)

        assert changes.is_first
        assert changes.number == 4
        assert not changes.says_something

    def test_a_move_is_told_from_where_to_where(self, programme, draft):
        slot = draft.slots.get(tutorial=programme.t1)
        hall = make_room(programme.conference, name="Hall C")
        move(slot, room=hall, session=draft.sessions.get(title="Session 2"))
        release(programme.conference)

        ((was, line),) = newest(programme.conference).moved

        assert was.title == line.title == programme.t1.title
        assert was.when_and_where == (at(8), at(10, 30), "Hall A")
        assert line.when_and_where == (at(11, 30), at(14), "Hall C")

    def test_a_new_title_is_told_with_the_old_one(self, programme):
        old = programme.t1.title
        programme.t1.title = "Better"
        programme.t1.save()
        release(programme.conference)

        changes = newest(programme.conference)

        assert [(was.title, line.title) for was, line in changes.renamed] == [(old, "Better")]
        assert changes.moved == []

    def test_what_came_and_what_went(self, programme, draft):
        new = make_tutorial(programme.conference, title="New one")
        make_slot(make_session(programme.conference, at(8, day=1)), new)
        draft.slots.get(tutorial=programme.t2).delete()
        release(programme.conference)

        changes = newest(programme.conference)

        assert [line.title for line in changes.added] == ["New one"]
        assert [line.title for line in changes.dropped] == [programme.t2.title]

    def test_a_break_that_moves_is_told(self, programme, draft):
        lunch = draft.sessions.get(title="Lunch")
        move(lunch, place="Foyer")
        release(programme.conference)

        ((was, line),) = newest(programme.conference).moved

        assert (was.title, was.place, line.place) == ("Lunch", "", "Foyer")

    def test_what_is_not_public_is_in_no_version(self, programme, draft):
        move(draft.slots.get(tutorial=programme.t1), room=None)
        release(programme.conference)
        Tutorial.objects.filter(pk=programme.t1.pk).update(status="draft")

        assert not newest(programme.conference).says_something

    def test_a_cancellation_is_told_with_the_version_of_its_day(self, programme, draft):
        registration.cancel_tutorial(programme.t1, by=None, at=NOW + timedelta(hours=1))
        move(draft.slots.get(tutorial=programme.t2), room=None)
        release(programme.conference)
        versions = released_versions(programme.conference)

        second, first = changes_of(programme.conference, versions, versions)

        assert second.cancelled == []
        assert [each.title for each in first.cancelled] == [programme.t1.title]
        assert first.last_at == NOW + timedelta(hours=1)


class TestHowOftenAnEventWasTold:
    def test_each_difference_counts_and_no_other_version(self, programme, draft):
        slot = draft.slots.get(tutorial=programme.t1)
        other = make_room(programme.conference)
        rooms = [None, other, other, programme.halls[0]]
        for day, room in enumerate(rooms, start=1):
            move(slot, room=room)
            # So that every version differs in something.
            move(draft.sessions.get(title="Lunch"), place=f"Place {day}")
            release(programme.conference, when=NOW + timedelta(days=day))

        history = told(programme.conference)

        assert (history[slot.key].times, history[slot.key].at) == (3, NOW + timedelta(days=4))
        others = [each for key, each in history.items() if key != slot.key]
        assert {(each.times, each.at) for each in others} == {(0, NOW)}
        assert told(programme.conference, [programme.t1.pk]) == {slot.key: history[slot.key]}


class TestThePage:
    def test_says_in_words_what_moved(self, client, programme, draft):
        move(draft.slots.get(tutorial=programme.t1), room=None)
        release(programme.conference, notes="The hall is flooded.\nSorry!")

        text = text_of(client.get(PAGE))

        assert "Version 2 Released Tuesday 17 March 2026, 11:00 (Europe/Berlin)." in text
        assert "The hall is flooded.Sorry!" in text  # a line end between them
        assert (
            f"Moved {programme.t1.title} Before: Monday 23 March 2026, 09:00–11:30, Hall A "
            "Now: Monday 23 March 2026, 09:00–11:30, room to be announced"
        ) in text
        assert "The first version, with 4 times and rooms." in text

    def test_what_people_typed_is_text(self, client, programme):
        programme.t1.title = "<b>Bold</b>"
        programme.t1.save()
        release(programme.conference, notes="<script>alert(1)</script>")

        html = client.get(PAGE).content.decode()

        assert "<script>alert" not in html
        assert "<b>Bold" not in html

    def test_before_a_release_it_says_what_will_be_here(self, client, conference):
        assert "once the organisers have released" in text_of(client.get(PAGE))

    def test_a_change_without_anything_to_show_says_so(self, client, programme):
        presenter = programme.t1.presenters.get()
        presenter.affiliation = "Elsewhere"
        presenter.save()
        release(programme.conference)

        assert "No time, room or title changed" in text_of(client.get(PAGE))

    def test_many_versions_are_paged_and_each_is_found(self, client, programme, draft):
        for number in range(1, 12):
            move(draft.sessions.get(title="Lunch"), place=f"Place {number}")
            release(programme.conference, when=NOW + timedelta(hours=number))

        first, last = text_of(client.get(PAGE)), text_of(client.get(PAGE + "?version=2"))

        assert "Version 12 " in first
        assert "Version 2 " not in first
        assert "Before: Monday 23 March 2026, 11:30–12:30 Now:" in last
        assert "Version 2 " in last
        assert "Version 12 " not in last

    def test_asks_the_database_as_often_for_many(self, client, programme, draft):
        few = queries_of(client, PAGE)
        for number in range(1, 9):
            slot = make_slot(
                make_session(programme.conference, at(8, day=number)),
                make_tutorial(programme.conference),
            )
            release(programme.conference, when=NOW + timedelta(hours=number))
            assert Slot.objects.filter(key=slot.key).count() == 2

        assert queries_of(client, PAGE) == few == 5

    def test_programs_find_the_feeds(self, client, programme):
        for page in (PAGE, "/de" + PAGE):
            links = {
                attrs["type"]: attrs["href"]
                for tag, attrs in tags_in(client.get(page).content.decode())
                if tag == "link" and attrs.get("rel") == "alternate" and "type" in attrs
            }

            assert links == {
                "text/calendar": "/cpal-2026/schedule.ics",
                "application/atom+xml": ATOM,
                "application/json": "/cpal-2026/schedule.json",
                "application/xml": "/cpal-2026/schedule.xml",
            }


class TestTheFeed:
    def test_has_an_entry_for_each_version(self, client, programme, draft):
        move(draft.slots.get(tutorial=programme.t1), room=None)
        release(programme.conference, notes="Flooded.")

        feed = feedparser.parse(client.get(ATOM).content)
        second, first = feed.entries

        assert not feed.bozo
        assert feed.version == "atom10"
        assert feed.feed.title == "CPAL 2026: what changed in the schedule"
        assert (second.title, first.title) == (
            "Version 2 of the schedule",
            "Version 1 of the schedule",
        )
        assert second.link == f"http://testserver{PAGE}?version=2#version-2"
        assert second.id.startswith("urn:uuid:")
        assert second.id != first.id
        assert second.updated == "2026-03-17T10:00:00+00:00"
        assert "Flooded." in second.summary
        assert "room to be announced" in second.summary
        assert f'href="http://testserver{programme.t1.get_absolute_url()}"' in second.summary

    def test_an_entry_stays_itself(self, client, programme, draft):
        (before,) = feedparser.parse(client.get(ATOM).content).entries
        move(draft.slots.get(tutorial=programme.t1), room=None)
        release(programme.conference)

        assert feedparser.parse(client.get(ATOM).content).entries[1] == before

    def test_a_cancellation_makes_its_entry_newer(self, client, programme):
        registration.cancel_tutorial(programme.t1, by=None, at=LATER)

        (entry,) = feedparser.parse(client.get(ATOM).content).entries

        assert entry.published == "2026-03-16T10:00:00+00:00"
        assert entry.updated == "2026-03-17T10:00:00+00:00"
        assert f"{programme.t1.title}</a>, cancelled" in entry.summary

    def test_before_a_release_it_is_empty_and_the_same_each_time(self, client, conference):
        once, again = client.get(ATOM).content, client.get(ATOM).content

        assert once == again
        assert not feedparser.parse(once).bozo
        assert feedparser.parse(once).entries == []

    def test_odd_notes_break_nothing(self, client):
        conference = make_conference(slug="odd", name="A\x01 & <B>")
        make_slot(make_session(conference, at(8)), make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW, notes="]]> \x0b\x01 <i>\ufffe")

        feed = feedparser.parse(client.get("/odd/schedule/changes.atom").content)

        assert not feed.bozo
        assert "]]&gt;" in feed.entries[0].summary
