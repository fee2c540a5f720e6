"""How does the sample come into a database, and is it there already?

In steps that each do nothing the second time, so that a load that was interrupted is finished by
the next. The programme takes the way of every other: the importer, then an organiser's additions,
then a release; and everybody registers as they would on the website.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import F, Q

from conference.models import Conference
from conference.roles import Role
from people.models import Attendee, Membership, User
from tutorials import registration, schedule
from tutorials.imports import text
from tutorials.imports.applying import apply
from tutorials.models import Mail, Schedule, Session, Tutorial
from venues.models import Room, Venue

HERE = Path(__file__).resolve().parent
SLUG = "cpal-2026"
# A week before the conference, which is long over: everything is still ahead.
AS_OF = datetime.fromisoformat("2026-03-16T10:00:00+01:00")
PASSWORD = "demo"
ORGANISER, STAFF, ATTENDEE = (f"{name}@example.org" for name in ("organiser", "staff", "attendee"))
# Every eighth of the made-up attendees has an account as well.
ACCOUNTS = 8
# The demo's own attendee comes after so many others: late enough to wait for the full tutorial.
LATE = 52


def is_begun() -> bool:
    """Whether a database is the demo's: its organiser is the first thing that is made."""
    return User.objects.filter(email=ORGANISER, is_superuser=True).exists()


def holds_real_people() -> bool:
    """Whether there is anybody whose address is not one of the demo’s: example.org is nobody’s."""
    ours = Q(email__iendswith="@example.org")
    return (
        User.objects.exclude(ours).exists() or Attendee.objects.exclude(ours | Q(email="")).exists()
    )


def is_loaded() -> bool:
    """Whether all of the sample is there: the role of the door staff is the last thing made."""
    return Membership.objects.filter(user__email=STAFF, conference__slug=SLUG).exists()


def load() -> None:
    """Put the sample into the database, as things stand at ``AS_OF``."""
    sample = json.loads((HERE / "cpal-2026.json").read_text("utf-8"))
    organiser = _account(ORGANISER, "Demo Organiser", is_superuser=True)
    conference, __ = Conference.objects.get_or_create(
        slug=SLUG, defaults={**_typed(sample["conference"]), "is_current": True}
    )
    _load_venues(conference, sample)
    _load_sessions(conference, sample["sessions"])
    _load_tutorials(conference, sample["tutorials"], by=organiser)
    _load_attendees(conference, sample)
    # All this was long ago, as far as anybody's mail is concerned.
    Mail.objects.filter(sent_at=None).update(sent_at=F("created_at"))
    staff = _account(STAFF, "Demo Door Staff")
    Membership.objects.get_or_create(conference=conference, user=staff, role=Role.DOOR)


def _typed(fields: dict[str, str]) -> dict[str, Any]:
    """The fields of a conference from JSON, which has no days and times."""
    conference = Conference(**fields)
    conference.clean_fields()
    return {name: getattr(conference, name) for name in fields if name != "slug"}


def _account(email: str, name: str, *, password: str | None = PASSWORD, **rights: bool) -> User:
    """An account whose address counts as confirmed, or signing in would ask for a code."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name, **rights)
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def _load_venues(conference: Conference, sample: dict[str, Any]) -> None:
    for position, fields in enumerate(sample["venues"], start=1):
        venue, __ = Venue.objects.get_or_create(
            conference=conference,
            name=fields["name"],
            defaults={"address": fields["address"], "position": position},
        )
        for room in fields["rooms"]:
            note = sample["capacity_note"] % room["capacity"]
            Room.objects.get_or_create(
                venue=venue,
                name=room["name"],
                defaults={"capacity": room["capacity"], "access_notes": note},
            )


def _load_sessions(conference: Conference, sessions: list[list[str]]) -> None:
    draft = Schedule.objects.draft(conference)
    for kind, title, starts_at, ends_at, place in sessions:
        if not draft.sessions.filter(title=title).exists():
            Session.objects.create(
                schedule=draft,
                kind=kind,
                title=title,
                starts_at=datetime.fromisoformat(starts_at),
                ends_at=datetime.fromisoformat(ends_at),
                place=place,
            )


def _load_tutorials(
    conference: Conference, additions: dict[str, dict[str, Any]], *, by: User
) -> None:
    programme = text.read((HERE / f"{SLUG}.txt").read_bytes())
    published_at = AS_OF - timedelta(days=28)
    apply(programme, conference, by=by, at=published_at)
    for tutorial in conference.tutorials.all():
        for name, value in additions[tutorial.code].items():
            setattr(tutorial, name, value)
        tutorial.save(update_fields=list(additions[tutorial.code]))
        tutorial.publish(at=published_at)
    schedule.release(conference, by=by, at=published_at, notes="The first public version.")


def _load_attendees(conference: Conference, sample: dict[str, Any]) -> None:
    """Everybody registers in turn, from the opening of registration to the day before now."""
    tutorials = {tutorial.code: tutorial for tutorial in conference.tutorials.all()}
    people = [_made_up(conference, sample, number) for number in range(len(sample["attendees"]))]
    wishes = [_wishes(number) for number in range(len(people))]
    people.insert(LATE, _demo_attendee(conference))
    wishes.insert(LATE, ["T1", "T2"])
    opened_at = conference.registration_opens_at
    assert opened_at  # the sample says when
    step = (AS_OF - timedelta(days=1) - opened_at) // len(people)
    step -= timedelta(microseconds=step.microseconds)
    for number, (attendee, codes) in enumerate(zip(people, wishes, strict=True)):
        _register(attendee, [tutorials[code] for code in codes], opened_at + step * number)


def _made_up(conference: Conference, sample: dict[str, Any], number: int) -> Attendee:
    name, local_part = sample["attendees"][number]
    email = f"{local_part}@example.org"
    affiliations = sample["affiliations"]
    has_account = number % ACCOUNTS == 0
    attendee, __ = Attendee.objects.get_or_create(
        conference=conference,
        email=email,
        defaults={
            "name": name,
            "affiliation": affiliations[number % len(affiliations)],
            "user": _account(email, name, password=None) if has_account else None,
        },
    )
    return attendee


def _demo_attendee(conference: Conference) -> Attendee:
    user = _account(ATTENDEE, "Demo Attendee")
    return Attendee.objects.get_or_create(
        conference=conference, user=user, defaults={"name": user.name, "email": user.email}
    )[0]


def _wishes(number: int) -> list[str]:
    """What the made-up attendee of that number wants: at most one tutorial in each session.

    Half of them want T2, which has 24 seats, so that somebody has to wait.
    """
    first = "T1" if number % 5 < 2 else "T4" if number % 5 < 4 else ""
    second = "T2" if number % 2 == 0 else "T5" if number % 4 == 1 else ""
    third = "T3" if number % 3 == 0 else "T6" if number % 7 < 3 else ""
    return [code for code in (first, second, third) if code]


def _register(attendee: Attendee, wanted: list[Tutorial], at: datetime) -> None:
    for tutorial in wanted:
        registration.register(attendee, tutorial, by=attendee.user, at=at)
