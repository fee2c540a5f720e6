"""Bring in the programme of a conference from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conference import clock
from tutorials.imports import text
from tutorials.imports.applying import apply
from tutorials.imports.programme import Unreadable
from tutorials.management.chosen import conference_named
from tutorials.schedule import ReleaseBlocked

READERS = {"text": text.read}
FORMATS = ("text", "csv", "xlsx", "frab-xml", "frab-json", "pretalx-json")
# A “.json” may be either of two formats, so its name says nothing.
FORMAT_OF_ENDING = {".txt": "text", ".csv": "csv", ".xlsx": "xlsx", ".xml": "frab-xml"}


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
        try:
            programme = _reader(file, options["format"])(file.read_bytes())
            report = apply(
                programme,
                conference,
                by=None,
                at=clock.now(),
                release=options["release"],
                dry_run=dry_run,
            )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except Unreadable as error:
            raise CommandError(_faults(file, error)) from error
        except ReleaseBlocked as error:
            raise CommandError(f"The release is blocked. {error} Nothing was written.") from error
        if dry_run:
            self.stdout.write("A dry run; without --dry-run it would say:")
        self.stdout.write("\n".join(report.lines()))
        if dry_run:
            self.stdout.write("Nothing was written.")


def _reader(file: Path, chosen: str | None) -> Any:
    name = chosen or FORMAT_OF_ENDING.get(file.suffix.lower())
    if name is None:
        raise CommandError(
            f"“{file.name}” does not say what it is: add --format, one of {', '.join(FORMATS)}."
        )
    if name not in READERS:
        raise CommandError(
            f"The format {name} cannot be read yet; {', '.join(READERS)} can (--format)."
        )
    return READERS[name]


def _faults(file: Path, error: Unreadable) -> str:
    faults = [str(fault) for fault in error.faults]
    if len(faults) == 1:
        return f"{file.name}, {faults[0]} Nothing was written."
    lines = "\n".join(f"  {fault}" for fault in faults)
    return f"{file.name} has {len(faults)} faults. Nothing was written.\n{lines}"
