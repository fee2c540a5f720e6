"""What holds for every answer: its language, and whose it is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

from conference.pages import is_personal


def keep_personal_pages_private(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let nobody keep an answer to somebody with a session that does not say who may."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_personal(request) and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return middleware


def language_of_the_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Speak German below ``/de/`` and English elsewhere, so that one address is one document.

    The admin has one address for all and is nobody's to keep: there the browser's wish counts.

    Django's own ``LocaleMiddleware`` does the same and then still says that the answer varies with
    ``Accept-Language``, which would split every shared cache for nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/"):
            language = translation.get_language_from_request(request)
        else:
            # Not get_language_from_path(), which takes the conference “de-2026” for German.
            first = request.path_info.partition("/")[2].partition("/")[0]
            language = first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
