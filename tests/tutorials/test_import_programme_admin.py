"""The admin's pages that bring the programme in and hand it out."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from tests.factories import (
    NOW,
    make_conference,
    make_person,
    make_presenter,
    make_room,
    make_track,
    make_tutorial,
    make_user,
)
from tests.pages import address_of, messages_of, tags_in, text_of
from tutorials.admin import programme_import
from tutorials.models import Download, ProgrammeFile, Tutorial

UPLOAD = reverse("admin:tutorials_tutorial_import")
EXPORT = reverse("admin:tutorials_tutorial_export")
CHANGELIST = reverse("admin:tutorials_tutorial_changelist")
LIST = "Code,Title,Presenters,Abstract\nT1,Maps,Bo Sample (Elsewhere),North.\n"
PAGE = "Track 1\nMaps\nPresenters: Bo Sample (Elsewhere)\nAbstract\nNorth.\n"


@pytest.fixture
def editor(conference):
    user = make_user("editor@example.org", name="Eva")
    user.memberships.create(conference=conference, role="editor")
    return user


@pytest.fixture
def page(client, editor):
    """The admin as a programme editor sees it."""
    client.force_login(editor)
    return client


@pytest.fixture
def upload(page, conference):
    """Upload a file; the answer of the page that one is led to."""

    def upload(text, name="list.csv"):
        data = text if isinstance(text, bytes) else text.encode()
        form = {"conference": conference.pk, "file": SimpleUploadedFile(name, data)}
        return page.post(UPLOAD, form, follow=True)

    return upload


def filled_in(answer, **choices):
    """The form of a page as a browser would send it back."""
    chosen = {
        f"column-{column['place']}": column["field"]
        for column in answer.context.get("columns") or ()
    }
    return {"seen": answer.context["look"].seen, **chosen, **choices}


def bring_in(client, answer, **choices):
    form = {**filled_in(answer, **choices), "import": "Import"}
    return client.post(address_of(answer), form, follow=True)


def test_from_the_upload_to_the_list(page, upload, conference):
    look = upload(LIST)

    text = text_of(look)
    assert "What the import would do Created: 1 tutorial, 1 person." in text
    assert (
        "2 T1 Maps New Bo Sample (Elsewhere) – new person "
        "Time and room: Time to be announced Abstract: North. Status: draft"
    ) in text
    assert not Tutorial.objects.exists()

    done = bring_in(page, look)

    said = "Created: 1 tutorial, 1 person. Time to be announced: T1."
    assert messages_of(done) == [said]
    assert address_of(done) == CHANGELIST
    assert Tutorial.objects.get().title == "Maps"
    assert not ProgrammeFile.objects.exists()


def test_a_new_tutorial_is_shown_as_it_was_understood(upload, conference):
    hall = make_room(conference, 120, name="Hall 2")
    make_track(conference, name="Track 1", room=hall)
    head = "Code,Title,Track,Presenters,Abstract,Day,Start,End,Room,Level,Capacity\n"
    time = "2026-03-23,09:00,11:30"
    look = text_of(
        upload(
            f"{head}T1,Maps,Track 1,Bo,{'North. ' * 40},{time},Hall 2,introductory,40\n"
            f"T2,Bread,Trak 1,Di,Sour.,{time},Hal 2,,\n"
        )
    )

    assert (
        "Created: 1 track (Trak 1), 1 room (Hal 2), 1 session (2026-03-23 09:00–11:30), "
        "2 tutorials, 2 people."
    ) in look
    first, second = look.partition("2 T1 Maps New")[2].split("3 T2 Bread New")
    assert "Track: Track 1 Time and room: 2026-03-23 09:00–11:30, Hall 2 Abstract: Nor" in first
    assert "North.… Level: introductory Capacity: 40 Status: draft" in first
    assert "New track" not in first
    assert "New room" not in first
    assert "New session: 2026-03-23 09:00–11:30" in first
    assert "New track: Trak 1" in second
    assert "New room: Hal 2" in second


def test_a_room_that_a_tutorial_moves_to_is_said_to_be_new(page, upload):
    head = "Code,Title,Day,Start,End,Room\nT1,Maps,2026-03-23,09:00,11:30,"
    bring_in(page, upload(f"{head}Hall 2\n"))

    look = text_of(upload(f"{head}Hal 2\n"))

    assert "New room: Hal 2" in look
    assert "Created: 1 room (Hal 2)." in look
    assert "New room" not in text_of(upload(f"{head}Hall 2\n"))


def test_of_many_new_rooms_the_first_ten_are_named(upload):
    rows = "".join(f"T{n},2026-03-23,09:00,11:30,Hall {n:02}\n" for n in range(1, 13))

    look = text_of(upload(f"Title,Day,Start,End,Room\n{rows}"))

    assert "12 rooms (Hall 01, Hall 02," in look
    assert "Hall 10 and 2 more)" in look


def test_a_page_as_text_goes_in_too(page, upload):
    look = upload(PAGE, "page.txt")
    assert "Created: 1 track (Track 1), 1 tutorial, 1 person." in text_of(look)
    assert not Tutorial.objects.exists()

    bring_in(page, look)

    assert Tutorial.objects.get().title == "Maps"


def test_faults_of_a_page_are_shown(upload):
    assert "1 fault" in text_of(upload(PAGE.replace("Track 1\n", ""), "page.txt"))


def test_faults_are_shown_by_row_and_nothing_can_be_imported(page, upload):
    look = upload("Title,Level\nA,hard\n")

    assert "1 fault" in text_of(look)
    assert "line 2, column “Level”: We do not know “hard”." in text_of(look)
    assert 'name="import"' not in look.content.decode()
    bring_in(page, look)
    assert not Tutorial.objects.exists()


def test_columns_that_no_heading_tells_are_chosen_and_remembered(page, upload, conference):
    odd = "Beitrag,Wer\nMaps,Bo (X)\n"
    look = upload(odd)
    assert "No column for the title was found" in text_of(look)

    again = page.post(
        address_of(look),
        {**filled_in(look), "column-0": "title", "column-1": "presenter", "look": "1"},
    )
    assert "Created: 1 tutorial, 1 person." in text_of(again)
    bring_in(page, again)

    assert str(Tutorial.objects.get().presenters.get()) == "Bo (X)"
    conference.refresh_from_db()
    assert conference.programme_columns == {"Beitrag": "title", "Wer": "presenter"}
    assert "Nothing to create and nothing to change." in text_of(upload(odd))


def test_what_is_imported_is_what_was_looked_at(page, upload):
    look = upload(LIST)

    other = bring_in(page, look, **{"column-3": ""})

    assert messages_of(other) == [
        "This is not what you looked at any more: it is what the import would do now."
    ]
    assert not Tutorial.objects.exists()
    bring_in(page, other)
    assert Tutorial.objects.get().abstract == ""


def test_a_change_meanwhile_is_shown_first(page, upload, conference):
    look = upload(LIST)
    make_tutorial(conference, code="T1", title="Maps", abstract="By hand.")

    other = bring_in(page, look)

    assert "not what you looked at" in messages_of(other)[0]
    assert Tutorial.objects.get().abstract == "By hand."


def test_what_was_edited_by_hand_is_overwritten_only_when_ticked(page, upload, conference):
    row = make_tutorial(conference, code="T1", title="Charts", abstract="By hand.")
    look = upload(LIST)
    assert "abstract of T1 Before: By hand. → After: North." in text_of(look)
    assert 'value="all"' in look.content.decode()

    ticked = page.post(
        address_of(look), filled_in(look, overwrite=[f"{row.pk}-abstract"], look="1")
    )
    assert f'value="{row.pk}-abstract" checked' in ticked.content.decode()
    bring_in(page, ticked, overwrite=[f"{row.pk}-abstract"])

    row.refresh_from_db()
    assert (row.title, row.abstract) == ("Charts", "North.")


def test_who_is_meant_can_be_said(page, upload):
    known = make_presenter(
        make_tutorial(make_conference(name="CPAL 2025")), "Bo Sample", "Elsewhere"
    ).person
    namesake = make_person("Bo Sample")
    look = upload(LIST)
    text = text_of(look)
    assert "uses Bo Sample (Elsewhere), presented at CPAL 2025" in text
    assert "This is Bo Sample, who presents nothing yet" in text
    (identity,) = look.context["people"]

    again = page.post(address_of(look), filled_in(look, new=[identity.key], look="1"))
    assert "Created: 1 tutorial, 1 person." in text_of(again)
    same = page.post(
        address_of(look), filled_in(look, same=[f"{identity.key}:{namesake.pk}"], look="1")
    )
    bring_in(page, same, same=[f"{identity.key}:{namesake.pk}"])

    assert Tutorial.objects.get(title="Maps").people.get() == namesake != known


def test_a_long_list_is_shown_page_by_page(page, upload):
    look = upload("Title\n" + "".join(f"Tutorial {n}\n" for n in range(120)))
    assert "Page 1 of 3" in text_of(look)
    assert "Tutorial 60" not in text_of(look)

    second = page.post(address_of(look), filled_in(look, page="2"))

    assert "Page 2 of 3" in text_of(second)
    assert "Tutorial 60" in text_of(second)
    bring_in(page, second)
    assert Tutorial.objects.count() == 120


def test_a_name_cannot_break_the_page(upload):
    look = upload("Title,<b>x</b>\n<script>alert(1)</script>,y\n")

    assert "<script>alert(1)" not in look.content.decode()
    assert "<b>x</b>" not in look.content.decode()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\xd0\xcf\x11\xe0old", "This is an old Excel file (XLS). Save it as XLSX or as CSV."),
        (b"PK\x03\x04broken", "This XLSX file cannot be read. Save it anew, or as CSV."),
        (b"", "The submitted file is empty."),
    ],
)
def test_what_is_no_such_file_is_refused_at_once(upload, data, fault):
    assert fault in text_of(upload(data))
    assert not ProgrammeFile.objects.exists()


def test_a_file_that_is_too_large(upload, monkeypatch):
    monkeypatch.setattr(programme_import, "LARGEST", 10)

    assert "The file is larger than 0 MB." in text_of(upload(LIST))


def test_files_that_nobody_imported_are_forgotten(upload):
    upload(LIST)
    ProgrammeFile.objects.update(uploaded_at=NOW - timedelta(days=2))

    call_command("worker", "--once")

    assert not ProgrammeFile.objects.exists()


def test_a_new_upload_takes_the_place_of_the_one_before(upload):
    upload(LIST)
    upload(LIST)

    assert ProgrammeFile.objects.count() == 1


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_template_goes_in_again(page, upload, suffix):
    upload_page = page.get(UPLOAD)
    link = upload_page.context[f"template_{suffix}"]
    file = page.get(link)
    assert file["Content-Disposition"] == f'attachment; filename="tutorials.{suffix}"'

    look = upload(b"".join(file.streaming_content), f"tutorials.{suffix}")

    assert "What the import would do Created: 1 track (" in text_of(look)
    assert "), 1 tutorial, 2 people." in text_of(look)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_export_goes_in_again(page, upload, conference, editor, suffix):
    make_presenter(make_tutorial(conference), "Ada", "X")
    ((_label, link),) = [
        each for each in page.get(EXPORT).context["files"][0]["links"] if each[0] == suffix.upper()
    ]

    file = page.get(link)

    assert "no-store" in file["Cache-Control"]
    assert file["Content-Disposition"] == f'attachment; filename="cpal-2026-programme.{suffix}"'
    look = upload(b"".join(file.streaming_content), f"programme.{suffix}")
    assert "Nothing to create and nothing to change." in text_of(look)
    download = Download.objects.get()
    assert (download.what, download.by) == ("programme", editor)


def test_who_may_only_look_exports_without_addresses(client, conference):
    mail = make_person("Ada", email="ada@example.org")
    make_presenter(make_tutorial(conference), "", "X", person=mail)
    viewer = make_user()
    viewer.memberships.create(conference=conference, role="viewer")
    client.force_login(viewer)

    link = reverse("admin:tutorials_tutorial_export_file", args=[conference.pk, "csv"])
    text = b"".join(client.get(link).streaming_content).decode()

    assert "Ada" in text
    assert "ada@example.org" not in text
    assert client.get(UPLOAD).status_code == 403
    listed = client.get(CHANGELIST).content.decode()
    assert EXPORT in listed
    assert UPLOAD not in listed


class TestOthers:
    def test_a_file_is_its_uploaders_alone(self, page, upload, organiser):
        look = upload(LIST)
        page.force_login(organiser)

        assert page.get(address_of(look)).status_code == 404

    def test_another_edition_is_not_offered(self, page, upload):
        other = make_conference()
        link = reverse("admin:tutorials_tutorial_export_file", args=[other.pk, "csv"])

        assert page.get(link).status_code == 404
        form = {"conference": other.pk, "file": SimpleUploadedFile("a.csv", LIST.encode())}
        assert "Select a valid choice" in text_of(page.post(UPLOAD, form))
        assert not ProgrammeFile.objects.exists()
        assert str(other) not in text_of(page.get(EXPORT))

    def test_the_role_is_asked_again_for_a_file_that_is_there(self, page, upload, editor):
        look = upload(LIST)
        editor.memberships.update(role="viewer")

        assert bring_in(page, look).status_code == 403
        assert not Tutorial.objects.exists()

    @pytest.mark.parametrize("address", [UPLOAD, EXPORT])
    def test_door_staff_and_strangers_do_not_get_there(self, client, door_staff, address):
        assert client.get(address).status_code == 302
        client.force_login(door_staff)
        assert client.get(address).status_code in (302, 403)


def test_there_are_ways_to_it(page, conference, organiser):
    listed = page.get(CHANGELIST).content.decode()
    assert UPLOAD in listed
    assert EXPORT in listed

    change = reverse("admin:conference_conference_change", args=[conference.pk])
    page.force_login(organiser)
    link = f"{UPLOAD}?conference={conference.pk}"
    assert link in page.get(change).content.decode()
    chosen = [tag for tag in tags_in(page.get(link).content.decode()) if tag[0] == "option"]
    assert ("option", {"value": str(conference.pk), "selected": None}) in chosen


def test_the_preview_costs_the_same_for_more_rows(page, upload, django_assert_max_num_queries):
    def rows(number):
        lines = "".join(f"Title {n},P {n} (X)\n" for n in range(number))
        return f"Title,Presenters\n{lines}"

    few = upload(rows(2))
    with django_assert_max_num_queries(40) as queries:
        page.get(address_of(few))
        number = len(queries)
    many = upload(rows(45))
    with django_assert_max_num_queries(number):
        page.get(address_of(many))
