"""What stands in the cells of a board, as HTML.

It is written here and not in a template because there may be three hundred tutorials on a page that
is made anew for each visitor: this takes a tenth of the time.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.board import Item, Row, Shown
from tutorials.star_and_seats import seats, star, star_label


class Cells:
    """Writes the cells of one page; what is the same for all of them is looked up once."""

    def __init__(self, conference: Conference, *, signed_in: bool) -> None:
        self.tutorials = reverse("tutorials:tutorial_list", args=[conference.slug])
        self.has_stars = conference.has_stars
        self.signed_in = signed_in
        self.star_label = star_label()
        self.no_room = escape(_("Room to be announced"))
        self.cancelled = escape(_("Cancelled"))

    def of(self, row: Row) -> SafeString:
        """The cells of a session, each an item of a list; its head says when it is."""
        return mark_safe(  # all that people wrote is escaped below
            "\n".join(
                f'<li class="board__cell at{cell.at}">'
                + "".join(self._slot(each) for each in cell.shown)
                + "</li>"
                for cell in row.cells
            )
        )

    def _slot(self, shown: Shown) -> str:
        item = shown.item
        track = f" track-{item.track.colour}" if item.track else ""
        title = escape(item.title)
        lines = []
        if item.is_cancelled:
            track += " is-cancelled"
            lines.append(f'<p class="cancelled">{self.cancelled}</p>')
        if item.presenters:
            lines.append(f'<p class="slot__who">{escape(", ".join(item.presenters))}</p>')
        star_of = f' data-star-of="{escape(item.slug)}"' if self.has_stars else ""
        return (
            f'<article class="slot{track}"{star_of}><h4 class="slot__title">'
            f'<a href="{self.tutorials}{quote(item.slug)}/">'
            f"{f'<s>{title}</s>' if item.is_cancelled else title}</a></h4>"
            f"{''.join(lines)}"
            f'<p class="slot__where">{self._track(item)}'
            f"<span>{escape(item.room) or self.no_room}</span></p>"
            f"{seats(shown.seats, shown.mark, item.slug)}{self._star(shown)}</article>"
        )

    def _track(self, item: Item) -> str:
        return f"<span>{escape(item.track.name)}</span>" if item.track else ""

    def _star(self, shown: Shown) -> str:
        if not self.has_stars:
            return ""
        item = shown.item
        return star(
            item.slug,
            item.title,
            is_starred=shown.is_starred,
            signed_in=self.signed_in,
            label=self.star_label,
        )
