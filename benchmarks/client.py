"""Browsers that press a button, as light as can be: the server is to be what is measured.

``python -m benchmarks.client`` reads a job from its standard input and writes what it saw.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CSRF = "c" * 32
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def request_of(
    port: int, path: str, session: str | None, headers: dict[str, str] | None = None
) -> bytes:
    """What a browser sends: a GET of a stranger, or a POST of somebody who is signed in.

    With ``headers``, even without any in it, whoever asks does so by GET.
    """
    is_post = session and headers is None
    lines = [f"{'POST' if is_post else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if session:
        lines.append(f"Cookie: sessionid={session}; csrftoken={CSRF}")
    if is_post:
        lines.append(f"X-CSRFToken: {CSRF}")
        lines.append("Content-Length: 0")
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Browser:
    """One connection that is kept, and what has come of the answer that it waits for."""

    port: int
    answer: bytes = b""
    asked_at: float = 0
    socket: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(self, request: bytes) -> None:
        self.answer, self.asked_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """Read what is there; return the status once the answer is whole."""
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("The server hung up.")
        self.answer += more
        head, end, body = self.answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if end and b" 304 " in head[:16]:
            return 304
        if end and length is None:
            raise ConnectionError("An answer without a length.")
        if not end or length is None or len(body) < int(length[1]):
            return None
        return int(head.split(b" ", 2)[1])


def press(port: int, requests: list[tuple[Any, ...]], at_once: int) -> dict[str, Any]:
    """Send them all, ``at_once`` at any time; tell how long each took, and what was answered."""
    queue: Iterator[bytes] = iter([request_of(port, *request) for request in requests])
    statuses: Counter[int] = Counter()
    took: list[float] = []
    selector = selectors.DefaultSelector()
    cpu, start = time.process_time(), time.perf_counter()
    for browser, request in zip([Browser(port) for _ in range(at_once)], queue, strict=False):
        selector.register(browser.socket, selectors.EVENT_READ, browser)
        browser.ask(request)
    while selector.get_map():
        for key, _ in selector.select():
            browser = key.data
            status = browser.status()
            if status is None:
                continue
            took.append(time.perf_counter() - browser.asked_at)
            statuses[status] += 1
            following = next(queue, None)
            if following is None:
                selector.unregister(browser.socket)
                browser.socket.close()
            else:
                browser.ask(following)
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "statuses": statuses,
        "took": sorted(took),
    }


if __name__ == "__main__":
    print(json.dumps(press(**json.load(sys.stdin))))
