"""A hundred seats are freed and five hundred wait: how long until all are told?"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any

from benchmarks import report
from benchmarks.servers import told

SEATS, FREED, QUEUE = 100, 100, 500
SECONDS = 1.0
KINDS = {False: "who wait are free", True: "who wait give up another tutorial for it"}


def measure(env: dict[str, str], rounds: int) -> report.Result:
    """Fill again and again, each time another conference, in one process."""
    took: dict[bool, list[float]] = {kind: [] for kind in KINDS}
    for number in range(rounds):
        for switching, seen in took.items():
            slug = f"fill-{number}-{'switch' if switching else 'take'}"
            seen.append(told(env, "-m", "benchmarks.filling", slug=slug, switching=switching))
    rows = [[KINDS[kind], f"{median(seen):.2f}", f"{max(seen):.2f}"] for kind, seen in took.items()]
    head = [f"{FREED} seats filled from a queue of {QUEUE}, seconds", "half", "slowest"]
    slower = max(median(seen) for seen in took.values())
    return report.Result(
        [report.table(head, rows)],
        [
            report.Figure(
                f"filling {FREED} freed seats from a queue of {QUEUE}, mails queued",
                f"< {SECONDS:.0f} s",
                f"{slower:.2f} s",
                slower < SECONDS,
            )
        ],
    )


def fill(slug: str, switching: bool) -> float:
    """Make a full tutorial with a queue, double its seats, and say how long that took."""
    from tests.factories import (
        NOW,
        at,
        make_attendee,
        make_conference,
        make_session,
        make_slot,
        make_tutorial,
    )
    from tutorials import registration, schedule
    from tutorials.models import Mail, Registration, Tutorial

    conference = make_conference(slug=slug)
    morning = make_session(conference, at(8))
    tutorial, other = (make_tutorial(conference, capacity=n) for n in (SEATS, QUEUE))
    for each in (tutorial, other):
        make_slot(morning, each)
    schedule.release(conference, by=None, at=NOW)
    for number in range(SEATS + QUEUE):
        attendee = make_attendee(conference, email=f"{number}@{slug}.example.org")
        wish: dict[str, Any] = {}
        if switching and number >= SEATS:
            registration.register(attendee, other, by=None, at=NOW)
            wish = {"when_free": Registration.WhenFree.SWITCH, "gives_up": other}
        registration.register(attendee, tutorial, by=None, at=NOW, **wish)
    Tutorial.objects.get(pk=tutorial.pk, seats_taken=SEATS)
    start = time.perf_counter()
    registration.change_capacity(
        tutorial,
        capacity=SEATS + FREED,
        kept_back=0,
        too_few=registration.TooFew.REFUSE,
        by=None,
        at=NOW,
    )
    took = time.perf_counter() - start
    told_so = Mail.objects.filter(tutorial=tutorial, kind__in=["got_in", "switched"]).count()
    Tutorial.objects.get(pk=tutorial.pk, seats_taken=SEATS + FREED)
    if told_so != FREED:
        raise RuntimeError(f"{FREED} seats were filled, {told_so} people told.")
    return took


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill(**json.load(sys.stdin))))
