"""Processes to measure: gunicorn as in production, and what its work and the database's costs."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# As docs/settings.md says.
GUNICORN = ["--worker-class=gthread", "--workers=2", "--threads=4", "--log-level=warning"]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A gunicorn that answers."""

    port: int
    pid: int


def run(env: dict[str, str], *words: str, given: str | None = None) -> str:
    """Run a Python module or script to its end; return what it printed."""
    command = [sys.executable, *words]
    done = subprocess.run(
        command, cwd=ROOT, env=env, input=given, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def told(env: dict[str, str], *words: str, **given: Any) -> Any:
    """The same for one that is given JSON and prints JSON."""
    return json.loads(run(env, *words, given=json.dumps(given)))


@contextlib.contextmanager
def gunicorn(application: str, env: dict[str, str]) -> Iterator[Server]:
    """Serve a WSGI application as in production."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}"]
    process = subprocess.Popen([*command, *GUNICORN], cwd=ROOT, env=env)
    try:
        _wait_until_ready(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/")
            client.getresponse().read()
            return
        time.sleep(0.1)
    raise RuntimeError("The server did not get ready.")


def postmaster(url: str) -> int | None:
    """The process that all of a PostgreSQL's are children of; None if it is on another machine."""
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        stat = Path(f"/proc/{row[0]}/stat") if row else None
        if stat is None or not stat.exists() or "postgres" not in stat.read_text():
            return None
        return int(_fields(stat)[1])


def cpu_of(pid: int | None) -> float:
    """Seconds that a process and all its children, living and dead, have computed until now."""
    if pid is None:
        return float("nan")
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = _fields(folder / "stat")
            children[int(fields[1])].append(int(folder.name))
            # utime, stime, and those of children that have ended: proc_pid_stat(5).
            ticks[int(folder.name)] = sum(map(int, fields[11:15]))
    family, spent = [pid], 0
    while family:
        member = family.pop()
        spent += ticks.get(member, 0)
        family += children[member]
    return spent / TICKS


def _fields(stat: Path) -> list[str]:
    """What follows the name, which may hold spaces; the state is the first."""
    return stat.read_text().rpartition(") ")[2].split()
