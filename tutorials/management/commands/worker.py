"""Do what nobody waits for, and all that is timed: mail, offers, reminders, forgetting."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from conference import clock
from people.accounts import forget_unconfirmed
from people.privacy import forget_sessions, forget_unused
from tutorials import mails, materials, privacy, registration
from tutorials.imports.uploads import forget_uploads
from tutorials.invitations import forget_invitations

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send queued mail and reminders, let offers lapse and fill freed seats, until told to "
        "stop (SIGTERM or Ctrl-C). "
        "As many may run as you like."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            self.stdout.write("Working. Ctrl-C or SIGTERM stops it when it is done with its mail.")
            self.stdout.flush()
        work(stop, once=options["once"])


def work(stop: threading.Event, *, once: bool = False) -> None:
    """Do all that is due, again and again until ``stop`` is set; with ``once`` one time."""
    jobs = [
        Job("offers", timedelta(seconds=15), lambda: registration.lapse(at=clock.now())),
        Job("seats", timedelta(seconds=30), lambda: registration.sweep(at=clock.now())),
        Job("reminders", timedelta(minutes=5), lambda: registration.remind(at=clock.now())),
        Job("accounts", timedelta(hours=1), forget_unconfirmed),
        Job("uploads", timedelta(hours=1), forget_uploads),
        Job("privacy", timedelta(hours=1), lambda: privacy.erase_due(clock.now())),
        Job("unused accounts", timedelta(hours=6), forget_unused),
        Job("unused files", timedelta(hours=6), materials.forget_unused),
        Job("invitations", timedelta(hours=6), lambda: forget_invitations(clock.now())),
        Job("sessions", timedelta(hours=6), forget_sessions),
        # Last, so that one round also sends what the others have to tell.
        Job("mail", timedelta(seconds=1), lambda: _send(stop)),
    ]
    while True:
        for job in jobs:
            if not stop.is_set():
                job.run_if_due()
        if once or stop.wait(0.5):
            return


class Job:
    """Something done again and again; a fault in it is logged and stops nothing else."""

    def __init__(self, name: str, every: timedelta, work: Callable[[], Any]) -> None:
        self.name = name
        self.every = every.total_seconds()
        self.work = work
        self.due = 0.0

    def run_if_due(self) -> None:
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + self.every
        try:
            self.work()
        except (Error, OSError):
            logger.exception("The worker's job %s failed; it is tried again.", self.name)
            # A database that was away for a while is asked anew the next time.
            connection.close()


def _send(stop: threading.Event) -> None:
    while not stop.is_set() and mails.deliver_next(clock.now()):
        pass
