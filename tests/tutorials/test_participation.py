"""Registering and cancelling over HTTP, and what one has registered for."""

import pytest

from people.models import Attendee
from tests.factories import NOW, at, make_attendee, make_user
from tests.pages import messages_of
from tutorials import registration
from tutorials.models import Registration


def address(tutorial, verb=""):
    return f"/cpal-2026/tutorials/{tutorial.slug}/" + (f"{verb}/" if verb else "")


def mine(user, tutorial):
    return Registration.objects.filter(attendee__user=user, tutorial=tutorial).last()


def test_registering(signed_in, user, programme):
    response = signed_in.post(address(programme.t1, "register"))
    assert (response.status_code, response.url) == (303, address(programme.t1))
    assert messages_of(response) == [f"You are registered for “{programme.t1.title}”."]
    assert mine(user, programme.t1).status == "confirmed"
    attendee = Attendee.objects.get(user=user)
    assert (attendee.name, attendee.email) == ("Ada Lovelace", "ada@example.org")


@pytest.mark.django_db(transaction=True)
def test_registering_is_few_statements(signed_in, programme, django_assert_max_num_queries):
    """Session, place at the conference, mail and transactions included."""
    with django_assert_max_num_queries(20):
        signed_in.post(address(programme.t1, "register"))
    with django_assert_max_num_queries(16):
        signed_in.post(address(programme.t2, "register"))
    assert Registration.objects.count() == 2


def test_a_double_click_changes_nothing(signed_in, user, programme):
    for _ in range(2):
        assert signed_in.post(address(programme.t1, "register")).status_code == 303
    assert Registration.objects.count() == 1


def test_a_full_one_gives_the_place_in_the_queue(signed_in, user, programme, attendees):
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    response = signed_in.post(address(programme.t1, "register"))
    assert messages_of(response) == [
        f"You are number 2 on the waiting list of “{programme.t1.title}”."
    ]
    assert mine(user, programme.t1).position == 2


def test_an_overlap_is_refused_with_the_reason(signed_in, user, programme):
    signed_in.post(address(programme.t1, "register"))
    response = signed_in.post(address(programme.t3, "register"))
    assert (response.status_code, response.url) == (303, address(programme.t3))
    assert programme.t1.title in messages_of(response)[-1]
    assert mine(user, programme.t3) is None


def test_cancelling_and_the_next_moves_up(signed_in, user, programme, attendees):
    signed_in.post(address(programme.t1, "register"))
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    response = signed_in.post(address(programme.t1, "cancel"))
    assert (response.status_code, response.url) == (303, address(programme.t1))
    assert (
        messages_of(response)[-1] == f"You are not registered for “{programme.t1.title}” any more."
    )
    assert Registration.objects.get(attendee=attendees[2]).status == "confirmed"
    assert signed_in.post(address(programme.t1, "cancel")).status_code == 303


def test_leaving_the_queue_is_called_that(signed_in, user, programme, attendees):
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    signed_in.post(address(programme.t1, "register"))
    response = signed_in.post(address(programme.t1, "cancel"))
    assert messages_of(response)[-1] == f"You have left the waiting list of “{programme.t1.title}”."


def test_cancelling_what_has_started_is_refused(signed_in, user, programme, settings):
    signed_in.post(address(programme.t1, "register"))
    settings.CLOCK = at(8, 30).isoformat()
    response = signed_in.post(address(programme.t1, "cancel"))
    assert (
        messages_of(response)[-1]
        == f"“{programme.t1.title}” has started; it cannot be given up any more."
    )
    assert mine(user, programme.t1).status == "confirmed"


def test_cancelling_without_a_place_at_the_conference(signed_in, programme):
    assert signed_in.post(address(programme.t1, "cancel")).status_code == 303
    assert Attendee.objects.count() == 0


