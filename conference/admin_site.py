"""The admin: Django's own, in our words, signed in to like every other page.

Roles at conferences say who enters and what they find; Django's permissions mean nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from conference.roles import Action, rights_of


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
        # What the first page says of one edition; an app above this one sets it.
        self.dashboard: Callable[[HttpRequest], dict[str, Any]] = lambda request: {}

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has a role with work to do here, at whichever conference."""
        return rights_of(request).in_the_admin

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's guard of a page; what is asked for by a number too large for SQLite is 404."""

        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except OverflowError as error:
                raise Http404("No row has such a number.") from error

        return super().admin_view(counted, cacheable)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in as everywhere else, with the same limits; who may not enter is told so."""
        from django.contrib.auth.views import redirect_to_login  # wants the apps loaded

        index = reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or index)
        if not self.has_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(index)

    def get_urls(self) -> list[Any]:
        """Django's, but its way to the public page, which asks nobody's rights."""
        from conference.admin_markdown import preview  # wants this site

        guarded = self.admin_view(self.view_on_site)
        own = path("r/<int:content_type_id>/<path:object_id>/", guarded, name="view_on_site")
        rest = [each for each in super().get_urls() if getattr(each, "name", "") != own.name]
        return [own, path("markdown/", self.admin_view(preview), name="markdown"), *rest]

    def view_on_site(
        self, request: HttpRequest, content_type_id: int, object_id: str
    ) -> HttpResponse:
        """Lead from a row to its public page; not from one that the visitor may not see."""
        from django.contrib.contenttypes.models import ContentType  # wants the apps loaded
        from django.contrib.contenttypes.views import shortcut

        kind = get_object_or_404(ContentType, pk=content_type_id).model_class()
        model_admin: Any = self._registry.get(kind) if kind else None
        row = model_admin.get_object(request, object_id) if model_admin else None
        if row is None or not model_admin.has_view_permission(request, row):
            raise Http404("There is no such row, or not for this visitor.")
        return shortcut(request, content_type_id, object_id)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What the visitor may see, grouped by part of the work rather than by Django app."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        from conference.using import uses_seen  # wants the apps loaded

        registers = uses_seen(request).takes_registrations
        parts: dict[str, list[Any]] = {part: [] for part in Part}
        for app in apps:
            for model in app["models"]:
                part = getattr(self.get_model_admin(model["model"]), "part", Part.SETTINGS)
                parts[part].append(model)
        return [
            _listed(part, sorted(parts[part], key=self._rank), registers=registers)
            for part in Part
            if parts[part]
        ]

    def _rank(self, model: dict[str, Any]) -> int:
        return getattr(self.get_model_admin(model["model"]), "rank", 100)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page, headed by the newest editions and what is done with them most."""
        from conference.models import Conference  # wants the apps loaded

        model_admin: Any = self.get_model_admin(Conference)
        mine = rights_of(request).limit(Conference.objects.all(), Action.SEE_PROGRAMME, "")
        newest = mine.order_by("-is_current", "-starts_on")
        conferences = [
            {"conference": conference, "tools": model_admin.shortcuts(request, conference)}
            for conference in newest[: self.conferences_on_index]
        ]
        warnings = [text for ask in self.warnings for text in ask(request)]
        context = {"conferences": conferences, "warnings": warnings, **self.dashboard(request)}
        return super().index(request, {**context, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return _Choices.as_view(admin_site=self)(request)


class _Choices(AutocompleteJsonView):
    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        """One choice, in the words that tell it from others of its name."""
        choice = super().serialize_result(obj, to_field_name)
        words = getattr(self.model_admin, "choice_label", str)
        return {**choice, "text": words(obj)}


def _listed(part: Part, entries: list[Any], *, registers: bool) -> dict[str, Any]:
    name = part.label if registers or part != Part.ATTENDEES else _("Attendees")
    first = f"#{part.value}-{entries[0]['object_name'].lower()}"
    return {
        "name": name,
        "app_label": part.value,
        "app_url": reverse("admin:index") + first,
        "has_module_perms": True,
        "models": entries,
    }


class AdminConfig(DjangoAdminConfig):
    """``django.contrib.admin`` with our site in the place of its own."""

    default_site = "conference.admin_site.AdminSite"
