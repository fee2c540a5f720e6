"""Which conference or tutorial does a command line mean?"""

from django.core.management.base import CommandError

from conference.models import Conference
from tutorials.models import Tutorial


def conference_named(slug: str) -> Conference:
    """The conference of that address; raises ``CommandError`` with the ones there are."""
    conference = Conference.objects.filter(slug=slug).first()
    if conference is None:
        there = ", ".join(Conference.objects.values_list("slug", flat=True))
        raise CommandError(f"No conference is called “{slug}”. There are: {there or 'none yet'}.")
    return conference


def tutorial_named(conference: Conference, name: str) -> Tutorial:
    """The tutorial of that code, else of that address; raises ``CommandError`` with the codes."""
    tutorials = list(conference.tutorials.in_programme_order())
    for field in ("code", "slug"):
        for tutorial in tutorials:
            if getattr(tutorial, field) == name:
                return tutorial
    there = ", ".join(tutorial.code for tutorial in tutorials)
    raise CommandError(
        f"No tutorial of {conference.slug} is called “{name}”. There are: {there or 'none yet'}."
    )
