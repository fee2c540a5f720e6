"""The list: track by track, opened by the sentence that counts it."""

from datetime import date

import pytest

from conference.models import Conference
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tests.pages import ids_of, levels_of, text_of
from tutorials import programme as shapes
from tutorials import registration, schedule
from tutorials.models import Slot, Tutorial
from tutorials.summary import in_words, sentence, summary


def the_list(client, query=""):
    response = client.get(f"/cpal-2026/tutorials/{query}")
    assert response.status_code == 200
    return text_of(response)


def opening(conference: Conference) -> str:
    slots = shapes.slot_rows(conference)
    starts = [(slot.tutorial, slot.session, slot.starts_at) for slot in slots]
    return sentence(summary(conference, shapes.public_rows(conference), starts))


def test_the_whole_of_it_in_programme_order(client, programme):
    text = the_list(client)

    places = [text.index(t.title) for t in (programme.t1, programme.t2, programme.t3, programme.t4)]
    assert places == sorted(places)
    assert "Track A — Hall A" in text
    assert "Presenter of T1 (University, Lab)" in text
    assert "09:00–11:30" in text


def test_a_heading_names_the_street_of_the_hall(client, programme):
    venue = programme.halls[0].venue
    venue.address = "Max-Planck-Ring 6, 72076 Tübingen"
    venue.save()

    assert "Track A — Hall A, Max-Planck-Ring 6 " in the_list(client)


def test_a_heading_names_no_hall_once_a_slot_is_elsewhere(client, programme, conference):
    slot = Slot.objects.get(tutorial=programme.t2, schedule__number=None)
    slot.room = make_room(conference, capacity=3, name="Hall C")
    slot.save()
    schedule.release(conference, by=None, at=NOW)

    text = the_list(client)

    assert "Track A — " not in text
    assert "Hall C" in text
    assert "Track B — Hall B" in text


def test_presenters_in_billing_order(client, conference):
    tutorial = make_tutorial(conference)
    make_presenter(tutorial, "Leena Chennuru Vankadara", "University College London")
    make_presenter(tutorial, "Volkan Cevher", "EPFL, LIONS")
    make_presenter(tutorial, "Ada Lovelace")

    assert (
        "Leena Chennuru Vankadara (University College London), Volkan Cevher (EPFL, LIONS), "
        "Ada Lovelace" in the_list(client)
    )


def test_what_is_not_public_is_not_there(client, programme, conference):
    make_tutorial(conference, title="A mere draft", status="draft")
    make_tutorial(conference, title="A mere proposal", status="proposed")

    text = the_list(client)

    assert "A mere" not in text


def test_an_unreleased_move_is_not_there(client, programme, conference):
    Slot.objects.get(tutorial=programme.t1, schedule__number=None).delete()

    assert the_list(client).count("09:00–11:30") == 2


def test_a_cancelled_one_says_so_and_does_not_count(client, programme):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)

    text = the_list(client)

    assert "three tutorials" in text
    assert "Cancelled" in text


def test_the_seats_are_a_word_and_a_number(client, programme):
    assert "Only 3 seats left" in the_list(client)
    for _ in range(3):
        registration.register(make_attendee(programme.conference), programme.t1, by=None, at=NOW)
    assert "Full" in the_list(client)


def test_the_seats_are_told_until_it_begins(client, programme, settings):
    make_tutorial(programme.conference, capacity=3)  # without a time
    assert the_list(client).count("Only 3 seats left") == 2
    settings.CLOCK = at(8).isoformat()
    assert the_list(client).count("Only 3 seats left") == 1


def test_a_heading_in_an_abstract_is_below_its_title(client, conference):
    make_tutorial(conference, abstract="# Why\n\nBecause.")

    assert levels_of(client.get("/cpal-2026/tutorials/")) == [1, 2, 3, 4]


def test_no_id_is_there_twice(client, conference):
    make_tutorial(conference, slug="main")

    ids = ids_of(client.get("/cpal-2026/tutorials/"))
    assert sorted(ids) == sorted(set(ids))


def test_ones_own_are_marked(client, programme, user):
    attendee = make_attendee(programme.conference, user=user)
    registration.register(attendee, programme.t1, by=user, at=NOW)
    client.force_login(user)

    assert "You are registered" in the_list(client)


