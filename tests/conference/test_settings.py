"""What the environment may say, and what is refused at start-up in one clear line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DEBUG", "SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "CLOCK", "ALLOWED_HOSTS", "SITE_URL")


def start(**env):
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    clean["DJANGO_SETTINGS_MODULE"] = "conference.settings"
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=clean | {"DATABASE_URL": "sqlite://:memory:"} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_secret_key_is_refused():
    done = start(DEBUG="false")
    assert done.returncode == 1
    assert done.stderr.startswith("Settings: SECRET_KEY is not set.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("env", [{"DEBUG": "true"}, {"SECRET_KEY": "x" * 60}])
def test_a_development_machine_and_a_real_one_start(env):
    assert start(**env).returncode == 0


def test_every_bad_value_is_named_at_once():
    done = start(DEBUG="maybe", TRUSTED_PROXIES="some")
    assert done.returncode == 1
    assert "DEBUG: Not a valid boolean." in done.stderr
    assert "TRUSTED_PROXIES: Not a valid integer." in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://user:pass@mx:25",
            "smtp.EmailBackend mx 25 False False",
        ),
        ("submission://mx:587", "smtp.EmailBackend mx 587 True False"),
        ("smtp://mx:465?ssl=True", "smtp.EmailBackend mx 465 False True"),
        ("console://", "console.EmailBackend"),
    ],
)
def test_mail(url, expected):
    code = (
        "from conference import settings as s; print(s.EMAIL_BACKEND.split('backends.')[1],"
        " s.EMAIL_HOST or '', s.EMAIL_PORT or '', s.EMAIL_USE_TLS, s.EMAIL_USE_SSL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"EMAIL_URL": url, "DEBUG": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(expected)
