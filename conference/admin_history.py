"""The admin's pages about what a row was like before: every version, and what was deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conference.admin_pages import Tool
from conference.history import bring_back, bring_back_deleted, versions
from conference.pages import visitor

PER_PAGE = 20


class WithHistory(admin.ModelAdmin):
    """For a ``ModelAdmin`` of a model that keeps versions: shows them, and brings them back.

    ``kept_as_is`` are fields that the domain writes, by rules that an old value would pass by;
    without ``keeps_deleted`` a row that was deleted does not come back by itself.
    ``history_children`` are the models of rows that go with one, each with its foreign key.
    """

    kept_as_is: tuple[str, ...] = ()
    keeps_deleted = True
    history_children: tuple[tuple[type[models.Model], str], ...] = ()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("deleted/", wrap(self.deleted_view), name=f"{name}_deleted"),
            path(
                "deleted/<int:version>/",
                wrap(require_POST(self.undelete_view)),
                name=f"{name}_undelete",
            ),
            path(
                "<path:object_id>/history/<int:version>/",
                wrap(require_POST(self.bring_back_view)),
                name=f"{name}_bring_back",
            ),
            *super().get_urls(),
        ]

    def deleted_records(self, request: HttpRequest) -> QuerySet[Any]:
        """The versions in which rows were deleted, of those that the visitor may see."""
        gone = self.model.history.filter(history_type="-")
        if not self.keeps_deleted:
            return gone.none()
        there = self.model._base_manager.values("pk")
        seen = self.seen_by(request, gone.exclude(id__in=there))  # type: ignore[attr-defined]
        return seen.order_by("-history_id")

    def may_bring_back(self, request: HttpRequest, record: Any) -> bool:
        """Whether the visitor may make anew what a version says that was deleted."""
        return self.may(request, self.changes, record)  # type: ignore[attr-defined]

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """What can be done from the list; the last is to look at what was deleted."""
        tools: list[Tool] = getattr(super(), "list_tools", lambda request: [])(request)
        if not self.keeps_deleted or not self.has_change_permission(request):
            return tools
        return [*tools, Tool(_("Deleted"), self._address("deleted"))]

    def brought_back(self, request: HttpRequest, row: Any) -> None:
        """What follows when a row is there again, or as it was before."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every version of a row, the newest first, and what differs from the one before."""
        row = self._row(request, object_id)
        records = row.history.select_related("history_user").order_by("-history_id")
        page = self.get_paginator(request, records, PER_PAGE).get_page(request.GET.get("p"))
        # One more than is shown, which the last is told apart from.
        shown = list(records[page.start_index() - 1 : page.end_index() + 1]) if page else []
        context = {
            **self.admin_site.each_context(request),
            "title": _("Every version of %(row)s") % {"row": row},
            "opts": self.opts,
            "object": row,
            "versions": versions(shown)[: len(page)],
            "page": page,
            "children": self._children(row),
            "may_change": self.has_change_permission(request, row),
            "newest": shown[0].history_id if shown and page.number == 1 else None,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/versions.html", context)

    def bring_back_view(self, request: HttpRequest, object_id: str, version: int) -> HttpResponse:
        """Give a row the values of one of its versions."""
        row = self._row(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        record = row.history.filter(history_id=version).exclude(history_type="-").first()
        if record is None:
            raise Http404("There is no such version.")
        try:
            changed = bring_back(row, record, by=visitor(request), but=self.kept_as_is)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if changed:
                self.log_change(request, row, [{"changed": {"fields": changed}}])
                self.brought_back(request, row)
                messages.success(request, _("It is as it was then."))
            else:
                messages.info(request, _("It is like that already."))
        return HttpResponseRedirect(self._address("history", row.pk), status=303)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """What was deleted, the latest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        records = self.deleted_records(request).select_related("history_user")
        page = self.get_paginator(request, records, PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted: %(kind)s") % {"kind": self.opts.verbose_name_plural},
            "opts": self.opts,
            "page": page,
            "records": [
                {
                    "record": record,
                    "name": _name_of(record),
                    "may_change": self.may_bring_back(request, record),
                }
                for record in page
            ],
            "children": ", ".join(
                str(model._meta.verbose_name_plural) for model, _key in self.history_children
            ),
        }
        return TemplateResponse(request, "admin/deleted.html", context)

    def undelete_view(self, request: HttpRequest, version: int) -> HttpResponse:
        """Make a deleted row anew, with what was deleted with it."""
        record = self.deleted_records(request).filter(history_id=version).first()
        if record is None:
            raise Http404("Nothing was deleted there, or it is back already.")
        if not self.may_bring_back(request, record):
            raise PermissionDenied
        try:
            row = bring_back_deleted(record, self.history_children, by=visitor(request))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(self._address("deleted"), status=303)
        self.log_addition(request, row, [{"added": {}}])
        self.brought_back(request, row)
        messages.success(request, _("%(row)s is back.") % {"row": row})
        return HttpResponseRedirect(self._address("change", row.pk), status=303)

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for who may see it; raises ``Http404`` or ``PermissionDenied``."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404("There is no such row, or not for this visitor.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row

    def _children(self, row: Any) -> list[dict[str, Any]]:
        """The latest versions of what goes with a row, kind by kind. Two queries for each."""
        groups = []
        for model, key in self.history_children:
            records = (
                model.history.filter(**{f"{key}_id": row.pk})  # type: ignore[attr-defined]
                .select_related("history_user")
                .order_by("id", "-history_id")[:200]
            )
            groups.append(
                {
                    "kind": capfirst(model._meta.verbose_name_plural),
                    "versions": sorted(
                        versions(list(records)),
                        key=lambda version: -version.record.history_id,
                    )[:PER_PAGE],
                }
            )
        return [group for group in groups if group["versions"]]

    def _address(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)


def _name_of(record: Any) -> str:
    """What a deleted row was called, asking for no other row."""
    for field in ("title", "name", "label"):
        if getattr(record, field, ""):
            code = getattr(record, "code", "")
            return f"{code} {getattr(record, field)}".strip()
    return f"#{record.id}"
