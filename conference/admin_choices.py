"""What forms and filters of the admin offer: what is of the conference, or one may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminURLFieldWidget,
    AutocompleteSelect,
    RelatedFieldWidgetWrapper,
)
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from conference.admin_markdown import WithMarkdown
from conference.models import Conference
from conference.roles import rights_of

# An address typed without its scheme is meant to be safe.
HTTPS: dict[Any, Any] = {models.URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget}}

# Twelve texts of ten lines each would hide the form that they are in.
LOWER: dict[Any, Any] = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}


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


class OwnChoices(WithMarkdown):
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
