"""What is said to somebody after they did something."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tutorials.models import Registration, Tutorial

Status = Registration.Status


def became(mine: Registration, tutorial: Tutorial, given_up: Sequence[Tutorial] = ()) -> str:
    """What has become of a registration, ``place`` loaded; ``given_up`` is what they leave for it.

    ``tutorial`` is its tutorial, with its conference.
    """
    facts = {"title": tutorial.title}
    if mine.status == Status.WAITLISTED:
        facts["place"] = str(mine.place)
        if given_up:
            facts["other"] = given_up[0].title
            return (
                _(
                    "You are number %(place)s on the waiting list of “%(title)s”. "
                    "Until it is your turn you keep your seat in “%(other)s”."
                )
                % facts
            )
        return _("You are number %(place)s on the waiting list of “%(title)s”.") % facts
    if mine.status == Status.OFFERED and mine.offered_until:
        facts["time"] = tutorial.conference.in_words(mine.offered_until)
        if mine.awaits_ticket:
            return (
                _(
                    "A seat in “%(title)s” is held for you until %(time)s, while your conference "
                    "ticket is being confirmed."
                )
                % facts
            )
        return (
            _("A seat in “%(title)s” is held for you until %(time)s. Accept or decline it below.")
            % facts
        )
    if given_up:
        facts["other"] = given_up[0].title
        first = _("You are registered for “%(title)s” now. Your seat in “%(other)s” is given up.")
        more = _("Your seat in “%(other)s” is given up.")
        return " ".join([first % facts, *(more % {"other": each.title} for each in given_up[1:])])
    return _("You are registered for “%(title)s”.") % facts


def left(ended: Registration | None, tutorial: Tutorial) -> str:
    """That somebody has left a tutorial, or its waiting list."""
    if ended and ended.confirmed_at is None:
        text = _("You have left the waiting list of “%(title)s”.")
    else:
        text = _("You are not registered for “%(title)s” any more.")
    return text % {"title": tutorial.title}


def declined(tutorial: Tutorial) -> str:
    """That somebody does not want a seat that was held for them."""
    return _("You have declined the seat in “%(title)s”.") % {"title": tutorial.title}
