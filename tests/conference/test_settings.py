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
    ("name", "value"),
    [
        ("CLOCK", "tomorrow"),
        ("EMAIL_URL", "bogus://x"),
        ("SITE_URL", "example.org"),
        ("SITE_URL", ""),
        ("TRUSTED_PROXIES", "-1"),
        ("MEDIA_ROOT", ""),
        ("PAGE_CACHE_SECONDS", "-1"),
    ],
)
def test_a_value_that_cannot_be_meant_stops_the_start(name, value):
    done = start(DEBUG="true", **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"Settings: {name}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "env",
    [
        {"CACHE_URL": "db://cache_table"},
        {"CACHE_URL": "locmem://"},
        {"CACHE_URL": "file:///nowhere", "PAGE_CACHE_SECONDS": "0"},
        {"SITE_URL": "https://tutorials.example.org/"},
        {"CLOCK": "2026-03-16T10:00:00+01:00"},
    ],
)
def test_what_the_documentation_names_starts(env):
    assert start(DEBUG="true", **env).returncode == 0


def test_a_database_without_tables_is_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check_programme", "x"],
        cwd=ROOT,
        env=os.environ | {"DEBUG": "true", "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be used: no such table")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "seconds"),
    [
        ("locmem://", 0),
        ("dummy://", 0),
        ("db://cache_table", 5),
        ("file:///nowhere", 5),
        ("redis://cache:6379", 5),
    ],
)
def test_pages_are_kept_where_all_processes_share_a_cache(url, seconds):
    code = "from conference import settings as s; print(s.PAGE_CACHE_SECONDS)"
    clean = {name: value for name, value in os.environ.items() if name != "PAGE_CACHE_SECONDS"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean | {"CACHE_URL": url, "DEBUG": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == seconds


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
