"""Processes that share a database and start at the same moment."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.factories import NOW
from tests.served import ROOT, environment

# Longer than any lock is waited for: who has not answered by then waits in a circle.
PATIENCE = 90
RACERS = 4


class Child:
    """One process of ``child.py``, kept from race to race because it takes a second to start."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.child"],
            cwd=ROOT,
            env=env,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, **asked: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"go\n")

    def heard(self) -> Any:
        assert self.process.stdout
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError("A process does not answer: deadlocked?")
        line = self.process.stdout.readline()
        if not line:
            raise EOFError("A process has died.")
        return json.loads(line)

    def asked(self, **what: Any) -> Any:
        self.tell(**what)
        return self.heard()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


class Crew:
    """The racers, and one that sets the stage and looks at it afterwards."""

    def __init__(self, stage: Child, racers: list[Child]) -> None:
        self.stage = stage
        self.racers = racers

    def race(
        self, scenario: str, seed: int, *, locked: bool = True, together: bool = True
    ) -> list[str]:
        """One race, or the same one after the other; return what is wrong afterwards."""
        cast = self.stage.asked(ask="stage", scenario=scenario)
        running = self.racers[: len(cast)]
        assert len(running) == len(cast), "more actions than racers"
        for number, (racer, (do, given)) in enumerate(zip(running, cast, strict=True)):
            one = seed * RACERS + number
            racer.tell(ask="race", do=do, given=given, seed=one, locked=locked)
        for racer in running:
            assert racer.heard() == "ready"
        outcomes = []
        for racer in running:
            racer.go()
            if not together:
                outcomes.append(racer.heard())
        if together:
            outcomes = [racer.heard() for racer in running]
        complaints: list[str] = self.stage.asked(ask="check", outcomes=outcomes)
        if not locked:
            # What is broken must not be found by a later race.
            self.stage.asked(ask="clear")
        return complaints

    def crash(
        self, scenario: str, at_statement: int, *, whole: bool = True
    ) -> tuple[str, list[str]]:
        """Kill who does it, let a worker come by ten minutes later; return what is wrong then.

        And whether it was killed at all, or was done before it had sent that many statements.
        """
        (do, given), *others = self.stage.asked(ask="stage", scenario=scenario)
        assert not others
        how = {"at_statement": at_statement, "whole": whole}
        ended = self.racers[0].asked(ask="die", do=do, given=given, **how)
        later = (NOW + timedelta(minutes=10)).isoformat()
        # The second time it sends the mails of what it mended in the first.
        worked = [self.stage.asked(ask="do", do="work", given={"clock": later}) for _ in range(2)]
        complaints = self.stage.asked(ask="check", outcomes=worked)
        if not whole:
            self.stage.asked(ask="clear")
        return ended, complaints


@contextlib.contextmanager
def crew(folder: Path, racers: int = RACERS) -> Iterator[Crew]:
    """Let them share a database of the kind that we test on; mails end as files in ``folder``."""
    with environment(folder) as env, contextlib.ExitStack() as stack:
        env |= {"EMAIL_URL": f"file:///{folder}/mails", "SEND_MAIL_AT_ONCE": "false"}
        children = []
        for _ in range(1 + racers):
            child = Child(env)
            stack.callback(child.stop)
            children.append(child)
        yield Crew(children[0], children[1:])
