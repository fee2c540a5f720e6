"""Write the programme to a file that ``import_programme`` reads back."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from tutorials import downloads
from tutorials.exports.programme import programme_csv, programme_xlsx
from tutorials.exports.xlsx_file import DoesNotFit
from tutorials.management.chosen import conference_named
from tutorials.management.commands.export_attendance import write_whole

CHUNK = 2**16


class Command(BaseCommand):
    help = (
        "Write the programme to a file: all tutorials, drafts included, with presenters, times and "
        "texts. import_programme reads it back. It holds presenters’ e-mail addresses, so the file "
        "is readable by its owner alone, and that it was made is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--conference", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=("csv", "xlsx"))
        parser.add_argument("--output", required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["conference"])
        path = Path(options["output"])
        downloads.record(conference, downloads.What.PROGRAMME, by=None)
        if options["format"] == "csv":
            write_whole(path, programme_csv(conference, with_emails=True))
        else:
            try:
                with programme_xlsx(conference, with_emails=True) as file:
                    write_whole(path, _chunks(file))
            except DoesNotFit as error:
                raise CommandError(str(error)) from error
        number = conference.tutorials.count()
        self.stderr.write(f"Tutorials written: {number}", self.style.SUCCESS)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