@pytest.mark.parametrize("attendance", ["open", "ticket"])
def test_where_nobody_registers_nothing_speaks_of_it(client, programme, attendance):
    Conference.objects.update(attendance=attendance)
    pages = ["", "tutorials/", "schedule/", "presenters/", "venues/"]

    for page in (*(f"/cpal-2026/{page}" for page in pages), programme.t1.get_absolute_url()):
        response = client.get(page)
        assert response.status_code == 200
        text = text_of(response).lower()
        for word in ("regist", "seat", "waiting", "sign in"):
            assert word not in text


class TestPages:
    @pytest.fixture
    def many(self, conference):
        first, second = (make_track(conference, name=f"Track {n}", position=n) for n in (1, 2))
        for n in range(60):
            track = first if n < 55 else second
            make_tutorial(conference, track=track, position=n, title=f"Tutorial no {n:02}")

    def test_a_page_holds_thirty(self, client, many):
        text = the_list(client)

        assert "Tutorial no 29" in text
        assert "Tutorial no 30" not in text
        assert "Track 2" not in text

    def test_the_next_page_goes_on(self, client, many):
        text = the_list(client, "?page=2")

        assert "Track 1 (continued)" in text
        assert "Tutorial no 29" not in text
        assert "Tutorial no 30" in text
        assert "Track 2 Tutorial no 55" in text.replace("T56", "").replace("  ", " ")

    def test_of_many_pages_the_nearest_are_offered(self, client, conference):
        Tutorial.objects.bulk_create(
            Tutorial(
                conference=conference,
                code=f"M{n}",
                slug=f"m{n}",
                title=f"M{n}",
                status=Tutorial.Status.PUBLISHED,
                published_at=NOW,
            )
            for n in range(19 * 30 + 1)
        )
        text = the_list(client, "?page=10")

        assert "Previous 1 2 … 7 8 9 10 11 12 13 … 19 20 Next" in text

    def test_a_page_that_is_none_is_the_first_or_the_last(self, client, many):
        assert "Tutorial no 00" in the_list(client, "?page=x")
        assert "Tutorial no 59" in the_list(client, "?page=99")


class TestSentence:
    def test_of_a_first_day(self, conference):
        tracks = [make_track(conference, position=n) for n in range(2)]
        for hour in (8, 12, 15):
            session = make_session(conference, at(hour))
            for track in tracks:
                make_slot(session, make_tutorial(conference, track=track))
        schedule.release(conference, by=None, at=NOW)

        assert opening(conference) == (
            "The first day of the conference, Monday 23 March 2026, has six tutorials "
            "in two parallel tracks across three sessions."
        )

    def test_of_one(self, conference):
        make_slot(make_session(conference, at(8, day=3)), make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        assert opening(conference) == (
            "The fourth day of the conference, Thursday 26 March 2026, has one tutorial "
            "across one session."
        )

    def test_of_several_days(self, conference):
        track = make_track(conference)
        for day in range(2):
            session = make_session(conference, at(8, day=day))
            make_slot(session, make_tutorial(conference, track=track))
        make_tutorial(conference)
        schedule.release(conference, by=None, at=NOW)

        assert opening(conference) == (
            "From Monday 23 March to Tuesday 24 March 2026, on two days, there are two tutorials "
            "in one track across two sessions. One more tutorial has no time yet."
        )

    def test_of_tracks_that_are_not_parallel(self, conference):
        for hour in (8, 12):
            tutorial = make_tutorial(conference, track=make_track(conference))
            make_slot(make_session(conference, at(hour)), tutorial)
        schedule.release(conference, by=None, at=NOW)

        assert "two tutorials in two tracks across two sessions" in opening(conference)

    def test_of_a_conference_of_one_day(self, conference):
        conference.ends_on = conference.starts_on
        make_slot(make_session(conference, at(8)), make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        assert opening(conference) == (
            "On Monday 23 March 2026 there is one tutorial across one session."
        )

    def test_of_a_day_that_is_not_of_the_conference(self, conference):
        conference.starts_on = date(2026, 3, 24)
        make_slot(make_session(conference, at(8)), make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        assert opening(conference).startswith("On Monday 23 March 2026 there is")

    def test_of_what_has_no_time(self, conference):
        for _ in range(2):
            make_tutorial(conference, track=make_track(conference))

        assert opening(conference) == (
            "Two tutorials in two tracks. The time of each is still to be announced."
        )

    def test_of_nothing(self, conference):
        assert opening(conference) == "The tutorials have not been announced yet."

    def test_numbers(self):
        assert [in_words(n) for n in (2, 12, 13)] == ["two", "twelve", "13"]
