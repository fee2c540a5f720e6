"""What the programme adds to the pages of a conference: its draft, counts, release, attendance."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference import admin as conference_admin
from conference.admin_pages import Tool, count_of
from conference.clock import now
from conference.dates import day_in_words
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, Role
from conference.using import uses_seen
from people.models import Attendee, Membership
from tutorials.admin.attendee_import import import_address, may_import
from tutorials.admin.audit import audit_page
from tutorials.admin.embed import embed_page, embed_tool
from tutorials.admin.ordering import ordering_address, ordering_page
from tutorials.admin.presenters import links_address, presenters_address
from tutorials.admin.programme_import import programme_tools
from tutorials.admin.registration import attendance_list, may_see_attendance
from tutorials.admin.release import release_address
from tutorials.admin.team import remove_page, team_page, team_tool
from tutorials.admin.tickets import claims_tool, let_tickets_count
from tutorials.admin.uses import uses_page, uses_tool
from tutorials.models import Registration, Schedule, Tutorial

admin.site.unregister(Conference)


class ConferenceForm(conference_admin.ConferenceForm):
    """Refuses a day by which everybody's data would be gone within the hour."""

    def clean(self) -> Any:
        cleaned = super().clean()
        fields = {"ends_on", "delete_after"}
        if self.instance.pk is None or fields.isdisjoint(self.changed_data) or self.errors:
            return cleaned
        meant = Conference(**{name: self.cleaned_data[name] for name in fields})
        meant.time_zone = self.cleaned_data["time_zone"]
        if meant.data_deleted_after < meant.local(now()).date():
            self._refuse_to_delete(meant)
        return cleaned

    def _refuse_to_delete(self, meant: Conference) -> None:
        living = Attendee.objects.for_conference(self.instance).filter(erased_at__isnull=True)
        number = living.count()
        text = ngettext(
            "The name and address of %(number)d attendee would be deleted at once, because "
            "%(day)s is over. Is the year right? To have it deleted, set today as the day.",
            "The names and addresses of %(number)d attendees would be deleted at once, because "
            "%(day)s is over. Is the year right? To have them deleted, set today as the day.",
            number,
        )
        if number:
            words = {"number": number, "day": day_in_words(meant.data_deleted_after)}
            self.add_error("delete_after", text % words)


@admin.register(Conference)
class ConferenceAdmin(conference_admin.ConferenceAdmin):
    form = ConferenceForm
    # By a change of these, somebody who waits may become eligible.
    decide_who_may = frozenset(["tutorials_per_attendee", "waiting_list_closes_hours"])
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
        """A new conference has its draft schedule and its organiser at once.

        Free seats follow changed rules.
        """
        if change:
            # Not the row: what it uses is saved by a page of its own, perhaps meanwhile.
            own = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=own.intersection(form.changed_data))
        else:
            super().save_model(request, obj, form, change)
            Schedule.objects.draft(obj)
            by = visitor(request)
            assert by is not None, "the admin lets nobody in who has not signed in"
            Membership.objects.create(conference=obj, user=by, role=Role.ORGANISER)
            del request.rights  # type: ignore[attr-defined]  # there is one more now
        if change and not self.decide_who_may.isdisjoint(form.changed_data):
            let_tickets_count(request, conference=obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A conference made by mistake goes with its draft; nothing that was released goes."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking.discard(Membership._meta.verbose_name)
        if not Schedule.objects.released().filter(conference__in=list(objs)).exists():
            lacking.discard(Schedule._meta.verbose_name)
        return to_delete, counts, lacking, protected

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        registers = uses_seen(request).takes_registrations
        return [name for name in columns if registers or name != "registrations_count"]

    def shortcuts(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        tools = []
        if self.may(request, Action.EDIT_PROGRAMME, obj):
            tools.append(Tool(_("Check and release the schedule"), release_address(obj)))
        listed = reverse("admin:tutorials_tutorial_changelist")
        tools.append(Tool(_("Tutorials"), f"{listed}?conference__id__exact={obj.pk}"))
        if may_see_attendance(request, obj):
            address = reverse("tutorials:lists", args=[obj.slug])
            tools.append(Tool(_("Lists and sheets"), address))
        if self.may(request, Action.MANAGE_CONFERENCE, obj):
            tools += [uses_tool(obj), team_tool(obj)]
        claims = claims_tool(request, obj)
        return [*tools, claims] if claims else tools

    def tools(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        tools = self.shortcuts(request, obj)
        draft = obj.schedules.filter(number__isnull=True).first()
        if draft:
            address = reverse("admin:tutorials_schedule_change", args=[draft.pk])
            tools.insert(0, Tool(_("Draft schedule"), address))
        if self.may(request, Action.EDIT_PROGRAMME, obj):
            tools.append(Tool(_("Order of the programme"), ordering_address(obj)))
            tools.append(Tool(_("Presenters"), presenters_address(obj)))
            tools.append(Tool(_("Write to the presenters"), links_address(obj)))
        tools.append(embed_tool(obj))
        tools += programme_tools(request, obj)
        if may_import(request, obj):
            tools.append(Tool(_("Import attendees"), import_address(obj)))
        if self.may(request, Action.MANAGE_ATTENDEES, obj):
            address = reverse("admin:conference_conference_audit", args=[obj.pk])
            tools.append(Tool(_("Do all rows agree?"), address))
        return tools

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.attendance_view)
        audit = self.admin_site.admin_view(partial(audit_page, self))
        order = self.admin_site.admin_view(partial(ordering_page, self))
        uses = self.admin_site.admin_view(partial(uses_page, self))
        embed = self.admin_site.admin_view(partial(embed_page, self))
        team = self.admin_site.admin_view(partial(team_page, self))
        remove = self.admin_site.admin_view(partial(remove_page, self))
        return [
            path("<int:pk>/attendance/", view, name="conference_conference_attendance"),
            path("<int:pk>/audit/", audit, name="conference_conference_audit"),
            path("<int:pk>/embed/", embed, name="conference_conference_embed"),
            path("<int:pk>/team/", team, name="conference_conference_team"),
            path(
                "<int:pk>/team/<int:member>/remove/",
                remove,
                name="conference_conference_team_remove",
            ),
            path("<int:pk>/uses/", uses, name="conference_conference_uses"),
            path("<int:pk>/order/", order, name="conference_conference_order"),
            *super().get_urls(),
        ]

    def attendance_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The attendance list of the whole conference."""
        return attendance_list(request, self.asked_for(request, pk, Action.SEE_ATTENDEES))
