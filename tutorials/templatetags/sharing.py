"""What pages tell other sites about themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from conference.models import Conference
from tutorials import share_picture
from tutorials.feeds.jsonld import tutorial_json_ld
from tutorials.models import Slot, Tutorial

register = template.Library()

# What is Markdown's and not the writer's: marks, and where links lead.
_MARKS = re.compile(r"\]\([^)]*\)|[*`|\[\]]+|(?<!\w)_+|_+(?!\w)|^[ \t]*(?:#+[ \t]|>)", re.MULTILINE)


@register.simple_tag
def share_picture_of(
    conference: Conference, tutorial: Tutorial | None = None, slots: Sequence[Slot] = ()
) -> str:
    """The whole address of the picture of a tutorial, or of the conference."""
    return share_picture.address_of(conference, tutorial, slots)


@register.simple_tag
def json_ld_of(tutorial: Tutorial, slots: Sequence[Slot]) -> SafeString:
    """What search engines read of a tutorial: data, which no browser runs."""
    told = json.dumps(tutorial_json_ld(tutorial, slots), ensure_ascii=False)
    for sign in "<>&":  # so that nothing in it ends the element
        told = told.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(f'<script type="application/ld+json">{told}</script>')


@register.filter
def in_short(text: str, letters: int = 200) -> str:
    """The beginning of a Markdown text as one plain line, cut after a word."""
    plain = " ".join(_MARKS.sub("", text).split())
    if len(plain) <= letters:
        return plain
    return f"{plain[:letters].rpartition(' ')[0] or plain[:letters]} …"
