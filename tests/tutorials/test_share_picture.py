"""The pictures beside links to our pages."""

import io

import pytest
from PIL import Image

from tests.factories import NOW, at, make_presenter, make_session, make_slot, make_tutorial
from tests.pages import tags_in
from tutorials import programme as programme_module
from tutorials import registration, schedule, share_picture
from tutorials.share_picture import Picture

SITE = "http://testserver"


def picture(**fields):
    defaults = {
        "head": "CPAL 2026",
        "title": "A tutorial",
        "below": "Ada",
        "foot": "Hall A",
        "colour": "#1f4b8f",
    }
    return Picture(**defaults | fields)


def drawn(**fields):
    return Image.open(io.BytesIO(share_picture.draw(picture(**fields)))).convert("RGB")


def of(tutorial):
    slots = programme_module.public_slots(tutorial.conference).filter(tutorial=tutorial)
    return share_picture.of_tutorial(tutorial, list(slots))


def address_of(client, page):
    metas = [tag for name, tag in tags_in(client.get(page).content.decode()) if name == "meta"]
    (found,) = [meta["content"] for meta in metas if meta.get("property") == "og:image"]
    assert found.startswith(SITE)
    return found.removeprefix(SITE)


class TestWhatItSays:
    def test_of_a_tutorial(self, programme):
        make_presenter(programme.t1, "Ada Lovelace")
        said = of(programme.t1)
        assert said.head == "CPAL 2026"
        assert said.title == programme.t1.title
        assert said.below == "Presenter of T1, Ada Lovelace"
        assert said.foot == "Monday 23 March 2026, 09:00–11:30 · Hall A"

    def test_of_two_parts(self, programme):
        make_slot(make_session(programme.conference, at(8, day=1)), programme.t1)
        schedule.release(programme.conference, by=None, at=NOW)
        assert of(programme.t1).foot == "Monday 23 March 2026, 09:00–11:30 · and 1 more part"

    def test_of_one_without_a_time(self, conference):
        assert of(make_tutorial(conference)).foot == "Time to be announced"

    def test_of_a_cancelled_one(self, programme):
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        programme.t1.refresh_from_db()
        assert of(programme.t1).foot == "Cancelled"

    def test_of_a_conference(self, conference):
        said = share_picture.of_conference(conference)
        assert said.title == "CPAL 2026"
        assert said.foot == "Monday 23 March – Thursday 26 March 2026 · Tübingen, Germany"

    def test_each_has_its_version(self):
        versions = {
            picture(**fields).version
            for fields in ({}, {"title": "B"}, {"colour": "#000000"}, {"foot": "Hall B"})
        }
        assert len(versions) == 4
        assert picture().version == picture().version


class TestDrawing:
    def test_its_size_and_its_colour(self):
        image = drawn(colour="#aa0000")
        assert image.size == (1200, 630)
        assert image.getpixel((5, 300)) == (170, 0, 0)
        assert image.getpixel((1190, 10)) == (253, 252, 249)

    @pytest.mark.parametrize(
        "title",
        [
            "",
            "深度学习中的低维结构",
            "مقدمة في التعلم الآلي (Machine Learning)",
            "हिन्दी में परिचय",
            "기계 학습",
            "Ελληνικά и русский",
            "\x00\ud7ff\U0010ffff\u200d\ufe0f",
            "👩🏽‍💻",
            "W" * 300,
            "Word " * 200,
        ],
    )
    def test_any_text(self, title):
        drawn(title=title, head=title, below=title, foot=title)

    @pytest.mark.parametrize("title", ["深度学习", "مقدمة", "हिन्दी", "기계"])
    def test_every_script_has_its_letters(self, title):
        assert drawn(title=title).tobytes() != drawn(title="").tobytes()
        assert share_picture._drawable(title) == title

    def test_what_no_font_has_is_left_out(self):
        assert share_picture._drawable("Hello 🚀 wörld") == "Hello wörld"

    def test_nothing_is_beyond_the_margins(self):
        image = drawn(title="W" * 300, head="W" * 300, below="y" * 900, foot="y" * 900)
        beyond = image.crop((1200 - 60, 0, 1200, 630))
        assert len(beyond.getcolors()) == 1

    def test_from_the_right_for_who_reads_from_there(self):
        left = drawn(title="Hello").crop((84, 130, 240, 240))
        right = drawn(title="مقدمة").crop((84, 130, 240, 240))
        assert len(left.getcolors()) > 1
        assert len(right.getcolors()) == 1

    def test_a_long_title_is_cut(self):
        size, lines = share_picture._title("Word " * 200)
        assert size == share_picture.TITLE_SIZES[-1]
        assert lines[-1].endswith("…")


class TestItsAddress:
    @pytest.mark.parametrize("language", ["", "/de"])
    def test_of_a_tutorial(self, client, programme, language):
        response = client.get(address_of(client, language + programme.t1.get_absolute_url()))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/png"
        assert "max-age=2592000" in response["Cache-Control"]
        assert "public" in response["Cache-Control"]
        assert not response.cookies
        assert Image.open(io.BytesIO(response.content)).size == (1200, 630)

    @pytest.mark.parametrize("page", ["", "schedule/", "tutorials/", "venues/"])
    def test_of_a_conference(self, client, programme, page):
        found = address_of(client, f"/cpal-2026/{page}")
        assert found.startswith("/cpal-2026/share.png?v=")
        assert client.get(found).status_code == 200

    def test_it_is_not_drawn_again_for_who_has_it(self, client, programme, monkeypatch):
        address = address_of(client, programme.t1.get_absolute_url())
        tag = client.get(address)["ETag"]
        monkeypatch.delattr(share_picture, "draw")
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304

    def test_an_address_that_somebody_made_up_leads_to_it(self, client, programme, monkeypatch):
        monkeypatch.delattr(share_picture, "draw")
        path, _, version = address_of(client, programme.t1.get_absolute_url()).partition("?")
        for query in ("", "?v=x", "?v="):
            response = client.get(f"{path}{query}")
            assert (response.status_code, response["Location"]) == (302, f"{path}?{version}")

    def test_none_of_a_draft(self, client, conference):
        draft = make_tutorial(conference, status="draft")
        assert client.get(f"{draft.get_absolute_url()}share.png").status_code == 404

    def test_no_picture_on_personal_pages(self, client, programme, user):
        client.force_login(user)
        assert "og:image" not in client.get("/cpal-2026/my/").content.decode()
