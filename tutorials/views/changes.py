"""What changed in the schedule, for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conference.models import Conference
from conference.pages import conference_page
from tutorials.changes import PER_PAGE, changes_of, released_versions
from tutorials.models import Schedule
from tutorials.programme import paged


@require_safe
@conference_page
def schedule_changes(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Version by version, the newest first; ``version`` opens the page that one is on."""
    versions = released_versions(conference)
    number = _page_of(versions, request.GET.get("version")) or request.GET.get("page")
    page = paged(versions, number, PER_PAGE)
    context = {"page": page, "changes": changes_of(conference, versions, list(page))}
    return render(request, "tutorials/schedule_changes.html", context)


def _page_of(versions: list[Schedule], wanted: str | None) -> str:
    for index, version in enumerate(versions):
        if str(version.number) == wanted:
            return str(index // PER_PAGE + 1)
    return ""
