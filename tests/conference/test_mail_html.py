"""A mail's text, typeset."""

import re

from conference.mail_html import SIGNATURE, Block, blocks_of, html_of

TEXT = f"""Hello Ada,

You are registered.
Welcome.

  Monday, 09:00
  Hall A

To the page:
https://example.org/a

Cannot come?

I can’t come:
https://example.org/b

{SIGNATURE}
CPAL 2026
"""


def test_the_pieces():
    assert blocks_of(TEXT) == [
        Block("paragraph", ["Hello Ada,"]),
        Block("paragraph", ["You are registered.", "Welcome."]),
        Block("facts", ["Monday, 09:00", "Hall A"]),
        Block("button", ["To the page"], "https://example.org/a"),
        Block("paragraph", ["Cannot come?"]),
        Block("link", ["I can’t come"], "https://example.org/b"),
        Block("foot", ["CPAL 2026"]),
    ]


def test_of_several_links_in_a_row_none_is_a_button():
    text = "A:\nhttps://example.org/a\n\nB:\nhttps://example.org/b"

    assert [block.kind for block in blocks_of(text)] == ["link", "link"]


def test_a_code_stands_out():
    assert blocks_of("    1234-5678") == [Block("code", ["1234-5678"])]


def test_an_address_within_a_sentence_is_no_link():
    assert [block.kind for block in blocks_of("See https://example.org/ for more.")] == [
        "paragraph"
    ]


def test_whatever_it_holds_is_shown_as_text():
    html = html_of(
        'Hello <script>alert("1")</script> & co,\n\nGo:\nhttps://example.org/?a="><b>',
        title="<i>",
        heading="A & B",
    )

    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;" in html
    assert "A &amp; B" in html


def test_nothing_is_fetched():
    html = html_of(TEXT, title="", heading="CPAL")

    assert not re.findall(r"\bsrc=|url\(|@import|<link|<img|<script", html)
    assert re.findall(r'(?:href|=)="?(https?:[^"]*)', html) == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_it_wears_the_colour_of_the_conference():
    html = html_of(TEXT, title="", heading="CPAL", colour="#8a1c1c")

    assert "background: #8a1c1c" in html
    assert "#1f4b8f" not in html
    assert "prefers-color-scheme: dark" in html
