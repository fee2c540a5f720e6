"""What opens without a network? Pages that were seen, which then say how old they are.

The service worker keeps them in the visitor's browser (``templates/conference/service-worker.js``,
``static/js/offline.js``; docs/offline.md). Nothing of it is needed to use the site.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from conference.colour import LIGHT_PAPER, OURS, shades
from conference.models import Conference
from conference.pages import public_document, say_whose
from conference.slugs import RESERVED

# What the page needs that is shown instead of one that was never seen.
FILES = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "js/offline.js",
    "img/favicon.svg",
)
ICONS = (("img/icon-192.png", "192x192"), ("img/icon-512.png", "512x512"))
# First words of addresses that lead to pages of a conference, or are ours to show.
PAGES_OF_OURS = frozenset({"offline", "schedule", "tutorials"})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers for the network when there is none; new where a file of it is."""
    site = json.dumps(_site(), sort_keys=True).replace("<", "\\u003c")
    response = render(
        request,
        "conference/service-worker.js",
        {"site": mark_safe(site)},
        content_type="text/javascript; charset=utf-8",
    )
    patch_cache_control(response, public=True, no_cache=True)
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown in place of a page that was never seen; says which can be opened.

    It is of no conference: a browser keeps it for whichever is visited, this year and the next.
    """
    request.conference = None  # type: ignore[attr-defined]
    response = render(request, "conference/offline.html")
    say_whose(request, response)
    return response


@require_safe
@public_document(seconds=300)
def manifest(request: HttpRequest, conference: Conference) -> JsonResponse:
    """How the conference looks among the apps of a phone."""
    red, green, blue = (round(value) for value in LIGHT_PAPER)
    home = reverse("tutorials:home", args=[conference.slug])
    return JsonResponse(
        {
            "id": home,
            "name": conference.name,
            "short_name": conference.name,
            "lang": get_language(),
            "start_url": home,
            "scope": "/",
            "display": "minimal-ui",
            "theme_color": shades(conference.colour or OURS)["accent"],
            "background_color": f"#{red:02x}{green:02x}{blue:02x}",
            "icons": [
                {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
                    for name, sizes in ICONS
                    for purpose in ("any", "maskable")
                ),
            ],
        },
        content_type="application/manifest+json",
    )


def _site() -> dict[str, Any]:
    """What the service worker has to know."""
    files = [static(name) for name in FILES]
    return {
        "version": hashlib.sha256("\n".join(files).encode()).hexdigest()[:12],
        "files": files,
        "static": settings.STATIC_URL,
        "offline": {code: _offline_page(code) for code, _name in settings.LANGUAGES},
        "language": settings.LANGUAGE_CODE,
        "others": sorted(RESERVED - PAGES_OF_OURS),
    }


def _offline_page(language: str) -> str:
    with override(language):
        return reverse("offline")
