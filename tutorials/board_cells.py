"""What stands in the cells of a board, as HTML.

It is written here and not in a template because there may be three hundred tutorials on a page that
is made anew for each visitor: this takes a tenth of the time. What other pages show too, a star and
the state of the seats, looks as in ``_star.html`` and ``_seats.html``; a test holds them equal.
"""

from __future__ import annotations

from functools import cache
from html import escape
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.board import Item, Row, Shown
from tutorials.models import Registration
from tutorials.programme import Seats

Status = Registration.Status


class Cells:
    """Writes the cells of one page; what is the same for all of them is looked up once."""

    def __init__(self, conference: Conference, *, signed_in: bool) -> None:
        self.tutorials = reverse("tutorials:tutorial_list", args=[conference.slug])
        self.has_stars = conference.has_stars
        self.star_end = ' form="stars"' if signed_in else " hidden"
        self.star_label = escape(_("Star “%(title)s”"))
        self.no_room = escape(_("Room to be announced"))
        self.cancelled = escape(_("Cancelled"))
        self.marks = {
            Status.CONFIRMED.value: ("mine", escape(_("You are registered"))),
            Status.OFFERED.value: ("mine", escape(_("A seat is held for you"))),
            Status.WAITLISTED.value: ("waiting", escape(_("You are on the waiting list"))),
        }
        self.text_of = cache(lambda seats: escape(seats.text))

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
            f"{self.seats(shown.seats, shown.mark, item.slug)}"
            f"{self.star(item.slug, title, is_starred=shown.is_starred)}</article>"
        )

    def _track(self, item: Item) -> str:
        return f"<span>{escape(item.track.name)}</span>" if item.track else ""

    def seats(self, seats: Seats | None, mark: str, slug: str) -> str:
        """What the visitor has here, else how much room there is."""
        shape = '<span class="seats__shape" aria-hidden="true"></span>'
        if mark:
            kind, text = self.marks[mark]
            return f'<p class="seats seats--{kind}">{shape}{text}</p>'
        text = self.text_of(seats) if seats else ""
        if not text or not seats:
            return ""
        return (
            f'<p class="seats seats--{seats.word}" data-seats-of="{escape(slug)}">{shape}'
            f'<span class="seats__text">{text}</span></p>'
        )

    def star(self, slug: str, title: str, *, is_starred: bool) -> str:
        """The button; ``title`` is escaped."""
        if not self.has_stars:
            return ""
        return (
            f'<button class="star" name="{"un" if is_starred else ""}star" value="{escape(slug)}"'
            f' aria-pressed="{"true" if is_starred else "false"}"'
            f' aria-label="{self.star_label % {"title": title}}"{self.star_end}></button>'
        )
