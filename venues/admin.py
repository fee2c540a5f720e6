"""The admin's pages about venues and their rooms."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms import Textarea, TextInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conference.admin_history import WithHistory
from conference.admin_inlines import ConferenceInline
from conference.admin_pages import ConferenceModelAdmin, count_of
from venues.models import Room, Venue

SMALL: dict[Any, Any] = {
    models.CharField: {"widget": TextInput(attrs={"size": 16})},
    models.TextField: {"widget": Textarea(attrs={"rows": 2, "cols": 24})},
}


class RoomInline(ConferenceInline):
    model = Room
    fields = ["position", "name", "capacity", "directions", "access_notes"]
    formfield_overrides = SMALL
    ordering = ["position", "name"]
    show_change_link = True


@admin.register(Venue)
class VenueAdmin(WithHistory, ConferenceModelAdmin):
    """A building and its rooms."""

    rank = 2
    history_children = ((Room, "venue"),)
    inlines = [RoomInline]
    list_display = ["name", "conference", "address", "rooms_count", "position"]
    list_select_related = ["conference"]
    list_filter = ["conference"]
    search_fields = ["name", "address", "rooms__name"]
    autocomplete_fields = ["conference"]
    markdown_fields = ("directions", "access_notes")
    ordering = ["-conference__starts_on", "position", "name"]
    fieldsets = [
        (None, {"fields": ["conference", "name", "address", ("latitude", "longitude")]}),
        (_("Finding one’s way"), {"fields": ["directions", "access_notes"]}),
        (_("On the pages"), {"fields": ["position", "slug"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        rooms = count_of(Room.objects.all(), "venue")
        return super().get_queryset(request).select_related("conference").annotate(n_rooms=rooms)

    @admin.display(description=_("rooms"), ordering="n_rooms")
    def rooms_count(self, venue: Any) -> int:
        return venue.n_rooms


@admin.register(Room)
class RoomAdmin(WithHistory, ConferenceModelAdmin):
    """A room; most are edited with their venue."""

    rank = 3
    # Who stays when a room becomes smaller is asked by its form.
    kept_as_is = ("capacity",)
    conference_path = "venue__conference"
    list_display = ["name", "venue", "conference", "capacity", "directions"]
    list_select_related = ["venue__conference"]
    list_filter = ["venue__conference"]
    search_fields = ["name", "venue__name"]
    autocomplete_fields = ["venue"]
    ordering = ["-venue__conference__starts_on", "venue__position", "position", "name"]
    fields = ["venue", "name", "capacity", "directions", "access_notes", "position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        return super().get_queryset(request).select_related("venue__conference")

    @admin.display(description=_("conference"), ordering="venue__conference")
    def conference(self, room: Room) -> str:
        return str(room.venue.conference)

    def choice_label(self, obj: Room) -> str:
        return f"{obj} · {obj.venue} · {obj.venue.conference}"
