"""How does an XLSX file look that any spreadsheet may open? One sheet or more, written row by row.

Text is text whatever it looks like, and no cell is ever a formula. A time is a real time, on the
clocks that it was given on (a spreadsheet knows no time zones). The headings stay in sight. Memory
stays flat however many rows there are: they go to the disk as they come.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import _datetime_to_excel_datetime, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Row = TypeVar("Row")
Cell = str | int | float | date | time | datetime | None

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # and the headings
MOST_CHARACTERS = 32_767
MOST_DIGITS = 15  # what a spreadsheet keeps of a number
WIDEST = 60
OPTIONS = {
    "constant_memory": True,
    "in_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Behind these a spreadsheet looks for a formula once somebody edits the cell.
SIGNS = tuple("=+-@")


class DoesNotFit(ValueError):
    """The rows are more than a sheet holds, or a text longer than a cell; says so in a sentence."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A heading, what stands below it, and how many characters wide it is; 0: as the heading."""

    heading: str
    value: Callable[[Row], Cell]
    width: int = 0


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """A sheet of the file. ``rows`` is read once, when the sheet is written."""

    title: str
    columns: list[Column[Row]]
    rows: Iterable[Row]
    frozen_columns: int = 0  # how many stay in sight at the left
    filtered: bool = False  # whether a spreadsheet offers to show some of the rows alone


def xlsx_file(sheets: Iterable[Sheet[Any]]) -> IO[bytes]:
    """The finished file, at its beginning; closing it deletes it. Made to give to FileResponse.

    The sheets are written one after the other: all rows of one are read before the next is asked
    for. Raises ``DoesNotFit``, and whatever reading the rows raises.
    """
    with ExitStack() as closing:
        file = closing.enter_context(tempfile.TemporaryFile(prefix="xlsx-"))
        write_xlsx(file, sheets)
        closing.pop_all()  # it is finished, and now the caller's to close
    file.seek(0)
    return file


def write_xlsx(file: IO[bytes], sheets: Iterable[Sheet[Any]]) -> None:
    """Write the file into one that is open. As ``xlsx_file`` otherwise."""
    with Workbook(file, OPTIONS) as workbook:
        styles = _Styles(workbook)
        for sheet in sheets:
            name = sheet_name(sheet.title, {each.name for each in workbook.worksheets()})
            _write(workbook.add_worksheet(name, worksheet_class=_PlainSheet), sheet, styles)


def sheet_name(title: str, taken: Iterable[str] = ()) -> str:
    """A name for a sheet made of a title: 31 characters at most, no odd ones, none used twice."""
    used = {name.casefold() for name in taken} | {"history"}  # Excel keeps that one for itself
    plain = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).split())
    base = _shortened(plain, 31).strip("' ") or "–"
    name, number = base, 1
    while name.casefold() in used:
        number += 1
        name = f"{_shortened(base, 31 - len(f' {number}')).strip()} {number}"
    return name


def _shortened(text: str, length: int) -> str:
    """So many characters of it, as Excel counts them: the rare ones double."""
    return text.encode("utf-16-le", "ignore")[: 2 * length].decode("utf-16-le", "ignore")


class _PlainSheet(Worksheet):
    """A sheet that is only ever added to, below a head, by rows whose cells are XML already.

    XlsxWriter keeps each cell as an object until its row is done. Without that a file of 50,000
    rows takes a third of the time, and no text is taken for markup, even if it begins with “<r>”.
    """

    def add_row(self, number: int, cells: Iterable[str]) -> None:
        """Write row ``number``, which follows the one before; the head is 0."""
        self._write_single_row(number)  # what is above it, where XlsxWriter holds that still
        self.fh.write(f'<row r="{number + 1}">{"".join(cells)}</row>')
        self.dim_rowmax = number

    def text(self, text: str) -> str:
        """Text as XML that gives back every character, white space and control signs too."""
        if not _NEEDS_CARE.search(text):
            return f"<t>{text}</t>"
        safe = self._escape_data(self._escape_control_characters(text))
        return f'<t xml:space="preserve">{safe}</t>'


