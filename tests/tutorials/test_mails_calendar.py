"""What goes into calendars, and out of them again."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import mails, schedule
from tutorials.calendar import Issue, calendar_of, event_of
from tutorials.models import Mail, Registration, Schedule, Slot

Kind = Mail.Kind
SEAT = {"status": "confirmed", "confirmed_at": NOW, "registered_at": NOW}
GONE = {"status": "cancelled", "cancelled_at": NOW, "cancelled_because": "self"}


def change(row, **fields):
    """As the engine would leave it."""
    Registration.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


@pytest.fixture
def seat(programme, conference):
    ada = make_attendee(conference, name='Ada "Countess"', email="ada@example.org")
    return Registration.objects.create(attendee=ada, tutorial=programme.t1, **SEAT)


@pytest.fixture
def send(seat):
    """Write and send a mail; return its calendar files."""

    def deliver(kind, row=None, when=NOW, **facts):
        mails.tell([row or seat], kind, at=when, facts=facts)
        mail = Mail.objects.latest("pk")
        message = mails.message(mail, at=when)
        Mail.objects.filter(pk=mail.pk).update(sent_at=when)
        return [Calendar.from_ical(content) for _name, content, _mime in message.attachments]

    return deliver


def events(calendars):
    """Method and title of each."""
    return [(str(c["method"]), str(event["summary"])) for c in calendars for event in c.events]


@pytest.mark.parametrize("kind", ["registered", "got_in", "switched", "moved", "reminder"])
def test_who_has_a_seat_is_invited(programme, conference, seat, send, kind):
    (calendar,) = send(kind)
    (event,) = calendar.events

    assert calendar["method"] == "REQUEST"
    assert event["status"] == "CONFIRMED"
    assert event["summary"] == programme.t1.title
    assert event.start == at(8)
    assert event.end == at(10, 30)
    assert event["dtstart"].params["tzid"] == "Europe/Berlin"
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Europe/Berlin"]
    assert event["location"].startswith("Hall A, ")
    assert event["url"] == f"http://testserver{programme.t1.get_absolute_url()}"
    assert event["organizer"] == "mailto:tutorials@example.org"
    assert event["organizer"].params["cn"] == "CPAL 2026"
    assert event["attendee"] == "mailto:ada@example.org"
    assert event["attendee"].params["cn"] == "Ada 'Countess'"
    assert event["attendee"].params["partstat"] == "ACCEPTED"


def test_as_it_is_sent(send, seat):
    mails.tell([seat], Kind.REGISTERED, at=NOW)
    message = mails.message(Mail.objects.get(), at=NOW).message()
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]

    assert part.get_param("method") == "REQUEST"
    assert part.get_param("charset") == "utf-8"
    assert part.get_filename() == "T1-1.ics"
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert max(len(line.rstrip(b"\r")) for line in payload.split(b"\n")) <= 75


@pytest.mark.parametrize("kind", [
    "waiting", "offered", "held", "lapsed", "declined", "clash",
])  # fmt: skip
def test_without_a_seat_there_is_nothing_to_write_down(send, seat, kind):
    change(seat, **GONE)

    assert send(kind) == []


@pytest.mark.parametrize("kind", ["left", "withdrawn", "tutorial_cancelled", "moved_back"])
def test_who_loses_the_seat_has_it_taken_out_again(programme, send, seat, kind):
    (invitation,) = send(Kind.REGISTERED)
    change(seat, **GONE)

    (calendar,) = send(kind)

    (event,), (was,) = calendar.events, invitation.events
    assert calendar["method"] == "CANCEL"
    assert event["status"] == "CANCELLED"
    assert event["uid"] == was["uid"]
    assert event["sequence"] > was["sequence"]


@pytest.mark.parametrize("kind", ["left", "withdrawn", "tutorial_cancelled"])
def test_who_only_waited_has_nothing_to_take_out(send, seat, kind):
    send(Kind.WAITING)
    change(seat, **GONE)

    assert send(kind) == []


def test_a_switch_puts_one_in_and_takes_the_other_out(programme, seat, send):
    calendars = send(Kind.SWITCHED, other=programme.t2.pk)

    assert events(calendars) == [
        ("REQUEST", programme.t1.title),
        ("CANCEL", programme.t2.title),
    ]


def test_the_event_is_the_same_through_all_lives_of_a_registration(programme, send, seat):
    (first,) = send(Kind.REGISTERED)
    change(seat, **GONE)
    send(Kind.LEFT)
    again = Registration.objects.create(attendee=seat.attendee, tutorial=programme.t1, **SEAT)

    (second,) = send(Kind.REGISTERED, again)

    assert first.events[0]["uid"] == second.events[0]["uid"]
    assert first.events[0]["sequence"] < second.events[0]["sequence"]


def test_two_people_with_one_mailbox_have_two_events(programme, conference, send, seat):
    other = make_attendee(conference, name="Bob", email="ada@example.org")
    theirs = Registration.objects.create(attendee=other, tutorial=programme.t1, **SEAT)

    uids = {send(Kind.REGISTERED, row)[0].events[0]["uid"] for row in (seat, theirs)}

    slot = Slot.objects.released(conference).get(tutorial=programme.t1)
    assert len(uids | {slot.calendar_uid}) == 3


def test_a_tutorial_of_two_parts_is_two_files(programme, conference, seat, send):
    make_slot(make_session(conference, at(8, day=1)), programme.t1, programme.halls[0])
    schedule.release(conference, by=None, at=NOW)

    calendars = send(Kind.REGISTERED)

    assert [event.start for calendar in calendars for event in calendar.events] == [
        at(8),
        at(8, day=1),
    ]


def test_a_part_that_a_release_took_away_is_taken_out(programme, conference, seat, send):
    draft = Schedule.objects.draft(conference)
    slot = draft.slots.get(tutorial=programme.t1)
    make_slot(make_session(conference, at(8, day=1)), programme.t1, programme.halls[0])
    slot.delete()
    schedule.release(conference, by=None, at=NOW + timedelta(hours=1), keep_everyone=True)

    calendars = send(Kind.MOVED, when=NOW + timedelta(hours=1))

    assert [(str(c["method"]), c.events[0].start) for c in calendars] == [
        ("REQUEST", at(8, day=1)),
        ("CANCEL", at(8)),
    ]


def test_a_part_that_was_gone_before_is_not_spoken_of(programme, conference, seat, send):
    draft = Schedule.objects.draft(conference)
    make_slot(make_session(conference, at(8, day=1)), programme.t1, programme.halls[0])
    draft.slots.filter(tutorial=programme.t1).earliest("pk").delete()
    schedule.release(conference, by=None, at=NOW + timedelta(hours=1), keep_everyone=True)
    change(seat, confirmed_at=NOW + timedelta(hours=2))

    calendars = send(Kind.MOVED, when=NOW + timedelta(hours=3))

    assert events(calendars) == [("REQUEST", programme.t1.title)]


class TestFeed:
    @pytest.fixture
    def slots(self, conference, programme):
        slots = Slot.objects.public(conference).in_order()
        return slots.select_related("session", "room__venue", "tutorial__conference")

    def test_it_invites_nobody(self, slots):
        calendar = Calendar.from_ical(calendar_of([event_of(slots[0], Issue(7, NOW))]))

        assert "method" not in calendar
        (event,) = calendar.events
        assert str(event["uid"]) == slots[0].calendar_uid
        assert "organizer" not in event
        assert "attendee" not in event
        assert event["sequence"] == 7

    @pytest.mark.parametrize(
        ("zone", "moment", "start"),
        [
            (
                "Africa/Casablanca",
                datetime(2027, 2, 15, 9, tzinfo=UTC),
                b"DTSTART:20270215T090000Z",
            ),
            (
                "Africa/Casablanca",
                datetime(2027, 5, 15, 9, tzinfo=UTC),
                b"DTSTART;TZID=Africa/Casablanca:20270515T100000",
            ),
            (
                "Europe/Berlin",
                datetime(2027, 2, 15, 9, tzinfo=UTC),
                b"DTSTART;TZID=Europe/Berlin:20270215T100000",
            ),
            (
                "Europe/Berlin",
                datetime(9998, 2, 15, 9, tzinfo=UTC),
                b"DTSTART;TZID=Europe/Berlin:99980215T100000",
            ),
        ],
    )
    def test_no_rule_for_a_zone_moves_an_event(self, db, zone, moment, start):
        conference = make_conference(time_zone=zone)
        session = make_session(conference, moment)
        slot = make_slot(session, make_tutorial(conference))

        assert start in calendar_of([event_of(slot, Issue(0, NOW))])

    def test_of_nothing(self):
        assert Calendar.from_ical(calendar_of([])).events == []

    def test_without_a_room_a_place_is_named_still(self, conference, slots):
        slot = slots[0]
        slot.room = None

        assert event_of(slot, Issue(0, NOW))["location"] == "CPAL 2026"

    def test_where_on_the_map(self, slots):
        slot = slots[0]
        slot.room.venue.latitude, slot.room.venue.longitude = 48.5, 9.05

        assert event_of(slot, Issue(0, NOW)).to_ical().count(b"GEO:48.5;9.05") == 1

    def test_what_people_typed_adds_no_line(self, conference):
        session = make_session(conference, at(8))
        slot = make_slot(session, make_tutorial(conference, title="A\r\nATTENDEE:b; c, d"))

        text = calendar_of([event_of(slot, Issue(0, NOW))])

        assert b"\r\nATTENDEE" not in text
        assert str(Calendar.from_ical(text).events[0]["summary"]).split() == [
            "A",
            "ATTENDEE:b;",
            "c,",
            "d",
        ]
