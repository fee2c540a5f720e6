"""Is it alive, is it ready?"""

import pytest
from django.db.migrations.recorder import MigrationRecorder


def test_healthz(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    applied = MigrationRecorder.Migration.objects.filter(app="tutorials")
    applied.latest("id").delete()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (
        503,
        b"not ready: migrations not applied: 1\n",
    )


def test_not_ready_without_a_database(client):
    # pytest-django refuses the connection, as a server that is down would.
    assert client.get("/readyz").status_code == 503


def test_who_watches_asks_by_number_and_without_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz", headers={"host": "10.0.0.3:8000"})
    assert response.status_code == 200
