"""Bring in the programme of a conference from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conference import clock
from conference.models import Conference
from tutorials.imports import text
from tutorials.imports.applying import apply
from tutorials.imports.faults import FaultyFile
from tutorials.imports.programme import Unreadable
from tutorials.imports.sheet import import_sheet
from tutorials.management.chosen import conference_named
from tutorials.schedule import ReleaseBlocked

READABLE = ("text", "csv", "xlsx")
FORMATS = (*READABLE, "frab-xml", "frab-json", "pretalx-json")
# A “.json” may be either of two formats, so its name says nothing.
FORMAT_OF_ENDING = {
    ".txt": "text", ".csv": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xml": "frab-xml",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Bring in tracks, rooms, tutorials and presenters from a file: all of it or nothing. "
        "A second run changes only what has changed in the file, and keeps what was edited by hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--conference", required=True, metavar="SLUG")
        parser.add_argument(
            "--format", choices=FORMATS, help="What the file is; guessed from its ending."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what it would do, and write nothing."
        )
        parser.add_argument(
            "--release",
            action="store_true",
            help="Publish the tutorials of the file and release the schedule, if it has changed.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["conference"])
        file, dry_run = options["file"], options["dry_run"]
        is_text = _format(file, options["format"]) == "text"
        bring_in = _import_text if is_text else _import_sheet
        try:
            lines = bring_in(file, conference, release=options["release"], dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except Unreadable as error:
            raise CommandError(_faults(file, list(map(str, error.faults)))) from error
        except FaultyFile as error:
            raise CommandError(_faults(file, error.lines(), error.number)) from error
        except ReleaseBlocked as error:
            raise CommandError(f"The release is blocked. {error} Nothing was written.") from error
        if dry_run:
            self.stdout.write("A dry run; without --dry-run it would say:")
        self.stdout.write("\n".join(lines))
        if dry_run:
            self.stdout.write("Nothing was written.")


def _import_text(file: Path, conference: Conference, *, release: bool, dry_run: bool) -> list[str]:
    programme = text.read(file.read_bytes())
    report = apply(programme, conference, by=None, at=clock.now(), release=release, dry_run=dry_run)
    return report.lines()


def _import_sheet(file: Path, conference: Conference, *, release: bool, dry_run: bool) -> list[str]:
    """A list: CSV and XLSX are told apart by what they hold."""
    report = import_sheet(
        file, conference, by=None, at=clock.now(), release=release, dry_run=dry_run
    )
    return report.lines() + report.hints()


def _format(file: Path, chosen: str | None) -> str:
    name = chosen or FORMAT_OF_ENDING.get(file.suffix.lower())
    if name is None:
        raise CommandError(
            f"“{file.name}” does not say what it is: add --format, one of {', '.join(FORMATS)}."
        )
    if name not in READABLE:
        raise CommandError(
            f"The format {name} cannot be read yet; {', '.join(READABLE)} can (--format)."
        )
    return name


def _faults(file: Path, faults: list[str], number: int = 0) -> str:
    if len(faults) == 1:
        return f"{file.name}, {faults[0]} Nothing was written."
    lines = "\n".join(f"  {fault}" for fault in faults)
    return f"{file.name} has {max(number, len(faults))} faults. Nothing was written.\n{lines}"
