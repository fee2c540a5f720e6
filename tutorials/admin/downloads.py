"""The admin's list of who took personal data out of the house: rows to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.roles import Action
from tutorials import downloads
from tutorials.admin.lists import moment_in_list
from tutorials.admin.registration import ReadOnlyAdmin
from tutorials.models import Download


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    """Who took a list with names in it, the latest first."""

    sees = changes = Action.MANAGE_CONFERENCE
    rank = 6
    conference_path = "conference"
    list_display = ["when", "taken", "of_what", "by", "with_columns", "conference"]
    list_display_links = ["when"]
    list_select_related = ["conference", "tutorial", "by"]
    list_filter = ["conference"]
    search_fields = ["by__name", "by__email", "=tutorial__code"]
    ordering = ["-at", "-pk"]
    # Rows only grow: to count them all for every page would cost more than the page.
    show_full_result_count = False
    fields = ["at", "taken", "conference", "of_what", "with_columns", "by"]
    readonly_fields = ["taken", "of_what", "with_columns"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Download]:
        return super().get_queryset(request).select_related("conference", "tutorial", "by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("Who took lists with names"), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, row: Download) -> str:
        return moment_in_list(row.conference, row.at)

    @admin.display(description=gettext_lazy("what"), ordering="what")
    def taken(self, row: Download) -> str:
        return downloads.in_words(row.what)

    @admin.display(description=gettext_lazy("of what"), ordering="tutorial__code")
    def of_what(self, row: Download) -> str:
        return str(row.tutorial) if row.tutorial else _("the whole conference")

    @admin.display(description=gettext_lazy("columns"))
    def with_columns(self, row: Download) -> str:
        return ", ".join(row.columns)

    @admin.display(description=gettext_lazy("conference"), ordering="conference")
    def conference(self, row: Download) -> str:
        return str(row.conference)
