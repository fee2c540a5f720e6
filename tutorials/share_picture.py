"""The picture that stands beside a link to a page, in a chat or a social network.

It is drawn with the fonts that come with us, script by script. What none of them has is left out,
such as emoji.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont

from conference.addresses import absolute
from conference.colour import OURS, shades
from conference.dates import day_in_words, short_day_in_words
from conference.models import Conference
from tutorials.models import Slot, Tutorial

WIDTH, HEIGHT = 1200, 630
LOOK = 1  # of what draw() makes; another number makes every picture a new one

FONTS = Path(__file__).resolve().parent / "exports" / "fonts"
REGULAR, BOLD = FONTS / "NotoSans-Regular.ttf", FONTS / "NotoSans-Bold.ttf"
HAN, HANGUL = FONTS / "NotoSansCJK-Han.otf", FONTS / "NotoSansCJK-Hangul.otf"

# As --paper, --ink, --ink-2 and --hairline of static/css/tokens.css on light paper.
PAPER, INK, INK_2, HAIRLINE = "#fdfcf9", "#1d1c1a", "#5d5950", "#ddd8cc"
BAR, MARGIN = 20, 84
ACROSS = WIDTH - 2 * MARGIN
TITLE_SIZES = (78, 68, 58, 50, 44)
TITLE_HEIGHT = 300
LEADING = 1.2  # of a line, to the size of its letters
LONGEST = 300  # characters
ELLIPSIS = "…"


@dataclass(frozen=True)
class Picture:
    """What a share picture says."""

    head: str
    title: str
    below: str
    foot: str
    colour: str  # as in #1f5c99; any, since it is made readable

    @property
    def version(self) -> str:
        """Another one for a picture that looks otherwise; it stands in the address."""
        said = "\0".join((str(LOOK), *astuple(self)))
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def address_of(
    conference: Conference, tutorial: Tutorial | None = None, slots: Sequence[Slot] = ()
) -> str:
    """The whole address of the picture of a tutorial, or of the conference. No query."""
    if tutorial:
        path = reverse("tutorials:tutorial_picture", args=[conference.slug, tutorial.slug])
        picture = of_tutorial(tutorial, slots)
    else:
        path = reverse("tutorials:conference_picture", args=[conference.slug])
        picture = of_conference(conference)
    return absolute(f"{path}?v={picture.version}")


def of_tutorial(tutorial: Tutorial, slots: Sequence[Slot]) -> Picture:
    """The picture of a tutorial with its released slots. Wants presenters prefetched; no query."""
    names = ", ".join(presenter.person.name for presenter in tutorial.presenters.all())
    conference = tutorial.conference
    foot = _("Cancelled") if tutorial.is_cancelled else _when_and_where(conference, slots)
    return Picture(conference.name, tutorial.title, names, foot, conference.colour or OURS)


def of_conference(conference: Conference) -> Picture:
    """The picture of all other pages of a conference."""
    days = day_in_words(conference.starts_on)
    if conference.ends_on > conference.starts_on:
        days = f"{short_day_in_words(conference.starts_on)} – {day_in_words(conference.ends_on)}"
    place = ", ".join(part for part in (conference.city, conference.country) if part)
    return Picture(
        _("Tutorials"), conference.name, conference.full_name,
        " · ".join(part for part in (days, place) if part), conference.colour or OURS,
    )  # fmt: skip


def _when_and_where(conference: Conference, slots: Sequence[Slot]) -> str:
    if not slots:
        return _("Time to be announced")
    starts = conference.local(slots[0].session.starts_at)
    ends = conference.local(slots[0].session.ends_at)
    said = [f"{day_in_words(starts)}, {starts:%H:%M}–{ends:%H:%M}"]
    if len(slots) > 1:
        more = len(slots) - 1
        text = ngettext("and %(more)d more part", "and %(more)d more parts", more)
        said.append(text % {"more": more})
    elif slots[0].room:
        said.append(slots[0].room.name)
    return " · ".join(said)


def draw(picture: Picture) -> bytes:
    """The picture as a PNG."""
    accent = shades(picture.colour)["accent"]
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, BAR, HEIGHT), fill=accent)
    _write(pen, [_cut(_drawable(picture.head), BOLD, 34)], BOLD, 34, 112, INK_2)
    size, lines = _title(_drawable(picture.title))
    y = _write(pen, lines, BOLD, size, 136 + size * LEADING, INK)
    below = _wrapped(_drawable(picture.below), REGULAR, 34, at_most=2)
    _write(pen, below, REGULAR, 34, y - (size - 34) * LEADING + 22, INK)
    pen.line((MARGIN, 536, WIDTH - MARGIN, 536), fill=HAIRLINE, width=2)
    _write(pen, [_cut(_drawable(picture.foot), BOLD, 32)], BOLD, 32, 586, accent)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def _drawable(text: str) -> str:
    """What can be drawn of a text, and no more than may be seen."""
    known = (letter for letter in text[:LONGEST] if letter.isspace() or _font_for(letter, REGULAR))
    return " ".join("".join(known).split())


def _title(text: str) -> tuple[int, list[str]]:
    """The largest size at which a title has room, and its lines; the smallest cuts it."""
    for size in TITLE_SIZES:
        room = int(TITLE_HEIGHT / (size * LEADING))
        lines = _wrapped(text, BOLD, size)
        if len(lines) <= room:
            return size, lines
    return size, _wrapped(text, BOLD, size, at_most=room)


def _wrapped(text: str, font: Path, size: int, at_most: int = 0) -> list[str]:
    """A text in lines that fit; of more than ``at_most`` the last one kept says so."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if _length(joined, font, size) <= ACROSS:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, font, size)
        lines += full
    if line:
        lines.append(line)
    if at_most and len(lines) > at_most:
        lines = [*lines[: at_most - 1], _cut(" ".join(lines[at_most - 1 :]), font, size)]
    return lines


