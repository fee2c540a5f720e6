"""The ticket shop's file comes in while people register: how long, how much memory, who waits?"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

from benchmarks import report
from benchmarks.http_rates import Ask, Sample, load
from benchmarks.servers import ROOT, Server, gunicorn, told

SLUG = "import"
FEW, MANY = 5_000, 50_000
SECONDS = 60
# What a file ten times as long may add to the memory of a process that keeps none of it.
GROWTH = 1.25
CROWD, AT_ONCE = 100, 2


@dataclass(frozen=True)
class Run:
    """One import: how long it took, and the most memory that it ever had, in MiB."""

    seconds: float
    memory: float


def measure(env: dict[str, str], rounds: int) -> report.Result:
    """A short file, then a long one while people register, then that one again; one round."""
    people = 300 * CROWD
    made = told(env, "-m", "benchmarks.rows", slug=SLUG, capacities=[None] * 50, people=people)
    path, sessions = made["paths"][0], iter(made["sessions"])
    with tempfile.TemporaryDirectory() as folder, gunicorn("conference.wsgi", env) as site:
        few, many = Path(folder, "few.csv"), Path(folder, "many.csv")
        write(few, FEW)
        write(many, MANY)
        short = import_file(env, few)
        alone = register(env, site, path, sessions)
        with ThreadPoolExecutor() as pool:
            importing = pool.submit(import_file, env, many)
            meanwhile = register_while(importing, env, site, path, sessions)
        long = importing.result()
        again = import_file(env, many)
    _look_at_the_rows(env)
    return report.Result(
        [_table(short, long, again, alone, meanwhile)], list(_figures(short, long))
    )


def write(path: Path, number: int) -> None:
    """What a ticket shop gives out for so many tickets."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "Ticket number",
                "Attendee name",
                "Attendee email",
                "Product",
                "Ticket secret",
                "Status",
            ]
        )
        for n in range(number):
            kind = "Tutorial package" if n % 3 else "Conference"
            address = f"ticket{n}@crowd.example.org"
            rows.writerow([f"A{n:05}-1", f"Ada Number {n}", address, kind, f"{n:032x}", "paid"])


def import_file(env: dict[str, str], path: Path) -> Run:
    """What an organiser's cron job does, and what the system says it took."""
    start = perf_counter()
    command = [sys.executable, "manage.py", "import_attendees", str(path), "--conference", SLUG]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"import_attendees ended with {process.returncode}.")
    return Run(perf_counter() - start, usage.ru_maxrss / 1024)


def register(env: dict[str, str], site: Server, path: str, sessions: Iterator[str]) -> Sample:
    """A few people register, one after the other."""
    asks: list[Ask] = [(path, session) for session in islice(sessions, CROWD)]
    return load(env, site, asks, 303, at_once=AT_ONCE)


def register_while(
    importing: Future[Run], env: dict[str, str], site: Server, path: str, sessions: Iterator[str]
) -> list[Sample]:
    """The same again and again until the import is done; any answer but a registration raises."""
    samples = [register(env, site, path, sessions)]
    while not importing.done():
        samples.append(register(env, site, path, sessions))
    return samples


def _look_at_the_rows(env: dict[str, str]) -> None:
    import psycopg

    with psycopg.connect(env["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM people_attendee WHERE ticket_number <> ''")
        if row.fetchone() != (MANY,):
            raise RuntimeError("Not every ticket of the file has become an attendee.")


def _table(short: Run, long: Run, again: Run, alone: Sample, meanwhile: list[Sample]) -> str:
    runs = {
        f"{FEW:,} attendees": short,
        f"{MANY:,} attendees, people registering meanwhile": long,
        f"the same {MANY:,} again, nothing to change": again,
    }
    rows = [[name, f"{run.seconds:.1f}", f"{run.memory:.0f}"] for name, run in runs.items()]
    during = sum(sample.rate for sample in meanwhile) / len(meanwhile)
    slow = max(sample.slow for sample in meanwhile)
    return (
        report.table(["import", "seconds", "MiB at most"], rows)
        + f"\n\nRegistrations meanwhile, {AT_ONCE} at once: {during:.0f} a second "
        + f"({alone.rate:.0f} without the import), 99 % of them within {slow:.0f} ms "
        + f"({alone.slow:.0f} ms)."
    )


def _figures(short: Run, long: Run) -> Iterator[report.Figure]:
    yield report.Figure(
        f"import of {MANY:,} attendees, people registering meanwhile",
        f"< {SECONDS} s",
        f"{long.seconds:.0f} s",
        long.seconds < SECONDS,
    )
    growth = long.memory / short.memory
    yield report.Figure(
        f"memory for {MANY:,} beside {FEW:,}", f"≤ × {GROWTH}", f"× {growth:.2f}", growth <= GROWTH
    )
