"""The programme as a list that ``tutorials.imports.sheet`` reads back: a row to each tutorial.

A tutorial with several times has a row for each; only the first says all the rest. Presenters have
columns of their own, as many as there are, so that a name may hold any character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO

from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.exports.csv_file import as_typed, csv_chunks, defused
from tutorials.exports.xlsx_file import Cell, Column, Sheet, xlsx_file
from tutorials.models import Presenter, Schedule, Slot, Tutorial

TEXTS = (
    ("Abstract", "abstract"),
    ("Outline", "outline"),
    ("Audience", "audience"),
    ("Prerequisites", "prerequisites"),
    ("Outcomes", "outcomes"),
    ("What to bring", "what_to_bring"),
    ("Materials", "materials"),
    ("Notes", "notes"),
)
WIDTHS = {"Title": 40, "Track": 18, "Session": 18, "Day": 12, "Room": 18, "Venue": 18}


@dataclass
class Line:
    """A row of the file: a tutorial with one of its times, or a further time alone."""

    tutorial: Tutorial
    is_first: bool
    presenters: list[Presenter] = field(default_factory=list)
    slot: Slot | None = None
    starts_at: datetime | None = None  # on the clocks of the conference
    ends_at: datetime | None = None


Value = Callable[[Line], Cell]


def programme_csv(conference: Conference, *, with_emails: bool) -> Iterator[bytes]:
    """The list as CSV. Four queries. ``with_emails``: those of presenters, which are private."""
    lines = list(programme_lines(conference))
    columns = [(heading, _as_text(value)) for heading, value in _columns(lines, with_emails)]
    return csv_chunks(columns, lines)


def programme_xlsx(conference: Conference, *, with_emails: bool) -> IO[bytes]:
    """The same as XLSX, with real days and times. Raises ``xlsx_file.DoesNotFit``."""
    lines = list(programme_lines(conference))
    columns = [
        Column(heading, _marked(value), WIDTHS.get(heading, 30 if heading in dict(TEXTS) else 0))
        for heading, value in _columns(lines, with_emails)
    ]
    return xlsx_file([Sheet(conference.name, columns, lines, frozen_columns=2)])


def programme_lines(conference: Conference) -> Iterator[Line]:
    """The rows, in the order of the programme: what organisers edit, drafts included."""
    tutorials = Tutorial.objects.for_conference(conference).select_related("track")
    presenters: dict[int, list[Presenter]] = {}
    billed = Presenter.objects.filter(tutorial__conference=conference).select_related("person")
    for presenter in billed.order_by("position", "pk"):
        presenters.setdefault(presenter.tutorial_id, []).append(presenter)
    slots: dict[int, list[Slot]] = {}
    draft = Schedule.objects.draft(conference)
    for slot in draft.slots.select_related("session", "room__venue").in_order():
        slots.setdefault(slot.tutorial_id, []).append(slot)
    for tutorial in tutorials.in_programme_order():
        first = Line(tutorial, is_first=True, presenters=presenters.get(tutorial.pk, []))
        further = [Line(tutorial, is_first=False) for _slot in slots.get(tutorial.pk, [])[1:]]
        for line, slot in zip([first, *further], slots.get(tutorial.pk, []), strict=False):
            line.slot = slot
            line.starts_at = conference.local(slot.session.starts_at)
            line.ends_at = conference.local(slot.session.ends_at)
        yield from [first, *further]


def _columns(lines: Iterable[Line], with_emails: bool) -> list[tuple[str, Value]]:
    """The headings, which the import knows, and what stands below each."""
    columns: list[tuple[str, Value]] = [
        ("Code", lambda line: line.tutorial.code),
        ("Title", _once(lambda line: line.tutorial.title)),
        ("Track", _once(lambda line: line.tutorial.track.name if line.tutorial.track else "")),
        ("Status", _once(lambda line: line.tutorial.status)),
        ("Session", lambda line: line.slot.session.title if line.slot else ""),
        ("Day", lambda line: line.starts_at and line.starts_at.date()),
        ("Start", lambda line: line.starts_at and line.starts_at.time()),
        ("End", lambda line: line.ends_at and line.ends_at.time()),
        ("Room", lambda line: line.slot.room.name if line.slot and line.slot.room else ""),
        ("Venue", lambda line: line.slot.room.venue.name if line.slot and line.slot.room else ""),
    ]
    for number in range(1, max((len(line.presenters) for line in lines), default=0) + 1):
        columns += _presenter_columns(number, with_emails)
    columns += [
        ("Level", _once(lambda line: line.tutorial.level)),
        ("Capacity", _once(lambda line: line.tutorial.capacity)),
    ]
    return columns + [(heading, _once(_text_of(name))) for heading, name in TEXTS]


def _presenter_columns(number: int, with_emails: bool) -> list[tuple[str, Value]]:
    def of(value: Callable[[Presenter], str]) -> Value:
        return lambda line: (
            value(line.presenters[number - 1]) if len(line.presenters) >= number else ""
        )

    columns = [
        (f"Presenter {number}", of(lambda presenter: presenter.person.name)),
        (f"Affiliation {number}", of(lambda presenter: presenter.affiliation)),
    ]
    if with_emails:
        columns.append((f"Email {number}", of(lambda presenter: presenter.person.email)))
    columns.append((f"Bio {number}", of(lambda presenter: _plain(presenter.person.bio))))
    return columns


def _once(value: Value) -> Value:
    """What stands in the first row of a tutorial alone."""
    return lambda line: value(line) if line.is_first else ""


def _text_of(name: str) -> Value:
    return lambda line: _plain(getattr(line.tutorial, name))


def _plain(text: str) -> str:
    """With the line ends that an import reads."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _as_text(value: Value) -> Callable[[Line], str | int | None]:
    """For CSV: days and times as an import reads them in any language."""

    def as_text(line: Line) -> str | int | None:
        cell = value(line)
        if isinstance(cell, time):
            return cell.isoformat("minutes" if not cell.second else "seconds")
        return cell.isoformat() if isinstance(cell, date) else cell  # type: ignore[return-value]

    return as_text


