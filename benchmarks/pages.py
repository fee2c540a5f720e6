"""Public pages and feeds, beside the least that Django and our own middleware cost."""

from __future__ import annotations

import contextlib
import http.client
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks import report
from benchmarks.http_rates import Ask, Sample, load, middle
from benchmarks.servers import Server, gunicorn, run, told

SIZES = {"bench-300": 300, "bench-3000": 3000}
SMALL, BIG = SIZES
WARM = 400  # requests of one kind in one round
FRESH = 8  # renderings: each costs hundreds of times as much
# Of somebody signed in: so many that what is made once in some seconds for all attendees weighs
# no more than it does while many read.
READ = 40
PAGES = ["home", "schedule/", "tutorials/", "tutorial"]
PERSONAL = "my/"
FEEDS = ["schedule.ics", "schedule.xml", "schedule.json", "schedule.jsonld", "seats.json"]
QUERIES, CPU, WARM_CPU, FIRST = 10, 25, 2, 150
LINEAR = 11  # ten times the rows, and what a measurement may be off by
ZIPPED = {"Accept-Encoding": "gzip"}


@dataclass
class Address:
    """One of them, and what was measured there."""

    name: str
    path: str
    size: int = 0
    seen: dict[str, list[Sample]] = field(default_factory=dict)

    def middle(self, kind: str) -> Sample:
        return middle(self.seen[kind])

    def ratio(self, kind: str) -> float:
        """To *stack*, which was given as much to send."""
        return self.middle(kind).rate / self.middle("stack").rate


def measure(env: dict[str, str], rounds: int) -> report.Result:
    """All kinds in turn, round after round, so that a slow minute of the machine is shared."""
    with contextlib.ExitStack() as stack:
        folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2)]
        env = env | {"BENCHMARKS_STATIC_ROOT": folders[0], "CACHE_URL": f"file://{folders[1]}"}
        run(env, "manage.py", "collectstatic", "--no-input", "--verbosity=0")
        made = told(env, "-m", "benchmarks.rows", "editions", sizes=SIZES)
        site = stack.enter_context(gunicorn("conference.wsgi", env))
        editions = {
            slug: [_address(site, name, where) for name in PAGES + FEEDS]
            for slug, where in made["editions"].items()
        }
        small = [address for address in editions[SMALL] if address.size]
        absent = [address.name for address in editions[SMALL] if not address.size]
        for _ in range(rounds + 1):
            _strangers(env, site, small, WARM)
            _renderings(env, site, small, FRESH, None)
            _renderings(env, site, [page for page in editions[BIG] if page.size], 2, None)
        mine = [address for address in small if address.name in PAGES]
        mine.append(Address(PERSONAL, made["editions"][SMALL]["home"] + PERSONAL))
        for _ in range(rounds + 1):
            _renderings(env, site, mine, READ, made["session"])
        queries = _queries(env, mine, made["session"])
    return report.Result(
        [_table(small, absent), _growth_table(small, editions[BIG]), _mine_table(mine, queries)],
        [*_figures(small), _growth(small, editions[BIG]), *_mine_figures(mine, queries)],
    )


def _address(site: Server, name: str, where: dict[str, str]) -> Address:
    """What answers there; of size 0 where this site has nothing."""
    path = {"home": where["home"], "tutorial": where["tutorial"]}.get(name, where["home"] + name)
    return Address(name, path, _look(site, path)[0])


def _look(site: Server, path: str) -> tuple[int, str]:
    """How many bytes are sent, compressed, and their tag."""
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    client.request("GET", path, headers=ZIPPED)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    return (len(body) if answer.status == 200 else 0), answer.headers.get("ETag", "")


def _strangers(env: dict[str, str], site: Server, addresses: list[Address], number: int) -> None:
    """A crowd asks for what is kept: whole, and whether it changed."""
    for address in addresses:
        for kind in ("stack", "kept", "304"):
            address.seen.setdefault(kind, []).append(_stranger(env, site, address, kind, number))


def _stranger(
    env: dict[str, str], site: Server, address: Address, kind: str, number: int
) -> Sample:
    if kind == "stack":
        hello: Ask = (f"/benchmarks/hello/?size={address.size}", None, ZIPPED)
        return load(env, site, [hello] * number, 200)
    tag = _look(site, address.path)[1]  # and so it is made before it is measured
    if kind == "kept":
        return load(env, site, [(address.path, None, ZIPPED)] * number, 200)
    same: Ask = (address.path, None, ZIPPED | {"If-None-Match": tag})
    try:
        return load(env, site, [same] * number, 304)
    except RuntimeError:
        # A clock that is set shows on every page, and went on by a minute.
        return _stranger(env, site, address, kind, number)


