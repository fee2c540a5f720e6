"""How does text that people typed become a page? As Markdown, made harmless."""

from __future__ import annotations

import functools
import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_SCHEMES = {"http", "https", "mailto"}


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Leave as text what would be no link of ours in the end, such as “<A0:>”."""
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", url, re.IGNORECASE)
        return super().validateLink(url) and (not scheme or scheme[1].lower() in _SCHEMES)


# Typed HTML is shown as typed. Pictures would be fetched from elsewhere. Character references and
# backslashes stay as they are: in a plain text they were meant.
_parser = _Parser("commonmark", {"html": False}).disable(["image", "entity", "escape"])
_parser.enable(["table", "strikethrough"])

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@functools.lru_cache(maxsize=2048)
def render(text: str, top: int = 3) -> SafeString:
    """Return Markdown as HTML that is safe to show; its highest headings become ``<h{top}>``.

    Text without any Markdown in it comes out with every character it had.
    """
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + top - 1, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return mark_safe(cleaned)  # nh3 has just cleaned it
