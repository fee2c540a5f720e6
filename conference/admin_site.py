"""The admin: Django's own, in our words, signed in to like every other page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """The parts of an organiser's work, in which the index groups what there is."""

    PROGRAMME = "programme", _("Programme")
    PRESENTERS = "presenters", _("Presenters")
    ATTENDEES = "attendees", _("Attendees and seats")
    SETTINGS = "settings", _("Settings")


class AdminSite(admin.AdminSite):
    """The site; a ``ModelAdmin`` says by ``part`` and ``rank`` where the index lists it."""

    site_title = _("Tutorial programme")
    site_header = _("Tutorial programme")
    index_title = _("Organise")
    conferences_on_index = 5

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Each says what an organiser should mend at once; apps above this one add theirs.
        self.warnings: list[Callable[[HttpRequest], list[str]]] = []

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What the visitor may see, grouped by part of the work rather than by Django app."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        parts: dict[str, list[Any]] = {part: [] for part in Part}
        for app in apps:
            for model in app["models"]:
                part = getattr(self.get_model_admin(model["model"]), "part", Part.SETTINGS)
                parts[part].append(model)
        return [_listed(part, sorted(parts[part], key=self._rank)) for part in Part if parts[part]]

    def _rank(self, model: dict[str, Any]) -> int:
        return getattr(self.get_model_admin(model["model"]), "rank", 100)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page, headed by the newest editions and what is done with them most."""
        from conference.models import Conference  # wants the apps loaded

        model_admin: Any = self.get_model_admin(Conference)
        conferences: list[Any] = []
        if model_admin.has_view_permission(request):
            newest = Conference.objects.order_by("-is_current", "-starts_on")
            conferences = [
                {"conference": conference, "tools": model_admin.shortcuts(request, conference)}
                for conference in newest[: self.conferences_on_index]
            ]
        warnings = [text for ask in self.warnings for text in ask(request)]
        context = {"conferences": conferences, "warnings": warnings}
        return super().index(request, {**context, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return _Choices.as_view(admin_site=self)(request)


class _Choices(AutocompleteJsonView):
    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        """One choice, in the words that tell it from others of its name."""
        choice = super().serialize_result(obj, to_field_name)
        words = getattr(self.model_admin, "choice_label", str)
        return {**choice, "text": words(obj)}


def _listed(part: Part, entries: list[Any]) -> dict[str, Any]:
    first = f"#{part.value}-{entries[0]['object_name'].lower()}"
    return {
        "name": part.label,
        "app_label": part.value,
        "app_url": reverse("admin:index") + first,
        "has_module_perms": True,
        "models": entries,
    }


class AdminConfig(DjangoAdminConfig):
    """``django.contrib.admin`` with our site in the place of its own."""

    default_site = "conference.admin_site.AdminSite"

    def ready(self) -> None:
        super().ready()
        from allauth.account.decorators import secure_admin_login  # wants the apps loaded

        # E-mailed codes and passwords both lead in, with the same limits as elsewhere.
        admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
