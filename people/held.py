"""What do we hold of somebody? In words for themselves, and for their programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Prefetch, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from conference.dates import moment_in_words
from people.forgotten import FORGOTTEN
from people.known_tickets import addresses_of
from people.models import Attendee, Person, PersonLink, User
from people.privacy import invitations_of, places_of


@dataclass(frozen=True)
class Section:
    """Rows of one kind, by the names of their columns; ``columns`` says what each name means.

    A value is a text, a number, yes or no, a time in the zone that it is to be shown in, or None.
    """

    key: str
    title: str
    about: str
    columns: Mapping[str, str]
    rows: list[dict[str, Any]]

    def entries(self) -> list[list[tuple[str, str]]]:
        """Each row as people read it: what is known, with its label."""
        return [
            [
                (self.columns[name], _in_words(value))
                for name, value in row.items()
                if value not in (None, "")
            ]
            for row in self.rows
        ]


# An app above this one adds what it holds of an account, as a function.
SOURCES: list[Callable[[User], list[Section]]] = []


def held_about(user: User) -> list[Section]:
    """All that we hold of an account and its owner. A fixed number of queries."""
    addresses, places = addresses_of(user), places_of(user)
    return [
        _account(user),
        _addresses(user),
        _places(places),
        _tickets(places, addresses),
        *(section for source in SOURCES for section in source(user)),
        _roles(user),
        _invitations(user, addresses),
        _people(addresses),
    ]


def document(sections: Iterable[Section], at: datetime) -> dict[str, Any]:
    """The same as one document for programs: what each part and each name means, and the rows."""
    return {
        "about": _(
            "What this site holds of your account. “sections” holds rows by kind; “columns” says "
            "what the names in them mean. Times are ISO 8601 with their offset from UTC."
        ),
        "made_at": at.isoformat(),
        "sections": {
            section.key: {
                "title": section.title,
                "about": section.about,
                "columns": dict(section.columns),
                "rows": [
                    {name: _plain(value) for name, value in row.items()} for row in section.rows
                ],
            }
            for section in sections
        },
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{moment_in_words(value)} ({value.tzinfo})"
    return str(value)


def _account(user: User) -> Section:
    return Section(
        "account",
        _("Account"),
        _("What you sign in with. A password is kept only as a hash that nobody can read."),
        {
            "email": _("E-mail"),
            "name": _("Name"),
            "made_at": _("Made"),
            "last_sign_in_at": _("Last sign-in"),
            "has_password": _("Has a password"),
            "is_superuser": _("Runs the whole site"),
        },
        [
            {
                "email": user.email,
                "name": user.name,
                "made_at": user.date_joined,
                "last_sign_in_at": user.last_login,
                "has_password": user.has_usable_password(),
                "is_superuser": user.is_superuser or None,
            }
        ],
    )


def _addresses(user: User) -> Section:
    rows = EmailAddress.objects.filter(user=user).order_by("-primary", "email")
    return Section(
        "addresses",
        _("E-mail addresses"),
        _("Each of them opens your account once it is confirmed."),
        {"email": _("E-mail"), "is_confirmed": _("Confirmed"), "is_main": _("Main address")},
        [
            {"email": each.email, "is_confirmed": each.verified, "is_main": each.primary}
            for each in rows
        ],
    )


def _places(places: Iterable[Attendee]) -> Section:
    return Section(
        "places",
        _("Places at conferences"),
        _("What the list at the door has of you, and your ticket."),
        {
            "conference": _("Conference"),
            "name": _("Name"),
            "sorted_as": _("Sorted as"),
            "email": _("E-mail"),
            "affiliation": _("Affiliation"),
            "language": _("Language of mails"),
            "badge_code": _("Badge code"),
            "ticket_number": _("Ticket number"),
            "ticket_barcode": _("Barcode of the ticket"),
            "ticket_kind": _("Ticket kind"),
            "buyer_email": _("E-mail of who bought it"),
            "claimed_ticket": _("Ticket number that you told us"),
            "claimed_at": _("Told on"),
            "withdrawn_at": _("Withdrawn"),
            "shown_to_presenters": _("Name shown to presenters"),
            "made_at": _("Made"),
            "from_ticket_shop": _("What the ticket shop’s list said of you"),
        },
        [_place(each) for each in places],
    )


def _place(attendee: Attendee) -> dict[str, Any]:
    local = attendee.conference.local
    return {
        "conference": attendee.conference.name,
        "name": attendee.name,
        "sorted_as": attendee.sort_name,
        "email": attendee.email,
        "affiliation": attendee.affiliation,
        "language": attendee.language,
        "badge_code": attendee.badge_code,
        "ticket_number": attendee.ticket_number,
        "ticket_barcode": attendee.ticket_barcode,
        "ticket_kind": attendee.ticket_kind.name if attendee.ticket_kind else "",
        "buyer_email": attendee.buyer_email,
        "claimed_ticket": attendee.claimed_ticket,
        "claimed_at": attendee.claimed_at and local(attendee.claimed_at),
        "withdrawn_at": attendee.withdrawn_at and local(attendee.withdrawn_at),
        "shown_to_presenters": attendee.shown_to_presenters,
        "made_at": local(attendee.created_at),
        "from_ticket_shop": _of_shop(attendee.imported),
    }


def _of_shop(imported: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{name}: {value}"
        for name, value in imported.items()
        if isinstance(value, str) and value not in ("", FORGOTTEN)
    )


def _tickets(places: Iterable[Attendee], addresses: set[str]) -> Section:
    """Those that are not among their own places."""
    theirs = Q(email__in=addresses) | Q(buyer_email__in=addresses)
    found = Attendee.objects.filter(theirs).exclude(pk__in=[each.pk for each in places])
    rows = found.select_related("conference").order_by("pk")
    return Section(
        "tickets",
        _("Tickets that go by an address of yours"),
        _("You bought them, or they were sent to you, and they are not linked to your account."),
        {
            "conference": _("Conference"),
            "ticket_number": _("Ticket number"),
            "name": _("Name on it"),
            "email": _("E-mail"),
            "buyer_email": _("E-mail of who bought it"),
        },
        [
            {
                "conference": each.conference.name,
                "ticket_number": each.ticket_number,
                "name": each.name,
                "email": each.email,
                "buyer_email": each.buyer_email,
            }
            for each in rows
        ],
    )


def _roles(user: User) -> Section:
    rows = user.memberships.select_related("conference").order_by("pk")
    return Section(
        "roles",
        _("Roles"),
        _("What you may do for a conference as one of its staff."),
        {"conference": _("Conference"), "role": _("Role")},
        [{"conference": each.conference.name, "role": each.get_role_display()} for each in rows],
    )


def _invitations(user: User, addresses: set[str]) -> Section:
    rows = invitations_of(user, addresses).select_related("conference")
    return Section(
        "invitations",
        _("Invitations"),
        _("Roles that were offered to an address of yours, or that you accepted."),
        {
            "conference": _("Conference"),
            "email": _("E-mail"),
            "role": _("Role"),
            "invited_at": _("Invited"),
            "accepted_at": _("Accepted"),
        },
        [
            {
                "conference": each.conference.name,
                "email": each.email,
                "role": each.get_role_display(),
                "invited_at": each.conference.local(each.invited_at),
                "accepted_at": each.accepted_at and each.conference.local(each.accepted_at),
            }
            for each in rows
        ],
    )


def people_of(addresses: set[str]) -> list[Person]:
    """The entries of who presents that have one of these e-mail addresses. Two queries."""
    found = Person.objects.alias(address=Lower("email")).filter(address__in=addresses)
    links = Prefetch("links", PersonLink.objects.order_by("position", "pk"))
    return list(found.prefetch_related(links).order_by("pk"))


def _people(addresses: set[str]) -> Section:
    return Section(
        "presenter",
        _("You as a presenter"),
        _("Your entry in the programme, which is public but for the e-mail address."),
        {
            "name": _("Name"),
            "sorted_as": _("Sorted as"),
            "email": _("E-mail"),
            "about": _("About"),
            "has_photo": _("Has a photo"),
            "links": _("Links"),
        },
        [
            {
                "name": person.name,
                "sorted_as": person.sort_name,
                "email": person.email,
                "about": person.bio,
                "has_photo": bool(person.photo),
                "links": ", ".join(f"{link.label}: {link.url}" for link in person.links.all()),
            }
            for person in people_of(addresses)
        ],
    )
