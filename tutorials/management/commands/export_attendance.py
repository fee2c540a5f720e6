"""Write the attendance list, or the sheets to sign, to a file."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from conference.models import Conference
from tutorials.exports.attendance import ROWS_PER_REPORT, UnknownColumn, columns_named
from tutorials.exports.lists import FileFormat, TooManySheets, Wanted, list_file
from tutorials.exports.sign_in_sheets import (
    MOST_BLANK_LINES,
    SheetOptions,
    TooManyLines,
    UnknownDesks,
    desks_named,
)
from tutorials.exports.typesetting import CannotTypeset
from tutorials.exports.xlsx_file import DoesNotFit
from tutorials.management.chosen import conference_named, tutorial_named
from tutorials.models import ListPreset
from tutorials.presets import columns_of, preset_named
from tutorials.privacy import NamesDeleted

PAPERS = {"a4": "a4", "letter": "us-letter"}


class Command(BaseCommand):
    help = (
        "Write the attendance list to a file: who is registered, who waits, who was checked in. "
        "As pdf: sheets to sign at the door. "
        "It holds names and e-mail addresses, so the file is readable by its owner alone, and that "
        "it was made is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--conference", required=True, metavar="SLUG")
        parser.add_argument(
            "--tutorial", action="append", metavar="CODE_OR_SLUG", help="only this one; repeatable"
        )
        parser.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help="only what is that day")
        parser.add_argument("--format", required=True, choices=FileFormat.values)
        parser.add_argument(
            "--output", required=True, metavar="FILE", help="“-” for standard output"
        )
        lists = parser.add_argument_group("csv and xlsx")
        which = lists.add_mutually_exclusive_group()
        which.add_argument("--columns", metavar="A,B,…", help="these columns, in this order")
        which.add_argument("--preset", metavar="NAME", help="the columns kept under that name")
        lists.add_argument(
            "--sheet-per-tutorial", action="store_true", help="xlsx: a sheet for each tutorial"
        )
        sheets = parser.add_argument_group("pdf")
        sheets.add_argument(
            "--split", default="", metavar="LETTERS", help="“K”: a desk for A–K, one for L–Z"
        )
        sheets.add_argument(
            "--blank-lines", type=int, default=5, metavar="N", help="for who is not on the list"
        )
        sheets.add_argument("--affiliation", action="store_true", help="with a column for it")
        sheets.add_argument("--paper", choices=PAPERS, default="a4")
        sheets.add_argument("--language", choices=[code for code, _ in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["conference"])
        self.number = 0
        try:
            wanted = self._wanted(conference, options)
            with override(options["language"]):
                chunks = list_file(wanted, by=None)
                self._write(options["output"], chunks)
        except CannotTypeset as error:
            raise CommandError(f"The sheets could not be made: {error}") from error
        except (
            DoesNotFit,
            ListPreset.DoesNotExist,
            NamesDeleted,
            TooManyLines,
            TooManySheets,
            UnknownColumn,
            UnknownDesks,
        ) as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Rows written: {self.number}", self.style.SUCCESS)

    def _wanted(self, conference: Conference, options: dict[str, Any]) -> Wanted:
        columns = columns_named((options["columns"] or "").split(","))
        if options["preset"]:
            columns = columns_of(preset_named(conference, options["preset"]))
        if not 0 <= options["blank_lines"] <= MOST_BLANK_LINES:
            raise CommandError(f"--blank-lines is a number from 0 to {MOST_BLANK_LINES}.")
        names = options["tutorial"]
        return Wanted(
            conference,
            [tutorial_named(conference, name) for name in names] if names else None,
            options["day"],
            options["format"],
            columns,
            with_email=True,
            sheet_per_tutorial=options["sheet_per_tutorial"],
            sheets=SheetOptions(
                affiliation=options["affiliation"],
                blank_lines=options["blank_lines"],
                desks=desks_named(options["split"]),
                paper=PAPERS[options["paper"]],
            ),
            progress=self._progress,
        )

    def _progress(self, number: int) -> None:
        """How far it is, for whoever waits; the last number is said at the end."""
        if number != self.number and number % ROWS_PER_REPORT == 0:
            self.stderr.write(f"Rows so far: {number}")
        self.number = number

    def _write(self, output: str, chunks: Iterable[bytes]) -> None:
        if output != "-":
            write_whole(Path(output), chunks)
            return
        # The bytes themselves where there is a real stream, whose encoding may be another.
        binary = getattr(self.stdout, "buffer", None)
        for chunk in chunks:
            if binary:
                binary.write(chunk)
            else:
                self.stdout.write(chunk.decode(), ending="")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day. Write it as 2026-03-23.") from None


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all; one that was there before stays until then.

    Raises ``CommandError`` where it cannot be written.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise CommandError(f"{path} is not a file. Use “-” to write to the standard output.")
    try:
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with open(descriptor, "wb") as file:
                file.writelines(chunks)
            os.replace(unfinished, path)
        except BaseException:
            os.unlink(unfinished)
            raise
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
