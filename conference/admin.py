"""The admin's pages about conferences; ``tutorials.admin`` adds what hangs on the programme."""

from __future__ import annotations

import zoneinfo
from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conference import colour, pictures
from conference.admin_history import WithHistory
from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.admin_pictures import ForgetsPictures
from conference.models import AttendanceMode, Conference
from conference.roles import Action
from conference.using import uses_seen

WINDOW = ["registration_opens_at", "registration_closes_at"]
TAKING_PART: Any = (
    _("Taking part"),
    {
        "fields": WINDOW,
        "description": _("Times are on the clocks of the time zone that is chosen above."),
    },
)


def _with_fields(fieldset: Any, fields: list[str]) -> Any:
    name, options = fieldset
    return name, {**options, "fields": fields}


def _limits_of(conference: Conference) -> list[str]:
    """The fields about registering that mean something there."""
    fields = [*WINDOW, "tutorials_per_attendee"]
    if conference.has_waiting_list:
        fields.append("waiting_list_closes_hours")
    if conference.has_waiting_list or conference.needs_tickets:
        fields.append("offer_hours")
    return [*fields, "reminder_hours"]


def _waits(request: HttpRequest) -> bool:
    conference: Conference | None = getattr(request, "conference_of_form", None)
    return conference is None or conference.has_waiting_list


class ColourInput(forms.TextInput):
    """The browser's own choice of a colour, and a switch for none, which that cannot say."""

    template_name = "admin/widgets/colour.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["ours"] = colour.OURS
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        return data.get(name, "") if data.get(f"{name}_own") else ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class ConferenceForm(forms.ModelForm):
    class Meta:
        widgets = {
            "full_name": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "colour": ColourInput,
        }
        # Not the form's own image field, which would open the upload before its size is known.
        field_classes = {"logo": forms.FileField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "colour" in self.fields:
            self.fields["colour"].help_text = colour_in_words(self.instance.colour)

    def clean_logo(self) -> Any:
        """The upload as a small picture; raises ``ValidationError`` for anything else."""
        logo = self.cleaned_data["logo"]
        return pictures.clean_logo(logo) if isinstance(logo, UploadedFile) else logo


def colour_in_words(chosen: str) -> str:
    """What becomes of a colour: each page is light or dark, and text in it has to be readable."""
    if not chosen:
        return gettext(
            "For links and buttons, in a shade that can be read on light and on dark paper."
        )
    shades = {
        "light": colour.shades(chosen)["accent"],
        "dark": colour.shades(chosen, dark=True)["accent"],
    }
    if shades["light"] == chosen.lower():
        text = gettext("Used as it is; on dark paper as %(dark)s, so that it can be read.")
    elif shades["dark"] == chosen.lower():
        text = gettext(
            "Used as it is on dark paper; on light as %(light)s, so that it can be read."
        )
    else:
        text = gettext(
            "So that it can be read, it is used as %(light)s on light paper, as %(dark)s on dark."
        )
    return text % shades


class ModeFilter(admin.SimpleListFilter):
    """How people attend, of the ways that some conference here uses."""

    title = _("how people attend")
    parameter_name = "attendance__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        used = {conference.attendance for conference in uses_seen(request).conferences}
        return [(mode, label) for mode, label in AttendanceMode.choices if mode in used]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Conference]
    ) -> QuerySet[Conference]:
        return queryset.filter(attendance=self.value()) if self.value() else queryset


@admin.register(Conference)
class ConferenceAdmin(ForgetsPictures, WithHistory, ConferenceModelAdmin):
    """An edition: its dates, how people attend, its texts."""

    changes = Action.MANAGE_CONFERENCE
    rank = 1
    keeps_deleted = False
    picture = "logo"
    # What decides who may register is changed on a page that says what follows; a file may be gone.
    kept_as_is = (
        "attendance",
        "has_waiting_list",
        "shows_seats",
        "checks_in",
        "overlaps",
        "tutorials_per_attendee",
        "waiting_list_closes_hours",
        "is_current",
        # By these attendees' data could be deleted at once; the form asks.
        "ends_on",
        "delete_after",
        "logo",
    )
    conference_path = ""
    form = ConferenceForm
    list_display = ["name", "slug", "starts_on", "ends_on", "attendance", "is_current"]
    list_filter = ["is_current", ModeFilter]
    search_fields = ["name", "full_name", "slug", "city"]
    date_hierarchy = "starts_on"
    markdown_fields = ("welcome", "access_contact", "code_of_conduct", "imprint", "privacy_notice")
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "full_name", "slug", "is_current"]}),
        (
            _("When and where"),
            {"fields": [("starts_on", "ends_on"), "time_zone", ("city", "country")]},
        ),
        TAKING_PART,
        (
            _("Texts"),
            {
                "fields": [
                    "welcome",
                    "contact_email",
                    "website",
                    "access_contact",
                    "code_of_conduct",
                    "imprint",
                ],
                "description": _(
                    "Markdown: an empty line begins a paragraph, **bold**, *italic*, "
                    "[a link](https://example.org), and lines that begin with “- ” make a list."
                ),
            },
        ),
        (_("Privacy"), {"fields": ["privacy_notice", "delete_after"]}),
        (_("Look"), {"fields": ["logo", "colour"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Conference | None = None) -> Any:
        """Of what it does not use the form says nothing; how people attend is asked of a new one.

        Afterwards that is on a page of its own, which says what a change of it means.
        """
        fieldsets: list[Any] = list(super().get_fieldsets(request, obj))
        place = fieldsets.index(TAKING_PART)
        if obj is None:
            fieldsets[place] = _with_fields(TAKING_PART, ["attendance", *WINDOW])
            return fieldsets
        if obj.uses_tickets:
            fieldsets.insert(place + 1, (_("Conference tickets"), {"fields": ["tickets_url"]}))
        if not obj.takes_registrations:
            fieldsets.remove(TAKING_PART)
            return fieldsets
        fieldsets[place] = _with_fields(TAKING_PART, _limits_of(obj))
        return fieldsets

    def conference_of(self, obj: Conference) -> Conference:
        return obj

    def conference_id_of(self, obj: Conference) -> int | None:
        return obj.pk

    def may(self, request: HttpRequest, action: Action, obj: Conference | None = None) -> bool:
        """Who organises some conference may make another, and organises that too."""
        return super().may(request, action, obj if obj and obj.pk else None)

    def conference_of_form(self, request: HttpRequest, obj: Conference | None) -> Conference | None:
        """The form's own time zone counts: what was typed is meant on the clocks chosen there."""
        chosen = request.POST.get("time_zone", "")
        if chosen in zoneinfo.available_timezones():
            conference = copy(obj) if obj else Conference()
            conference.time_zone = chosen
            return conference
        return obj

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":
            zones = sorted(zoneinfo.available_timezones())
            kwargs["widget"] = forms.Select(choices=[("", "–"), *((zone, zone) for zone in zones)])
        if db_field.name == "offer_hours" and not _waits(request):
            kwargs["help_text"] = _("Until the ticket is confirmed; never ending at night.")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def choice_label(self, obj: Conference) -> str:
        return str(obj)

    def shortcuts(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        """What the index offers for an edition, beside editing it."""
        return []

    def tools(self, request: HttpRequest, obj: Conference) -> list[Tool]:
        return self.shortcuts(request, obj)
