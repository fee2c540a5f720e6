"""Write the public pages of an edition as static files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tutorials.management.chosen import conference_named
from tutorials.site_export import CannotExport, Copied, export

EVERY = 100  # files between two lines of progress


class Command(BaseCommand):
    help = (
        "Write the public pages of an edition as static files, in every language, with their "
        "pictures, materials and feeds; links work from any folder. What needs a server is left "
        "out. An earlier copy of the same edition is replaced when the new one is complete."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("conference", metavar="SLUG")
        parser.add_argument("folder", metavar="DIRECTORY", type=Path)
        parser.add_argument(
            "--address",
            metavar="URL",
            default="",
            help="Where the copy will stand, for search engines and for who shares a page; without "
            "it the copy names the site's own addresses.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["conference"])
        try:
            made = export(conference, options["folder"], self._progress, options["address"])
        except CannotExport as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            where = error.filename or options["folder"]
            raise CommandError(f"{where} cannot be written: {error.strerror}.") from error
        for address in made.missing:
            self.stderr.write(f"Not there, so not in the copy: {address}", self.style.WARNING)
        done = f"Pages written: {made.pages}, other files: {made.files}"
        self.stderr.write(done, self.style.SUCCESS)

    def _progress(self, so_far: Copied) -> None:
        if (so_far.pages + so_far.files) % EVERY == 0:
            self.stderr.write(f"Pages: {so_far.pages}, other files: {so_far.files} …")
