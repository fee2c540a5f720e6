import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import NOW, make_attendee
from tutorials import registration
from tutorials.exports import attendance
from tutorials.management.commands.export_attendance import write_whole


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


@pytest.mark.parametrize("file_format", ["xlsx", "pdf"])
def test_other_formats_are_not_there_yet(registered, tmp_path, file_format):
    with pytest.raises(CommandError, match=f"cannot be written as {file_format} yet. Use csv."):
        export(tmp_path / "list", file_format=file_format)
    assert os.listdir(tmp_path) == []


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
    response = attendance.attendance_response(registered.conference, with_email=True)

    assert (tmp_path / "list.csv").read_bytes() == response.getvalue()
