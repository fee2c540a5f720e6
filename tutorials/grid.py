"""Where does a session stand when a day is drawn as a grid? Rooms are columns, time is to scale.

The places are numbers that become classes (static/css/schedule.css): which row a session starts in,
over how many it goes, in which column a room is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import gcd

from tutorials.models import Session

MOST_COLUMNS = 60  # that have a class
MOST_ON_A_SHEET = 10  # columns side by side on A4, across
MOST_ROWS = 290
MOST_IN_A_CELL = 6  # below each other; with more no height is to scale any more
STEP = 5  # minutes; what starts between is drawn a little early, and nothing is shorter
LONGEST_GAP = 30  # minutes; when nothing is on for longer, so much is left of it


@dataclass(frozen=True)
class Rows:
    """Where something starts and how far it goes, in rows of the grid from 0."""

    start: int
    span: int

    @property
    def classes(self) -> str:
        """“t1 u2 h0 v6”: row 12, over six. Tens and units, so that few classes name many rows."""
        return f"t{self.start // 10} u{self.start % 10} h{self.span // 10} v{self.span % 10}"


def rows_of(sessions: Sequence[Session]) -> list[Rows]:
    """The rows of each session, all of one height: twice as long is twice as high."""
    moments = sorted({moment for each in sessions for moment in (each.starts_at, each.ends_at)})
    minutes = _shortened(moments, sessions)
    unit = gcd(*minutes.values()) or STEP
    found = []
    for each in sessions:
        start, end = minutes[each.starts_at] // unit, minutes[each.ends_at] // unit
        found.append(Rows(start, end - start))
    return found


def _shortened(moments: Sequence[datetime], sessions: Sequence[Session]) -> dict[datetime, int]:
    """The minutes from the first moment to each, long gaps without anything cut short."""
    if not moments:
        return {}
    left_out = 0.0
    found = {moments[0]: 0}
    for before, after in pairwise(moments):
        gap = (after - before).total_seconds() / 60
        is_empty = not any(each.starts_at <= before < each.ends_at for each in sessions)
        if is_empty:
            left_out += max(0, gap - LONGEST_GAP)
        since = (after - moments[0]).total_seconds() / 60 - left_out
        found[after] = max(int(since) // STEP * STEP, found[before] + STEP)
    return found


def lanes_of(sessions: Iterable[Session]) -> list[int]:
    """For each a lane, from 0, in which nothing else is on at the time: the lowest that is free."""
    lanes: list[list[Session]] = []
    found = []
    for each in sessions:
        number = next(
            (n for n, lane in enumerate(lanes) if not any(each.overlaps(other) for other in lane)),
            len(lanes),
        )
        if number == len(lanes):
            lanes.append([])
        lanes[number].append(each)
        found.append(number)
    return found


def columns_of(
    placed: Sequence[tuple[Hashable, Session]], order: Sequence[Hashable]
) -> tuple[list[int], dict[Hashable, tuple[int, int]]]:
    """In which column each stands, from 1; and where a key's columns begin and how many they are.

    What overlaps under one key shares its column, which is then as wide as several.
    """
    found = [0] * len(placed)
    heads: dict[Hashable, tuple[int, int]] = {}
    of_key: dict[Hashable, list[int]] = {}
    for index, (key, _session) in enumerate(placed):
        of_key.setdefault(key, []).append(index)
    first = 1
    for key in order:
        own = of_key.get(key, [])
        lanes = lanes_of(placed[index][1] for index in own)
        for index, lane in zip(own, lanes, strict=True):
            found[index] = first + lane
        heads[key] = (first, max(lanes, default=0) + 1)
        first += heads[key][1]
    return found, heads
