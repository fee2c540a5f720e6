"""A process that races: told what to do, it gets ready, and does it at the word.

Run by ``crew.py``. It reads lines of JSON and answers each with one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest import mock

# Nothing else that is printed may get between the answers.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

Told = dict[str, Any]


def answer(told: Any) -> None:
    ANSWERS.write(json.dumps(told) + "\n")
    ANSWERS.flush()


def outcome(work: Callable[[], Told]) -> Told:
    """What came of it: ``did``, ``refused``, or the ``error`` that must never reach a person."""
    from tutorials.schedule import ReleaseBlocked
    from tutorials.standing import Refused

    try:
        return {"did": work()}
    except Refused as refused:
        return {"refused": refused.refusal.code}
    except ReleaseBlocked:
        return {"refused": "blocked"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


class Stumbling:
    """A late start for some, short pauses before some statements, and a long one before one.

    While it stands there, the others do all that they can do without it.
    """

    usual: dict[str, int] = {}  # how many statements an action had the last time

    def __init__(self, do: str, seed: int) -> None:
        self.do = do
        self.chance = random.Random(seed)
        self.long_before = self.chance.randint(1, self.usual.get(do, 20))
        self.number = 0

    def __call__(self, run: Callable[..., Any], *given: Any) -> Any:
        self.number += 1
        self.usual[self.do] = self.number
        if self.number in (1, self.long_before) and self.chance.random() < 0.7:
            time.sleep(self.chance.random() * 0.08)
        elif self.chance.random() < 0.2:
            time.sleep(self.chance.random() * 0.004)
        return run(*given)


def dying(last: int) -> Callable[..., Any]:
    """Kill this process when it is about to send its statement of that number."""
    left = last

    def execute(run: Callable[..., Any], *given: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(*given)

    return execute


def without_locks(*, transactions: bool) -> AbstractContextManager[Any]:
    """The same code, but nobody waits for anybody: to see whether a race would be noticed.

    Without ``transactions`` every statement is its own, too.
    """
    from django.db.models import QuerySet

    stack = ExitStack()
    unlocked = mock.patch.object(QuerySet, "select_for_update", lambda rows, **_: rows.all())
    stack.enter_context(unlocked)
    if not transactions:
        stack.enter_context(mock.patch("django.db.transaction.atomic", no_transaction))
    return stack


@contextmanager
def no_transaction(*_: Any, **__: Any) -> Iterator[None]:
    """What Django takes for a transaction, and the database does not."""
    from django.db import connection

    was = connection.in_atomic_block
    connection.in_atomic_block = True
    try:
        yield
    finally:
        connection.in_atomic_block = was
        if not was:
            connection.needs_rollback = False
            connection.run_on_commit = []


def race(do: str, given: Told, seed: int, locked: bool) -> Told:
    """Get ready, wait for the word, do it."""
    from django.db import connection

    from tests.races.actions import ACTIONS

    connection.ensure_connection()
    answer("ready")
    sys.stdin.readline()
    with ExitStack() as stack:
        if not locked:
            # On SQLite a transaction is what holds the others off.
            stack.enter_context(without_locks(transactions=connection.vendor != "sqlite"))
        stack.enter_context(connection.execute_wrapper(Stumbling(do, seed)))
        return outcome(partial(ACTIONS[do], **given))


def die(do: str, given: Told, at_statement: int, whole: bool) -> str:
    """Do it in a process that is killed on the way; tell whether it was, or came to its end.

    Unless ``whole``, there are no transactions: to see whether that would be noticed.
    """
    from django.db import connection

    from tests.races.actions import ACTIONS

    connection.close()  # which two processes cannot share
    pid = os.fork()
    if pid == 0:
        with ExitStack() as stack:
            if not whole:
                stack.enter_context(without_locks(transactions=False))
            stack.enter_context(connection.execute_wrapper(dying(at_statement)))
            came_to = outcome(partial(ACTIONS[do], **given))
        if came_to.keys() != {"did"}:
            print(came_to, file=sys.stderr)
        os._exit(0 if came_to.keys() == {"did"} else 1)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return "killed"
    return "done" if os.WEXITSTATUS(status) == 0 else "failed"


def main() -> None:
    import django

    django.setup()
    from tests.races.actions import ACTIONS
    from tests.races.scenarios import SCENARIOS, Scenario

    on_stage: Scenario | None = None
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        match asked.pop("ask"):
            case "race":
                answer(race(**asked))
            case "die":
                answer(die(**asked))
            case "do":
                answer(outcome(partial(ACTIONS[asked["do"]], **asked["given"])))
            case "stage":
                on_stage = SCENARIOS[asked["scenario"]]()
                answer(on_stage.stage())
            case "check":
                assert on_stage
                answer(on_stage.complaints(asked["outcomes"]))
            case "clear":
                assert on_stage
                on_stage.clear()
                answer("cleared")


if __name__ == "__main__":
    main()
