"""Release the draft schedule, as the button in the admin does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conference import clock
from tutorials import schedule
from tutorials.management.chosen import conference_named
from tutorials.models import Schedule


class Command(BaseCommand):
    help = "Release the draft schedule: from then on it is what the public sees."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="of the conference")
        parser.add_argument("--notes", default="", help="what changed; public")
        parser.add_argument(
            "--keep-everyone",
            action="store_true",
            help="where it would put more people than seats somewhere, or give somebody two "
            "things at once: let them keep what they have",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["slug"])
        before = Schedule.objects.current(conference).first()
        try:
            version = schedule.release(
                conference,
                by=None,
                at=clock.now(),
                notes=options["notes"],
                keep_everyone=options["keep_everyone"],
            )
        except schedule.ReleaseBlocked as blocked:
            for finding in blocked.findings:
                self.stderr.write(finding.message)
            raise CommandError(self._refusal(conference.slug, blocked)) from blocked
        if version == before:
            self.stdout.write(f"{conference.slug}: nothing has changed since the last release.")
        else:
            self.stdout.write(f"{conference.slug}: version {version.number} is released.")

    def _refusal(self, slug: str, blocked: schedule.ReleaseBlocked) -> str:
        refusal = f"{slug} is not released; to mend: {len(blocked.findings)}."
        if all(finding.can_be_kept for finding in blocked.findings):
            refusal += " With --keep-everyone people keep what they have."
        return refusal
