"""The pages that a mail leads to: an offer is answered, “I can't come” is said, nobody signs in."""

from datetime import timedelta

import pytest
from django.test import Client

from conference.models import Conference
from tests.factories import NOW, at, make_attendee, make_conference, make_user
from tests.pages import tags_in, text_of
from tutorials import registration
from tutorials.models import Change, Registration
from tutorials.tokens import token_for


def page_of(row, purpose="offer"):
    folder = "offers" if purpose == "offer" else "leave"
    return f"/cpal-2026/{folder}/{token_for(row, purpose)}/"


@pytest.fixture
def full(programme, attendees):
    """T1 has three seats, and they are taken."""
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    return programme.t1


@pytest.fixture
def me(conference):
    return make_attendee(
        conference, name="Grace Hopper", email="grace@example.org", user=make_user("g@example.org")
    )


@pytest.fixture
def offered(programme, full, attendees, me):
    """A seat in T1 is held for somebody who has one in T3, at the same time."""
    registration.register(me, programme.t3, by=None, at=NOW)
    row = registration.register(me, full, by=None, at=NOW, when_free="offer")
    registration.cancel(attendees[0], full, by=None, at=NOW)
    row.refresh_from_db()
    assert row.status == "offered"
    return row


def answer(client, row, answer, **fields):
    response = client.post(page_of(row), {"answer": answer, **fields})
    assert (response.status_code, response.url) == (303, page_of(row))
    return text_of(client.get(response.url))


