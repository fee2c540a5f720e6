"""The admin's pages about conferences; ``tutorials.admin`` adds what hangs on the programme."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.models import Conference


class ConferenceForm(forms.ModelForm):
    class Meta:
        widgets = {
            "full_name": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "colour": forms.TextInput(attrs={"placeholder": "#1f5c99", "size": 9}),
        }


@admin.register(Conference)
class ConferenceAdmin(ConferenceModelAdmin):
    """An edition: its dates, how people attend, its texts."""

    rank = 1
    conference_path = ""
    form = ConferenceForm
    list_display = ["name", "slug", "starts_on", "ends_on", "attendance", "is_current"]
    list_filter = ["is_current", "attendance"]
    search_fields = ["name", "full_name", "slug", "city"]
    date_hierarchy = "starts_on"
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "full_name", "slug", "is_current"]}),
        (
            _("When and where"),
            {"fields": [("starts_on", "ends_on"), "time_zone", ("city", "country")]},
        ),
        (
            _("Taking part"),
            {
                "fields": [
                    "attendance",
                    "registration_opens_at",
                    "registration_closes_at",
                    "overlaps",
                    "tutorials_per_attendee",
                    "waiting_list_closes_hours",
                    "offer_hours",
                    "reminder_hours",
                ],
                "description": _("Times are on the clocks of the time zone that is chosen above."),
            },
        ),
        (_("Texts"), {"fields": ["welcome", "contact_email", "website", "imprint"]}),
        (_("Look"), {"fields": ["colour"]}),
    ]

    def conference_of(self, obj: Conference) -> Conference:
        return obj

    def conference_of_form(self, request: HttpRequest, obj: Conference | None) -> Conference | None:
        """The form's own time zone counts: what was typed is meant on the clocks chosen there."""
        chosen = request.POST.get("time_zone", "")
        if chosen in zoneinfo.available_timezones():
            conference = Conference(time_zone=chosen)
            conference.pk = obj.pk if obj else None
            return conference
        return obj

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":
            zones = sorted(zoneinfo.available_timezones())
            kwargs["widget"] = forms.Select(choices=[("", "–"), *((zone, zone) for zone in zones)])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def choice_label(self, obj: Conference) -> str:
        return str(obj)

    def shortcuts(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        """What the index offers for an edition, beside editing it."""
        return []

    def tools(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        return self.shortcuts(request, obj)
