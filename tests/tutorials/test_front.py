"""The first pages lead to the current edition."""

import pytest

from tests.factories import make_conference


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/", "/cpal-2026/"),
        ("/tutorials/", "/cpal-2026/tutorials/"),
        ("/schedule/", "/cpal-2026/schedule/"),
        ("/de/", "/de/cpal-2026/"),
        ("/de/schedule/", "/de/cpal-2026/schedule/"),
    ],
)
def test_leads_to_the_current_edition(client, conference, path, leads_to):
    make_conference(slug="cpal-2027")

    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"] == leads_to


@pytest.mark.django_db
def test_without_a_conference_it_says_how_to_make_one(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "create_conference" in response.content.decode()
    assert "manage.py demo" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/tutorials/", "/schedule/"])
def test_without_a_conference_the_others_lead_there(client, path):
    assert client.get(path)["Location"] == "/"


def test_an_unknown_conference_is_not_there(client, conference):
    response = client.get("/nowhere-2026/")

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
