"""What the programme adds to the pages of venues and rooms: seats follow a room's capacity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from conference.admin_inlines import InlineFormSet
from tutorials import registration
from tutorials.admin.pages import (
    choice_if_too_few,
    chosen_if_too_few,
    let_seats_follow,
    offer_moving_back,
)
from tutorials.models import Tutorial
from tutorials.registration import TooFew
from venues import admin as venues_admin
from venues.models import Room, Venue

admin.site.unregister([Room, Venue])

HELP = gettext_lazy(
    "When a room holds fewer than before. Tutorials with a capacity of their own keep that."
)
CHOICE: Any = (gettext_lazy("Seats"), {"fields": ["too_few"]})


class VenueForm(forms.ModelForm):
    too_few = choice_if_too_few(HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            offer_moving_back(self, self.instance.conference)


class RoomForm(forms.ModelForm):
    too_few = choice_if_too_few(HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            offer_moving_back(self, self.instance.venue.conference)

    def clean(self) -> Any:
        """Before anything is saved, refuse a room that is too small for those who have a seat."""
        cleaned = super().clean()
        if self.instance.pk and "capacity" in self.changed_data and "capacity" in self.cleaned_data:
            rooms = {self.instance.pk: self.cleaned_data["capacity"]}
            errors = _too_few(rooms, self.cleaned_data.get("too_few"))
            if errors:
                self.add_error("too_few", errors)
        return cleaned


class RoomFormSet(InlineFormSet):
    """The rooms of a venue; ``too_few`` is chosen in the venue's form."""

    def clean(self) -> None:
        super().clean()
        changed = {
            form.instance.pk: form.cleaned_data["capacity"]
            for form in self.forms
            if form.instance.pk
            and "capacity" in form.changed_data
            and "capacity" in getattr(form, "cleaned_data", {})
        }
        errors = _too_few(changed, self.data.get("too_few"))
        if errors:
            raise forms.ValidationError(errors)


class RoomInline(venues_admin.RoomInline):
    formset = RoomFormSet


class ChoosesWhoStays:
    """Asks what is to happen to people where a room becomes too small for them."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        asked = (
            obj
            and self.conference_of(obj).takes_registrations  # type: ignore[attr-defined]
            and self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        )
        return [*fieldsets, CHOICE] if asked else fieldsets


@admin.register(Venue)
class VenueAdmin(ChoosesWhoStays, venues_admin.VenueAdmin):
    form = VenueForm
    inlines = [RoomInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Room:
            rooms = [room for room, fields in formset.changed_objects if "capacity" in fields]
            _capacity_changed(request, rooms, form)


@admin.register(Room)
class RoomAdmin(ChoosesWhoStays, venues_admin.RoomAdmin):
    form = RoomForm

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "capacity" in form.changed_data:
            _capacity_changed(request, [obj], form)


def _too_few(rooms: dict[int, int | None], choice: str | None) -> list[str]:
    """Why rooms that hold so many people are refused, where nothing else was chosen."""
    if not rooms or chosen_if_too_few(choice) != TooFew.REFUSE:
        return []
    return [refusal.message for refusal in registration.too_few_if(rooms)]


def _capacity_changed(request: HttpRequest, rooms: Iterable[Room], form: Any) -> None:
    """Of the tutorials in these rooms in any version: to set seats once too often does no harm."""
    held = Tutorial.objects.filter(slots__room__in=rooms).values_list("pk", flat=True).distinct()
    let_seats_follow(request, list(held), chosen_if_too_few(form.cleaned_data.get("too_few")))
