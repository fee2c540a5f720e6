"""What does a file say is on offer? The programme as read, whatever the format it was in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.db.models import CharField, Model
from django.utils.translation import gettext as _

from people.models import Person
from tutorials.models import Presenter, Track, Tutorial
from venues.models import Room, Venue


@dataclass(frozen=True)
class ImportedPresenter:
    name: str
    affiliation: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.affiliation})" if self.affiliation else self.name


@dataclass(frozen=True)
class ImportedTutorial:
    title: str
    abstract: str
    presenters: tuple[ImportedPresenter, ...]
    line: int  # where the title stands
    presenters_line: int


@dataclass(frozen=True)
class ImportedTrack:
    """A track with the hall and street address of its heading, either of which may be empty."""

    name: str
    hall: str
    address: str
    tutorials: tuple[ImportedTutorial, ...]
    line: int


@dataclass(frozen=True)
class Programme:
    tracks: tuple[ImportedTrack, ...]

    @property
    def tutorials(self) -> list[ImportedTutorial]:
        """Every tutorial, in the order of the file."""
        return [tutorial for track in self.tracks for tutorial in track.tutorials]


@dataclass(frozen=True, order=True)
class ParseFault:
    """One thing in a file that cannot be understood, and the line it is in, from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("line %(line)d: %(message)s") % {"line": self.line, "message": self.message}


class Unreadable(Exception):
    """A file cannot be read as a programme; ``faults`` names every line that stands in the way."""

    def __init__(self, faults: list[ParseFault]) -> None:
        self.faults = sorted(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


def faults_in(programme: Programme) -> Iterator[ParseFault]:
    """What no tutorial day can have, in whatever format it was written: names twice or too long."""
    yield from _too_long(programme)
    yield from _twice(
        [(track.name, track.line) for track in programme.tracks],
        _("The track “%(name)s” is there already, in line %(first)d."),
    )
    yield from _twice(
        [(tutorial.title, tutorial.line) for tutorial in programme.tutorials if tutorial.title],
        _("The title “%(name)s” is there already, in line %(first)d."),
    )
    for tutorial in programme.tutorials:
        yield from _twice(
            [(str(presenter), tutorial.presenters_line) for presenter in tutorial.presenters],
            _("“%(name)s” is named twice."),
        )


def _twice(names: list[tuple[str, int]], message: str) -> Iterator[ParseFault]:
    seen: dict[str, int] = {}
    for name, line in names:
        if name in seen:
            yield ParseFault(line, message % {"name": name, "first": seen[name]})
        seen.setdefault(name, line)


def _too_long(programme: Programme) -> Iterator[ParseFault]:
    for track in programme.tracks:
        yield from _longer_than(Track, "name", track.name, track.line)
        yield from _longer_than(Room, "name", track.hall, track.line)
        # A venue that nobody has named yet goes by its address.
        yield from _longer_than(Venue, "name", track.address, track.line)
    for tutorial in programme.tutorials:
        yield from _longer_than(Tutorial, "title", tutorial.title, tutorial.line)
        for presenter in tutorial.presenters:
            line = tutorial.presenters_line
            yield from _longer_than(Person, "name", presenter.name, line)
            yield from _longer_than(Presenter, "affiliation", presenter.affiliation, line)


def _longer_than(model: type[Model], field_name: str, text: str, line: int) -> Iterator[ParseFault]:
    field = cast(CharField, model._meta.get_field(field_name))
    if field.max_length and len(text) > field.max_length:
        yield ParseFault(
            line,
            _("“%(start)s…” has %(length)d characters, and “%(model)s: %(field)s” takes %(most)d.")
            % {
                "start": text[:30],
                "length": len(text),
                "model": model._meta.verbose_name,
                "field": field.verbose_name,
                "most": field.max_length,
            },
        )