class TestAnOffer:
    def test_is_shown_and_nothing_is_changed(self, client, programme, offered):
        response = client.get(page_of(offered))

        text = text_of(response)
        assert "A seat is held for you" in text
        assert programme.t1.title in text
        assert "09:00–11:30" in text
        assert "Hall A" in text
        assert "by Tuesday 17 March 2026, 11:00 (Europe/Berlin)" in text
        assert f"If you accept, you give up your seat in “{programme.t3.title}”." in text
        assert Registration.objects.get(pk=offered.pk).status == "offered"

    def test_is_nobodys_to_keep(self, client, offered):
        response = client.get(page_of(offered))

        assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "same-origin"

    def test_says_neither_name_nor_address(self, client, offered):
        html = client.get(page_of(offered)).content.decode()

        for secret in ("Grace", "grace@", "g@example.org", offered.attendee.badge_code):
            assert secret not in html

    def test_is_accepted_by_a_button(self, client, programme, offered, me):
        tags = tags_in(client.get(page_of(offered)).content.decode())
        hidden = [a["value"] for tag, a in tags if a.get("name") == "giving_up"]
        assert hidden == [str(programme.t3.pk)]

        text = answer(client, offered, "accept", giving_up=hidden)

        assert "You are registered" in text
        assert f"Your seat in “{programme.t3.title}” is given up." in text
        assert "Accept" not in text
        mine = Registration.objects.live().get(attendee=me)
        assert (mine.tutorial, mine.status) == (programme.t1, "confirmed")

    def test_is_accepted_twice(self, client, programme, offered):
        for _ in range(2):
            text = answer(client, offered, "accept", giving_up=[programme.t3.pk])
            assert "You are registered" in text

    @pytest.mark.parametrize("told", [[], ["x"], ["999999999999999999999999"]])
    def test_that_gives_up_more_than_it_said_is_shown_again(self, client, offered, told):
        text = answer(client, offered, "accept", giving_up=told)

        assert "Please look again." in text
        assert "A seat is held for you" in text

    def test_is_declined_and_the_way_back_is_named(self, client, programme, offered, me):
        text = answer(client, offered, "decline")

        assert "You have declined this seat" in text
        assert "you wait at the end of the waiting list" in text
        assert "Go to the tutorial" in text
        mine = Registration.objects.live().get(attendee=me)
        assert mine.tutorial == programme.t3
        assert "You have declined this seat" in answer(client, offered, "decline")

    @pytest.mark.parametrize("swept", [True, False], ids=["ended", "not-ended-yet"])
    def test_that_has_lapsed_says_how_to_come_back(self, client, offered, settings, swept):
        settings.CLOCK = at(12, day=-5).isoformat()
        if swept:
            assert registration.lapse(at=at(12, day=-5)) == 1

        for text in (text_of(client.get(page_of(offered))), answer(client, offered, "accept")):
            assert "This offer has lapsed" in text
            assert text.count("lapsed") == 1
            assert "you wait at the end of the waiting list" in text
        assert not Registration.objects.filter(pk=offered.pk, status="confirmed").exists()

    @pytest.mark.parametrize("page", ["tutorial", "my"])
    def test_that_has_lapsed_has_no_buttons_before_it_is_ended(
        self, client, offered, me, settings, page
    ):
        settings.CLOCK = at(12, day=-5).isoformat()
        client.force_login(me.user)

        url = offered.tutorial.get_absolute_url() if page == "tutorial" else "/cpal-2026/my/"
        response = client.get(url)

        text = text_of(response)
        assert "This offer has lapsed" in text
        assert "you wait at the end of the waiting list" in text
        assert "Held for you" not in text
        assert "seat is held for you" not in text
        assert 'name="answer"' not in response.content.decode()

    def test_that_awaited_a_ticket_lapses_in_other_words(
        self, client, programme, me, conference, settings
    ):
        conference.attendance = "register_with_ticket"
        conference.save()
        me.claimed_ticket, me.claimed_at = "A1", NOW
        me.save()
        row = registration.register(me, programme.t1, by=None, at=NOW)
        settings.CLOCK = at(12, day=-5).isoformat()

        text = text_of(client.get(page_of(row)))

        assert "Your conference ticket was not confirmed in time" in text
        assert "There was no answer" not in text

    def test_that_has_lapsed_for_somebody_who_registered_again(self, client, offered, me, settings):
        registration.decline(offered, by=None, at=NOW)
        registration.register(me, offered.tutorial, by=None, at=NOW, when_free="offer")

        text = text_of(client.get(page_of(offered)))

        assert "You have registered for this tutorial again since." in text

    def test_of_a_tutorial_that_was_cancelled(self, client, offered):
        registration.cancel_tutorial(offered.tutorial, by=None, at=NOW)

        text = text_of(client.get(page_of(offered)))

        assert "This seat is not held for you any more" in text
        assert "This tutorial has been cancelled." in text

    def test_that_awaits_a_ticket_cannot_be_accepted(self, client, programme, me, conference):
        conference.attendance = "register_with_ticket"
        conference.save()
        me.claimed_ticket, me.claimed_at = "A1", NOW
        me.save()
        row = registration.register(me, programme.t1, by=None, at=NOW)

        response = client.get(page_of(row))

        assert "once your conference ticket is confirmed" in text_of(response)
        assert 'value="accept"' not in response.content.decode()
        assert "once your conference ticket is confirmed" in answer(client, row, "accept")
        assert "You have declined this seat" in answer(client, row, "decline")

    def test_of_which_somebody_was_moved_back_to_the_queue(self, client, offered, me):
        Registration.objects.filter(pk=offered.pk).update(
            status="waitlisted", offered_until=None, position=1
        )

        assert "You are number 1 on the waiting list." in text_of(client.get(page_of(offered)))

    def test_answered_with_nonsense_stays(self, client, offered):
        assert "A seat is held for you" in answer(client, offered, "perhaps")

    @pytest.mark.parametrize("page", ["tutorial", "my"])
    def test_answered_on_another_page_leads_back_there(self, client, programme, offered, me, page):
        client.force_login(me.user)
        fields = {"answer": "accept", "page": page, "giving_up": programme.t3.pk}

        response = client.post(page_of(offered), fields, follow=True)

        url = "/cpal-2026/my/" if page == "my" else programme.t1.get_absolute_url()
        assert response.redirect_chain == [(url, 303)]
        given_up = f"Your seat in “{programme.t3.title}” is given up."
        text = text_of(response)
        assert f"You are registered for “{programme.t1.title}” now. {given_up}" in text

    def test_needs_a_form_of_ours(self, offered):
        strict = Client(enforce_csrf_checks=True)

        assert strict.post(page_of(offered), {"answer": "accept"}).status_code == 403
        offered.refresh_from_db()
        assert offered.status == "offered"


