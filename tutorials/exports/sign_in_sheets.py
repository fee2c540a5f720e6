"""Sheets to sign at the door, as a PDF to print: a sheet for each part of a tutorial and desk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from conference.dates import day_in_words
from conference.models import Conference
from conference.templatetags.site import zone
from tutorials.exports.attendance import WALK_IN, Part, Progress, Row, rows_by_part
from tutorials.exports.typesetting import typeset
from tutorials.models import Presenter, Registration, Tutorial

MOST_LINES = 3_000  # in one file: Typst takes a tenth of a megabyte for each
MOST_BLANK_LINES = 100
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Letters that are no plain one with a mark on it, and where a list in Latin letters has them.
CAPITALS = {"Æ": "AE", "Đ": "D", "Ð": "D", "Ħ": "H", "Ł": "L", "Ŋ": "N", "Ø": "O", "Œ": "OE",
            "Þ": "TH", "Ŧ": "T"}  # fmt: skip
LIKE = CAPITALS | {sign.lower(): like.lower() for sign, like in CAPITALS.items()}


class Paper(models.TextChoices):
    A4 = "a4", gettext_lazy("A4")
    LETTER = "us-letter", gettext_lazy("US Letter")


class TooManyLines(ValueError):
    """More than one file should hold; says what to do."""


class UnknownDesks(ValueError):
    """No way to split the alphabet; says how it is written."""


@dataclass(frozen=True)
class SheetOptions:
    """How the sheets are to look."""

    affiliation: bool = False
    blank_lines: int = 5  # for those who come without a registration, on every sheet
    desks: tuple[str, ...] = ()  # the last letters of all desks but the last; empty: one desk
    paper: str = Paper.A4


def desks_named(text: str) -> tuple[str, ...]:
    """What “K” or “H,P” says: the letters that desks end with, but for the last desk.

    Raises ``UnknownDesks``.
    """
    letters = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    if any(letter not in list(LETTERS[:-1]) for letter in letters) or letters != tuple(
        sorted(set(letters))
    ):
        raise UnknownDesks(
            _(
                "Desks are split after letters from A to Y, such as “K” for A–K and L–Z, or “H,P” "
                "for three."
            )
        )
    return letters


def desk_titles(desks: Sequence[str]) -> list[str]:
    """“A–K”, “L–Z”; names that begin with no Latin letter are at the last desk, which says so."""
    if not desks:
        return [""]
    firsts = ["A", *(LETTERS[LETTERS.index(last) + 1] for last in desks)]
    spans = zip(firsts, desks, strict=False)
    titles = [first if first == last else f"{first}–{last}" for first, last in spans]
    return [*titles, _("%(letters)s and other scripts") % {"letters": f"{firsts[-1]}–Z"}]


def desk_of(sort_name: str, desks: Sequence[str]) -> int:
    """The number of the desk where somebody of that sort name signs."""
    letter = _initial(sort_name)
    if letter is None:
        return len(desks)
    return sum(letter > last for last in desks)


def _initial(sort_name: str) -> str | None:
    """The Latin letter that a name is sorted by, from A to Z; None where it has another script."""
    for each in _plain(sort_name).upper():
        if each in LETTERS:
            return each
        if each.isalpha():
            return None
    return None


def _plain(text: str) -> str:
    """Each letter without its marks, as lists in Latin letters are sorted."""
    letters = (LIKE.get(each, each) for each in unicodedata.normalize("NFKD", text))
    return "".join(each for each in letters if not unicodedata.combining(each[0]))


def sign_in_sheets(
    conference: Conference,
    tutorials: Sequence[Tutorial] | None = None,
    *,
    day: date | None = None,
    options: SheetOptions | None = None,
    progress: Progress | None = None,
) -> bytes:
    """The sheets as a PDF, in the language of the page. ``tutorials`` None: of all that are on.

    Raises ``TooManyLines``, and ``CannotTypeset``.
    """
    options = options or SheetOptions()
    presenters = _presenters(conference, tutorials)
    sheets: list[dict[str, Any]] = []
    lines = 0
    found = rows_by_part(conference, tutorials, day=day, with_email=False, progress=progress)
    for part, rows in found:
        if tutorials is None and not rows and not _is_on(part):
            continue
        for sheet in _of_part(conference, part, rows, options):
            sheet["presenters"] = presenters.get(part.tutorial.pk, "")
            lines += sum(len(sheet[kind]) for kind in ("people", "blank", "waiting"))
            sheets.append(sheet)
        if lines > MOST_LINES:
            raise TooManyLines(
                _("That is more than %(number)d lines. Choose a day, or some tutorials.")
                % {"number": MOST_LINES}
            )
    if not sheets:
        raise TooManyLines(_("There is nothing to print: no tutorial has a released time then."))
    return typeset("sign_in_sheets.typ", _document(conference, sheets, options))


def _is_on(part: Part) -> bool:
    return part.slot is not None and part.tutorial.status == Tutorial.Status.PUBLISHED


def _document(
    conference: Conference, sheets: list[dict[str, Any]], options: SheetOptions
) -> dict[str, Any]:
    return {
        "title": _("Sign-in sheets, %(conference)s") % {"conference": conference.name},
        "language": (get_language() or "en").split("-")[0],
        "paper": Paper(options.paper).value,
        "affiliation": options.affiliation,
        "words": {
            "number": _("No."),
            "name": _("Name"),
            "affiliation": _("Affiliation"),
            "signature": _("Signature"),
            "status": _("Status"),
            "walk_ins": _("Not on the list") if conference.takes_registrations else _("Who comes"),
            "waiting": _("Waiting list, in order"),
            "nobody": _("Nobody is on this list."),
            # Translators: keep the words in braces as they are.
            "page": _("Page {page} of {pages}"),
        },
        "sheets": sheets,
    }


def _of_part(
    conference: Conference, part: Part, rows: list[Row], options: SheetOptions
) -> Iterator[dict[str, Any]]:
    """A sheet for each desk. The numbers run on, so that one means one person of the part."""
    waiting = [row for row in rows if row.status == Registration.Status.WAITLISTED]
    others = [row for row in rows if row.status != Registration.Status.WAITLISTED]
    others.sort(key=lambda row: (row.status == WALK_IN, _plain(row.sort_name).casefold()))
    titles = desk_titles(options.desks)
    number = 0
    for desk, title in enumerate(titles):
        here = [row for row in others if desk_of(row.sort_name, options.desks) == desk]
        queue = waiting if desk == len(titles) - 1 else []
        people = [_line(number + n, row, conference) for n, row in enumerate(here, 1)]
        number += len(here)
        blank = range(number + 1, number + 1 + options.blank_lines)
        number += options.blank_lines
        heading = str(part.tutorial)
        yield {
            "heading": heading,
            # The desk first: the footer cuts off what is too long for one line.
            "running": f"{title} · {heading}" if title else heading,
            "where": _where(conference, part),
            "desk": title,
            "people": people,
            "blank": [_blank(n) for n in blank],
            "waiting": [_line(row.position or 0, row, conference) for row in queue],
        }


def _line(number: int, row: Row, conference: Conference) -> dict[str, str]:
    return {
        "number": str(number),
        "name": _printable(row.name),
        "affiliation": _printable(row.affiliation),
        "status": _status(row, conference),
    }


def _blank(number: int) -> dict[str, str]:
    return {"number": str(number), "name": "", "affiliation": "", "status": ""}


def _status(row: Row, conference: Conference) -> str:
    """What whoever stands at the door must know; nothing where somebody just signs."""
    if row.checked_in_at and conference.checks_in:
        return _("checked in")
    if row.status == Registration.Status.OFFERED:
        return _("seat offered")
    return ""


def _printable(text: str) -> str:
    """Without the signs that are no characters, for which no font has a glyph."""
    return "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)


def _where(conference: Conference, part: Part) -> str:
    """“Hall A · Monday 23 March 2026, 09:00–11:30, CET (Europe/Berlin)”."""
    if part.slot is None or part.starts_at is None:
        return _("Time to be announced")
    ends = conference.local(part.slot.session.ends_at)
    when = f"{part.starts_at:%H:%M}–{ends:%H:%M}, {zone(conference, part.starts_at)}"
    said = f"{day_in_words(part.starts_at)}, {when}"
    return " · ".join(filter(None, [part.room, part.slot.session.title, said]))


def _presenters(conference: Conference, tutorials: Iterable[Tutorial] | None) -> dict[int, str]:
    """Who presents each tutorial, by its id, as it is now. One query."""
    rows = Presenter.objects.filter(tutorial__conference=conference)
    if tutorials is not None:
        rows = rows.filter(tutorial__in=[tutorial.pk for tutorial in tutorials])
    lines: dict[int, list[str]] = {}
    for presenter in rows.select_related("person").order_by("tutorial", "position", "pk"):
        lines.setdefault(presenter.tutorial_id, []).append(str(presenter))
    return {pk: ", ".join(names) for pk, names in lines.items()}
