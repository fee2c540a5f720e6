"""What do the rows say, and what is wrong with them? A tutorial is a row, or several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model
from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Person
from tutorials.exports.csv_file import as_typed
from tutorials.imports.faults import Fault, Faults, whole_file
from tutorials.imports.sheet.billing import Billed, Billing
from tutorials.imports.sheet.columns import Columns, label_of
from tutorials.imports.sheet.times import When, day_of, is_not_yet, moment_of, times_of
from tutorials.imports.sheet.words import folded, plain
from tutorials.imports.tables import Row
from tutorials.models import Presenter, Session, Track, Tutorial
from venues.models import Room, Venue

MOST_TUTORIALS = 5000
MOST_OF_ONE = 100  # presenters of one tutorial, or times
MOST_HINTS = 1000
LONGEST_TEXT = 100_000
LARGEST_CAPACITY = 1_000_000
TEXTS = (
    "abstract", "outline", "audience", "prerequisites", "outcomes", "what_to_bring", "materials",
    "notes",
)  # fmt: skip
SINGLE = ("title", "track", "level", "capacity", "status", *TEXTS)
PLACE = ("session", "day", "start", "end", "room", "venue")
NAMES: dict[str, tuple[type[Model], str]] = {
    "title": (Tutorial, "title"),
    "code": (Tutorial, "code"),
    "track": (Track, "name"),
    "session": (Session, "title"),
    "room": (Room, "name"),
    "venue": (Venue, "name"),
}
LEFT_OUT = "left out"
STATUSES: dict[str, str] = {
    word: status
    for status, words in {
        Tutorial.Status.PROPOSED: (
            "proposed submitted pending review eingereicht vorgeschlagen offen wait waitlist"
        ),
        Tutorial.Status.DRAFT: (
            "draft accepted accept confirmed yes entwurf angenommen akzeptiert bestätigt ja"
        ),
        Tutorial.Status.PUBLISHED: "published public veröffentlicht öffentlich",
        Tutorial.Status.CANCELLED: "cancelled canceled abgesagt",
        LEFT_OUT: (
            "rejected reject declined withdrawn deleted no abgelehnt zurückgezogen gelöscht nein"
        ),
    }.items()
    for word in words.split()
}
LEVELS: dict[str, str] = {
    word: level
    for level, words in {
        Tutorial.Level.INTRODUCTORY: (
            "introductory introduction beginner beginners basic novice einführend einführung "
            "anfänger grundlagen einsteiger"
        ),
        Tutorial.Level.INTERMEDIATE: "intermediate medium mittel mittleresniveau aufbau",
        Tutorial.Level.ADVANCED: (
            "advanced expert experts fortgeschritten fortgeschrittene experten"
        ),
    }.items()
    for word in words.split()
}  # fmt: skip
CODE = Tutorial._meta.get_field("code")
ERRORS = {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#NV", "#BEZUG!"}


@dataclass(frozen=True)
class Place:
    """When and where a row says that a tutorial is; all of it empty: to be announced."""

    line: int
    session: str
    when: When
    room: str
    venue: str

    @property
    def has_time(self) -> bool:
        return bool(self.session or self.when.day or self.when.starts)


@dataclass
class Entry:
    """A tutorial as the file has it. ``said`` holds the fields that the file has columns for."""

    line: int
    code: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # where each field was said first
    presenters: list[Billed] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.said.get("title", "")


@dataclass
class Sheet:
    """All that a file says."""

    columns: Columns
    entries: list[Entry]
    hints: list[Fault]
    left_out: list[int]  # the lines of tutorials that were turned down

    @property
    def has_presenters(self) -> bool:
        kinds = ("presenter", "first_name", "last_name")
        numbered = (f"{kind}_{number}" for kind in kinds for number in self.columns.numbers)
        return self.columns.has(*kinds, *numbered)

    @property
    def has_places(self) -> bool:
        return self.columns.has("session", "day", "start")


def read(rows: Iterable[Row], columns: Columns, conference: Conference) -> Sheet:
    """The tutorials of a file. Raises ``FaultyFile`` with all its faults, by line and column."""
    reader = _Reader(columns, conference)
    for line, cells in rows:
        reader.take(line, cells)
    reader.finish()
    reader.faults.raise_if_any()
    return Sheet(columns, reader.entries, reader.hints, reader.left_out)


class _Reader:
    def __init__(self, columns: Columns, conference: Conference) -> None:
        self.columns, self.conference = columns, conference
        self.faults = Faults()
        self.hints: list[Fault] = []
        self.left_out: list[int] = []
        self.entries: list[Entry] = []
        self.by_code: dict[str, Entry] = {}
        self.by_title: dict[str, Entry] = {}
        self.unknown: set[tuple[str, str]] = set()
        self.line, self.cells = 0, cast(Sequence[str], ())

    def take(self, line: int, cells: Sequence[str]) -> None:
        self.line, self.cells = line, cells
        if any(map(str.strip, cells[len(self.columns.headings) :])):
            text = _(
                "There are more cells than headings. Does a cell hold the delimiter, without "
                "quotes around it?"
            )
            self.faults.add(line, "", text)
            return
        if not any(map(self._cell, self.columns.at)):
            return  # what there is stands in columns that are not used
        entry = self._entry()
        if entry is None:
            return
        for name in SINGLE:
            if name in self.columns.at:
                self._say(entry, name, self._single(name))
        billing = Billing(self.columns, self._cell, self._fault, self._hint)
        for billed in billing.read():
            self._check_length("presenter", Person, "name", billed.name)
            self._check_length("affiliation", Presenter, "affiliation", billed.affiliation)
            if billed not in entry.presenters:
                entry.presenters.append(billed)
        if self.columns.has(*PLACE):
            self._take_place(entry)
        if max(len(entry.presenters), len(entry.places)) > MOST_OF_ONE:
            text = _("Row %(line)d has more than %(number)d presenters or times. Divide the file.")
            raise whole_file(text % {"line": entry.line, "number": MOST_OF_ONE})

    def finish(self) -> None:
        """Drop what was turned down, and look at what only all rows of a tutorial show."""
        kept = []
        for entry in self.entries:
            if entry.said.get("status") == LEFT_OUT:
                self.left_out.append(entry.line)
            else:
                kept.append(entry)
        self.entries = kept
        if not kept and not self.faults.number:
            self.faults.add(0, "", _("There is no tutorial in the file."))
        for entry in kept:
            if not entry.title and not entry.code:
                self.faults.add(entry.line, self._heading("title"), _("There is no title."))

    def _entry(self) -> Entry | None:
        """The tutorial that the row is about: one of its own, or one of the rows above."""
        code, title = self._code(), self._cell("title")
        self._check_length("title", Tutorial, "title", title)
        named = plain(title)
        if not code and not title:
            if not self.entries:
                self._fault("title", _("There is no title. Fill it in, or delete the row."))
                return None
            return self.entries[-1]
        found = self.by_code.get(code.casefold()) if code else self.by_title.get(named)
        if found is None:
            found = Entry(self.line, code)
            self.entries.append(found)
            if len(self.entries) > MOST_TUTORIALS:
                text = _("The file has more than %(number)d tutorials. Divide it.")
                raise whole_file(text % {"number": MOST_TUTORIALS})
        if code:
            self.by_code[code.casefold()] = found
        if named:
            self.by_title.setdefault(named, found)
        return found

    def _code(self) -> str:
        code = self._cell("code")
        if code:
            try:
                CODE.run_validators(code)
            except ValidationError:
                text = _(
                    "“%(code)s” is no code. It has at most 20 letters, digits, “.”, “-” and “_”."
                )
                self._fault("code", text % {"code": code[:40]})
                return ""
        return code

    def _say(self, entry: Entry, name: str, value: Any) -> None:
        """Keep what a row says; what two rows of one tutorial say must not differ."""
        there = entry.said.get(name)
        is_empty = value in ("", None)
        if there in ("", None) or name not in entry.said:
            entry.said[name] = value
            if not is_empty:
                entry.lines[name] = self.line
        elif not is_empty and value != there:
            text = _(
                "Row %(line)d has another “%(field)s” for the same tutorial. Give this row a title "
                "or a code of its own, or empty the cell."
            )
            words = {"line": entry.lines[name], "field": label_of(name)}
            self._fault(name, text % words)

    def _single(self, name: str) -> Any:
        text = self._cell(name)
        if name == "capacity":
            return self._capacity(text)
        if name in ("level", "status"):
            return self._choice(name, text, LEVELS if name == "level" else STATUSES)
        if name in NAMES:
            self._check_length(name, *NAMES[name], text)
            return " ".join(text.split())
        if len(text) > LONGEST_TEXT:
            sentence = _("This text has more than %(number)d characters.")
            self._fault(name, sentence % {"number": LONGEST_TEXT})
        return text

    def _capacity(self, text: str) -> int | None:
        if is_not_yet(text):
            return None
        text = text.lstrip("0") or text
        if not text.isdecimal() or not 0 < int(text[:9]) <= LARGEST_CAPACITY:
            sentence = _("“%(text)s” is no number of people. Write digits, or empty the cell.")
            self._fault("capacity", sentence % {"text": text[:40]})
            return None
        return int(text)

    def _choice(self, name: str, text: str, words: dict[str, str]) -> str:
        if not text:
            return ""
        found = words.get(folded(text).replace(" ", ""))
        if found is None:
            if (name, text) not in self.unknown:
                self.unknown.add((name, text))
                known = dict.fromkeys(words.values())
                listed = ", ".join(f"“{word}”" for word in known if word != LEFT_OUT)
                sentence = _(
                    "We do not know “%(text)s”. Write one of %(words)s, or do not use this column."
                )
                self._fault(name, sentence % {"text": text[:40], "words": listed})
            return ""
        return str(found)

    def _take_place(self, entry: Entry) -> None:
        """Where and when the row says; a row that says nothing says “to be announced”."""
        session, room, venue = (self._named(each) for each in ("session", "room", "venue"))
        place = Place(self.line, session, self._when(), room, venue)
        if venue and not room:
            self._hint("venue", _("There is no room, so the venue is not used."))
        same = [(each.session, each.when, each.room, each.venue) for each in entry.places]
        if (place.has_time or room) and (session, place.when, room, venue) not in same:
            entry.places.append(place)

    def _named(self, name: str) -> str:
        text = " ".join(self._cell(name).split())
        if is_not_yet(text):
            return ""
        self._check_length(name, *NAMES[name], text)
        return text

    def _when(self) -> When:
        day = starts = ends = None
        texts = {each: self._cell(each) for each in ("day", "start", "end")}
        for name, text in texts.items():
            if is_not_yet(text):
                continue
            try:
                moment = moment_of(text)
                if name == "day":
                    day = day_of(text, self.conference)
                elif moment:
                    if moment.year > 1900:  # before that it is a time alone
                        day = day or day_of(text, self.conference)
                    if name == "start":
                        starts = moment.time()
                    else:
                        ends = moment.time()
                elif name == "start":
                    starts, ends = times_of(text)
                else:
                    ends, _later = times_of(text)
            except ValueError as error:
                self._fault(name, str(error))
        if starts and ends and ends <= starts:
            self._fault("end" if texts["end"] else "start", _("It ends before it starts."))
        return When(day, starts, ends)

    def _cell(self, name: str) -> str:
        """What a person typed there: line ends as ours are, without what an export put before."""
        at = self.columns.at.get(name)
        if at is None or at >= len(self.cells):
            return ""
        text = as_typed(self.cells[at]).replace("\r\n", "\n").replace("\r", "\n").strip()
        if "\0" in text or text in ERRORS:
            self._fault(name, _("This cell shows an error. Correct it, or empty the cell."))
            return ""
        return text

    def _heading(self, name: str) -> str:
        return self.columns.heading(name)

    def _fault(self, name: str, message: str) -> None:
        fault = (self.line, self._heading(name), message)
        if all((each.line, each.column, each.message) != fault for each in self.faults.first[-5:]):
            self.faults.add(*fault)

    def _hint(self, name: str, message: str) -> None:
        if len(self.hints) < MOST_HINTS:
            self.hints.append(Fault(self.line, self._heading(name), message))

    def _check_length(self, name: str, model: type[Model], model_field: str, text: str) -> None:
        most = cast(CharField, model._meta.get_field(model_field)).max_length
        if most and len(text) > most:
            sentence = _("“%(start)s…” has %(length)d characters; there is room for %(most)d.")
            words = {"start": text[:30], "length": len(text), "most": most}
            self._fault(name, sentence % words)
