"""Whose word counts: what the last import wrote, what is there now, or what the file says?

A second import must not undo what people did since the first. So each tutorial remembers what the
last import said and wrote (``Tutorial.imported``), and a field is written only where it still has
what that import gave it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Person
from tutorials.imports.matching import match_person
from tutorials.imports.programme import ImportedPresenter
from tutorials.imports.report import Report
from tutorials.models import Presenter, Schedule, Session, Slot, Tutorial

FIELDS = {
    "title": gettext_lazy("title"),
    "abstract": gettext_lazy("abstract"),
    "track_id": gettext_lazy("track"),
    "position": gettext_lazy("order"),
    "presenters": gettext_lazy("list of presenters"),
    "slots": gettext_lazy("time and room"),
}
COLUMNS = ("title", "abstract", "track_id", "position")


class Verdict(Enum):
    SAME = auto()
    WRITE = auto()
    KEEP = auto()


def verdict(last: Any, now: Any, wanted: Any) -> Verdict:
    """What to do with a field that had ``last`` from an import, None if it never had."""
    if _plain(now) == _plain(wanted):
        return Verdict.SAME
    if _plain(now) == _plain(last) or (last is None and not now):
        return Verdict.WRITE
    return Verdict.KEEP


def _plain(value: Any) -> Any:
    """A browser sends CR LF for a line end, and forms strip: neither is an edit."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def merge(tutorial: Tutorial, wanted: dict[str, Any], draft: Schedule, report: Report) -> None:
    """Bring each field of a saved tutorial to what is wanted, unless somebody edited it."""
    wrote = tutorial.imported.setdefault("wrote", {})
    for name, value in wanted.items():
        label = _("%(field)s of %(code)s") % {"field": FIELDS[name], "code": tutorial.code}
        outcome = verdict(wrote.get(name), _now(tutorial, name, draft), value)
        if outcome == Verdict.KEEP:
            report.kept.append(label)
            continue
        if outcome == Verdict.WRITE:
            _write(tutorial, name, value, draft, report)
            report.changed.append(label)
        wrote[name] = value


def _now(tutorial: Tutorial, name: str, draft: Schedule) -> Any:
    """What a field has now, as the JSON that ``imported`` keeps."""
    if name in COLUMNS:
        return getattr(tutorial, name)
    if name == "presenters":
        billed = tutorial.presenters.select_related("person")
        return [[presenter.person.name, presenter.affiliation] for presenter in billed]
    return [[str(slot.session.key), slot.room_id] for slot in _slots(tutorial, draft)]


def _write(tutorial: Tutorial, name: str, value: Any, draft: Schedule, report: Report) -> None:
    if name in COLUMNS:
        setattr(tutorial, name, value)
    elif name == "presenters":
        _write_presenters(tutorial, [ImportedPresenter(*names) for names in value], report)
    else:
        _write_slots(tutorial, value, draft)


def _slots(tutorial: Tutorial, draft: Schedule) -> list[Slot]:
    slots = Slot.objects.filter(schedule=draft, tutorial=tutorial)
    return list(slots.select_related("session").in_order())


def _write_slots(tutorial: Tutorial, wanted: list[list[Any]], draft: Schedule) -> None:
    """Give the tutorial these sessions and rooms; a slot that moves keeps its key."""
    old = _slots(tutorial, draft)
    for key, room_id in wanted:
        slot = old.pop(0) if old else Slot(tutorial=tutorial)
        slot.session = Session.objects.select_related("schedule").get(schedule=draft, key=key)
        slot.room_id = room_id
        slot.save()
    for slot in old:
        slot.delete()


def _write_presenters(tutorial: Tutorial, wanted: list[ImportedPresenter], report: Report) -> None:
    """Bill these people in this order. Who is billed already stays the same person."""
    old = list(tutorial.presenters.select_related("person"))
    staying = {entry: billed for entry in wanted if (billed := _take(old, entry, exactly=True))}
    for entry in wanted:
        if entry not in staying and (billed := _take(old, entry, exactly=False)):
            staying[entry] = billed
    for presenter in old:
        presenter.delete()
    used = [presenter.person_id for presenter in staying.values()]
    for position, entry in enumerate(wanted, start=1):
        presenter = staying.get(entry) or Presenter(
            tutorial=tutorial, person=_person(entry, used, report)
        )
        used.append(presenter.person_id)
        presenter.affiliation, presenter.position = entry.affiliation, position
        presenter.save()


def _take(old: list[Presenter], entry: ImportedPresenter, *, exactly: bool) -> Presenter | None:
    """Take out of ``old`` who is meant, by name, and by affiliation as well if ``exactly``."""
    for presenter in old:
        is_meant = not exactly or presenter.affiliation == entry.affiliation
        if presenter.person.name == entry.name and is_meant:
            old.remove(presenter)
            return presenter
    return None


def _person(entry: ImportedPresenter, besides: list[int], report: Report) -> Person:
    person = match_person(entry, besides)
    if person is None:
        person = Person.objects.create(name=entry.name)
        report.created["person"] += 1
    return person
