"""Which language does an answer speak? The one its address names; in the admin, the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


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
            named = translation.get_language_from_path(request.path_info)
            language = named or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
