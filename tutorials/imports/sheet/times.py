"""Which day and which time does a cell mean?

Days are understood as people write them, where only one day of the conference can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from conference.models import Conference

# A tutorial day may be the day before the conference, or the day after.
AROUND = timedelta(days=14)
MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan januar jänner", "february feb februar", "march mar märz mrz",
            "april apr", "may mai", "june jun juni", "july jul juli", "august aug",
            "september sep sept", "october oct oktober okt", "november nov",
            "december dec dezember dez",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "monday mon montag mo", "tuesday tue tues dienstag di", "wednesday wed mittwoch mi",
            "thursday thu thurs donnerstag do", "friday fri freitag fr", "saturday sat samstag sa "
            "sonnabend", "sunday sun sonntag so",
        )
    )
    for word in words.split()
}  # fmt: skip
# A spreadsheet counts the days from here, and shows the number where the cell is no date.
SPREADSHEET_EPOCH = date(1899, 12, 30)
CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*[:.h]\s*(?P<minute>\d{2}))?(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?:uhr|h)?",
    re.IGNORECASE,
)
BETWEEN_TIMES = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b|\bbis\b)\s*")
NOT_YET = {"", "-", "–", "—", "?", "tba", "tbd", "tbc", "to be announced", "to be decided", "offen"}


@dataclass(frozen=True)
class When:
    """What a row says about its time; any part may be missing."""

    day: date | None = None
    starts: time | None = None
    ends: time | None = None


def is_not_yet(text: str) -> bool:
    """Whether a cell says that it is not known yet."""
    return text.strip().casefold() in NOT_YET


def day_of(text: str, conference: Conference) -> date:
    """The day that a cell names; raises ``ValueError`` with a sentence."""
    moment = moment_of(text)
    found = set(_days(moment.date().isoformat() if moment else text, conference))
    if len(found) == 1:
        return found.pop()
    if found:
        days = ", ".join(day.isoformat() for day in sorted(found))
        sentence = _("“%(text)s” may be %(days)s. Write the day like 2026-03-23.")
        raise ValueError(sentence % {"text": text[:40], "days": days})
    sentence = _("“%(text)s” is no day of the conference. Write it like %(day)s.")
    raise ValueError(sentence % {"text": text[:40], "day": conference.starts_on.isoformat()})


def _days(text: str, conference: Conference) -> Iterator[date]:
    """Every day near the conference that the words may mean; with a year or without."""
    first, last = conference.starts_on - AROUND, conference.ends_on + AROUND
    for day in _dates(text, first.year, last.year):
        if first <= day <= last:
            yield day
    words = re.findall(r"[^\W\d_]+|\d+", text.casefold())
    ordinal = re.fullmatch(r"(?:day|tag)\s*(\d{1,2})", text.casefold().strip())
    if ordinal and 0 < int(ordinal[1]) <= len(conference.days):
        yield conference.days[int(ordinal[1]) - 1]
    elif len(words) == 1 and words[0] in WEEKDAYS:
        yield from (day for day in conference.days if day.weekday() == WEEKDAYS[words[0]])


def _dates(text: str, *years: int) -> Iterator[date]:
    text = text.casefold().strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        yield SPREADSHEET_EPOCH + timedelta(days=int(float(text)))
        return
    words = [word for word in re.findall(r"[^\W\d_]+|\d+", text) if word not in WEEKDAYS]
    words = [word for word in words if word not in ("st", "nd", "rd", "th", "of", "the")]
    numbers = [int(word) for word in words if word.isdecimal() and len(word) <= 4]
    months = [MONTHS[word] for word in words if word in MONTHS]
    if len(numbers) + len(months) != len(words):
        return
    year_given = [number for number in numbers if number >= 1000]
    rest = [number for number in numbers if number < 1000]
    if not year_given and len(rest) + len(months) == 3:
        year_given = [2000 + rest.pop()]
    for year in year_given or sorted(set(years)):
        if len(months) == 1 and len(rest) == 1:
            orders = [(months[0], rest[0])]
        elif not months and len(rest) == 2:
            orders = [(rest[0], rest[1]), (rest[1], rest[0])]
            if re.match(r"\d{4}-", text):
                orders = orders[:1]
            elif "." in text:
                orders = orders[1:]
        else:
            return
        for month, day in orders:
            try:
                yield date(year, month, day)
            except ValueError:
                continue


def times_of(text: str) -> tuple[time, time | None]:
    """The time that a cell names, and the end where it is “9:00–11:30”; raises ``ValueError``."""
    pieces = BETWEEN_TIMES.split(text.strip(), maxsplit=1)
    times = [_time(piece) for piece in pieces]
    if None in times:
        sentence = _("“%(text)s” is no time. Write it like 09:30.")
        raise ValueError(sentence % {"text": text[:40]})
    first, *others = times
    assert first is not None
    return first, others[0] if others else None


def _time(text: str) -> time | None:
    text = text.strip()
    if re.fullmatch(r"0\.\d+", text):
        minutes = round(float(text) * 24 * 60)  # of a spreadsheet whose cell is no time
        return time(minutes // 60 % 24, minutes % 60)
    match = CLOCK.fullmatch(text)
    if not match:
        return None
    hour, half = int(match["hour"]), (match["half"] or "").casefold()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    elif match["minute"] is None and not re.search(r"uhr|h", text, re.IGNORECASE):
        return None  # a lone number might be anything
    try:
        return time(hour, int(match["minute"] or 0), int(match["second"] or 0))
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    """Day and time where a cell holds both, as a spreadsheet's date does."""
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", text):
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None
