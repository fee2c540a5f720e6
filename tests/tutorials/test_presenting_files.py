"""Slides and other files: who hands them in, who accepts them, who gets them."""

import io
import os
import time
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import (
    NOW,
    make_conference,
    make_member,
    make_person,
    make_presenter,
    make_tutorial,
)
from tests.pages import text_of
from tutorials import materials
from tutorials.models import Material
from tutorials.tokens import key_at

KEY = "k" * 32
PAGE = f"/cpal-2026/presenting/{key_at(KEY, 'cpal-2026')}/"
PDF = b"%PDF-1.7\n%..."


def zipped():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("slides.xml", "<p/>")
    return data.getvalue()


GOOD = {
    "slides.pdf": PDF,
    "Slides.PPTX": zipped(),
    "slides.odp": zipped(),
    "slides.key": zipped(),
    "code.zip": zipped(),
    "notebook.ipynb": b'\xef\xbb\xbf\n{"cells": []}',
    "figure.png": b"\x89PNG\r\n\x1a\n...",
    "figure.jpg": b"\xff\xd8\xff\xe0...",
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person(programme):
    found = programme.t1.presenters.get().person
    found.link_key = KEY
    found.save()
    return found


@pytest.fixture
def hand_in(client, person, programme):
    def post(name="slides.pdf", data=PDF, title="", tutorial=programme.t1, kind="slides"):
        fields = {
            "do": "file",
            "tutorial": tutorial.pk,
            f"f{tutorial.pk}-file": SimpleUploadedFile(name, data),
            f"f{tutorial.pk}-title": title,
            f"f{tutorial.pk}-kind": kind,
        }
        response = client.post(PAGE, fields)
        return client.get(PAGE) if response.status_code == 303 else response

    return post


def kept(tutorial, *, accepted=True, data=PDF, name="slides.pdf", **fields):
    return Material.objects.create(
        tutorial=tutorial,
        title=fields.pop("title", "Slides"),
        file=ContentFile(data, name=name),
        size=len(data),
        uploaded_at=NOW,
        accepted_at=NOW if accepted else None,
        **fields,
    )


def public_page(client, tutorial):
    return client.get(tutorial.get_absolute_url())


class TestHandingIn:
    @pytest.mark.parametrize("name", GOOD)
    def test_what_is_taken(self, hand_in, programme, name):
        page = hand_in(name, GOOD[name])
        assert "public once an organiser has accepted it" in text_of(page)
        found = Material.objects.get()
        assert found.tutorial == programme.t1
        assert found.size == len(GOOD[name])
        assert found.accepted_at is None
        kept_as = str(found.file.name)
        assert kept_as.endswith(f".{name.rpartition('.')[2].lower()}")
        assert "slides" not in kept_as.lower()

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("slides.exe", b"MZ", "This kind of file is not taken"),
            ("slides.html", b"<script>", "This kind of file is not taken"),
            ("slides.svg", b"<svg>", "This kind of file is not taken"),
            ("slides", PDF, "This kind of file is not taken"),
            ("slides.pdf.html", PDF, "This kind of file is not taken"),
            ("slides.pdf", b"<html><script>", "is called .pdf, but is none"),
            ("slides.pptx", b"<html>", "is called .pptx, but is none"),
            ("notebook.ipynb", b"<html>", "is called .ipynb, but is none"),
            ("figure.png", b"\xff\xd8\xff", "is called .png, but is none"),
            ("slides.pdf", b"", "empty"),
        ],
    )
    def test_what_is_not(self, hand_in, name, data, said):
        assert said in text_of(hand_in(name, data))
        assert Material.objects.count() == 0

    def test_too_large(self, hand_in, monkeypatch):
        monkeypatch.setattr(materials, "LARGEST", 10)
        assert "larger than 50 MB" in text_of(hand_in())
        assert Material.objects.count() == 0

    def test_the_limit_is_fifty_megabytes(self):
        file = ContentFile(PDF, name="slides.pdf")
        file.size = 50 * 2**20
        materials.check_file(file)

    def test_it_is_called_what_it_is_called(self, hand_in):
        hand_in("My_slides.pdf")
        hand_in("x.pdf", title="Exercises")
        assert list(Material.objects.values_list("title", flat=True)) == ["My slides", "Exercises"]

    def test_not_without_end(self, hand_in, monkeypatch):
        monkeypatch.setattr(materials, "MOST_WAITING", 2)
        for _ in range(3):
            page = hand_in()
        assert "2 files of yours wait" in text_of(page)
        assert Material.objects.count() == 2

    def test_for_a_tutorial_of_theirs(self, hand_in, programme):
        assert hand_in(tutorial=programme.t2).status_code == 404
        assert Material.objects.count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_they_delete_it_until_it_is_accepted(self, client, hand_in, programme, tmp_path):
        hand_in()
        found = Material.objects.get()
        assert (tmp_path / found.file.name).exists()
        fields = {"do": "remove_file", "tutorial": programme.t1.pk, "file": found.pk}
        materials.accept_file(found, at=NOW)
        client.post(PAGE, fields)
        assert Material.objects.count() == 1
        Material.objects.update(accepted_at=None)
        client.post(PAGE, fields)
        assert Material.objects.count() == 0
        assert not (tmp_path / found.file.name).exists()

    def test_nor_that_of_another(self, client, person, programme):
        found = kept(programme.t1, accepted=False)
        client.post(PAGE, {"do": "remove_file", "tutorial": programme.t1.pk, "file": found.pk})
        assert Material.objects.count() == 1


