"""Is it alive, is it ready? For whatever watches over the processes."""

from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


def health(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer ``/healthz`` and ``/readyz`` before anything else looks at the request.

    Who watches asks by number and without TLS: no host name is checked, nothing redirected.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        view = {"/healthz": healthz, "/readyz": readyz}.get(request.path_info, get_response)
        return view(request)

    return middleware


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and holds every migration; 503 with the reason otherwise."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:  # whatever a driver may raise, the answer is "not ready"
        return _not_ready(f"database: {type(error).__name__}")
    if missing:
        return _not_ready(f"migrations not applied: {len(missing)}")
    return HttpResponse("ready\n", content_type="text/plain")


def _not_ready(why: str) -> HttpResponse:
    return HttpResponse(f"not ready: {why}\n", content_type="text/plain", status=503)
