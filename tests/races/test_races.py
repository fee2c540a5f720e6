"""Nobody is oversold, passed over or left with nothing, however closely they press.

Each race is also run without the locks, to prove that it would be noticed.
"""

import pytest

from tests.races.crew import crew
from tests.races.scenarios import SCENARIOS

ROUNDS = 2
MANY_ROUNDS = 60
# Without locks: most are seen in the first, the shyest in one of twenty.
TRIES = 400
RACES = {name: scenario for name, scenario in SCENARIOS.items() if scenario.races}


@pytest.fixture(scope="module")
def racers(tmp_path_factory):
    with crew(tmp_path_factory.mktemp("races")) as racers:
        yield racers


@pytest.mark.parametrize("scenario", RACES)
def test_all_is_well_whoever_wins(racers, scenario):
    for seed in range(ROUNDS):
        assert racers.race(scenario, seed) == []


@pytest.mark.long
@pytest.mark.parametrize("scenario", RACES)
def test_all_is_well_whoever_wins_every_time(racers, scenario):
    for seed in range(ROUNDS, ROUNDS + MANY_ROUNDS):
        assert racers.race(scenario, seed) == []


@pytest.mark.long
@pytest.mark.parametrize("scenario", RACES)
def test_one_after_the_other_needs_no_locks(racers, scenario):
    """So that what is seen without them is the race, and nothing else."""
    assert racers.race(scenario, 0, locked=False, together=False) == []


@pytest.mark.long
@pytest.mark.parametrize(
    "scenario", [name for name, scenario in RACES.items() if scenario.seen_without_locks]
)
def test_without_the_locks_it_is_seen(racers, scenario):
    assert any(racers.race(scenario, seed, locked=False) for seed in range(TRIES))
