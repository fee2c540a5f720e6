"""Registrations over HTTP, beside the least that Django and our own middleware cost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks import report
from benchmarks.servers import Server, cpu_of, gunicorn, postmaster, told

AT_ONCE = 8
PEOPLE = 400  # who press the button in one round
HELLOS = 4000
TUTORIALS = 1000
SLUG = "bench"
STATEMENTS = 20
KINDS = {
    "bare": "bare: one view, nothing else",
    "stack": "stack: session, user, one row",
    "page": "page: the same, and the conference",
    "each": "register, each for another tutorial",
    "seats": "register, all for one with seats for all",
    "queue": "register, all for one with seats for 1 in 5",
}
Ask = tuple[str, str | None] | tuple[str, str | None, dict[str, str]]


@dataclass(frozen=True)
class Sample:
    """One round of one kind; times in milliseconds, the first two of CPU per request."""

    rate: float
    web: float
    database: float
    half: float
    slow: float

    @property
    def cpu(self) -> float:
        return self.web + self.database


@dataclass
class Crowd:
    """Where one registers, and people who have not yet; each of them registers once."""

    paths: list[str]
    sessions: Iterator[str]

    def asks(self, kind: str, number: int, rounds: int) -> list[Ask]:
        """What the crowd of one round presses."""
        if kind == "bare":
            return [("/", None)] * HELLOS
        paths = {
            "stack": ["/benchmarks/stack/"],
            "page": [f"/{SLUG}/benchmarks/page/"],
            "each": self.paths[:TUTORIALS],
            "seats": [self.paths[TUTORIALS + number]],
            "queue": [self.paths[TUTORIALS + rounds + number]],
        }[kind]
        start = number * PEOPLE
        return [(paths[n % len(paths)], next(self.sessions)) for n in range(start, start + PEOPLE)]


def measure(env: dict[str, str], rounds: int) -> report.Result:
    """All kinds in turn, round after round, so that a slow minute of the machine is shared."""
    rounds += 1  # the first only warms up
    capacities = [PEOPLE] * (TUTORIALS + rounds) + [PEOPLE // 5] * rounds
    made = told(
        env,
        "-m",
        "benchmarks.rows",
        slug=SLUG,
        capacities=capacities,
        people=rounds * PEOPLE * 5 + 3,
    )
    crowd = Crowd(made["paths"], iter(made["sessions"]))
    samples: dict[str, list[Sample]] = {kind: [] for kind in KINDS}
    with contextlib.ExitStack() as stack:
        bare = stack.enter_context(gunicorn("benchmarks.bare", env))
        site = stack.enter_context(gunicorn("conference.wsgi", env))
        for number in range(rounds):
            for kind, seen in samples.items():
                asks = crowd.asks(kind, number, rounds)
                server, expected = (bare, 200) if kind == "bare" else (site, 303)
                seen.append(load(env, server, asks, expected))
    _look_at_the_rows(env, rounds * PEOPLE * 3)
    middles = {kind: middle(seen) for kind, seen in samples.items()}
    statements = _statements(env, crowd, rounds)
    return report.Result(
        [_rates(middles), _statement_list(statements)],
        [*_rate_figures(middles), _statement_figure(statements)],
    )


def load(
    env: dict[str, str], server: Server, asks: list[Ask], expected: int, at_once: int = AT_ONCE
) -> Sample:
    """Let a crowd loose on a server; see what it and the database worked for it."""
    database = postmaster(env["DATABASE_URL"])
    web_before, database_before = cpu_of(server.pid), cpu_of(database)
    seen = told(env, "-m", "benchmarks.client", port=server.port, requests=asks, at_once=at_once)
    web, rows = cpu_of(server.pid) - web_before, cpu_of(database) - database_before
    if seen["statuses"] != {str(expected): len(asks)}:
        raise RuntimeError(f"Not every answer was {expected}: {seen['statuses']}")
    took = [1000 * seconds for seconds in seen["took"]]
    return Sample(
        rate=len(asks) / seen["seconds"],
        web=1000 * web / len(asks),
        database=1000 * rows / len(asks),
        half=median(took),
        slow=took[int(len(took) * 0.99)],
    )


def _look_at_the_rows(env: dict[str, str], registrations: int) -> None:
    """A rate counts only if everybody got in or has a place, and all rows agree."""
    found = told(env, "-m", "tests.served", "report", SLUG)
    if found["faults"] or found["confirmed"] + len(found["places"]) != registrations:
        raise RuntimeError(f"{registrations} registrations, and these rows: {found}")


def middle(seen: list[Sample]) -> Sample:
    """The middle round; the first has only warmed up."""
    return Sample(
        *(
            median(values)
            for values in zip(*(vars(sample).values() for sample in seen[1:]), strict=True)
        )
    )


def _rates(middles: dict[str, Sample]) -> str:
    head = ["kind", "per second", "of stack", "CPU ms: web", "database", "answer ms: half", "99 %"]
    rows = [
        [
            KINDS[kind],
            f"{sample.rate:.0f}",
            f"{sample.rate / middles['stack'].rate:.2f}",
            f"{sample.web:.1f}",
            f"{sample.database:.1f}",
            f"{sample.half:.0f}",
            f"{sample.slow:.0f}",
        ]
        for kind, sample in middles.items()
    ]
    return report.table(head, rows)


def _rate_figures(middles: dict[str, Sample]) -> Iterator[report.Figure]:
    each, stack, page = middles["each"], middles["stack"], middles["page"]
    worst = min(middles["seats"].rate, middles["queue"].rate)
    yield report.Figure(
        "registrations per second, each for another tutorial",
        "1/3 of stack",
        f"{each.rate:.0f}, {each.rate / stack.rate:.2f} of stack, "
        f"{each.rate / page.rate:.2f} of page",
        each.rate >= stack.rate / 3,
    )
    yield report.Figure(
        "registrations per second, all for one tutorial",
        "2/3 of that",
        f"{worst:.0f}, {worst / each.rate:.2f} of that",
        worst >= each.rate * 2 / 3,
    )


def _statements(env: dict[str, str], crowd: Crowd, rounds: int) -> dict[str, list[str]]:
    """What one registration says to the database, in a process that is warm."""
    newcomer = next(crowd.sessions)
    asks = {
        "warm": (crowd.paths[0], next(crowd.sessions)),
        "newcomer": (crowd.paths[1], newcomer),
        "second tutorial": (crowd.paths[60], newcomer),
        "waiting list": (crowd.paths[TUTORIALS + rounds], next(crowd.sessions)),
    }
    seen: dict[str, list[str]] = told(
        env, "-m", "benchmarks.statements", method="POST", expected=303, asks=asks
    )
    del seen["warm"]
    return seen


def _statement_list(seen: dict[str, list[str]]) -> str:
    counts = ", ".join(f"{name} {len(statements)}" for name, statements in seen.items())
    listed = "\n".join(f"1. `{statement}`" for statement in seen["newcomer"])
    return f"Statements over the wire, by kind of registration: {counts}. A newcomer’s:\n\n{listed}"


def _statement_figure(seen: dict[str, list[str]]) -> report.Figure:
    most = max(len(statements) for statements in seen.values())
    return report.Figure(
        "SQL statements per registration, at most", f"≤ {STATEMENTS}", str(most), most <= STATEMENTS
    )
