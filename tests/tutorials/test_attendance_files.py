"""The attendance list as a spreadsheet, and the record of who took what."""

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from tests.factories import NOW, at, make_attendee, make_conference, make_tutorial, make_user
from tutorials import checkin, downloads, registration
from tutorials.exports import lists
from tutorials.exports.attendance import ALL_COLUMNS
from tutorials.exports.lists import TooManySheets, Wanted, list_file, list_response
from tutorials.exports.xlsx_file import DoesNotFit
from tutorials.models import Download, Slot

ODD_NAMES = [
    "=1+1", "+49 Ada", "-Beth", "@carl", "\tDora", "'t Hooft", "1,2", "O’Hara", "123",
    "<r>Eve</r>", "A & B <c> 'd'", "  padded ", "王小明", "محمد", "Nguyễn Thị", "Zoë 𠮷",
    "2026-03-23", "https://example.org/",
]  # fmt: skip


@pytest.fixture
def odd(programme):
    """People with names that spreadsheets take for something else, in two tutorials."""
    for number, name in enumerate(ODD_NAMES):
        attendee = make_attendee(
            programme.conference, name=name, email=f"p{number}@example.org", affiliation="=cmd|x"
        )
        registration.register(attendee, [programme.t2, programme.t4][number % 2], by=None, at=NOW)
    return programme


def opened(wanted):
    return openpyxl.load_workbook(BytesIO(b"".join(list_file(wanted, by=None))))


def table(sheet):
    return list(sheet.iter_rows(values_only=True))


def test_no_cell_is_a_formula_and_every_name_is_intact(odd):
    book = opened(Wanted(odd.conference, file_format="xlsx", with_email=True))
    head, *lines = table(book.worksheets[0])

    assert head == ALL_COLUMNS
    assert sorted(line[5] for line in lines) == sorted(ODD_NAMES)
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {
        "s", "n", "d", "inlineStr"}  # fmt: skip


def test_times_are_real_times_and_the_file_says_whose_clocks_they_are_on(odd):
    ada = make_attendee(odd.conference, name="Ada")
    registration.register(ada, odd.t3, by=None, at=NOW)
    checkin.check_in(
        ada, Slot.objects.get(tutorial=odd.t3, schedule=odd.version), by=None, at=at(8)
    )
    book = opened(Wanted(odd.conference, [odd.t3], file_format="xlsx"))
    (line,) = table(book.worksheets[0])[1:]

    assert line[2] == datetime(2026, 3, 23, 9, 0)
    assert line[10:] == (datetime(2026, 3, 16, 11, 0), datetime(2026, 3, 23, 9, 0))
    assert ("All times are on the clocks of", "Europe/Berlin") in table(book["Notes"])


def test_the_head_stays_in_sight_and_filters(odd):
    sheet = opened(Wanted(odd.conference, file_format="xlsx")).worksheets[0]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:L{1 + len(ODD_NAMES)}"
    assert sheet.column_dimensions["F"].width > sheet.column_dimensions["J"].width


@pytest.mark.skipif(connection.vendor != "sqlite", reason="no other database holds such a text")
def test_a_text_that_no_cell_holds_is_refused(odd):
    attendee = make_attendee(odd.conference, name="Long")
    attendee.__class__.objects.filter(pk=attendee.pk).update(affiliation="=" * 40_000)
    registration.register(attendee, odd.t2, by=None, at=NOW)

    with pytest.raises(DoesNotFit, match="longer than the 32,767 characters"):
        opened(Wanted(odd.conference, file_format="xlsx"))


def test_addresses_are_for_those_who_may_see_them(odd):
    def emails(with_email):
        wanted = Wanted(odd.conference, file_format="xlsx", with_email=with_email)
        return {line[6] for line in table(opened(wanted).worksheets[0])[1:]}

    assert emails(False) == {None}
    assert "p0@example.org" in emails(True)


def test_a_sheet_for_each_tutorial_is_named_after_it_once(odd):
    for number, tutorial in enumerate((odd.t2, odd.t4)):
        tutorial.code, tutorial.title = f"A-long-code-of-{number}", "A/B: [x] " + "y" * 40
        tutorial.save()
    book = opened(Wanted(odd.conference, file_format="xlsx", sheet_per_tutorial=True))
    *sheets, notes = book.sheetnames

    assert (len(set(sheets)), notes) == (2, "Notes")
    assert all(len(name) <= 31 for name in sheets)
    assert [len(table(book[name])) for name in sheets] == [1 + len(ODD_NAMES) // 2] * 2


def test_too_many_sheets_are_refused_and_not_recorded(odd, monkeypatch):
    monkeypatch.setattr(lists, "MOST_SHEETS", 1)

    with pytest.raises(TooManySheets, match="more than 1 tutorials"):
        list_file(Wanted(odd.conference, file_format="xlsx", sheet_per_tutorial=True), by=None)
    assert Download.objects.count() == 0


def test_columns_are_those_that_were_chosen(odd):
    wanted = Wanted(odd.conference, file_format="xlsx", columns=("status", "name"))

    assert table(opened(wanted).worksheets[0])[0] == ("status", "name")


def test_each_download_is_recorded_before_it_is_given(odd, user):
    response = list_response(
        Wanted(odd.conference, [odd.t1], columns=("name", "email"), with_email=False), by=user
    )
    row = Download.objects.get()

    assert (row.by, row.tutorial, row.what) == (user, odd.t1, "attendance_csv")
    assert row.columns == ["name"]
    assert response.getvalue().startswith(b"name,email")


def test_a_file_of_several_tutorials_is_recorded_for_each(odd):
    b"".join(list_file(Wanted(odd.conference, [odd.t1, odd.t2], file_format="xlsx"), by=None))

    assert {row.tutorial for row in Download.objects.all()} == {odd.t1, odd.t2}


@pytest.fixture
def taken(programme, user):
    """Somebody took the list of this conference, and of another."""
    other = make_conference(name="Other edition")
    downloads.record(programme.conference, downloads.What.ATTENDANCE_XLSX, by=user)
    downloads.record(other, "something of old", by=None, tutorials=[make_tutorial(other)])
    return programme.conference


def test_organisers_see_who_took_a_list(client, taken, user):
    organiser = make_user()
    organiser.memberships.create(conference=taken, role="organiser")
    client.force_login(organiser)
    page = client.get(reverse("admin:tutorials_download_changelist"))
    text = page.content.decode()

    assert "attendance list (XLSX)" in text
    assert "the whole conference" in text
    assert str(user) in text
    assert "something of old" not in text
    row = Download.objects.get(conference=taken)
    changed = client.post(reverse("admin:tutorials_download_change", args=[row.pk]), {"what": "x"})
    assert changed.status_code == 403


@pytest.mark.parametrize("role", ["editor", "viewer", "door"])
def test_others_do_not(client, taken, role):
    user = make_user()
    user.memberships.create(conference=taken, role=role)
    client.force_login(user)

    page = client.get(reverse("admin:tutorials_download_changelist"))
    assert page.status_code in (302, 403)


def test_the_admins_download_is_recorded_too(client, organiser, programme):
    client.force_login(organiser)
    address = reverse("admin:tutorials_tutorial_attendance", args=[programme.t1.pk])
    client.get(address).getvalue()

    assert Download.objects.get().by == organiser
