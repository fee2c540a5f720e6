"""How does a text look that is written in Markdown? The admin's preview below the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conference.markdown import render

LONGEST = 100_000  # characters; longer than any text here, and still quick to typeset


class MarkdownWidget(AdminTextareaWidget):
    """A text field below which a script offers the preview."""

    class Media:
        js = ["js/markdown_preview.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-markdown": reverse("admin:markdown"),
            "data-markdown-label": _("Preview"),
            "data-markdown-failed": _("The preview could not be made. Is the connection down?"),
        }
        return context


class WithMarkdown(admin.options.BaseModelAdmin):
    """For a ``ModelAdmin`` or an inline: its ``markdown_fields`` have a preview."""

    markdown_fields: tuple[str, ...] = ()

    def formfield_for_dbfield(
        self, db_field: Any, request: Any, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.markdown_fields:
            rows = field.widget.attrs.get("rows", 4)
            field.widget = MarkdownWidget(attrs={**field.widget.attrs, "rows": rows})
        return field


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The ``text`` as the pages would show it: a fragment of HTML, made harmless like there."""
    text = request.POST.get("text", "")[:LONGEST]
    return HttpResponse(render(text) if text.strip() else _("There is nothing to see yet."))