def _broken(word: str, font: Path, size: int) -> list[str]:
    """A word in pieces that fit: a long one, or a sentence in a script that knows no spaces."""
    return _pieces(word, lambda piece: _length(piece, font, size) <= ACROSS)


def _pieces(word: str, fits: Callable[[str], bool]) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and not unicodedata.combining(letter) and not fits(pieces[-1] + letter):
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _cut(text: str, font: Path, size: int) -> str:
    """A text in one line, the end left out where it is too long."""
    if _length(text, font, size) <= ACROSS:
        return text
    first = _pieces(text, lambda piece: _length(piece + ELLIPSIS, font, size) <= ACROSS)[0]
    return first.rstrip() + ELLIPSIS


def _write(
    pen: ImageDraw.ImageDraw, lines: list[str], font: Path, size: int, y: float, fill: str
) -> float:
    """Lines, the first on the base line ``y``; from the right what is read from there.

    Returns where the base line of the next one would be.
    """
    from_the_right = _is_read_from_the_right("".join(lines))
    for line in lines:
        x: float = WIDTH - MARGIN if from_the_right else MARGIN
        for path, piece in _runs(line, font):
            length = _font(path, size).getlength(piece)
            start = x - length if from_the_right else x
            pen.text((start, y), piece, font=_font(path, size), fill=fill, anchor="ls")
            x = start if from_the_right else start + length
        y += size * LEADING
    return y


def _length(text: str, font: Path, size: int) -> float:
    return sum(_font(path, size).getlength(piece) for path, piece in _runs(text, font))


def _is_read_from_the_right(text: str) -> bool:
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _runs(text: str, font: Path) -> Iterator[tuple[Path, str]]:
    """A ``_drawable`` text in pieces of one font each."""
    path, piece = font, ""
    for letter in text:
        found = path
        if not (letter.isspace() or _has(path, letter)):
            found = _font_for(letter, font) or path
        if found != path:
            if piece:
                yield path, piece
            path, piece = found, ""
        piece += letter
    if piece:
        yield path, piece


def _font_for(letter: str, usual: Path) -> Path | None:
    """The font that has a letter: the usual one, that of its script, or one with many signs."""
    for path in (usual, _font_of_script(letter), HAN):
        if path and _has(path, letter):
            return path
    return None


@cache
def _scripts() -> dict[str, Path]:
    """The fonts by the words that the names of their letters begin with: “NEWTAILUE”."""
    found = {}
    for path in FONTS.glob("Noto*-Regular.ttf"):
        script = path.stem.removesuffix("-Regular").removeprefix("NotoSans")
        found[script.removeprefix("NotoSerif").upper()] = path
    found["CANADIAN"] = found["CANADIANABORIGINAL"]
    found |= {"HANGUL": HANGUL, "CJK": HAN, "HIRAGANA": HAN, "KATAKANA": HAN, "FULLWIDTH": HAN}
    return found


@lru_cache(4096)
def _font_of_script(letter: str) -> Path | None:
    words = unicodedata.name(letter, "").split()
    for number in (3, 2, 1):
        if path := _scripts().get("".join(words[:number])):
            return path
    return None


@lru_cache(4096)
def _has(path: Path, letter: str) -> bool:
    """Whether a font has a letter: otherwise it draws what it draws for any that it lacks."""
    font = _font(path, 40)
    drawn, lacking = font.getmask(letter), font.getmask("\uffff")
    return drawn.size != lacking.size or bytes(drawn) != bytes(lacking)


@lru_cache(64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)
