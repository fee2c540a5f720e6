"""A photo or logo that is replaced or removed is gone from the disk, and nothing misses it."""

import io
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from conference.pictures import forget_unused
from people.models import Person
from tests.factories import NOW, make_conference, make_person
from tutorials import presenting


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def olga(client, organiser):
    client.force_login(organiser)
    return client


@pytest.fixture
def ada(db):
    person = make_person("Ada Lovelace")
    person.photo.save("me.webp", ContentFile(picture()))
    return person


def picture():
    data = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(data, "WEBP")
    return data.getvalue()


def on_the_disk(media):
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def change(client, row, **fields):
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    page = client.get(address)
    first = page.context["adminform"].form.initial
    data = {name: value for name, value in first.items() if value not in (None, False, "")}
    data.pop("photo", None), data.pop("logo", None)
    for inline in page.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = client.post(address, data | fields)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()


@pytest.mark.django_db(transaction=True)
class TestInTheAdmin:
    def test_a_new_photo_takes_the_place_of_the_old(self, olga, ada, media):
        old = ada.photo.name

        change(olga, ada, photo=SimpleUploadedFile("new.webp", picture()))

        assert ada.photo.name != old
        assert on_the_disk(media) == {ada.photo.name}

    def test_a_change_of_something_else_leaves_it(self, olga, ada, media):
        change(olga, ada, name="Ada King")

        assert on_the_disk(media) == {ada.photo.name}

    def test_a_photo_that_is_cleared_is_gone(self, olga, ada, media):
        change(olga, ada, **{"photo-clear": "on"})

        assert (ada.photo.name, on_the_disk(media)) == ("", set())

    def test_a_logo_that_is_replaced_is_gone(self, olga, media):
        conference = make_conference()
        conference.logo.save("logo.webp", ContentFile(picture()))

        change(olga, conference, logo=SimpleUploadedFile("new.webp", picture()))

        assert on_the_disk(media) == {conference.logo.name}

    def test_who_was_deleted_comes_back_without_the_photo(self, olga, ada, media):
        olga.post(reverse("admin:people_person_delete", args=[ada.pk]), {"post": "yes"})
        assert on_the_disk(media) == set()

        record = Person.history.get(history_type="-")
        olga.post(reverse("admin:people_person_undelete", args=[record.history_id]))

        again = Person.objects.get(pk=ada.pk)
        assert (again.name, again.photo.name) == ("Ada Lovelace", "")
        page = reverse("admin:people_person_change", args=[ada.pk])
        assert olga.get(page).status_code == 200

    def test_an_older_version_comes_back_with_the_photo_of_now(self, olga, ada, media):
        change(olga, ada, name="A. K.", photo=SimpleUploadedFile("new.webp", picture()))
        record = ada.history.filter(name="Ada Lovelace").first()

        olga.post(reverse("admin:people_person_bring_back", args=[ada.pk, record.history_id]))

        ada.refresh_from_db()
        assert ada.name == "Ada Lovelace"
        assert on_the_disk(media) == {ada.photo.name}


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_a_presenter_sent_takes_the_place_of_the_old(organiser, ada, media):
    photo = ContentFile(picture(), name="photo.webp")
    sent = presenting.send(ada, None, {}, at=NOW, photo=photo)
    assert sent

    presenting.accept(sent, by=organiser, at=NOW, seen=presenting.fingerprint(sent))

    ada.refresh_from_db()
    assert on_the_disk(media) == {ada.photo.name}


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_keeps_its_photo(ada, media):
    with suppress(RuntimeError), transaction.atomic():
        ada.delete()
        forget_unused(Person, "photo", ada.photo.name)
        raise RuntimeError

    assert on_the_disk(media) == {ada.photo.name}
