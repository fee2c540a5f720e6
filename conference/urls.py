"""The addresses: ours in English, below /de/ in German; those for machines have no language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.static import serve

from conference import offline
from conference.design import design
from tutorials.views.feeds import robots, sitemap
from tutorials.views.presenting import material

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("tutorials.api.urls")),
    # Small pictures, and few: a proxy may serve them instead (docs/settings.md).
    re_path(
        r"^media/(?P<path>(?:photos|logos)/[0-9a-f]{32}\.webp)$",
        serve,
        {"document_root": settings.MEDIA_ROOT},
    ),
    # Not for a proxy: only what an organiser has accepted is anybody's to have.
    re_path(r"^media/materials/(?P<name>[0-9a-f]{32}\.[a-z]{3,5})$", material, name="material"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
    path("service-worker.js", offline.service_worker, name="service_worker"),
    *i18n_patterns(
        path("design/", design, name="design"),
        path("accounts/profile/", include("people.urls")),
        path("accounts/", include("allauth.urls")),
        path("offline/", offline.offline, name="offline"),
        path("", include("tutorials.urls")),
        prefix_default_language=False,
    ),
]
