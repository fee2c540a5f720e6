"""What changed in the schedule, for feed readers (Atom, RFC 4287): an entry per version."""

from __future__ import annotations

import uuid
from datetime import datetime, time

from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from conference.addresses import absolute, without_prefix
from conference.models import Conference
from tutorials.changes import PER_PAGE, Changes, changes_of, released_versions
from tutorials.plain_text import lines, one_line


class _Feed(Atom1Feed):
    """Without a version there is nothing new, so that the same is answered each time."""

    before_any: datetime

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.before_any


def changes_atom(conference: Conference) -> str:
    """The newest versions. Four queries."""
    versions = released_versions(conference)
    page = absolute(without_prefix("tutorials:schedule_changes", conference.slug))
    feed = _Feed(
        title=_("%(conference)s: what changed in the schedule")
        % {"conference": one_line(conference.name)},
        link=page,
        description=None,
        language="en",
        author_name=one_line(conference.name),
        feed_url=absolute(without_prefix("tutorials:schedule_changes_atom", conference.slug)),
        feed_guid=_id(page),
    )
    feed.before_any = datetime.combine(conference.starts_on, time(0, 0), conference.tz)
    for changes in changes_of(conference, versions, versions[:PER_PAGE]):
        _add(feed, changes, conference, page)
    return feed.writeString("utf-8")


def _add(feed: _Feed, changes: Changes, conference: Conference, page: str) -> None:
    version = changes.version
    address = f"{page}?version={version.number}#version-{version.number}"
    tutorials = absolute(without_prefix("tutorials:tutorial_list", conference.slug))
    context = {"changes": changes, "conference": conference, "tutorials": tutorials}
    text = render_to_string("tutorials/_version.html", context)
    feed.add_item(
        title=_("Version %(number)s of the schedule") % {"number": version.number},
        link=address,
        description=lines(text),
        unique_id=_id(f"{page}#version-{version.number}"),
        pubdate=version.released_at,
        updateddate=changes.last_at,
    )


def _id(address: str) -> str:
    """The same whether the site is asked by http or by https."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://{address.partition('://')[2]}").urn