class TestServing:
    def test_as_a_download(self, client, programme):
        found = kept(programme.t1, title="Slides, part 1")
        response = client.get(found.file.url)

        assert response.status_code == 200
        assert b"".join(response.streaming_content) == PDF
        assert response["Content-Disposition"] == 'attachment; filename="t1-slides-part-1.pdf"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Type"] == "application/pdf"
        assert "public" in response["Cache-Control"]
        assert not response.cookies

    def test_it_is_listed(self, client, programme):
        kept(programme.t1, title="Slides <1>")
        page = public_page(client, programme.t1)
        assert "Slides <1> Slides, PDF, 13" in text_of(page)

    def test_nothing_that_waits(self, client, programme):
        found = kept(programme.t1, accepted=False)
        assert client.get(found.file.url).status_code == 404
        assert "Slides" not in text_of(public_page(client, programme.t1))

    def test_nothing_of_a_draft(self, client, conference):
        found = kept(make_tutorial(conference, status="draft"))
        assert client.get(found.file.url).status_code == 404

    def test_nothing_that_is_gone(self, client, programme, tmp_path):
        found = kept(programme.t1)
        (tmp_path / found.file.name).unlink()
        assert client.get(found.file.url).status_code == 404

    @pytest.mark.parametrize(
        "name", ["../db.sqlite3", f"{'a' * 32}.pdf", "photos/x.webp", f"{'a' * 32}.pdf/../x"]
    )
    def test_nothing_else(self, client, programme, name):
        assert client.get(f"/media/materials/{name}").status_code == 404

    def test_its_presenter_gets_it_before(self, client, person, programme):
        found = kept(programme.t1, accepted=False)
        response = client.get(f"{PAGE}files/{found.pk}/")
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        other = kept(programme.t2)
        assert client.get(f"{PAGE}files/{other.pk}/").status_code == 404
        wrong = f"/cpal-2026/presenting/{key_at('x' * 32, 'cpal-2026')}/"
        assert client.get(f"{wrong}files/{found.pk}/").status_code == 404


