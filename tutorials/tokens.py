"""Which registration does a link in a mail speak for?

Whoever has such a link may do one thing without signing in. It is the registration's id, signed for
that one purpose; nothing is stored.
"""

from __future__ import annotations

from typing import Literal

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from conference.models import Conference
from tutorials.models import Registration

# What a link lets its bearer do: answer an offer; say that they cannot come.
Purpose = Literal["offer", "leave"]


def token_for(registration: Registration, purpose: Purpose) -> str:
    """The token for a link; the same each time it is asked for."""
    return _signer(purpose).sign(str(registration.pk))


def registration_of(token: str, purpose: Purpose, conference: Conference) -> Registration | None:
    """The registration that a token stands for, with its tutorial, attendee and account.

    None for a token that is wrong, of another purpose or another conference, or whose registration
    has been deleted. One query.
    """
    try:
        pk = int(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None
    mine = Registration.objects.for_conference(conference).filter(pk=pk)
    return mine.select_related("tutorial__conference", "attendee__user", "gives_up").first()


def _signer(purpose: Purpose) -> Signer:
    # A full stop, since mail programs end a link at some of the other marks.
    return Signer(salt=f"tutorials.tokens.{purpose}", sep=".")


def key_at(link_key: str, slug: str) -> str:
    """What stands in the address of a person's page at a conference, of the key that they have.

    Each conference has its own, which cannot be told from another's: whose team writes to a
    presenter learns nothing of what another team's attendees let presenters see.
    """
    proof = salted_hmac("tutorials.presenting", f"{slug}/{link_key}", algorithm="sha256")
    return f"{link_key}-{proof.hexdigest()[:24]}"
