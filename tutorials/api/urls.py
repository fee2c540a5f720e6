"""The addresses of the API."""

from django.urls import path, re_path
from rest_framework.routers import DefaultRouter

from tutorials.api import open_data, views

app_name = "api"


class Router(DefaultRouter):
    APIRootView = views.Root
    include_format_suffixes = False


router = Router()
router.register("conferences", views.ConferenceViewSet)
router.register("venues", views.VenueViewSet)
router.register("rooms", views.RoomViewSet)
router.register("tracks", views.TrackViewSet)
router.register("tutorials", views.TutorialViewSet)
router.register("presenters", views.PresenterViewSet, basename="presenter")
router.register("sessions", views.SessionViewSet)
router.register("schedules", views.ScheduleViewSet)

urlpatterns = [
    *router.urls,
    path("schema/", views.Schema.as_view(), name="schema"),
    path("docs/", views.Docs.as_view(), name="docs"),
    # With a slash at its end, so that an address that lacks its own is still led to the right one.
    re_path(r"^.*/$", open_data.not_found),
]
