"""The admin's first page: what remains before a conference opens, how full it is, what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.admin_choices import is_id
from conference.admin_pages import Tool
from conference.clock import now
from conference.dates import day_in_words, moment_in_words, short_moment_in_words
from conference.models import Conference
from conference.roles import Action, conferences_where, rights_of, role_allows, role_of
from tutorials.admin.attendee_import import import_address
from tutorials.admin.history import by_whom, in_words
from tutorials.admin.mails import STATES
from tutorials.admin.presenters import presenters_address
from tutorials.admin.presenting import corrections_tool
from tutorials.admin.release import release_address
from tutorials.admin.tickets import claims_tool
from tutorials.figures import Bar, Growth, fills, growth
from tutorials.models import Change, Mail, Material, Schedule
from tutorials.readiness import Readiness, Step, readiness

FILES = "admin:tutorials_material_changelist"
FINDINGS, FILLS, CHANGES = 5, 12, 8  # on the page; each has a link to the rest

# The drawing of registrations over time, in its own units.
STEP, WIDTH, HEIGHT = 10, 8, 60


@dataclass(frozen=True)
class Task:
    """A step of the checklist, and where it is done; without an address one may only read it."""

    step: Step
    url: str


@dataclass(frozen=True)
class Column:
    """One bar of a drawing, and its words for who cannot see it."""

    x: int
    y: float
    height: float
    label: str
    number: int


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """What the template needs, for the edition that ``?conference=`` names, else the current one.

    Nothing where the visitor organises none. A fixed number of queries, whatever there is.
    """
    mine = conferences_where(request.user, Action.SEE_PROGRAMME)
    asked = request.GET.get("conference", "")
    chosen = mine.filter(pk=asked).first() if is_id(asked) else None
    conference = chosen or mine.current()
    if conference is None:
        return {}
    role = role_of(request.user, conference)
    ready = readiness(conference, now())
    context = {
        "board": conference,
        "ready": ready,
        "tasks": _tasks(conference, ready, role),
        "findings": ready.findings[:FINDINGS],
        "more_findings": max(0, len(ready.findings) - FINDINGS),
        "release_url": _release(conference, role),
    }
    context["asks"] = _asks(request, conference, role)
    if conference.takes_registrations:
        context |= {"fills": fills(conference, FILLS), "growth": _drawn(conference)}
        if role_allows(role, Action.MANAGE_ATTENDEES):
            context |= {"troubles": _troubles(conference), "changes": _changes(conference)}
    return context


def _release(conference: Conference, role: str | None) -> str:
    """Where one checks and releases the draft, for who may."""
    return release_address(conference) if role_allows(role, Action.EDIT_PROGRAMME) else ""


def _asks(request: HttpRequest, conference: Conference, role: str | None) -> list[Tool]:
    """What somebody waits for an answer to. Three queries."""
    asks = corrections_tool(rights_of(request))
    if role_allows(role, Action.EDIT_PROGRAMME):
        files = Material.objects.filter(tutorial__conference=conference, accepted_at__isnull=True)
        number = files.count()
        text = ngettext("%(number)d file of a presenter", "%(number)d files of presenters", number)
        if number:
            asks.append(Tool(text % {"number": number}, reverse(FILES)))
    claims = claims_tool(request, conference)
    return [*asks, claims] if claims else asks


def _tasks(conference: Conference, ready: Readiness, role: str | None) -> list[Task]:
    return [Task(step, _where(conference, step, role)) for step in ready.steps]


def _where(conference: Conference, step: Step, role: str | None) -> str:
    """Where a step is done, for who may do it."""
    needed, address = _PLACES[step.code]
    return address(conference) if role_allows(role, needed) else ""


def _listed(name: str, path: str = "conference", more: str = "") -> Callable[[Conference], str]:
    return lambda conference: (
        f"{reverse(f'admin:{name}_changelist')}?{path}__id__exact={conference.pk}{more}"
    )


def _form(conference: Conference) -> str:
    return reverse("admin:conference_conference_change", args=[conference.pk])


def _draft(conference: Conference) -> str:
    draft = Schedule.objects.draft(conference)
    return reverse("admin:tutorials_schedule_change", args=[draft.pk])


def _public(conference: Conference) -> str:
    return reverse("tutorials:tutorial_list", args=[conference.slug])


_TUTORIALS = _listed("tutorials_tutorial")
_PLACES: dict[str, tuple[Action, Callable[[Conference], str]]] = {
    "tutorials": (Action.EDIT_PROGRAMME, _TUTORIALS),
    "times": (Action.EDIT_PROGRAMME, _draft),
    "rooms": (Action.EDIT_PROGRAMME, _draft),
    "capacities": (Action.EDIT_PROGRAMME, _TUTORIALS),
    "presenters": (Action.EDIT_PROGRAMME, _TUTORIALS),
    "about_presenters": (
        Action.EDIT_PROGRAMME,
        presenters_address,
    ),
    "clashes": (Action.EDIT_PROGRAMME, release_address),
    "published": (Action.EDIT_PROGRAMME, _TUTORIALS),
    "released": (Action.EDIT_PROGRAMME, release_address),
    "texts": (Action.MANAGE_CONFERENCE, _form),
    "privacy": (Action.MANAGE_CONFERENCE, _form),
    "window": (Action.MANAGE_CONFERENCE, _form),
    "tickets": (
        Action.MANAGE_ATTENDEES,
        import_address,
    ),
    "mail": (
        Action.MANAGE_CONFERENCE,
        lambda conference: (
            f"{reverse('admin:tutorials_mail_changelist')}"
            f"?tutorial__conference__id__exact={conference.pk}"
        ),
    ),
    "trial": (Action.SEE_PROGRAMME, _public),
}


def _drawn(conference: Conference) -> dict[str, Any]:
    """Registrations over time as bars of a drawing, with words for the same."""
    found = growth(conference)
    columns = [
        Column(
            x=place * STEP,
            y=HEIGHT - _height(bar, found),
            height=_height(bar, found),
            label=_when(conference, bar, found),
            number=bar.number,
        )
        for place, bar in enumerate(found.bars)
    ]
    return {
        "columns": columns,
        "width": max(1, len(columns)) * STEP,
        "height": HEIGHT,
        "bar": WIDTH,
        "total": found.total,
        "sentence": _summary(conference, found),
    }


def _height(bar: Bar, found: Growth) -> float:
    return round(HEIGHT * bar.number / found.most, 1) if found.most else 0


def _when(conference: Conference, bar: Bar, found: Growth) -> str:
    if found.unit == "hour":
        return moment_in_words(bar.begins)  # type: ignore[arg-type]
    return day_in_words(bar.begins)


def _summary(conference: Conference, found: Growth) -> str:
    """What the drawing shows, in a sentence."""
    if not found.total:
        return _("Nobody has registered for a tutorial yet.")
    texts = {
        "hour": ngettext(
            "%(total)d registration; the most in one hour were %(most)d.",
            "%(total)d registrations; the most in one hour were %(most)d.",
            found.total,
        ),
        "day": ngettext(
            "%(total)d registration; the most on one day were %(most)d.",
            "%(total)d registrations; the most on one day were %(most)d.",
            found.total,
        ),
        "week": ngettext(
            "%(total)d registration; the most in one week were %(most)d.",
            "%(total)d registrations; the most in one week were %(most)d.",
            found.total,
        ),
    }
    return texts[found.unit] % {"total": found.total, "most": found.most}


def _troubles(conference: Conference) -> list[dict[str, Any]]:
    """How many mails failed, or were given up, each with where they are listed. One query."""
    rows = Mail.objects.filter(tutorial__conference=conference)
    names = ("given_up", "failed")
    counts = rows.aggregate(**{name: Count("pk", Q(STATES[name][1])) for name in names})
    listed = _listed("tutorials_mail", "tutorial__conference")(conference)
    return [
        {"words": STATES[name][0], "number": counts[name], "url": f"{listed}&state={name}"}
        for name in names
        if counts[name]
    ]


def _changes(conference: Conference) -> list[dict[str, str]]:
    rows = (
        Change.objects.filter(tutorial__conference=conference)
        .select_related("attendee", "tutorial", "by")
        .order_by("-pk")
    )
    return [
        {
            "when": short_moment_in_words(conference.local(change.at)),
            "who": str(change.attendee or ""),
            "code": change.tutorial.code,
            "what": in_words(change),
            "by": by_whom(change),
        }
        for change in rows[:CHANGES]
    ]
