"""The admin's pages about schedules, sessions and slots. What is released is read-only."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_choices import is_id
from conference.admin_history import WithHistory
from conference.admin_inlines import ConferenceInline, InlineFormSet
from conference.admin_pages import ConferenceModelAdmin, Tool, count_of
from conference.models import Conference
from conference.roles import rights_of
from tutorials.admin.participation import may_act
from tutorials.admin.release import clashes_address, release_address, release_page
from tutorials.admin.versions import FrozenOnceReleased, VersionFilter, is_draft
from tutorials.models import Schedule, Session, Slot


class SessionInline(FrozenOnceReleased, ConferenceInline):
    """The blocks of time; each leads to what happens in it."""

    model = Session
    fields = ["kind", "title", "starts_at", "ends_at", "place"]
    ordering = ["starts_at", "ends_at", "number"]
    show_change_link = True
    formfield_overrides = {models.CharField: {"widget": forms.TextInput(attrs={"size": 16})}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).select_related("schedule__conference")

    def has_add_permission(self, request: HttpRequest, obj: Schedule | None = None) -> bool:
        return super().has_add_permission(request, obj) and is_draft(obj)


class SlotInline(FrozenOnceReleased, ConferenceInline):
    """The tutorials of a session, and their rooms."""

    model = Slot
    formset = InlineFormSet
    fields = ["tutorial", "room"]
    autocomplete_fields = ["tutorial", "room"]
    ordering = ["number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        return (
            super()
            .get_queryset(request)
            .select_related("tutorial", "room", "schedule", "session__schedule__conference")
        )

    def has_add_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return super().has_add_permission(request, obj) and is_draft(obj)


@admin.register(Schedule)
class ScheduleAdmin(FrozenOnceReleased, ConferenceModelAdmin):
    """The draft, which is edited and released, and the versions that were."""

    rank = 6
    inlines = [SessionInline]
    list_display = ["__str__", "conference", "released_when", "released_by", "sessions", "slots"]
    list_select_related = ["conference", "released_by"]
    list_filter = ["conference"]
    search_fields = ["conference__name", "notes"]
    ordering = ["-conference__starts_on", "conference", "-released_at"]
    fields = ["conference", "number", "released_at", "released_by", "notes"]
    readonly_fields = ["conference", "number", "released_at", "released_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        schedules = super().get_queryset(request).select_related("conference", "released_by")
        return schedules.annotate(
            n_sessions=count_of(Session.objects.all(), "schedule"),
            n_slots=count_of(Slot.objects.all(), "schedule"),
        )

    def get_fields(self, request: HttpRequest, obj: Schedule | None = None) -> Any:
        return ["conference"] if obj and obj.is_draft else self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A conference has its draft from the start, and a release makes the others."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Calendars and check-ins name the keys that a draft carries on."""
        return False

    @admin.display(description=gettext_lazy("sessions"), ordering="n_sessions")
    def sessions(self, version: Any) -> int:
        return version.n_sessions

    @admin.display(description=gettext_lazy("slots"), ordering="n_slots")
    def slots(self, version: Any) -> int:
        return version.n_slots

    @admin.display(description=gettext_lazy("released"), ordering="released_at", empty_value="–")
    def released_when(self, version: Schedule) -> str | None:
        if version.released_at is None:
            return None
        return version.conference.in_words(version.released_at)

    def tools(self, request: HttpRequest, obj: Schedule) -> list[Tool]:
        if not obj.is_draft or not self.has_change_permission(request, obj):
            return []
        registrations = obj.conference.takes_registrations and may_act(request, obj.conference)
        add = reverse("admin:tutorials_session_add")
        return [
            Tool(_("Check and release"), release_address(obj.conference)),
            Tool(_("Add a session"), f"{add}?schedule={obj.pk}"),
            *([Tool(_("Who has clashes"), clashes_address(obj.conference))] * registrations),
        ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(release_page, self))
        return [
            path("release/<slug:slug>/", view, name="tutorials_schedule_release"),
            *super().get_urls(),
        ]


class SessionForm(forms.ModelForm):
    draft: Schedule | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.draft and self.instance._state.adding:
            self.instance.schedule = self.draft