def _marked(value: Value) -> Value:
    """For XLSX, where text is text: only what an import would take an apostrophe from gets one."""

    def marked(line: Line) -> Cell:
        cell = value(line)
        return defused(cell) if isinstance(cell, str) and as_typed(cell) != cell else cell

    return marked


def file_name(conference: Conference, suffix: str) -> str:
    """What the download is called."""
    return f"{re.sub(r'[^a-z0-9-]', '', conference.slug)}-programme.{suffix}"


# What the template shows, by heading; the import knows all of these.
EXAMPLE: list[tuple[str, Cell]] = [
    ("Code", "T1"),
    ("Title", "How Rivers Remember"),
    ("Track", "Track 1"),
    ("Status", "draft"),
    ("Session", "Session 1"),
    ("Day", None),
    ("Start", time(9)),
    ("End", time(11, 30)),
    ("Room", "Great Hall"),
    ("Venue", "Main Building"),
    ("Presenters", "Ada Example (University of Somewhere, Hydrology); Bo Sample (Elsewhere)"),
    ("Emails", "ada@example.org; bo@example.org"),
    ("Level", "introductory"),
    ("Capacity", 40),
    ("Abstract", "A river’s bed is an archive of its floods."),
    ("Outline", ""),
    ("Audience", ""),
    ("Prerequisites", ""),
    ("Outcomes", ""),
    ("What to bring", "A laptop."),
    ("Materials", ""),
    ("Notes", "Only organisers read this."),
]


def template_csv(conference: Conference) -> Iterator[bytes]:
    """An empty list to fill in, with one row as an example."""
    columns = [
        (heading, _as_text(_always(_example(heading, cell, conference))))
        for heading, cell in EXAMPLE
    ]
    return csv_chunks(columns, [Line(Tutorial(), is_first=True)])


def template_xlsx(conference: Conference) -> IO[bytes]:
    """The same as XLSX, with a sheet that says what stands where."""
    columns = [
        Column(heading, _always(_example(heading, cell, conference)), WIDTHS.get(heading, 0))
        for heading, cell in EXAMPLE
    ]
    notes = [
        Column[tuple[str, str]](_("Column"), lambda note: note[0], 16),
        Column[tuple[str, str]](_("What stands there"), lambda note: note[1], 60),
    ]
    example = [Line(Tutorial(), is_first=True)]
    return xlsx_file(
        [
            Sheet(_("Tutorials"), columns, example, frozen_columns=2),
            Sheet(_("What stands where"), notes, _notes()),
        ]
    )


def _example(heading: str, cell: Cell, conference: Conference) -> Cell:
    return conference.starts_on if heading == "Day" else cell


def _always(cell: Cell) -> Value:
    return lambda _line: cell


def _notes() -> list[tuple[str, str]]:
    return [
        ("Code", _("Short and steady; a second import knows the tutorial by it. May be empty.")),
        ("Title", _("Every tutorial has one. Delete the example row.")),
        ("Status", _("proposed, draft or published. Empty: draft.")),
        (
            "Session, Day, Start, End",
            _(
                "A session of the schedule, which is made if it is not there. A second row with "
                "the same code gives a second time. Empty: to be announced."
            ),
        ),
        ("Room, Venue", _("Made if they are not there.")),
        (
            "Presenters",
            _(
                "Semicolons between people, the affiliation in brackets. Or columns “Presenter 1”, "
                "“Affiliation 1”, “Email 1”, “Bio 1”, “Presenter 2” and so on."
            ),
        ),
        ("Emails", _("In the order of the presenters. Never shown to the public.")),
        ("Level", _("introductory, intermediate or advanced.")),
        ("Capacity", _("How many people. Empty: as many as the room holds.")),
        ("Abstract …", _("Markdown, with formulas between dollar signs.")),
        ("Notes", _("Only organisers read them.")),
    ]
