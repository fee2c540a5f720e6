"""What does the programme hold of somebody? For ``people.held``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people.held import Section
from people.known_tickets import addresses_of
from people.models import Attendee, User
from people.privacy import places_of
from tutorials.models import (
    Change,
    CheckIn,
    Correction,
    Download,
    Feedback,
    HeadCount,
    Letter,
    Mail,
    Presenter,
    PrivateCalendar,
    Registration,
    Slot,
    Star,
)
from tutorials.private_calendar import address_of


def held_about(user: User) -> list[Section]:
    """All that hangs on an account's places, what was mailed there, and what it did as staff."""
    places = places_of(user)
    return [
        _registrations(places),
        _history(places, user),
        _check_ins(places),
        _feedback(places),
        _mails(places),
        _stars(user),
        _calendars(user),
        *_presenting(user),
        _done(places, user),
    ]


def _of_places(rows: QuerySet[Any], places: Collection[Attendee]) -> QuerySet[Any]:
    theirs = rows.filter(attendee__in=places).select_related("tutorial__conference")
    return theirs.order_by("pk")


def _tutorial(row: Any) -> dict[str, Any]:
    tutorial = row.tutorial
    return {"conference": tutorial.conference.name, "tutorial": str(tutorial)}


def _whose() -> dict[str, str]:
    return {"conference": _("Conference"), "tutorial": _("Tutorial")}


def _registrations(places: Collection[Attendee]) -> Section:
    return Section(
        "registrations",
        _("Registrations"),
        _("What you are or were registered for, or wait for."),
        {
            **_whose(),
            "status": _("Status"),
            "queue_number": _("Queue number"),
            "when_free": _("When a seat is free"),
            "gives_up": _("Gives up"),
            "overlap": _("Overlap"),
            "registered_at": _("Registered"),
            "confirmed_at": _("Confirmed"),
            "offered_until": _("Offered until"),
            "reminded_at": _("Reminded"),
            "cancelled_at": pgettext("registration", "Cancelled"),
            "cancelled_because": _("Cancelled because"),
        },
        [
            _registration(row)
            for row in _of_places(Registration.objects.select_related("gives_up"), places)
        ],
    )


def _registration(row: Registration) -> dict[str, Any]:
    local = row.tutorial.conference.local
    return {
        **_tutorial(row),
        "status": row.get_status_display(),
        "queue_number": row.position,
        "when_free": row.get_when_free_display() if row.position is not None else "",
        "gives_up": str(row.gives_up) if row.gives_up else "",
        "overlap": row.get_overlap_display(),
        "registered_at": local(row.registered_at),
        "confirmed_at": row.confirmed_at and local(row.confirmed_at),
        "offered_until": row.offered_until and local(row.offered_until),
        "reminded_at": row.reminded_at and local(row.reminded_at),
        "cancelled_at": row.cancelled_at and local(row.cancelled_at),
        "cancelled_because": row.get_cancelled_because_display(),
    }


def _history(places: Collection[Attendee], user: User) -> Section:
    return Section(
        "history",
        _("What happened to them"),
        _("Each change of a registration of yours."),
        {
            **_whose(),
            "at": _("When"),
            "was": _("Before"),
            "became": _("After"),
            "why": _("Why"),
            "reason": _("Reason given"),
            "by": _("By"),
        },
        [
            {
                **_tutorial(row),
                "at": row.tutorial.conference.local(row.at),
                "was": row.get_was_display(),
                "became": row.get_became_display(),
                "why": row.get_why_display(),
                "reason": row.reason,
                "by": _by(row, user),
            }
            for row in _of_places(Change.objects.all(), places)
        ],
    )


def _by(change: Change, user: User) -> str:
    if change.by_id is None:
        return _("the system")
    return _("you") if change.by_id == user.pk else _("an organiser")


def _check_ins(places: Collection[Attendee]) -> Section:
    rows = list(_of_places(CheckIn.objects.all(), places))
    starts = _starts(rows)
    return Section(
        "check_ins",
        _("Check-ins"),
        _("When you were let in at the door, and to which part."),
        {**_whose(), "at": _("When"), "what": _("What"), "part_starts_at": _("Part that begins")},
        [
            {
                **_tutorial(row),
                "at": row.tutorial.conference.local(row.at),
                "what": row.get_kind_display(),
                "part_starts_at": starts.get(row.slot_key),
            }
            for row in rows
        ],
    )


def _starts(rows: Iterable[CheckIn]) -> dict[Any, Any]:
    """When the parts that they name begin, by the newest version that has them. One query."""
    zones = {row.slot_key: row.tutorial.conference for row in rows}
    slots = Slot.objects.filter(key__in=zones).select_related("session").order_by("pk")
    return {slot.key: zones[slot.key].local(slot.session.starts_at) for slot in slots}


def _feedback(places: Collection[Attendee]) -> Section:
    return Section(
        "feedback",
        _("How it was"),
        _("What you said of tutorials. Nobody is shown that it was you."),
        {
            **_whose(),
            "rating": _("Rating, of 5"),
            "good": _("What was good"),
            "better": _("What could be better"),
            "sent_at": _("Sent"),
        },
        [
            {
                **_tutorial(row),
                "rating": row.rating,
                "good": row.good,
                "better": row.better,
                "sent_at": row.tutorial.conference.local(row.sent_at),
            }
            for row in _of_places(Feedback.objects.all(), places)
        ],
    )


