"""The real thing: gunicorn on a database of its own, and a crowd that wants seats.

Run as ``python -m tests.served fill …`` or ``report`` it works inside that database; everything is
told by the environment, as in production.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
CSRF = "c" * 32


@dataclass
class Site:
    """A served site and the environment that its processes share."""

    port: int
    env: dict[str, str]

    def run(self, *words: str) -> str:
        """Run a Python module or script beside the server; return what it printed."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.env, check=True, capture_output=True
        )
        return done.stdout.decode()

    def post(self, path: str, session: str) -> tuple[int, str]:
        """POST as a signed-in browser would; return the status and where it leads."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = f"sessionid={session}; csrftoken={CSRF}"
        client.request("POST", path, headers={"Cookie": cookie, "X-CSRFToken": CSRF})
        response = client.getresponse()
        response.read()
        client.close()
        return response.status, response.headers.get("Location", "")

    def press(self, path: str, session: str) -> tuple[int, str]:
        """The same, and go where it leads; return that page's status and what it says first."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookies = {"sessionid": session, "csrftoken": CSRF}
        client.request("POST", path, headers={"Cookie": _line(cookies), "X-CSRFToken": CSRF})
        response = client.getresponse()
        response.read()
        if response.status != 303:
            return response.status, ""
        for cookie in SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", []))).values():
            cookies[cookie.key] = cookie.coded_value
        client.request("GET", response.headers["Location"], headers={"Cookie": _line(cookies)})
        response = client.getresponse()
        page = response.read().decode()
        client.close()
        note = re.search(r'class="note[^>]*>(.*?)</', page, re.DOTALL)
        return response.status, " ".join(unescape(note[1]).split()) if note else ""


@contextlib.contextmanager
def environment(folder: Path) -> Iterator[dict[str, str]]:
    """Give what processes need to share an empty, migrated database of the kind we test on."""
    with contextlib.ExitStack() as stack:
        env = os.environ | {
            "DATABASE_URL": _database(folder, stack),
            "DJANGO_SETTINGS_MODULE": "conference.settings",
            "DEBUG": "false",
            "SECRET_KEY": "for-this-test-alone",
            "ALLOWED_HOSTS": "127.0.0.1",
            "CLOCK": "2026-03-16T10:00:00+00:00",
            "CACHE_URL": "locmem://",
        }
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        yield env


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve such a database with two workers."""
    with environment(folder) as env, contextlib.ExitStack() as stack:
        env |= {"DJANGO_SETTINGS_MODULE": "tests.served_settings"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            site = Site(port=probe.getsockname()[1], env=env)
        words = ["-m", "gunicorn", "conference.wsgi", "--bind", f"127.0.0.1:{site.port}"]
        words += ["--workers=2", "--threads=4", "--backlog=1024", "--log-level=warning"]
        server = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env)
        stack.callback(server.wait)
        stack.callback(server.terminate)
        _wait_until_ready(site, server)
        yield site


def _database(folder: Path, stack: contextlib.ExitStack) -> str:
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return f"sqlite:///{folder / 'served.sqlite3'}"
    from tests.postgresql import fresh_database

    return stack.enter_context(fresh_database(os.environ["DATABASE_URL"]))


def _wait_until_ready(site: Site, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError):
            client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
            client.request("GET", "/readyz")
            if client.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not get ready.")


def _line(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def all_at_once(
    posts: list[tuple[str, str]], how: Callable[[str, str], tuple[int, str]]
) -> list[tuple[int, str]]:
    """POST each path with its session at the same moment, by a method of ``Site``; the answers."""
    answers: list[tuple[int, str]] = [(0, "")] * len(posts)
    gate = threading.Barrier(len(posts))

    def go(number: int) -> None:
        gate.wait()
        answers[number] = how(*posts[number])

    threads = [threading.Thread(target=go, args=[n]) for n in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def fill(slug: str, people: int, seats: int, tutorials: int) -> dict[str, Any]:
    """Make a conference of tutorials at the same time, and signed-in people without a place there.

    Return where one registers for each tutorial, and the people's sessions.
    """
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tests import factories
    from tutorials import schedule

    conference = factories.make_conference(slug=slug)
    morning = factories.make_session(conference, factories.at(8))
    paths = []
    for _ in range(tutorials):
        tutorial = factories.make_tutorial(conference, capacity=seats)
        factories.make_slot(morning, tutorial)
        paths.append(f"{tutorial.get_absolute_url()}register/")
    schedule.release(conference, by=None, at=factories.NOW)
    sessions = []
    for number in range(people):
        user = factories.make_user(f"{number}@{slug}.example.org", name=f"Person {number}")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions.append(session.session_key)
    return {"paths": paths, "sessions": sessions}


def report(slug: str) -> dict[str, Any]:
    """Who came, who got a seat, who waits in which place, and what does not agree."""
    from conference.models import Conference
    from tutorials import registration
    from tutorials.audit import audit
    from tutorials.models import Registration

    conference = Conference.objects.get(slug=slug)
    rows = Registration.objects.for_conference(conference)
    return {
        "attendees": conference.attendees.count(),
        "confirmed": rows.filter(status="confirmed").count(),
        "places": list(rows.waiting().values_list("position", flat=True)),
        "place_of": {
            str(row.attendee.email.partition("@")[0]): registration.place(row)
            for row in rows.live().select_related("attendee")
        },
        "faults": audit(conference),
    }


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "fill":
        print(json.dumps(fill(sys.argv[2], *map(int, sys.argv[3:]))))
    else:
        print(json.dumps(report(sys.argv[2])))
