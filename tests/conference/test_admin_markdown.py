"""The admin shows how a text in Markdown will look."""

import pytest
from django.urls import reverse

from tests.factories import make_tutorial, make_user

PREVIEW = reverse("admin:markdown")


def test_a_text_is_typeset_as_on_the_pages(client, organiser):
    client.force_login(organiser)

    html = client.post(PREVIEW, {"text": "# Plan\n\n*One* $x^2$"}).content.decode()

    assert "<h3>Plan</h3>" in html
    assert "<em>One</em>" in html
    assert "<math" in html


def test_it_is_harmless(client, organiser):
    client.force_login(organiser)

    html = client.post(PREVIEW, {"text": "<script>alert(1)</script>"}).content.decode()

    assert "<script" not in html


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_text_says_so(client, organiser, text):
    client.force_login(organiser)

    assert client.post(PREVIEW, {"text": text}).content.decode() == "There is nothing to see yet."


def test_it_is_for_those_who_may_enter_the_admin(client, db):
    assert client.post(PREVIEW, {"text": "x"}).status_code == 302
    client.force_login(make_user())
    assert client.post(PREVIEW, {"text": "x"}).status_code in (302, 403)


def test_it_writes_nothing_and_is_asked_for_by_post(client, organiser):
    client.force_login(organiser)

    assert client.get(PREVIEW).status_code == 405


def test_the_fields_that_are_markdown_have_it(client, organiser, conference):
    client.force_login(organiser)
    tutorial = make_tutorial(conference)

    page = client.get(reverse("admin:tutorials_tutorial_change", args=[tutorial.pk]))
    html = page.content.decode()

    assert html.count(f'data-markdown="{PREVIEW}"') == 7
    assert "js/markdown_preview.js" in html
