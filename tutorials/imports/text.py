"""What does a programme page say that was copied from a website as text?

``docs/importing.md`` describes the form. Bytes in, a ``Programme`` out, or every line that could
not be placed. What is no marker (a track heading, “Presenters:”, “Abstract”) keeps every character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from django.utils.translation import gettext as _

from tutorials.imports.presenters import presenters_of
from tutorials.imports.programme import (
    ImportedPresenter,
    ImportedTrack,
    ImportedTutorial,
    ParseFault,
    Programme,
    Unreadable,
    faults_in,
)

# “Track 1 — Great Hall, Main Street 1”, “Track B: Room 2”, “Track IV”.
TRACK = re.compile(
    r"(?P<head>track\s+(?:\d+[a-z]?|[a-z]|[ivxlc]+))(?:\s*[—–:-]\s*(?P<rest>.*))?", re.IGNORECASE
)
PRESENTERS = re.compile(r"(?P<head>presenters?)\s*:\s*(?P<rest>.*)", re.IGNORECASE)
ABSTRACT = re.compile(r"(?P<head>abstract)\s*(?::\s*(?P<rest>.*))?", re.IGNORECASE)
LIST_BEGINS = re.compile(r"list of tutorials\s*:?", re.IGNORECASE)
LINE_END = re.compile(r"\r\n|\r|\n")


class Kind(Enum):
    BLANK = auto()
    TRACK = auto()
    TITLE = auto()
    PRESENTERS = auto()
    ABSTRACT = auto()
    TEXT = auto()


@dataclass
class Line:
    number: int
    text: str
    kind: Kind
    head: str = ""  # of a marker: “Track 1”, “Presenters”, “Abstract”
    rest: str = ""  # and what follows it in the same line


def read(data: bytes) -> Programme:
    """The programme in a text file of UTF-8. Raises ``Unreadable`` with all its faults, by line."""
    lines = [_line(number, text) for number, text in enumerate(_split(data), start=1)]
    reader = Reader()
    for title in _mark_titles(lines):
        reader.untitled.add(title.number)
    for line in lines[_beginning(lines) :]:
        reader.take(line)
    return reader.finish(last=len(lines))


def is_programme(data: bytes) -> bool:
    """Whether it looks like such a page, rather than a list of rows and columns."""
    lines = (line.decode("utf-8", "replace").strip() for line in data.splitlines()[:500])
    return any(PRESENTERS.fullmatch(line) for line in lines)


def _split(data: bytes) -> list[str]:
    """The lines of the file. Only CR and LF end one: an abstract may hold any other character."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # What comes before the byte is sound, so it can be counted in.
        line = len(LINE_END.findall(data[: error.start].decode("utf-8", "replace"))) + 1
        byte = f"0x{data[error.start]:02x}"
        message = _("The byte %(byte)s is not UTF-8. Save the file as UTF-8.") % {"byte": byte}
        raise Unreadable([ParseFault(line, message)]) from error
    lines = LINE_END.split(text)
    faults = [
        ParseFault(number, _("There is a NUL character, which no text has."))
        for number, line in enumerate(lines, start=1)
        if "\0" in line
    ]
    if faults:
        raise Unreadable(faults)
    return lines


def _line(number: int, text: str) -> Line:
    stripped = text.strip()
    if not stripped:
        return Line(number, "", Kind.BLANK)
    for kind, pattern in (
        (Kind.TRACK, TRACK),
        (Kind.PRESENTERS, PRESENTERS),
        (Kind.ABSTRACT, ABSTRACT),
    ):
        match = pattern.fullmatch(stripped)
        if match:
            return Line(number, stripped, kind, match["head"], match["rest"] or "")
    return Line(number, text, Kind.TEXT)


def _mark_titles(lines: list[Line]) -> list[Line]:
    """Mark each title, the line right above “Presenters:”; return the presenters that have none."""
    untitled = []
    above = None
    for line in lines:
        if line.kind == Kind.PRESENTERS:
            if above and above.kind == Kind.TEXT:
                above.kind = Kind.TITLE
            else:
                untitled.append(line)
        if line.kind != Kind.BLANK:
            above = line
    return untitled


def _beginning(lines: list[Line]) -> int:
    """Where the programme begins: after the words “List of Tutorials”, or at the top."""
    for index, line in enumerate(lines):
        if line.kind == Kind.PRESENTERS:
            break
        if line.kind == Kind.TEXT and LIST_BEGINS.fullmatch(line.text.strip()):
            return index + 1
    return 0


@dataclass
class TutorialRead:
    """A tutorial while its lines come in."""

    title: str
    line: int
    presenters: tuple[ImportedPresenter, ...] = ()
    presenters_line: int = 0
    abstract_line: int = 0
    abstract: list[str] = field(default_factory=list)


