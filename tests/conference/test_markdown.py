"""What people typed is shown, harmless, with every character."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.markdown import render


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = ""

    def handle_data(self, data):
        self.found += data


def text_of(html):
    parser = Text()
    parser.feed(html)
    return parser.found


def test_markdown_becomes_html():
    html = render("A *new* way.\n\n- one\n- two\n\n[Slides](https://example.org/slides)")

    assert "<em>new</em>" in html
    assert "<li>one</li>" in html
    assert '<a href="https://example.org/slides" rel="noopener">Slides</a>' in html


def test_headings_stand_below_those_of_the_page():
    assert "<h3>Top</h3>" in render("# Top")
    assert "<h4>Next</h4>" in render("## Next")
    assert "<h6>Deep</h6>" in render("###### Deep")


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://elsewhere.example/pixel.png)",
        '[x](https://example.org "a" onclick="b")',
    ],
)
def test_nothing_of_it_runs_or_is_fetched(evil):
    html = render(evil).lower()

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert " onclick=" not in html.replace("&quot;", '"').partition("<p>")[0]


@pytest.mark.parametrize(
    "plain",
    [
        "AT&T, AT&amp;T and 3 < 4 > 2",
        r"a\*b, C:\temp, 50\% and $\alpha_{t+1}$ of \(x\)",
        "“quoted” – it’s a post-training test_of_words, 2 * 3 * 4 = 24",
        "It costs $5 and $10 (see [1]); e.g., pre-defined/learned signals…",
        "日本語の要約と émigré naïveté 👩‍🔬",
    ],
)
def test_a_plain_text_keeps_every_character(plain):
    assert text_of(render(plain)).strip() == plain


PLAIN = st.characters(categories=["L", "Nd"], include_characters=" ,.;:’“”()/%&<>$")


@given(st.text(alphabet=PLAIN))
def test_a_line_of_words_and_common_marks_keeps_every_character(line):
    line = "Start " + " ".join(line.split())
    assert text_of(render(line)).strip() == line.strip()
