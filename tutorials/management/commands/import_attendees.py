"""Bring in the people of a ticket shop's file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from conference import clock
from tutorials.imports.attendees import FaultyFile, import_attendees
from tutorials.imports.attendees.columns import HEADINGS
from tutorials.management.chosen import conference_named

SECONDS_BETWEEN_LINES = 1


class Command(BaseCommand):
    help = (
        "Bring in attendees from a ticket shop's file, CSV or XLSX. Columns are found by their "
        "headings, in English or German. A second run changes only what has changed in the file, "
        "and keeps what was edited by hand; one that was stopped is simply started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--conference", required=True, metavar="SLUG")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what it would do, and write nothing."
        )
        parser.add_argument(
            "--withdraw-missing",
            action="store_true",
            help="Withdraw who came by an earlier import and is not in this file.",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar='FIELD="HEADING"',
            help=(
                "Which column is what, where its heading does not say so; may be repeated, and is "
                f"remembered. Without a heading: none is. Fields: {', '.join(HEADINGS)}."
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["conference"])
        file, dry_run = options["file"], options["dry_run"]
        try:
            report = import_attendees(
                file,
                conference,
                by=None,
                at=clock.now(),
                dry_run=dry_run,
                withdraw_missing=options["withdraw_missing"],
                columns=_columns(options["column"]),
                progress=self._progress(),
            )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except FaultyFile as error:
            raise CommandError(_faults(file, error)) from error
        except DatabaseError as error:
            # Its words may hold names, which belong into no log.
            raise CommandError(
                f"The database refused to go on ({type(error).__name__}). "
                "Start the import again: it goes on where it stopped."
            ) from error
        if dry_run:
            self.stdout.write("A dry run; without --dry-run it would say:")
        self.stdout.write("\n".join([*report.columns_lines(), *report.lines()]))
        if dry_run:
            self.stdout.write("Nothing was written.")

    def _progress(self) -> Any:
        """Tells how far it is, a line a second, to somebody who watches."""
        if not self.stderr.isatty():
            return None
        told = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told
            if done == total or time.monotonic() - told >= SECONDS_BETWEEN_LINES:
                told = time.monotonic()
                self.stderr.write(f"{done:,} of {total:,}", str)

        return tell


def _columns(given: list[str]) -> dict[str, str]:
    columns = {}
    for text in given:
        name, is_given, heading = text.partition("=")
        if not is_given or name not in HEADINGS:
            raise CommandError(
                f"--column {text}: write FIELD=HEADING; the fields are {', '.join(HEADINGS)}."
            )
        columns[name] = " ".join(heading.split())
    return columns


def _faults(file: Path, error: FaultyFile) -> str:
    lines = error.lines()
    if len(lines) == 1:
        return f"{file.name}: {lines[0]} Nothing was written."
    listed = "\n".join(f"  {line}" for line in lines)
    return f"{file.name} has {error.number} faults. Nothing was written.\n{listed}"
