"""Which other editions does the first page of one lead to? Past ones stay at their addresses."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from conference.models import Conference
from tutorials.models import Schedule

MOST = 30


def other_editions(conference: Conference) -> list[Conference]:
    """The current edition, and those before this one, newest first; not what is only prepared.

    An edition is there once it has released a schedule. One query.
    """
    released = Schedule.objects.filter(conference=OuterRef("pk"), number__isnull=False)
    before = Q(starts_on__lt=conference.starts_on)
    others = Conference.objects.exclude(pk=conference.pk).filter(
        Q(is_current=True) | before, Exists(released)
    )
    return list(others.order_by("-is_current", "-starts_on", "slug")[:MOST])
