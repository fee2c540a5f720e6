"""What would become of a file? A plan: read, compared with what is there, and nothing written.

The preview shows the plan, and the import makes it anew under its locks and carries it out.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.models import Conference
from people.models import Person
from tutorials.imports.faults import Fault, Faults
from tutorials.imports.merging import Verdict, verdict
from tutorials.imports.sheet.billing import Billed
from tutorials.imports.sheet.people import Identity, People
from tutorials.imports.sheet.places import Places, Unclear
from tutorials.imports.sheet.rows import TEXTS, Entry, Place, Sheet
from tutorials.imports.sheet.words import plain, single_spaced
from tutorials.models import Presenter, Schedule, Session, Tutorial
from venues.models import Room

Status = Tutorial.Status
# In the order in which the preview shows them.
FIELDS: dict[str, Any] = {
    "code": gettext_lazy("code"),
    "title": gettext_lazy("title"),
    "track": gettext_lazy("track"),
    "presenters": gettext_lazy("list of presenters"),
    "slots": gettext_lazy("time and room"),
    **{
        field.name: field.verbose_name
        for field in Tutorial._meta.fields
        if field.name in ("level", "capacity", *TEXTS)
    },
    "status": gettext_lazy("status"),
}
COLUMNS = ("title", "level", "capacity", *TEXTS)
ABOUT = {"email": gettext_lazy("e-mail"), "bio": gettext_lazy("about")}
ALL = "all"  # a key that stands for every one
SHOWN = 160  # characters of a text in the preview


@dataclass(frozen=True)
class Choices:
    """What the organiser said on the preview page."""

    columns: Mapping[str, str] = field(default_factory=dict)  # heading to field
    overwrite: Collection[str] = ()  # keys of what was edited by hand
    new_people: Collection[str] = ()  # keys of identities
    same_people: Mapping[str, int] = field(default_factory=dict)  # and who they are

    def overwrites(self, key: str) -> bool:
        """Whether the file's word counts for something that somebody edited."""
        return key in self.overwrite or ALL in self.overwrite


@dataclass(frozen=True)
class Difference:
    """A field that the import would change, or that it keeps because somebody edited it."""

    key: str
    label: str
    before: str
    after: str
    overwrites: bool = False  # what somebody edited, because the organiser wants the file's


