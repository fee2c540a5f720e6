"""No key of a secret link stands in a log."""

import logging
import re

import pytest

from conference.logs import LineFormatter
from tests.addresses import routes

KEY = "3q2-7wAAbb_cc"


def logged(text, *args, **fields):
    record = logging.LogRecord(
        "x", logging.WARNING, "", 0, text, args, **{"exc_info": None} | fields
    )
    return LineFormatter("{message}", style="{").format(record)


def test_every_address_with_a_key_is_known():
    with_key = [route for route in routes() if re.search("<str:(key|token)>", route)]
    assert with_key
    for route in with_key:
        path = "/" + re.sub("<str:(key|token)>", KEY, route).replace("<str:slug>", "cpal-2026")
        assert KEY not in logged("Not Found: %s", path)
        assert KEY not in logged(f"Forbidden (CSRF): /de{path}")


@pytest.mark.parametrize(
    "path",
    ["/cpal-2026/tutorials/leave/", "/cpal-2026/presenters/ada/", "/cpal-2026/offers-of-jobs/x/"],
)
def test_other_addresses_stay_as_they_are(path):
    assert logged("Not Found: %s", path) == f"Not Found: {path}"


def test_nor_in_a_traceback():
    try:
        raise ValueError(f"/cpal-2026/presenting/{KEY}/ of ada@example.org")
    except ValueError as error:
        said = logged("Failed.", exc_info=(type(error), error, error.__traceback__))
    assert "/cpal-2026/presenting/…/ of …@…" in said
    assert KEY not in said
