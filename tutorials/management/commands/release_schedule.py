"""Release the draft schedule, as the button in the admin does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conference import clock
from tutorials import schedule
from tutorials.management.chosen import conference_named, tutorial_named
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

        parser.add_argument(
            "--keep",
            action="append",
            default=[],
            metavar="CODE",
            help="of a tutorial in which everybody keeps their seat; may be repeated",
        )
        parser.add_argument(
            "--move-back",
            action="append",
            default=[],
            metavar="CODE",
            help="of a tutorial whose newest, or who has something else at that time, go to the "
            "head of its waiting list; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        conference = conference_named(options["slug"])
        keep, move_back = (
            {tutorial_named(conference, code).pk for code in options[name]}
            for name in ("keep", "move_back")
        )
        if keep & move_back:
            raise CommandError("A tutorial can be in --keep or in --move-back, not in both.")
        before = Schedule.objects.current(conference).first()
        try:
            version = schedule.release(
                conference,
                by=None,
                at=clock.now(),
                notes=options["notes"],
                keep_everyone=options["keep_everyone"],
                keep=keep,
                move_back=move_back,
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
        if any(finding.can_be_moved_back for finding in blocked.findings):
            refusal += " --keep CODE and --move-back CODE decide for one tutorial."
        return refusal
