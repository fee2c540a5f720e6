"""How does text that people typed become a page? As Markdown with formulas, made harmless.

A formula is TeX between dollars, ``$x^2$``, or between double ones on lines of its own. It becomes
MathML, which browsers and screen readers know without a script.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

_SCHEMES = {"http", "https", "mailto"}


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Leave as text what would be no link of ours in the end, such as “<A0:>”."""
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", url, re.IGNORECASE)
        return super().validateLink(url) and (not scheme or scheme[1].lower() in _SCHEMES)


LONGEST_FORMULA = 2000  # characters; what is longer is no formula, and slow to read


def _formula(tex: str, options: dict[str, Any]) -> str:
    """TeX as MathML; as it was typed where it is no TeX that we can read."""
    is_block = options["display_mode"]
    if len(tex) <= LONGEST_FORMULA:
        try:
            return convert(tex, display="block" if is_block else "inline")
        except Exception:  # its faults have no class of their own, and come from within it too
            pass
    dollars = "$$" if is_block else "$"
    return f"<code>{escape(f'{dollars}{tex}{dollars}')}</code>"


# Typed HTML is shown as typed. Pictures would be fetched from elsewhere. Character references and
# backslashes stay as they are: in a plain text they were meant.
_parser = _Parser("commonmark", {"html": False}).disable(["image", "entity", "escape"])
_parser.enable(["table", "strikethrough"])
# “$5 and $10” is money: a formula neither begins nor ends with a space, nor before a digit.
_parser.use(
    dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, renderer=_formula
)

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_MATH_TAGS = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
}  # fmt: skip
# None that leads anywhere, and none that draws over the page.
_MATH_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnspacing", "display", "displaystyle", "fence",
    "form", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize",
    "movablelimits", "notation", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
    "symmetric", "width",
}  # fmt: skip


@functools.lru_cache(maxsize=2048)
def render(text: str, top: int = 3) -> SafeString:
    """Return Markdown as HTML that is safe to show; its highest headings become ``<h{top}>``.

    Text without any Markdown or formula in it comes out with every character it had.
    """
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + top - 1, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(
        html,
        tags=_TAGS | _MATH_TAGS,
        attributes={
            "a": {"href", "title"},
            "ol": {"start"},
            **dict.fromkeys(_MATH_TAGS, _MATH_ATTRIBUTES),
        },
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return mark_safe(cleaned)  # nh3 has just cleaned it
