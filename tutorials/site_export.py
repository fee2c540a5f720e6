"""The public pages of an edition as files that any web server, or none, can show.

We visit our own site as a stranger does, from the first pages on and wherever their links lead
within the edition, in every language; what is left out, ``copied_page.py`` says. Files lie where
their addresses are, so that the copy can also stand in the site's own place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase
from django.test import RequestFactory, override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from conference import clock
from conference.dates import day_in_words
from conference.models import Conference
from tutorials.copied_page import addresses_in, copied

FIRST_PAGES = ("home", "tutorial_list", "schedule", "presenter_list", "venue_list")
# Below the address of the conference: what needs a server, or is a page of other websites.
NOT_COPIED = {"my", "staff", "embed", "seats.json"}
# The choices on a page that are pages of their own in a copy.
CHOICES = {"day", "page", "view"}
CHOICE = re.compile(r"[a-z0-9-]{1,40}")
# What is behind the address of a file: which picture it is (tutorials/share_picture.py).
VERSION = {"v"}
WHERE = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
MARK = ".site-export.json"
IN_CSS = re.compile(r"""(url\(\s*["']?)([^"')]+)""")


class CannotExport(Exception):
    """Why there is no copy, in a sentence."""


@dataclass(frozen=True)
class Address:
    """What the site answers at: a path, and the choices behind it, in one order."""

    path: str  # not quoted
    query: str = ""

    @property
    def file(self) -> str:
        """Where it lies in the copy. No slug has a dot, so that choices are no other page."""
        name = self.path.lstrip("/")
        if not name.endswith("/"):
            return name
        choices = "".join(f"{key}.{value}/" for key, value in parse_qsl(self.query))
        return f"{name}{choices}index.html"

    @property
    def url(self) -> str:
        return quote(self.path) + (f"?{self.query}" if self.query else "")


@dataclass
class Copied:
    """What a copy holds, and the addresses of files that are not there any more."""

    pages: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)


def export(
    conference: Conference, folder: Path, said: Callable[[Copied], None], address: str = ""
) -> Copied:
    """Write the copy to ``folder``: all of it or nothing; an earlier one is replaced.

    What people put beside the pages of that one stays. ``said`` is told again and again how far it
    is. ``address`` is where the copy will stand; empty: in the site's own place. Raises
    ``CannotExport``, and ``OSError`` where files cannot be written.
    """
    address = checked_address(address)
    folder = Path(os.path.realpath(folder))
    check_folder(folder, conference)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
    unfinished.mkdir()
    try:
        copy = _Copy(conference, unfinished, said, address)
        copy.visit()
        copy.readdress()
        _finish(conference, unfinished)
        _put_in_place(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy.copied


def check_folder(folder: Path, conference: Conference) -> None:
    """Raise ``CannotExport`` unless it is free, empty or an earlier copy of the same edition."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CannotExport(f"{folder} is a file. Name a folder that is empty or not there yet.")
    mark = folder / MARK
    if mark.is_file():
        of = _read_mark(folder).get("conference")
        if of != conference.slug:
            raise CannotExport(
                f"{folder} is a copy of {of}. Give each edition a folder of its own."
            )
    elif any(folder.iterdir()):
        raise CannotExport(f"{folder} holds other files. Name one that is empty or not there yet.")


def _read_mark(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / MARK).read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise CannotExport(
            f"{folder / MARK}, by which an earlier copy is known, cannot be read. Name a folder "
            "that is empty or not there yet."
        ) from error


def checked_address(address: str) -> str:
    """Where a copy will stand, without a slash at its end; raises ``CannotExport`` for no address.

    Pages lie below it, so that there is nothing behind a “?” or a “#”.
    """
    if address and not WHERE.fullmatch(address):
        raise CannotExport(f"{address} is no address. Name one such as https://example.org/2026/.")
    return address.rstrip("/")


class _Site(BaseHandler):
    """Our own site, asked without a network by somebody without cookies."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        site = urlsplit(settings.SITE_URL)
        self.asks = RequestFactory(headers={"host": site.netloc})
        self.secure = site.scheme == "https"

    def get(self, address: Address) -> HttpResponseBase:
        """The page as it is now: what is kept for a while may be older than the copy says."""
        with override_settings(PAGE_CACHE_SECONDS=0):
            return self.get_response(self.asks.get(address.url, secure=self.secure))


class _Copy:
    """A copy that is being made."""

    def __init__(
        self, conference: Conference, folder: Path, said: Callable[[Copied], None], stands_at: str
    ) -> None:
        self.conference = conference
        self.folder = folder
        self.said = said
        self.stands_at = stands_at
        self.site = _Site()
        self.copied = Copied()
        self.there: dict[Address, str] = {}  # what was copied, and its type

    def visit(self) -> None:
        """Fetch every page and file, as they are."""
        first = list(self._first_pages())
        queue, seen = deque(first), set(first)
        while queue:
            address = queue.popleft()
            for found in self._fetch(address, must=address in first):
                if found not in seen:
                    seen.add(found)
                    queue.append(found)
            self.said(self.copied)

    def readdress(self) -> None:
        """Let pages and style sheets name each other by where they lie."""
        for address, kind in self.there.items():
            if kind == "text/html":
                self._rewrite(address, self._page)
            elif kind == "text/css":
                self._rewrite(address, self._style_sheet)

    def _first_pages(self) -> Iterator[Address]:
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                for name in FIRST_PAGES:
                    path = reverse(f"tutorials:{name}", args=[self.conference.slug])
                    yield Address(unquote(path))

    def _fetch(self, address: Address, *, must: bool) -> list[Address]:
        """Write one down; gives the addresses in it that belong to the copy."""
        if address.path.startswith(settings.STATIC_URL):
            body, kind = _static(address), "text/css" if address.path.endswith(".css") else "file"
        else:
            body, kind = self._ask(address, must=must)
        if body is None:
            self.copied.missing.append(address.url)
            return []
        path = self.folder / address.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self.there[address] = kind
        if kind == "text/html":
            self.copied.pages += 1
            names: Iterable[str] = addresses_in(body.decode())
        else:
            self.copied.files += 1
            names = _named_in_css(body.decode()) if kind == "text/css" else []
        found = [self._address(name, address) for name in names]
        return [each[0] for each in found if each]

    def _ask(self, address: Address, *, must: bool) -> tuple[bytes | None, str]:
        response = self.site.get(address)
        if response.status_code == 400:
            raise CannotExport(
                f"The site does not know itself as {settings.SITE_URL}: see SITE_URL and "
                "ALLOWED_HOSTS in docs/settings.md."
            )
        if response.status_code >= 500 or (must and response.status_code != 200):
            raise CannotExport(f"{address.url} answers {response.status_code}; nothing is written.")
        if response.status_code != 200:
            return None, ""
        if response.streaming:
            body = b"".join(response)
            for close in response._resource_closers:  # type: ignore[attr-defined]
                close()
        else:
            body = response.content  # type: ignore[attr-defined]
        return body, response.get("Content-Type", "").partition(";")[0]

    def _address(self, name: str, here: Address) -> tuple[Address, str] | None:
        """What an address in a page leads to, with its fragment, if that belongs to the copy."""
        whole = urlsplit(urljoin(settings.SITE_URL + here.url, name))
        if f"{whole.scheme}://{whole.netloc}" != settings.SITE_URL:
            return None
        path = unquote(whole.path)
        if not self._is_ours(path):
            return None
        known = CHOICES if path.endswith("/") else VERSION
        return Address(path, _choices(whole.query, known)), whole.fragment

    def _is_ours(self, path: str) -> bool:
        parts = path.strip("/").split("/")
        if not {"", ".", ".."}.isdisjoint(parts) or "\\" in path or "\0" in path:
            return False
        if path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
            return True
        if parts[0] in dict(settings.LANGUAGES):
            del parts[0]
        return parts[:1] == [self.conference.slug] and NOT_COPIED.isdisjoint(parts[1:2])

    def _rewrite(self, address: Address, change: Callable[[str, Address], str]) -> None:
        path = self.folder / address.file
        path.write_text(change(path.read_text("utf-8"), address), "utf-8")

    def _page(self, html: str, here: Address) -> str:
        first = here.path.split("/")[1]
        known = first in dict(settings.LANGUAGES)
        with translation.override(first if known else settings.LANGUAGE_CODE):
            note = self._note()
        return copied(
            html, lambda name: self._name(name, here), note, lambda name: self._in_full(name, here)
        )

    def _note(self) -> str:
        day = day_in_words(self.conference.local(clock.now()))
        words = _("This is a copy, made on %(day)s. What changed since then is not in it.")
        return format_html('<p class="note">{}</p>', words % {"day": day})

    def _style_sheet(self, css: str, here: Address) -> str:
        return IN_CSS.sub(lambda match: match[1] + (self._name(match[2], here) or ""), css)

    def _name(self, name: str, here: Address) -> str | None:
        """What stands in the copy for an address: relative if it is there, else in full.

        None for a file that is gone.
        """
        found = self._address(name, here)
        if found is None:
            whole = urljoin(settings.SITE_URL + here.url, name)
            return whole if whole.startswith(f"{settings.SITE_URL}/") else name
        address, fragment = found
        if address not in self.there:
            is_file = address.path.startswith((settings.STATIC_URL, settings.MEDIA_URL))
            return None if is_file else settings.SITE_URL + address.url
        if name.startswith("#"):
            return name
        relative = os.path.relpath(address.file, os.path.dirname(here.file) or ".")
        return quote(relative.replace(os.sep, "/")) + (f"#{fragment}" if fragment else "")

    def _in_full(self, name: str, here: Address) -> str:
        """The whole address of what stands in the copy, for other sites to read.

        In the site's place that is what it was: files lie where their addresses are, and no server
        of files looks at what is behind the “?” of a picture.
        """
        found = self._address(name, here)
        if not self.stands_at or found is None or found[0] not in self.there:
            return name
        address = found[0]
        if not address.path.endswith("/"):
            return self.stands_at + address.url
        return f"{self.stands_at}/{quote(address.file.removesuffix('index.html'))}"


def _choices(query: str, known: Collection[str]) -> str:
    """The query, in one order, if every choice in it is one of these; else none of it."""
    pairs = sorted(parse_qsl(query))
    if any(key not in known or not CHOICE.fullmatch(value) for key, value in pairs):
        return ""
    return urlencode(pairs)


def _static(address: Address) -> bytes | None:
    name = address.path.removeprefix(settings.STATIC_URL)
    if found := finders.find(name):
        return Path(found).read_bytes()
    if not staticfiles_storage.exists(name):
        return None
    with staticfiles_storage.open(name) as file:
        return bytes(file.read())


def _named_in_css(css: str) -> Iterable[str]:
    return (match[2] for match in IN_CSS.finditer(css) if not match[2].startswith("data:"))


def _finish(conference: Conference, folder: Path) -> None:
    """The way in, and the mark by which the next one knows that it may replace this."""
    home = f"{conference.slug}/index.html"
    page = format_html(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="refresh" content="0; url={}">\n<title>{}</title>\n</head>\n'
        '<body><p><a href="{}">{}</a></p></body>\n</html>\n',
        home, conference.name, home, conference.name,
    )  # fmt: skip
    (folder / "index.html").write_text(page, "utf-8")
    wrote = sorted({MARK, *(each.name for each in folder.iterdir())})
    mark = {"conference": conference.slug, "made_at": clock.now().isoformat(), "wrote": wrote}
    (folder / MARK).write_text(json.dumps(mark) + "\n", "utf-8")


def _put_in_place(made: Path, folder: Path) -> None:
    """Let it take the place of an earlier one, which stays until then.

    What people have put beside the pages of that one, such as ``.git``, is moved over.
    """
    if not folder.exists():
        made.rename(folder)
        return
    wrote = _read_mark(folder).get("wrote", []) if (folder / MARK).is_file() else []
    earlier = folder.with_name(f".{folder.name}.{os.getpid()}.earlier")
    folder.rename(earlier)
    try:
        made.rename(folder)
    except OSError:
        earlier.rename(folder)
        raise
    for each in list(earlier.iterdir()):
        if each.name not in wrote and not (folder / each.name).exists():
            each.rename(folder / each.name)
    shutil.rmtree(earlier)
