"""Would a workbook fill the memory? Asked before anything of it is parsed.

A few kilobytes of ZIP can hold gigabytes. Sheets are read row by row, so what counts is how large
one row is; all else (the texts that cells share, the styles) is read into memory at once. Only
bytes are counted here, which takes no memory and next to no time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from tutorials.imports.faults import too_large

CHUNK = 2**20
LONGEST_TEXT = 2**20
ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
# A row has 16,384 cells at most, each of six tags; behind the last row there are merged cells,
# links and the like, of which Excel has 65,530 at most.
MOST_TAGS_IN_A_ROW = 150_000
MOST_ROWS = 300_000
SHARED_TEXTS = "xl/sharedStrings.xml"
MOST_BYTES_SHARED = 100 * 2**20
MOST_TAGS_SHARED = 4_000_000  # a million texts
MOST_BYTES_OF_OTHERS = 8 * 2**20
MOST_TAGS_OF_OTHERS = 200_000


def defuse(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raise ``FaultyFile`` if reading this part would take too much memory."""
    if part.filename.startswith("xl/worksheets/"):
        _check_rows(_chunks(archive, part))
    elif part.filename == SHARED_TEXTS:
        _check(archive, part, MOST_BYTES_SHARED, MOST_TAGS_SHARED)
    else:
        _check(archive, part, MOST_BYTES_OF_OTHERS, MOST_TAGS_OF_OTHERS)


def _check_rows(chunks: Iterator[bytes]) -> None:
    since = 0  # tags since the last row began
    number = 0
    for chunk in chunks:
        _check_texts(chunk)
        end_of_row, *rows = ROW.split(chunk)
        since += end_of_row.count(b"<")
        for row in rows:
            if since > MOST_TAGS_IN_A_ROW:
                break
            since = row.count(b"<")
        number += len(rows)
        if since > MOST_TAGS_IN_A_ROW or number > MOST_ROWS:
            raise too_large()


def _check(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, most_tags: int) -> None:
    if part.file_size > most:
        raise too_large()
    tags = 0
    for chunk in _chunks(archive, part):
        if part.filename == SHARED_TEXTS:
            _check_texts(chunk)
        tags += chunk.count(b"<")
        if tags > most_tags:
            raise too_large()


def _check_texts(chunk: bytes) -> None:
    """A cell holds 32,767 characters, so a megabyte has tags, and nothing hides them (CDATA)."""
    if b"<![" in chunk or b"\0" in chunk or (len(chunk) >= LONGEST_TEXT and b"<" not in chunk):
        raise too_large()


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            yield chunk
