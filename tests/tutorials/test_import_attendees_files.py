"""Reading a ticket shop's file: what rows it holds, which column is what, what is wrong with it."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from tutorials.imports import tables
from tutorials.imports.attendees import columns as headings
from tutorials.imports.attendees.columns import match, to_remember
from tutorials.imports.attendees.tickets import Reader, State, survey
from tutorials.imports.faults import SHOWN, FaultyFile
from tutorials.imports.tables import open_table

ENGLISH = ["Ticket number", "Attendee name", "Attendee email", "Company", "Product"]
GERMAN = ["Ticketnummer", "Teilnehmername", "Teilnehmer-E-Mail", "Firma", "Produkt"]
PERSON = ["A-1", "Zoë Größe-Ó Briain", "zoe@example.org", "Zürich; Lab, 2", "Regulär"]


def text_of(rows, delimiter=","):
    """Rows as CSV, each cell in quotes."""
    quoted = (
        delimiter.join('"{}"'.format(cell.replace('"', '""')) for cell in row) for row in rows
    )
    return "\r\n".join(quoted) + "\r\n"


def workbook_of(**sheets):
    """Sheets of rows as an XLSX file."""
    workbook = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@pytest.fixture
def tickets(tmp_path):
    """The tickets in a file of these bytes; raises ``FaultyFile`` with all that is wrong."""

    def tickets(data, **matching):
        path = tmp_path / "tickets"
        path.write_bytes(data)
        with open_table(path, headings.score) as table:
            columns = match(table.headings, line=table.line, **matching)
            survey(table, columns)
            return list(Reader(columns).read(table))

    return tickets


@pytest.fixture
def faults(tickets):
    """The sentences about what is wrong with a file."""

    def faults(data, **matching):
        with pytest.raises(FaultyFile) as caught:
            tickets(data if isinstance(data, bytes) else data.encode(), **matching)
        return caught.value.lines()

    return faults


@pytest.mark.parametrize("names", [ENGLISH, GERMAN], ids=["English", "German"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_csv_of_every_making(tickets, delimiter, encoding, names):
    (ticket,) = tickets(text_of([names, PERSON], delimiter).encode(encoding))

    assert (ticket.line, ticket.number, ticket.state) == (2, "A-1", State.VALID)
    assert (ticket.name, ticket.sort_name) == ("Zoë Größe-Ó Briain", "Briain, Zoë Größe-Ó")
    assert ticket.said == {
        "name": "Zoë Größe-Ó Briain",
        "email": "zoe@example.org",
        "buyer_email": "zoe@example.org",
        "affiliation": "Zürich; Lab, 2",
        "ticket_kind": "Regulär",
    }


def test_the_same_from_xlsx(tickets):
    csv = tickets(text_of([ENGLISH, PERSON]).encode())

    assert tickets(workbook_of(Orders=[["Order code"]], Tickets=[ENGLISH, PERSON])) == csv


def test_cells_of_a_workbook_are_read_as_one_would_type_them(tickets):
    rows = [
        ["Ticket number", "Name", "Company", "Barcode"],
        [123.0, "Ada", 4.5, datetime.date(2026, 3, 23)],
        [124, "Alan", "=1+1", True],
    ]

    first, second = tickets(workbook_of(Tickets=rows))

    assert (first.number, first.said["affiliation"]) == ("123", "4.5")
    assert first.said["ticket_barcode"] == "2026-03-23T00:00:00"
    # A formula counts as what it showed when the file was saved: here nothing, as nobody showed it.
    assert (second.number, second.said["affiliation"]) == ("124", "")


def test_a_formula_in_csv_is_text(tickets):
    (ticket,) = tickets(b'Ticket number,Name\n1,"=HYPERLINK(""http://x"")"\n')

    assert ticket.name == '=HYPERLINK("http://x")'


def test_a_title_above_the_headings_and_empty_lines(tickets):
    found = tickets(b"Attendees of CPAL\n\nTicket number;Name\n\n1;Ada\n;;\n2;Alan\n")

    assert [(ticket.line, ticket.name) for ticket in found] == [(5, "Ada"), (7, "Alan")]


def test_a_file_whose_first_line_tells_excel_the_delimiter(tickets):
    found = tickets(b"sep=|\nTicket number|Name\n1|Ada\n")

    assert [(ticket.line, ticket.name) for ticket in found] == [(3, "Ada")]


def test_a_cell_of_two_lines_counts_as_two(tickets):
    found = tickets(b'Ticket number,Name\n1,"Ada\nLovelace"\n2,Alan\n')

    assert [(ticket.line, ticket.name) for ticket in found] == [(2, "Ada Lovelace"), (4, "Alan")]


PRETIX = (
    "Event slug,Order code,Position ID,Status,Email,Product,Variation,Price,Attendee name,"
    "Attendee name: Given name,Attendee name: Family name,Attendee email,Company,Address,"
    "Ticket secret,Company,Order locale\n"
    "cpal,ABC12,1,paid,sec@example.org,Regular,Early,100.00,Dr. Ada King Lovelace,Ada King,"
    "Lovelace,Ada@Example.org,Analytical,,s3cret,Other,de-informal\n"
    "cpal,ABC12,2,canceled (paid fee),sec@example.org,Regular,,100.00,,,,,,,x,,en\n"
    "cpal,ABC12,3,pending,sec@example.org,Regular,,100.00,,,,,,,y,,en\n"
    "cpal,ABC12,4,Paid,sec@example.org,Regular,,100.00,,,,,,,z,,fr\n"
)


def test_pretix(tickets):
    ada, gone, pending, nameless = tickets(PRETIX.encode())

    assert (ada.number, ada.name, ada.sort_name) == (
        "ABC12-1", "Dr. Ada King Lovelace", "Lovelace, Ada King",
    )  # fmt: skip
    assert ada.said == {
        "name": "Dr. Ada King Lovelace",
        "email": "ada@example.org",
        "buyer_email": "sec@example.org",
        "affiliation": "Analytical",
        "ticket_barcode": "s3cret",
        "ticket_kind": "Regular – Early",
        "language": "de",
    }
    assert [gone.state, pending.state] == [State.WITHDRAWN, State.PENDING]
    # Mail about a seat reaches the buyer, and the door has something to call.
    assert (nameless.name, nameless.said["email"]) == ("sec", "sec@example.org")
    assert "name" not in nameless.said
    assert nameless.said["language"] == ""


def test_eventbrite(tickets):
    data = (
        "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,Buyer Name,"
        "Buyer Email,Attendee Status,Barcode #,Company\n"
        "77,2026-01-01,Alan,Turing,alan@example.org,1,Tutorial package,1234,Sec,sec@example.org,"
        "Attending,771234001,\n"
        "77,2026-01-01,,,,1,Tutorial package,1235,Sec Retary,sec@example.org,Not Attending,1,\n"
        "77,2026-01-01,,,,1,Tutorial package,1236,Sec Retary,sec@example.org,Checked In,2,\n"
    )

    alan, gone, nameless = tickets(data.encode())

    assert (alan.number, alan.name, alan.sort_name) == ("1234", "Alan Turing", "Turing, Alan")
    assert (alan.said["email"], alan.said["buyer_email"]) == ("alan@example.org", "sec@example.org")
    assert (alan.said["ticket_kind"], alan.said["ticket_barcode"]) == (
        "Tutorial package", "771234001",
    )  # fmt: skip
    assert gone.state == State.WITHDRAWN
    assert (nameless.name, nameless.sort_name) == ("Sec Retary", "Retary, Sec")


@pytest.mark.parametrize(
    ("row", "name", "sort_name"),
    [
        ("Ada;King Lovelace", "Ada King Lovelace", "King Lovelace, Ada"),
        ("Ada;Ada Lovelace", "Ada Lovelace", "Lovelace, Ada"),
        (";Ada Lovelace", "Ada Lovelace", "Lovelace, Ada"),
        ("Ada;", "Ada", "Ada"),
    ],
)
def test_german_vorname_and_name(tickets, row, name, sort_name):
    (ticket,) = tickets(f"Bestellnummer;Vorname;Name\n1;{row}\n".encode())

    assert (ticket.name, ticket.sort_name) == (name, sort_name)


def test_a_position_that_is_a_job_numbers_nothing(tickets):
    (ticket,) = tickets(b"Order code,Name,Position\nX1,Ada,Professor\n")

    assert ticket.number == "X1"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("", State.VALID),
        ("Bezahlt", State.VALID),
        ("partially refunded", State.VALID),
        ("STORNIERT", State.WITHDRAWN),
        ("erstattet", State.WITHDRAWN),
        ("abgelaufen", State.WITHDRAWN),
        ("Refunded/Canceled", State.WITHDRAWN),
        ("Ausstehend", State.PENDING),
        ("unpaid", State.PENDING),
    ],
)
def test_statuses(tickets, status, state):
    (ticket,) = tickets(f"Ticketnummer;Name;Status\n1;Ada;{status}\n".encode())

    assert ticket.state == state


def test_every_fault_is_told_with_its_line_its_column_and_what_to_do(faults):
    assert faults(
        "Ticket number,Name,E-mail,Status,Barcode\n"
        ",Ada,,,\n"
        "1,Ada,ada@@example,,\n"
        "2,,,,\n"
        f"3,{'A' * 201},,,\n"
        "4,Ada,,lost,\n"
        "5,Ada,,lost,\n"
        "6,Ada,,,1.23457E+18\n"
        "7,Ada,,,,extra\n"
        "8,Ada,,,\n"
        "8,Alan,,,\n"
    ) == [
        "line 2, column “Ticket number”: There is no ticket number. Fill it in, or delete the "
        "line.",
        "line 3, column “E-mail”: “ada@@example” is no e-mail address. Correct it, or leave the "
        "cell empty.",
        "line 4, column “Name”: There is no name and no e-mail address. Fill in one of them.",
        "line 5, column “Name”: “AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…” has 201 characters; there is "
        "room for 200.",
        "line 6, column “Status”: We do not know the status “lost”. Write “paid”, “pending” or "
        "“cancelled” for it, or take no column for the status.",
        "line 8, column “Barcode”: A spreadsheet has shortened the number “1.23457E+18”. Export "
        "the file anew, and open it in a spreadsheet with this column as text.",
        "line 9: There are more cells than headings. Does a cell hold the delimiter, without "
        "quotes around it?",
        "line 11, column “Ticket number”: The ticket number “8” is there already, in line 10. Each "
        "ticket needs its own: if a column numbers the tickets of an order, name it as “position”.",
    ]  # fmt: skip


def test_no_more_faults_are_shown_than_somebody_reads(faults):
    found = faults("Ticket number,Name\n" + ",Ada\n" * (SHOWN + 12))

    assert len(found) == SHOWN + 1
    assert found[-1] == "and 12 more."


def test_a_quote_that_is_never_closed_swallows_nothing(faults):
    (fault,) = faults('Ticket number,Name\n1,Ada\n2,"Alan\n3,Grace\n')

    assert fault.startswith("line 3: This line cannot be read as CSV")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"\xd0\xcf\x11\xe0rest", "This is an old Excel file (XLS). Save it as XLSX or as CSV."),
        (b"GIF89a\0\0", "This is neither CSV nor XLSX."),
        (b"PK\x03\x04broken", "This XLSX file cannot be read. Save it anew, or as CSV."),
        (
            b"Ticket number,Name\n1,M\xfcller\n2,\x81\n",
            "line 3: The byte 0x81 is neither UTF-8 nor Windows-1252. Save the file as UTF-8.",
        ),
    ],
)
def test_what_is_no_such_file(faults, data, fault):
    assert faults(data) == [fault]


def test_a_zip_that_is_no_workbook(faults):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")

    assert faults(file.getvalue()) == ["This XLSX file cannot be read. Save it anew, or as CSV."]


def test_a_workbook_that_would_fill_the_memory(faults, monkeypatch):
    monkeypatch.setattr(tables, "MOST_BYTES_UNZIPPED", 1000)

    (fault,) = faults(workbook_of(Tickets=[ENGLISH, PERSON]))

    assert fault == "This XLSX file is too large. Save it as CSV."


def test_too_many_lines(faults, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)

    (fault,) = faults("Ticket number,Name\n1,Ada\n2,Ada\n3,Ada\n")

    assert fault == "The file has more than 2 lines. Divide it."


def test_a_file_without_numbers_and_names_says_what_it_has(faults):
    assert faults("Foo,Bar\n1,2\n") == [
        "line 1: No column for “name” was found. Say which it is; there are: “Foo”, “Bar”.",
        "line 1: No column for “ticket number” was found. Say which it is; there are: “Foo”, "
        "“Bar”.",
    ]


def test_columns_that_organisers_match(tickets):
    data = b"Code,Who,Name\nX1,Ada,Stall 5\n"

    (ticket,) = tickets(data, given={"ticket_number": "Code", "name": "Who"})
    (again,) = tickets(data, remembered={"ticket_number": "Code", "name": "Who"})

    assert (ticket.number, ticket.name) == ("X1", "Ada")
    assert again == ticket


def test_a_column_may_be_left_out(tickets):
    (ticket,) = tickets(b"Ticket number,Name,Status\nX1,Ada,odd\n", given={"status": ""})

    assert ticket.state == State.VALID


def test_a_remembered_heading_that_the_file_lacks_is_no_fault(tickets):
    (ticket,) = tickets(b"Ticket number,Name\nX1,Ada\n", remembered={"name": "Who"})

    assert ticket.name == "Ada"


def test_a_given_heading_that_the_file_lacks_is_one(faults):
    assert faults("Ticket number,Name\nX1,Ada\n", given={"name": "Who"}) == [
        "line 1: There is no column “Who”. There are: “Ticket number”, “Name”."
    ]


def test_what_is_worth_remembering():
    assert to_remember(
        {"kind": "Art", "status": "Stand"},
        {"name": "Name", "email": "Kontakt", "barcode": "", "status": ""},
        ["Ticket number", "Name", "E-mail", "Kontakt"],
    ) == {"kind": "Art", "email": "Kontakt"}
