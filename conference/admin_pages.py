"""What do the admin's pages about something of a conference have in common?

Who sees and changes it, its clocks, and tools beside the form.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst

from conference.admin_choices import OwnChoices, is_id, superusers_alone
from conference.admin_site import Part
from conference.models import Conference, ConferenceQuerySet
from conference.roles import Action, rights_of


@dataclass(frozen=True)
class Tool:
    """A link above a form or a list; with ``changes`` a button, since a GET never writes."""

    label: str | Promise
    url: str
    changes: bool = False


def count_of(rows: QuerySet[Any], field: str) -> Coalesce:
    """The annotation that counts the ``rows`` whose foreign key ``field`` is the outer row."""
    counted = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    number = counted.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


class SuperusersAlone:
    """For a ``ModelAdmin``: its pages are not there for anybody but superusers."""

    seen_by = staticmethod(superusers_alone)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).everywhere

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return rights_of(request).everywhere

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return rights_of(request).everywhere

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return rights_of(request).everywhere

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).everywhere


class ConferenceModelAdmin(OwnChoices, admin.ModelAdmin):
    """Pages about rows that belong to a conference, which ``conference_path`` leads to.

    Who may do the action ``sees`` there sees them, and who may do ``changes`` changes them; the
    rest are not there (404). The form is shown and read on the clocks of the conference, and offers
    nothing of another one.
    """

    sees = Action.SEE_PROGRAMME
    changes = Action.EDIT_PROGRAMME
    part = Part.PROGRAMME
    rank = 50
    conference_path = "conference"
    list_per_page = 50

    def conference_of(self, obj: Any) -> Conference:
        for name in self.conference_path.split("__"):
            obj = getattr(obj, name)
        return obj

    def conference_id_of(self, obj: Any) -> int | None:
        """The same by its id, for which nothing is read that is there already."""
        *through, last = self.conference_path.split("__")
        for name in through:
            obj = getattr(obj, name)
        return getattr(obj, f"{last}_id")

    def conference_of_form(self, request: HttpRequest, obj: Any | None) -> Conference | None:
        """Whose clocks and rows a form uses; None while a new row may become anybody's."""
        if obj is not None:
            return self.conference_of(obj)
        asked = request.GET.get("conference", "")
        return self.conferences(request).filter(pk=asked).first() if is_id(asked) else None

    def conferences(self, request: HttpRequest) -> ConferenceQuerySet:
        """Those at which the visitor may change such rows."""
        return rights_of(request).limit(Conference.objects.all(), self.changes, "")

    def seen_by(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the visitor may see."""
        return rights_of(request).limit(rows, self.sees, self.conference_path)

    def may(self, request: HttpRequest, action: Action, obj: Any | None = None) -> bool:
        """Whether the visitor may do ``action`` at the conference of a row, or at some."""
        rights = rights_of(request)
        if obj is None or rights.everywhere:
            return rights.anywhere(action)
        return rights.may(action, self.conference_id_of(obj))

    def asked_for(self, request: HttpRequest, pk: int, action: Action | None = None) -> Any:
        """The row with that id, for a page on which one does ``action``: else what ``changes``.

        Raises ``Http404`` for what the visitor may not see, ``PermissionDenied`` for what they may
        not do.
        """
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404("There is no such row, or not for this visitor.")
        if not self.may(request, action or self.changes, row):
            raise PermissionDenied
        return row

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.seen_by(request, super().get_queryset(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.may(request, self.sees, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.may(request, self.changes, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.may(request, self.changes, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.changes)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Nothing is saved into a conference at which the visitor may not."""
        row = super().save_form(request, form, change)
        if not self.may(request, self.changes, row):
            raise PermissionDenied
        return row

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """An action that changes rows is given those that the visitor may change."""
        actions: dict[str, Any] = self.get_actions(request)
        chosen = [actions[name][0] for name in request.POST.getlist("action") if name in actions]
        if any({"change", "delete"} & {*getattr(do, "allowed_permissions", ())} for do in chosen):
            queryset = rights_of(request).limit(queryset, self.changes, self.conference_path)
        return super().response_action(request, queryset, *args, **kwargs)

    def tools(self, request: HttpRequest, obj: Any) -> list[Tool]:
        """What can be done with a row besides editing it."""
        return []

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """What can be done from the list."""
        return []

    def choice_label(self, obj: Any) -> str:
        """How a row is called where rows of several conferences are offered."""
        return f"{obj} · {self.conference_of(obj)}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            if not self.conference_path:
                return found, may_repeat
            found = found.select_related(self.conference_path)
            conference = request.GET.get("conference", "")
            if is_id(conference):
                found = found.filter(**{self.conference_path: conference})
        return found, may_repeat

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address gives for a new row. A moment is one: of other words no form is made."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        for field in self.opts.fields:
            if isinstance(field, models.DateTimeField) and field.name in initial:
                initial[field.name] = _moment(initial[field.name])
        if "conference" not in initial and self.conference_path == "conference":
            initial["conference"] = self.conferences(request).current()
        return initial

    def get_readonly_fields(self, request: HttpRequest, obj: Any | None = None) -> Any:
        """What belongs to one edition stays there: all that hangs on it would not follow."""
        fixed = super().get_readonly_fields(request, obj)
        owner = self.conference_path.partition("__")[0]
        return [*fixed, owner] if obj and self.conference_path else fixed

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the rows that stand in the way, rather than blame the visitor's rights.

        Those that are about attendees are counted only, for who may not see them.
        """
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if not all(self.may(request, Action.SEE_ATTENDEES, obj) for obj in objs):
            kinds = _about_attendees(self.admin_site)
            to_delete, protected = _counted(to_delete, kinds), _counted(protected, kinds)
        return to_delete, counts, set() if protected else lacking, protected

    def _has_times(self) -> bool:
        return any(isinstance(field, models.DateTimeField) for field in self.opts.fields)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"tools": self.list_tools(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id)) if object_id else None
        conference = self.conference_of_form(request, obj)
        request.conference_of_form = conference  # type: ignore[attr-defined]
        context = {
            "tools": self.tools(request, obj) if obj else [],
            "zone": conference.time_zone if conference and self._has_times() else "",
            **(extra_context or {}),
        }
        with timezone.override(conference.tz if conference else None):
            response = super().changeform_view(request, object_id, form_url, context)
            # Rendered here, because later the clocks would be those of nowhere again.
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response


def _about_attendees(site: admin.AdminSite) -> list[str]:
    """How lines about rows begin that tell of attendees."""
    registered: dict[Any, Any] = site._registry
    return [
        f"{capfirst(model._meta.verbose_name)}:"
        for model, model_admin in registered.items()
        if getattr(model_admin, "sees", None) == Action.MANAGE_ATTENDEES
    ]


def _counted(lines: list[Any], kinds: list[str]) -> list[Any]:
    """Lines about rows, with those below them as lists; a number in place of those of the kinds."""
    kept: list[Any] = []
    hidden: Counter[str] = Counter()
    for line in lines:
        if isinstance(line, list):
            below = _counted(line, kinds)
            kept += [below] if below else []
            continue
        kind = next((kind for kind in kinds if line.startswith(kind)), None)
        if kind is None:
            kept.append(line)
        else:
            hidden[kind] += 1
    return kept + [f"{kind} {number}" for kind, number in hidden.items()]


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
