"""The admin's pages about what was said of tutorials: rows to read, and never whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from conference.admin_choices import is_id
from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.admin_site import Part
from conference.models import Conference
from conference.roles import Action, rights_of
from conference.using import OnlyWhereUsed
from tutorials import feedback
from tutorials.admin.lists import CHOSEN
from tutorials.admin.versions import TutorialFilter
from tutorials.exports.csv_file import Column, csv_chunks
from tutorials.models import Feedback

COLUMNS: list[Column[Feedback]] = [
    ("conference", lambda row: row.tutorial.conference.slug),
    ("tutorial", lambda row: row.tutorial.code),
    ("title", lambda row: row.tutorial.title),
    ("rating", lambda row: row.rating),
    ("good", lambda row: row.good),
    ("better", lambda row: row.better),
]


def _conferences(request: HttpRequest) -> list[Conference]:
    """Those whose answers the visitor may read: the one chosen in the filter, else all."""
    rows = rights_of(request).limit(Conference.objects.all(), FeedbackAdmin.sees, "")
    chosen = request.GET.get(CHOSEN, "")
    listed = rows.filter(pk=chosen) if is_id(chosen) else rows
    return [each for each in listed if each.asks_for_feedback]


class RatedFilter(TutorialFilter):
    """Which tutorial, of those that somebody has said something of, in the one conference."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        conferences = _conferences(request)
        if len(conferences) != 1:
            return []
        return [(str(each.pk), str(each)) for each in feedback.rated(conferences)]


class RatingFilter(admin.SimpleListFilter):
    title = gettext_lazy("rating")
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(rating), f"{rating} – {word}") for rating, word in feedback.RATINGS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(rating=chosen) if is_id(chosen) else queryset


@admin.register(Feedback)
class FeedbackAdmin(OnlyWhereUsed, ConferenceModelAdmin):
    """What was said, tutorial by tutorial; no name, and no time that would tell one."""

    used = "asks_for_feedback"
    sees = changes = Action.EDIT_PROGRAMME
    part = Part.PROGRAMME
    rank = 20
    conference_path = "tutorial__conference"
    list_display = ["code", "rating", "good", "better", "conference"]
    list_filter = ["tutorial__conference", RatedFilter, RatingFilter]
    search_fields = ["=tutorial__code", "good", "better"]
    # Among equals by what they say: the order of their coming would tell whose they are.
    ordering = ["tutorial__code", "-rating", "good", "better"]
    show_full_result_count = False
    fields = ["tutorial", "rating", "good", "better"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        asking = Conference.objects.filter(
            takes_feedback=True, attendance__in=Conference.REGISTERING
        )
        rows = super().get_queryset(request).filter(tutorial__conference__in=asking)
        return rows.select_related("tutorial__conference")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Besides its filters no address narrows the list: to one person, or to one moment."""
        return lookup in (CHOSEN, RatedFilter.parameter_name, RatingFilter.parameter_name)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Nobody puts words into somebody's mouth; what insults is deleted."""
        return False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """A column says whose conference a row is of, where there may be several."""
        several = len(_conferences(request)) > 1
        return [name for name in self.list_display if several or name != "conference"]

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        chosen = request.GET.get(CHOSEN, "")
        query = f"?{CHOSEN}={chosen}" if is_id(chosen) else ""
        return [
            Tool(_("By tutorial"), reverse("admin:tutorials_feedback_rated") + query),
            Tool(_("Download (CSV)"), reverse("admin:tutorials_feedback_csv") + query),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("What was said of tutorials"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("by-tutorial/", guarded(self.rated_view), name="tutorials_feedback_rated"),
            path("answers.csv", guarded(self.csv_view), name="tutorials_feedback_csv"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def rated_view(self, request: HttpRequest) -> HttpResponse:
        """How many answered about each tutorial, and what they gave it."""
        self._only_for_readers(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was said, by tutorial"),
            "opts": self.opts,
            "ratings": [f"{rating} – {word}" for rating, word in feedback.RATINGS.items()],
            "rows": [_line(tutorial) for tutorial in feedback.rated(_conferences(request))],
            "list_url": reverse("admin:tutorials_feedback_changelist"),
        }
        return TemplateResponse(request, "admin/tutorials/feedback/by_tutorial.html", context)

    @method_decorator(require_safe)
    def csv_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """All answers as a file, shuffled within each tutorial."""
        self._only_for_readers(request)
        conferences = _conferences(request)
        rows = Feedback.objects.filter(tutorial__conference__in=conferences)
        found = feedback.shuffled(rows.select_related("tutorial__conference"))
        chunks = csv_chunks(COLUMNS, _by_tutorial(found))
        response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
        name = conferences[0].slug if len(conferences) == 1 else "all"
        response["Content-Disposition"] = f'attachment; filename="feedback-{name}.csv"'
        return response

    def _only_for_readers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    @admin.display(description=gettext_lazy("tutorial"), ordering="tutorial__code")
    def code(self, row: Feedback) -> str:
        return row.tutorial.code

    @admin.display(description=gettext_lazy("conference"), ordering="tutorial__conference")
    def conference(self, row: Feedback) -> str:
        return str(row.tutorial.conference)


def _by_tutorial(rows: Iterable[Feedback]) -> list[Feedback]:
    return sorted(rows, key=lambda row: (row.tutorial.conference.slug, row.tutorial.code))


def _line(tutorial: Any) -> dict[str, Any]:
    counts = [getattr(tutorial, f"rated_{rating}") for rating in feedback.RATINGS]
    answers = reverse("admin:tutorials_feedback_changelist")
    url = f"{answers}?{CHOSEN}={tutorial.conference_id}&tutorial__id__exact={tutorial.pk}"
    return {"tutorial": tutorial, "counts": counts, "url": url}
