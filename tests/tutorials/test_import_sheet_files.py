"""Files that are not what they should be are refused in a sentence, in little memory."""

import datetime
import io
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.core.management import call_command

from tests.factories import NOW, at
from tutorials.imports import bombs
from tutorials.imports.faults import FaultyFile
from tutorials.imports.sheet import import_sheet
from tutorials.imports.sheet.columns import field_of, find, to_remember
from tutorials.models import Slot, Tutorial

MEGABYTE = 2**20
TOO_LARGE = "This XLSX file is too large. Save it as CSV."
BROKEN = "This XLSX file cannot be read. Save it anew, or as CSV."


@pytest.fixture
def run(conference, tmp_path):
    """Import a file; nothing but the database is asked what came of it."""

    def run(data):
        path = tmp_path / "programme"
        path.write_bytes(data)
        return import_sheet(path, conference, by=None, at=NOW)

    return run


@pytest.fixture
def fault(run):
    """The one sentence that a file is refused with."""

    def fault(data):
        with pytest.raises(FaultyFile) as caught:
            run(data)
        assert not Tutorial.objects.exists()
        (line,) = caught.value.lines()
        return line

    return fault


def workbook_of(*rows, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in {**({"Tutorials": rows} if rows else {}), **sheets}.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data, name, content):
    """A workbook with another content in one of its parts."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part.filename))
        with new.open(name, "w", force_zip64=True) as target:
            for chunk in content:
                target.write(chunk)
    return file.getvalue()


NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
SHARED = "xl/sharedStrings.xml"
GOOD = [["Title", "Room"], ["A", "R"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_csv_of_every_making(run, encoding, delimiter):
    text = f"Titel{delimiter}Zusammenfassung\nGröße{delimiter}Übung\n"

    run(text.encode(encoding))

    assert Tutorial.objects.values_list("title", "abstract").get() == ("Größe", "Übung")


def test_a_workbook_with_real_days_times_and_numbers(run):
    day, starts = datetime.date(2026, 3, 23), datetime.time(9)
    ends = datetime.datetime(2026, 3, 23, 11, 30)
    run(
        workbook_of(
            ["CPAL 2026: tutorials"],
            ["Code", "Title", "Day", "Start", "End", "Capacity"],
            [7, "A", day, starts, ends, 40.0],
            [None, "=1+1", None, None, None, None],
        )
    )

    slot = Slot.objects.get()
    assert (slot.session.starts_at, slot.session.ends_at) == (at(8), at(10, 30))
    assert (slot.tutorial.code, slot.tutorial.capacity) == ("7", 40)
    # A formula counts as what it showed when the file was saved: here nothing.
    assert Tutorial.objects.count() == 1


def test_merged_cells_are_one_tutorial(run):
    book = openpyxl.Workbook()
    for line in (["Title", "Presenters"], ["A", "Ada (X)"], [None, "Bo (Y)"], [None, "Di (Z)"]):
        book.active.append(line)
    book.active.merge_cells("A2:A4")
    file = io.BytesIO()
    book.save(file)

    run(file.getvalue())

    assert Tutorial.objects.get().people.count() == 3


def test_the_sheet_with_the_most_headings_that_we_know_is_read(run):
    run(workbook_of(Notes=[["Read me"]], List=[["Title", "Room"], ["A", "R"]]))

    assert Tutorial.objects.get().title == "A"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xd0\xcf\x11\xe0rest", "This is an old Excel file (XLS). Save it as XLSX or as CSV."),
        (b"GIF89a\0\0", "This is neither CSV nor XLSX."),
        (b"PK\x03\x04broken", BROKEN),
        (b"%PDF-1.7\n%\x81\n", "line 2: The byte 0x81 is neither UTF-8 nor Windows-1252. "
         "Save the file as UTF-8."),
        (b"Title\nA" + b"x" * 5000 + b"\n\0\n",
         "line 3: There is a NUL character, which no text has."),
        (b'Title,Room\nA,"R\nB,S\n',
         "line 2: This line cannot be read as CSV (unexpected end of data). A cell that holds a "
         "quote, a line end or the delimiter stands in quotes, and a quote in it is doubled."),
        (b"Title\nA,B\n", "line 2: There are more cells than headings. "
         "Does a cell hold the delimiter, without quotes around it?"),
        (b"Title" + b",x" * 10_000 + b"\nA\n",
         "The file has more than 500 columns. Delete those that say nothing."),
        (b"Title" + b",x" * 300 + b"\nA\n",
         "The file has more than 200 columns. Delete those that say nothing."),
        (b"Room,Level\nR,advanced\n",
         "line 1: No column for the title was found. Say which it is; there are: “Room”, "
         "“Level”."),
        (b"A,b\nc,d\n",
         "line 1: No column for the title was found. Say which it is; there are: “A”, “b”."),
        (b"Title\n" + b"".join(b"T%d\n" % n for n in range(5001)),
         "The file has more than 5000 tutorials. Divide it."),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_a_sentence(fault, data, sentence):
    assert fault(data) == sentence


def test_a_workbook_of_ten_thousand_columns(fault):
    data = workbook_of(["Title", *["x"] * 10_000], ["A"])

    assert fault(data) == "The file has more than 500 columns. Delete those that say nothing."


def test_a_text_that_is_too_long(fault):
    sentence = fault(b"Title,Abstract\nA," + b"x" * 100_001 + b"\n")

    assert sentence == "line 2, column “Abstract”: This text has more than 100000 characters."


def test_a_nul_that_a_workbook_hides(fault):
    data = workbook_of(["Title", "Notes"], ["A", "x_x0000_y"])

    assert fault(data).startswith("line 2, column “Notes”: This cell shows an error.")


def bomb(kind):
    """A few kilobytes that would be hundreds of megabytes."""
    head = f'<worksheet xmlns="{NAMESPACE}"><sheetData>'.encode()
    texts = f'<sst xmlns="{NAMESPACE}">'.encode()
    blank = b" " * MEGABYTE
    pieces = {
        "a row of cells": (SHEET, [head, b"<row>", *[b"<c/>" * (MEGABYTE // 4)] * 100]),
        "an endless cell": (SHEET, [head, b'<row><c t="inlineStr"><is><t>', *[blank] * 100]),
        "an endless attribute": (SHEET, [head, b'<row r="', *[b"1" * MEGABYTE] * 100]),
        "rows without end": (SHEET, [head, *[b"<row/>" * (MEGABYTE // 6)] * 50]),
        "behind the rows": (SHEET, [head, b"</sheetData>", *[b"<x/>" * (MEGABYTE // 4)] * 100]),
        "hidden tags": (SHEET, [head, b"<row><c><v><![CDATA[", *[blank] * 100]),
        "shared texts": (SHARED, [texts, *[b"<si/>" * (MEGABYTE // 5)] * 90]),
        "a shared text": (SHARED, [texts, b"<si><t>", *[blank] * 90]),
        "too many shared bytes": (SHARED, [texts, *[b"<si><t>" + blank[7:]] * 101]),
        "styles": ("xl/styles.xml", [b"<styleSheet>", *[b"<xf/>" * (MEGABYTE // 5)] * 9]),
        "more than half a gigabyte": (SHEET, [head, *[blank] * 501]),
        "entities": (
            SHEET,
            [
                b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
                + b"".join(
                    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
                )
                + b"]><worksheet><sheetData><row><c><v>&m;</v></c></row></sheetData></worksheet>"
            ],
        ),
    }
    name, content = pieces[kind]
    return with_part(workbook_of(*GOOD), name, content)


@pytest.mark.parametrize(
    "kind",
    [
        "a row of cells",
        "an endless cell",
        "an endless attribute",
        "rows without end",
        "behind the rows",
        "hidden tags",
        "shared texts",
        "a shared text",
        "too many shared bytes",
        "styles",
        "more than half a gigabyte",
        "entities",
    ],
)
def test_a_bomb_is_refused_in_little_memory(fault, kind):
    data = bomb(kind)
    assert len(data) < 2 * MEGABYTE

    tracemalloc.start()
    try:
        assert fault(data) in (TOO_LARGE, BROKEN)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 120 * MEGABYTE


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("T {n},{x}\n", "The file has more than 5000 tutorials. Divide it."),
        ("A,P {n}\n", "Row 2 has more than 100 presenters or times. Divide the file."),
    ],
)
def test_a_hundred_megabytes_of_csv_stay_on_the_disk(conference, tmp_path, row, sentence):
    path = tmp_path / "programme.csv"
    with path.open("w") as file:
        file.write("Title,Presenters\n")
        for number in range(100_000):
            file.write(row.format(n=number, x="x" * 1000))

    tracemalloc.start()
    try:
        with pytest.raises(FaultyFile, match=sentence):
            import_sheet(path, conference, by=None, at=NOW)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 50 * MEGABYTE


def test_a_usual_workbook_is_no_bomb(run, monkeypatch):
    """As spreadsheets write them: every text shared, and formats down to the last row."""
    monkeypatch.setattr(bombs, "CHUNK", 100)  # so that tags are cut in two
    run(workbook_of(["Title", "Abstract"], *[[f"T {n}", "x" * 3000] for n in range(200)]))

    assert Tutorial.objects.count() == 200


def test_a_file_whose_name_says_another_format(conference, tmp_path, capsys):
    path = tmp_path / "programme.csv"
    path.write_bytes(workbook_of(*GOOD))

    call_command("import_programme", str(path), "--conference", conference.slug)

    assert "1 tutorial" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Title of your tutorial", "title"),
        ("Tutorial title*", "title"),
        ("Job title", ""),
        ("Abstract (max 300 words)", "abstract"),
        ("Please give a short description", "abstract"),
        ("Speaker names", "presenter"),
        ("Name of the 2nd presenter", "presenter_2"),
        ("Presenter #3", "presenter_3"),
        ("Affiliation(s)", "affiliation"),
        ("Affiliation of speaker 2", "affiliation_2"),
        ("E-mail of first presenter", "email_1"),
        ("Short bio of the speakers", "bio"),
        ("Presenter 1: First name", "first_name_1"),
        ("Nachname", "last_name"),
        ("Titel", "title"),
        ("Zielgruppe", "audience"),
        ("Learning objectives", "outcomes"),
        ("What should participants bring?", "what_to_bring"),
        ("Link to materials", "materials"),
        ("Max. number of participants", "capacity"),
        ("Raum", "room"),
        ("Uhrzeit", "start"),
        ("#", "code"),
        ("Timestamp", ""),
        ("I agree to the code of conduct", ""),
        ("x" * 300, ""),
    ],
)
def test_headings_say_what_stands_below(heading, field):
    assert field_of(heading) == field


def test_what_is_worth_remembering():
    headings = ["Beitrag", "Room", "Notes"]

    assert to_remember(
        {"Other": "track"}, {"Beitrag": "title", "Room": "room", "Notes": ""}, headings
    ) == {"Other": "track", "Beitrag": "title", "Notes": ""}
    assert find(headings, remembered={"Beitrag": "title"}).heading("title") == "Beitrag"


class TestLongCells:
    """CSV of one cell that goes on and on: the reader's own limit is less than ours."""

    def test_a_text_that_is_too_long_is_told_as_that(self, fault):
        text = "word " * 28_000

        assert fault(f"Title,Abstract\nA,{text}\n".encode()) == (
            "line 2, column “Abstract”: This text has more than 100000 characters."
        )

    def test_a_cell_beyond_all_measure_is_refused_in_a_sentence(self, fault):
        assert fault(b"Title,Abstract\nA," + b"x" * (MEGABYTE + 1) + b"\n") == (
            "line 2: A cell that begins here has more than 1048576 characters. Shorten it, or "
            "close the quote before it."
        )
