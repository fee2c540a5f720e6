"""What somebody reads when something is not there, not theirs, too often, or broken."""

import pytest
from django.test import RequestFactory
from django.views.defaults import page_not_found, permission_denied, server_error

from conference.middleware import language_of_the_address
from tests.factories import make_conference
from tests.pages import links_of, tags_in, text_of


class TestNotFound:
    @pytest.mark.parametrize(
        "path", ["nowhere/", "tutorials/nothing/", "presenters/nobody/", "imprint/x/"]
    )
    def test_below_a_conference_it_offers_its_programme(self, client, programme, path):
        response = client.get(f"/cpal-2026/{path}")

        assert response.status_code == 404
        links = links_of(response)
        assert "/cpal-2026/schedule/" in links
        assert "/cpal-2026/tutorials/" in links

    def test_it_searches_the_schedule(self, client, programme):
        tags = tags_in(client.get("/cpal-2026/tutorials/gone/").content.decode())

        form = next(attrs for tag, attrs in tags if tag == "form")
        assert (form["action"], form.get("method")) == ("/cpal-2026/schedule/", None)
        assert "q" in [attrs.get("name") for tag, attrs in tags if tag == "input"]

    def test_an_address_below_an_older_edition_offers_that_one(self, client, programme):
        make_conference(slug="cpal-2025")

        assert "/cpal-2025/schedule/" in links_of(client.get("/cpal-2025/no/such/page/"))
        assert "/de/cpal-2025/schedule/" in links_of(client.get("/de/cpal-2025/no/such/page/"))

    @pytest.mark.django_db
    def test_with_no_conference_it_leads_to_the_first_page(self, client):
        response = client.get("/nowhere/")

        assert response.status_code == 404
        assert "/" in links_of(response)

    def test_is_german_below_de(self, client, programme):
        html = client.get("/de/cpal-2026/tutorials/nothing/").content.decode()

        assert '<html lang="de">' in html
        assert 'href="/de/cpal-2026/schedule/"' in html


@pytest.mark.parametrize(("path", "language"), [("/x/", "en"), ("/de/x/", "de")])
def test_a_broken_page_says_so_without_the_database(path, language):
    """No mark for the database: a question to it would fail this."""
    answer = language_of_the_address(server_error)(RequestFactory().get(path))

    html = answer.content.decode()
    assert answer.status_code == 500
    assert f'<html lang="{language}">' in html
    assert f'href="{"/de" if language == "de" else ""}/"' in html
    assert text_of(answer).count(".") >= 2


@pytest.mark.django_db
@pytest.mark.parametrize(("view", "status"), [(permission_denied, 403), (page_not_found, 404)])
def test_each_says_what_to_do(view, status):
    answer = view(RequestFactory().get("/nowhere/"), Exception())

    assert answer.status_code == status
    assert len(links_of(answer)) >= 2