def _renderings(
    env: dict[str, str], site: Server, addresses: list[Address], number: int, session: str | None
) -> None:
    """One after the other, each made anew: by a query that nobody asked with before."""
    for address in addresses:
        now = time.time_ns()
        asks: list[Ask] = [
            (f"{address.path}?made={now + n}", session, ZIPPED) for n in range(number)
        ]
        kind = "mine" if session else "made"
        address.seen.setdefault(kind, []).append(load(env, site, asks, 200, 1))


def _queries(env: dict[str, str], mine: list[Address], session: str) -> dict[str, int]:
    asks = {"warm": (mine[0].path, session)} | {page.name: (page.path, session) for page in mine}
    seen = told(env, "-m", "benchmarks.statements", method="GET", expected=200, asks=asks)
    return {name: len(statements) for name, statements in seen.items()}


def _table(addresses: list[Address], absent: list[str]) -> str:
    head = ["kept, at 300 tutorials", "kB sent", "per second", "of stack", "304, of stack"]
    head += ["CPU ms: kept", "304", "made", "made, ms: half"]
    rows = [
        [
            address.name,
            f"{address.size / 1000:.1f}",
            f"{address.middle('kept').rate:.0f}",
            f"{address.ratio('kept'):.2f}",
            f"{address.ratio('304'):.2f}",
            f"{address.middle('kept').cpu:.2f}",
            f"{address.middle('304').cpu:.2f}",
            f"{address.middle('made').cpu:.1f}",
            f"{address.middle('made').half:.0f}",
        ]
        for address in addresses
    ]
    said = f"\n\nNot there, and left out: {', '.join(absent)}." if absent else ""
    return report.table(head, rows) + said


def _growth_table(small: list[Address], big: list[Address]) -> str:
    head = ["made, CPU ms", "at 300 tutorials", "at 3,000", "times"]
    rows = [
        [one.name, f"{one.middle('made').cpu:.1f}", f"{ten.middle('made').cpu:.1f}", f"{times:.1f}"]
        for one, ten, times in _grown(small, big)
    ]
    return report.table(head, rows)


def _grown(small: list[Address], big: list[Address]) -> Iterator[tuple[Address, Address, float]]:
    by_name = {address.name: address for address in big if address.size}
    for one in small:
        if ten := by_name.get(one.name):
            yield one, ten, ten.middle("made").cpu / one.middle("made").cpu


def _mine_table(mine: list[Address], queries: dict[str, int]) -> str:
    head = ["signed in, at 300 tutorials", "statements", "CPU ms: web", "database", "ms: half"]
    rows = []
    for page in mine:
        seen = page.middle("mine")
        figures = [f"{seen.web:.1f}", f"{seen.database:.1f}", f"{seen.half:.0f}"]
        rows.append([page.name, str(queries[page.name]), *figures])
    return report.table(head, rows)


def _figures(addresses: list[Address]) -> Iterator[report.Figure]:
    def worst(kind: str) -> tuple[float, str]:
        return min((address.ratio(kind), address.name) for address in addresses)

    for kind, what, reach in (("kept", "pages and feeds that are kept", 0.6), ("304", "304", 0.8)):
        ratio, name = worst(kind)
        yield report.Figure(
            f"{what}, of stack", f"≥ {reach}", f"{ratio:.2f} ({name})", ratio >= reach
        )
    cpu, name = max((address.middle("kept").cpu, address.name) for address in addresses)
    yield report.Figure(
        "CPU of one that is kept", f"≤ {WARM_CPU} ms", f"{cpu:.2f} ms ({name})", cpu <= WARM_CPU
    )
    half, name = max((address.middle("made").half, address.name) for address in addresses)
    yield report.Figure(
        "the first after a change", f"< {FIRST} ms", f"{half:.0f} ms ({name})", half < FIRST
    )


def _growth(small: list[Address], big: list[Address]) -> report.Figure:
    times, name = max((times, one.name) for one, _, times in _grown(small, big))
    return report.Figure(
        "from 300 to 3,000 tutorials, CPU",
        f"≤ {LINEAR} times",
        f"{times:.1f} ({name})",
        times <= LINEAR,
    )


def _mine_figures(mine: list[Address], queries: dict[str, int]) -> Iterator[report.Figure]:
    most, name = max((queries[page.name], page.name) for page in mine)
    yield report.Figure(
        "statements of a signed-in page", f"≤ {QUERIES}", f"{most} ({name})", most <= QUERIES
    )
    cpu, name = max((page.middle("mine").cpu, page.name) for page in mine)
    yield report.Figure("CPU of it", f"≤ {CPU} ms", f"{cpu:.1f} ms ({name})", cpu <= CPU)
