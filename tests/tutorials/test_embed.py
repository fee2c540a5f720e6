"""The programme inside other websites: frames, a piece of HTML, the page that gives them out."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    at,
    make_conference,
    make_member,
    make_presenter,
    make_programme,
    make_session,
    make_slot,
    make_tutorial,
)
from tests.pages import tags_in, text_of
from tutorials import embedding, schedule
from tutorials.models import Slot

HOME = "/cpal-2026/"
LIST, TIMETABLE, FRAGMENT = (f"{HOME}embed/{path}" for path in ("", "timetable/", "fragment/"))
ALL = [LIST, TIMETABLE, FRAGMENT]


def links_of(response):
    return [attrs for tag, attrs in tags_in(response.content.decode()) if tag == "a"]


@pytest.mark.parametrize("path", ALL)
class TestEach:
    def test_shows_what_is_public(self, client, programme, path):
        make_tutorial(programme.conference, title="Still a draft", status="draft")

        text = text_of(client.get(path))

        for tutorial in programme.tutorials:
            assert tutorial.title in text
            assert f"Presenter of {tutorial.code}" in text
        assert "Hall A" in text
        assert "09:00–11:30" in text
        assert "Still a draft" not in text

    def test_is_the_same_for_everybody(self, client, programme, user, path):
        stranger = client.get(path)
        client.force_login(user)
        signed_in = client.get(path)

        assert signed_in.content == stranger.content
        for response in (stranger, signed_in):
            assert not response.cookies
            assert "Cookie" not in response.get("Vary", "")
            assert "public" in response["Cache-Control"]

    def test_shows_one_track(self, client, programme, path):
        text = text_of(client.get(path, {"track": programme.tracks[0].slug}))

        assert programme.t1.title in text
        assert programme.t3.title not in text
        assert "Lunch" not in text

    def test_what_it_does_not_know_chooses_nothing(self, client, programme, path):
        odd = {"track": "no\0ne", "day": "never", "page": "x", "theme": '"><script>'}

        response = client.get(path, odd)

        assert programme.t3.title in text_of(response)
        assert "&quot;&gt;" not in response.content.decode()
        assert "theme-" not in response.content.decode()

    def test_speaks_german_below_de(self, client, programme, path):
        response = client.get(f"/de{path}")

        assert 'lang="de"' in response.content.decode()
        assert "/de/cpal-2026/tutorials/" in links_of(response)[0]["href"]

    def test_before_anything_is_public_it_says_so(self, client, conference, path):
        assert len(text_of(client.get(path))) > 40

    def test_knows_no_other_conference(self, client, programme, path):
        other = make_tutorial(make_conference(), title="Elsewhere")

        assert other.title not in text_of(client.get(path))

    def test_says_that_it_is_cancelled(self, client, programme, path):
        programme.t1.status = "cancelled"
        programme.t1.cancelled_at = at(0)
        programme.t1.save()

        assert "Cancelled" in text_of(client.get(path))


@pytest.mark.parametrize("number", [6, 60])
def test_each_asks_the_database_as_often_for_many(client, conference, number):
    make_programme(conference, number)
    counts = []

    for path in ALL:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))

    assert counts == [5, 4, 5]


@pytest.mark.parametrize("path", [LIST, TIMETABLE])
class TestFrame:
    def test_may_be_framed_by_anybody(self, client, programme, path):
        response = client.get(path)

        assert "X-Frame-Options" not in response
        rules = response["Content-Security-Policy"].split("; ")
        assert "frame-ancestors *" in rules

    def test_its_links_leave_the_frame(self, client, programme, path):
        links = links_of(client.get(path))

        assert len(links) > 4
        assert all(link["target"] == "_top" for link in links if not link["href"].startswith("?"))

    def test_has_no_head_and_no_foot(self, client, programme, path):
        html = client.get(path).content.decode()

        assert "<header" not in html
        assert "<footer" not in html
        assert "Sign in" not in html

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_wears_the_theme_asked_for(self, client, programme, path, theme):
        html = client.get(path, {"theme": theme}).content.decode()

        assert f'class="theme-{theme}"' in html
        assert f'content="{theme}"' in html

    def test_wears_the_colour_of_the_conference(self, client, programme, path):
        programme.conference.colour = "#aa0000"
        programme.conference.save()

        assert 'href="/cpal-2026/colour.css"' in client.get(path).content.decode()


@pytest.mark.parametrize("path", [HOME, FRAGMENT, f"{HOME}schedule/"])
def test_nothing_else_may_be_framed(client, programme, path):
    response = client.get(path)

    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_a_long_list_has_pages_that_keep_theme_and_track(client, conference, monkeypatch):
    monkeypatch.setattr(embedding, "PER_PAGE", 5)
    tutorials = make_programme(conference, 16)
    track = tutorials[0].track
    assert track

    response = client.get(LIST, {"track": track.slug, "theme": "dark"})

    following = [link for link in links_of(response) if link.get("rel") == "next"]
    assert [link["href"] for link in following] == [f"?page=2&track={track.slug}&theme=dark"]
    assert text_of(client.get(LIST + following[0]["href"])).count("Ada") == 3


def test_the_timetable_leads_from_day_to_day(client, conference):
    for day in (0, 1):
        tutorial = make_tutorial(conference, title=f"On day {day}")
        make_slot(make_session(conference, at(8, day=day)), tutorial)
    schedule.release(conference, by=None, at=at(0, day=-10))

    first = client.get(TIMETABLE, {"theme": "light"})
    second = client.get(TIMETABLE, {"day": "2026-03-24"})

    assert "?day=2026-03-24&theme=light" in [link["href"] for link in links_of(first)]
    assert "On day 0" in text_of(first)
    assert "On day 1" not in text_of(first)
    assert "On day 1" in text_of(second)
    assert text_of(client.get(FRAGMENT)).count("On day") == 2
    assert "On day 0" not in text_of(client.get(FRAGMENT, {"day": "2026-03-24"}))


class TestFragment:
    def test_is_a_piece_that_any_page_can_take(self, client, programme):
        response = client.get(FRAGMENT)
        tags = tags_in(response.content.decode())

        assert tags[0][0] == "section"
        assert {tag for tag, _ in tags} <= {
            "section", "h2", "h3", "ul", "li", "p", "a", "br", "span", "time", "s", "strong",
        }  # fmt: skip
        for tag, attrs in tags:
            assert set(attrs) <= {"href", "datetime", "lang", "class"}
            assert "class" not in attrs or (tag, attrs["class"]) == ("span", "times")

    def test_its_links_are_in_full(self, client, programme):
        links = links_of(client.get(FRAGMENT))

        assert f"http://testserver{programme.t1.get_absolute_url()}" in [a["href"] for a in links]
        assert all(link["href"].startswith("http://testserver/") for link in links)

    def test_scripts_of_any_site_may_fetch_it(self, client, programme):
        assert client.get(FRAGMENT)["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Origin" not in client.get(LIST)

    def test_names_what_has_no_time_yet(self, client, programme):
        late = make_tutorial(programme.conference, title="Not placed yet")
        make_presenter(late, "Emmy Noether")

        text = text_of(client.get(FRAGMENT))

        assert text.index("Time to be announced") < text.index("Not placed yet")
        assert "Emmy Noether" in text

    def test_what_people_typed_stays_text(self, client, programme):
        programme.t1.title = "<script>alert(1)</script>"
        programme.t1.save()

        assert "<script" not in client.get(FRAGMENT).content.decode()


class TestPageInTheAdmin:
    @pytest.fixture
    def page(self, client, programme):
        client.force_login(make_member(programme.conference, "viewer"))
        address = reverse("admin:conference_conference_embed", args=[programme.conference.pk])
        return lambda **choice: client.get(address, choice)

    def test_hands_out_frames_and_the_fragment(self, client, page):
        html = unescape(page().content.decode())

        for path in ALL:
            assert f"http://testserver{path}" in html
        assert '<iframe data-tutorials src="http://testserver/cpal-2026/embed/"' in unescape(html)
        assert "http://testserver/static/js/embed_host.js" in html

    def test_hands_out_what_was_chosen(self, programme, page):
        chosen = page(language="de", theme="dark", track=programme.tracks[1].slug)

        html = unescape(unescape(chosen.content.decode()))
        assert f"/de/cpal-2026/embed/?track={programme.tracks[1].slug}&theme=dark" in html

    def test_what_is_no_choice_is_said(self, page):
        response = page(language="tlh")

        assert response.status_code == 200
        assert "/tlh/" not in response.content.decode()

    def test_is_linked_from_the_conference(self, client, programme, page):
        conference = reverse("admin:conference_conference_change", args=[programme.conference.pk])

        assert page().request["PATH_INFO"] in client.get(conference).content.decode()

    def test_is_for_those_who_see_the_programme(self, client, programme, page):
        client.force_login(make_member(programme.conference, "door"))

        assert page().status_code in (302, 403, 404)


def test_a_snippet_keeps_its_quotation_marks_escaped(client, organiser, conference):
    conference.name = 'The "best" & only'
    conference.save()
    client.force_login(organiser)

    page = client.get(reverse("admin:conference_conference_embed", args=[conference.pk]))

    assert "The &amp;quot;best&amp;quot; &amp;amp; only" in page.content.decode()


def test_the_timetable_of_a_track_has_the_days_on_which_it_is(client, programme):
    conference, track = programme.conference, programme.tracks[1]
    for slot in Slot.objects.filter(tutorial__track=track):
        slot.tutorial.status = "draft"
        slot.tutorial.save()
    late = make_session(conference, at(8, day=1))
    tutorial = make_tutorial(conference, track=track)
    make_slot(late, tutorial)
    schedule.release(conference, by=None, at=at(0))

    response = client.get(TIMETABLE, {"track": track.slug})

    assert tutorial.title in text_of(response)
    assert "?day=" not in response.content.decode()


def test_the_list_names_the_zone_though_the_first_has_no_time(client, programme):
    Slot.objects.filter(tutorial=programme.t1).delete()

    assert "Europe/Berlin" in text_of(client.get(LIST))


def test_a_cancelled_one_without_a_time_says_so(client, conference):
    make_tutorial(conference, title="Called off", status="cancelled")

    assert "<s>Called off</s>" in client.get(FRAGMENT).content.decode()
