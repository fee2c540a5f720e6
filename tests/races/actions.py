"""What a process does in a race: one call of the domain, with ids, told back as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import override_settings

from conference.models import Conference
from people.models import Attendee, Membership, User
from people.team import TeamRefused, take_away
from tests.factories import NOW
from tutorials import mails, registration, schedule
from tutorials.imports.attendees import import_attendees
from tutorials.imports.sheet import import_sheet
from tutorials.models import Registration, Tutorial

Told = dict[str, Any]
ACTIONS: dict[str, Callable[..., Told]] = {}


def action(work: Callable[..., Told]) -> Callable[..., Told]:
    """Let a scenario name it."""
    ACTIONS[work.__name__] = work
    return work


def told(row: Registration | None) -> Told:
    if row is None:
        return {}
    return {"id": row.pk, "status": row.status, "place": getattr(row, "place", None)}


def someone(pk: int) -> Attendee:
    return Attendee.objects.select_related("conference").get(pk=pk)


def some(pk: int) -> Tutorial:
    return Tutorial.objects.select_related("conference").get(pk=pk)


@action
def register(attendee: int, tutorial: int) -> Told:
    return told(registration.register(someone(attendee), some(tutorial), by=None, at=NOW))


@action
def switch(attendee: int, tutorial: int, gives_up: int) -> Told:
    row = registration.switch(
        someone(attendee), some(tutorial), gives_up=some(gives_up), by=None, at=NOW
    )
    return told(row)


@action
def cancel(attendee: int, tutorial: int) -> Told:
    return told(registration.cancel(someone(attendee), some(tutorial), by=None, at=NOW))


@action
def fill(tutorial: int) -> Told:
    return {"number": len(registration.fill(some(tutorial), at=NOW))}


@action
def accept(row: int, giving_up: list[int], at: str) -> Told:
    offered = Registration.objects.select_related("attendee", "tutorial__conference").get(pk=row)
    moment = datetime.fromisoformat(at)
    return told(registration.accept(offered, by=None, at=moment, giving_up=giving_up))


@action
def lapse(at: str) -> Told:
    return {"number": registration.lapse(at=datetime.fromisoformat(at))}


@action
def lower(tutorial: int, capacity: int) -> Told:
    registration.change_capacity(
        some(tutorial),
        capacity=capacity,
        kept_back=0,
        too_few=registration.TooFew.MOVE_BACK,
        by=None,
        at=NOW,
    )
    return {}


@action
def withdraw(attendee: int) -> Told:
    return {"number": registration.withdraw(someone(attendee), by=None, at=NOW)}


@action
def release(conference: int) -> Told:
    return {"number": schedule.release(_edition(conference), by=None, at=NOW).number}


@action
def import_tickets(conference: int, path: str) -> Told:
    import_attendees(Path(path), _edition(conference), by=None, at=NOW)
    return {}


@action
def import_list(conference: int, path: str) -> Told:
    import_sheet(Path(path), _edition(conference), by=None, at=NOW)
    return {}


@action
def leave_the_team(member: int, by: int) -> Told:
    try:
        take_away(Membership.objects.get(pk=member), by=User.objects.get(pk=by))
    except (TeamRefused, Membership.DoesNotExist):
        return {"status": "stays"}
    return {"status": "gone"}


@action
def send() -> Told:
    return {"number": mails.deliver_due(NOW)}


@action
def work(clock: str) -> Told:
    """What a worker does in one round, at that time."""
    with override_settings(CLOCK=clock):
        call_command("worker", "--once")
    return {}


def _edition(pk: int) -> Conference:
    return Conference.objects.get(pk=pk)
