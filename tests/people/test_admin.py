import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from people.models import Attendee, Person, User
from tests.factories import NOW, make_attendee, make_member, make_person
from tutorials import registration


def account(page, *args):
    return reverse(f"admin:people_user_{page}", args=args)


def test_an_account_without_a_password(admin_client):
    answer = admin_client.post(
        account("add"),
        {"email": "Grace@Example.org", "name": "Grace Hopper", "usable_password": "false"},
    )

    assert answer.status_code == 302
    grace = User.objects.get(email="grace@example.org")
    assert (grace.name, grace.has_usable_password()) == ("Grace Hopper", False)


def test_an_account_with_a_password(admin_client):
    admin_client.post(
        account("add"),
        {
            "email": "grace@example.org",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
        },
    )

    assert User.objects.get(email="grace@example.org").check_password("correct horse battery")


def test_one_account_per_address(admin_client, user):
    answer = admin_client.post(
        account("add"), {"email": user.email.upper(), "usable_password": "false"}
    )

    assert "This address has an account." in answer.content.decode()


def test_an_account_is_changed(admin_client, user):
    answer = admin_client.post(
        account("change", user.pk),
        {"email": user.email, "name": "Ada King", "is_active": "on", "is_superuser": "on"},
    )

    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_superuser) == ("Ada King", True)


def test_accounts_are_for_superusers(client, conference, user):
    client.force_login(make_member(conference, "organiser"))
    password = reverse("admin:auth_user_password_change", args=[user.pk])

    assert client.get(account("changelist")).status_code == 403
    for page in (account("change", user.pk), account("delete", user.pk), password):
        assert client.get(page).status_code == 403
        assert client.post(page, {"post": "yes", "is_superuser": "on"}).status_code == 403
    user.refresh_from_db()
    assert user.is_superuser is False


def person_form(**fields):
    return {
        "name": "Ada Lovelace",
        "slug": "ada-lovelace",
        "links-TOTAL_FORMS": 1,
        "links-INITIAL_FORMS": 0,
        "links-0-label": "Home",
        "links-0-url": "example.org",
    } | fields


def test_a_person_with_links_and_a_photo(admin_client):
    photo = io.BytesIO()
    Image.new("RGB", (900, 300), "navy").save(photo, "JPEG")
    upload = SimpleUploadedFile("ada.jpg", photo.getvalue(), "image/jpeg")

    answer = admin_client.post(reverse("admin:people_person_add"), person_form(photo=upload))

    assert answer.status_code == 302
    ada = Person.objects.get()
    try:
        with Image.open(ada.photo) as kept:
            assert (kept.format, kept.size) == ("WEBP", (640, 640))
        assert ada.links.get().url == "https://example.org"
        assert "Lovelace" not in str(ada.photo)
    finally:
        ada.photo.delete()


def test_what_is_no_photo_is_refused(admin_client):
    upload = SimpleUploadedFile("ada.jpg", b"<svg onload=alert(1)>", "image/jpeg")

    answer = admin_client.post(reverse("admin:people_person_add"), person_form(photo=upload))

    assert "This is not a picture we can read." in answer.content.decode()
    assert not Person.objects.exists()


def test_a_person_is_saved_without_touching_the_photo(admin_client):
    ada = make_person("Ada Lovelace", photo="photos/kept.webp")
    page = reverse("admin:people_person_change", args=[ada.pk])

    admin_client.post(page, person_form(bio="Wrote the first program."))

    ada.refresh_from_db()
    assert (ada.bio, ada.photo.name) == ("Wrote the first program.", "photos/kept.webp")


def test_a_presenter_is_seen_on_the_site(admin_client, programme):
    presenter = programme.t1.presenters.get().person
    stranger = make_person("Nobody Yet")
    public = reverse("tutorials:presenter_detail", args=["cpal-2026", presenter.slug])

    def page(person):
        address = reverse("admin:people_person_change", args=[person.pk])
        return admin_client.get(address).content.decode()

    assert public in page(presenter)
    assert "viewsitelink" not in page(stranger)


def delete(attendee):
    return reverse("admin:people_attendee_delete", args=[attendee.pk])


def test_an_attendee_with_a_seat_is_not_deleted(admin_client, programme, attendees):
    row = registration.register(attendees[0], programme.t1, by=None, at=NOW)

    page = admin_client.get(delete(attendees[0])).content.decode()
    admin_client.post(delete(attendees[0]), {"post": "yes"})

    assert "cancel this registration first" in page
    assert reverse("admin:tutorials_registration_cancel", args=[row.pk]) in page
    assert Attendee.objects.filter(pk=attendees[0].pk).exists()


def test_an_attendee_who_gave_up_the_seat_is_deleted(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    registration.cancel(attendees[0], programme.t1, by=None, at=NOW)

    answer = admin_client.post(delete(attendees[0]), {"post": "yes"})

    assert answer.status_code == 302
    assert not Attendee.objects.filter(pk=attendees[0].pk).exists()


def test_attendees_are_not_deleted_in_bulk(admin_client, attendees):
    page = admin_client.get(reverse("admin:people_attendee_changelist")).content.decode()

    assert "delete_selected" not in page


@pytest.mark.django_db(transaction=True)
def test_who_gains_a_ticket_gets_the_seat_that_is_free(admin_client, programme):
    conference = programme.conference
    conference.attendance = "register_with_ticket"
    conference.save()
    with_tickets = [make_attendee(conference, ticket_number=str(n)) for n in range(4)]
    rows = [registration.register(a, programme.t1, by=None, at=NOW) for a in with_tickets]
    waiting = with_tickets[3]
    Attendee.objects.filter(pk=waiting.pk).update(ticket_number="")
    registration.cancel(with_tickets[0], programme.t1, by=None, at=NOW)
    rows[3].refresh_from_db()
    assert rows[3].status == "waitlisted"

    admin_client.post(
        reverse("admin:people_attendee_change", args=[waiting.pk]),
        {
            "name": waiting.name,
            "sort_name": waiting.sort_name,
            "ticket_number": "T-4711",
            "registrations-TOTAL_FORMS": 0,
            "registrations-INITIAL_FORMS": 0,
        },
    )

    rows[3].refresh_from_db()
    assert rows[3].status == "confirmed"
