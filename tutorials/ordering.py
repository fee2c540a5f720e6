"""In which order does the programme stand? Track by track, and in each as the organisers like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction

from conference.models import Conference
from tutorials.models import Track, Tutorial


def put_in_order(
    conference: Conference, *, tracks: Mapping[int, int], tutorials: Mapping[int, int]
) -> int:
    """Order tracks, and tutorials within their track, by the numbers given for their ids.

    What has no number, or one that another has too, stays beside where it was. They are numbered
    anew from 1; return how many rows were changed. One transaction; locks nothing.
    """
    with transaction.atomic():
        changed = _number(list(conference.tracks.order_by("position", "pk")), tracks)
        by_track: dict[int | None, list[Tutorial]] = defaultdict(list)
        for tutorial in conference.tutorials.in_programme_order():
            by_track[tutorial.track_id].append(tutorial)
        for rows in by_track.values():
            changed += _number(rows, tutorials)
    return changed


def _number(rows: Sequence[Track | Tutorial], numbers: Mapping[int, int]) -> int:
    """Write the places of rows that stand in their old order; return how many have another."""
    wanted = {row.pk: numbers.get(row.pk, place) for place, row in enumerate(rows, start=1)}
    changed = 0
    for place, row in enumerate(sorted(rows, key=lambda row: wanted[row.pk]), start=1):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])
            changed += 1
    return changed