class Reader:
    """Takes lines from the top, and knows which track and tutorial it is in."""

    def __init__(self) -> None:
        self.faults: list[ParseFault] = []
        self.untitled: set[int] = set()
        self.tracks: list[tuple[ImportedTrack, list[ImportedTutorial]]] = []
        self.tutorial: TutorialRead | None = None

    def take(self, line: Line) -> None:
        match line.kind:
            case Kind.TRACK:
                self._begin_track(_track(line))
            case Kind.TITLE:
                self._begin_tutorial(line.text.strip(), line.number)
            case Kind.PRESENTERS:
                self._take_presenters(line)
            case Kind.ABSTRACT:
                self._take_abstract(line)
            case Kind.TEXT:
                self._take_text(line)
            case Kind.BLANK:
                if self.tutorial and self.tutorial.abstract_line:
                    self.tutorial.abstract.append("")

    def finish(self, last: int) -> Programme:
        """What was read. Raises ``Unreadable`` if anything was wrong."""
        self._end_tutorial()
        programme = Programme(
            tuple(
                ImportedTrack(track.name, track.hall, track.address, tuple(tutorials), track.line)
                for track, tutorials in self.tracks
            )
        )
        if not programme.tutorials and not self.faults:
            self._fault(
                last,
                _("No tutorial was found: each has a title, and a line “Presenters: …” below it."),
            )
        self.faults += faults_in(programme)
        if self.faults:
            raise Unreadable(self.faults)
        return programme

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(ParseFault(line, message))

    def _begin_track(self, track: ImportedTrack) -> None:
        self._end_tutorial()
        if track.address and not track.hall:
            self._fault(track.line, _("The heading has an address but no hall before the comma."))
        self.tracks.append((track, []))

    def _begin_tutorial(self, title: str, line: int) -> None:
        self._end_tutorial()
        if not self.tracks:
            self._fault(
                line,
                _(
                    "“%(title)s” belongs to no track. Write a heading above it, such as "
                    "“Track 1 — Great Hall, Main Street 1”."
                )
                % {"title": title},
            )
            self.tracks.append((ImportedTrack("", "", "", (), line), []))
        self.tutorial = TutorialRead(title, line)

    def _end_tutorial(self) -> None:
        read, self.tutorial = self.tutorial, None
        if read is None:
            return
        abstract = _paragraphs(read.abstract)
        if read.abstract_line and not abstract:
            self._fault(read.abstract_line, _("There is no text below “Abstract”."))
        self.tracks[-1][1].append(
            ImportedTutorial(read.title, abstract, read.presenters, read.line, read.presenters_line)
        )

    def _take_presenters(self, line: Line) -> None:
        if line.number in self.untitled:
            self._fault(line.number, _("There is no title above these presenters."))
            self._begin_tutorial("", line.number)
        assert self.tutorial  # begun by the title, or just now
        self.tutorial.presenters_line = line.number
        try:
            self.tutorial.presenters = presenters_of(line.rest)
        except ValueError as error:
            self._fault(line.number, str(error))

    def _take_abstract(self, line: Line) -> None:
        if self.tutorial is None:
            self._fault(line.number, _("This abstract belongs to no tutorial."))
        elif self.tutorial.abstract_line:
            self._fault(
                line.number,
                _(
                    "The tutorial “%(title)s” has an abstract already. "
                    "Is “Presenters:” of the next one missing?"
                )
                % {"title": self.tutorial.title},
            )
        else:
            self.tutorial.abstract_line = line.number
            self.tutorial.abstract.append(line.rest)

    def _take_text(self, line: Line) -> None:
        if self.tutorial and self.tutorial.abstract_line:
            self.tutorial.abstract.append(line.text)
        elif self.tutorial:
            self._fault(
                line.number,
                _("“%(text)s” stands between the presenters and “Abstract”.")
                % {"text": _start_of(line.text)},
            )
        elif self.tracks:
            self._fault(
                line.number,
                _("“%(text)s” is no title: there is no “Presenters:” right below it.")
                % {"text": _start_of(line.text)},
            )
        # What stands above the first track is the page's introduction, which nobody imports.


def _track(line: Line) -> ImportedTrack:
    hall, __, address = line.rest.partition(",")
    return ImportedTrack(line.head, hall.strip(), address.strip(), (), line.number)


def _paragraphs(lines: list[str]) -> str:
    """An abstract as Markdown, its paragraphs divided by empty lines.

    A page copied from a browser has a line to each paragraph. Where there are empty lines, they
    divide the paragraphs, and the other line ends stay what they are.
    """
    text = "\n".join(lines).strip("\n")
    if "\n\n" not in text:
        return text.replace("\n", "\n\n").strip()
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _start_of(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:59]}…"
