"""Tell what is wrong with the draft schedule."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tutorials import schedule
from tutorials.management.chosen import conference_named


class Command(BaseCommand):
    help = "Report clashes and oddities in the draft schedule; fails if any blocks a release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="of the conference")

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["slug"])
        findings = schedule.check(conference)
        for finding in findings:
            self.stdout.write(f"{'blocks' if finding.blocks else 'note'}: {finding.message}")
        blocking = sum(finding.blocks for finding in findings)
        if blocking:
            raise CommandError(f"{conference.slug} cannot be released; to mend: {blocking}.")
        self.stdout.write(f"{conference.slug} can be released.")
