"""Serve the sample conference on one's own machine."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from conference.models import Conference
from conference.sample import loading
from tutorials.management.commands.worker import work

AWAY = "Set DATABASE_URL to another database, or move this one away."


class Command(BaseCommand):
    help = (
        "Set up the sample conference with its demo accounts, and serve it on this machine. "
        "The clock stands a week before the conference."
    )
    # Before the first migration there is nothing to check.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        ports = range(1, 65536)
        parser.add_argument("--port", type=int, choices=ports, default=8000, metavar="PORT")
        parser.add_argument("--no-server", action="store_true", help="Set it up and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demo has passwords that everybody knows; it runs with DEBUG=true only."
            )
        _make_folder()
        _refuse_foreign_database()
        _settle(options["port"])
        call_command("migrate", verbosity=0)
        if not loading.is_loaded():
            settings.SEND_MAIL_AT_ONCE = False
            loading.load()
        settings.SEND_MAIL_AT_ONCE = True  # the demo has no worker
        self.stdout.write(_banner(options["port"]))
        if not options["no_server"]:
            # Offers lapse and reminders go out here too; as a daemon it ends with the server.
            threading.Thread(target=work, args=[threading.Event()], daemon=True).start()
            # The reloader would start this command a second time.
            call_command("runserver", f"127.0.0.1:{options['port']}", use_reloader=False)


def _make_folder() -> None:
    """SQLite makes its file, but not the folder that it is in."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)


def _refuse_foreign_database() -> None:
    """Raise ``CommandError`` if the database holds anything but the sample; change nothing."""
    tables = connection.introspection.table_names()
    if not tables:
        return
    if "people_user" not in tables or "conference_conference" not in tables:
        raise CommandError(f"The database holds tables that are not ours. {AWAY}")
    other = Conference.objects.exclude(slug=loading.SLUG).values_list("slug", flat=True).first()
    if other:
        raise CommandError(f"The database holds the conference “{other}”. {AWAY}")
    if Conference.objects.exists() and not loading.is_begun():
        raise CommandError(
            f"The database holds a “{loading.SLUG}” that the demo did not make. {AWAY}"
        )
    # Once it is the demo's, whoever tries it may sign in with an address of their own.
    if not loading.is_begun() and loading.holds_real_people():
        raise CommandError(
            f"The database holds accounts or attendees that are not at example.org. {AWAY}"
        )


def _settle(port: int) -> None:
    """Set the clock and the address for this process, where the environment does not."""
    settings.CLOCK = settings.CLOCK or loading.AS_OF.isoformat()
    if "SITE_URL" not in os.environ:
        settings.SITE_URL = f"http://localhost:{port}"


def _banner(port: int) -> str:
    site = f"http://localhost:{port}"
    return f"""
CPAL 2026, the sample conference

  Website     {site}/
  Admin       {site}/admin/
  Door staff  {site}/{loading.SLUG}/staff/

  Sign in as  {loading.ORGANISER}, {loading.STAFF} or {loading.ATTENDEE}
  Password    {loading.PASSWORD}

  Any other address works too: the code that is mailed to it appears below.
  The clock of the site stands at {settings.CLOCK} when it starts.
"""
