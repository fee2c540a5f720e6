"""The schedule: what is on, of a day or of all, and what was chosen of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, shared, visitor
from tutorials import board as boards
from tutorials import filters, programme
from tutorials.models import Session
from tutorials.stars import starred_by

PER_PAGE = 300  # tutorials; a day of more goes on on the next page


@require_safe
@conference_page
def schedule(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The released schedule: one list, drawn as a grid where there is room or it is asked for."""
    at = clock.now()
    user = visitor(request)
    sessions, items = shared(request, "board", lambda: boards.sessions_and_items(conference))
    days = boards.days_of(conference, sessions)
    states = boards.states_of(conference, sessions, at)
    starred = starred_by(user, conference)

    chosen = filters.chosen_in(request.GET, days, items)
    day = filters.day_chosen(chosen, days, conference.local(at).date())
    scope = filters.of_day(items, day)
    found = filters.matching(scope, chosen, at, starred if user else None)
    page = programme.paged(found, request.GET.get("page"), PER_PAGE)
    shown = list(page.object_list)
    who = shared(
        request,
        f"presenters:{[item.pk for item in shown]}",
        lambda: boards.presenters_of(conference, shown),
    )
    for item in shown:
        item.presenters = [name for name, _affiliation in who.get(item.pk, ())]
    offered = filters.choices(scope, chosen, items)
    context = {
        "version": sessions[0].schedule if sessions else None,
        "days": days,
        "day": day,
        "day_links": [(each, chosen.address(day=each.isoformat(), q="")) for each in days],
        "all_days": chosen.address(day=filters.ALL_DAYS),
        "boards": boards.boards(
            conference,
            _sessions_of(page, sessions, day, is_narrowed=chosen.is_narrowed),
            shown,
            at,
            states,
            marks=programme.marks(user, conference),
            starred=starred,
        ),
        "page": page,
        "kept": f"&{chosen.address()[1:]}" if chosen.address() != "?" else "",
        "running": boards.running(sessions, states),
        "turns_at": boards.turns_at(conference, sessions, at),
        "today": conference.local(at).date(),
        "chosen": chosen,
        # What is left of a grid when most is taken away is empty space.
        "view": chosen.view or ("list" if chosen.is_narrowed else ""),
        "choices": offered,
        "chips": filters.chips(chosen, offered),
        "all": chosen.without_choices().address(),
        "as_list": chosen.address(view="list"),
        "as_grid": chosen.address(view="grid"),
        "offers_search": bool(chosen.q)
        or len({item.pk for item in items}) >= filters.SEARCHED_FROM,
        "offers_free": filters.offers_free(scope, chosen, at),
        "offers_stars": filters.offers_stars(scope, chosen),
        "found": len({item.pk for item in found}),
        "number": len({item.pk for item in scope}),
    }
    return render(request, "tutorials/schedule.html", context)


def _sessions_of(
    page: Page, sessions: Sequence[Session], day: date | None, *, is_narrowed: bool
) -> list[Session]:
    """The sessions that a page shows: with breaks and the like, unless something was chosen.

    What has no tutorials stands on the page of those that come before.
    """
    held = {item.session.pk for item in page.object_list}
    if is_narrowed:
        return [session for session in sessions if session.pk in held]
    of_day = [
        session
        for session in sessions
        if day is None or timezone.localdate(session.starts_at) == day
    ]
    if not page.has_other_pages():
        return of_day
    places = [number for number, session in enumerate(of_day) if session.pk in held]
    first = places[0] if page.has_previous() else 0
    if not page.has_next():
        return of_day[first:]
    return of_day[first : places[-1] + 1]
