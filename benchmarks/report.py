"""What was measured, as text that a terminal and a page show alike."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """Something that we promised, and what came of it."""

    name: str
    reach: str
    here: str
    met: bool

    @property
    def row(self) -> list[str]:
        return [self.name, self.reach, self.here, "yes" if self.met else "**no**"]


@dataclass
class Result:
    """What one benchmark found: tables of its own, and figures for the one at the end."""

    tables: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown whose columns stand straight; the first is text, the others figures."""
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(cells: Sequence[str]) -> str:
        rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return "| " + " | ".join([cells[0].ljust(widths[0]), *rest]) + " |"

    return "\n".join(line(row) for row in [head, rule, *rows])


def figures(found: Sequence[Figure]) -> str:
    """The promises and what came of them."""
    return table(["figure", "reach", "here", "met"], [figure.row for figure in found])


def circumstances(url: str) -> str:
    """Where it was measured: a figure without that means nothing."""
    import psycopg

    with psycopg.connect(url) as connection:
        server = connection.info.parameter_status("server_version")
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return (
        f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), "
        f"Python {platform.python_version()}, Django {version('Django')}, PostgreSQL {server}; "
        f"load average before: {os.getloadavg()[0]:.1f}."
    )
