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


@pytest.mark.parametrize(
    ("people", "seats"), [(60, 20), pytest.param(500, 100, marks=pytest.mark.long)]
)
def test_everybody_at_once(site, people, seats):
    """Each reads the place that they have."""
    slug = f"rush-{people}"
    crowd = told(site, "fill", slug, people, seats, 1)
    (path,) = crowd["paths"]

    answers = all_at_once([(path, session) for session in crowd["sessions"]], site.press)

    assert {status for status, _ in answers} == {200}
    after = told(site, "report", slug)
    for number, (_, said) in enumerate(answers):
        place = after["place_of"][str(number)]
        if place:
            assert said.startswith(f"You are number {place} on the waiting list of")
        else:
            assert said.startswith("You are registered for")
    assert (after["attendees"], after["confirmed"]) == (people, seats)
    assert after["places"] == list(range(1, people - seats + 1))
    assert after["faults"] == []


def test_the_same_person_20_times_at_once_for_two_tutorials_at_the_same_time(site):
    """Four newcomers in turn: each gets one place at the conference, and one of the two."""
    crowd = told(site, "fill", "torn", 4, 50, 2)
    pages = [path.removesuffix("register/") for path in crowd["paths"]]

    for session in crowd["sessions"]:
        answers = all_at_once([(path, session) for path in crowd["paths"]] * 10, site.post)
        assert answers == [(303, page) for page in pages] * 10

    after = told(site, "report", "torn")
    assert (after["attendees"], after["confirmed"]) == (4, 4)
    assert (after["places"], after["faults"]) == ([], [])
