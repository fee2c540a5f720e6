"""What does a presenter see of the tutorials they give? A fixed number of queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q

from conference.models import Conference
from people.models import Person
from tutorials.models import Material, Registration, Slot, Tutorial
from tutorials.programme import colour_of, slots_by_tutorial, with_presenters

MOST_NAMES = 100
NOBODY = {"registered": 0, "waiting": 0}


@dataclass
class TutorialEntry:
    """One tutorial as its presenter sees it, public or not."""

    tutorial: Tutorial
    slots: list[Slot]  # released
    planned: list[Slot]  # of the draft, where that says otherwise
    files: list[Material]
    registered: int | None = None  # None where people do not register here
    waiting: int | None = None  # None where nobody waits here
    coming: list[str] = field(default_factory=list)  # who wants presenters to know

    @property
    def more_coming(self) -> int:
        """How many registered without being named."""
        return (self.registered or 0) - len(self.coming)


def entries_of(person: Person, conference: Conference) -> list[TutorialEntry]:
    """What somebody presents at a conference, in programme order. Seven queries at most."""
    tutorials = list(
        Tutorial.objects.for_conference(conference)
        .filter(presenters__person=person)
        .select_related("track")
        .prefetch_related(
            with_presenters(), Prefetch("files", Material.objects.order_by("position", "pk"))
        )
        .annotate(colour=colour_of("track"))
        .in_programme_order()
    )
    ids = [tutorial.pk for tutorial in tutorials]
    rows = Slot.objects.filter(tutorial__in=ids).select_related("session", "room__venue").in_order()
    released = slots_by_tutorial(rows.released(conference))
    draft = slots_by_tutorial(rows.filter(schedule__number__isnull=True))
    entries = []
    for tutorial in tutorials:
        tutorial.conference = conference
        slots, planned = released.get(tutorial.pk, []), draft.get(tutorial.pk, [])
        differs = _when_and_where(slots) != _when_and_where(planned)
        files = list(tutorial.files.all())
        entries.append(TutorialEntry(tutorial, slots, planned if differs else [], files))
    if conference.takes_registrations:
        _count(entries, conference)
    return entries


def _when_and_where(slots: Collection[Slot]) -> list[tuple[object, ...]]:
    return [(slot.session.starts_at, slot.session.ends_at, slot.room_id) for slot in slots]


def _count(entries: list[TutorialEntry], conference: Conference) -> None:
    """Fill in how many come, and the names of who wants presenters to know them. Two queries."""
    rows = Registration.objects.filter(tutorial__in=[entry.tutorial.pk for entry in entries])
    confirmed = Q(status=Registration.Status.CONFIRMED)
    counts = (
        rows.order_by()
        .values("tutorial")
        .annotate(
            registered=Count("pk", confirmed),
            waiting=Count("pk", Q(status=Registration.Status.WAITLISTED)),
        )
    )
    counted = {row["tutorial"]: row for row in counts}
    agreed = Q(attendee__shown_to_presenters=True, attendee__erased_at__isnull=True)
    shown = rows.filter(confirmed, agreed)
    names: dict[int, list[str]] = defaultdict(list)
    listed = shown.order_by("attendee__sort_name", "pk")
    for tutorial, name in listed.values_list("tutorial", "attendee__name"):
        names[tutorial].append(name)
    for entry in entries:
        row = counted.get(entry.tutorial.pk, NOBODY)
        entry.registered = row["registered"]
        entry.waiting = row["waiting"] if conference.has_waiting_list else None
        entry.coming = names[entry.tutorial.pk][:MOST_NAMES]
