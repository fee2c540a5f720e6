"""The admin's pages that bring in a ticket shop's file."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from people.models import Attendee, AttendeeFile
from tests.factories import NOW, make_conference, make_member
from tests.pages import address_of, messages_of, tags_in, text_of
from tutorials.admin import attendee_import
from tutorials.imports.attendees import applying

UPLOAD = reverse("admin:people_attendee_import")
CHANGELIST = reverse("admin:people_attendee_changelist")
ADA = "A1;Ada Lovelace;ada@example.org;Regular\n"
TICKETS = "Ticketnummer;Name;E-Mail;Ticketart\n" + ADA
ODD = "Code;Wer\nA1;Ada\n"


@pytest.fixture
def upload(admin_client, conference):
    """Upload a file; the answer of the page that one is led to."""

    def upload(text, name="tickets.csv"):
        data = text if isinstance(text, bytes) else text.encode()
        form = {"conference": conference.pk, "file": SimpleUploadedFile(name, data)}
        return admin_client.post(UPLOAD, form, follow=True)

    return upload


def filled_in(answer, **choices):
    """The form of a page as a browser would send it back."""
    form = answer.context["adminform"].form
    chosen = {**form.columns, **choices}
    return {"seen": answer.context["choices"], **chosen}


def test_from_the_upload_to_the_list(admin_client, upload, conference):
    page = upload(TICKETS)

    assert "What the import would do Created: 1 attendee. New ticket kinds: “Regular”." in text_of(
        page
    )
    assert "A1 Ada Lovelace ada@example.org Regular" in text_of(page)
    assert not Attendee.objects.exists()

    done = admin_client.post(address_of(page), {**filled_in(page), "import": "Import"}, follow=True)

    assert messages_of(done) == [
        "Created: 1 attendee. New ticket kinds: “Regular”. See whether each gives the right to "
        "tutorials."
    ]
    assert address_of(done) == CHANGELIST
    assert Attendee.objects.get().ticket_number == "A1"
    # It holds names and addresses, so nothing of it stays.
    assert not AttendeeFile.objects.exists()
    conference.refresh_from_db()
    assert conference.ticket_columns == {}


def test_each_column_has_a_label_like_any_other(upload):
    page = upload(TICKETS).content.decode()

    assert "Ticket number:" in page
    assert "ticket number:" not in page


def test_looking_writes_nothing(admin_client, upload):
    page = upload(TICKETS)

    again = admin_client.post(address_of(page), {**filled_in(page), "look": "Look again"})

    assert again.status_code == 200
    assert not Attendee.objects.exists()


def test_columns_that_no_heading_tells_are_chosen_and_remembered(admin_client, upload, conference):
    page = upload(ODD)
    assert "2 faults" in text_of(page)
    assert 'name="import"' not in page.content.decode()
    chosen = filled_in(page, ticket_number="Code", name="Wer")

    again = admin_client.post(address_of(page), {**chosen, "look": "Look again"})
    assert "Created: 1 attendee." in text_of(again)
    admin_client.post(address_of(page), {**filled_in(again), "import": "Import"})

    conference.refresh_from_db()
    assert conference.ticket_columns == {"ticket_number": "Code", "name": "Wer"}
    assert "As before: 1 attendee." in text_of(upload(ODD))


def test_what_is_imported_is_what_was_looked_at(admin_client, upload):
    page = upload(TICKETS)

    other = admin_client.post(
        address_of(page), {**filled_in(page, name="E-Mail"), "import": "Import"}
    )

    assert messages_of(other) == ["You chose otherwise: this is what the import would do now."]
    assert not Attendee.objects.exists()
    admin_client.post(address_of(page), {**filled_in(other), "import": "Import"})
    assert Attendee.objects.get().name == "ada@example.org"


def test_whoever_is_missing_is_withdrawn_only_when_asked(admin_client, upload):
    page = upload(TICKETS + "A2;Alan;;\n")
    admin_client.post(address_of(page), {**filled_in(page), "import": "Import"})

    page = upload(TICKETS)
    assert "Left as it is: 1 attendee of an earlier import" in text_of(page)
    look = admin_client.post(address_of(page), filled_in(page, withdraw_missing="on"))
    assert "Withdrawn: 1 attendee whom the file does not hold any more." in text_of(look)
    assert not Attendee.objects.filter(withdrawn_at__isnull=False).exists()
    admin_client.post(
        address_of(page),
        {**filled_in(look, withdraw_missing="on"), "import": "Import"},
    )

    assert Attendee.objects.get(withdrawn_at__isnull=False).ticket_number == "A2"


def test_faults_are_shown_by_line(admin_client, upload):
    page = upload(TICKETS + ";Alan;;\n")

    assert "1 fault" in text_of(page)
    assert "line 3, column “Ticketnummer”: There is no ticket number." in text_of(page)
    admin_client.post(address_of(page), {**filled_in(page), "import": "Import"})
    assert not Attendee.objects.exists()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\xd0\xcf\x11\xe0old", "This is an old Excel file (XLS). Save it as XLSX or as CSV."),
        (b"", "The submitted file is empty."),
    ],
)
def test_what_is_no_such_file_is_refused_at_once(upload, data, fault):
    assert fault in text_of(upload(data))
    assert not AttendeeFile.objects.exists()


def test_a_file_that_is_too_large(upload, monkeypatch):
    monkeypatch.setattr(attendee_import, "LARGEST", 10)

    assert "The file is larger than 0 MB." in text_of(upload(TICKETS))


def test_a_name_cannot_break_the_page(upload):
    page = upload("Ticket number;Name\n1;<script>alert(1)</script>\n")

    assert "<script>alert(1)" not in page.content.decode()
    assert "<script>alert(1)</script>" in text_of(page)


def test_a_large_import_goes_on_with_the_next_request(admin_client, upload, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 2)
    page = upload(TICKETS + "".join(f"B{n};Name {n};;\n" for n in range(6)))
    with monkeypatch.context() as patch:
        patch.setattr(attendee_import, "SECONDS", -1)
        stopped = admin_client.post(address_of(page), {**filled_in(page), "import": "Import"})

    assert messages_of(stopped) == ["2 of 7 tickets are in. Press “Import” again to go on."]
    assert "Created: 5 attendees. As before: 2 attendees." in text_of(stopped)
    admin_client.post(address_of(page), {**filled_in(stopped), "import": "Import"})
    assert Attendee.objects.count() == 7


def test_a_file_is_its_uploaders_alone(admin_client, upload):
    page = upload(TICKETS)
    conference = AttendeeFile.objects.get().conference
    admin_client.force_login(make_member(conference, "organiser"))

    assert admin_client.get(address_of(page)).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_is_for_who_may_change_attendees(admin_client, upload, conference, role):
    page = upload(TICKETS)
    other = make_member(conference, role)
    AttendeeFile.objects.update(by=other)
    admin_client.force_login(other)

    assert admin_client.get(UPLOAD).status_code == 403
    assert admin_client.get(address_of(page)).status_code == 403


def test_a_file_is_for_conferences_of_ones_own(client, conference, upload):
    elsewhere = make_conference()
    client.force_login(make_member(elsewhere, "organiser"))

    page = client.get(f"{UPLOAD}?conference={conference.pk}")
    answer = client.post(UPLOAD, {"conference": conference.pk})

    assert list(page.context["adminform"].form.fields["conference"].queryset) == [elsewhere]
    assert "conference" in answer.context["adminform"].form.errors


def test_files_that_nobody_imported_are_forgotten(upload, conference, organiser):
    upload(TICKETS)
    AttendeeFile.objects.update(uploaded_at=NOW - timedelta(days=2))

    call_command("worker", "--once")
    assert AttendeeFile.objects.count() == 0


def test_a_new_upload_takes_the_place_of_the_one_before(upload):
    upload(TICKETS)
    upload(TICKETS)

    assert AttendeeFile.objects.count() == 1


def test_there_are_ways_to_it(admin_client, conference):
    change = reverse("admin:conference_conference_change", args=[conference.pk])

    assert UPLOAD in admin_client.get(CHANGELIST).content.decode()
    link = f"{UPLOAD}?conference={conference.pk}"
    assert link in admin_client.get(change).content.decode()
    chosen = [tag for tag in tags_in(admin_client.get(link).content.decode()) if tag[0] == "option"]
    assert ("option", {"value": str(conference.pk), "selected": None}) in chosen
