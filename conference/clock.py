"""What time is it? The one place that the programme asks."""

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

_started = time.monotonic()


def now() -> datetime:
    """Return the present moment, aware and in UTC.

    With the setting ``CLOCK`` it is that time plus what has passed since the process started, so
    that a demo can stand before a conference that is long over.
    """
    if not settings.CLOCK:
        return timezone.now()
    return _start_of(settings.CLOCK) + timedelta(seconds=time.monotonic() - _started)


def _start_of(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"CLOCK is {text!r}; it must be an ISO 8601 time such as 2026-03-20T10:00:00+01:00."
        ) from error
    return start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
