"""Are style sheets, scripts and pictures kept for good by whoever has fetched them once?"""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
STORAGE = "from conference.settings import STORAGES; print(STORAGES['staticfiles']['BACKEND'])"


@pytest.fixture
def fetch(settings, tmp_path, client):
    """Collect a style sheet as production does, and give what answers for an address of it."""
    there = tmp_path / "static"
    there.mkdir()
    (there / "page.css").write_text("p { margin: 0; }\n" * 40)
    env = os.environ | {"DEBUG": "false", "SECRET_KEY": "for-this-test-alone"}
    done = subprocess.run(
        [sys.executable, "-c", STORAGE], cwd=ROOT, env=env, check=True, capture_output=True
    )
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": done.stdout.decode().strip()}
    }
    settings.STATICFILES_DIRS = [there]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    call_command("collectstatic", interactive=False, verbosity=0)
    return lambda path, **headers: client.get(path, headers=headers)


def kept_for(response):
    said = response["Cache-Control"].replace(" ", "").split(",")
    assert "public" in said
    (seconds,) = (part.removeprefix("max-age=") for part in said if part.startswith("max-age="))
    return timedelta(seconds=int(seconds)), "immutable" in said


def test_a_file_with_its_hash_in_the_name_is_kept_for_good(fetch):
    address = staticfiles_storage.url("page.css")

    response = fetch(address)

    assert address != "/static/page.css"
    assert response.status_code == 200
    age, for_good = kept_for(response)
    assert age >= timedelta(days=365)
    assert for_good


def test_a_file_by_its_plain_name_is_asked_for_again_soon(fetch):
    age, for_good = kept_for(fetch("/static/page.css"))

    assert age <= timedelta(minutes=5)
    assert not for_good


@pytest.mark.parametrize("way", ["gzip", "br"])
def test_it_was_compressed_when_it_was_collected(fetch, way):
    response = fetch(staticfiles_storage.url("page.css"), accept_encoding=way)

    assert response["Content-Encoding"] == way
    assert "Accept-Encoding" in response["Vary"]
