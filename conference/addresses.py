"""What is the address of a page in full, in each language, and for search engines?"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

# The names of the pages that search engines may list; tutorials/apps.py says which. All others ask
# to be left out, so that a new page is found only if somebody meant it to be.
LISTED: set[str] = set()


def absolute(path: str) -> str:
    """The address that the world knows a page or file by."""
    return settings.SITE_URL + path if path.startswith("/") else path


def without_language(path: str) -> str:
    """The same page in English, whose addresses have no prefix."""
    language, rest = _split(path)
    return rest if language else path


def in_language(path: str, code: str) -> str:
    """The same page in another language."""
    plain = without_language(path)
    return plain if code == settings.LANGUAGE_CODE else f"/{code}{plain}"


def without_prefix(name: str, *args: str) -> str:
    """The address of a document that has no language, whatever is spoken now."""
    with translation.override(settings.LANGUAGE_CODE):
        return reverse(name, args=args)


def _split(path: str) -> tuple[str, str]:
    first, slash, rest = path.removeprefix("/").partition("/")
    is_language = first in dict(settings.LANGUAGES) and first != settings.LANGUAGE_CODE
    return (first, slash + rest) if is_language and slash else ("", path)
