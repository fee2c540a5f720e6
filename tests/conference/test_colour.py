"""A conference's own colour, in shades that can be read whatever it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.colour import BLACK, DARK_PAPER, LIGHT_PAPER, WHITE, contrast, style_sheet


def shades(colour):
    """The tokens on light and on dark paper."""
    for paper, block in zip(
        (LIGHT_PAPER, DARK_PAPER), style_sheet(colour).split("@media"), strict=True
    ):
        found = re.findall(r"--([a-z-]+): #(..)(..)(..);", block)
        yield paper, {name: tuple(int(part, 16) for part in rgb) for name, *rgb in found}


@given(st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))
def test_any_colour_becomes_readable(colour):
    for paper, tokens in shades(colour):
        assert contrast(tokens["accent"], paper) >= 4.5
        assert contrast(tokens["accent-strong"], paper) >= 7
        assert contrast(tokens["on-accent"], tokens["accent"]) >= 4.5


def test_a_colour_that_can_be_read_stays():
    assert "--accent: #1f4b8f;" in style_sheet("#1F4B8F")


def test_contrast():
    assert round(contrast(BLACK, WHITE), 2) == 21
    assert contrast(WHITE, WHITE) == 1


def test_served_where_there_is_one(client, conference):
    assert client.get("/cpal-2026/colour.css").status_code == 404
    assert "colour.css" not in client.get("/cpal-2026/").content.decode()
    conference.colour = "#ffcc00"
    conference.save()
    response = client.get("/cpal-2026/colour.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response.content.decode() == style_sheet("#ffcc00")
    assert 'href="/cpal-2026/colour.css"' in client.get("/cpal-2026/").content.decode()


@pytest.mark.parametrize("imprint", ["", "Ada Lovelace, London"])
def test_the_imprint_is_there_and_linked_or_neither(client, conference, imprint):
    conference.imprint = imprint
    conference.save()
    response = client.get("/cpal-2026/imprint/")
    assert response.status_code == (200 if imprint else 404)
    linked = 'href="/cpal-2026/imprint/"' in client.get("/cpal-2026/").content.decode()
    assert linked == bool(imprint)
    assert imprint in response.content.decode()
