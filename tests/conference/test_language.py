"""One address is one document in one language; the admin speaks the browser's."""

import pytest

pytestmark = pytest.mark.django_db
GERMAN = {"accept-language": "de-DE,de;q=0.9"}


@pytest.mark.parametrize(
    ("path", "language"), [("/cpal-2026/", "en"), ("/de/cpal-2026/", "de"), ("/api/v1/", "en")]
)
def test_a_header_changes_nothing(client, conference, path, language):
    response = client.get(path, headers=GERMAN)
    assert response["Content-Language"] == language
    assert "accept-language" not in response.get("Vary", "").lower()


def test_a_conference_may_begin_like_a_language(client, conference):
    conference.slug = "de-2026"
    conference.save()
    response = client.get("/de-2026/")
    assert (response.status_code, response["Content-Language"]) == (200, "en")


def test_the_admin_asks_the_browser(client, organiser, conference):
    client.force_login(organiser)
    assert "Abmelden" in client.get("/admin/", headers=GERMAN).content.decode()
    assert "Log out" in client.get("/admin/").content.decode()


def test_a_request_for_no_path_is_answered(client):
    """``OPTIONS *`` (RFC 9110, 9.3.7) asks of the server as a whole."""
    assert client.generic("OPTIONS", "*").status_code == 404
