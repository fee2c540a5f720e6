"""What stands where something that told whose a row was has been taken away?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

# What stands for a name that was deleted, in every language, since it is a row's content.
ERASED_NAME = "Deleted attendee"
# What the last import is said to have written where a name or an address was deleted: the next
# import takes what is there for somebody's edit, and keeps it.
FORGOTTEN = "(deleted)"
BATCH = 500


def scrub_log(model: type[models.Model], ids: Collection[Any]) -> None:
    """Let the admin's log name these rows no more; what was done to them stays in it."""
    kind = ContentType.objects.get_for_model(model)
    rows = list(map(str, ids))
    for start in range(0, len(rows), BATCH):
        entries = LogEntry.objects.filter(
            content_type=kind, object_id__in=rows[start : start + BATCH]
        )
        entries.update(object_repr=ERASED_NAME)