@pytest.mark.parametrize("purpose", ["offer", "leave"])
class TestALink:
    def test_that_is_made_up_leads_nowhere(self, client, offered, purpose):
        good = page_of(offered, purpose)
        tokens = token_for(offered, "offer"), token_for(offered, "leave")
        swapped = good.replace(*(tokens if purpose == "offer" else reversed(tokens)))

        for path in (good[:-3] + "xx/", swapped, good.replace(f"{offered.pk}.", "1.", 1)):
            response = client.get(path)
            assert response.status_code == 404
            assert "Open the link from the mail again" in text_of(response)
            assert "no-store" in response["Cache-Control"]
            assert client.post(path, {"answer": "accept"}).status_code == 404

    def test_of_another_conference_leads_nowhere(self, client, offered, purpose):
        make_conference(slug="other-2026")

        path = page_of(offered, purpose).replace("cpal-2026", "other-2026")

        assert client.get(path).status_code == 404

    def test_leads_nowhere_where_nobody_registers(self, client, offered, purpose, conference):
        conference.attendance = "open"
        conference.save()

        assert client.get(page_of(offered, purpose)).status_code == 404

    def test_asks_the_database_seldom(
        self, client, offered, purpose, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(6):
            client.get(page_of(offered, purpose))


class TestICantCome:
    @pytest.fixture
    def confirmed(self, programme, me):
        return registration.register(me, programme.t1, by=None, at=NOW)

    def leave(self, client, row):
        response = client.post(page_of(row, "leave"))
        assert (response.status_code, response.url) == (303, page_of(row, "leave"))
        return text_of(client.get(response.url))

    def test_is_asked_and_nothing_is_changed(self, client, programme, confirmed):
        response = client.get(page_of(confirmed, "leave"))

        assert "You can’t come?" in text_of(response)
        assert programme.t1.title in text_of(response)
        assert "Grace" not in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        confirmed.refresh_from_db()
        assert confirmed.status == "confirmed"

    def test_gives_the_seat_to_the_next(self, client, programme, confirmed, attendees):
        for attendee in attendees[:3]:
            registration.register(attendee, programme.t1, by=None, at=NOW)

        text = self.leave(client, confirmed)

        assert "You are not registered for this tutorial any more." in text
        assert Registration.objects.get(attendee=attendees[2]).status == "confirmed"
        confirmed.refresh_from_db()
        assert confirmed.cancelled_because == "self"
        assert "You are not registered" in self.leave(client, confirmed)

    def test_leaves_the_waiting_list_too(self, client, full, me):
        row = registration.register(me, full, by=None, at=NOW)
        assert "You would leave the waiting list." in text_of(client.get(page_of(row, "leave")))

        self.leave(client, row)

        assert not Registration.objects.live().filter(attendee=me).exists()

    def test_of_an_old_mail_does_not_end_a_new_registration(self, client, programme, confirmed, me):
        registration.cancel(me, programme.t1, by=None, at=NOW)
        new = registration.register(me, programme.t1, by=None, at=NOW)

        assert "You have registered for this tutorial again since." in self.leave(client, confirmed)
        new.refresh_from_db()
        assert new.status == "confirmed"

    def test_is_too_late_once_it_has_started(self, client, confirmed, settings):
        settings.CLOCK = at(8, 30).isoformat()

        text = self.leave(client, confirmed)

        assert "has started; it cannot be given up any more." in text
        assert "This tutorial has started" in text
        confirmed.refresh_from_db()
        assert confirmed.status == "confirmed"

    def test_is_written_down_as_theirs(self, client, confirmed, me):
        self.leave(client, confirmed)

        last = Change.objects.filter(registration=confirmed)[0]
        assert (last.by, last.why) == (me.user, "asked")


def test_an_offer_rests_while_people_just_come(programme, attendees):
    conference = programme.conference
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    row = Registration.objects.filter(tutorial=programme.t1, status="waitlisted").get()
    Registration.objects.filter(pk=row.pk).update(
        status="offered", position=None, offered_until=NOW
    )
    Conference.objects.filter(pk=conference.pk).update(attendance="open")

    assert registration.lapse(at=NOW + timedelta(hours=1)) == 0

    row.refresh_from_db()
    assert row.status == "offered"
