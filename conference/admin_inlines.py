"""Rows below a form of the admin: who may change them, and their order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from conference.admin_choices import Autocomplete, OwnChoices


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


class ConferenceInline(FollowsItsForm, OwnChoices, admin.TabularInline):
    """Rows below the form of something that belongs to a conference."""

    formset = InlineFormSet
    extra = 1
