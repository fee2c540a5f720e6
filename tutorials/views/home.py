"""The first pages: the ways to the current edition, and its home."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, say_whose, shared, visitor
from tutorials import board as boards
from tutorials import programme
from tutorials.editions import other_editions
from tutorials.filters import of_day
from tutorials.summary import sentence, summary

MOST_TITLES = 40  # on the day that is shown; of more, only what is on now and next


def front(request: HttpRequest) -> HttpResponse:
    """Lead to the current edition; with none, say how to make one."""
    return _lead(request, "tutorials:home")


def front_tutorials(request: HttpRequest) -> HttpResponse:
    """Lead to the tutorials of the current edition."""
    return _lead(request, "tutorials:tutorial_list")


def front_schedule(request: HttpRequest) -> HttpResponse:
    """Lead to the schedule of the current edition."""
    return _lead(request, "tutorials:schedule")


def _lead(request: HttpRequest, name: str) -> HttpResponse:
    conference = Conference.objects.current()
    if conference:
        response: HttpResponse = redirect(name, conference.slug)
    elif name == "tutorials:home":
        response = render(request, "tutorials/front.html")
    else:
        response = redirect("tutorials:front")
    say_whose(request, response)
    return response


@require_safe
@conference_page
def home(request: HttpRequest, conference: Conference) -> HttpResponse:
    """What, when and where; what is on now and next; the board of today or the first day."""
    at = clock.now()
    today = conference.local(at).date()
    sessions, items = shared(request, "board", lambda: boards.sessions_and_items(conference))
    states = boards.states_of(conference, sessions, at)
    days = boards.days_of(conference, sessions)
    day = boards.day_to_show(None, days, today)
    shown = None
    if day:
        its_sessions = [each for each in sessions if timezone.localdate(each.starts_at) == day]
        marks = programme.marks(visitor(request), conference)
        (shown,) = boards.boards(
            conference, its_sessions, of_day(items, day), at, states, marks=marks
        )
    number = shown.number if shown else 0
    if shown and number > MOST_TITLES:
        shown = shown.now_and_next()
    rows = shared(request, "rows", lambda: programme.public_rows(conference))
    starts = [(item.pk, item.session.pk, item.session.starts_at) for item in items]
    context = {
        "sentence": sentence(summary(conference, rows, starts)),
        "board": shown,
        "number": number,
        "most": MOST_TITLES,
        "running": boards.running(sessions, states),
        "turns_at": boards.turns_at(conference, sessions, at),
        "is_today": day == today,
        "is_over": today > conference.ends_on,
        "has_tutorials": bool(rows),
        "editions": other_editions(conference),
    }
    return render(request, "tutorials/home.html", context)