@dataclass
class Step:
    """What becomes of one tutorial of the file."""

    entry: Entry
    tutorial: Tutorial
    is_new: bool
    changed: list[Difference] = field(default_factory=list)
    kept: list[Difference] = field(default_factory=list)
    # What to write, by field; and what the tutorial is to remember that the file said.
    writes: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    billed: list[tuple[Identity, Billed]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How the preview calls it."""
        return f"{self.tutorial.code} {self.tutorial.title}".strip()


@dataclass
class PersonStep:
    """What is filled in about somebody whom we know."""

    person: Person
    writes: dict[str, str] = field(default_factory=dict)
    changed: list[Difference] = field(default_factory=list)
    kept: list[Difference] = field(default_factory=list)


@dataclass
class Plan:
    """All that an import would do."""

    sheet: Sheet
    steps: list[Step]
    people: list[Identity]
    about: list[PersonStep]
    new_about: dict[int, dict[str, str]]  # of new people, by the id() of their identity
    places: Places
    hints: list[Fault]
    left: int
    names: dict[int, str]  # of people whom we know, by their ids

    @property
    def new(self) -> list[Step]:
        return [step for step in self.steps if step.is_new]

    @property
    def changed(self) -> list[Step]:
        return [step for step in self.steps if not step.is_new and step.changed]

    @property
    def kept(self) -> list[Difference]:
        """All that somebody edited by hand, and that the file has otherwise."""
        of_tutorials = [difference for step in self.steps for difference in step.kept]
        return of_tutorials + [difference for each in self.about for difference in each.kept]

    @property
    def overwritten(self) -> list[Difference]:
        """The same, where the organiser wants what the file has."""
        owners = [difference for step in self.steps for difference in step.changed]
        owners += [difference for each in self.about for difference in each.changed]
        return [difference for difference in owners if difference.overwrites]

    @property
    def new_people(self) -> list[Identity]:
        billed = (identity for step in self.steps for identity, _billed in step.billed)
        return list({id(each): each for each in billed if each.is_new}.values())

    def fingerprint(self) -> str:
        """Tells whether what is imported is what was looked at."""
        parts: list[Any] = [
            sorted(self.sheet.columns.chosen.items()),
            [(step.name, step.changed, step.kept, step.entry) for step in self.steps],
            [(each.key, each.person, each.lines) for each in self.people],
            [(each.person.pk, each.changed, each.kept) for each in self.about],
            [each.name for each in self.places.new_tracks],
            [f"{each.venue}: {each}" for each in self.places.new_rooms],
            [each.starts_at for each in self.places.new_sessions],
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def make_plan(
    sheet: Sheet, conference: Conference, tutorials: list[Tutorial], choices: Choices
) -> Plan:
    """Compare what a file says with the ``tutorials`` that are there. A fixed number of queries.

    Raises ``FaultyFile`` for what only the comparison shows to be unclear.
    """
    return _Planner(sheet, conference, tutorials, choices).plan()


class _Planner:
    def __init__(
        self, sheet: Sheet, conference: Conference, tutorials: list[Tutorial], choices: Choices
    ) -> None:
        self.sheet, self.conference, self.choices = sheet, conference, choices
        self.tutorials = tutorials
        self.draft = Schedule.objects.draft(conference)
        self.places = Places(conference, self.draft)
        self.people = People(conference, choices.new_people, choices.same_people)
        self.presenters = _by_tutorial(
            Presenter.objects.filter(tutorial__conference=conference).select_related("person")
        )
        slots = self.draft.slots.select_related("session", "room__venue").in_order()
        self.slots = _by_tutorial(slots)
        self.faults = Faults()
        self.hints = list(sheet.hints)
        self.about: dict[int, PersonStep] = {}
        self.new_about: dict[int, dict[str, str]] = {}
        self.said_about: list[tuple[Step, Identity, Billed]] = []

    def plan(self) -> Plan:
        found = self._found()
        steps = [self._step(entry, found.get(id(entry))) for entry in self.sheet.entries]
        self._give_new_tracks_their_room(steps)
        self.faults.raise_if_any()
        self._plan_about()
        self.places.keep_only(
            {id(step.writes.get("track")) for step in steps},
            {id(each) for step in steps for slot in step.writes.get("slots", ()) for each in slot},
        )
        billed = {id(identity) for step in steps for identity, _one in step.billed}
        return Plan(
            self.sheet,
            steps,
            [each for each in self.people.identities.values() if id(each) in billed],
            [each for each in self.about.values() if each.changed or each.kept or each.writes],
            self.new_about,
            self.places,
            sorted(self.hints),
            len(self.tutorials) - len(found),
            {pk: each.name for pk, each in self.people.known.items()},
        )

    def _found(self) -> dict[int, Tutorial]:
        """The tutorial of each entry that is there already: by its code, else by its title.

        The title that the last import gave it counts too, since somebody may have edited it.
        """
        found: dict[int, Tutorial] = {}
        free = {tutorial.pk: tutorial for tutorial in self.tutorials}
        for name_of, wanted in (
            (lambda row: row.code, lambda entry: entry.code),
            (lambda row: row.code.casefold(), lambda entry: entry.code.casefold()),
            (lambda row: row.imported.get("wrote", {}).get("title"), lambda entry: entry.title),
            (lambda row: plain(row.title), lambda entry: plain(entry.title)),
        ):
            by_name = {name_of(row): row for row in reversed(free.values())}
            for entry in self.sheet.entries:
                name = wanted(entry)
                if name and id(entry) not in found and name in by_name:
                    row = by_name.pop(name)
                    found[id(entry)] = row
                    free.pop(row.pk)
        self._refuse_crossed_codes(found)
        return found

    def _refuse_crossed_codes(self, found: Mapping[int, Tutorial]) -> None:
        """A code of one tutorial beside the title of another: who registered is not to be mixed up.

        It happens where codes are made up in a file anew. A title that two share is no fault: then
        the other one's own row has it as well.
        """
        titles = {plain(row.title): row for row in reversed(self.tutorials)}
        at_home = {
            found[id(entry)].pk
            for entry in self.sheet.entries
            if id(entry) in found and plain(entry.title) == plain(found[id(entry)].title)
        }
        for entry in self.sheet.entries:
            row, other = found.get(id(entry)), titles.get(plain(entry.title))
            if row is None or other is None or other.pk in at_home | {row.pk}:
                continue
            wrote = row.imported.get("wrote", {}).get("title", "")
            if plain(entry.title) in (plain(row.title), plain(wrote)):
                continue
            text = _(
                "The code “%(code)s” is that of “%(its)s”, and the title that of %(other)s. "
                "Correct one of them, or empty the code: then the title counts."
            )
            words = {"code": row.code, "its": cut(row.title), "other": other.code}
            self._fault(entry.line, "code", text % words)

    def _step(self, entry: Entry, tutorial: Tutorial | None) -> Step:
        step = Step(entry, tutorial or self._new_tutorial(entry), is_new=tutorial is None)
        if step.is_new and not entry.title:
            text = _("No tutorial has the code “%(code)s”, and a new one needs a title.")
            self._fault(entry.line, "title", text % {"code": entry.code})
        self._plan_code(step)
        for name in COLUMNS:
            if name in entry.said:
                self._plan_column(step, name, entry.said[name])
        if "track" in entry.said:
            self._plan_track(step)
        self._plan_presenters(step)
        self._plan_slots(step)
        self._plan_status(step)
        if not step.is_new:
            self._look_at_seats(step)
        return step

    def _new_tutorial(self, entry: Entry) -> Tutorial:
        return Tutorial(conference=self.conference, code=entry.code, title=entry.title)

    def _plan_code(self, step: Step) -> None:
        """A tutorial that was known by its title takes the code of the file, if nobody has it."""
        code, now = step.entry.code, step.tutorial.code
        if step.is_new or not code or code == now or code.casefold() == now.casefold():
            return
        last = step.tutorial.imported.get("wrote", {}).get("code")
        self._decide(step, "code", verdict(last, now, code), now, code, code, code)

    def _plan_column(self, step: Step, name: str, wanted: Any) -> None:
        if name == "title" and not wanted:
            return
        wrote = step.tutorial.imported.get("wrote", {})
        now = getattr(step.tutorial, name)
        if wanted in ("", None) and wrote.get(name) in ("", None):
            return  # an empty cell takes away only what an import wrote
        texts = _apart(shown(name, now), shown(name, wanted))
        # Titles are read with single spaces, so nobody edited one that has others here.
        before = single_spaced(now) if name == "title" else now
        self._decide(step, name, verdict(wrote.get(name), before, wanted), *texts, wanted, wanted)

    def _plan_track(self, step: Step) -> None:
        name = step.entry.said["track"]
        wrote = step.tutorial.imported.get("wrote", {})
        if not name and not wrote.get("track_id"):
            return
        now = step.tutorial.track_id
        if (
            name
            and plain(name) == plain(wrote.get("track_name") or "")
            and now == wrote["track_id"]
        ):
            return  # the file says what it said; the track may be called otherwise by now
        track = self.places.track(name)
        wanted = (track.pk or track.name) if track else None
        before = self.places.name_of_track(now)
        outcome = verdict(wrote.get("track_id"), now, wanted)
        self._decide(step, "track", outcome, before, name, track, track)

    def _plan_presenters(self, step: Step) -> None:
        """Compare by who they are: a name that somebody corrected since is the same person's."""
        here = self.presenters.get(step.tutorial.pk or 0, [])
        used: set[int] = set()
        billed: list[tuple[Identity, Billed]] = []
        for one in step.entry.presenters:
            identity = self.people.identify(one, step.entry.line, here, used)
            if identity.person:
                used.add(identity.person)
            if identity not in [each for each, _one in billed]:
                billed.append((identity, one))
        wrote = step.tutorial.imported.get("wrote", {})
        now = [[each.person.name, each.affiliation] for each in here]
        if not self.sheet.has_presenters or not (billed or wrote.get("presenters")):
            return
        ids = [(each.person_id, single_spaced(each.affiliation)) for each in here]
        is_same = ids == [
            (identity.person, single_spaced(one.affiliation)) for identity, one in billed
        ]
        wanted = now if is_same else [[one.name, one.affiliation] for _identity, one in billed]
        outcome = verdict(wrote.get("presenters"), now, wanted)
        before = "; ".join(map(str, here))
        after = "; ".join(str(one) for _identity, one in billed)
        self._decide(step, "presenters", outcome, before, after, billed, billed)
        if "presenters" in step.writes or outcome == Verdict.SAME:
            step.billed = billed
            self.said_about += [(step, identity, one) for identity, one in billed]

    def _plan_about(self) -> None:
        """Fill in what is not known about people, and change what an import wrote."""
        ids = {identity.person for _step, identity, _one in self.said_about if identity.person}
        persons = _in_bulk(ids)
        for step, identity, one in self.said_about:
            said = {name: getattr(one, name) for name in ABOUT if getattr(one, name)}
            if identity.person is None:
                about = self.new_about.setdefault(id(identity), {})
                for name, value in said.items():
                    about.setdefault(name, value)
            else:
                for name, value in said.items():
                    self._plan_one_about(step, persons[identity.person], name, value)

    def _plan_one_about(self, step: Step, person: Person, name: str, value: str) -> None:
        about = self.about.setdefault(person.pk, PersonStep(person))
        now = about.writes.get(name, getattr(person, name))
        now = now.lower() if name == "email" else now  # as a list's addresses are read
        wrote = step.tutorial.imported.get("wrote", {}).get("about", {})
        outcome = verdict(wrote.get(str(person.pk), {}).get(name), now, value)
        words = {"field": ABOUT[name], "person": person.name}
        if name in about.writes and outcome != Verdict.SAME:
            text = _("Another row says otherwise about %(person)s; the first counts.")
            self.hints.append(Fault(step.entry.line, "", text % words))
            return
        key = f"person-{person.pk}-{name}"
        label = _("%(field)s of %(person)s") % words
        difference = Difference(key, label, *_apart(now, value), outcome == Verdict.KEEP)
        if outcome == Verdict.KEEP and not self.choices.overwrites(key):
            if key not in [each.key for each in about.kept]:
                about.kept.append(difference)
            return
        if outcome != Verdict.SAME:
            about.writes[name] = value
            about.changed.append(difference)
        step.said.setdefault("about", {}).setdefault(str(person.pk), {})[name] = value

    def _plan_slots(self, step: Step) -> None:
        entry = step.entry
        if not self.sheet.has_places:
            return
        there = self.slots.get(step.tutorial.pk or 0, [])
        last = step.tutorial.imported.get("wrote", {})
        now = sorted([str(slot.session.key), slot.room_id] for slot in there)
        places = [[each.session, str(each.when), each.room, each.venue] for each in entry.places]
        if places and places == last.get("places") and now == sorted(last["slots"]):
            return  # it is where that import put it, whatever was renamed or moved since
        slots = [slot for place in entry.places if (slot := self._slot(place))]
        slots.sort(key=lambda slot: (slot[0].starts_at, slot[0].ends_at))
        wrote = last.get("slots")
        if not slots and not wrote:
            return
        wanted = sorted([str(session.key), _room_key(room)] for session, room in slots)
        if len({key for key, _room in wanted}) < len(wanted):
            self._fault(entry.line, "session", _("It is in one session twice."))
            return
        outcome = verdict(sorted(wrote) if wrote else wrote, now, wanted)
        before = "; ".join(self.places.where(slot.session, slot.room) for slot in there)
        after = "; ".join(self.places.where(session, room) for session, room in slots)
        self._decide(step, "slots", outcome, before, after, slots, slots)
        if "slots" in step.said:
            step.said["places"] = places

    def _slot(self, place: Place) -> tuple[Session, Room | None] | None:
        try:
            session = self.places.session(place)
            if session is None:
                return None
            return session, self.places.room(place)
        except Unclear as error:
            if error.blocks:
                self._fault(place.line, error.field, str(error))
            else:
                self._hint(place.line, error.field, str(error))
            return None

    def _give_new_tracks_their_room(self, steps: Iterable[Step]) -> None:
        """A new track whose tutorials are all in one room usually is in that room."""
        rooms: dict[int, set[int]] = defaultdict(set)
        of: dict[int, Room] = {}
        for step in steps:
            track = step.writes.get("track")
            for place in step.entry.places:
                if track is None or track.pk or not place.room:
                    continue
                try:
                    room = self.places.room(place)
                except Unclear as error:
                    self._fault(place.line, error.field, str(error))
                    continue
                if room:
                    rooms[id(track)].add(id(room))
                    of[id(track)] = room
        for track in self.places.new_tracks:
            if len(rooms[id(track)]) == 1:
                track.room = of[id(track)]

    def _plan_status(self, step: Step) -> None:
        wanted, tutorial = step.entry.said.get("status", ""), step.tutorial
        if step.is_new:
            step.writes["status"] = wanted or Status.DRAFT
        if not wanted:
            return
        now = tutorial.status
        last = tutorial.imported.get("wrote", {}).get("status")
        labels = dict(Status.choices)
        shown = str(labels[now]), str(labels[wanted])
        if step.is_new or wanted == now:
            step.said["status"] = wanted
        elif Status.CANCELLED in (wanted, now) or now == Status.PUBLISHED:
            # People were told, or are to be: the tutorial's page does that, and says so.
            if wanted != last:
                text = _("%(code)s stays %(now)s. What is public is taken back on its own page.")
                self._hint(
                    step.entry.line, "status", text % {"code": tutorial.code, "now": shown[0]}
                )
            step.said["status"] = wanted
        else:
            outcome = verdict(last, now, wanted)
            if last is None and now == Status.DRAFT and wanted == Status.PUBLISHED:
                outcome = Verdict.WRITE  # a draft is nobody's decision yet
            self._decide(step, "status", outcome, *shown, wanted, wanted)

    def _look_at_seats(self, step: Step) -> None:
        capacity, tutorial = step.writes.get("capacity"), step.tutorial
        if capacity is not None and capacity - tutorial.kept_back < tutorial.seats_taken:
            text = _("%(code)s keeps %(taken)d seats, because that many are taken.")
            words = {"code": tutorial.code, "taken": tutorial.seats_taken}
            self._hint(step.entry.line, "capacity", text % words)

    def _decide(
        self,
        step: Step,
        name: str,
        outcome: Verdict,
        before: str,
        after: str,
        write: Any,
        said: Any,
    ) -> None:
        """Write, or keep what somebody edited unless the organiser wants the file's."""
        if step.is_new:
            step.writes[name], step.said[name] = write, said
            return
        key = f"{step.tutorial.pk}-{name}"
        words = {"field": FIELDS[name], "code": step.tutorial.code}
        label = _("%(field)s of %(code)s") % words
        difference = Difference(key, label, before, after, outcome == Verdict.KEEP)
        if outcome == Verdict.KEEP and not self.choices.overwrites(key):
            step.kept.append(difference)
            return
        if outcome != Verdict.SAME:
            step.changed.append(difference)
            step.writes[name] = write
        step.said[name] = said

    def _fault(self, line: int, name: str, message: str) -> None:
        self.faults.add(line, self.sheet.columns.heading(name), message)

    def _hint(self, line: int, name: str, message: str) -> None:
        self.hints.append(Fault(line, self.sheet.columns.heading(name), message))


def _by_tutorial(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.tutorial_id].append(row)
    return found


def _in_bulk(ids: set[int]) -> dict[int, Person]:
    """``in_bulk``, some hundred at a time: SQLite takes no more in one list."""
    listed, found = sorted(ids), {}
    for start in range(0, len(listed), 500):
        found.update(Person.objects.in_bulk(listed[start : start + 500]))
    return found


def _room_key(room: Room | None) -> int | str | None:
    """What tells rooms apart in a comparison, new ones too."""
    return None if room is None else room.pk or f"new {room.venue}: {room.name}"


def shown(name: str, value: Any) -> str:
    """What a column holds, as the preview shows it."""
    if name == "level" and value:
        return str(dict(Tutorial.Level.choices)[value])
    return "" if value is None else str(value)


def _apart(before: str, after: str) -> tuple[str, str]:
    """Two texts, of long ones the part around the first letter in which they differ."""
    texts = [" ".join(text.split()) for text in (before, after)]
    letters = enumerate(zip(*texts, strict=False))
    same = next((at for at, (a, b) in letters if a != b), min(map(len, texts)))
    begin = max(0, same - SHOWN // 4) if max(map(len, texts)) > SHOWN else 0
    first, second = (cut(text, begin) for text in texts)
    return first, second


def cut(text: str, begin: int = 0) -> str:
    """The part of a text for which the preview has room."""
    end = begin + SHOWN
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if len(text) > end else ''}"
