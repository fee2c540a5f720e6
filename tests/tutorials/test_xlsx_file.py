"""What stands in a workbook is what was put in, and nothing of it runs."""

import datetime
import io
import zipfile
from itertools import repeat

import openpyxl
import pytest

from tutorials.exports import xlsx_file as writer
from tutorials.exports.xlsx_file import Column, DoesNotFit, Sheet, sheet_name, xlsx_file

CELLS = [
    "=1+1",
    "<r><t>bold</t></r>",
    "  spaces  ",
    1.5,
    10**20,
    datetime.datetime(2026, 3, 23, 9, 30, tzinfo=datetime.UTC),
    datetime.date(2026, 3, 23),
    datetime.time(9, 30),
    None,
    "https://example.org/",
    "0123",
]


def file_of(*sheets):
    return xlsx_file([Sheet(title, [Column("x", lambda row: row)], rows) for title, rows in sheets])


def test_each_cell_is_what_it_was():
    with file_of(("One", CELLS)) as file:
        sheet = openpyxl.load_workbook(file).active
    cells = [cell for (cell,) in sheet.iter_rows(min_row=2)]

    assert [cell.value for cell in cells] == [
        "=1+1",
        "<r><t>bold</t></r>",
        "  spaces  ",
        1.5,
        "100000000000000000000",
        datetime.datetime(2026, 3, 23, 9, 30),
        datetime.datetime(2026, 3, 23),
        datetime.time(9, 30),
        None,
        "https://example.org/",
        "0123",
    ]
    assert "f" not in {cell.data_type for cell in cells}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    # It stays text when somebody edits the cell.
    assert [cell.quotePrefix for cell in cells[:2]] == [True, False]


def test_text_is_never_markup():
    with file_of(("One", ["<r><t>bold</t></r>"])) as file:
        xml = zipfile.ZipFile(io.BytesIO(file.read())).read("xl/worksheets/sheet1.xml")

    assert b"&lt;r&gt;" in xml


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("T1: What? [a/b]*\\", (), "T1 What a b"),
        ("'quoted'", (), "quoted"),
        ("", (), "–"),
        ("History", (), "History 2"),
        ("a", ("A", "a 2"), "a 3"),
        ("x" * 40, ("x" * 31,), "x" * 29 + " 2"),
        ("😀" * 20, (), "😀" * 15),
    ],
)
def test_names_of_sheets_are_such_as_spreadsheets_take(title, taken, name):
    assert sheet_name(title, taken) == name


def test_two_sheets_of_one_title():
    with file_of(("One", []), ("one", ["a"])) as file:
        assert openpyxl.load_workbook(file).sheetnames == ["One", "one 2"]


def test_what_a_cell_does_not_hold_is_refused(monkeypatch):
    with pytest.raises(DoesNotFit, match="“xxx"):
        file_of(("One", ["x" * 32_768]))
    monkeypatch.setattr(writer, "MOST_ROWS", 10)
    with pytest.raises(DoesNotFit, match="no room for that many rows"):
        file_of(("One", repeat("a", 11)))


def test_a_fault_in_the_rows_leaves_no_file():
    def broken():
        yield "a"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        file_of(("One", broken()))
