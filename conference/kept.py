"""What is made once in some seconds: in the cache that all processes share (``CACHE_URL``).

A cache that does not answer is as good as none: a line in the log, and everything is made anew.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)

SOURCES = ("conference", "people", "tutorials", "venues", "templates", "locale")


@dataclass(frozen=True)
class Kept:
    """Something that lies in the cache."""

    what: Any
    made_at: float

    @property
    def age(self) -> float:
        """Seconds; another machine's clock may be ahead of ours."""
        return max(0.0, time.time() - self.made_at)


def find(name: str) -> Kept | None:
    """What there is, unless it is too old and this is the first who asks for it since.

    That one makes it anew; all others are given the old one meanwhile.
    """
    key = _key(name)
    try:
        kept: Kept | None = cache.get(key)
        if kept and kept.age >= settings.PAGE_CACHE_SECONDS:
            return None if cache.add(f"{key}:anew", True, settings.PAGE_CACHE_SECONDS) else kept
    except Exception as error:  # whatever a driver may raise: pages are there without a cache
        logger.warning("The cache does not answer: %s", type(error).__name__)
        return None
    return kept


def keep(name: str, what: Any) -> None:
    """Have all processes find it."""
    try:
        # Twice as long: while one makes it anew, nobody waits for it.
        cache.set(_key(name), Kept(what, time.time()), 2 * settings.PAGE_CACHE_SECONDS)
    except Exception as error:
        logger.warning("The cache keeps nothing: %s", type(error).__name__)


def forget(name: str) -> None:
    """Have nobody find it any more."""
    try:
        cache.delete(_key(name))
    except Exception as error:
        logger.warning("The cache forgets nothing: %s", type(error).__name__)


def _key(name: str) -> str:
    # Names hold what people type into an address; not every cache takes any character.
    return f"kept:{version()}:{hashlib.sha256(name.encode()).hexdigest()}"


@functools.cache
def version() -> str:
    """Which code makes what is kept: other code lets it lie, as it may be of another shape.

    That also goes for two versions that run beside each other while a site is updated.
    """
    found = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.suffix in (".py", ".html", ".js", ".mo"):
                found.update(path.read_bytes())
    return found.hexdigest()[:12]
