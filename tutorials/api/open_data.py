"""Who may use the answers of the API? Everybody: any website, and any cache for a minute."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

SECONDS = 60


class OpenData(APIView):
    """A view whose answers are the same for everybody. It reads no session."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=SECONDS)
        return response


def not_found(request: HttpRequest) -> JsonResponse:
    """404 in the form of the API's own, for an address below it that is none."""
    response = JsonResponse({"detail": "There is nothing here."}, status=404)
    response["Access-Control-Allow-Origin"] = "*"
    return response
