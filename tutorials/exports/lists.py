"""Which list, of what, in which format? The one way to it: for pages, the admin and the command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import IO, Any

from django.db import models
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference import clock
from conference.models import Conference
from people.models import User
from tutorials import downloads
from tutorials.exports import xlsx_file
from tutorials.exports.attendance import ALL_COLUMNS, COLUMNS, Progress, Row, csv_list, rows
from tutorials.exports.sign_in_sheets import SheetOptions, sign_in_sheets
from tutorials.models import Tutorial
from tutorials.privacy import NamesDeleted, deleted_in_words

MOST_SHEETS = 200  # of one file: each is an open file while it is written
PIECE = 64 * 1024


class FileFormat(models.TextChoices):
    CSV = "csv", gettext_lazy("CSV, for programs")
    XLSX = "xlsx", gettext_lazy("XLSX, for Excel and LibreOffice")
    PDF = "pdf", gettext_lazy("PDF: sign-in sheets to print")


MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8; header=present",  # RFC 4180, 3
    FileFormat.XLSX: xlsx_file.MEDIA_TYPE,
    FileFormat.PDF: "application/pdf",
}
WHAT = {
    FileFormat.CSV: downloads.What.ATTENDANCE_CSV,
    FileFormat.XLSX: downloads.What.ATTENDANCE_XLSX,
    FileFormat.PDF: downloads.What.SIGN_IN_SHEETS,
}


@dataclass(frozen=True)
class Wanted:
    """A list that somebody asks for."""

    conference: Conference
    tutorials: Sequence[Tutorial] | None = None  # None: all
    day: date | None = None
    file_format: str = FileFormat.CSV
    columns: tuple[str, ...] = ALL_COLUMNS
    with_email: bool = False
    sheet_per_tutorial: bool = False
    sheets: SheetOptions = field(default_factory=SheetOptions)
    progress: Progress | None = None

    @property
    def filename(self) -> str:
        """“cpal-2026-T1-attendance.csv”."""
        parts = [self.conference.slug]
        if self.tutorials and len(self.tutorials) == 1:
            parts.append(self.tutorials[0].code)
        if self.day:
            parts.append(self.day.isoformat())
        is_pdf = self.file_format == FileFormat.PDF
        parts.append("sign-in-sheets" if is_pdf else "attendance")
        return f"{'-'.join(parts)}.{self.file_format}"

    @property
    def columns_told(self) -> tuple[str, ...]:
        """What of a person is in it, for the record of downloads."""
        if self.file_format == FileFormat.PDF:
            return ("name", "affiliation") if self.sheets.affiliation else ("name",)
        return tuple(name for name in self.columns if self.with_email or name != "email")


class TooManySheets(ValueError):
    """A file of more sheets than we make; says what to do."""


def list_response(wanted: Wanted, *, by: User | None) -> StreamingHttpResponse:
    """The list as a download, recorded; a CSV file is sent while it is read.

    It holds personal data: no cache may keep it. A fault on the way breaks the transfer off, so
    that half a list never looks like a whole one. Raises what ``list_file`` raises.
    """
    response = StreamingHttpResponse(
        list_file(wanted, by=by), content_type=MEDIA_TYPES[FileFormat(wanted.file_format)]
    )
    response["Content-Disposition"] = f'attachment; filename="{wanted.filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


def list_file(wanted: Wanted, *, by: User | None) -> Iterator[bytes]:
    """The file in pieces, recorded before the first of them is given.

    Raises ``TooManySheets``, ``TooManyLines``, ``DoesNotFit`` or ``NamesDeleted``, each with a
    sentence for whoever asked, or ``CannotTypeset``.
    """
    if deleted := deleted_in_words(wanted.conference):
        raise NamesDeleted(deleted)
    makers = {FileFormat.CSV: _csv, FileFormat.XLSX: _xlsx, FileFormat.PDF: _pdf}
    pieces = makers[FileFormat(wanted.file_format)](wanted)
    downloads.record(
        wanted.conference,
        WHAT[FileFormat(wanted.file_format)],
        by=by,
        tutorials=wanted.tutorials,
        columns=wanted.columns_told,
    )
    return pieces


def _csv(wanted: Wanted) -> Iterator[bytes]:
    return csv_list(
        wanted.conference,
        wanted.tutorials,
        day=wanted.day,
        columns=wanted.columns,
        with_email=wanted.with_email,
        progress=wanted.progress,
    )


def _pdf(wanted: Wanted) -> Iterator[bytes]:
    document = sign_in_sheets(
        wanted.conference,
        wanted.tutorials,
        day=wanted.day,
        options=wanted.sheets,
        progress=wanted.progress,
    )
    return iter([document])


def _xlsx(wanted: Wanted) -> Iterator[bytes]:
    return _pieces(xlsx_file.xlsx_file(_sheets(wanted)))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _sheets(wanted: Wanted) -> Iterator[xlsx_file.Sheet[Any]]:
    """The list on one sheet, or on one for each tutorial, and what it is on the last."""
    found = rows(
        wanted.conference,
        wanted.tutorials,
        day=wanted.day,
        with_email=wanted.with_email,
        progress=wanted.progress,
    )
    columns = [
        xlsx_file.Column(name, COLUMNS[name].value, COLUMNS[name].width) for name in wanted.columns
    ]

    def sheet(title: str, lines: Iterator[Row]) -> xlsx_file.Sheet[Row]:
        return xlsx_file.Sheet(title, columns, lines, filtered=True)

    if wanted.sheet_per_tutorial:
        groups = groupby(found, key=lambda row: row.part.tutorial)
        for number, (tutorial, lines) in enumerate(groups):
            if number == MOST_SHEETS:
                raise TooManySheets(
                    _("That is more than %(number)d tutorials. Choose a day, or some of them.")
                    % {"number": MOST_SHEETS}
                )
            yield sheet(str(tutorial), lines)
    else:
        yield sheet(_("Attendance"), found)
    yield _notes(wanted)


def _notes(wanted: Wanted) -> xlsx_file.Sheet[tuple[str, str]]:
    """A spreadsheet knows no time zones, so the file says whose clocks its times are on."""
    conference = wanted.conference
    about = [
        (_("Conference"), conference.name),
        (_("All times are on the clocks of"), conference.time_zone),
        (_("Made"), f"{conference.local(clock.now()):%Y-%m-%d %H:%M}"),
    ]
    columns: list[xlsx_file.Column[tuple[str, str]]] = [
        xlsx_file.Column(_("Notes"), lambda row: row[0], 40),
        xlsx_file.Column("", lambda row: row[1], 40),
    ]
    return xlsx_file.Sheet(_("Notes"), columns, about)
