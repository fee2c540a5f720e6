"""Stars: whose they are, how they are given and taken away, and what a stranger's page holds."""

import re

import pytest
from django.urls import reverse

from tests.factories import NOW, make_conference, make_tutorial, make_user
from tests.pages import tags_in, text_of
from tutorials import stars
from tutorials.models import Star

STARS = "/cpal-2026/my/stars/"


def use(conference, **fields):
    type(conference).objects.filter(pk=conference.pk).update(**fields)
    conference.refresh_from_db()


def buttons_of(response):
    """The stars of a page: the attributes of each."""
    tags = tags_in(response.content.decode())
    return [each for tag, each in tags if tag == "button" and each.get("class") == "star"]


class TestTheRules:
    def test_a_star_is_whose_it_is(self, programme, user):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)

        assert stars.starred_by(user, programme.conference) == {programme.t1.pk}
        assert stars.starred_by(make_user("b@example.org"), programme.conference) == set()

    def test_of_a_stranger_nothing_is_asked(self, programme, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert stars.starred_by(None, programme.conference) == set()

    def test_twice_is_success(self, programme, user):
        for _ in range(2):
            stars.star(user, programme.conference, [programme.t1.slug] * 2, NOW)
        assert Star.objects.count() == 1

        for _ in range(2):
            stars.unstar(user, programme.conference, [programme.t1.slug])
        assert Star.objects.count() == 0

    def test_only_public_tutorials_of_the_conference(self, programme, user):
        draft = make_tutorial(programme.conference, status="draft")
        elsewhere = make_tutorial(make_conference())

        slugs = [draft.slug, elsewhere.slug, "nothing", "", "a\0b"]
        stars.star(user, programme.conference, slugs, NOW)

        assert Star.objects.count() == 0

    def test_one_that_became_a_draft_can_be_unstarred(self, programme, user):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)
        type(programme.t1).objects.filter(pk=programme.t1.pk).update(status="draft")

        stars.unstar(user, programme.conference, [programme.t1.slug, "a\0b"])

        assert Star.objects.count() == 0

    def test_of_very_many_the_first_are_taken(self, programme, user, monkeypatch):
        monkeypatch.setattr(stars, "MOST", 2)

        slugs = [each.slug for each in programme.tutorials]
        stars.star(user, programme.conference, slugs, NOW)

        assert stars.starred_by(user, programme.conference) == {programme.t1.pk, programme.t2.pk}

    def test_merging_is_few_queries(self, programme, user, django_assert_max_num_queries):
        with django_assert_max_num_queries(4):  # two, and the savepoint around the second
            slugs = [each.slug for each in programme.tutorials]
            stars.star(user, programme.conference, slugs, NOW)
        assert Star.objects.count() == 4


class TestTheAddress:
    def test_it_stars_and_leads_back(self, signed_in, user, programme):
        answer = signed_in.post(
            STARS, {"star": programme.t1.slug, "next": "/cpal-2026/tutorials/?page=2"}
        )

        assert (answer.status_code, answer.url) == (303, "/cpal-2026/tutorials/?page=2")
        assert Star.objects.get().user == user

    def test_it_takes_stars_away(self, signed_in, user, programme):
        stars.star(user, programme.conference, [programme.t1.slug], NOW)

        signed_in.post(STARS, {"unstar": programme.t1.slug})

        assert Star.objects.count() == 0

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "tutorials"],
    )
    def test_it_leads_to_no_other_site(self, signed_in, programme, elsewhere):
        answer = signed_in.post(STARS, {"star": programme.t1.slug, "next": elsewhere})

        assert answer.url == "/cpal-2026/my/"

    def test_a_script_is_answered_without_a_page(self, signed_in, programme):
        slugs = [programme.t1.slug, programme.t2.slug]
        answer = signed_in.post(STARS, {"star": slugs}, headers={"accept": "application/json"})

        assert answer.status_code == 204
        assert Star.objects.count() == 2

    def test_a_stranger_is_asked_to_sign_in(self, client, programme):
        answer = client.post(STARS, {"star": programme.t1.slug, "next": "/cpal-2026/tutorials/"})

        assert answer.status_code == 303
        assert answer.url == "/accounts/login/?next=/cpal-2026/tutorials/"

    def test_a_get_changes_nothing(self, signed_in, programme):
        answer = signed_in.get(STARS, {"star": programme.t1.slug})

        assert answer.url == "/cpal-2026/my/"
        assert Star.objects.count() == 0


class TestTheList:
    PAGE = "/cpal-2026/tutorials/"

    def test_who_has_signed_in_has_buttons_that_work_without_scripts(
        self, signed_in, user, programme
    ):
        stars.star(user, programme.conference, [programme.t2.slug], NOW)

        page = signed_in.get(self.PAGE)

        first, second = buttons_of(page)[:2]
        assert (first["name"], first["value"], first["form"]) == (
            "star",
            programme.t1.slug,
            "stars",
        )
        assert (first["aria-pressed"], second["aria-pressed"]) == ("false", "true")
        assert second["name"] == "unstar"
        assert first["aria-label"] == f"Star “{programme.t1.title}”"
        html = page.content.decode()
        assert html.count('id="stars"') == 1
        assert html.count("csrfmiddlewaretoken") == 1

    def test_a_strangers_wait_for_the_script(self, client, programme):
        page = client.get(self.PAGE)

        assert len(buttons_of(page)) == 4
        assert all("hidden" in each and "form" not in each for each in buttons_of(page))
        assert 'id="stars"' not in page.content.decode()

    def test_each_is_light(self, signed_in, programme):
        html = signed_in.get(self.PAGE).content.decode()

        (first, *_) = re.findall(r'<button class="star".*?</button>', html)
        assert len(first) - 2 * len(programme.t1.title) <= 200


class TestWithoutStars:
    @pytest.fixture(autouse=True)
    def off(self, programme):
        use(programme.conference, has_stars=False)

    def test_the_address_is_not_there(self, signed_in):
        assert signed_in.post(STARS).status_code == 404

    @pytest.mark.parametrize("who", ["stranger", "signed in"])
    def test_no_page_speaks_of_them(self, client, programme, user, who):
        Star.objects.create(user=user, tutorial=programme.t1, starred_at=NOW)
        if who == "signed in":
            client.force_login(user)
        for name in ("home", "tutorial_list", "schedule", "my_tutorials"):
            page = client.get(reverse(f"tutorials:{name}", args=["cpal-2026"]))
            html = page.content.decode()
            assert not re.search(r"\bstars?\b|starred|my schedule", html, re.IGNORECASE), name

    def test_a_stranger_finds_no_schedule_of_their_own(self, client, conference):
        assert client.get("/cpal-2026/my/").status_code == 302
        use(conference, attendance="open")
        assert client.get("/cpal-2026/my/").status_code == 404

    def test_what_was_starred_is_not_shown(self, signed_in, programme, user):
        Star.objects.create(user=user, tutorial=programme.t1, starred_at=NOW)

        assert programme.t1.title not in text_of(signed_in.get("/cpal-2026/my/"))
