"""Registration opens, and everybody presses the button at once."""

import json

from tests.served import all_at_once, served


def test_200_people_at_once_for_50_seats(tmp_path):
    with served(tmp_path) as site:
        crowd = json.loads(site.run("-m", "tests.served", "fill", "200", "50"))
        answers = all_at_once(site, crowd["path"], crowd["sessions"])
        outcome = json.loads(site.run("-m", "tests.served", "report"))
    page = crowd["path"].removesuffix("register/")
    assert answers == [(303, page)] * 200
    assert outcome == {"confirmed": 50, "places": list(range(1, 151)), "faults": []}
