"""What people typed is shown, harmless, with every character."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.markdown import render
from tests.pages import tags_in, text_in


def test_markdown_becomes_html():
    html = render("A *new* way.\n\n- one\n- two\n\n[Slides](https://example.org/slides)")

    assert "<em>new</em>" in html
    assert "<li>one</li>" in html
    assert '<a href="https://example.org/slides" rel="noopener">Slides</a>' in html


def test_headings_stand_below_those_of_the_page():
    assert "<h3>Top</h3>" in render("# Top")
    assert "<h4>Next</h4>" in render("## Next")
    assert "<h6>Deep</h6>" in render("###### Deep")


MAY_CARRY = {"a": {"href", "title", "rel"}, "ol": {"start"}}
NEVER = {"script", "style", "img", "iframe", "object", "form", "input", "svg", "link", "base"}


def assert_harmless(html):
    for tag, attributes in tags_in(html):
        assert tag not in NEVER
        assert set(attributes) <= MAY_CARRY.get(tag, set())
        # RFC 3986, 3.1: with any other character before the colon it is no scheme.
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", attributes.get("href") or "", re.IGNORECASE)
        assert not scheme or scheme[1].lower() in ("http", "https", "mailto")


@pytest.mark.parametrize(
    ("evil", "tags"),
    [
        ("<script>alert(1)</script>", ["p"]),
        ("<img src=x onerror=alert(1)>", ["p"]),
        ('<p style="position:fixed" onclick="b">x</p>', ["p"]),
        ("[x](javascript:alert(1))", ["p"]),
        ("[x](JaVaScRiPt:alert(1))", ["p"]),
        ("[x](data:text/html,<script>alert(1)</script>)", ["p"]),
        ("![x](https://elsewhere.example/pixel.png)", ["p", "a"]),
        ('[x](https://example.org "a" onclick="b")', ["p"]),
        ("[x](https://example.org 'a\" onclick=\"b')", ["p", "a"]),
        ('[x](https://example.org/"onclick="b)', ["p", "a"]),
        ("```html onclick=b\nx\n```", ["pre", "code"]),
    ],
)
def test_nothing_of_it_runs_or_is_fetched(evil, tags):
    html = render(evil)

    assert_harmless(html)
    assert [tag for tag, _ in tags_in(html)] == tags


# fmt: off
PIECES = st.sampled_from([
    "<", ">", '"', "'", "[", "](", ")", "!", "`", "\\", "x", "/", "|", "- ", "1. ", " ", "\n",
    "script", "onclick=", "style=", "javascript:", "https://example.org/", "&quot;", "&#106;",
])
# fmt: on


@given(st.lists(PIECES).map("".join))
def test_nothing_else_does_either(text):
    assert_harmless(render(text))


@pytest.mark.parametrize(
    "plain",
    [
        "AT&T, AT&amp;T and 3 < 4 > 2",
        r"a\*b, C:\temp, 50\% and \alpha_{t+1} of \(x\)",
        "“quoted” – it’s a post-training test_of_words, 2 * 3 * 4 = 24",
        "<A0:> and <a:b>",
        "It costs $5 and $10 (see [1]); e.g., pre-defined/learned signals…",
        "日本語の要約と émigré naïveté 👩‍🔬",
    ],
)
def test_a_plain_text_keeps_every_character(plain):
    assert text_in(render(plain)).strip() == plain


# Without dollars, which may enclose a formula.
PLAIN = st.characters(categories=["L", "Nd"], include_characters=" ,.;:’“”()/%&<>")


@given(st.text(alphabet=PLAIN))
def test_a_line_of_words_and_common_marks_keeps_every_character(line):
    line = "Start " + " ".join(line.split())
    assert text_in(render(line)).strip() == line.strip()


class TestFormulas:
    def test_a_formula_between_dollars_becomes_mathml(self):
        html = render(r"The error is $\alpha_{t+1}^2$ at most.")
        assert '<math display="inline">' in html
        assert "<mi>α</mi>" in html
        assert "$" not in html

    def test_a_formula_on_lines_of_its_own_is_a_block(self):
        html = render("Then\n\n$$\n\\sum_{i=1}^n x_i\n$$\n\nholds.")
        assert '<math display="block">' in html
        assert "<mo>∑</mo>" in html

    @pytest.mark.parametrize(
        "text", ["It costs $5 and $10.", "From $100-$200.", "US$ 5 or A$ 6", "3$b$4", "$ x $"]
    )
    def test_money_stays_money(self, text):
        assert "<math" not in render(text)
        assert text in render(text)

    @pytest.mark.parametrize("tex", [r"\frac{", "{" * 900, "x" * 2001, r"\begin{matrix}a"])
    def test_what_is_no_tex_is_shown_as_it_was_typed(self, tex):
        assert f"<code>${tex}$</code>" in render(f"${tex}$")

    @pytest.mark.parametrize(
        "tex",
        [
            r"\href{javascript:alert(1)}{x}",
            r"\text{<script>alert(1)</script>}",
            r"\style{position:fixed}{x}",
            r"\class{navbar}{x}",
        ],
    )
    def test_a_formula_leads_nowhere_and_runs_nothing(self, tex):
        html = render(f"${tex}$")
        for harmful in ("href", "<script", "style=", "class="):
            assert harmful not in html
