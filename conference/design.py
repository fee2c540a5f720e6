"""One page that shows all values and pieces of the look; how well each colour can be read."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conference import clock
from conference.colour import contrast, parse
from conference.pages import say_whose

TOKENS = Path("static/css/tokens.css")
BLOCKS = {"light": r"^:root,\s+\.theme-light \{([^}]*)\}", "dark": r"^\.theme-dark \{\n([^}]*)\}"}
TEXT = 4.5  # to 1: what WCAG 2.2 wants of text (1.4.3) …
SHAPE = 3.0  # … and of shapes that mean something (1.4.11)
# What each colour is put on, and whether it is read or only seen.
PAIRS = [
    *((name, paper, TEXT) for name in ("ink", "ink-2") for paper in ("paper", "paper-2")),
    *(
        (name, paper, TEXT)
        for name in ("accent", "accent-strong")
        for paper in ("paper", "paper-2")
    ),
    ("on-accent", "accent", TEXT),
    *((name, "paper", TEXT) for name in ("free", "few", "full", "mine", "bad")),
    *((name, "paper", SHAPE) for name in ("control", "focus")),
    *((f"track-{number}", "paper", SHAPE) for number in range(1, 13)),
]
SIZES = ["display", "xxl", "xl", "l", "m", "s", "xs"]


@dataclass(frozen=True)
class Pair:
    """A colour on its ground, in one theme."""

    name: str
    ground: str
    needed: float
    ratio: float

    @property
    def is_enough(self) -> bool:
        """Whether everybody can read or see it."""
        return self.ratio >= self.needed


@functools.cache
def tokens() -> dict[str, dict[str, str]]:
    """The values of ``static/css/tokens.css`` by theme and name."""
    css = (settings.BASE_DIR / TOKENS).read_text("utf-8")
    found = {}
    for theme, block in BLOCKS.items():
        match = re.search(block, css, re.MULTILINE)
        assert match, f"{TOKENS} has no block for {theme}"
        found[theme] = dict(re.findall(r"--([\w-]+):\s*([^;]+);", match[1]))
    return found


def pairs(theme: str) -> list[Pair]:
    """Every colour on what it stands on, with the contrast that it has there."""
    values = tokens()[theme]
    return [
        Pair(name, ground, needed, contrast(parse(values[name]), parse(values[ground])))
        for name, ground, needed in PAIRS
    ]


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """The page; the same for everybody."""
    starts_at = clock.now().replace(minute=0, second=0, microsecond=0)
    context = {
        "sizes": SIZES,
        "spaces": range(1, 9),
        "themes": [
            {"name": "light", "label": _("Light"), "pairs": pairs("light")},
            {"name": "dark", "label": _("Dark"), "pairs": pairs("dark")},
        ],
        "seats": [
            SimpleNamespace(word="free", text="95 seats free"),
            SimpleNamespace(word="few", text="Only 3 seats left"),
            SimpleNamespace(word="full", text="Full"),
        ],
        "marks": ["confirmed", "offered", "waitlisted"],
        "notes": ["info", "success", "warning", "error"],
        "tracks": range(1, 13),
        "days": [starts_at + timedelta(days=number) for number in range(3)],
        "page": Paginator(range(90), 10).get_page(4),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2, minutes=30),
    }
    response = render(request, "conference/design.html", context)
    say_whose(request, response)
    return response