# What means something else in XML or in a cell: markup, control signs and how those are written,
# and white space at either end.
_NEEDS_CARE = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x|^\s|\s$")


class _Styles:
    """How cells are shown, by what they hold; all but the head by their number."""

    def __init__(self, workbook: Workbook) -> None:
        def style(**properties: Any) -> Format:
            return workbook.add_format({"valign": "top", **properties})

        def index(**properties: Any) -> int:
            return style(**properties)._get_xf_index()

        self.head = style(bold=True, bottom=1, text_wrap=True)
        self.text = index()
        # As if typed behind an apostrophe: it stays text when somebody edits the cell.
        self.like_a_formula = index(quote_prefix=True)
        self.moment = index(num_format="yyyy-mm-dd hh:mm", align="left")
        self.day = index(num_format="yyyy-mm-dd", align="left")
        self.clock = index(num_format="hh:mm", align="left")


def _write(target: _PlainSheet, sheet: Sheet[Any], styles: _Styles) -> None:
    target.freeze_panes(1, sheet.frozen_columns)
    for at, column in enumerate(sheet.columns):
        width = column.width or len(column.heading) + 2
        target.set_column(at, at, min(width, WIDEST))
        target.write_string(0, at, column.heading, styles.head)
    columns = [(xl_col_to_name(at), column.value) for at, column in enumerate(sheet.columns)]
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if number > MOST_ROWS:
            raise DoesNotFit(_("A sheet has no room for that many rows. Choose CSV."))
        cells = [
            _cell(target, f"{name}{number + 1}", value(row), styles) for name, value in columns
        ]
        target.add_row(number, cells)
    if sheet.filtered:
        target.autofilter(0, 0, number, len(sheet.columns) - 1)


def _cell(target: _PlainSheet, place: str, value: Cell, styles: _Styles) -> str:
    """A cell as XML; nothing where there is nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return _text_cell(target, place, value, styles)
    if isinstance(value, datetime):
        return _number_cell(place, _days(value.replace(tzinfo=None)), styles.moment)
    if isinstance(value, date):
        return _number_cell(place, _days(value), styles.day)
    if isinstance(value, time):
        return _number_cell(place, _days(value.replace(tzinfo=None)), styles.clock)
    if _is_kept(value):
        return _number_cell(place, value, styles.text)
    return _text_cell(target, place, str(value), styles)


def _number_cell(place: str, number: float, style: int) -> str:
    return f'<c r="{place}" s="{style}"><v>{number:.16G}</v></c>'


def _text_cell(target: _PlainSheet, place: str, text: str, styles: _Styles) -> str:
    if len(text) > MOST_CHARACTERS:
        raise DoesNotFit(
            _("“%(start)s…” is longer than the 32,767 characters that a cell holds. Choose CSV.")
            % {"start": text[:40]}
        )
    style = styles.like_a_formula if text.lstrip().startswith(SIGNS) else styles.text
    return f'<c r="{place}" s="{style}" t="inlineStr"><is>{target.text(text)}</is></c>'


def _days(value: date | time) -> float:
    """A time as spreadsheets count them: in days since the end of 1899."""
    if isinstance(value, datetime) and value >= _SINCE:  # nearly all, and four times as fast
        return (value - _FIRST_DAY) / _DAY
    return _datetime_to_excel_datetime(value, False, False)


# Spreadsheets know a 29 February 1900, which there was not: before it they count otherwise.
_FIRST_DAY, _SINCE, _DAY = datetime(1899, 12, 30), datetime(1900, 3, 1), timedelta(days=1)


def _is_kept(number: float) -> bool:
    """Whether a spreadsheet keeps all of it, and knows it for a number."""
    return abs(number) < 10**MOST_DIGITS  # false for infinity and for what is no number
