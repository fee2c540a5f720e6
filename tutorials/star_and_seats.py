"""What stands beside a tutorial wherever it is listed: its star and its seats, as HTML.

Written here and not in templates: there may be three hundred on a page that is made anew for each
visitor, and this takes a tenth of the time.
"""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tutorials.models import Registration
from tutorials.programme import Seats

Status = Registration.Status

SHAPE = '<span class="seats__shape" aria-hidden="true"></span>'


def star_label() -> str:
    """What the button is called, with a place for the title. Who draws hundreds asks once."""
    return _("Star “%(title)s”")


def star(
    slug: str, title: str, *, is_starred: bool, signed_in: bool, label: str = ""
) -> SafeString:
    """The button by which a visitor stars a tutorial.

    Beside all of them, once for each page, goes ``tutorials/_stars.html``, whose form and script
    make them work; a stranger's is hidden until the script is there. What it stands on, where that
    is to be hidden when only the starred ones are shown, has ``data-star-of`` with the slug.
    ``label`` is that of ``star_label``.
    """
    called = escape((label or star_label()) % {"title": title})
    un, pressed = ("un", "true") if is_starred else ("", "false")
    works = ' form="stars"' if signed_in else " hidden"
    return mark_safe(  # all that people wrote is escaped
        f'<button class="star" name="{un}star" value="{escape(slug)}" aria-pressed="{pressed}"'
        f' aria-label="{called}"{works}></button>'
    )


def seats(seats: Seats | None, mark: str, slug: str) -> SafeString:
    """What the visitor has here, else how much room there is: a shape, a word and a number.

    ``seats`` are those of ``programme.seats_shown``: None or unlimited says nothing. ``mark`` is a
    registration's status, or empty. ``seats.js`` keeps the number true on an open page.
    """
    if mark:
        kind, text = _mine(mark)
        return mark_safe(f'<p class="seats seats--{kind}">{SHAPE}{escape(text)}</p>')
    said = seats.text if seats else ""
    if not seats or not said:
        return SafeString()
    return mark_safe(
        f'<p class="seats seats--{seats.word}" data-seats-of="{escape(slug)}">{SHAPE}'
        f'<span class="seats__text">{escape(said)}</span></p>'
    )


def _mine(mark: str) -> tuple[str, str]:
    if mark == Status.CONFIRMED:
        return "mine", _("You are registered")
    if mark == Status.OFFERED:
        return "mine", _("A seat is held for you")
    return "waiting", _("You are on the waiting list")
