"""Write the attendance list to a file."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tutorials.exports.attendance import COLUMNS, Row, rows
from tutorials.exports.csv_file import csv_chunks
from tutorials.management.chosen import conference_named, tutorial_named

FORMATS = ("csv", "xlsx", "pdf")


class Command(BaseCommand):
    help = (
        "Write the attendance list to a file: who is registered, who waits, who was checked in. "
        "It holds names and e-mail addresses, so the file is readable by its owner alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--conference", required=True, metavar="SLUG")
        parser.add_argument("--tutorial", metavar="CODE_OR_SLUG", help="only this one")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument(
            "--output", required=True, metavar="FILE", help="“-” for standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] != "csv":
            raise CommandError(
                f"The attendance list cannot be written as {options['format']} yet. Use csv."
            )
        conference = conference_named(options["conference"])
        name = options["tutorial"]
        tutorials = [tutorial_named(conference, name)] if name else None
        counted = Counted(rows(conference, tutorials, with_email=True))
        chunks = csv_chunks(COLUMNS, counted)
        if options["output"] == "-":
            for chunk in chunks:
                self._write_out(chunk)
        else:
            write_whole(Path(options["output"]), chunks)
        self.stderr.write(f"Rows written: {counted.number}", self.style.SUCCESS)

    def _write_out(self, chunk: bytes) -> None:
        # The bytes themselves where there is a real stream, whose encoding may be another.
        binary = getattr(self.stdout, "buffer", None)
        if binary:
            binary.write(chunk)
        else:
            self.stdout.write(chunk.decode(), ending="")


class Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows, self.number = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.number += 1
            yield row


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
