"""Who may have what goes with a tutorial, and from when? Of files, recordings and online links."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import User
from tutorials.models import Material, OnlineLink, Registration, ShownTo, Tutorial

Shown = Material | OnlineLink


def has_seat(user: User | None, tutorial: Tutorial) -> bool:
    """Whether somebody has a seat that is theirs: one that is only offered is not. One query."""
    if user is None or not tutorial.conference.takes_registrations:
        return False
    seats = Registration.objects.filter(tutorial=tutorial, attendee__user=user)
    return seats.filter(status=Registration.Status.CONFIRMED).exists()


def may_have(thing: Shown, conference: Conference, has_seat: bool, at: datetime) -> bool:
    """Whether a visitor may have it now, who has a seat in its tutorial or has none."""
    if not has_come(thing, at):
        return False
    return is_for_everybody(thing) or (has_seat and conference.takes_registrations)


def is_for_everybody(thing: Shown) -> bool:
    """Whether one needs no seat for it."""
    return thing.shown_to == ShownTo.EVERYBODY


def is_for_nobody(thing: Shown, conference: Conference) -> bool:
    """Whether it is for those with a seat where nobody has one: then nothing is said of it."""
    return not is_for_everybody(thing) and not conference.takes_registrations


def has_come(thing: Shown, at: datetime) -> bool:
    """Whether the time has come from which it is shown."""
    return thing.shown_from is None or thing.shown_from <= at


def when_and_whom(thing: Material, conference: Conference, at: datetime) -> str:
    """“from Tuesday 24 March 2026, 09:00 (Europe/Berlin), for those with a seat”: what is true.

    Empty for what everybody may have now.
    """
    time = "" if has_come(thing, at) else conference.in_words(thing.shown_from)  # type: ignore[arg-type]
    if is_for_everybody(thing):
        return _("from %(time)s") % {"time": time} if time else ""
    if time:
        return _("from %(time)s, for those with a seat") % {"time": time}
    return _("for those with a seat")
