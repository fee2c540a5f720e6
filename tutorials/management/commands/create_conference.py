"""Make a new edition of a conference, with a draft schedule."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.forms.utils import from_current_timezone
from django.utils import timezone

from conference.models import Conference
from tutorials.models import Schedule, Session

# “2026-03-23 09:00-11:30” or, on the same day as the one before, “12:30–15:00”.
SESSION = re.compile(
    r"(?:(?P<day>\d{4}-\d{2}-\d{2})\s+)?(?P<starts>\d{1,2}:\d{2})\s*[-–]\s*(?P<ends>\d{1,2}:\d{2})"
)
OPTIONS = {
    "slug": "SLUG",
    "name": "--name",
    "starts_on": "--starts-on",
    "ends_on": "--ends-on",
    "time_zone": "--timezone",
    "attendance": "--attendance",
}


class Command(BaseCommand):
    help = "Make a new conference with a draft schedule. The first one becomes the current edition."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "slug", metavar="SLUG", help="First word of its addresses, such as cpal-2026."
        )
        parser.add_argument("--name", required=True)
        parser.add_argument("--starts-on", required=True, type=_day, metavar="DAY")
        parser.add_argument("--ends-on", required=True, type=_day, metavar="DAY")
        parser.add_argument(
            "--timezone", required=True, metavar="ZONE", help="Such as Europe/Berlin."
        )
        parser.add_argument(
            "--attendance",
            choices=Conference.Attendance.values,
            default=Conference.Attendance.REGISTER.value,
            help="How people attend a tutorial.",
        )
        parser.add_argument(
            "--sessions",
            default="",
            metavar="TIMES",
            help=(
                "Sessions for tutorials, in the time zone of the conference, such as "
                "“2026-03-23 09:00-11:30, 12:30-15:00, 2026-03-24 09:00-11:30”."
            ),
        )
        parser.add_argument(
            "--current", action="store_true", help="Make it the edition that the first page shows."
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        conference = _make_conference(options)
        schedule = Schedule.objects.draft(conference)
        sessions = _in_order(_parse_sessions(options["sessions"], conference), conference)
        for session in sessions:
            session.schedule = schedule
            session.save()
        current = ", the current edition" if conference.is_current else ""
        number = "1 session" if len(sessions) == 1 else f"{len(sessions)} sessions"
        self.stdout.write(
            f"Made {conference.name} ({conference.slug}){current}: {number}, "
            f"times in {conference.time_zone}."
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a day; write it as in 2026-03-23.") from error


def _make_conference(options: dict[str, Any]) -> Conference:
    if Conference.objects.filter(slug=options["slug"]).exists():
        raise CommandError(f"There is a conference “{options['slug']}” already.")
    if options["current"]:
        Conference.objects.filter(is_current=True).update(is_current=False)
    conference = Conference(
        slug=options["slug"],
        name=options["name"],
        starts_on=options["starts_on"],
        ends_on=options["ends_on"],
        time_zone=options["timezone"],
        attendance=options["attendance"],
        is_current=options["current"] or not Conference.objects.exists(),
    )
    try:
        conference.full_clean()
    except ValidationError as error:
        raise CommandError(_in_one_line(error)) from error
    conference.save()
    return conference


def _in_one_line(error: ValidationError) -> str:
    return " ".join(
        f"{OPTIONS[field]}: {message}" if field in OPTIONS else message
        for field, messages in error.message_dict.items()
        for message in messages
    )


def _parse_sessions(text: str, conference: Conference) -> Iterator[Session]:
    """The sessions named in ``--sessions``; a day counts until the next one is named."""
    day: date | None = None
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = SESSION.fullmatch(part)
        if match is None:
            raise CommandError(
                f"--sessions: “{part}” is not a session; write it as in 2026-03-23 09:00-11:30."
            )
        try:
            day = date.fromisoformat(match["day"]) if match["day"] else day
            starts, ends = (_clock_time(match[end]) for end in ("starts", "ends"))
        except ValueError as error:
            raise CommandError(f"--sessions: “{part}” is no day or time that there is.") from error
        if day is None:
            raise CommandError(f"--sessions: “{part}” comes before any day is named.")
        if day not in conference.days:
            raise CommandError(f"--sessions: {day} is not a day of the conference.")
        yield _session(day, starts, ends, conference)


def _clock_time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _session(day: date, starts: time, ends: time, conference: Conference) -> Session:
    try:
        # Refuses a time that the clocks skip or show twice, when summer time begins or ends.
        with timezone.override(conference.tz):
            starts_at, ends_at = (
                from_current_timezone(datetime.combine(day, moment)) for moment in (starts, ends)
            )
    except ValidationError as error:
        raise CommandError(f"--sessions: {' '.join(error.messages)}") from error
    if ends_at <= starts_at:
        raise CommandError(
            f"--sessions: the one on {day} from {starts:%H:%M} ends before it starts."
        )
    return Session(kind=Session.Kind.TUTORIALS, starts_at=starts_at, ends_at=ends_at)


def _in_order(sessions: Iterable[Session], conference: Conference) -> list[Session]:
    """The sessions by time, titled “Session 1” and so on, on each day anew."""
    ordered = sorted(sessions, key=lambda session: session.starts_at)
    for one, other in pairwise(ordered):
        if one.overlaps(other):
            starts = conference.local(other.starts_at)
            raise CommandError(
                f"--sessions: the one on {starts:%Y-%m-%d} at {starts:%H:%M} begins "
                "before the one before it ends."
            )
    on_day: Counter[date] = Counter()
    for session in ordered:
        day = conference.local(session.starts_at).date()
        on_day[day] += 1
        session.title = f"Session {on_day[day]}"
    return ordered
