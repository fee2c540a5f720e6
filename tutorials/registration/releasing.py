"""What does a new version of the timetable do to those who are registered?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tutorials import mails
from tutorials.models import Registration, Schedule, Session, Slot, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.registration.filling import Loose
from tutorials.registration.offers import shorten
from tutorials.registration.organisers import follow_capacity, send_back
from tutorials.registration.seats import TooFew
from tutorials.registration.writing import BATCH, Act, note_overlap

Pair = tuple[int, int]


@dataclass
class Effects:
    """What a release does to people, and what the organiser decided about it; ids throughout."""

    # Tutorials that had a time before, and have another time or room now.
    moved: Collection[int] = ()
    # Who has a seat in both of two tutorials that overlap from now on.
    overlaps: Mapping[Pair, Collection[int]] = field(default_factory=dict)
    # Tutorials whose people keep their seats, and those whose newest go back to the queue.
    keep: Collection[int] = ()
    move_back: Collection[int] = ()


def follow_release(tutorials: Collection[Tutorial], effects: Effects, act: Act) -> None:
    """Bring seats and registrations in line with the version that was released just now.

    ``tutorials`` are all of the conference, locked. Who has a new clash is moved back from the
    tutorial that the organiser chose, or keeps both seats, marked and told. Everybody whose
    tutorial has moved is told. Free seats are filled; a ``sweep`` has to follow the transaction.
    """
    loose = Loose()
    by_id = {tutorial.pk: tutorial for tutorial in tutorials}
    moved_back = _decide_overlaps(by_id, effects, act, loose)
    _forget_old_overlaps(by_id)
    choices = dict.fromkeys(effects.keep, TooFew.KEEP)
    choices |= dict.fromkeys(effects.move_back, TooFew.MOVE_BACK)
    _tell_of_move(effects.moved, moved_back, act)
    offered = Registration.objects.filter(
        status=Registration.Status.OFFERED, tutorial__in=effects.moved
    )
    for pk in sorted(set(offered.values_list("tutorial_id", flat=True))):
        shorten(by_id[pk], act)
    follow_capacity(
        tutorials,
        act.at,
        too_few=choices,
        by=act.by,
        reason=act.reason,
        why=Why.RELEASE,
        loose=loose,
    )


def _decide_overlaps(
    tutorials: Mapping[int, Tutorial], effects: Effects, act: Act, loose: Loose
) -> set[int]:
    """Return the ids of the registrations that were moved back to a queue."""
    concerned = {pk for pair in effects.overlaps for pk in pair}
    seats = {
        (row.attendee_id, row.tutorial_id): row
        for row in Registration.objects.filter(
            status=Registration.Status.CONFIRMED, tutorial__in=concerned
        ).select_related("attendee__user")
        if concerned
    }
    leaving: dict[int, Registration] = {}
    beside: dict[int, int] = {}
    for pair, people in effects.overlaps.items():
        for attendee in people:
            rows = [seats[attendee, pk] for pk in pair if pk in effects.move_back]
            if rows:
                row = max(rows, key=_age)
                leaving[row.pk] = row
                beside[row.pk] = next(pk for pk in pair if pk != row.tutorial_id)
    for pk in sorted({row.tutorial_id for row in leaving.values()}):
        going = [row for row in leaving.values() if row.tutorial_id == pk]
        newest_first = sorted(going, key=_age, reverse=True)
        send_back(tutorials[pk], newest_first, Why.RELEASE, act, loose, others=beside)
    kept: dict[int, Registration] = {}
    for (one, other), people in effects.overlaps.items():
        for attendee in people:
            rows = [seats[attendee, one], seats[attendee, other]]
            if not any(row.pk in leaving for row in rows):
                kept |= {row.pk: row for row in rows}
                mails.tell(rows[:1], MailKind.CLASH, at=act.at, facts={"other": other})
    note_overlap(list(kept.values()), act)
    return set(leaving)


def _forget_old_overlaps(tutorial_ids: Collection[int]) -> None:
    """Take the mark off seats that an earlier release put beside another, and that are not now."""
    marked = Registration.objects.filter(
        tutorial__in=tutorial_ids,
        status=Registration.Status.CONFIRMED,
        overlap=Registration.Overlap.RELEASE,
    )
    theirs: dict[int, dict[int, list[Session]]] = defaultdict(lambda: defaultdict(list))
    seats = Registration.objects.filter(
        status=Registration.Status.CONFIRMED, attendee__in=marked.values("attendee")
    )
    sessions: dict[int, list[Session]] = defaultdict(list)
    for slot in Slot.objects.filter(
        schedule__in=Schedule.objects.current_of_each(), tutorial__in=seats.values("tutorial")
    ).select_related("session"):
        sessions[slot.tutorial_id].append(slot.session)
    for attendee, tutorial in seats.values_list("attendee_id", "tutorial_id"):
        theirs[attendee][tutorial] = sessions[tutorial]
    stale = [
        row.pk
        for row in marked
        if not any(
            one.overlaps(other)
            for pk, others in theirs[row.attendee_id].items()
            if pk != row.tutorial_id
            for other in others
            for one in sessions[row.tutorial_id]
        )
    ]
    for start in range(0, len(stale), BATCH):
        Registration.objects.filter(pk__in=stale[start : start + BATCH]).update(overlap="")


def _age(row: Registration) -> tuple:
    """Orders seats from the oldest to the newest."""
    return (row.confirmed_at or row.registered_at, row.pk)


def _tell_of_move(tutorial_ids: Collection[int], besides: Collection[int], act: Act) -> None:
    rows = list(
        Registration.objects.live()
        .exclude(pk__in=besides)
        .filter(tutorial__in=tutorial_ids, tutorial__status=Tutorial.Status.PUBLISHED)
        .select_related("attendee__user")
        .order_by("pk")
    )
    mails.tell(rows, MailKind.MOVED, at=act.at)
    Registration.objects.filter(
        tutorial__in=tutorial_ids, reminded_at__isnull=False, status=Registration.Status.CONFIRMED
    ).update(reminded_at=None)
