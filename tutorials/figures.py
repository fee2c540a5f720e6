"""How full is it, and how did that come about? Numbers for the organisers' first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, FloatField, Max, Min, Q
from django.db.models.functions import Cast, TruncDate, TruncHour

from conference.models import Conference
from tutorials.models import Registration, Tutorial

DAYS = 60  # more than that, and a day is too thin to see


@dataclass(frozen=True)
class Fill:
    """How much of a tutorial is taken."""

    tutorial: Tutorial
    taken: int
    seats: int | None  # None: no limit
    waiting: int

    @property
    def percent(self) -> int:
        """Of the seats, 0 to 100; 0 where there is no limit."""
        return min(100, round(100 * self.taken / self.seats)) if self.seats else 0


@dataclass(frozen=True)
class Bar:
    """How many registered in one hour, day or week, which begins then."""

    begins: datetime | date
    number: int


@dataclass(frozen=True)
class Growth:
    """Registrations over time. ``unit`` is “hour”, “day” or “week”; the bars leave no gap."""

    unit: str
    bars: Sequence[Bar]

    @property
    def total(self) -> int:
        return sum(bar.number for bar in self.bars)

    @property
    def most(self) -> int:
        return max((bar.number for bar in self.bars), default=0)


def fills(conference: Conference, limit: int) -> list[Fill]:
    """The fullest tutorials first, at most ``limit``; none that is called off. One query."""
    full = Cast("seats_taken", FloatField()) / Cast("seats", FloatField())
    rows = (
        Tutorial.objects.public()
        .for_conference(conference)
        .exclude(status=Tutorial.Status.CANCELLED)
        .annotate(
            waiting=Count("registrations", Q(registrations__status=Registration.Status.WAITLISTED)),
            full=full,
        )
        .order_by(F("full").desc(nulls_last=True), "-waiting", "pk")
    )
    return [Fill(row, row.seats_taken, row.seats, row.waiting) for row in rows[:limit]]


def growth(conference: Conference) -> Growth:
    """When people registered, whatever became of it; by the hour while it is young. Two queries."""
    rows = Registration.objects.for_conference(conference)
    span = rows.aggregate(first=Min("registered_at"), last=Max("registered_at"))
    if span["first"] is None:
        return Growth("day", [])
    first, last = conference.local(span["first"]), conference.local(span["last"])
    if last - first <= timedelta(days=2):
        return Growth("hour", _by_hour(conference, first, last))
    days = _by_day(conference, first.date(), last.date())
    return Growth("day", days) if len(days) <= DAYS else Growth("week", _weeks(days))


def _by_hour(conference: Conference, first: datetime, last: datetime) -> list[Bar]:
    rows = Registration.objects.for_conference(conference).values_list(
        TruncHour("registered_at", tzinfo=conference.tz)
    )
    counted = dict(rows.annotate(number=Count("pk")).order_by())
    # In UTC, because an hour may be there twice on the clocks of the conference.
    hour = first.replace(minute=0, second=0, microsecond=0)
    bars = []
    while hour <= last:
        bars.append(Bar(hour, counted.get(hour, 0)))
        hour = conference.local(hour + timedelta(hours=1))
    return bars


def _by_day(conference: Conference, first: date, last: date) -> list[Bar]:
    rows = Registration.objects.for_conference(conference).values_list(
        TruncDate("registered_at", tzinfo=conference.tz)
    )
    counted = dict(rows.annotate(number=Count("pk")).order_by())
    number = (last - first).days + 1
    days = [first + timedelta(days=n) for n in range(number)]
    return [Bar(day, counted.get(day, 0)) for day in days]


def _weeks(days: list[Bar]) -> list[Bar]:
    """The same by weeks, from the first day on."""
    return [
        Bar(days[start].begins, sum(bar.number for bar in days[start : start + 7]))
        for start in range(0, len(days), 7)
    ]
