"""Registration opens, and everybody presses the button at once."""

import json

import pytest

from tests.served import all_at_once, served


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as site:
        yield site


def told(site, *words):
    return json.loads(site.run("-m", "tests.served", *map(str, words)))


def test_200_people_at_once_for_50_seats(site):
    crowd = told(site, "fill", "rush", 200, 50, 1)
    (path,) = crowd["paths"]

    answers = all_at_once(site, [(path, session) for session in crowd["sessions"]])

    assert answers == [(303, path.removesuffix("register/"))] * 200
    assert told(site, "report", "rush") == {
        "attendees": 200,
        "confirmed": 50,
        "places": list(range(1, 151)),
        "faults": [],
    }


def test_the_same_person_20_times_at_once_for_two_tutorials_at_the_same_time(site):
    """Ten newcomers in turn: each gets one place at the conference and a seat in one of the two."""
    crowd = told(site, "fill", "torn", 10, 50, 2)
    pages = [path.removesuffix("register/") for path in crowd["paths"]]

    for session in crowd["sessions"]:
        answers = all_at_once(site, [(path, session) for path in crowd["paths"]] * 10)
        assert answers == [(303, page) for page in pages] * 10

    assert told(site, "report", "torn") == {
        "attendees": 10,
        "confirmed": 10,
        "places": [],
        "faults": [],
    }
