"""The secret address of somebody's calendar: what it holds, and how it is made and given up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from conference.models import Conference
from people.privacy import erase_account, erase_place
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_programme,
    make_tutorial,
    make_user,
)
from tests.pages import text_of
from tutorials import privacy, private_calendar, registration, schedule, stars
from tutorials.models import PrivateCalendar, Registration, Session, Slot, Star, Tutorial

MINE = "/cpal-2026/my/calendar/"


@pytest.fixture
def mine(conference, user):
    return make_attendee(conference, user=user, name=user.name)


@pytest.fixture
def path(programme, user):
    private_calendar.make(user, programme.conference, NOW)
    return f"/cpal-2026/my/{PrivateCalendar.objects.get().key}.ics"


def events_of(path):
    """What a calendar program reads, which has no cookies: title and status by the start."""
    answer = Client().get(path)
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return [(str(each["summary"]), str(each["status"])) for each in events]


def event(path):
    (found,) = Calendar.from_ical(Client().get(path).content).walk("VEVENT")
    return found


def move(conference, tutorial, hours):
    slot = Slot.objects.get(schedule__number__isnull=True, tutorial=tutorial)
    for field in ("starts_at", "ends_at"):
        setattr(slot.session, field, getattr(slot.session, field) + timedelta(hours=hours))
    slot.session.save()
    schedule.release(conference, by=None, at=NOW + timedelta(hours=1))


class TestWhatItHolds:
    def test_seats_offers_and_stars(self, programme, user, mine, path):
        for tutorial in (programme.t1, programme.t4):
            registration.register(mine, tutorial, by=user, at=NOW)
        Registration.objects.filter(tutorial=programme.t4).update(
            status="offered", offered_until=at(7), confirmed_at=None
        )
        stars.star(user, programme.conference, [programme.t1.slug, programme.t3.slug], NOW)

        assert events_of(path) == [
            (programme.t1.title, "CONFIRMED"),
            (f"★ {programme.t3.title}", "TENTATIVE"),
            (programme.t4.title, "TENTATIVE"),
        ]

    def test_who_waits_keeps_no_time_free(self, programme, user, mine, attendees, path):
        for attendee in (*attendees[:3], mine):
            registration.register(attendee, programme.t1, by=None, at=NOW)

        assert events_of(path) == []

    def test_what_is_given_up_goes(self, programme, user, mine, path):
        registration.register(mine, programme.t1, by=user, at=NOW)
        registration.cancel(mine, programme.t1, by=user, at=NOW)

        assert events_of(path) == []

    def test_a_seat_that_is_given_up_makes_the_star_newer(self, programme, user, mine, path):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        registration.register(mine, programme.t1, by=user, at=NOW + timedelta(hours=1))
        Tutorial.objects.update(updated_at=NOW)
        before = event(path)["last-modified"].dt

        registration.cancel(mine, programme.t1, by=user, at=NOW + timedelta(hours=2))
        Tutorial.objects.update(updated_at=NOW)

        assert event(path)["last-modified"].dt == before + timedelta(hours=1)

    def test_a_starred_tutorial_that_is_cancelled_says_so(self, programme, user, path):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)

        assert events_of(path) == [(programme.t1.title, "CANCELLED")]

    def test_it_follows_a_move(self, programme, user, path):
        Tutorial.objects.update(updated_at=NOW)
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        before = event(path)

        move(programme.conference, programme.t1, hours=1)

        after = event(path)
        assert after["uid"] == before["uid"]
        assert after["dtstart"].dt - before["dtstart"].dt == timedelta(hours=1)
        assert after["sequence"] > before["sequence"]
        assert after["last-modified"].dt > before["last-modified"].dt

    def test_what_did_not_move_keeps_its_number(self, programme, user, path):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        before = event(path)["sequence"]

        move(programme.conference, programme.t2, hours=1)

        assert event(path)["sequence"] == before

    def test_the_draft_is_nobodys_to_see(self, programme, user, path):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        before = event(path)["dtstart"].dt
        draft = Session.objects.filter(schedule__number__isnull=True)
        draft.filter(slots__tutorial=programme.t1).update(starts_at=at(7))

        assert event(path)["dtstart"].dt == before

    def test_zones_are_described(self, programme, user, path):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)

        assert b"BEGIN:VTIMEZONE" in Client().get(path).content

    @pytest.mark.parametrize("number", [2, 60])
    def test_as_many_queries_whatever_it_holds(self, conference, user, mine, path, number):
        tutorials = make_programme(conference, number)
        registration.register(mine, tutorials[0], by=user, at=NOW)
        stars.star(user, conference, [each.slug for each in tutorials], NOW)

        with CaptureQueriesContext(connection) as queries:
            assert len(events_of(path)) >= number

        assert len(queries) <= 8, [each["sql"] for each in queries]

    def test_where_people_just_come_it_holds_stars(self, programme, conference, user, mine, path):
        registration.register(mine, programme.t1, by=user, at=NOW)
        stars.star(user, conference, [programme.t3.slug], NOW)
        conference.attendance = "open"
        conference.save()

        assert events_of(path) == [(f"★ {programme.t3.title}", "TENTATIVE")]


class TestTheAddress:
    def test_it_is_nobody_elses_to_keep(self, path, client):
        answer = client.get(path)

        assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert not answer.cookies

    def test_nothing_new_is_304(self, path, client):
        etag = client.get(path)["ETag"]

        assert client.head(path)["ETag"] == etag
        assert client.get(path, headers={"if-none-match": etag}).status_code == 304

    def test_a_star_changes_it(self, path, client, user, programme):
        etag = client.get(path)["ETag"]
        stars.star(user, programme.conference, [programme.t1.slug], NOW)

        assert client.get(path, headers={"if-none-match": etag}).status_code == 200

    def test_another_conference_does_not_know_it(self, path, client):
        make_conference(slug="other")

        assert client.get(path.replace("cpal-2026", "other")).status_code == 404

    def test_a_wrong_key_is_404(self, path, client):
        assert client.get("/cpal-2026/my/wrong.ics").status_code == 404

    def test_a_closed_account_is_404(self, path, client, user):
        user.is_active = False
        user.save()

        assert client.get(path).status_code == 404

    def test_who_was_withdrawn_has_no_seats_in_it(self, path, programme, user, mine):
        registration.register(mine, programme.t1, by=user, at=NOW)
        registration.withdraw(mine, by=None, at=NOW)

        assert events_of(path) == []

    def test_where_nobody_has_a_schedule_it_is_404(self, path, client, conference):
        conference.has_stars, conference.attendance = False, "open"
        conference.save()

        assert client.get(path).status_code == 404
        assert client.post(MINE).status_code == 404


class TestMakingIt:
    @pytest.fixture
    def signed_in(self, client, user, programme):
        client.force_login(user)
        return client

    def test_it_is_made_and_shown(self, signed_in, user):
        assert PrivateCalendar.objects.count() == 0
        answer = signed_in.post(MINE, {"do": "make"})

        assert (answer.status_code, answer.url) == (303, "/cpal-2026/my/#calendar")
        key = PrivateCalendar.objects.get(user=user).key
        assert len(key) >= 43
        html = signed_in.get("/cpal-2026/my/").content.decode()
        assert f"/cpal-2026/my/{key}.ics" in html
        assert 'href="webcal://' in html

    def test_in_german_it_is_the_same_address(self, signed_in):
        signed_in.post(f"/de{MINE}", {"do": "make"})
        key = PrivateCalendar.objects.get().key

        html = signed_in.get("/de/cpal-2026/my/").content.decode()

        assert f"/cpal-2026/my/{key}.ics" in html
        assert f"/de/cpal-2026/my/{key}.ics" not in html

    def test_twice_is_the_same(self, signed_in):
        signed_in.post(MINE, {"do": "make"})
        key = PrivateCalendar.objects.get().key
        signed_in.post(MINE, {"do": "make"})

        assert PrivateCalendar.objects.get().key == key

    @pytest.mark.parametrize("do", ["renew", "off"])
    def test_the_old_one_leads_nowhere(self, signed_in, path, do):
        signed_in.post(MINE, {"do": do})

        assert Client().get(path).status_code == 404
        assert PrivateCalendar.objects.count() == (1 if do == "renew" else 0)

    def test_a_get_changes_nothing(self, signed_in):
        assert signed_in.get(MINE, {"do": "make"}).url == "/cpal-2026/my/#calendar"
        assert PrivateCalendar.objects.count() == 0

    def test_a_stranger_signs_in(self, client, programme):
        answer = client.post(MINE, {"do": "make"})

        assert answer.url == "/accounts/login/?next=/cpal-2026/my/"

    def test_a_strangers_page_offers_none(self, client, programme):
        assert "calendar address" not in text_of(client.get("/cpal-2026/my/"))


class TestForgetting:
    @pytest.fixture
    def kept(self, path, user, mine, programme):
        """Stars and an address here and at another conference, and those of somebody else."""
        other = make_conference()
        private_calendar.make(user, other, NOW)
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        Star.objects.create(user=user, tutorial=make_tutorial(other), starred_at=NOW)
        somebody = make_user("b@example.org")
        stars.star(somebody, programme.conference, [programme.t1.slug], NOW)
        return other

    def left(self, user):
        calendars = PrivateCalendar.objects.filter(user=user)
        return [each.conference for each in calendars], Star.objects.filter(user=user).count()

    def test_with_the_account_all_goes(self, kept, user):
        pk = user.pk
        erase_account(user, at=NOW)

        assert not PrivateCalendar.objects.filter(user_id=pk).exists()
        assert not Star.objects.filter(user_id=pk).exists()
        assert Star.objects.count() == 1

    def test_with_the_place_goes_what_was_there(self, kept, user, mine):
        erase_place(mine, by=None, at=NOW)

        assert self.left(user) == ([kept], 1)

    def test_so_it_does_on_the_day_that_names_go(self, kept, user, conference):
        Conference.objects.filter(pk=kept.pk).update(ends_on=NOW.date() + timedelta(days=365))

        privacy.erase_due(NOW + timedelta(days=300))

        assert self.left(user) == ([kept], 1)
