"""How does a CSV file look that spreadsheets may open and programs can read?

UTF-8 without a byte order mark, and RFC 4180: a line of headings, commas, CRLF, quotes where they
are needed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

Row = TypeVar("Row")
# What a person typed or we wrote in words is a string, what we counted a number; None: nothing.
Cell = str | int | None
Column = tuple[str, Callable[[Row], Cell]]

ROWS_AT_ONCE = 500

# What a spreadsheet may take for a formula: one of these signs (the wide ones too, which some turn
# into the narrow ones), also behind white space, and a cell that begins with a tab or a line break.
# Apostrophes before it count, so that taking one away always gives back what was typed.
_LIKE_A_FORMULA = re.compile(r"'*(?:[\t\r\n]|[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠])")


def defused(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet might run it; nothing is ever taken away.

    To get back what was typed, take one apostrophe from a cell that begins with apostrophes and
    then with what ``_LIKE_A_FORMULA`` names. See OWASP, “CSV Injection”.
    """
    if text[:1].isalnum():  # nearly every cell, and quickly told
        return text
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def as_typed(cell: str) -> str:
    """What ``defused`` was given: one apostrophe less before what looks like a formula."""
    is_defused = cell.startswith("'") and _LIKE_A_FORMULA.match(cell[1:])
    return cell[1:] if is_defused else cell


def csv_chunks(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in pieces of some hundred lines, read from ``rows`` as they are asked for."""
    functions = [function for _, function in columns]
    headings = [heading for heading, _ in columns]
    return csv_lines(headings, ([_cell(function(row)) for function in functions] for row in rows))


def csv_lines(headings: Sequence[str], lines: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same where the cells are there already, ``defused`` where a person typed them."""
    lines = iter(lines)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(headings)
    while True:
        batch = list(islice(lines, ROWS_AT_ONCE))
        writer.writerows(batch)
        yield buffer.getvalue().encode()
        if len(batch) < ROWS_AT_ONCE:
            return
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Cell) -> Cell:
    return defused(value) if isinstance(value, str) else value
