"""What rows does a file hold? CSV of any usual making, or XLSX; both read row by row."""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, time
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _

from tutorials.imports import bombs
from tutorials.imports.faults import Fault, FaultyFile, too_large, whole_file

Cells = Sequence[str]
Row = tuple[int, Cells]  # the line that it begins in, from 1
Score = Callable[[Cells], int]  # how many headings we know in a row

MOST_ROWS = 200_000
MOST_COLUMNS = 500
MOST_LINES = 2**20  # of a sheet, empty ones included; no spreadsheet has more
MOST_BYTES_UNZIPPED = 500 * 2**20
LONGEST_CELL = 2**20  # characters, as in a workbook
csv.field_size_limit(LONGEST_CELL)  # of the process: it has no other reader of CSV
# A title, a date and an empty line may stand above the headings.
HEADINGS_WITHIN = 10
DELIMITERS = ",;\t|"
# What openpyxl raises for a file that is damaged, or is something else in a ZIP archive.
BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError, ParseError)
# So XLSX writes a character that XML does not have, and what only looks like it.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Source(Protocol):
    """A file that is read from its beginning as often as asked."""

    def rows(self) -> Iterator[Row]: ...


class Table:
    """A row of headings and the rows below it, empty ones left out."""

    def __init__(self, source: Source, score: Score) -> None:
        self.source = source
        top = [row for row in islice(source.rows(), HEADINGS_WITHIN) if _has_text(row[1])]
        if not top:
            raise whole_file(_("The file is empty."))
        self.line, headings = max(top, key=lambda row: score(row[1]))
        self.headings = [" ".join(heading.split()) for heading in headings]
        while self.headings and not self.headings[-1]:
            self.headings.pop()
        if len(self.headings) > MOST_COLUMNS:
            text = _("The file has more than %(number)d columns. Delete those that say nothing.")
            raise whole_file(text % {"number": MOST_COLUMNS})

    def rows(self) -> Iterator[Row]:
        """The rows below the headings; raises ``FaultyFile`` where there are too many."""
        number = 0
        for line, cells in self.source.rows():
            if line > self.line and _has_text(cells):
                number += 1
                if number > MOST_ROWS:
                    text = _("The file has more than %(number)d lines. Divide it.")
                    raise whole_file(text % {"number": MOST_ROWS})
                yield line, cells


@contextmanager
def open_table(path: Path, score: Score) -> Iterator[Table]:
    """The table in a file; of a workbook, the sheet with the most headings that we know.

    Raises ``FaultyFile`` for what is neither CSV nor XLSX, ``OSError`` for what cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(4096)
    if beginning.startswith(b"PK\x03\x04"):
        with _workbook(path) as workbook:
            sheets = [Table(sheet, score) for sheet in map(_Sheet, workbook.worksheets) if sheet]
            if not sheets:
                raise whole_file(_("The file is empty."))
            yield max(sheets, key=lambda table: score(table.headings))
    elif beginning.startswith(b"\xd0\xcf\x11\xe0"):
        raise whole_file(_("This is an old Excel file (XLS). Save it as XLSX or as CSV."))
    else:
        yield Table(_Csv(path, _encoding(path, beginning), score), score)


class _Csv:
    def __init__(self, path: Path, encoding: str, score: Score) -> None:
        self.path, self.encoding = path, encoding
        self.skipped = 0
        with self._open() as file:
            first = file.readline()
        if first.startswith("sep=") and len(first.strip()) == 5:
            # So Excel says which delimiter it wrote.
            self.delimiter, self.skipped = first[4], 1
        else:
            self.delimiter = max(DELIMITERS, key=lambda each: self._fits(each, score))

    def _open(self) -> Any:
        return self.path.open(encoding=self.encoding, newline="")

    def _fits(self, delimiter: str, score: Score) -> tuple[int, int]:
        """How well a delimiter divides the first lines: by headings known, then by columns."""
        self.delimiter = delimiter
        known = widest = 0
        # A fault in these lines is told when they are read in earnest.
        with suppress(FaultyFile):
            for _line, cells in islice(self.rows(), HEADINGS_WITHIN):
                known, widest = max(known, score(cells)), max(widest, len(cells))
        return known, widest

    def rows(self) -> Iterator[Row]:
        with self._open() as file:
            for _number in range(self.skipped):
                file.readline()
            # Strict: a quote that is never closed would swallow the rest of the file in silence.
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            line = self.skipped + 1
            try:
                for cells in reader:
                    yield line, cells
                    line = self.skipped + reader.line_num + 1
            except csv.Error as error:
                raise FaultyFile([Fault(line, "", _unreadable(error))]) from error


def _unreadable(error: csv.Error) -> str:
    if "field limit" in str(error):
        text = _(
            "A cell that begins here has more than %(number)d characters. Shorten it, or close the "
            "quote before it."
        )
        return text % {"number": LONGEST_CELL}
    text = _(
        "This line cannot be read as CSV (%(error)s). A cell that holds a quote, a line end or the "
        "delimiter stands in quotes, and a quote in it is doubled."
    )
    return text % {"error": error}


class NulFound(FaultyFile):
    """It is text but for a character that no text has."""


def _encoding(path: Path, beginning: bytes) -> str:
    """UTF-8 or, where that cannot be, Windows-1252, which Excel writes."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if beginning.startswith(mark):
            _check(path, encoding)
            return encoding
    if b"\0" in beginning:
        raise whole_file(_("This is neither CSV nor XLSX."))
    try:
        _check(path, "utf-8")
    except NulFound:
        raise
    except FaultyFile:
        _check(path, "cp1252")
        return "cp1252"
    return "utf-8"


