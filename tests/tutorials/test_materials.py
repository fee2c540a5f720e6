"""Materials: who gets slides and recordings, and from when."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import NOW, make_attendee, make_conference, make_member
from tests.pages import text_of
from tutorials import materials, registration, shown
from tutorials.admin.presenting import EverybodyOrNobody
from tutorials.models import Material

PDF = b"%PDF-1.7\n%..."
LATER = NOW + timedelta(days=8)
VIDEO = "https://videos.example.org/t1"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def kept(tutorial, **fields):
    if "url" not in fields:
        fields |= {"file": ContentFile(PDF, name="slides.pdf"), "size": len(PDF)}
    defaults = {"title": "Slides", "uploaded_at": NOW, "accepted_at": NOW}
    return Material.objects.create(tutorial=tutorial, **defaults | fields)


@pytest.fixture
def seated(client, programme, user):
    """Somebody signed in with a seat in T1."""
    attendee = make_attendee(programme.conference, user=user)
    registration.register(attendee, programme.t1, by=user, at=NOW)
    client.force_login(user)
    return attendee


def page(client, tutorial):
    return client.get(tutorial.get_absolute_url())


class TestForThoseWithASeat:
    def test_a_stranger_reads_that_it_is_there_and_not_where(self, client, programme):
        found = kept(programme.t1, shown_to="registered")
        response = page(client, programme.t1)
        assert "for those with a seat" in text_of(response)
        assert found.file.url not in response.content.decode()
        answer = client.get(found.file.url)
        assert answer.status_code == 404
        assert not answer.cookies

    def test_who_has_one_gets_it_and_nobody_keeps_it(self, client, programme, seated):
        found = kept(programme.t1, shown_to="registered")
        assert found.file.url in page(client, programme.t1).content.decode()
        answer = client.get(found.file.url)
        assert answer.status_code == 200
        assert "private" in answer["Cache-Control"]
        assert "public" not in answer["Cache-Control"]

    def test_a_seat_elsewhere_is_none_here(self, client, programme, seated):
        found = kept(programme.t2, shown_to="registered")
        assert found.file.url not in page(client, programme.t2).content.decode()
        assert client.get(found.file.url).status_code == 404

    def test_who_waits_has_none(self, client, programme, user):
        for _ in range(3):
            registration.register(
                make_attendee(programme.conference), programme.t1, by=None, at=NOW
            )
        mine = make_attendee(programme.conference, user=user)
        registration.register(mine, programme.t1, by=user, at=NOW)
        client.force_login(user)
        found = kept(programme.t1, shown_to="registered")
        assert client.get(found.file.url).status_code == 404
        assert found.file.url not in page(client, programme.t1).content.decode()

    def test_who_gave_it_back_has_none(self, client, programme, seated, user):
        found = kept(programme.t1, shown_to="registered")
        registration.cancel(seated, programme.t1, by=user, at=NOW)
        assert client.get(found.file.url).status_code == 404

    @pytest.mark.parametrize("attendance", ["open", "ticket"])
    def test_where_nobody_registers_it_is_for_nobody_and_nothing_is_said(
        self, client, programme, seated, attendance
    ):
        programme.conference.attendance = attendance
        programme.conference.save()
        found = kept(programme.t1, shown_to="registered")
        text = text_of(page(client, programme.t1))
        assert "Materials" not in text
        assert "seat" not in text
        assert client.get(found.file.url).status_code == 404


class TestFromADateOn:
    def test_before_it_says_when(self, client, programme):
        found = kept(programme.t1, shown_from=LATER)
        response = page(client, programme.t1)
        assert "from Tuesday 24 March 2026, 11:00 (Europe/Berlin)" in text_of(response)
        assert found.file.url not in response.content.decode()
        assert client.get(found.file.url).status_code == 404

    def test_before_nobody_has_it(self, client, programme, seated):
        found = kept(programme.t1, shown_from=LATER, shown_to="registered")
        response = page(client, programme.t1)
        assert "11:00 (Europe/Berlin), for those with a seat" in text_of(response)
        assert client.get(found.file.url).status_code == 404

    def test_from_then_on_it_is_there(self, client, programme, settings):
        found = kept(programme.t1, shown_from=LATER)
        settings.CLOCK = LATER.isoformat()
        assert client.get(found.file.url).status_code == 200
        assert found.file.url in page(client, programme.t1).content.decode()


class TestRecordings:
    def test_an_address_is_a_link(self, client, programme):
        kept(programme.t1, url=VIDEO, kind="recording", title="The recording")
        response = page(client, programme.t1)
        assert f'href="{VIDEO}"' in response.content.decode()
        assert "The recording Recording" in text_of(response)

    def test_a_stranger_is_not_told_one_for_those_with_a_seat(self, client, programme):
        kept(programme.t1, url=VIDEO, kind="recording", shown_to="registered")
        assert VIDEO not in page(client, programme.t1).content.decode()

    def test_it_is_no_file_to_download(self, client, organiser, programme):
        found = kept(programme.t1, url=VIDEO)
        client.force_login(organiser)
        assert client.get(f"/admin/tutorials/material/{found.pk}/file/").status_code == 404


def test_what_is_public_asks_for_no_session(
    client, programme, user, django_assert_num_queries, settings
):
    found = kept(programme.t1)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x"
    with django_assert_num_queries(1):
        response = client.get(found.file.url)
    assert "public" in response["Cache-Control"]


def test_only_a_confirmed_seat_is_one(programme, user):
    attendee = make_attendee(programme.conference, user=user)
    row = registration.register(attendee, programme.t1, by=user, at=NOW)
    assert shown.has_seat(user, programme.t1)
    assert not shown.has_seat(None, programme.t1)
    type(row).objects.filter(pk=row.pk).update(status="offered", offered_until=LATER)
    assert not shown.has_seat(user, programme.t1)


class TestInTheAdmin:
    @pytest.fixture
    def send(self, client, organiser, programme):
        client.force_login(organiser)
        address = f"/admin/tutorials/tutorial/{programme.t1.pk}/change/"

        def post(**row):
            form = client.get(address).context["adminform"].form
            values = {name: form[name].value() for name in form.fields}
            data = {name: "" if value is None else value for name, value in values.items()}
            for prefix in ("presenters", "files", "online_links"):
                data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
            data["files-TOTAL_FORMS"] = 1
            row = {"tutorial": programme.t1.pk, "kind": "other", "shown_to": "everybody"} | row
            return client.post(address, data | {f"files-0-{name}": row[name] for name in row})

        return post

    def test_a_recording_by_its_address(self, client, send, programme):
        answer = send(url=VIDEO, kind="recording", shown_to="registered")
        assert answer.status_code == 302
        found = Material.objects.get()
        assert (found.title, found.kind, found.shown_to) == (
            "videos.example.org", "recording", "registered",
        )  # fmt: skip
        assert found.accepted_at

    def test_from_when_is_on_the_clocks_of_the_conference(self, send):
        send(url=VIDEO, shown_from_0="2026-03-24", shown_from_1="11:00")
        assert Material.objects.get().shown_from == LATER

    def test_not_both(self, send):
        file = SimpleUploadedFile("slides.pdf", PDF)
        assert "one of the two" in send(url=VIDEO, file=file).content.decode()
        assert "one of the two" in send(title="Neither").content.decode()
        assert not Material.objects.exists()

    def test_where_nobody_registers_it_is_for_everybody_or_nobody(self, client, send, programme):
        programme.conference.attendance = "open"
        programme.conference.save()
        html = client.get(f"/admin/tutorials/tutorial/{programme.t1.pk}/change/").content.decode()
        assert "those with a seat" not in html
        assert '<option value="nobody">nobody</option>' in html
        send(url=VIDEO, shown_to="nobody")
        assert Material.objects.get().shown_to == "registered"
        assert shown.is_for_nobody(Material.objects.get(), programme.conference)
        html = client.get(f"/admin/tutorials/tutorial/{programme.t1.pk}/change/").content.decode()
        assert '<option value="nobody" selected>nobody</option>' in html
        assert "shown to nobody" in html


def test_a_presenter_says_what_kind_it_is(programme):
    person = programme.t1.presenters.get().person
    file = ContentFile(PDF, name="a.pdf")
    assert materials.hand_in(person, programme.t1, file, "", "code", at=NOW).kind == "code"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"accepted_at": None}, "waits for an organiser"),
        ({}, "public"),
        ({"shown_to": "registered"}, "shown for those with a seat"),
        ({"shown_from": LATER}, "shown from Tuesday 24 March 2026, 11:00 (Europe/Berlin)"),
    ],
)
def test_its_state_in_words(programme, fields, state):
    assert materials.state_of(kept(programme.t1, **fields), NOW) == state


def test_of_another_edition_nothing_is_shown(client, programme):
    client.force_login(make_member(make_conference(), "organiser"))
    found = kept(programme.t1, shown_to="registered")
    assert client.get(found.file.url).status_code == 404


def test_nobody_is_no_change_of_those_with_a_seat():
    field = EverybodyOrNobody()
    assert not field.has_changed("registered", "nobody")
    assert field.has_changed("registered", "everybody")
