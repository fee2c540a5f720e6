"""What can somebody do whose tutorials are in each other's way? Switch, wait, insist."""

import pytest

from tests.factories import NOW, at, fill, make_attendee, make_session, make_slot
from tests.pages import messages_of, tags_in, text_of
from tutorials import registration, schedule
from tutorials.models import Registration, Tutorial


def address(tutorial, verb=""):
    return f"/cpal-2026/tutorials/{tutorial.slug}/" + (f"{verb}/" if verb else "")


def buttons(response):
    """The buttons of the main part of a page: name, value and where they send their form."""
    found, action = [], None
    for tag, attrs in tags_in(response.content.decode().partition("<main")[2]):
        if tag == "form":
            action = attrs["action"].rstrip("/").rpartition("/")[2]
        sends = attrs.get("type") != "button" and attrs.get("name") not in ("star", "unstar")
        if tag == "button" and sends:
            found.append((action, attrs.get("name"), attrs.get("value")))
    return found


def fields(response, name):
    tags = tags_in(response.content.decode())
    return [a.get("value") for tag, a in tags if tag == "input" and a.get("name") == name]


@pytest.fixture
def mine(user, conference):
    return make_attendee(conference, user=user)


@pytest.fixture
def signed_in(client, user, mine):
    client.force_login(user)
    return client


@pytest.fixture
def in_t3(mine, programme):
    """T3 is at the time of T1, and in its hall is room for all."""
    return registration.register(mine, programme.t3, by=None, at=NOW)


@pytest.fixture
def row(mine):
    def find(tutorial):
        return Registration.objects.filter(attendee=mine, tutorial=tutorial).last()

    return find


class TestASeatIsFree:
    def test_the_page_offers_to_switch(self, signed_in, programme, in_t3):
        page = signed_in.get(address(programme.t1))

        assert f"Switch from “{programme.t3.title}” to this one" in text_of(page)
        assert buttons(page) == [("switch", "from", programme.t3.slug)]

    def test_switching(self, signed_in, programme, in_t3, row):
        response = signed_in.post(address(programme.t1, "switch"), {"from": programme.t3.slug})

        assert (response.status_code, response.url) == (303, address(programme.t1))
        assert messages_of(response) == [
            f"You are registered for “{programme.t1.title}” now. "
            f"Your seat in “{programme.t3.title}” is given up."
        ]
        assert (row(programme.t1).status, row(programme.t3).status) == ("confirmed", "cancelled")

    def test_switching_twice_is_success(self, signed_in, programme, in_t3, row):
        for _ in range(2):
            response = signed_in.post(address(programme.t1, "switch"), {"from": programme.t3.slug})

        assert response.status_code == 303
        assert row(programme.t1).status == "confirmed"

    @pytest.mark.parametrize("given", [{}, {"from": "no-such"}, {"from": "\0"}])
    def test_who_does_not_say_from_where_is_asked(self, signed_in, programme, in_t3, row, given):
        response = signed_in.post(address(programme.t1, "switch"), given)

        assert messages_of(response) == ["Say which tutorial you give up for this one."]
        assert row(programme.t1) is None

    def test_who_has_nothing_to_give_up_just_registers(self, client, user, programme):
        client.force_login(user)

        response = client.post(address(programme.t1, "switch"), {"from": programme.t3.slug})

        assert response.status_code == 303
        assert Registration.objects.get().status == "confirmed"

    def test_what_has_started_is_not_given_up(self, signed_in, programme, in_t3, settings):
        """T3 has had a first part when T1 begins."""
        make_slot(make_session(programme.conference, at(4), at(6)), programme.t3)
        schedule.release(programme.conference, by=None, at=NOW)
        settings.CLOCK = at(7).isoformat()

        assert buttons(signed_in.get(address(programme.t1))) == []

    def test_who_waits_for_a_ticket_cannot_switch_yet(self, signed_in, programme, in_t3, mine):
        programme.conference.attendance = "register_with_ticket"
        programme.conference.save()
        mine.claimed_ticket, mine.claimed_at = "123", NOW
        mine.save()

        assert buttons(signed_in.get(address(programme.t1))) == []


