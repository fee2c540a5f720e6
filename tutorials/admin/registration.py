"""The admin's pages about registrations and check-ins: rows to read, and views that act."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.admin_site import Part
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, rights_of
from conference.using import OnlyWhereUsed, uses_listed
from tutorials.admin.bulk import BulkRegistrations
from tutorials.admin.history import history_of
from tutorials.admin.lists import conferences_listed, moment_in_list, zone_of_list
from tutorials.admin.participation import (
    add_page,
    cancel_page,
    may_act,
    move_page,
    register_page,
)
from tutorials.admin.versions import TutorialFilter
from tutorials.exports.lists import Wanted, list_response
from tutorials.models import CheckIn, Registration, Tutorial
from tutorials.privacy import deleted_in_words


def may_see_attendance(request: HttpRequest, conference: Conference) -> bool:
    """Whether the visitor may see who registered there."""
    return rights_of(request).may(Action.SEE_ATTENDEES, conference.pk)


def attendance_list(
    request: HttpRequest, conference: Conference, tutorials: list[Tutorial] | None = None
) -> HttpResponseBase:
    """The attendance list as a CSV download, recorded; addresses in it for who may see them.

    Once the names are deleted it leads to where that is said. Raises ``PermissionDenied`` for who
    may not see registrations.
    """
    if not may_see_attendance(request, conference):
        raise PermissionDenied
    if deleted_in_words(conference):
        return HttpResponseRedirect(reverse("tutorials:staff_home", args=[conference.slug]))
    with_email = rights_of(request).may(Action.SEE_EMAILS, conference.pk)
    wanted = Wanted(conference, tutorials, with_email=with_email)
    return list_response(wanted, by=visitor(request))


class ReadOnlyAdmin(ConferenceModelAdmin):
    """Rows that are looked at here and written elsewhere."""

    sees = changes = Action.MANAGE_ATTENDEES
    part = Part.ATTENDEES

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """A column says whose conference a row is of, where there may be several."""
        columns = super().get_list_display(request)
        several = len(conferences_listed(request)) > 1
        return [name for name in columns if several or name != "conference"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the clocks of the conference, which are named above the list."""
        zone = zone_of_list(request)
        context = {"zone": zone, **(extra_context or {})}
        with timezone.override(zone or None):
            response = super().changelist_view(request, context)
            # Rendered here, because later the clocks would be those of nowhere again.
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response

    @admin.display(description=gettext_lazy("tutorial"), ordering="tutorial__code")
    def code(self, row: Any) -> str:
        """Its code; the title, which would take all the room, when one points at it."""
        return format_html('<span title="{}">{}</span>', row.tutorial.title, row.tutorial.code)

    @admin.display(description=gettext_lazy("conference"), ordering="tutorial__conference")
    def conference(self, row: Any) -> str:
        return str(row.tutorial.conference)


class StatusFilter(admin.ChoicesFieldListFilter):
    """By status; by that of who waits only where there is a waiting list."""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, request, *args, **kwargs)
        waiting = Registration.Status.WAITLISTED.label
        self.left_out = "" if uses_listed(request).has_waiting_list else str(waiting)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            if not self.left_out or str(choice["display"]) != self.left_out:
                yield choice


