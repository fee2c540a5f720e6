"""How many statements does one registration or one page cost, and which?

Runs in the database that the environment names. What goes over the wire is counted, so the
database's own BEGIN and COMMIT and the question whether it still answers are statements too.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.client import CSRF

# The messages in a trace that libpq writes (PQtrace), and those of ours that matter in it: a whole
# statement, one that is prepared, and one that is used, by name.
MESSAGE = re.compile(r"^(?=[FB]\t\d+\t)", re.MULTILINE)
QUERY = re.compile(r'F\t\d+\tQuery\t "(.*)"$', re.DOTALL)
PARSE = re.compile(r'F\t\d+\tParse\t "([^"]*)" "(.*)" \d', re.DOTALL)
BIND = re.compile(r'F\t\d+\tBind\t "[^"]*" "([^"]*)"')


class Wire:
    """What goes over the wire to the database, from now on."""

    def __init__(self) -> None:
        from django.db import connection
        from psycopg.pq import Trace

        connection.ensure_connection()
        self.file, self.read = tempfile.TemporaryFile(), 0  # noqa: SIM115  # as long as we run
        self.prepared: dict[str, str] = {}
        connection.connection.pgconn.trace(self.file.fileno())
        connection.connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

    def statements(self) -> list[str]:
        """The statements since the last time that this was asked, in order."""
        # libpq writes at the place that a read() would move.
        end = os.fstat(self.file.fileno()).st_size
        trace = os.pread(self.file.fileno(), end - self.read, self.read).decode(errors="replace")
        self.read = end
        found = []
        for message in MESSAGE.split(trace):
            if query := QUERY.match(message.rstrip("\n")):
                found.append(query[1])
            elif parse := PARSE.match(message):
                self.prepared[parse[1]] = parse[2]
            elif bind := BIND.match(message):
                found.append(self.prepared[bind[1]])
        return found


def ask(method: str, path: str, session: str) -> int:
    """What gunicorn does with one request, in this process; return the status."""
    from conference.wsgi import application

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_COOKIE": f"sessionid={session}; csrftoken={CSRF}",
        "HTTP_X_CSRFTOKEN": CSRF,
        "CONTENT_LENGTH": "0",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []

    def start_response(status: str, *_: Any) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda body: None

    response = application(environ, start_response)
    list(response)
    response.close()
    return int(statuses[0].split()[0])


def short(statement: str) -> str:
    """A statement in one line: what it does, to which table."""
    words = " ".join(statement.replace('\\"', '"').split())
    outermost = words
    while inner := re.search(r"\([^()]*\)", outermost):
        outermost = outermost.replace(inner[0], "")
    table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', outermost)
    lock = " … FOR UPDATE" if "FOR NO KEY UPDATE" in words or "FOR UPDATE" in words else ""
    verb = words.split()[0]
    return f"{verb} {table[1]}{lock}" if table else words[:60]


def main(method: str, expected: int, asks: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    """The statements of each, by the name it is given; the first had better warm up."""
    wire, seen = Wire(), {}
    for name, (path, session) in asks.items():
        if (status := ask(method, path, session)) != expected:
            raise RuntimeError(f"{name} was answered {status}.")
        seen[name] = [short(statement) for statement in wire.statements()]
    return seen


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(main(**json.load(sys.stdin))))
