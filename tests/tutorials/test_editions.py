"""Past editions stay at their addresses, and the first page of one leads to the others."""

from datetime import date

import pytest

from tests.factories import NOW, make_conference, make_session
from tests.pages import text_of
from tutorials import schedule
from tutorials.editions import other_editions


def make_edition(year, *, released=True, **fields):
    edition = make_conference(
        slug=f"cpal-{year}", name=f"CPAL {year}",
        starts_on=date(year, 3, 20), ends_on=date(year, 3, 22), **fields,
    )  # fmt: skip
    if released:
        make_session(edition, NOW)
        schedule.release(edition, by=None, at=NOW)
    return edition


def test_one_alone_speaks_of_no_others(client, programme):
    assert "Other editions" not in text_of(client.get("/cpal-2026/"))


def test_earlier_ones_are_linked_newest_first(client, programme):
    make_edition(2024), make_edition(2025)

    html = client.get("/de/cpal-2026/").content.decode()

    assert html.index("/de/cpal-2025/") < html.index("/de/cpal-2024/")


def test_a_past_one_leads_to_the_current_one(programme):
    past, older = make_edition(2025), make_edition(2024)

    assert other_editions(past) == [programme.conference, older]


@pytest.mark.parametrize(("year", "released"), [(2027, True), (2025, False)])
def test_what_is_only_prepared_is_not_told(programme, year, released):
    make_edition(year, released=released)

    assert other_editions(programme.conference) == []


def test_a_past_one_stays_at_its_address(client, programme):
    make_edition(2025)

    assert client.get("/cpal-2025/schedule/").status_code == 200
