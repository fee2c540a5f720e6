"""The admin's pages about tracks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conference.admin_history import WithHistory
from conference.admin_pages import ConferenceModelAdmin, count_of
from tutorials.models import Track, Tutorial


@admin.register(Track)
class TrackAdmin(WithHistory, ConferenceModelAdmin):
    rank = 4
    list_display = ["name", "conference", "room", "tutorials_count", "position"]
    list_select_related = ["conference", "room"]
    list_filter = ["conference"]
    search_fields = ["name"]
    autocomplete_fields = ["conference", "room"]
    markdown_fields = ("description",)
    ordering = ["-conference__starts_on", "position", "pk"]
    fields = ["conference", "name", "room", "description", "position", "slug"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Track]:
        tutorials = count_of(Tutorial.objects.all(), "track")
        tracks = super().get_queryset(request).select_related("conference", "room")
        return tracks.annotate(n_tutorials=tutorials)

    @admin.display(description=_("tutorials"), ordering="n_tutorials")
    def tutorials_count(self, track: Any) -> int:
        return track.n_tutorials