@admin.register(Session)
class SessionAdmin(FrozenOnceReleased, WithHistory, ConferenceModelAdmin):
    """A block of time, and the tutorials in it. A new one is made in a draft."""

    rank = 7
    history_children = ((Slot, "session"),)
    conference_path = "schedule__conference"
    form = SessionForm
    inlines = [SlotInline]
    list_display = ["name", "conference", "version", "starts", "ends", "kind", "slots"]
    list_select_related = ["schedule__conference"]
    list_filter = ["schedule__conference", VersionFilter, "kind"]
    search_fields = ["title", "place", "=slots__tutorial__code", "slots__tutorial__title"]
    ordering = ["-schedule__conference__starts_on", "schedule", "starts_at", "ends_at", "number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        sessions = super().get_queryset(request).select_related("schedule__conference")
        return sessions.annotate(n_slots=count_of(Slot.objects.all(), "session"))

    @admin.display(description=gettext_lazy("session"), ordering="title")
    def name(self, session: Session) -> str:
        return session.title or session.get_kind_display()

    @admin.display(description=gettext_lazy("conference"), ordering="schedule__conference")
    def conference(self, session: Session) -> str:
        return str(session.schedule.conference)

    @admin.display(description=gettext_lazy("version"), ordering="schedule__number")
    def version(self, session: Session) -> str | int:
        return session.schedule.number or _("draft")

    @admin.display(description=gettext_lazy("starts"), ordering="starts_at")
    def starts(self, session: Session) -> str:
        return session.schedule.conference.in_words(session.starts_at)

    @admin.display(description=gettext_lazy("ends"), ordering="ends_at")
    def ends(self, session: Session) -> str:
        return session.schedule.conference.in_words(session.ends_at)

    @admin.display(description=gettext_lazy("slots"), ordering="n_slots")
    def slots(self, session: Any) -> int:
        return session.n_slots

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """The draft that a new session is for is named by the address."""
        fields = ["kind", "title", "starts_at", "ends_at", "place"]
        return ["schedule", *fields] if obj else fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            found = found.filter(schedule__number__isnull=True)
        return found, may_repeat

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any):  # type: ignore[no-untyped-def]
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.draft = None if obj else self._draft_asked(request)
        return form

    def conference_of_form(self, request: HttpRequest, obj: Session | None) -> Conference | None:
        draft = None if obj else self._draft_asked(request)
        return draft.conference if draft else super().conference_of_form(request, obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A session is added to a draft, which says whose clocks its times are on."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if self._draft_asked(request):
            return super().add_view(request, form_url, extra_context)
        drafts = list(self._drafts(request).values_list("pk", flat=True)[:2])
        if len(drafts) == 1:
            return HttpResponseRedirect(f"{request.path}?schedule={drafts[0]}")
        text = _("Choose the draft that the session belongs to, and add it there.")
        self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:tutorials_schedule_changelist"))

    def _drafts(self, request: HttpRequest) -> QuerySet[Schedule]:
        """Those that the visitor may edit."""
        drafts = Schedule.objects.filter(number__isnull=True).select_related("conference")
        return rights_of(request).limit(drafts, self.changes)

    def _draft_asked(self, request: HttpRequest) -> Schedule | None:
        """The draft that the address names, or None. One query."""
        pk = request.GET.get("schedule", "")
        return self._drafts(request).filter(pk=pk).first() if is_id(pk) else None


@admin.register(Slot)
class SlotAdmin(FrozenOnceReleased, WithHistory, ConferenceModelAdmin):
    """When and where: a tutorial in a session and a room. Most are edited with their session."""

    rank = 8
    keeps_deleted = False  # it comes back with its session or its tutorial
    conference_path = "schedule__conference"
    list_display = ["tutorial", "session_words", "room", "conference", "version"]
    list_select_related = ["tutorial", "session__schedule__conference", "room", "schedule"]
    list_filter = ["schedule__conference", VersionFilter]
    search_fields = ["=tutorial__code", "tutorial__title", "room__name", "session__title"]
    autocomplete_fields = ["session", "tutorial", "room"]
    ordering = ["-schedule__conference__starts_on", "schedule", "session__starts_at", "number"]
    fields = ["session", "tutorial", "room"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        related = ["tutorial", "room", "schedule__conference", "session__schedule__conference"]
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=gettext_lazy("session"), ordering="session__starts_at")
    def session_words(self, slot: Slot) -> str:
        return str(slot.session)

    @admin.display(description=gettext_lazy("conference"), ordering="schedule__conference")
    def conference(self, slot: Slot) -> str:
        return str(slot.schedule.conference)

    @admin.display(description=gettext_lazy("version"), ordering="schedule__number")
    def version(self, slot: Slot) -> str | int:
        return slot.schedule.number or _("draft")

    def conference_id_of(self, obj: Slot) -> int | None:
        """By the session: a slot takes its schedule from there when it is saved."""
        return obj.session.schedule.conference_id

    def get_readonly_fields(self, request: HttpRequest, obj: Slot | None = None) -> list[str]:
        return []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and field.queryset is not None and db_field.name == "session":
            field.queryset = field.queryset.filter(schedule__number__isnull=True)
        return field
