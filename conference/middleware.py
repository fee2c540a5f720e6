"""Which language does an answer speak? The one its address names, never what a header asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def language_of_the_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Speak German below ``/de/`` and English elsewhere, so that one address is one document.

    Django's own ``LocaleMiddleware`` does the same and then still says that the answer varies with
    ``Accept-Language``, which would split every shared cache for nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
