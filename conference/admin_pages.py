"""What do the admin's pages about something of a conference have in common?

Who sees and changes it, its clocks, its own rows to choose from, and tools beside the form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminURLFieldWidget,
    AutocompleteSelect,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conference.admin_markdown import WithMarkdown
from conference.admin_site import Part
from conference.models import Conference, ConferenceQuerySet
from conference.roles import Action, rights_of

# An address typed without its scheme is meant to be safe.
HTTPS: dict[Any, Any] = {models.URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget}}

# Twelve texts of ten lines each would hide the form that they are in.
LOWER: dict[Any, Any] = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}


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


class Autocomplete(AutocompleteSelect):
    """Offers rows of one conference; a ``known`` row is shown without asking for it again."""

    conference: Conference | None = None
    known: models.Model | None = None

    def get_url(self) -> str:
        url = super().get_url()
        return f"{url}?conference={self.conference.pk}" if self.conference else url

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        label = self.choices.field.label_from_instance(self.known)
        options = [self.create_option(name, self.known.pk, label, True, 0)]
        if not self.is_required:
            options.insert(0, self.create_option(name, "", "", False, 0))
        return [(None, options, 0)]


def is_id(text: str) -> bool:
    """Whether a text from outside can be the id of a row, which a database has room for."""
    return text.isdecimal() and len(text) < 19


class _OwnFilter(admin.RelatedFieldListFilter):
    """A filter by conference offers those whose rows the list can show."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> list[Any]:
        shown = rights_of(request).limit(Conference.objects.all(), model_admin.sees, "")
        return [(str(conference.pk), str(conference)) for conference in shown]


admin.FieldListFilter.register(
    lambda field: field.related_model is Conference, _OwnFilter, take_priority=True
)


class _OwnChoices(WithMarkdown):
    """Choices of foreign keys come from the conference that the page is about.

    Else from all that the visitor may see. Beside a choice one can add another; to edit or delete
    it one goes to its page.
    """

    formfield_overrides = {**HTTPS, **LOWER}

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, AdminSplitDateTime):
            date, time = field.widget.widgets
            date.attrs["aria-label"] = _("%(field)s, date") % {"field": field.label}
            time.attrs["aria-label"] = _("%(field)s, time") % {"field": field.label}
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = False
            field.widget.can_delete_related = False
            field.widget.can_view_related = False
        return field

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        conference: Conference | None = getattr(request, "conference_of_form", None)
        choices_of = self.admin_site._registry.get(db_field.related_model)
        path = getattr(choices_of, "conference_path", None)
        if db_field.name in self.get_autocomplete_fields(request):
            widget = Autocomplete(db_field, self.admin_site)
            widget.conference = conference if path else None
            kwargs["widget"] = widget
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and field.queryset is not None:
            if conference and path:
                field.queryset = field.queryset.filter(**{path: conference})
            # What somebody may see is what they may choose; a library's rows are superusers'.
            seen_by = getattr(choices_of, "seen_by", superusers_alone)
            field.queryset = seen_by(request, field.queryset)
        return field


def superusers_alone(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """These rows for a superuser, and none for anybody else."""
    return rows if rights_of(request).everywhere else rows.none()


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


class ConferenceModelAdmin(_OwnChoices, admin.ModelAdmin):
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
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
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


class InlineFormSet(forms.BaseInlineFormSet):
    """Rows below a form. What a choice stands for is taken from the row, not asked for again.

    A new row without an order number goes to the end.
    """

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "position" in form.fields:
            form.fields["position"].required = False
            form.fields["position"].widget.attrs["data-order"] = ""  # static/js/order_by_drag.js
            if form.instance._state.adding:
                form.initial["position"] = None
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if widget and not isinstance(widget, forms.MultiWidget):
                # The heading of a column is no label of the fields below it.
                widget.attrs["aria-label"] = field.label or name
            if isinstance(widget, Autocomplete) and form.instance.pk:
                widget.known = getattr(form.instance, name)

    def clean(self) -> None:
        super().clean()
        rows = [
            form
            for form in self.forms
            if "position" in getattr(form, "cleaned_data", {})
            and (form.has_changed() or form.instance.pk)
        ]
        last = max((form.cleaned_data["position"] or 0 for form in rows), default=0)
        for form in rows:
            if form.cleaned_data["position"] is None:
                last += 1
                form.instance.position = last


class FollowsItsForm(admin.options.InlineModelAdmin):
    """Rows below a form are seen and changed by who may see and change what the form is about."""

    @property
    def _above(self) -> admin.ModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self._above.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        if obj is None:
            return self._above.has_add_permission(request)
        return self._above.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.has_change_permission(request, obj)


class ConferenceInline(FollowsItsForm, _OwnChoices, admin.TabularInline):
    """Rows below the form of something that belongs to a conference."""

    formset = InlineFormSet
    extra = 1
