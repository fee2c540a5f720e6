"""Which place at a conference is somebody's own?"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from conference.models import Conference
from people.models import Attendee, User
from people.names import clean_name


def attendee_of(user: User, conference: Conference) -> Attendee | None:
    """The place that an account has at a conference, or None. One query."""
    return Attendee.objects.filter(user=user, conference=conference).first()


def attendee_or_new(user: User, conference: Conference) -> Attendee:
    """The place that an account has, else one that is not saved, to ask the rules about. One query.

    Merely looking at a page, or being refused, makes nobody an attendee.
    """
    return attendee_of(user, conference) or Attendee(
        user=user, conference=conference, name=user.name, email=user.email
    )


def attendee_for(user: User, conference: Conference, name: str = "") -> Attendee:
    """The same, made if there is none yet; two requests at once get the same one.

    A new place bears the account's name, else ``name``, which the account then keeps too, else what
    stands before the @ of its address: the door needs something to call. Mails to it speak the
    language that is active now.
    """
    attendee = attendee_of(user, conference)
    if attendee:
        return attendee
    name = clean_name(name)
    if name and not user.name:
        user.name = name
        user.save(update_fields=["name"])
    try:
        with transaction.atomic():
            return Attendee.objects.create(
                user=user,
                conference=conference,
                name=user.name or user.email.partition("@")[0],
                email=user.email,
                language=get_language() or "",
            )
    except IntegrityError:
        # The other of two requests was first; the constraint attendee_user_once told us.
        return Attendee.objects.get(user=user, conference=conference)
