"""How does a plan come into the database? All of it or nothing, in few statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max, Model

from conference.models import Conference
from conference.slugs import first_free_slug
from people.models import Person, User
from people.names import sort_name_of
from tutorials import registration, schedule
from tutorials.imports.sheet import columns as headings
from tutorials.imports.sheet.billing import Billed
from tutorials.imports.sheet.people import Identity
from tutorials.imports.sheet.planning import ABOUT, Choices, Plan, Step, make_plan
from tutorials.imports.sheet.report import Report
from tutorials.imports.sheet.rows import TEXTS, Sheet, read
from tutorials.imports.tables import open_table
from tutorials.models import Presenter, Schedule, Session, Slot, Track, Tutorial
from tutorials.registration.organisers import follow_capacity
from venues.models import Room, Venue

Status = Tutorial.Status
AT_ONCE = 500


class PlanChanged(Exception):
    """What the import would do is not what the organiser looked at."""


def read_sheet(path: Path, conference: Conference, choices: Choices) -> Sheet:
    """What a file says. Raises ``FaultyFile``, ``OSError``."""
    known = {**conference.programme_columns, **choices.columns}
    with open_table(path, lambda cells: headings.score(cells, known)) as table:
        columns = headings.match(
            table.headings,
            line=table.line,
            remembered=conference.programme_columns,
            given=choices.columns,
        )
        return read(table.rows(), columns, conference)


def plan_sheet(path: Path, conference: Conference, choices: Choices | None = None) -> Plan:
    """What an import would do; nothing is written. Raises ``FaultyFile``, ``OSError``."""
    choices = choices or Choices()
    sheet = read_sheet(path, conference, choices)
    return make_plan(sheet, conference, list(conference.tutorials.order_by("pk")), choices)


def import_sheet(
    path: Path,
    conference: Conference,
    *,
    by: User | None,
    at: datetime,
    choices: Choices | None = None,
    seen: str | None = None,
    release: bool = False,
    dry_run: bool = False,
) -> Report:
    """Bring a list of tutorials in, and say what became of it.

    ``seen`` is the fingerprint of the plan that the organiser looked at: where it is another one by
    now, ``PlanChanged`` is raised. ``release`` publishes the tutorials of the file but those that
    are proposed only, and releases the schedule. Raises ``FaultyFile`` and
    ``schedule.ReleaseBlocked`` too, and has written nothing then. Locks all tutorials of the
    conference.
    """
    choices = choices or Choices()
    sheet = read_sheet(path, conference, choices)
    with transaction.atomic(durable=True):
        tutorials = registration.lock_conference(conference)
        plan = make_plan(sheet, conference, tutorials, choices)
        if seen is not None and plan.fingerprint() != seen:
            raise PlanChanged
        report = Report(plan)
        Writing(plan, conference, by, at).write()
        _remember(conference, choices, sheet)
        if release:
            report.published = _publish(plan, at)
            before = Schedule.objects.current(conference).first()
            version = schedule.release_within(conference, by=by, at=at)
            report.released = version if version != before else None
        report.unscheduled = _without_time(plan)
        if dry_run:
            transaction.set_rollback(True)
    if not dry_run:
        registration.sweep(at=at, conference=conference)
    return report


def _remember(conference: Conference, choices: Choices, sheet: Sheet) -> None:
    remembered = headings.to_remember(
        conference.programme_columns, choices.columns, sheet.columns.headings
    )
    if remembered != conference.programme_columns:
        conference.programme_columns = remembered
        conference.save(update_fields=["programme_columns"])


def _publish(plan: Plan, at: datetime) -> int:
    hidden = [step.tutorial for step in plan.steps if step.tutorial.status == Status.DRAFT]
    for tutorial in hidden:
        tutorial.publish(at=at)
    return len(hidden)


def _without_time(plan: Plan) -> list[str]:
    """The codes of what is to be announced, whatever the reason."""
    tutorials = [step.tutorial for step in plan.steps if not step.tutorial.is_cancelled]
    draft = Slot.objects.filter(schedule=plan.places.draft)
    timed = set(draft.values_list("tutorial_id", flat=True))
    return [tutorial.code for tutorial in tutorials if tutorial.pk not in timed]


class Writing:
    """Carries out a plan, inside its transaction."""

    def __init__(self, plan: Plan, conference: Conference, by: User | None, at: datetime) -> None:
        self.plan, self.conference, self.by, self.at = plan, conference, by, at
        self.draft = plan.places.draft
        self.people: dict[int, Person] = {}  # the new ones, by the id() of their identity
        self.touched: list[Step] = []

    def write(self) -> None:
        """Write all of it: first what the tutorials point to, then what points to them."""
        self._write_places()
        self._write_people()
        self._write_tutorials()
        self._write_presenters()
        self._write_slots()
        self._let_them_remember()
        self._let_seats_follow()

    def _write_places(self) -> None:
        places = self.plan.places
        self._give_slugs(
            Venue.objects.filter(conference=self.conference), places.new_venues, "venue"
        )
        self._create(Venue, places.new_venues)
        self._create(Room, places.new_rooms)
        self._give_slugs(
            Track.objects.filter(conference=self.conference), places.new_tracks, "track"
        )
        self._create(Track, places.new_tracks)
        self._number(places.new_sessions)
        self._create(Session, places.new_sessions)

    def _create(self, model: type[Model], rows: list[Any]) -> None:
        model._default_manager.bulk_create(rows)
        _keep_versions(rows, by=self.by)

    def _write_people(self) -> None:
        for identity in self.plan.new_people:
            said = self.plan.new_about.get(id(identity), {})
            name = identity.billed.name
            self.people[id(identity)] = Person(
                name=name,
                sort_name=sort_name_of(name)[:200],
                email=said.get("email", ""),
                bio=said.get("bio", ""),
            )
        self._give_slugs(Person.objects.all(), self.people.values(), "person")
        self._create(Person, list(self.people.values()))
        for about in self.plan.about:
            if about.writes:
                for name, value in about.writes.items():
                    setattr(about.person, name, value)
                about.person.save(update_fields=list(about.writes))

    def _write_tutorials(self) -> None:
        new = [step.tutorial for step in self.plan.new]
        for step in self.plan.steps:
            self._set_fields(step)
        self._give_codes(new)
        self._give_positions(self.plan.new)
        slugless = [each for each in new if not each.slug]
        others = Tutorial.objects.filter(conference=self.conference)
        self._give_slugs(others, slugless, "tutorial")
        self._create(Tutorial, new)

    def _set_fields(self, step: Step) -> None:
        tutorial = step.tutorial
        for name, value in step.writes.items():
            if name == "status":
                tutorial.status = value
                tutorial.published_at = self.at if value == Status.PUBLISHED else None
                tutorial.cancelled_at = self.at if value == Status.CANCELLED else None
            elif name not in ("presenters", "slots"):
                setattr(tutorial, name, value)
        if step.is_new and tutorial.capacity:
            tutorial.seats = max(0, tutorial.capacity - tutorial.kept_back)

    def _give_codes(self, tutorials: list[Tutorial]) -> None:
        taken = set(
            Tutorial.objects.filter(conference=self.conference).values_list("code", flat=True)
        ) | {each.code for each in tutorials if each.code}
        number = len(taken) + 1
        for tutorial in tutorials:
            while not tutorial.code:
                if f"T{number}" not in taken:
                    tutorial.code = f"T{number}"
                number += 1

    def _give_positions(self, steps: list[Step]) -> None:
        """New tutorials go to the end of their track, in the order of the file."""
        others = Tutorial.objects.filter(conference=self.conference).order_by()
        last: dict[int | None, int] = dict(others.values_list("track_id").annotate(Max("position")))
        for step in steps:
            track_id = step.tutorial.track_id
            last[track_id] = step.tutorial.position = last.get(track_id, 0) + 1

    def _give_slugs(
        self, there: Any, new: Iterable[Venue | Track | Tutorial | Person], fallback: str
    ) -> None:
        new = list(new)
        if not new:
            return
        taken = set(there.values_list("slug", flat=True))
        for each in new:
            name = each.title if isinstance(each, Tutorial) else each.name
            code = each.code.lower() if isinstance(each, Tutorial) else ""
            each.slug = first_free_slug(name, taken, code or fallback)
            taken.add(each.slug)

    def _write_presenters(self) -> None:
        steps = [step for step in self.plan.steps if "presenters" in step.writes]
        old: dict[tuple[int, int], Presenter] = {}
        for rows in _in_parts([step.tutorial.pk for step in steps if step.tutorial.pk]):
            for presenter in Presenter.objects.filter(tutorial__in=rows):
                old[presenter.tutorial_id, presenter.person_id] = presenter
        new: list[Presenter] = []
        moved: list[Presenter] = []
        for step in steps:
            for position, (identity, billed) in enumerate(step.billed, start=1):
                person_id = self._person_id(identity)
                mine = old.pop((step.tutorial.pk, person_id), None)
                presenter = mine or Presenter(tutorial=step.tutorial, person_id=person_id)
                (moved if mine else new).append(presenter)
                presenter.affiliation, presenter.position = billed.affiliation, position
        for presenter in old.values():
            presenter.delete()
        Presenter.objects.bulk_update(moved, ["affiliation", "position"], batch_size=AT_ONCE)
        _keep_versions(moved, by=self.by, update=True)
        self._create(Presenter, new)

    def _person_id(self, identity: Identity) -> int:
        return identity.person or self.people[id(identity)].pk

    def _name_of(self, identity: Identity, billed: Billed) -> str:
        """The name as it is kept: that of somebody we know may be typed otherwise in the file."""
        known = identity.person and self.plan.names.get(identity.person)
        return known or billed.name

    def _write_slots(self) -> None:
        """Give the tutorials their sessions and rooms; a slot that moves keeps its key."""
        steps = [step for step in self.plan.steps if "slots" in step.writes]
        old: dict[int, list[Slot]] = {}
        for slot in Slot.objects.filter(schedule=self.draft).in_order():
            old.setdefault(slot.tutorial_id, []).append(slot)
        new: list[Slot] = []
        moved: list[Slot] = []
        for step in steps:
            there = old.get(step.tutorial.pk, [])
            for session, room, mine in _matched(step.writes["slots"], there):
                slot = mine or Slot(schedule=self.draft, tutorial=step.tutorial)
                (moved if mine else new).append(slot)
                slot.session, slot.room = session, room
            for slot in there:
                slot.delete()
        self._number(new)
        self._create(Slot, new)
        for slot in moved:
            slot.save(update_fields=["session", "room"])

    def _number(self, new: list[Session] | list[Slot]) -> None:
        if new:
            number = self.draft.next_number()
            for row in new:
                row.number, number = number, number + 1

    def _let_them_remember(self) -> None:
        """Save what has changed, and let each tutorial remember what the file said."""
        changed = []
        for step in self.plan.steps:
            tutorial = step.tutorial
            before = repr(tutorial.imported)
            wrote = tutorial.imported.setdefault("wrote", {})
            for name, value in step.said.items():
                wrote.update(self._as_json(name, value))
            if about := self._about_new(step):
                wrote["about"] = {**wrote.get("about", {}), **about}
            if repr(tutorial.imported) != before or step.changed:
                changed.append(tutorial)
        fields = ["code", "title", "track", "level", "capacity", "status", "published_at"]
        for part in _in_parts(changed):
            _update(part, [*fields, *TEXTS, "imported", "updated_at"])
        _keep_versions([step.tutorial for step in self.plan.changed], by=self.by, update=True)

    def _about_new(self, step: Step) -> dict[str, dict[str, str]]:
        """What the rows of a tutorial said about people who are new, by their ids."""
        return {
            str(person.pk): said
            for identity, billed in step.billed
            if (person := self.people.get(id(identity)))
            and (said := {name: text for name in ABOUT if (text := getattr(billed, name))})
        }

    def _as_json(self, name: str, value: Any) -> dict[str, Any]:
        if name == "track":
            return {"track_id": value and value.pk, "track_name": value.name if value else ""}
        if name == "presenters":
            return {name: [[self._name_of(*each), each[1].affiliation] for each in value]}
        if name == "slots":
            return {name: [[str(session.key), room and room.pk] for session, room in value]}
        return {name: value}

    def _let_seats_follow(self) -> None:
        """Where the capacity changed; nobody loses a seat by it."""
        changed = [
            step.tutorial
            for step in self.plan.steps
            if not step.is_new and "capacity" in step.writes
        ]
        if changed:
            follow_capacity(changed, self.at, by=self.by)


def _matched(
    wanted: list[tuple[Session, Room | None]], there: list[Slot]
) -> list[tuple[Session, Room | None, Slot | None]]:
    """A slot of ``there`` for each that is wanted, those in the same session first; taken out."""
    found: dict[int, Slot] = {}
    for is_meant in (lambda slot, session: slot.session_id == session.pk, lambda *_any: True):
        for session, _room in wanted:
            if id(session) not in found:
                slot = next((each for each in there if is_meant(each, session)), None)
                if slot:
                    there.remove(slot)
                    found[id(session)] = slot
    return [(session, room, found.get(id(session))) for session, room in wanted]


def _keep_versions(rows: list[Any], *, by: User | None, update: bool = False) -> None:
    """A version for the history of each, where its model has one: rows in bulk make none."""
    history = getattr(type(rows[0]), "history", None) if rows else None
    if history:
        history.bulk_history_create(rows, update=update, default_user=by)


def _in_parts(rows: list[Any]) -> Iterable[list[Any]]:
    """Some hundred at a time: SQLite takes no more in one list."""
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _update(tutorials: list[Tutorial], fields: list[str]) -> None:
    """Save some fields of locked rows: ``bulk_update``, at a tenth of its cost."""
    Tutorial.objects.bulk_create(
        tutorials, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )
