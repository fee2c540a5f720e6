"""How does a mail look in a program that shows HTML? The same words as its text, typeset.

A mail is written once, as plain text. Its paragraphs are told apart by their form: a line that ends
in a colon above an address is a link with that label (the first one a button, unless another
follows at once), lines indented by two are facts such as when and where, by four a code, and what
follows ``-- `` is the foot (RFC 3676, 4.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from django.template.loader import render_to_string
from django.utils.translation import get_language

from conference.colour import OURS, shades

SIGNATURE = "-- "
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Block:
    """A piece of a mail."""

    kind: str  # "paragraph", "facts", "code", "button", "link" or "foot"
    lines: list[str] = field(default_factory=list)
    url: str = ""


def html_of(text: str, *, title: str, heading: str, colour: str = "") -> str:
    """The HTML part of a mail. ``heading`` stands at its top, ``colour`` is the accent.

    Whatever the text holds is shown as text; nothing is fetched from anywhere.
    """
    context = {
        "blocks": blocks_of(text),
        "title": title,
        "heading": heading,
        "language": get_language(),
        "light": _shades(colour, dark=False),
        "dark": _shades(colour, dark=True),
    }
    return render_to_string("conference/mail.html", context)


def blocks_of(text: str) -> list[Block]:
    """The pieces of a mail's text, in order."""
    body, _mark, foot = text.partition(f"\n{SIGNATURE}\n")
    paragraphs = re.split(r"\n\s*\n", body.strip("\n"))
    blocks = [_block(paragraph.split("\n")) for paragraph in paragraphs if paragraph.strip()]
    links = [number for number, block in enumerate(blocks) if block.kind == "link"]
    if links and links[0] + 1 not in links:
        blocks[links[0]] = replace(blocks[links[0]], kind="button")
    if foot.strip():
        blocks.append(Block("foot", foot.strip().split("\n")))
    return blocks


def _block(lines: list[str]) -> Block:
    last = lines[-1].strip()
    if len(lines) <= 2 and _ADDRESS.fullmatch(last):
        return Block("link", [lines[0].strip().removesuffix(":")], last)
    for indent, kind in ((4, "code"), (2, "facts")):
        if all(line.startswith(" " * indent) for line in lines):
            return Block(kind, [line.strip() for line in lines])
    return Block("paragraph", lines)


def _shades(colour: str, *, dark: bool) -> dict[str, str]:
    found = shades(colour or OURS, dark=dark)
    return {"accent": found["accent"], "on_accent": found["on-accent"]}
