"""Who waits, and has a seat that is in the way by then, is passed over: where is that said?"""

import pytest

from tests.factories import NOW, at, fill, make_attendee
from tests.pages import messages_of, tags_in, text_of
from tests.tutorials.test_participation_choices import address, buttons, fields
from tutorials import mails, registration
from tutorials.models import Mail, Registration, Tutorial
from tutorials.tokens import token_for
from tutorials.waiting import passed_over_for

SAID = "You also wait for “%s”: with %s you are passed over there"


@pytest.fixture
def mine(user, conference):
    return make_attendee(conference, user=user)


@pytest.fixture
def signed_in(client, user, mine):
    client.force_login(user)
    return client


@pytest.fixture
def waits(mine, programme):
    """They wait for T1, which is full; T3 is at the same time, T2 and T4 are not."""
    fill(programme.t1)
    return registration.register(mine, programme.t1, by=None, at=NOW)


def seats(tutorial, number):
    registration.change_capacity(
        Tutorial.objects.get(pk=tutorial.pk),
        capacity=number,
        kept_back=0,
        too_few=registration.TooFew.KEEP,
        by=None,
        at=NOW,
    )


class TestWhoRegistersForSomethingElse:
    def test_is_told_before_and_after(self, signed_in, programme, waits):
        for verb in (None, "register"):
            if verb:
                signed_in.post(address(programme.t3, verb))
            page = signed_in.get(address(programme.t3))
            assert SAID % (programme.t1.title, "a seat here") in text_of(page)
            assert f'href="{address(programme.t1)}">“' in page.content.decode()

    def test_is_not_told_of_what_is_at_another_time(self, signed_in, programme, waits):
        assert "You also wait" not in text_of(signed_in.get(address(programme.t4)))

    def test_is_told_of_the_limit(self, signed_in, programme, waits):
        programme.conference.tutorials_per_attendee = 1
        programme.conference.save()

        page = signed_in.get(address(programme.t4))

        assert SAID % (programme.t1.title, "a seat here") in text_of(page)

    def test_is_not_told_who_has_said_what_they_want(self, signed_in, programme, waits):
        signed_in.post(address(programme.t3, "register"))
        wish = {"when_free": "switch", "from": programme.t3.slug}
        signed_in.post(address(programme.t1, "wish"), wish)

        assert "You also wait" not in text_of(signed_in.get(address(programme.t3)))

    def test_is_not_told_where_both_may_be_had(self, signed_in, programme, waits):
        programme.conference.overlaps = "allow"
        programme.conference.save()

        assert "You also wait" not in text_of(signed_in.get(address(programme.t3)))

    def test_is_not_told_once_the_waiting_list_is_closed(self, mine, programme, waits):
        assert passed_over_for(mine, programme.t3, NOW) == [programme.t1]
        assert passed_over_for(mine, programme.t3, at(7, 59)) == []

    def test_is_told_by_the_mail(self, programme, mine, waits):
        mine.email = "ada@example.org"
        mine.save()
        row = registration.register(mine, programme.t3, by=None, at=NOW)

        for kind in ("registered", "got_in", "switched", "moved"):
            mails.tell([row], Mail.Kind(kind), at=NOW)
            mail = Mail.objects.latest("pk")
            body = str(mails.message(mail, at=NOW).body)
            assert SAID % (programme.t1.title, "this seat") in body, kind
            there = f"Say what you want there:\nhttp://testserver{address(programme.t1)}\n"
            assert there in body, kind

    def test_is_told_where_an_offer_was_accepted(self, client, programme, mine, waits):
        registration.register(mine, programme.t2, by=None, at=NOW)
        programme.conference.tutorials_per_attendee = 1
        programme.conference.save()
        row = registration.register(mine, programme.t4, by=None, at=NOW, when_free="offer")
        assert row.status == "offered"
        registration.accept(row, by=None, at=NOW, giving_up=[programme.t2.pk])

        page = client.get(f"/cpal-2026/offers/{token_for(row, 'offer')}/")

        assert SAID % (programme.t1.title, "a seat here") in text_of(page)


class TestASeatFreesForWhomeverIsPassedOver:
    @pytest.fixture(autouse=True)
    def _free(self, mine, programme, waits):
        registration.register(mine, programme.t3, by=None, at=NOW)
        seats(programme.t1, 5)

    @pytest.mark.parametrize("page", ["tutorial", "my"])
    def test_the_page_says_so_and_offers_what_can_be_done(self, signed_in, programme, page):
        response = signed_in.get(address(programme.t1) if page == "tutorial" else "/cpal-2026/my/")

        text = text_of(response)
        assert "A seat is free now. You are passed over" in text
        assert "Only 2 seats left" in text
        assert "When it is your turn" not in text
        assert "Switch now" in text
        assert "Hold it for me" in text
        pressed = [each for each in buttons(response) if each[0] == "wish"]
        assert pressed == [("wish", "when_free", "switch"), ("wish", "when_free", "offer")]

    @pytest.mark.parametrize(
        ("wanted", "status", "kept"),
        [("switch", "confirmed", "cancelled"), ("offer", "offered", "confirmed")],
    )
    def test_a_button_is_acted_on_at_once(self, signed_in, programme, mine, wanted, status, kept):
        wish = {"when_free": wanted, "from": programme.t3.slug}
        signed_in.post(address(programme.t1, "wish"), wish)

        rows = Registration.objects.filter(attendee=mine)
        assert rows.get(tutorial=programme.t1).status == status
        assert rows.get(tutorial=programme.t3).status == kept

    def test_while_it_is_full_the_choice_is_as_before(self, signed_in, programme):
        seats(programme.t1, 3)

        page = signed_in.get(address(programme.t1))

        assert "When it is your turn" in text_of(page)
        assert fields(page, "when_free") == ["switch", "offer", "take"]
        assert "Switch now" not in text_of(page)


def test_an_open_page_knows_what_to_show_when_the_seats_change(signed_in, programme, mine):
    """Where something is in the way the forms for a full tutorial are others; seats.js swaps."""
    registration.register(mine, programme.t3, by=None, at=NOW)

    def lines(attribute):
        tags = tags_in(signed_in.get(address(programme.t1)).content.decode())
        return [(tag, "hidden" in attrs) for tag, attrs in tags if attribute in attrs]

    assert lines("data-unless") == [("form", False)]
    assert lines("data-only") == [("p", True)]
    fill(programme.t1)
    assert lines("data-only") == [("form", False)]
    assert lines("data-unless") == [("p", True)]
    assert messages_of(signed_in.get(address(programme.t1))) == []
