"""The pages of those who run the day: who is coming where, and the lists to take along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_safe

from conference import clock
from conference.models import Conference
from conference.pages import staff_page, visitor
from conference.roles import Action, role_allows
from tutorials import checkin
from tutorials.board import day_to_show, days_of, released_sessions
from tutorials.exports.lists import Wanted, list_response
from tutorials.models import HeadCount, Registration, Session, Slot, Tutorial
from tutorials.models.programme import TutorialQuerySet, programme_order
from tutorials.privacy import deleted_in_words, note_for_staff
from tutorials.views.privacy import needs_names
from venues.models import Room

UNSCHEDULED = "unscheduled"  # in place of a day

WAITING = Q(registrations__status=Registration.Status.WAITLISTED)


@dataclass
class Line:
    """A tutorial on the staff page, with ``waiting``: how many wait for it.

    And a part of it, unless it has no time yet: how many are checked in there, and were counted.
    """

    tutorial: Tutorial
    slot: Slot | None = None
    room: Room | None = None
    checked_in: int = 0
    head_count: HeadCount | None = None


@dataclass
class Block:
    """A session, or None for what has no time yet, and what is in it."""

    session: Session | None
    lines: list[Line]


@require_safe
@staff_page(Action.SEE_STAFF_PAGES)
def staff_home(request: HttpRequest, conference: Conference) -> HttpResponseBase:
    """The tutorials of a day by session, or those without a time; their seats and lists."""
    role = conference.visitor_role
    sessions = released_sessions(conference)
    days = days_of(conference, sessions)
    today = conference.local(clock.now()).date()
    wanted = request.GET.get("day")
    day = None if wanted == UNSCHEDULED else day_to_show(wanted, days, today)
    unscheduled = (
        Tutorial.objects.public()
        .for_conference(conference)
        .exclude(pk__in=Slot.objects.released(conference).values("tutorial"))
    )
    deleted = bool(deleted_in_words(conference))
    manages = role_allows(role, Action.MANAGE_ATTENDEES)
    context = {
        "days": days,
        "day": day,
        "blocks": _of_day(conference, sessions, day) if day else _without_time(unscheduled),
        "unscheduled": unscheduled.count() if day else 0,
        "may_see_attendees": role_allows(role, Action.SEE_ATTENDEES) and not deleted,
        "note": note_for_staff(conference, clock.now()) if manages or deleted else "",
        "may_check_in": role_allows(role, Action.CHECK_IN),
    }
    return render(request, "tutorials/staff_home.html", context)


@require_GET
@staff_page(Action.SEE_ATTENDEES)
@needs_names
def attendance_csv(request: HttpRequest, conference: Conference) -> HttpResponseBase:
    """The attendance list of all tutorials."""
    return _list(request, conference, None)


@require_GET
@staff_page(Action.SEE_ATTENDEES)
@needs_names
def tutorial_attendance_csv(
    request: HttpRequest, conference: Conference, tutorial: str
) -> HttpResponseBase:
    """The attendance list of one tutorial."""
    chosen = [get_object_or_404(Tutorial, conference=conference, slug=tutorial)]
    return _list(request, conference, chosen)


def _list(
    request: HttpRequest, conference: Conference, tutorials: list[Tutorial] | None
) -> HttpResponseBase:
    with_email = role_allows(conference.visitor_role, Action.SEE_EMAILS)
    wanted = Wanted(conference, tutorials, with_email=with_email)
    return list_response(wanted, by=visitor(request))


def _of_day(conference: Conference, sessions: Iterable[Session], day: date) -> list[Block]:
    """The public tutorials of a day, session by session, in programme order. Four queries."""
    today = {s.pk: s for s in sessions if conference.local(s.starts_at).date() == day}
    slots = list(
        Slot.objects.filter(session__in=today, tutorial__in=Tutorial.objects.public())
        .select_related("room")
        .order_by(*programme_order("tutorial"))
    )
    keys = [slot.key for slot in slots]
    heads = checkin.head_counts(keys)
    numbers = checkin.numbers_in(keys) if conference.checks_in else {}
    tutorials = _with_waiting(Tutorial.objects.filter(pk__in=[s.tutorial_id for s in slots]))
    by_pk = {tutorial.pk: tutorial for tutorial in tutorials}
    lines: dict[int, list[Line]] = {}
    for slot in slots:
        tutorial, number = by_pk[slot.tutorial_id], numbers.get(slot.key, 0)
        line = Line(tutorial, slot, slot.room, number, heads.get(slot.key))
        lines.setdefault(slot.session_id, []).append(line)
    return [Block(session, lines[pk]) for pk, session in today.items() if pk in lines]


def _without_time(tutorials: TutorialQuerySet) -> list[Block]:
    """Those that are in no released schedule. One query."""
    lines = [Line(tutorial) for tutorial in _with_waiting(tutorials).in_programme_order()]
    return [Block(None, lines)] if lines else []


def _with_waiting(tutorials: TutorialQuerySet) -> TutorialQuerySet:
    return tutorials.annotate(waiting=Count("registrations", filter=WAITING))
