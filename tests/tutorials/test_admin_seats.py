"""The page that changes how many seats a tutorial has."""

import pytest
from django.urls import reverse

from tests.factories import NOW
from tests.pages import messages_of
from tutorials import registration
from tutorials.models import Change, Registration


@pytest.fixture
def full(programme, attendees):
    """T1 has three people in three seats and two who wait."""
    for attendee in attendees[:5]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    return programme.t1


def address(tutorial):
    return reverse("admin:tutorials_tutorial_seats", args=[tutorial.pk])


def send(client, tutorial, **fields):
    form = {"capacity": "", "kept_back": 0, "too_few": "refuse", "reason": ""} | fields
    return client.post(address(tutorial), form, follow=True)


def seats_of(tutorial):
    tutorial.refresh_from_db()
    return tutorial.seats_taken, tutorial.seats


def statuses(tutorial):
    return list(tutorial.registrations.order_by("pk").values_list("status", flat=True))


def test_it_says_what_there_is(admin_client, full):
    page = admin_client.get(address(full)).content.decode()

    assert f"{full}: 3 of 3 seats are taken." in page
    assert "Registrations: 3 confirmed, 0 offered, 2 waiting." in page
    assert "Its smallest room in the released schedule holds 3 people." in page
    assert seats_of(full) == (3, 3)


def test_a_room_that_is_not_known(admin_client, programme):
    page = admin_client.get(address(programme.t3)).content.decode()

    assert "0 seats are taken; there is no limit." in page
    assert "How many people its rooms hold is not known" in page


@pytest.mark.django_db(transaction=True)
def test_more_seats_let_the_waiting_in(admin_client, full, organiser):
    answer = send(admin_client, full, capacity=4, reason="A chair was found.")

    assert messages_of(answer) == [f"{full}: 4 of 4 seats are taken."]
    assert statuses(full) == ["confirmed"] * 4 + ["waitlisted"]
    noted = Change.objects.get(registration=None, seats_became=4)
    assert (noted.why, noted.by, noted.reason) == ("capacity", organiser, "A chair was found.")


def test_fewer_than_are_taken_is_refused_until_it_is_decided(admin_client, full):
    answer = send(admin_client, full, capacity=1)

    assert answer.context["adminform"].form.errors == {
        "too_few": [f"{full} would have 1 seats and has 3 people."]
    }
    # What there is, not what was typed, stands above the form.
    assert f"{full}: 3 of 3 seats are taken." in answer.content.decode()
    full.refresh_from_db()
    assert (full.capacity, full.seats) == (None, 3)


def test_nothing_chosen_is_no_decision(admin_client, full):
    answer = send(admin_client, full, capacity=1, too_few="")

    assert list(answer.context["adminform"].form.errors) == ["too_few"]
    assert seats_of(full) == (3, 3)


def test_everybody_keeps_their_seat(admin_client, full):
    answer = send(admin_client, full, capacity=1, too_few="keep")

    assert messages_of(answer) == [
        f"{full}: 3 of 3 seats are taken.",
        f"{full} keeps 3 seats, because that many are taken: nobody loses one.",
    ]
    assert seats_of(full) == (3, 3)
    assert full.capacity == 1


def test_the_newest_go_back(admin_client, full):
    answer = send(admin_client, full, capacity=1, too_few="move_back")

    assert messages_of(answer) == [
        "2 people went to the head of the waiting list and are told.",
        f"{full}: 1 of 1 seats are taken.",
    ]
    assert seats_of(full) == (1, 1)
    assert statuses(full) == ["confirmed"] + ["waitlisted"] * 4
    places = [registration.place(row) for row in Registration.objects.waiting()]
    assert places == [1, 2, 3, 4]


def test_seats_are_kept_back(admin_client, programme):
    send(admin_client, programme.t1, kept_back=2)

    assert seats_of(programme.t1) == (0, 1)


@pytest.mark.parametrize("fields", [{"capacity": 0}, {"kept_back": ""}, {"too_few": "hm"}])
def test_what_makes_no_sense_is_refused(admin_client, full, fields):
    answer = send(admin_client, full, **fields)

    assert list(answer.context["adminform"].form.errors) == list(fields)
    assert seats_of(full) == (3, 3)
