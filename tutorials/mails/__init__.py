"""What are people told, and how does it reach them?

``queue`` keeps the rows and sends them, ``message`` makes the mail that a row stands for, ``truth``
knows whether it still holds, ``letters`` both for who is no attendee, ``invitations`` what goes
into calendars, ``samples`` shows organisers what people get, ``health`` whether mail goes out.
"""

from tutorials.mails.health import what_is_wrong, where_it_went_instead
from tutorials.mails.letters import letter_address_of, letter_message, link_of
from tutorials.mails.message import address_of, message
from tutorials.mails.queue import (
    PAUSES,
    deliver_due,
    deliver_next,
    send_again,
    tell,
    write_letter,
    write_letters,
)
from tutorials.mails.samples import letter_sample_of, sample_of
from tutorials.mails.truth import NOT_TRUE, is_true

__all__ = [
    "NOT_TRUE",
    "PAUSES",
    "address_of",
    "deliver_due",
    "deliver_next",
    "is_true",
    "letter_address_of",
    "letter_message",
    "letter_sample_of",
    "link_of",
    "message",
    "sample_of",
    "send_again",
    "tell",
    "what_is_wrong",
    "where_it_went_instead",
    "write_letter",
    "write_letters",
]