@admin.register(Registration)
class RegistrationAdmin(BulkRegistrations, OnlyWhereUsed, ReadOnlyAdmin):
    """Who has a seat or waits for one."""

    rank = 2
    conference_path = "tutorial__conference"
    list_display = [
        "attendee",
        "code",
        "status",
        "place",
        "offered",
        "overlap",
        "registered",
        "conference",
    ]
    list_select_related = ["attendee", "tutorial__conference"]
    list_filter = [
        "tutorial__conference",
        TutorialFilter,
        ("status", StatusFilter),
        "overlap",
        "awaits_ticket",
        "cancelled_because",
    ]
    search_fields = [
        "attendee__name",
        "attendee__email",
        "=attendee__badge_code",
        "=tutorial__code",
        "tutorial__title",
    ]
    actions = ["cancel_chosen"]
    date_hierarchy = "registered_at"
    ordering = ["-registered_at", "-pk"]
    fields = [
        "attendee",
        "tutorial",
        "status",
        "place",
        ("when_free", "gives_up"),
        ("offered_until", "awaits_ticket"),
        "overlap",
        "registered_at",
        "confirmed_at",
        ("cancelled_at", "cancelled_because"),
    ]
    readonly_fields = ["place"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        ahead = (
            Registration.objects.waiting()
            .filter(tutorial=OuterRef("tutorial"), position__lte=OuterRef("position"))
            .order_by()
            .values("tutorial")
            .annotate(number=Count("pk"))
            .values("number")
        )
        rows = super().get_queryset(request)
        rows = rows.select_related("attendee", "tutorial__conference", "gives_up")
        return rows.annotate(n_place=Subquery(ahead, output_field=IntegerField()))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The place in the queue where there may be one."""
        waits, columns = uses_listed(request).has_waiting_list, super().get_list_display(request)
        return [name for name in columns if waits or name != "place"]

    def get_fields(self, request: HttpRequest, obj: Registration | None = None) -> list[Any]:
        """What is to happen to who waits, of somebody who waits or where one can."""
        fields = super().get_fields(request, obj)
        waits = obj is None or obj.tutorial.conference.has_waiting_list or obj.position is not None
        of_waiting = ("place", ("when_free", "gives_up"))
        return [field for field in fields if waits or field not in of_waiting]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """What awaits a ticket, where one needs a ticket."""
        needs, filters = uses_listed(request).needs_tickets, super().get_list_filter(request)
        return [each for each in filters if needs or each != "awaits_ticket"]

    @admin.display(description=gettext_lazy("place in the queue"))
    def place(self, row: Any) -> int | str:
        return row.n_place or "–"

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: Registration) -> str:
        return moment_in_list(row.tutorial.conference, row.registered_at)

    @admin.display(description=gettext_lazy("offered until"), ordering="offered_until")
    def offered(self, row: Registration) -> str:
        if row.offered_until is None:
            return "–"
        until = moment_in_list(row.tutorial.conference, row.offered_until)
        return _("%(until)s, awaits the ticket") % {"until": until} if row.awaits_ticket else until

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        if not may_act(request):
            return []
        return [
            Tool(_("Register somebody"), reverse("admin:tutorials_registration_register")),
            Tool(_("Add somebody"), reverse("admin:tutorials_registration_add_somebody")),
        ]

    def tools(self, request: HttpRequest, obj: Registration) -> list[Tool]:
        if not may_act(request, obj.tutorial.conference) or obj.status not in Registration.LIVE:
            return []
        tools = []
        if obj.status in Registration.SEATED:
            move = reverse("admin:tutorials_registration_move", args=[obj.pk])
            tools.append(Tool(_("Move to another tutorial"), move))
        cancel = reverse("admin:tutorials_registration_cancel", args=[obj.pk])
        return [*tools, Tool(_("Cancel the registration"), cancel)]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With what happened to it below."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        story = history_of(row, row.tutorial.conference) if row else []
        context = {"story": story, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        def own(where: str, page: Any, name: str) -> URLPattern:
            view = self.admin_site.admin_view(partial(page, self))
            return path(where, view, name=f"tutorials_registration_{name}")

        return [
            own("register/", register_page, "register"),
            own("add-somebody/", add_page, "add_somebody"),
            own("<int:pk>/move/", move_page, "move"),
            own("<int:pk>/cancel/", cancel_page, "cancel"),
            *super().get_urls(),
        ]


@admin.register(CheckIn)
class CheckInAdmin(OnlyWhereUsed, ReadOnlyAdmin):
    """Who was let in, by whom and when."""

    used = "checks_in"
    rank = 3
    conference_path = "tutorial__conference"
    list_display = ["attendee", "code", "kind", "when", "by", "device", "conference"]
    list_select_related = ["attendee", "tutorial__conference", "by"]
    list_filter = ["tutorial__conference", "kind"]
    search_fields = ["attendee__name", "=attendee__badge_code", "=tutorial__code", "device"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    fields = ["attendee", "tutorial", "kind", "at", "by", "device"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CheckIn]:
        rows = super().get_queryset(request)
        return rows.select_related("attendee", "tutorial__conference", "by")

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, row: CheckIn) -> str:
        return moment_in_list(row.tutorial.conference, row.at)
