import os
import re
import subprocess
import sys
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests.factories import NOW, make_attendee
from tutorials import registration
from tutorials.exports import attendance, sign_in_sheets
from tutorials.exports.lists import Wanted, list_response
from tutorials.management.commands import export_attendance
from tutorials.management.commands.export_attendance import write_whole
from tutorials.models import Download
from tutorials.presets import keep


@pytest.fixture
def registered(programme):
    ada = make_attendee(programme.conference, name="Ada", email="ada@example.org")
    for tutorial in (programme.t1, programme.t2):
        registration.register(ada, tutorial, by=None, at=NOW)
    return programme


def export(output, *arguments, conference="cpal-2026", file_format="csv"):
    """Run it; return what it said."""
    out, err = StringIO(), StringIO()
    call_command(
        "export_attendance",
        f"--conference={conference}",
        f"--format={file_format}",
        f"--output={output}",
        *arguments,
        stdout=out,
        stderr=err,
    )
    return out.getvalue(), err.getvalue()


def test_it_writes_the_list(registered, tmp_path):
    output = tmp_path / "list.csv"
    said = export(output)

    lines = output.read_bytes().split(b"\r\n")
    assert said == ("", "Rows written: 2\n")
    assert lines[0].startswith(b"tutorial,session,")
    assert [line.split(b",")[6] for line in lines[1:3]] == [b"ada@example.org"] * 2
    assert lines[3:] == [b""]
    assert os.listdir(tmp_path) == ["list.csv"]
    assert output.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("field", ["code", "slug"])
def test_it_writes_one_tutorial(registered, tmp_path, field):
    name = getattr(registered.t2, field)
    said = export(tmp_path / "list.csv", f"--tutorial={name}")

    assert said == ("", "Rows written: 1\n")
    assert str(registered.t2) in (tmp_path / "list.csv").read_text()


def test_a_hyphen_is_standard_output(registered, capfdbinary):
    out, err = export("-")

    assert (out.count("\r\n"), err) == (3, "Rows written: 2\n")


@pytest.mark.parametrize(("file_format", "first"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_it_writes_spreadsheets_and_sheets_to_sign(registered, tmp_path, file_format, first):
    output = tmp_path / "list"
    said = export(output, file_format=file_format)

    assert output.read_bytes().startswith(first)
    assert said == ("", "Rows written: 2\n")
    assert output.stat().st_mode & 0o077 == 0


def test_what_it_took_is_recorded_as_of_a_command(registered, tmp_path):
    export(tmp_path / "list.csv", "--tutorial=T2", "--columns=name")
    row = Download.objects.get()

    assert (row.by, row.tutorial, row.what, row.columns) == (
        None, registered.t2, "attendance_csv", ["name"])  # fmt: skip


def test_columns_are_chosen_or_come_from_a_kept_choice(registered, tmp_path):
    keep(registered.conference, "Door", ["status", "name"])
    output = tmp_path / "list.csv"
    export(output, "--columns=name, room")
    assert output.read_text().splitlines()[0] == "name,room"
    export(output, "--preset=door")
    assert output.read_text().splitlines()[0] == "status,name"


def test_a_day_a_split_and_the_other_options_of_sheets(registered, tmp_path, monkeypatch):
    asked = {}

    def typeset(template, data):
        asked.update(data)
        return b"%PDF"

    monkeypatch.setattr(sign_in_sheets, "typeset", typeset)
    options = ["--day=2026-03-23", "--split=K", "--blank-lines=3", "--affiliation",
               "--paper=letter", "--language=de", "--tutorial=T1", "--tutorial=T2"]  # fmt: skip
    export(tmp_path / "list.pdf", *options, file_format="pdf")

    assert (asked["paper"], asked["language"], asked["affiliation"]) == ("us-letter", "de", True)
    assert [(len(sheet["blank"]), sheet["desk"][0]) for sheet in asked["sheets"]] == [
        (3, "A"), (3, "L")] * 2  # fmt: skip


def test_a_sheet_for_each_tutorial(registered, tmp_path):
    export(tmp_path / "list.xlsx", "--sheet-per-tutorial", file_format="xlsx")

    assert len(openpyxl.load_workbook(tmp_path / "list.xlsx").sheetnames) == 3


def test_it_says_how_far_it_is(registered, tmp_path, monkeypatch):
    monkeypatch.setattr(attendance, "ROWS_PER_REPORT", 1)
    monkeypatch.setattr(export_attendance, "ROWS_PER_REPORT", 1)
    _out, err = export(tmp_path / "list.csv")

    assert err == "Rows so far: 1\nRows so far: 2\nRows written: 2\n"


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--columns=phone", "There is no column “phone”"),
        ("--preset=Door", "No choice of columns is called “Door”. There are: none yet."),
        ("--split=ä", "Desks are split after letters"),
        ("--blank-lines=1000", "--blank-lines is a number from 0 to 100."),
        ("--day=tomorrow", "tomorrow is no day"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(registered, tmp_path, option, text):
    with pytest.raises(CommandError, match=re.escape(text)):
        export(tmp_path / "list.csv", option)
    assert os.listdir(tmp_path) == []
    assert not Download.objects.exists()


def test_an_unknown_conference_is_named_with_those_there_are(registered, tmp_path):
    with pytest.raises(CommandError, match=r"No conference is called “x”. There are: cpal-2026."):
        export(tmp_path / "list.csv", conference="x")


def test_an_unknown_tutorial_is_named_with_those_there_are(registered, tmp_path):
    with pytest.raises(
        CommandError,
        match=r"No tutorial of cpal-2026 is called “T9”. There are: T1, T2, T3, T4.",
    ):
        export(tmp_path / "list.csv", "--tutorial=T9")


def test_a_folder_that_is_not_there_is_one_clear_line(registered, tmp_path):
    with pytest.raises(CommandError, match=r"list\.csv cannot be written: No such file"):
        export(tmp_path / "nowhere" / "list.csv")


def test_a_fault_on_the_way_leaves_what_was_there(tmp_path):
    def broken():
        yield b"half a li"
        raise RuntimeError("the database is gone")

    output = tmp_path / "list.csv"
    output.write_text("yesterday's")
    with pytest.raises(RuntimeError, match="gone"):
        write_whole(output, broken())

    assert output.read_text() == "yesterday's"
    assert os.listdir(tmp_path) == ["list.csv"]


def test_the_command_line_fails_in_one_line(tmp_path):
    """As somebody at a shell meets it, with an empty database."""
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "DEBUG": "1"}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
    command = ["export_attendance", "--conference=x", "--format=csv", "--output=-"]
    done = subprocess.run([*manage, *command], env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "CommandError: No conference is called “x”. There are: none yet.\n"


def test_the_list_is_that_of_the_staff_pages(registered, tmp_path):
    export(tmp_path / "list.csv")
    response = list_response(Wanted(registered.conference, with_email=True), by=None)

    assert (tmp_path / "list.csv").read_bytes() == response.getvalue()
