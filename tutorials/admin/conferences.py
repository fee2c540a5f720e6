"""What the programme adds to the pages of a conference: its draft, counts, release, attendance."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference import admin as conference_admin
from conference.admin_pages import Tool, count_of
from conference.models import Conference
from people.admin import MembershipInline
from people.models import Attendee
from tutorials.admin.attendee_import import import_address, may_import
from tutorials.admin.audit import audit_page
from tutorials.admin.registration import attendance_list, may_see_attendance
from tutorials.admin.release import release_address
from tutorials.admin.tickets import claims_tool, let_tickets_count
from tutorials.models import Registration, Schedule, Tutorial

admin.site.unregister(Conference)


@admin.register(Conference)
class ConferenceAdmin(conference_admin.ConferenceAdmin):
    inlines = [MembershipInline]
    # By a change of these, somebody who waits may become eligible.
    decide_who_may = frozenset(
        ["attendance", "overlaps", "tutorials_per_attendee", "waiting_list_closes_hours"]
    )
    list_display = [
        "name",
        "slug",
        "starts_on",
        "ends_on",
        "attendance",
        "is_current",
        "tutorials_count",
        "attendees_count",
        "registrations_count",
        "versions_count",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conference]:
        live = Registration.objects.live()
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_tutorials=count_of(Tutorial.objects.all(), "conference"),
                n_attendees=count_of(Attendee.objects.all(), "conference"),
                n_registrations=count_of(live, "tutorial__conference"),
                n_versions=count_of(Schedule.objects.released(), "conference"),
            )
        )

    @admin.display(description=gettext_lazy("tutorials"), ordering="n_tutorials")
    def tutorials_count(self, conference: Any) -> int:
        return conference.n_tutorials

    @admin.display(description=gettext_lazy("attendees"), ordering="n_attendees")
    def attendees_count(self, conference: Any) -> int:
        return conference.n_attendees

    @admin.display(description=gettext_lazy("registrations"), ordering="n_registrations")
    def registrations_count(self, conference: Any) -> int:
        return conference.n_registrations

    @admin.display(description=gettext_lazy("released versions"), ordering="n_versions")
    def versions_count(self, conference: Any) -> int:
        return conference.n_versions

    def save_model(self, request: HttpRequest, obj: Conference, form: Any, change: bool) -> None:
        """A new conference has its draft schedule at once; free seats follow changed rules."""
        super().save_model(request, obj, form, change)
        if not change:
            Schedule.objects.draft(obj)
        elif not self.decide_who_may.isdisjoint(form.changed_data):
            let_tickets_count(request, conference=obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A conference made by mistake goes with its draft; nothing that was released goes."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if not Schedule.objects.released().filter(conference__in=list(objs)).exists():
            lacking.discard(Schedule._meta.verbose_name)
        return to_delete, counts, lacking, protected

    def shortcuts(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        tools = []
        if request.user.has_perm("tutorials.change_schedule"):
            tools.append(Tool(_("Check and release the schedule"), release_address(obj)))
        if request.user.has_perm("tutorials.view_tutorial"):
            listed = reverse("admin:tutorials_tutorial_changelist")
            tools.append(Tool(_("Tutorials"), f"{listed}?conference__id__exact={obj.pk}"))
        if may_see_attendance(request):
            address = reverse("admin:conference_conference_attendance", args=[obj.pk])
            tools.append(Tool(_("Attendance list"), address))
        claims = claims_tool(request, obj)
        return [*tools, claims] if claims else tools

    def tools(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        tools = self.shortcuts(request, obj)
        draft = obj.schedules.filter(number__isnull=True).first()
        if draft and request.user.has_perm("tutorials.view_schedule"):
            address = reverse("admin:tutorials_schedule_change", args=[draft.pk])
            tools.insert(0, Tool(_("Draft schedule"), address))
        if may_import(request):
            tools.append(Tool(_("Import attendees"), import_address(obj)))
        if may_see_attendance(request):
            address = reverse("admin:conference_conference_audit", args=[obj.pk])
            tools.append(Tool(_("Do all rows agree?"), address))
        return tools

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.attendance_view)
        audit = self.admin_site.admin_view(partial(audit_page, self))
        return [
            path("<int:pk>/attendance/", view, name="conference_conference_attendance"),
            path("<int:pk>/audit/", audit, name="conference_conference_audit"),
            *super().get_urls(),
        ]

    def attendance_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The attendance list of the whole conference."""
        return attendance_list(request, get_object_or_404(Conference, pk=pk))
