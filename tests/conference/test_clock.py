"""One function is asked what time it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from conference import clock


def test_the_real_time_without_a_setting(settings):
    settings.CLOCK = ""
    with time_machine.travel(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), tick=False):
        assert clock.now() == datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-16T10:00:00+01:00", "2026-03-16T09:00:00"])
def test_a_set_clock_runs_on(settings, text):
    settings.CLOCK = text
    first, second = clock.now(), clock.now()
    start = datetime(2026, 3, 16, 9, tzinfo=UTC)
    assert start <= first < second < start + timedelta(hours=1)


def test_nonsense_is_named(settings):
    settings.CLOCK = "tomorrow"
    with pytest.raises(ImproperlyConfigured, match=r"'tomorrow'.*ISO 8601"):
        clock.now()
