"""Which pages are there for search engines? A sitemap (sitemaps.org), every language of each.

Above 50,000 addresses, which is as many as a file may hold, it is an index of several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.db.models import Max
from django.urls import reverse

from conference.addresses import absolute, in_language
from conference.models import Conference, address_in
from tutorials.models import Presenter, Schedule, Tutorial

MOST = 50_000
Page = tuple[str, datetime | None]  # the English path, and when it changed, where that is known
TEXTS = {
    "imprint": "imprint",
    "privacy_notice": "privacy",
    "code_of_conduct": "code_of_conduct",
}


def sitemap(number: int | None = None) -> bytes | None:
    """The sitemap, or the index of its parts; with a number that part. None for one too many."""
    pages = list(_pages())
    languages = [code for code, _name in settings.LANGUAGES]
    per_part = MOST // len(languages)
    parts = max(1, -(-len(pages) // per_part))
    if number is None and parts > 1:
        return _index(parts)
    number = number or 1
    if not 1 <= number <= parts:
        return None
    start = (number - 1) * per_part
    return _addresses(islice(pages, start, start + per_part), languages)


def _pages() -> Iterator[Page]:
    """The public pages of every edition, the newest first. Four queries."""
    versions = dict(
        Schedule.objects.filter(number__isnull=False)
        .order_by()
        .values_list("conference")
        .annotate(Max("released_at"))
    )
    tutorials: dict[int, list[tuple[str, datetime]]] = {}
    rows = Tutorial.objects.public().order_by("pk").values_list("conference", "slug", "updated_at")
    for pk, slug, at in rows:
        tutorials.setdefault(pk, []).append((slug, at))
    presenters: dict[int, list[str]] = {}
    billed = Presenter.objects.filter(tutorial__in=Tutorial.objects.public()).order_by()
    slugs = billed.values_list("tutorial__conference", "person__slug").distinct()
    for pk, slug in sorted(slugs):
        presenters.setdefault(pk, []).append(slug)
    for conference in Conference.objects.all():
        theirs = tutorials.get(conference.pk, [])
        released_at = versions.get(conference.pk)
        yield from _main_pages(conference, theirs, released_at)
        for slug, at in theirs:
            latest = max(at, released_at) if released_at else at
            yield reverse("tutorials:tutorial_detail", args=[conference.slug, slug]), latest
        for slug in presenters.get(conference.pk, []):
            yield reverse("tutorials:presenter_detail", args=[conference.slug, slug]), None


def _main_pages(
    conference: Conference, tutorials: Iterable[tuple[str, datetime]], released_at: datetime | None
) -> Iterator[Page]:
    times = [at for _slug, at in tutorials] + ([released_at] if released_at else [])
    latest = max(times, default=None)
    for name, at in (
        ("home", latest),
        ("tutorial_list", latest),
        ("schedule", released_at),
        ("schedule_changes", released_at),
        ("presenter_list", None),
        ("venue_list", None),
    ):
        yield reverse(f"tutorials:{name}", args=[conference.slug]), at
    for field, name in TEXTS.items():
        text = getattr(conference, field).strip()
        if text and not address_in(text):
            yield reverse(f"tutorials:{name}", args=[conference.slug]), None


def _addresses(pages: Iterable[Page], languages: list[str]) -> bytes:
    root = Element(
        "urlset",
        {
            "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
            "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
        },
    )
    for path, at in pages:
        each = {code: absolute(in_language(path, code)) for code in languages}
        named = [*each.items(), ("x-default", each[settings.LANGUAGE_CODE])]
        for address in each.values():
            url = SubElement(root, "url")
            SubElement(url, "loc").text = address
            if at:
                SubElement(url, "lastmod").text = at.isoformat(timespec="seconds")
            for code, other in named:
                SubElement(url, "xhtml:link", rel="alternate", hreflang=code, href=other)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _index(parts: int) -> bytes:
    root = Element("sitemapindex", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for number in range(1, parts + 1):
        part = SubElement(root, "sitemap")
        SubElement(part, "loc").text = absolute(f"{reverse('sitemap')}?part={number}")
    return tostring(root, encoding="utf-8", xml_declaration=True)
