"""How fast is it? Starts a PostgreSQL and gunicorn of its own, and prints tables."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import exports, filling, http_rates, importing, pages, report
from benchmarks.servers import run
from tests import postgresql

# A database that forgets nothing when the power goes, unlike the one of the tests.
postgresql.SETTINGS.update(fsync="on", synchronous_commit="on", full_page_writes="on")
PARTS = {
    "http": http_rates.measure,
    "pages": pages.measure,
    "fill": filling.measure,
    "import": importing.measure,
    "exports": exports.measure,
}


@contextlib.contextmanager
def environment() -> Iterator[dict[str, str]]:
    """An empty database in a PostgreSQL, and the settings of production."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "conference.settings"
    os.environ.setdefault("SECRET_KEY", "for-benchmarks-alone")
    with contextlib.ExitStack() as stack:
        os.environ["DATABASE_URL"] = stack.enter_context(postgresql.server())
        # Once it is settled which database that is: its settings are those of the environment.
        from tests import served

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env = stack.enter_context(served.environment(folder))
        env["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        run(env, "manage.py", "migrate", "--run-syncdb", "--verbosity=0")
        yield env


def main() -> int:
    """Measure what is asked for and print it; 1 where there is no PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of: {', '.join(PARTS)}; without: all")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write it to this file too")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"There is no part {', '.join(unknown)}.")
    said: list[str] = []
    figures: list[report.Figure] = []

    def say(text: str) -> None:
        print(text, end="\n\n", flush=True)
        said.append(text)

    try:
        with environment() as env:
            say(report.circumstances(env["DATABASE_URL"]))
            for part in options.parts or PARTS:
                result = PARTS[part](env, options.rounds)
                for table in result.tables:
                    say(table)
                figures += result.figures
    except postgresql.CannotStart as error:
        print(f"PostgreSQL is needed: {error}")
        return 1
    say(report.figures(figures))
    if options.save:
        options.save.write_text("\n\n".join(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
