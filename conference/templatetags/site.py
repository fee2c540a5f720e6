"""What the templates of every app share: text, times, languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.http import escape_leading_slashes
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, pgettext_lazy

from conference import clock
from conference import markdown as markdown_text
from conference.addresses import LISTED, absolute, in_language, without_prefix
from conference.dates import (
    day_in_words,
    duration_in_words,
    moment_in_words,
    short_day_in_words,
)
from conference.models import Conference

register = template.Library()

# Those that are called otherwise in other languages, such as “MEZ” in German.
ZONE_NAMES = {
    "CET": pgettext_lazy("time zone", "CET"),
    "CEST": pgettext_lazy("time zone", "CEST"),
    "EET": pgettext_lazy("time zone", "EET"),
    "EEST": pgettext_lazy("time zone", "EEST"),
    "WET": pgettext_lazy("time zone", "WET"),
    "WEST": pgettext_lazy("time zone", "WEST"),
}


@register.filter
def markdown(text: str, top: int = 3) -> SafeString:
    """Markdown as HTML; its highest headings are of the level ``top``, below what they are in."""
    return markdown_text.render(text, top)


@register.filter
def day(value: date | datetime) -> str:
    """“Monday 23 March 2026”, in the zone that is active."""
    return day_in_words(_local(value))


@register.filter
def short_day(value: date | datetime) -> str:
    """“Monday 23 March”."""
    return short_day_in_words(_local(value))


@register.filter
def moment(value: datetime) -> str:
    """“Monday 23 March 2026, 09:00”, in the zone that is active."""
    return moment_in_words(timezone.localtime(value))


@register.filter
def duration(value: timedelta) -> str:
    """“2 h 30 min”."""
    return duration_in_words(value)


@register.simple_tag
def times(starts_at: datetime, ends_at: datetime) -> SafeString:
    """“09:00–11:30”, each told to machines with its offset; a later day is named."""
    starts, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    until = f"{ends:%H:%M}" if starts.date() == ends.date() else moment(ends)
    return format_html(
        '<span class="times"><time datetime="{}">{}</time>–<time datetime="{}">{}</time></span>',
        starts.isoformat(), f"{starts:%H:%M}", ends.isoformat(), until,
    )  # fmt: skip


@register.simple_tag
def zone(conference: Conference, at: datetime | date | None = None) -> str:
    """“CET (Europe/Berlin)”: the zone of a conference as it is called on that day.

    Without a time, or where the zone has no short name, “Europe/Berlin”.
    """
    if isinstance(at, datetime):
        name = conference.local(at).strftime("%Z")
        if name.isalpha():
            return f"{ZONE_NAMES.get(name, name)} ({conference.time_zone})"
    return conference.time_zone


@register.simple_tag
def clock_reading(conference: Conference | None) -> str:
    """What the clock of the site shows, in the zone of the conference, which is named."""
    with timezone.override(conference.tz if conference else None):
        return f"{moment(clock.now())} ({timezone.get_current_timezone_name()})"


@register.simple_tag
def code_minutes() -> int:
    """For how many minutes a mailed code is valid."""
    return settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60


@register.filter
def page_numbers(page: Page) -> Iterator[int | str]:
    """The numbers of the first and last pages and those around this one, “…” between them."""
    return page.paginator.get_elided_page_range(page.number)


@register.simple_tag(takes_context=True)
def other_languages(context: template.Context) -> list[dict[str, str]]:
    """The same page in each language but this one: ``code``, ``name`` in that language, ``url``."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    current, here = translation.get_language(), request.get_full_path()
    others = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": escape_leading_slashes(translate_url(here, code)),
        }
        for code, _name in settings.LANGUAGES
        if code != current
    ]
    # Where no page is there is none in another language either.
    return [each for each in others if each["url"] != escape_leading_slashes(here)]


@register.simple_tag(takes_context=True)
def search_addresses(context: template.Context) -> dict[str, Any]:
    """What search engines are told of this page; empty for one that they are to leave out.

    ``canonical`` is its address without what was asked for (a page, a day, a filter), and
    ``languages`` the same in every language, this one included, by ``code`` and ``url``.
    """
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    if request is None or match is None or match.view_name not in LISTED:
        return {}
    codes = [code for code, _name in settings.LANGUAGES]
    languages = [{"code": code, "url": absolute(in_language(request.path, code))} for code in codes]
    english = absolute(in_language(request.path, settings.LANGUAGE_CODE))
    languages.append({"code": "x-default", "url": english})
    return {"canonical": absolute(request.path), "languages": languages}


@register.simple_tag
def unprefixed(name: str, *args: str) -> str:
    """The address of a document for machines, which is the same in every language."""
    return without_prefix(name, *args)


@register.simple_tag
def absolute_address(path: str) -> str:
    """An address with the site in front, to copy into another program."""
    return absolute(path)


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value
