"""The pages about one's own account that are ours; the rest are allauth's."""

from django.urls import path

from people import views

app_name = "people"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/data.json", views.data, name="data"),
    path("privacy/delete/", views.delete, name="delete"),
]
