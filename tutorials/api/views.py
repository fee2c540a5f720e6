"""The API: the public programme, read-only, for other programs (docs/api.md)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.routers import APIRootView
from rest_framework.viewsets import ReadOnlyModelViewSet

from tutorials.api import filters, published, serializers
from tutorials.api.open_data import OpenData


class Pages(LimitOffsetPagination):
    default_limit = 50
    max_limit = 200


class Resource(OpenData, ReadOnlyModelViewSet):
    pagination_class = Pages


class ConferenceViewSet(Resource):
    """Editions: when, where, and how people attend a tutorial."""

    queryset = published.conferences()
    serializer_class = serializers.ConferenceSerializer
    lookup_field = "slug"
    lookup_value_regex = "[a-z0-9-]+"


class VenueViewSet(Resource):
    """Buildings and the rooms in them."""

    queryset = published.venues()
    serializer_class = serializers.VenueSerializer
    filterset_class = filters.ConferenceFilter
    lookup_value_regex = "[0-9]+"


class RoomViewSet(Resource):
    """Rooms, and how many people each holds where that is known."""

    queryset = published.rooms()
    serializer_class = serializers.RoomSerializer
    filterset_class = filters.RoomFilter
    lookup_value_regex = "[0-9]+"


class TrackViewSet(Resource):
    """The parallel lines of a programme."""

    queryset = published.tracks()
    serializer_class = serializers.TrackSerializer
    filterset_class = filters.ConferenceFilter
    lookup_value_regex = "[0-9]+"


class TutorialViewSet(Resource):
    """Published tutorials, and cancelled ones, with presenters, time and place.

    Texts are Markdown.
    """

    queryset = published.tutorials()
    serializer_class = serializers.TutorialSerializer
    filterset_class = filters.TutorialFilter
    lookup_value_regex = "[0-9]+"


class PresenterViewSet(Resource):
    """People who present a tutorial, with all that they present."""

    queryset = published.presenters()
    serializer_class = serializers.PresenterSerializer
    filterset_class = filters.PresenterFilter
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"


class SessionViewSet(Resource):
    """Blocks of time of the released schedules, breaks too, and the tutorials in them."""

    queryset = published.sessions()
    serializer_class = serializers.SessionSerializer
    filterset_class = filters.SessionFilter
    lookup_field = "key"
    lookup_value_regex = "[0-9a-f-]{36}"


class ScheduleViewSet(Resource):
    """The schedule that is out, one per conference; one by itself comes with its sessions."""

    queryset = published.schedules()
    serializer_class = serializers.ScheduleSerializer
    filterset_class = filters.ConferenceFilter
    lookup_field = "conference__slug"
    lookup_url_kwarg = "conference"
    lookup_value_regex = "[a-z0-9-]+"

    def get_queryset(self) -> QuerySet:
        if self.action == "retrieve":
            return published.schedules_in_full()
        return super().get_queryset()

    def get_serializer_class(self) -> Any:
        if self.action == "list":
            return serializers.ScheduleInBriefSerializer
        return super().get_serializer_class()


class Root(OpenData, APIRootView):
    """The programme of the conferences served here. `docs/` explains it, `schema/` is OpenAPI."""


class Schema(OpenData, SpectacularAPIView):
    pass


class Docs(SpectacularSwaggerSplitView):
    url_name = "api:schema"
    template_name = "tutorials/api_docs.html"
