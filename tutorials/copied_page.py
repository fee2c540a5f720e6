"""How does a page read where no server stands behind it?

What would need one is left out: forms, buttons, scripts and what is there for them, the seats of
the moment, and whatever a template marks with ``data-live``. Addresses are given to whoever knows
where things are in the copy. Every page works without JavaScript, so a copy has none.

Two kinds of address: those that a reader follows, and those by which a page tells other sites what
it is and which picture stands beside a link to it. The latter are read far from the page.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
# Given an address as it stands in the page; gives what is to stand there, or None for no attribute.
Readdress = Callable[[str], str | None]
# The same of one that other sites read.
InFull = Callable[[str], str]

ADDRESSES = {"href", "src", "poster"}
VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
# What other sites read: where the page itself is, and the picture of it.
OF_ITSELF = {"canonical", "shortlink"}
SHARED = {"og:url", "og:image"}
FOR_SCRIPTS = {"manifest", "preload", "modulepreload", "prefetch", "preconnect", "search"}


def copied(
    html: str, readdress: Readdress, note: str = "", in_full: InFull = lambda address: address
) -> str:
    """The page as it is in a copy; ``note`` is HTML that says so, at the head of its content.

    ``in_full`` is given what other sites read, which is left as it is otherwise.
    """
    page = _Page(readdress, in_full, note)
    page.feed(html)
    page.close()
    return "".join(page.written)


def addresses_in(html: str) -> list[str]:
    """Every address that the page has in a copy, in order."""
    found: list[str] = []

    def note_down(address: str) -> str:
        found.append(address)
        return address

    copied(html, note_down, in_full=note_down)
    return found


class _Page(HTMLParser):
    """Writes what it reads, without what is live and with other addresses."""

    def __init__(self, readdress: Readdress, in_full: InFull, note: str) -> None:
        super().__init__(convert_charrefs=False)
        self.readdress = readdress
        self.in_full = in_full
        self.note = note
        self.written: list[str] = []
        # Within something that is left out: its tag, and how many of that name are open.
        self.left_out = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self.left_out:
            self.depth += tag == self.left_out
        elif not _is_live(tag, dict(attrs)):
            self.written.append(self._start(tag, attrs))
            if tag == "main":
                self.written.append(self.note)
        elif tag not in VOID:
            self.left_out, self.depth = tag, 1

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if not self.left_out and not _is_live(tag, dict(attrs)):
            self.written.append(self._start(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self.left_out:
            self.written.append(f"</{tag}>")
        elif tag == self.left_out:
            self.depth -= 1
            if not self.depth:
                self.left_out = ""

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._write(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if not self.left_out:
            self.written.append(text)

    def _start(self, tag: str, attrs: Attributes) -> str:
        as_it_was = self.get_starttag_text() or ""
        kept = [(name, value) for name, value in attrs if not name.startswith("data-")]
        readdress: Readdress = self.in_full if _is_for_others(tag, dict(attrs)) else self.readdress
        addresses = {"content"} if _is_shared(tag, dict(attrs)) else ADDRESSES
        kept = [
            (name, readdress(value) if name in addresses and value else value)
            for name, value in kept
        ]
        kept = [pair for pair in kept if pair[0] not in ADDRESSES or pair[1] is not None]
        if kept == attrs:
            return as_it_was
        ends = " />" if as_it_was.endswith("/>") else ">"
        return f"<{tag}{''.join(_written(name, value) for name, value in kept)}{ends}"


def _is_live(tag: str, attrs: dict[str, str | None]) -> bool:
    if tag in ("form", "button") or not {
        "data-live",
        "data-seats-of",
        "data-seats-said",
    }.isdisjoint(attrs):
        return True
    if tag == "script":
        return attrs.get("type") != "application/ld+json"
    return tag == "link" and not FOR_SCRIPTS.isdisjoint((attrs.get("rel") or "").split())


def _is_for_others(tag: str, attrs: dict[str, str | None]) -> bool:
    rel = set((attrs.get("rel") or "").split())
    is_of_itself = tag == "link" and (not OF_ITSELF.isdisjoint(rel) or "hreflang" in attrs)
    return is_of_itself or _is_shared(tag, attrs)


def _is_shared(tag: str, attrs: dict[str, str | None]) -> bool:
    return tag == "meta" and attrs.get("property") in SHARED


def _written(name: str, value: str | None) -> str:
    return f" {name}" if value is None else f' {name}="{escape(value)}"'
