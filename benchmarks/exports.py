"""The attendance list of 50,000 registrations: how fast, how much memory, how many queries?"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import report
from benchmarks.servers import run, told

SLUG = "lists"
PEOPLE, TUTORIALS = 50_000, 100
WAITING = 100  # of the 500 of a tutorial
ON_A_SHEET = PEOPLE // TUTORIALS
KINDS = {
    "csv": f"CSV, {PEOPLE:,} rows",
    "xlsx": f"XLSX, {PEOPLE:,} rows",
    "pdf": f"sign-in sheet, {ON_A_SHEET} people",
}
# What each is to reach, with what a machine that does other things too may take from it.
CSV_RATE, XLSX_RATE, SHEET_SECONDS, ABOUT = 50_000, 12_000, 1.0, 0.9
MEMORY, QUERIES = 60, 10


@dataclass(frozen=True)
class Run:
    """One export in a process of its own."""

    rows: int
    seconds: float
    cpu: float
    memory: float  # the most that it had, in MiB over what it had when it was ready
    queries: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def measure(env: dict[str, str], rounds: int) -> report.Result:
    """Each kind again and again, each time in a new process, after one that only warms up."""
    run(env, "-m", "benchmarks.exports", "make")
    runs: dict[str, list[Run]] = {kind: [] for kind in KINDS}
    for number in range(rounds + 1):
        for kind, seen in runs.items():
            one = Run(**told(env, "-m", "benchmarks.exports", kind))
            if number:
                seen.append(one)
    middle = {kind: sorted(seen, key=_seconds)[len(seen) // 2] for kind, seen in runs.items()}
    head = ["export", "rows/s", "seconds", "processor", "MiB over idle", "queries"]
    rows = [
        [
            KINDS[kind],
            f"{each.rate:,.0f}",
            f"{each.seconds:.2f}",
            f"{each.cpu:.2f}",
            f"{max(one.memory for one in runs[kind]):.0f}",
            f"{each.queries}",
        ]
        for kind, each in middle.items()
    ]
    return report.Result([report.table(head, rows)], _figures(runs))


def _seconds(run: Run) -> float:
    return run.seconds


def _figures(runs: dict[str, list[Run]]) -> list[report.Figure]:
    def rate(kind: str) -> float:
        return median(each.rate for each in runs[kind])

    def figure(kind: str, reach: float) -> report.Figure:
        said, here = f"about {reach:,} rows/s", f"{rate(kind):,.0f} rows/s"
        return report.Figure(KINDS[kind], said, here, rate(kind) >= ABOUT * reach)

    memory = {kind: max(each.memory for each in seen) for kind, seen in runs.items()}
    queries = max(each.queries for each in runs["csv"])
    sheet = median(map(_seconds, runs["pdf"]))
    return [
        figure("csv", CSV_RATE),
        report.Figure(
            "its memory", f"≤ {MEMORY} MiB", f"{memory['csv']:.0f} MiB", memory["csv"] <= MEMORY
        ),
        report.Figure("its queries", f"≤ {QUERIES}", f"{queries}", queries <= QUERIES),
        figure("xlsx", XLSX_RATE),
        report.Figure(
            "its memory", f"≤ {MEMORY} MiB", f"{memory['xlsx']:.0f} MiB", memory["xlsx"] <= MEMORY
        ),
        report.Figure(
            KINDS["pdf"],
            f"about {SHEET_SECONDS:.0f} s",
            f"{sheet:.2f} s",
            sheet * ABOUT <= SHEET_SECONDS,
        ),
    ]


def make() -> None:
    """A released programme with all its registrations, every third person checked in."""
    from django.db import connection

    from people.models import Attendee
    from people.names import sort_name_of
    from tests.factories import (
        NOW,
        at,
        make_conference,
        make_room,
        make_session,
        make_slot,
        make_tutorial,
    )
    from tutorials import schedule
    from tutorials.models import CheckIn, Registration, Slot

    conference = make_conference(slug=SLUG)
    sessions = [make_session(conference, at(8 + 3 * n), title=f"Session {n}") for n in range(2)]
    tutorials = []
    for n in range(TUTORIALS):
        fields = {"code": f"T{n}", "slug": f"t{n}", "title": f"A Tutorial on Subject {n}"}
        tutorial = make_tutorial(conference, position=n, **fields)
        make_slot(sessions[n % 2], tutorial, make_room(conference, name=f"Room {n}"))
        tutorials.append(tutorial)
    schedule.release(conference, by=None, at=NOW)
    first = ["Ada", "Müller", "Yu-Xiang", "Željko", "Nguyễn", "Олена", "小明", "Anna Maria"]
    names = [f"{first[n % len(first)]} Number{n * 7919 % PEOPLE}" for n in range(PEOPLE)]
    people = Attendee.objects.bulk_create(
        (
            Attendee(
                conference=conference,
                name=name,
                sort_name=sort_name_of(name),
                email=f"person{n}@crowd.example.org",
                affiliation="University of Somewhere, Institute of Something",
            )
            for n, name in enumerate(names)
        ),
        batch_size=1000,
    )
    registered = []
    for n, person in enumerate(people):
        place = n // TUTORIALS - (ON_A_SHEET - WAITING) + 1
        registered.append(
            Registration(
                attendee=person,
                tutorial=tutorials[n % TUTORIALS],
                status="waitlisted" if place > 0 else "confirmed",
                position=place if place > 0 else None,
                confirmed_at=None if place > 0 else NOW,
                registered_at=NOW + timedelta(seconds=n),
            )
        )
    Registration.objects.bulk_create(registered, batch_size=1000)
    keys = dict(Slot.objects.released(conference).values_list("tutorial", "key"))
    CheckIn.objects.bulk_create(
        (
            CheckIn(
                attendee_id=row.attendee_id,
                tutorial_id=row.tutorial_id,
                slot_key=keys[row.tutorial_id],
                at=at(8),
            )
            for row in registered[::3]
        ),
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def export(kind: str) -> dict[str, Any]:
    """Take the list once, and say what it cost. The sheet is one of a single tutorial."""
    from django.db import connection

    from conference.models import Conference
    from tutorials.exports.lists import Wanted, list_file
    from tutorials.models import Tutorial

    conference = Conference.objects.get(slug=SLUG)
    tutorials = [Tutorial.objects.get(conference=conference, code="T0")] if kind == "pdf" else None
    counted: list[int] = []
    queries: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    wanted = Wanted(
        conference, tutorials, file_format=kind, with_email=True, progress=counted.append
    )
    idle, wall, cpu = _memory(), time.perf_counter(), time.process_time()
    with connection.execute_wrapper(note):
        for _piece in list_file(wanted, by=None):
            pass
    return {
        "rows": counted[-1],
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": _memory(most=True) - idle,
        "queries": len(queries),
    }


def _memory(most: bool = False) -> float:
    """What this process has in memory, or the most that it ever had, in MiB."""
    name = "VmHWM:" if most else "VmRSS:"
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "make":
        make()
    else:
        print(json.dumps(export(sys.argv[1])))