def _mails(places: Collection[Attendee]) -> Section:
    return Section(
        "mails",
        _("Mails"),
        _("What this site wrote to you about tutorials. Their text is not kept."),
        {
            **_whose(),
            "what": _("What it says"),
            "written_at": _("Written"),
            "sent_at": _("Sent"),
            "given_up_at": _("Given up"),
            "reason": _("Reason given"),
        },
        [_mail(row) for row in _of_places(Mail.objects.all(), places)],
    )


def _mail(row: Mail) -> dict[str, Any]:
    local = row.tutorial.conference.local
    return {
        **_tutorial(row),
        "what": row.get_kind_display(),
        "written_at": local(row.created_at),
        "sent_at": row.sent_at and local(row.sent_at),
        "given_up_at": row.given_up_at and local(row.given_up_at),
        "reason": row.facts.get("reason", ""),
    }


def _stars(user: User) -> Section:
    rows = Star.objects.filter(user=user).select_related("tutorial__conference").order_by("pk")
    return Section(
        "stars",
        _("Stars"),
        _("Tutorials that you marked for yourself."),
        {**_whose(), "starred_at": _("Starred")},
        [
            {**_tutorial(row), "starred_at": row.tutorial.conference.local(row.starred_at)}
            for row in rows
        ],
    )


def _calendars(user: User) -> Section:
    rows = PrivateCalendar.objects.filter(user=user).select_related("conference").order_by("pk")
    return Section(
        "calendars",
        _("Addresses of your calendar"),
        _("Whoever has such an address reads your schedule."),
        {"conference": _("Conference"), "address": _("Address"), "made_at": _("Made")},
        [
            {
                "conference": row.conference.name,
                "address": address_of(row),
                "made_at": row.conference.local(row.made_at),
            }
            for row in rows
        ],
    )


def _presenting(user: User) -> list[Section]:
    addresses = addresses_of(user)
    return [_presented(addresses), _corrections(addresses), _letters(user, addresses)]


def _presented(addresses: set[str]) -> Section:
    found = Presenter.objects.alias(address=Lower("person__email")).filter(address__in=addresses)
    rows = found.select_related("tutorial__conference").order_by("pk")
    return Section(
        "presented",
        _("What you present"),
        _("Tutorials that your entry as a presenter is on."),
        {**_whose(), "affiliation": _("Affiliation as billed")},
        [{**_tutorial(row), "affiliation": row.affiliation} for row in rows],
    )


def _corrections(addresses: set[str]) -> Section:
    found = Correction.objects.alias(address=Lower("person__email"))
    rows = found.filter(address__in=addresses).select_related("tutorial").order_by("pk")
    return Section(
        "corrections",
        _("Corrections that you sent"),
        _("What you wanted changed in the programme by your link as a presenter."),
        {
            "tutorial": _("Tutorial"),
            "texts": _("Texts"),
            "sent_at": _("Sent"),
            "status": _("Status"),
            "decided_at": _("Decided"),
        },
        [
            {
                "tutorial": str(row.tutorial) if row.tutorial else "",
                "texts": "; ".join(
                    f"{name}: {change.get('becomes', '')}" for name, change in row.changes.items()
                ),
                "sent_at": row.sent_at,
                "status": row.get_status_display(),
                "decided_at": row.decided_at,
            }
            for row in rows
        ],
    )


def _letters(user: User, addresses: set[str]) -> Section:
    found = Letter.objects.alias(
        of_person=Lower("person__email"), of_invitation=Lower("invitation__email")
    )
    accepted = Q(invitation__accepted_by=user)
    theirs = accepted | Q(of_person__in=addresses) | Q(of_invitation__in=addresses)
    rows = found.filter(theirs).select_related("conference").order_by("pk")
    return Section(
        "letters",
        _("Letters"),
        _("What this site wrote to you as a presenter, or to invite you."),
        {
            "conference": _("Conference"),
            "what": _("What it says"),
            "written_at": _("Written"),
            "sent_at": _("Sent"),
        },
        [
            {
                "conference": row.conference.name,
                "what": row.get_kind_display(),
                "written_at": row.conference.local(row.created_at),
                "sent_at": row.sent_at and row.conference.local(row.sent_at),
            }
            for row in rows
        ],
    )


def _done(places: Collection[Attendee], user: User) -> Section:
    """By numbers alone: what was done is about others."""
    numbers = {
        _("Check-ins at the door"): CheckIn.objects.filter(by=user),
        _("Changes of registrations and seats"): Change.objects.filter(by=user).exclude(
            attendee__in=places
        ),
        _("Lists that you took"): Download.objects.filter(by=user),
        _("Heads that you counted"): HeadCount.objects.filter(by=user),
        _("Entries in the admin’s log"): LogEntry.objects.filter(user=user),
    }
    counted = {what: rows.count() for what, rows in numbers.items()}
    return Section(
        "done",
        _("What you did"),
        _("How many rows name your account as who did something."),
        {"what": _("What"), "number": _("Number")},
        [{"what": what, "number": number} for what, number in counted.items() if number],
    )
