"""What may stand in a log? Nobody's e-mail address, and no key that lets its reader act."""

from __future__ import annotations

import logging
import re

# As people write it, and as it stands in an address.
_EMAIL = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# What stands behind these words in an address is the key of a link that works without signing in;
# tests/conference/test_logs.py compares them with the address table.
_KEY = re.compile(r"(/(?:presenting|invitations|offers|leave)/)[^/\s]+|(/my/)[^/\s]+(?=\.ics)")


class LineFormatter(logging.Formatter):
    """Lines without addresses and keys, whoever wrote them; tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with a “…” for each."""
        line = super().format(record)
        return _KEY.sub(r"\1\2…", _EMAIL.sub("…@…", line))
