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
from conference.pages import staff_page
from conference.roles import Action, role_allows
from tutorials.board import day_to_show, days_of, released_sessions
from tutorials.exports.attendance import attendance_response
from tutorials.models import Registration, Session, Slot, Tutorial
from tutorials.models.programme import TutorialQuerySet, programme_order
from venues.models import Room

UNSCHEDULED = "unscheduled"  # in place of a day

WAITING = Q(registrations__status=Registration.Status.WAITLISTED)


@dataclass
class Line:
    """A tutorial on the staff page, with ``waiting``: how many wait for it."""

    tutorial: Tutorial
    room: Room | None = None


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
    context = {
        "days": days,
        "day": day,
        "blocks": _of_day(conference, sessions, day) if day else _without_time(unscheduled),
        "unscheduled": unscheduled.count() if day else 0,
        "may_see_attendees": role_allows(role, Action.SEE_ATTENDEES),
        "may_see_emails": role_allows(role, Action.SEE_EMAILS),
    }
    return render(request, "tutorials/staff_home.html", context)


@require_GET
@staff_page(Action.SEE_ATTENDEES)
def attendance_csv(request: HttpRequest, conference: Conference) -> HttpResponseBase:
    """The attendance list of all tutorials."""
    return _list(conference, None)


@require_GET
@staff_page(Action.SEE_ATTENDEES)
def tutorial_attendance_csv(
    request: HttpRequest, conference: Conference, tutorial: str
) -> HttpResponseBase:
    """The attendance list of one tutorial."""
    return _list(conference, [get_object_or_404(Tutorial, conference=conference, slug=tutorial)])


def _list(conference: Conference, tutorials: Iterable[Tutorial] | None) -> HttpResponseBase:
    role = conference.visitor_role
    with_email = role_allows(role, Action.SEE_EMAILS)
    return attendance_response(conference, tutorials, with_email=with_email)


def _of_day(conference: Conference, sessions: Iterable[Session], day: date) -> list[Block]:
    """The public tutorials of a day, session by session, in programme order. Two queries."""
    today = {s.pk: s for s in sessions if conference.local(s.starts_at).date() == day}
    slots = (
        Slot.objects.filter(session__in=today, tutorial__in=Tutorial.objects.public())
        .select_related("room")
        .order_by(*programme_order("tutorial"))
    )
    tutorials = _with_waiting(Tutorial.objects.filter(pk__in=[s.tutorial_id for s in slots]))
    by_pk = {tutorial.pk: tutorial for tutorial in tutorials}
    lines: dict[int, list[Line]] = {}
    for slot in slots:
        lines.setdefault(slot.session_id, []).append(Line(by_pk[slot.tutorial_id], slot.room))
    return [Block(session, lines[pk]) for pk, session in today.items() if pk in lines]


def _without_time(tutorials: TutorialQuerySet) -> list[Block]:
    """Those that are in no released schedule. One query."""
    lines = [Line(tutorial) for tutorial in _with_waiting(tutorials).in_programme_order()]
    return [Block(None, lines)] if lines else []


def _with_waiting(tutorials: TutorialQuerySet) -> TutorialQuerySet:
    return tutorials.annotate(waiting=Count("registrations", filter=WAITING))
