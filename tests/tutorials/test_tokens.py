"""Links in mails that speak for a registration."""

import pytest

from tests.factories import NOW, make_conference
from tutorials.models import Registration
from tutorials.tokens import registration_of, token_for


@pytest.fixture
def registration(programme, attendees):
    return Registration.objects.create(
        attendee=attendees[0], tutorial=programme.t1, status="confirmed",
        registered_at=NOW, confirmed_at=NOW,
    )  # fmt: skip


def test_it_leads_back(registration, conference, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = registration_of(token_for(registration, "offer"), "offer", conference)
        assert found is not None
        assert found == registration
        assert found.attendee.name == "Person 1"
        assert found.tutorial.conference == conference


def test_it_is_the_same_each_time(registration):
    assert token_for(registration, "leave") == token_for(registration, "leave")


def test_it_is_good_for_one_purpose(registration, conference):
    token = token_for(registration, "leave")

    assert registration_of(token, "offer", conference) is None


def test_it_is_good_at_one_conference(registration):
    token = token_for(registration, "offer")

    assert registration_of(token, "offer", make_conference()) is None


def test_it_is_worth_nothing_once_the_registration_is_gone(registration, conference):
    token = token_for(registration, "offer")
    registration.delete()

    assert registration_of(token, "offer", conference) is None


@pytest.mark.parametrize("change", [
    lambda token: "",
    lambda token: token[:-1],
    lambda token: "1" + token,
    lambda token: token.replace(".", ":"),
    lambda token: token + "é",
    lambda token: token_for(Registration(), "offer"),
])  # fmt: skip
def test_a_changed_one_is_worth_nothing(registration, conference, change):
    token = change(token_for(registration, "offer"))

    assert registration_of(token, "offer", conference) is None


def test_a_mail_program_takes_all_of_it_for_the_link(registration):
    assert set(token_for(registration, "offer")) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )
