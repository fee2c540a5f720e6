"""Which words may stand in an address?"""

import re
from collections.abc import Container
from itertools import chain, count

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

# Every first word of an address that is not a conference; a test walks the resolver for others.
RESERVED = frozenset(
    {
        "about", "accounts", "admin", "api", "assets", "conference", "conferences", "design",
        "favicon", "healthz", "help", "imprint", "login", "logout", "manifest", "media", "metrics",
        "offline", "presenters", "privacy", "readyz", "robots", "schedule", "service-worker",
        "sitemap", "static", "tutorials", "venues",
    }
)  # fmt: skip


LONGEST = 80  # characters, before a number that tells equals apart


def validate_conference_slug(slug: str) -> None:
    """Raise ``ValidationError`` unless ``slug`` can be the first word of an address."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", slug):
        raise ValidationError(
            _("“%(slug)s” must be small letters a–z, digits and hyphens, a letter first."),
            code="form",
            params={"slug": slug},
        )
    if slug in RESERVED:
        raise ValidationError(
            _("“%(slug)s” is an address of this site; choose another, such as “%(slug)s-2026”."),
            code="reserved",
            params={"slug": slug},
        )
    if slug in LANG_INFO or re.fullmatch(r"[a-z]{2}(-[a-z]{2,4})?", slug):
        raise ValidationError(
            _("“%(slug)s” reads like a language; choose another, such as “%(slug)s-2026”."),
            code="language",
            params={"slug": slug},
        )


def free_slug(text: str, taken: QuerySet, fallback: str) -> str:
    """Return a slug for ``text`` that no row of ``taken`` has; ``fallback`` where nothing is left.

    Letters outside ASCII are kept: a Chinese name has no other address. Numbers tell equals apart.
    One query.
    """
    base = _base_of(text, fallback)
    used = set(taken.filter(slug__startswith=base).values_list("slug", flat=True))
    return _first_free(base, used)


def first_free_slug(text: str, used: Container[str], fallback: str) -> str:
    """``free_slug`` where the slugs that are taken are known already. No query."""
    return _first_free(_base_of(text, fallback), used)


def _base_of(text: str, fallback: str) -> str:
    base = slugify(text, allow_unicode=True)
    if len(base) > LONGEST:
        whole_words = base[: LONGEST + 1].rpartition("-")[0]
        base = whole_words or base[:LONGEST]
    return base.strip("-_") or fallback


def _first_free(base: str, used: Container[str]) -> str:
    candidates = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], candidates) if slug not in used)
