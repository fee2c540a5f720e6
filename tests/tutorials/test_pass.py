"""My pass: what one shows at the door."""

import re

import pytest
import segno

from tests.factories import NOW, make_attendee, make_user
from tests.pages import text_of
from tests.tutorials.test_uses import use
from tutorials import registration

PAGE = "/cpal-2026/my/pass/"


@pytest.fixture
def ada(programme, user):
    return make_attendee(
        programme.conference, user=user, name="Ada Lovelace", badge_code="K7QX-9M4T"
    )


def test_it_says_who_one_is_and_what_one_has_a_seat_in(client, programme, ada, user, attendees):
    registration.register(ada, programme.t1, by=None, at=NOW)
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t2, by=None, at=NOW)
    registration.register(ada, programme.t2, by=None, at=NOW)  # waits
    client.force_login(user)

    text = text_of(client.get(PAGE))

    for words in ("Ada Lovelace", "K7QX-9M4T", "CPAL 2026", "Hall A", "09:00", programme.t1.title):
        assert words in text
    assert programme.t2.title not in text


def test_the_code_is_that_of_the_badge_and_nothing_else(client, ada, user):
    client.force_login(user)

    (drawn,) = re.findall(r'<svg role="img".*?</svg>', client.get(PAGE).content.decode(), re.S)

    (path,) = re.findall(r'stroke="#000" d="([^"]+)"', drawn)
    expected = segno.make_qr("K7QX-9M4T", error="q").svg_inline(border=4)
    assert re.findall(r' d="([^"]+)"', expected) == [path]
    assert 'fill="#fff"' in drawn
    assert "style=" not in drawn


def test_a_stranger_signs_in_first(client, programme):
    assert client.get(PAGE)["Location"] == "/accounts/login/?next=/cpal-2026/my/pass/"


def test_it_is_nobody_elses_to_keep(client, ada, user):
    client.force_login(user)

    assert "private" in client.get(PAGE)["Cache-Control"]


def test_without_a_place_it_says_how_one_comes_by_one(client, programme):
    client.force_login(make_user())

    text = text_of(client.get(PAGE))

    assert "Your pass will be here once you have registered" in text
    assert "<svg" not in text


def test_who_was_withdrawn_has_none(client, ada, user):
    ada.withdrawn_at = NOW
    ada.save()
    client.force_login(user)

    text = text_of(client.get(PAGE))

    assert "was withdrawn" in text
    assert "K7QX-9M4T" not in text


@pytest.mark.parametrize("off", [{"checks_in": False}, {"attendance": "open"}])
def test_where_nobody_is_checked_in_or_registers_there_is_none(client, ada, user, off):
    use(ada.conference, **off)
    client.force_login(user)

    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/cpal-2026/my/").content.decode()


def test_my_tutorials_lead_there(client, ada, user):
    client.force_login(user)

    assert PAGE in client.get("/cpal-2026/my/").content.decode()


def test_it_costs_the_same_for_more_tutorials(
    client, programme, ada, user, django_assert_max_num_queries
):
    client.force_login(user)
    registration.register(ada, programme.t1, by=None, at=NOW)
    with django_assert_max_num_queries(10) as few:
        client.get(PAGE)
    registration.register(ada, programme.t4, by=None, at=NOW)
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)
