"""What the programme adds to the pages of venues and rooms: seats follow a room's capacity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tutorials.admin.pages import let_seats_follow
from tutorials.models import Tutorial
from venues import admin as venues_admin
from venues.models import Room, Venue

admin.site.unregister([Room, Venue])


@admin.register(Venue)
class VenueAdmin(venues_admin.VenueAdmin):
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Room:
            _capacity_changed(
                request, [room for room, fields in formset.changed_objects if "capacity" in fields]
            )


@admin.register(Room)
class RoomAdmin(venues_admin.RoomAdmin):
    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "capacity" in form.changed_data:
            _capacity_changed(request, [obj])


def _capacity_changed(request: HttpRequest, rooms: Iterable[Room]) -> None:
    """Of the tutorials in these rooms in any version: to set seats once too often does no harm."""
    held = Tutorial.objects.filter(slots__room__in=rooms).values_list("pk", flat=True).distinct()
    let_seats_follow(request, list(held))
