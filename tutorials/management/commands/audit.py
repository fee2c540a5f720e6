"""Tell whether all rows agree with each other."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conference import clock
from conference.models import Conference
from tutorials.audit import report
from tutorials.management.chosen import conference_named


class Command(BaseCommand):
    help = (
        "Check that seats, registrations, waiting lists, history and schedules agree; fails if "
        "any do not. A seat that was left free while somebody waits is told as a warning: the "
        "worker gives it away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slug", nargs="?", metavar="SLUG", help="of the conference; without it, all of them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        conferences = [conference_named(slug)] if slug else list(Conference.objects.all())
        wrong = tutorials = registrations = 0
        for conference in conferences:
            found = report(conference, clock.now())
            for sentence in found.wrong:
                self.stdout.write(f"wrong: {conference.slug}: {sentence}")
            for sentence in found.left_waiting:
                self.stdout.write(f"warning: {conference.slug}: {sentence}")
            wrong += len(found.wrong)
            tutorials += found.tutorials
            registrations += found.registrations
        if wrong:
            raise CommandError(f"Not everything agrees; findings: {wrong}.")
        self.stdout.write(
            f"Everything agrees: {_number(tutorials, 'tutorial')}, "
            f"{_number(registrations, 'registration')}."
        )


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