class TestFull:
    @pytest.fixture(autouse=True)
    def _full(self, programme):
        fill(programme.t1)

    def test_the_page_asks_what_to_do_then(self, signed_in, programme, in_t3):
        page = signed_in.get(address(programme.t1))

        assert fields(page, "when_free") == ["switch", "offer"]
        assert fields(page, "from") == [programme.t3.slug]
        assert buttons(page) == [("register", None, None)]
        assert "held for up to 24 hours" in text_of(page)

    @pytest.mark.parametrize("verb", ["register", "switch"])
    def test_waiting_to_be_switched(self, signed_in, programme, in_t3, row, verb):
        wish = {"when_free": "switch", "from": programme.t3.slug}
        response = signed_in.post(address(programme.t1, verb), wish)

        assert messages_of(response) == [
            f"You are number 1 on the waiting list of “{programme.t1.title}”. "
            f"Until it is your turn you keep your seat in “{programme.t3.title}”."
        ]
        waits = row(programme.t1)
        assert (waits.status, waits.when_free) == ("waitlisted", "switch")
        assert waits.gives_up == programme.t3
        assert row(programme.t3).status == "confirmed"
        text = text_of(signed_in.get(address(programme.t1)))
        assert f"your seat in “{programme.t3.title}” goes to somebody else" in text

    def test_waiting_to_be_offered(self, signed_in, programme, in_t3, row):
        signed_in.post(address(programme.t1, "register"), {"when_free": "offer"})

        assert (row(programme.t1).status, row(programme.t1).when_free) == ("waitlisted", "offer")
        text = text_of(signed_in.get(address(programme.t1)))
        assert "When it is your turn the seat is held for you" in text

    def test_without_an_answer_one_is_refused(self, signed_in, programme, in_t3, row):
        for nothing in ({}, {"when_free": "nonsense"}, {"when_free": "switch"}):
            response = signed_in.post(address(programme.t1, "register"), nothing)
            assert "which overlaps this tutorial" in messages_of(response)[-1]
        assert row(programme.t1) is None

    def test_what_one_wants_can_be_changed(self, signed_in, programme, in_t3, row):
        signed_in.post(address(programme.t1, "register"), {"when_free": "offer"})
        fill(programme.t1)
        wish = {"when_free": "switch", "from": programme.t3.slug}

        response = signed_in.post(address(programme.t1, "wish"), wish)

        assert response.status_code == 303
        assert messages_of(response)[-1].startswith("You are number 1 on the waiting list of")
        assert (row(programme.t1).when_free, row(programme.t1).gives_up) == ("switch", programme.t3)
        page = signed_in.get(address(programme.t1))
        assert fields(page, "when_free") == ["switch", "offer", "take"]

    def test_who_does_not_wait_is_told(self, signed_in, programme, in_t3, row):
        response = signed_in.post(address(programme.t1, "wish"), {"when_free": "offer"})

        assert messages_of(response) == [
            f"You are not on the waiting list of “{programme.t1.title}”."
        ]
        assert row(programme.t1) is None

    def test_who_registered_elsewhere_since_is_told_what_that_means(
        self, signed_in, programme, mine
    ):
        registration.register(mine, programme.t1, by=None, at=NOW)
        page = signed_in.get(address(programme.t1))
        assert "When it is your turn you get the seat" in text_of(page)
        assert fields(page, "when_free") == []

        registration.register(mine, programme.t3, by=None, at=NOW)

        page = signed_in.get(address(programme.t1))
        assert "you are passed over, and keep your place" in text_of(page)
        assert fields(page, "when_free") == ["switch", "offer", "take"]

    def test_leaving_is_one_click(self, signed_in, programme, mine, row):
        registration.register(mine, programme.t1, by=None, at=NOW)

        assert buttons(signed_in.get(address(programme.t1))) == [("cancel", None, None)]
        response = signed_in.post(address(programme.t1, "cancel"), {"page": "my"})

        assert response.url == "/cpal-2026/my/"
        assert row(programme.t1).status == "cancelled"


class TestSeveralAtThatTime:
    @pytest.fixture(autouse=True)
    def _long(self, programme, mine):
        """T1 lasts all day and so overlaps both that they have."""
        make_slot(programme.sessions[1], programme.t1, programme.halls[0])
        programme.t2.slots.filter(schedule__number=None).delete()
        schedule.release(programme.conference, by=None, at=NOW, keep_everyone=True)
        for tutorial in (programme.t3, programme.t4):
            registration.register(mine, tutorial, by=None, at=NOW)

    def test_a_free_seat_is_held_for_them(self, signed_in, programme, row):
        page = signed_in.get(address(programme.t1))
        assert fields(page, "when_free") == ["offer"]
        assert "Hold a seat for me" in text_of(page)

        response = signed_in.post(address(programme.t1, "register"), {"when_free": "offer"})

        assert row(programme.t1).status == "offered"
        assert messages_of(response)[0].startswith(
            f"A seat in “{programme.t1.title}” is held for you"
        )
        page = signed_in.get(address(programme.t1))
        given_up = [str(programme.t3.pk), str(programme.t4.pk)]
        assert fields(page, "giving_up") == given_up
        assert text_of(page).count("If you accept, you give up your seat in") == 2

    def test_a_full_one_is_offered_only(self, signed_in, programme):
        fill(programme.t1)

        assert fields(signed_in.get(address(programme.t1)), "when_free") == ["offer"]


