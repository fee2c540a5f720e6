"""The page that shows the look, and what holds for the look itself."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from conference.design import pairs, tokens
from tests.pages import ids_of, tags_in, text_of

CSS = Path(settings.BASE_DIR) / "static" / "css"
# Sides of the screen where a reader's own are meant: those of a page from right to left are others.
PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|(?<![\w-])(?:left|right)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)
ALLOWED: set[tuple[str, str]] = set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_can_be_read_on_what_it_stands_on(theme):
    assert [pair for pair in pairs(theme) if not pair.is_enough] == []


def test_light_and_dark_have_the_same_colours():
    light, dark = tokens()["light"], tokens()["dark"]
    colours = {name for name, value in light.items() if value.startswith("#")}

    assert colours == set(dark)


def test_dark_is_the_same_whoever_asks_for_it():
    css = (CSS / "tokens.css").read_text()
    system = re.search(r":root:not\(\.theme-light\) \{([^}]*)\}", css)

    assert system
    assert dict(re.findall(r"--([\w-]+):\s*([^;]+);", system[1])) == tokens()["dark"]


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_no_style_sheet_knows_left_from_right(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    found = {(path.name, match[0]) for match in PHYSICAL.finditer(css)}

    assert found - ALLOWED == set()


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_no_style_sheet_gives_two_sides_a_different_space(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    value = r"((?:[^\s;()]+(?:\((?:[^()]|\([^()]*\))*\))?)+)"
    four = re.compile(rf"(?:padding|margin|inset):\s*{value}\s+{value}\s+{value}\s+{value}\s*;")

    assert [match[0] for match in four.finditer(css) if match[2] != match[4]] == []


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_written_in_one_place(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    # Paper is white whatever the screen is, and so is what a logo or a code for cameras stands on.
    css = re.sub(r"(?m)^@media print .*?^\}", "", css, flags=re.DOTALL)
    if path.name in ("tokens.css", "admin.css", "admin_pages.css", "pass.css"):
        return
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", css)) <= {"#fdfcf9"}


@pytest.mark.django_db
class TestPage:
    def test_shows_every_token_that_is_a_colour(self, client):
        text = text_of(client.get("/design/"))

        for name in tokens()["dark"]:
            assert name in text or name in ("paper", "paper-2", "hairline")
        assert "too little" not in text

    def test_shows_every_piece_in_light_and_in_dark(self, client):
        html = client.get("/design/").content.decode()

        for piece in ("btn-primary", "is-invalid", "note--error", "seats--few", "seats--waiting",
                      "track-12", "entry__title", "timetable__row", "star", "facts", "empty",
                      "pages__list", "days", "filters__field", "chip--all", "views"):  # fmt: skip
            assert html.count(piece) >= 2, piece

    def test_no_id_is_there_twice(self, client):
        ids = ids_of(client.get("/design/"))

        assert len(ids) == len(set(ids))

    def test_is_no_search_result(self, client):
        html = client.get("/design/").content.decode()

        assert ("meta", {"name": "robots", "content": "noindex"}) in tags_in(html)

    def test_is_linked_for_organisers(self, client, organiser):
        client.force_login(organiser)

        assert 'href="/design/"' in client.get("/admin/").content.decode()
