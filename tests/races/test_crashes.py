"""Killed at any step, nothing is lost, nobody is passed over, and no mail is sent for nothing."""

from itertools import count

import pytest

from tests.races.crew import crew


@pytest.fixture(scope="module")
def racers(tmp_path_factory):
    with crew(tmp_path_factory.mktemp("crashes"), racers=1) as racers:
        yield racers


def crash_at_each(racers, scenario, steps):
    """Kill it at these statements until one is beyond its end; return how many it was killed at."""
    for killed, step in enumerate(steps):
        ended, complaints = racers.crash(scenario, step)
        assert complaints == [], f"killed at statement {step}"
        if ended != "killed":
            assert ended == "done"
            return killed
    raise AssertionError("It never came to its end.")


@pytest.mark.parametrize("scenario", ["CancelAndCascade", "SendingMail"])
def test_killed_at_some_steps(racers, scenario):
    assert crash_at_each(racers, scenario, count(2, 11)) > 1


@pytest.mark.long
@pytest.mark.parametrize("scenario", ["CancelAndCascade", "SendingMail"])
def test_killed_at_every_step(racers, scenario):
    assert crash_at_each(racers, scenario, count(1)) > 15


@pytest.mark.long
def test_without_transactions_it_is_seen(racers):
    assert any(racers.crash("CancelAndCascade", step, whole=False)[1] for step in range(5, 30))