class TestAtTheLimit:
    @pytest.fixture(autouse=True)
    def _limit(self, programme, mine):
        programme.conference.tutorials_per_attendee = 1
        programme.conference.save()
        registration.register(mine, programme.t4, by=None, at=NOW)

    def test_one_chooses_which_to_give_up(self, signed_in, programme, row):
        page = signed_in.get(address(programme.t1))
        assert "as many as one person may" in text_of(page)
        assert buttons(page) == [("switch", "from", programme.t4.slug)]

        signed_in.post(address(programme.t1, "switch"), {"from": programme.t4.slug})

        assert (row(programme.t1).status, row(programme.t4).status) == ("confirmed", "cancelled")

    def test_an_offer_gives_up_the_one_that_was_chosen(self, signed_in, programme, row, mine):
        fill(programme.t1)
        wish = {"when_free": "switch", "from": programme.t4.slug}
        signed_in.post(address(programme.t1, "register"), wish)
        signed_in.post(address(programme.t1, "wish"), wish | {"when_free": "offer"})
        other = Registration.objects.filter(tutorial=programme.t1, status="confirmed")[0]

        registration.cancel(other.attendee, programme.t1, by=None, at=NOW)

        assert row(programme.t1).status == "offered"
        assert registration.given_up_by(row(programme.t1)) == [programme.t4]


class TestWhereOverlapsAreWarnedOf:
    @pytest.fixture(autouse=True)
    def _warn(self, programme):
        programme.conference.overlaps = "warn"
        programme.conference.save()

    def test_one_may_insist(self, signed_in, programme, in_t3, row):
        page = signed_in.get(address(programme.t1))
        assert "You can have both, but not be at both." in text_of(page)
        assert buttons(page) == [
            ("switch", "from", programme.t3.slug),
            ("register", "despite_overlap", "1"),
        ]

        signed_in.post(address(programme.t1, "register"), {"despite_overlap": "1"})

        assert row(programme.t1).status == row(programme.t3).status == "confirmed"
        text = text_of(signed_in.get("/cpal-2026/my/"))
        assert text.count("you cannot be at both") == 2

    def test_without_insisting_one_is_only_warned(self, signed_in, programme, in_t3, row):
        response = signed_in.post(address(programme.t1, "register"))

        assert "but not be at both" in messages_of(response)[0]
        assert row(programme.t1) is None


class TestMyTutorials:
    def test_offers_come_first_then_what_is_on_each_day(self, signed_in, programme, in_t3, mine):
        fill(programme.t1)
        fill(programme.t2)
        registration.register(mine, programme.t2, by=None, at=NOW)
        registration.register(mine, programme.t1, by=None, at=NOW, when_free="offer")
        registration.change_capacity(
            Tutorial.objects.get(pk=programme.t1.pk),
            capacity=4,
            kept_back=0,
            too_few=registration.TooFew.KEEP,
            by=None,
            at=NOW,
        )

        page = signed_in.get("/cpal-2026/my/")

        text = text_of(page)
        headings = ["My schedule", "Held for you", "Monday 23 March", "Your calendar address"]
        assert sorted(headings, key=text.index) == headings
        assert "Please accept or decline it by Tuesday 17 March 2026, 11:00 (Europe/Berlin)" in text
        assert f"If you accept, you give up your seat in “{programme.t3.title}”." in text
        assert "You are number 1 on the waiting list." in text
        assert "you cannot be at both" not in text
        others = (None, "shown", "calendar")  # ask something else
        verbs = [(name, value) for action, name, value in buttons(page) if action not in others]
        assert verbs == [("answer", "accept"), ("answer", "decline"), (None, None), (None, None)]

    def test_it_asks_the_database_as_often_for_one_as_for_many(
        self, signed_in, programme, mine, django_assert_max_num_queries
    ):
        for tutorial in (programme.t3, programme.t4):
            registration.register(mine, tutorial, by=None, at=NOW)
        for tutorial in (programme.t1, programme.t2):
            fill(tutorial)
            registration.register(mine, tutorial, by=None, at=NOW, when_free="offer")

        with django_assert_max_num_queries(10):
            signed_in.get("/cpal-2026/my/")


class TestARefusalSaysWhatCanBeDone:
    @pytest.mark.parametrize(
        ("ticket", "says"),
        [("", "You need a conference ticket first."), ("1", "does not include tutorials")],
    )
    def test_a_ticket_is_missing(self, signed_in, programme, mine, ticket, says):
        conference = programme.conference
        conference.attendance = "register_with_ticket"
        conference.website = "https://example.org/"
        conference.save()
        if ticket:
            mine.ticket_number = ticket
            mine.ticket_kind = conference.ticket_kinds.create(name="Day", gives_tutorials=False)
            mine.save()

        page = signed_in.get(address(programme.t1))

        assert says in text_of(page)
        assert 'href="/cpal-2026/my/tickets/"' in page.content.decode()
        assert 'href="https://example.org/"' in page.content.decode()

    def test_withdrawn(self, signed_in, programme, mine):
        programme.conference.contact_email = "help@example.org"
        programme.conference.save()
        registration.withdraw(mine, by=None, at=NOW)

        page = signed_in.get(address(programme.t1))

        assert "Your place at this conference was withdrawn." in text_of(page)
        assert 'href="mailto:help@example.org">Write to the organisers' in page.content.decode()

    def test_too_late(self, signed_in, programme, settings):
        fill(programme.t1)
        settings.CLOCK = at(7).isoformat()

        page = signed_in.get(address(programme.t1))

        assert "its waiting list is closed" in text_of(page)
        assert "See the other tutorials" in text_of(page)
        assert buttons(page) == []
