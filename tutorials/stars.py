"""Which tutorials has somebody marked for themselves? A star takes no seat and tells nobody.

Who has no account keeps theirs in the browser (``static/js/stars.js``); they are merged into the
account at the first page after signing in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from conference.models import Conference
from people.models import User
from tutorials.models import Star, Tutorial
from tutorials.models.programme import TutorialQuerySet

# How many tutorials one request may name.
MOST = 500


def starred_by(user: User | None, conference: Conference) -> set[int]:
    """The ids of the tutorials that somebody has starred. One query; none for a stranger."""
    if user is None or not conference.has_stars:
        return set()
    mine = Star.objects.filter(user=user, tutorial__conference=conference)
    return set(mine.values_list("tutorial_id", flat=True))


def public_named(conference: Conference, slugs: Iterable[str]) -> TutorialQuerySet:
    """The public tutorials of these addresses; what is no address of one is passed over."""
    known = list(dict.fromkeys(slug for slug in slugs if slug and "\0" not in slug))[:MOST]
    return Tutorial.objects.public().for_conference(conference).filter(slug__in=known)


def star(user: User, conference: Conference, slugs: Iterable[str], at: datetime) -> None:
    """Star public tutorials; a second time changes nothing. Two queries."""
    found = public_named(conference, slugs).values_list("pk", flat=True)
    rows = [Star(user=user, tutorial_id=pk, starred_at=at) for pk in found]
    Star.objects.bulk_create(rows, ignore_conflicts=True)


def unstar(user: User, conference: Conference, slugs: Iterable[str]) -> None:
    """Take stars away, of tutorials that are public no longer too; a second time is no error."""
    known = [slug for slug in slugs if "\0" not in slug][:MOST]
    mine = Star.objects.filter(user=user, tutorial__conference=conference)
    mine.filter(tutorial__slug__in=known).delete()
