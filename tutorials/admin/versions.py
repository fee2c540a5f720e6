"""Which version of the timetable is listed, what is placed in the draft, what may be changed?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutorials.admin.lists import conferences_listed
from tutorials.models import Schedule, Slot, Tutorial


class VersionFilter(admin.SimpleListFilter):
    """Old versions are out of the way unless asked for: the draft is what one works on."""

    title = gettext_lazy("version")
    parameter_name = "version"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("draft", _("The draft")),
            ("public", _("What the public sees")),
            ("all", _("All versions")),
        ]

    def value(self) -> str:
        return super().value() or "draft"

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "draft":
            return queryset.filter(schedule__number__isnull=True)
        if self.value() == "public":
            return queryset.filter(schedule__in=Schedule.objects.current_of_each().values("pk"))
        return queryset


class TimeFilter(admin.SimpleListFilter):
    """Which tutorials still have no place in the draft?"""

    title = gettext_lazy("time in the draft")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Has a time")), ("no", _("No time yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        drafted = Slot.objects.filter(schedule__number__isnull=True).values("tutorial")
        if self.value() == "yes":
            return queryset.filter(pk__in=drafted)
        if self.value() == "no":
            return queryset.exclude(pk__in=drafted)
        return None


class TutorialFilter(admin.SimpleListFilter):
    """Which tutorial, of the conference that is chosen; there is no choice among those of all."""

    title = gettext_lazy("tutorial")
    parameter_name = "tutorial__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        conferences = conferences_listed(request)
        if len(conferences) != 1:
            return []
        there = Tutorial.objects.filter(conference__in=conferences).in_programme_order()
        rows = there.values_list("pk", "code", "title")
        return [(str(pk), f"{code} {title}") for pk, code, title in rows]

    def has_output(self) -> bool:
        return bool(self.lookup_choices) or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        chosen = self.value() or ""
        return queryset.filter(tutorial=chosen) if chosen.isdecimal() else None


class FrozenOnceReleased:
    """Rows of a released schedule can be looked at, and never changed or deleted."""

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return super().has_change_permission(request, obj) and is_draft(obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return super().has_delete_permission(request, obj) and is_draft(obj)  # type: ignore[misc]


def is_draft(obj: Any | None) -> bool:
    """Whether a schedule, or a session or slot of one, can still change; None stands for any."""
    return obj is None or getattr(obj, "schedule", obj).is_draft
