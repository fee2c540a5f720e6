"""Which place at a conference is somebody's own?"""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import get_language

from conference.models import Conference
from people.known_tickets import own_ticket
from people.models import Attendee, User
from people.names import clean_name


def attendee_of(user: User, conference: Conference) -> Attendee | None:
    """The place that an account has at a conference, or None. One query.

    With its ticket's kind where tickets matter.
    """
    places = Attendee.objects.filter(user=user, conference=conference).order_by()
    if conference.needs_tickets:
        places = places.select_related("ticket_kind")
    return next(iter(places), None)  # there is one at most (attendee_user_once)


def new_attendee(user: User, conference: Conference, name: str = "") -> Attendee:
    """A place that is not saved, to ask the rules about, and then perhaps to ``save_new``.

    Merely looking at a page, or being refused, makes nobody an attendee. It bears the account's
    name, else ``name``. Mails to it speak the language that is active now.
    """
    return Attendee(
        user=user,
        conference=conference,
        name=user.name or clean_name(name),
        email=user.email,
        language=get_language() or "",
    )


def save_new(attendee: Attendee) -> None:
    """Save a place made by ``new_attendee``; raises ``IntegrityError`` where there is one by now.

    The account keeps the name if it had none. Without any the place bears what stands before the
    @ of its address: the door needs something to call. One statement, or two.
    """
    user = attendee.user
    if user and attendee.name and not user.name:
        user.name = attendee.name
        user.save(update_fields=["name"])
    attendee.name = attendee.name or attendee.email.partition("@")[0]
    attendee.save(force_insert=True)


def attendee_or_new(user: User, conference: Conference) -> Attendee:
    """The place that an account has, else one that is not saved, to ask the rules about.

    One query. Where a ticket is needed and they have none, one more: it has the ticket that
    would be theirs if they registered, and must not be saved so.
    """
    attendee = attendee_of(user, conference) or new_attendee(user, conference)
    if not needs_own_ticket(attendee, conference):
        return attendee
    ticket = own_ticket(user, conference)
    if ticket:
        if attendee.withdrawn_at:
            attendee = new_attendee(user, conference)
        attendee.ticket_number, attendee.ticket_kind = ticket.ticket_number, ticket.ticket_kind
    return attendee


def needs_own_ticket(attendee: Attendee | None, conference: Conference) -> bool:
    """Whether a ticket of somebody's address would be of use to them."""
    if not conference.needs_tickets:
        return False
    return attendee is None or not attendee.ticket_number or attendee.withdrawn_at is not None


def attendee_for(user: User, conference: Conference, name: str = "") -> Attendee:
    """The place of an account, made if there is none; two requests at once get the same one.

    Outside of any transaction; one statement for a new place.
    """
    attendee = new_attendee(user, conference, name)
    try:
        save_new(attendee)
        return attendee
    except IntegrityError:
        # There is one, perhaps since a moment; the constraint attendee_user_once told us.
        return Attendee.objects.select_related("ticket_kind").get(user=user, conference=conference)
