"""The pages of those who run the day: who is coming where, and the lists to take along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_safe

from conference.models import Conference
from conference.pages import staff_page
from conference.roles import Action, role_allows
from tutorials.exports.attendance import attendance_response
from tutorials.models import Registration, Session, Slot, Tutorial

WAITING = Q(registrations__status=Registration.Status.WAITLISTED)


@dataclass
class Block:
    """A session, or None for what has no time yet, and what is in it."""

    session: Session | None
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Entry:
    tutorial: Tutorial  # with ``waiting``: how many wait for it
    slot: Slot | None = None


@require_safe
@staff_page(Action.SEE_STAFF_PAGES)
def staff_home(request: HttpRequest, conference: Conference) -> HttpResponseBase:
    """Every tutorial by session, with its seats and its list."""
    role = conference.visitor_role
    context = {
        "conference": conference,
        "blocks": _blocks(conference),
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


def _blocks(conference: Conference) -> list[Block]:
    """The public tutorials, session by session, those without a released time last. Two queries."""
    tutorials = (
        Tutorial.objects.public()
        .for_conference(conference)
        .in_programme_order()
        .annotate(waiting=Count("registrations", filter=WAITING))
    )
    unscheduled = {tutorial.pk: tutorial for tutorial in tutorials}
    by_pk = dict(unscheduled)
    rank = {pk: number for number, pk in enumerate(by_pk)}
    blocks: dict[int, Block] = {}
    slots = Slot.objects.released(conference).filter(tutorial__in=by_pk)
    for slot in slots.select_related("session", "room").in_order():
        block = blocks.setdefault(slot.session_id, Block(slot.session))
        block.entries.append(Entry(by_pk[slot.tutorial_id], slot))
        unscheduled.pop(slot.tutorial_id, None)
    for block in blocks.values():
        block.entries.sort(key=lambda entry: rank[entry.tutorial.pk])
    rest = [Block(None, [Entry(tutorial) for tutorial in unscheduled.values()])]
    return [*blocks.values(), *(rest if unscheduled else [])]
