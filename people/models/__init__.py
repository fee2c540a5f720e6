"""Who? Accounts, people who present, and places at a conference."""

from people.models.accounts import Invitation, Membership, User
from people.models.attendees import (
    BADGE_ALPHABET,
    Attendee,
    AttendeeFile,
    TicketKind,
    new_badge_code,
)
from people.models.people import Person, PersonLink

__all__ = [
    "BADGE_ALPHABET",
    "Attendee",
    "AttendeeFile",
    "Invitation",
    "Membership",
    "Person",
    "PersonLink",
    "TicketKind",
    "User",
    "new_badge_code",
]
