"""What is the same for all strangers is made once in some seconds, and is sent compressed.

The rule is what an answer says of itself (``conference/pages.py``): ``public`` may be kept; with
``Vary: Cookie`` for those without a session, else for everybody. So a new page is kept without
doing anything for it.

What is kept is the whole answer as the middleware further in made it, compressed: a hit costs
neither a query nor a template. ``ConditionalGetMiddleware`` stands outside and makes it a 304.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import has_vary_header, patch_vary_headers, set_response_etag

from conference import kept
from conference.pages import is_personal

GetResponse = Callable[[HttpRequest], HttpResponseBase]

LONGEST_QUERY = 300  # so long are the choices on a page; longer ones are somebody trying things
SHORTEST_COMPRESSED = 200  # bytes; below, the packaging weighs more than it saves
TEXT = re.compile(r"text/|image/svg\+xml|application/([\w.-]+\+)?(json|xml)\b")
TAKES_GZIP = re.compile(r"\bgzip\b")


@dataclass(frozen=True)
class Answer:
    """An answer of status 200 as it is kept."""

    body: bytes
    headers: dict[str, str]
    for_everybody: bool

    def again(self, age: float) -> HttpResponse:
        """The same once more. It says how old it is: who keeps it counts from there."""
        return HttpResponse(self.body, headers=self.headers | {"Age": str(int(age))})


def keep_public_answers(get_response: GetResponse) -> GetResponse:
    """Answer from the cache where that may be; keep what may be kept; compress what is public."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not _is_looked_for(request):
            return _as_asked(request, _compressed(get_response(request)))
        name = _name(request)
        found = kept.find(name)
        if found and (found.what.for_everybody or not is_personal(request)):
            return _as_asked(request, found.what.again(found.age))
        response = _compressed(get_response(request))
        _keep(name, request, response)
        return _as_asked(request, response)

    return middleware


def _is_looked_for(request: HttpRequest) -> bool:
    """Whether an answer may be there. Pages end in a slash; a document may be for everybody."""
    return (
        settings.PAGE_CACHE_SECONDS > 0
        and request.method in ("GET", "HEAD")
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and not (is_personal(request) and request.path_info.endswith("/"))
    )


def _name(request: HttpRequest) -> str:
    # With the host, which is checked by asking for it: an answer may name it.
    return f"page:{request.scheme}://{request.get_host()}{request.get_full_path()}"


def _keep(name: str, request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep it if it may be; forget what was kept if that is not there any more."""
    for_everybody = not has_vary_header(response, "Cookie")
    if request.method != "GET" or not (for_everybody or not is_personal(request)):
        return
    if isinstance(response, HttpResponse) and _may_be_kept(response):
        kept.keep(name, Answer(response.content, dict(response.items()), for_everybody))
    elif response.status_code in (404, 410):
        kept.forget(name)


def _may_be_kept(response: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")}
    kept_apart = {"", "cookie", "accept-encoding"}
    return _is_public(response) and not response.cookies and varies <= kept_apart


def _is_public(response: HttpResponse) -> bool:
    says = {word.strip() for word in response.get("Cache-Control", "").split(",")}
    return response.status_code == 200 and "public" in says


def _compressed(response: HttpResponseBase) -> HttpResponseBase:
    """The same, smaller, and with a tag by which browsers ask for it again.

    Only what is public. In a personal page stand secrets beside what is taken from its address: the
    size of the compressed page would tell, try by try, how much they have in common (BREACH).
    """
    # Anything else is a file on its way from the disk.
    if not isinstance(response, HttpResponse) or not _is_public(response):
        return response
    if not response.has_header("ETag"):
        set_response_etag(response)
    if response.has_header("Content-Encoding") or not TEXT.match(response["Content-Type"]):
        return response
    patch_vary_headers(response, ["Accept-Encoding"])
    if len(response.content) >= SHORTEST_COMPRESSED:
        response.content = gzip.compress(response.content, 6, mtime=0)
        response["Content-Encoding"] = "gzip"
    return response


def _as_asked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Unpacked again for the few who cannot do that themselves."""
    if not isinstance(response, HttpResponse) or response.get("Content-Encoding") != "gzip":
        return response
    if not TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
        response.content = gzip.decompress(response.content)
        del response["Content-Encoding"]
    elif response.get("ETag", "").startswith('"'):
        response["ETag"] = f"W/{response['ETag']}"  # the same page in other bytes
    response["Content-Length"] = str(len(response.content))
    return response
