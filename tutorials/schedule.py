"""When and where: what is wrong with the draft, and how it becomes the version the public sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from conference.models import Conference
from people.models import User
from tutorials import registration
from tutorials.clashes import Finding, findings_of, new_overlaps
from tutorials.models import Schedule, Session, Slot
from tutorials.programme import with_presenters
from tutorials.registration.writing import Act

__all__ = ["Finding", "ReleaseBlocked", "check", "has_changes", "release", "release_within"]


class ReleaseBlocked(Exception):
    """The draft cannot be released as it is; ``findings`` say why. Nothing was changed."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(" ".join(finding.message for finding in self.findings))


def check(conference: Conference) -> list[Finding]:
    """What is wrong with the draft, or odd; what blocks a release comes first.

    A fixed number of queries.
    """
    return findings_of(Schedule.objects.draft(conference))


def release(
    conference: Conference,
    *,
    by: User | None,
    at: datetime,
    notes: str = "",
    keep_everyone: bool = False,
    keep: Collection[int] = (),
    move_back: Collection[int] = (),
) -> Schedule:
    """Freeze the draft as the next version, which is what the public sees from then on.

    Seats follow the new rooms and are filled from the waiting lists; who has something that moved
    is told. Raises ``ReleaseBlocked`` for a draft that has a clash, or that would put more people
    than seats somewhere or give somebody two things at once. The organiser decides about these by
    the ids of tutorials: in those of ``keep`` people keep what they have (and the tutorial its
    seats; ``keep_everyone``: in all the others), in those of ``move_back`` the newest go to the
    head of the queue. A draft that differs in nothing from the current version makes no new one:
    that one is returned. Locks all tutorials of the conference.
    """
    with transaction.atomic(durable=True):
        schedule = release_within(
            conference,
            by=by,
            at=at,
            notes=notes,
            keep_everyone=keep_everyone,
            keep=keep,
            move_back=move_back,
        )
    registration.sweep(at=at, conference=conference)
    return schedule


def release_within(
    conference: Conference,
    *,
    by: User | None,
    at: datetime,
    notes: str = "",
    keep_everyone: bool = False,
    keep: Collection[int] = (),
    move_back: Collection[int] = (),
) -> Schedule:
    """``release`` as a part of a transaction that is open already, for an import.

    ``registration.sweep`` has to follow once that is over.
    """
    tutorials = registration.lock_conference(conference)
    current = Schedule.objects.current(conference).first()
    if current and not has_changes(conference):
        return current
    blocking = [
        finding
        for finding in check(conference)
        if finding.blocks
        and not finding.is_decided(everyone=keep_everyone, keep=keep, move_back=move_back)
    ]
    if blocking:
        raise ReleaseBlocked(blocking)
    draft = Schedule.objects.draft(conference)
    slots = list(draft.slots.select_related("session"))
    everybody = [tutorial.pk for tutorial in tutorials] if keep_everyone else []
    effects = registration.Effects(
        moved=_moved(current, slots) if current else (),
        overlaps=new_overlaps(draft, slots),
        keep={*everybody, *keep}.difference(move_back),
        move_back=move_back,
    )
    schedule = _freeze(draft, by=by, at=at, notes=notes)
    registration.follow_release(tutorials, effects, Act(by, at, notes[:300]))
    return schedule


def _moved(current: Schedule, slots: Iterable[Slot]) -> set[int]:
    """Ids of the tutorials that have a time already, and are to have another time or room."""
    before, after = defaultdict(set), defaultdict(set)
    for slot in current.slots.select_related("session"):
        before[slot.tutorial_id].add(_when_and_where(slot))
    for slot in slots:
        after[slot.tutorial_id].add(_when_and_where(slot))
    return {pk for pk, its in before.items() if its != after[pk]}


def _when_and_where(slot: Slot) -> tuple[datetime, datetime, int | None]:
    return slot.session.starts_at, slot.session.ends_at, slot.room_id


def has_changes(conference: Conference) -> bool:
    """Whether a release of the draft would make a new version. A fixed number of queries.

    The texts that a version keeps count too, such as a title that was edited since.
    """
    current = Schedule.objects.current(conference).first()
    if current is None:
        return True
    return _content(Schedule.objects.draft(conference)) != _content(current)


def _freeze(draft: Schedule, *, by: User | None, at: datetime, notes: str) -> Schedule:
    """Copy a draft, its sessions and slots under the next number; keys and numbers stay.

    ``bulk_create`` writes past the models' own guard against changing what is released.
    """
    schedules = Schedule.objects.filter(conference=draft.conference)
    last = schedules.aggregate(number=Max("number"))["number"] or 0
    released = Schedule.objects.create(
        conference=draft.conference, number=last + 1, released_at=at, released_by=by, notes=notes
    )
    copies: dict[int, Session] = {}
    for session in draft.sessions.all():
        copies[session.pk] = Session(
            schedule=released,
            **{field: getattr(session, field) for field in SESSION_FIELDS},
        )
    Session.objects.bulk_create(copies.values())
    Slot.objects.bulk_create(
        Slot(schedule=released, session=copies[slot.session_id], **_frozen(slot))
        for slot in _slots(draft)
    )
    return released


SESSION_FIELDS = ("key", "number", "kind", "title", "starts_at", "ends_at", "place")


def _frozen(slot: Slot) -> dict[str, object]:
    """What a slot keeps for good: which, where, and what it is called as text."""
    if not slot.schedule.is_draft:
        title, room_name, line = slot.title, slot.room_name, slot.presenter_line
    else:
        title, line = slot.tutorial.title, slot.tutorial.presenter_line
        room_name = slot.room.name if slot.room else ""
    return {
        "key": slot.key,
        "number": slot.number,
        "tutorial_id": slot.tutorial_id,
        "room_id": slot.room_id,
        "title": title,
        "room_name": room_name,
        "presenter_line": line,
    }


def _slots(schedule: Schedule) -> Iterable[Slot]:
    return (
        schedule.slots.select_related("schedule", "session", "tutorial", "room")
        .prefetch_related(with_presenters("tutorial__presenters"))
        .order_by("number")
    )


def _content(schedule: Schedule) -> tuple[set[tuple], set[tuple]]:
    """All that a version shows, in a form that compares."""
    sessions = {
        tuple(getattr(session, field) for field in SESSION_FIELDS)
        for session in schedule.sessions.all()
    }
    slots = {(slot.session.key, *_frozen(slot).values()) for slot in _slots(schedule)}
    return sessions, slots