@pytest.mark.parametrize("verb", ["register", "cancel", "switch", "wish"])
def test_a_get_only_leads_to_the_page(signed_in, programme, verb):
    response = signed_in.get(address(programme.t1, verb))
    assert (response.status_code, response.url) == (302, address(programme.t1))
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("verb", ["register", "cancel", "switch", "wish"])
def test_signed_out_one_signs_in_and_comes_back(client, programme, verb):
    response = client.post(address(programme.t1, verb))
    assert response.status_code == 303
    assert response.url == f"/accounts/login/?next={address(programme.t1)}"
    assert Registration.objects.count() == 0


def test_without_a_token_nothing_happens(programme, user):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(address(programme.t1, "register")).status_code == 403
    assert Registration.objects.count() == 0


def test_the_name_is_asked_with_the_first_registration(client, programme):
    nameless = make_user("grace@example.org", name="")
    client.force_login(nameless)
    client.post(address(programme.t1, "register"), {"name": " Grace Hopper "})
    attendee = Attendee.objects.get(user=nameless)
    nameless.refresh_from_db()
    assert (attendee.name, attendee.sort_name, nameless.name) == (
        "Grace Hopper",
        "Hopper, Grace",
        "Grace Hopper",
    )


def test_without_any_name_the_address_serves(client, programme):
    nameless = make_user("grace@example.org", name="")
    client.force_login(nameless)
    client.post(address(programme.t1, "register"))
    assert Attendee.objects.get(user=nameless).name == "grace"


@pytest.mark.parametrize("attendance", ["open", "ticket"])
def test_where_nobody_registers_the_addresses_are_not_there(
    signed_in, programme, conference, attendance
):
    conference.attendance = attendance
    conference.save()
    assert signed_in.post(address(programme.t1, "register")).status_code == 404
    assert signed_in.post(address(programme.t1, "cancel")).status_code == 404
    assert signed_in.post(address(programme.t1, "switch")).status_code == 404
    assert signed_in.post(address(programme.t1, "wish")).status_code == 404


def test_who_is_refused_is_no_attendee(signed_in, programme, conference):
    conference.attendance = "register_with_ticket"
    conference.save()
    page = signed_in.get(address(programme.t1)).content.decode()
    assert "You need a conference ticket first." in page
    assert "btn" not in page.partition("<main")[2]
    response = signed_in.post(address(programme.t1, "register"))
    assert "You need a conference ticket first." in messages_of(response)[0]
    assert Attendee.objects.count() == 0


def test_a_page_that_shows_a_message_is_nobody_elses(signed_in, programme):
    signed_in.post(address(programme.t1, "register"))
    del signed_in.cookies["sessionid"]
    response = signed_in.get("/cpal-2026/")
    assert "You are registered for" in response.content.decode()
    assert "private" in response["Cache-Control"]


def test_a_draft_is_not_there(signed_in, programme):
    programme.t1.status = "draft"
    programme.t1.save()
    assert signed_in.post(address(programme.t1, "register")).status_code == 404


def test_my_tutorials_signed_out(client, programme, conference):
    conference.has_stars = False
    conference.save()
    response = client.get("/cpal-2026/my/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/cpal-2026/my/")


def test_my_tutorials(signed_in, user, programme, attendees, django_assert_max_num_queries):
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    assert "Registered" not in signed_in.get("/cpal-2026/my/").content.decode()
    signed_in.post(address(programme.t2, "register"))
    signed_in.post(address(programme.t1, "register"))
    with django_assert_max_num_queries(10):
        response = signed_in.get("/cpal-2026/my/")
    shown = [(row.tutorial, row.place) for row in response.context["registrations"]]
    assert shown == [(programme.t1, 1), (programme.t2, None)]
    page = response.content.decode()
    assert programme.t1.title in page
    assert Attendee.objects.get(user=user).badge_code in page
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}


def test_nobody_sees_anothers(signed_in, programme, conference):
    other = make_attendee(conference, user=make_user("other@example.org"))
    registration.register(other, programme.t1, by=None, at=NOW)
    response = signed_in.get("/cpal-2026/my/")
    assert list(response.context["registrations"]) == []