def _check(path: Path, encoding: str) -> None:
    """Raise ``FaultyFile`` unless all of the file is text of this encoding, without a NUL in it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while True:
            part = file.read(2**16)
            try:
                text = decoder.decode(part, final=not part)
                nul = text.find("\0")
                if nul >= 0:
                    line += text.count("\n", 0, nul)
                    raise NulFound(
                        [Fault(line, "", _("There is a NUL character, which no text has."))]
                    )
                line += text.count("\n")
            except UnicodeDecodeError as error:
                line += part[: error.start].count(b"\n")
                text = _(
                    "The byte %(byte)s is neither UTF-8 nor Windows-1252. Save the file as UTF-8."
                )
                byte = f"0x{error.object[error.start]:02x}"
                raise FaultyFile([Fault(line, "", text % {"byte": byte})]) from error
            if not part:
                return


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                if sum(part.file_size for part in archive.infolist()) > MOST_BYTES_UNZIPPED:
                    raise too_large()
                for part in archive.infolist():
                    bombs.defuse(archive, part)
            # What a formula shows, as it was when the file was saved; nothing is computed here.
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except BROKEN as error:
            raise _broken() from error
        yield workbook
        workbook.close()


class _Sheet:
    def __init__(self, sheet: Any) -> None:
        # Some programs write a wrong size into the file, which would cut off what is beyond it.
        sheet.reset_dimensions()
        self.sheet = sheet

    def __bool__(self) -> bool:
        return any(_has_text(cells) for _line, cells in islice(self.rows(), HEADINGS_WITHIN))

    def rows(self) -> Iterator[Row]:
        try:
            for line, values in enumerate(self.sheet.iter_rows(values_only=True), start=1):
                if line > MOST_LINES:
                    raise too_large()
                yield line, [_text(value) for value in values]
        except BROKEN as error:
            raise _broken() from error


def _broken() -> FaultyFile:
    return whole_file(_("This XLSX file cannot be read. Save it anew, or as CSV."))


def _has_text(cells: Cells) -> bool:
    return any(map(str.strip, cells))


def _text(value: Any) -> str:
    """What stands in a cell; a number as one would type it."""
    if value is None:
        return ""
    if isinstance(value, float):
        # A spreadsheet keeps 15 digits of a number; what had more is shown as what it is, broken.
        if abs(value) >= 1e15:
            return f"{value:.14E}"
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    text = ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    # Halves of a character, as some programs escape emoji, are put together; one alone is none.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
