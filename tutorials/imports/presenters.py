"""Who is named in a line of presenters, and with which affiliation?"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from tutorials.imports.programme import ImportedPresenter

LONGEST = 5000  # characters
# Between presenters, outside of brackets: a comma or semicolon, a following “and”, or “and” alone.
BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+")
# A name and its affiliation in brackets; what stands inside is masked by then.
BILLED = re.compile(r"(?P<name>[^()]*)(?P<brackets>\(\0*\))?")


def presenters_of(text: str) -> tuple[ImportedPresenter, ...]:
    """The people in “Ada Lovelace (EPFL, LIONS), Alan Turing”, in their order.

    A comma in brackets belongs to the affiliation, and brackets may hold brackets. Raises
    ``ValueError`` with a sentence for people if it cannot be told who is meant.
    """
    if len(text) > LONGEST:
        raise ValueError(_("This line of presenters is too long to be one."))
    masked = _mask_brackets(text)
    if "," in masked and ";" in masked:
        raise ValueError(
            _("Presenters are divided by “,” here and by “;” there. Put affiliations in brackets.")
        )
    found, begins = [], 0
    for separator in [*BETWEEN.finditer(masked), None]:
        ends = separator.start() if separator else len(masked)
        found.append(_presenter(text[begins:ends], masked[begins:ends]))
        begins = separator.end() if separator else ends
    return tuple(found)


def _presenter(text: str, masked: str) -> ImportedPresenter:
    match = BILLED.fullmatch(masked.rstrip())
    if not match:
        raise ValueError(
            _("“%(text)s”: a name comes first, then one affiliation in brackets.")
            % {"text": text.strip()}
        )
    name = text[: match.end("name")].strip()
    if not name:
        raise ValueError(_("A presenter has no name."))
    brackets = text[match.start("brackets") : match.end("brackets")] if match["brackets"] else ""
    return ImportedPresenter(name, brackets[1:-1].strip())


def _mask_brackets(text: str) -> str:
    """The text with everything inside of the outermost brackets made NUL, which no text holds."""
    masked, depth = [], 0
    for character in text:
        if character == ")":
            depth -= 1
        masked.append("\0" if depth > 0 else character)
        if character == "(":
            depth += 1
        if depth < 0:
            break
    if depth:
        raise ValueError(_("The brackets do not match: every “(” needs its “)”."))
    return "".join(masked)
