"""Whatever people type, and wherever they meet: every feed tells what the page shows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    NOW,
    make_conference,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
)
from tests.tutorials.feeds import readers
from tutorials import calendar, schedule
from tutorials.calendar import location_of
from tutorials.feeds.c3voc_json import schedule_json
from tutorials.feeds.frab_xml import schedule_xml
from tutorials.feeds.ics import schedule_ics
from tutorials.feeds.jsonld import schedule_json_ld
from tutorials.feeds.released import room_names, title_of
from tutorials.models import Schedule
from tutorials.programme import public_slots
from tutorials.views.feeds import _json

pytestmark = pytest.mark.django_db

ODD = st.sampled_from(
    ["“Quoted” & 'plain' \"", "]]>", "<b>&amp;</b>", "a, b; c\\, \\n d", "مقدمة في التعلّم",
     "🤖 ‍👩‍💻",
     "\x01\x1b\x7f\x85\u2028\ufffe", "line\r\nATTENDEE:x", "BEGIN:VEVENT", "é" * 70, "\u202eabc"]
)  # fmt: skip
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NAMES = st.lists(ODD | WORDS, min_size=1, max_size=3).map(lambda parts: "x" + " ".join(parts))
ZONES = st.sampled_from(
    ["Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe",
     "America/Santiago", "Africa/Casablanca", "Europe/Dublin", "Pacific/Chatham", "Etc/UTC"]
)  # fmt: skip
# In 2026 clocks change on these days somewhere among the zones; and a day on which none does.
DAYS = st.sampled_from(
    ["2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04", "2026-11-01", "2026-03-08",
     "2026-09-06", "2026-06-01"]
)  # fmt: skip
SLOTS = st.lists(
    st.tuples(NAMES, st.integers(0, 26 * 60), st.integers(1, 300), st.integers(-1, 1)),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(slots=SLOTS, zone=ZONES, day=DAYS, rooms=st.tuples(NAMES, NAMES), person=NAMES)
def test_every_feed_tells_what_the_page_shows(slots, zone, day, rooms, person):
    conference = make_conference(time_zone=zone, name=f"C {person}"[:200])
    halls = [make_room(conference, name=name[:200]) for name in rooms]
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    for title, minute, length, hall in slots:
        starts_at = midnight + timedelta(minutes=minute)
        session = make_session(conference, starts_at, starts_at + timedelta(minutes=length))
        tutorial = make_tutorial(conference, title=title[:300], abstract=title)
        make_presenter(tutorial, person[:200], person)
        make_slot(session, tutorial, halls[hall] if hall >= 0 else None)
    # What is odd about it is not in question here: rooms that are used twice at a time.
    draft = Schedule.objects.draft(conference)
    version = schedule._freeze(draft, by=None, at=NOW, notes=person)
    shown = list(public_slots(conference).select_related("tutorial"))
    names = room_names(shown)
    told = {(title_of(s.tutorial), s.session.starts_at, s.session.ends_at, s) for s in shown}
    in_apps = {(*event, names[s.room_id]) for *event, s in told}
    in_calendars = {
        (*event, location_of(s) or f"{' '.join(conference.name.split())}") for *event, s in told
    }

    content = schedule_ics(conference)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar, "_written", lambda whole: whole.to_ical())
        assert schedule_ics(conference) == content

    assert version.slots.count() == len(slots)
    assert readers.by_xml(schedule_xml(conference)) == in_apps
    assert readers.by_json(_json(schedule_json(conference), "application/json").content) == in_apps
    by_json_ld = readers.by_json_ld(_json(schedule_json_ld(conference), "x/y").content)
    assert by_json_ld == {tuple(event) for *event, _slot in told}
    assert {event[:3] for event in readers.by_icalendar(content)} == by_json_ld
    assert readers.by_icalendar(content) == readers.by_vobject(content)
    if all(s.room for s in shown):
        assert readers.by_icalendar(content) == in_calendars