class TestOrganisers:
    LIST = "/admin/tutorials/material/"

    def test_accept(self, client, organiser, programme):
        client.force_login(organiser)
        found = kept(programme.t1, accepted=False)
        assert "Accept" in client.get(f"{self.LIST}{found.pk}/change/").content.decode()
        assert client.get(f"{self.LIST}{found.pk}/file/").status_code == 200
        client.post(f"{self.LIST}{found.pk}/accept/")
        assert "Slides" in text_of(public_page(client, programme.t1))

    def test_accept_several(self, client, organiser, programme):
        client.force_login(organiser)
        found = [kept(programme.t1, accepted=False) for _ in range(2)]
        data = {"action": "accept_selected", "_selected_action": [each.pk for each in found]}
        page = client.post(self.LIST, data, follow=True)
        assert "2 files are accepted." in page.content.decode()
        assert Material.objects.filter(accepted_at=None).count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_delete_takes_the_file_along(self, client, organiser, programme, tmp_path):
        client.force_login(organiser)
        found = [kept(programme.t1, accepted=False) for _ in range(2)]
        data = {"action": "delete_selected", "post": "yes"}
        client.post(self.LIST, data | {"_selected_action": [each.pk for each in found]})
        assert Material.objects.count() == 0
        assert not list((tmp_path / "materials").iterdir())

    def test_add_one_on_the_page_of_the_tutorial(self, client, organiser, programme):
        client.force_login(organiser)
        page = f"/admin/tutorials/tutorial/{programme.t1.pk}/change/"
        form = client.get(page).context["adminform"].form
        values = {name: form[name].value() for name in form.fields}
        data = {name: "" if value is None else value for name, value in values.items()}
        for prefix in ("presenters", "files", "online_links"):
            data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
        row = programme.t1.presenters.get()
        data |= {
            "presenters-TOTAL_FORMS": 1,
            "presenters-INITIAL_FORMS": 1,
            "presenters-0-id": row.pk,
            "presenters-0-tutorial": programme.t1.pk,
            "presenters-0-person": row.person_id,
            "presenters-0-affiliation": row.affiliation,
            "presenters-0-position": 1,
            "files-TOTAL_FORMS": 1,
            "files-0-tutorial": programme.t1.pk,
            "files-0-title": "",
            "files-0-position": "",
            "files-0-kind": "slides",
            "files-0-shown_to": "everybody",
        }
        wrong = data | {"files-0-file": SimpleUploadedFile("slides.pdf", b"<html>")}
        assert "is called .pdf, but is none" in client.post(page, wrong).content.decode()
        right = data | {"files-0-file": SimpleUploadedFile("My slides.pdf", PDF)}
        response = client.post(page, right)
        assert response.status_code == 302
        found = Material.objects.get()
        assert (found.title, found.size) == ("My slides", len(PDF))
        assert found.accepted_at
        assert "My slides" in text_of(public_page(client, programme.t1))

    def test_not_those_of_another_edition(self, client, programme, conference):
        client.force_login(make_member(make_conference(), "organiser"))
        found = kept(programme.t1, accepted=False)
        for page in ("change", "file"):
            assert client.get(f"{self.LIST}{found.pk}/{page}/").status_code in (302, 404)
        assert client.post(f"{self.LIST}{found.pk}/accept/").status_code == 404

    def test_a_viewer_looks_only(self, client, programme, conference):
        client.force_login(make_member(conference, "viewer"))
        found = kept(programme.t1, accepted=False)
        assert client.get(f"{self.LIST}{found.pk}/change/").status_code == 200
        assert client.post(f"{self.LIST}{found.pk}/accept/").status_code == 403


def test_two_presenters_hand_in_for_one_tutorial(client, hand_in, person, programme):
    second = make_presenter(programme.t1, "Second").person
    kept(programme.t1, accepted=False, uploaded_by=second, title="Theirs")
    text = text_of(hand_in("mine.pdf"))
    assert "Theirs" in text
    assert text.count("Delete:") == 1


def test_what_was_accepted_meanwhile_is_not_taken_back(db):
    person, tutorial = make_person("Ada Lovelace"), make_tutorial(make_conference())
    read_before = Material.objects.create(
        tutorial=tutorial, title="Slides", url="https://example.org/", uploaded_by=person,
        uploaded_at=NOW,
    )  # fmt: skip
    materials.accept_file(read_before, at=NOW)

    assert not materials.take_back(read_before, person)
    assert Material.objects.exists()


def test_files_that_no_row_names_go_a_day_later(programme, tmp_path):
    replaced, stays = kept(programme.t1), kept(programme.t1)
    gone = kept(make_tutorial(programme.conference))
    folder = tmp_path / "materials"
    fresh = folder / "being-uploaded.pdf"
    fresh.write_bytes(PDF)
    replaced.file = ContentFile(PDF, name="new.pdf")
    replaced.save()
    gone.tutorial.delete()
    old = time.time() - 25 * 3600
    for file in folder.iterdir():
        if file != fresh:
            os.utime(file, (old, old))

    assert materials.forget_unused() == 2

    assert {f"materials/{file.name}" for file in folder.iterdir()} == {
        "materials/being-uploaded.pdf", replaced.file.name, stays.file.name
    }  # fmt: skip


def test_without_any_file_there_is_none_to_forget(db, tmp_path):
    assert materials.forget_unused() == 0
