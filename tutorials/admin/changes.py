"""The admin's list of all that happened to registrations and seats."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.using import OnlyWhereUsed
from tutorials.admin.history import by_whom, in_words
from tutorials.admin.lists import moment_in_list
from tutorials.admin.registration import ReadOnlyAdmin
from tutorials.admin.versions import TutorialFilter
from tutorials.models import Change


@admin.register(Change)
class ChangeAdmin(OnlyWhereUsed, ReadOnlyAdmin):
    """Everything that happened, the latest first."""

    rank = 5
    conference_path = "tutorial__conference"
    list_display = ["when", "attendee", "code", "what", "why", "whom", "reason", "conference"]
    list_display_links = ["when"]
    list_select_related = ["attendee", "tutorial__conference", "by"]
    list_filter = ["tutorial__conference", TutorialFilter, "why"]
    search_fields = ["attendee__name", "=tutorial__code"]
    ordering = ["-pk"]
    # Rows only grow: to count them all for every page would cost more than the page.
    show_full_result_count = False
    fields = ["at", "attendee", "tutorial", "registration", "what", "why", "whom", "reason"]
    readonly_fields = ["what", "whom"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "attendee", "tutorial__conference", "by", "registration__attendee"
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("What happened to registrations and seats"), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def when(self, change: Change) -> str:
        return moment_in_list(change.tutorial.conference, change.at)

    @admin.display(description=gettext_lazy("what"))
    def what(self, change: Change) -> str:
        return in_words(change)

    @admin.display(description=gettext_lazy("by"), ordering="by")
    def whom(self, change: Change) -> str:
        return by_whom(change)

    def choice_label(self, obj: Any) -> str:
        return f"{obj.tutorial} · {obj.tutorial.conference.in_words(obj.at)}"
