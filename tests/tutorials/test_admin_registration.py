import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories import NOW, at, make_user
from tutorials import checkin, registration
from tutorials.models import Registration, Slot

REGISTER = "admin:tutorials_registration_register"


@pytest.fixture
def admin_client(client, organiser):
    client.force_login(organiser)
    return client


@pytest.fixture
def row(programme, attendees):
    return registration.register(attendees[0], programme.t1, by=None, at=NOW)


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


def test_register_somebody(admin_client, programme, attendees):
    answer = admin_client.post(
        reverse(REGISTER),
        {"attendee": attendees[0].pk, "tutorial": programme.t1.pk},
        follow=True,
    )

    assert messages_of(answer) == [f"Person 1 has a seat in {programme.t1}."]
    assert Registration.objects.get().status == "confirmed"


def test_somebody_too_many_waits(admin_client, programme, attendees):
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    answer = admin_client.post(
        reverse(REGISTER),
        {"attendee": attendees[4].pk, "tutorial": programme.t1.pk},
        follow=True,
    )

    assert messages_of(answer) == [f"Person 5 waits for {programme.t1}, at place 2."]


def test_a_refusal_is_said_and_nothing_is_lost(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t3, by=None, at=NOW)

    answer = admin_client.post(
        reverse(REGISTER), {"attendee": attendees[0].pk, "tutorial": programme.t1.pk}
    )

    page = answer.content.decode()
    assert "which overlaps this tutorial" in page
    assert f'<option value="{attendees[0].pk}" selected>' in page
    assert Registration.objects.count() == 1


def test_nobody_chosen(admin_client, programme):
    answer = admin_client.post(reverse(REGISTER), {})

    assert answer.content.decode().count("This field is required.") == 2


def test_cancel(admin_client, programme, attendees):
    rows = [
        registration.register(attendee, programme.t1, by=None, at=NOW) for attendee in attendees[:4]
    ]
    page = reverse("admin:tutorials_registration_cancel", args=[rows[0].pk])

    asked = admin_client.get(page).content.decode()
    answer = admin_client.post(page, follow=True)

    assert "Person 1 loses the place" in asked
    assert messages_of(answer) == ["The registration is cancelled."]
    first, last = (Registration.objects.get(pk=rows[n].pk) for n in (0, 3))
    assert (first.status, first.cancelled_because) == ("cancelled", "withdrawn")
    assert last.status == "confirmed"


def test_cancel_twice_changes_nothing(admin_client, row):
    page = reverse("admin:tutorials_registration_cancel", args=[row.pk])
    admin_client.post(page)
    before = Registration.objects.get()

    answer = admin_client.post(page, follow=True)

    assert answer.status_code == 200
    assert Registration.objects.get().cancelled_at == before.cancelled_at
    assert "cancelled already" in admin_client.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_both_commit_by_themselves(admin_client, programme, attendees):
    """No transaction of the admin is around them: a durable one would refuse to open."""
    admin_client.post(reverse(REGISTER), {"attendee": attendees[0].pk, "tutorial": programme.t1.pk})
    row = Registration.objects.get()
    admin_client.post(reverse("admin:tutorials_registration_cancel", args=[row.pk]))

    row.refresh_from_db()
    assert row.status == "cancelled"


@pytest.mark.parametrize("page", ["change", "delete"])
def test_registrations_are_written_elsewhere(admin_client, row, page):
    address = reverse(f"admin:tutorials_registration_{page}", args=[row.pk])

    assert admin_client.post(address, {"post": "yes", "status": "cancelled"}).status_code == 403
    row.refresh_from_db()
    assert row.status == "confirmed"


def test_check_ins_are_written_elsewhere(admin_client, programme, attendees):
    slot = Slot.objects.get(schedule=programme.version, tutorial=programme.t1)
    mark = checkin.check_in(attendees[0], slot, by=None, at=at(8))
    address = reverse("admin:tutorials_checkin_change", args=[mark.pk])

    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"kind": "undo"}).status_code == 403


def test_the_list_tells_the_true_place(admin_client, programme, attendees):
    rows = [
        registration.register(attendee, programme.t1, by=None, at=NOW) for attendee in attendees[:6]
    ]
    registration.cancel(attendees[3], programme.t1, by=None, at=NOW)

    answer = admin_client.get(reverse("admin:tutorials_registration_changelist"))

    places = {row.pk: row.n_place for row in answer.context["cl"].result_list}
    assert [places[row.pk] for row in rows] == [None, None, None, None, 1, 2]


def test_who_may_only_look_registers_nobody(client, programme, attendees, row):
    viewer = make_user(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    client.force_login(viewer)

    listed = client.get(reverse("admin:tutorials_registration_changelist"))

    assert listed.status_code == 200
    assert reverse(REGISTER) not in listed.content.decode()
    assert client.get(reverse(REGISTER)).status_code == 403
    cancel = reverse("admin:tutorials_registration_cancel", args=[row.pk])
    assert client.post(cancel).status_code == 403


def test_addresses_in_the_list_are_for_who_may_see_attendees(client, programme, attendees):
    attendees[0].email = "person1@example.org"
    attendees[0].save()
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    viewer = make_user(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    client.force_login(viewer)
    page = reverse("admin:conference_conference_attendance", args=[programme.conference.pk])

    assert b"person1@example.org" not in client.get(page).getvalue()

    viewer.user_permissions.add(Permission.objects.get(codename="view_attendee"))
    assert b"person1@example.org" in client.get(page).getvalue()
