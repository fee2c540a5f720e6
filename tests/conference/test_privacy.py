"""Whose an answer is, and which addresses there cannot be."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/accounts/email/", "/cpal-2026/nowhere/", "/", "/api/v1/docs/"])
def test_what_a_visitor_with_a_session_sees_is_nobody_elses(client, conference, user, path):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code != 500
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/%00/", "/de/%00/", "/cpal-2026/tutorials/%00/", "/cpal-2026/presenters/x%00/"]
)
def test_a_nul_is_nowhere(client, programme, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["manage.py", "../manage.py", "photos/../x.webp", "a" * 300])
def test_only_photos_are_media(client, path):
    assert client.get(f"/media/{path}").status_code in (301, 404)


def test_no_link_leads_to_another_host(client, conference):
    page = client.get("//evil.example/accounts/login/").content.decode()
    assert 'href="//' not in page
