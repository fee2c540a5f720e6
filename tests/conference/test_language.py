"""One address is one document in one language; the admin speaks the browser's."""

import pytest

pytestmark = pytest.mark.django_db
GERMAN = {"accept-language": "de-DE,de;q=0.9"}


@pytest.mark.parametrize(
    ("path", "language"), [("/cpal-2026/", "en"), ("/de/cpal-2026/", "de"), ("/healthz", "en")]
)
def test_a_header_changes_nothing(client, conference, path, language):
    response = client.get(path, headers=GERMAN)
    assert response["Content-Language"] == language
    assert "accept-language" not in response.get("Vary", "").lower()


def test_the_admin_asks_the_browser(client, organiser, conference):
    client.force_login(organiser)
    assert "Abmelden" in client.get("/admin/", headers=GERMAN).content.decode()
    assert "Log out" in client.get("/admin/").content.decode()
