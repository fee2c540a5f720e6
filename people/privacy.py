"""How is somebody forgotten? A place at a conference, or an account with all that is theirs.

A place loses its name, its addresses and whatever else tells whose it was; its row stays, so that
counts stay true. Each place is erased in one transaction together with what apps above this one
hang on it (``Keeper``), and the account last of all: a try that was cut off is finished by the next
one. ``docs/privacy.md`` says for organisers what goes and what stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from conference.models import Conference
from people.forgotten import BATCH, ERASED_NAME, FORGOTTEN, scrub_log
from people.known_tickets import addresses_of, plain_number, same_name
from people.models import Attendee, Invitation, Membership, Person, User, new_badge_code
from people.team import led_alone, lock_teams_of

# In `Attendee.imported`, which is otherwise empty for who was erased.
TICKET_HASH = "erased_ticket"

UNUSED_FOR = timedelta(days=183)


class ErasureRefused(Exception):
    """An account cannot be deleted now; nothing changed. Says why, in a sentence."""


@dataclass(frozen=True)
class Keeper:
    """What an app above this one does about what it hangs on places."""

    # Erases a place with all that hangs on it, in one durable transaction that calls `blank`.
    erase: Callable[[Attendee, User | None, datetime], None]
    # What would end if these places were erased at that time: a sentence each.
    ends: Callable[[Collection[Attendee], datetime], list[str]]
    # Takes e-mail addresses from what else it wrote, while rows of ours still have them.
    forget: Callable[[Collection[str]], None]


KEEPERS: list[Keeper] = []


# Places


def erase_place(attendee: Attendee, *, by: User | None, at: datetime) -> None:
    """Erase a place and all that hangs on it; a second time changes nothing.

    What they are registered for and has not begun ends, and the seats are filled. Outside of any
    transaction.
    """
    for keeper in KEEPERS:
        keeper.erase(attendee, by, at)


def blank(attendees: Collection[Attendee], at: datetime) -> None:
    """Take from places whatever tells whose they were. They are locked, and not too many at once.

    Their number, their kinds of ticket and what hangs on them stay. Of a ticket's number a keyed
    hash is kept, by which an import knows not to bring its holder back.
    """
    living = [attendee for attendee in attendees if attendee.erased_at is None]
    ids = [attendee.pk for attendee in living]
    for attendee in living:
        attendee.badge_code = new_badge_code()
        attendee.imported = _remembered(attendee)
    Attendee.objects.bulk_update(living, ["badge_code", "imported"])
    Attendee.objects.filter(pk__in=ids).update(
        user=None,
        name=ERASED_NAME,
        sort_name=ERASED_NAME,
        email="",
        affiliation="",
        language="",
        ticket_number="",
        ticket_barcode="",
        buyer_email="",
        claimed_ticket="",
        claimed_at=None,
        shown_to_presenters=False,
        erased_at=at,
    )
    scrub_log(Attendee, ids)


def _remembered(attendee: Attendee) -> dict[str, str]:
    if not attendee.ticket_number:
        return {}
    return {TICKET_HASH: ticket_hash(attendee.conference_id, attendee.ticket_number)}


def ticket_hash(conference_id: int, number: str) -> str:
    """What is kept of the number of a ticket whose holder was erased. Needs our key to be made."""
    text = f"{conference_id}:{plain_number(number)}"
    return salted_hmac("people.privacy.ticket", text, algorithm="sha256").hexdigest()


def erased_tickets(conference: Conference) -> set[str]:
    """The hashes of the tickets whose holders were erased. One query."""
    erased = Attendee.objects.for_conference(conference).filter(erased_at__isnull=False)
    remembered = erased.exclude(imported={}).order_by().values_list("imported", flat=True)
    return {said[TICKET_HASH] for said in remembered if TICKET_HASH in said}


def show_to_presenters(user: User, conference: Conference, agreed: bool) -> bool:
    """Note whether the presenters may see somebody's name; False for who has no place here."""
    mine = Attendee.objects.filter(user=user, conference=conference)
    return bool(mine.update(shown_to_presenters=agreed))


# Accounts


def why_not_erase(user: User) -> str | None:
    """Why an account cannot be deleted by its owner now, or None. One query."""
    if user.is_superuser:
        return _("This account runs the whole site. Another superuser has to take that from it.")
    names = list(led_alone(user).order_by("pk").values_list("name", flat=True))
    if not names:
        return None
    text = _("You are the last organiser of %(conferences)s. Make somebody else one first.")
    return text % {"conferences": ", ".join(names)}


def places_of(user: User) -> list[Attendee]:
    """The places that are theirs: with their account, and tickets of theirs that nobody linked.

    A ticket that came with an address of theirs is their own if it bears their name, or where they
    have none, if it is the only one at its conference. Three queries.
    """
    linked = list(user.attendees.select_related("conference", "ticket_kind").order_by("pk"))
    sent = [ticket for ticket in sent_to(user) if ticket.user_id is None]
    return linked + [ticket for ticket in sent if _is_own(ticket, user, sent)]


def _is_own(ticket: Attendee, user: User, sent: Iterable[Attendee]) -> bool:
    if user.name:
        return same_name(ticket.name, user.name)
    return sum(each.conference_id == ticket.conference_id for each in sent) == 1


def sent_to(user: User) -> QuerySet[Attendee]:
    """The places of other accounts, or of none, that go by an e-mail address of theirs."""
    found = Attendee.objects.filter(email__in=addresses_of(user)).exclude(user=user)
    return found.select_related("conference", "ticket_kind").order_by("pk")


def entries_of(user: User) -> list[Person]:
    """Their entries as presenters, which stay in the programme without the address. Two queries."""
    return list(_of(Person, addresses_of(user)))


def what_ends(user: User, at: datetime) -> list[str]:
    """What would end if they were erased now: a sentence each."""
    places = places_of(user)
    return [sentence for keeper in KEEPERS for sentence in keeper.ends(places, at)]


def erase_account(user: User, *, at: datetime) -> None:
    """Delete an account and whatever is its owner's; a second try finishes a first one.

    Raises ``ErasureRefused``. Outside of any transaction.
    """
    addresses = addresses_of(user)
    _refuse(user)
    deleted = False
    while not deleted:
        for attendee in places_of(user):
            erase_place(attendee, by=user, at=at)
        _forget_invitations(user, addresses)
        _forget_addresses(addresses)
        # Somebody may have registered on another device meanwhile.
        deleted = _delete(user)
    end_sessions(user.pk)


def _refuse(user: User) -> None:
    refusal = why_not_erase(user)
    if refusal:
        raise ErasureRefused(refusal)


def _forget_addresses(addresses: Collection[str]) -> None:
    """Take their addresses from tickets of others, from who presents, and what named them."""
    with transaction.atomic(durable=True):
        theirs = Q(email__in=addresses) | Q(buyer_email__in=addresses)
        said = Q(imported__email__in=addresses) | Q(imported__buyer_email__in=addresses)
        for ticket in Attendee.objects.select_for_update().filter(theirs | said).order_by("pk"):
            _forget_what_was_imported(ticket, addresses)
            for field in ("email", "buyer_email"):
                if getattr(ticket, field) in addresses:
                    setattr(ticket, field, "")
            ticket.save(update_fields=["email", "buyer_email", "imported"])
        for keeper in KEEPERS:
            keeper.forget(addresses)
        _of(Person, addresses).update(email="")


def _forget_what_was_imported(ticket: Attendee, addresses: Collection[str]) -> None:
    """Take from what the shop said of a ticket their addresses, and whose it was before."""
    imported = ticket.imported
    if imported.get("email") in addresses:
        for field in ("name", "affiliation"):
            if imported.get(field) and imported[field] != getattr(ticket, field):
                imported[field] = FORGOTTEN
    for field in ("email", "buyer_email"):
        if imported.get(field) in addresses:
            imported[field] = FORGOTTEN


def invitations_of(user: User, addresses: Collection[str]) -> QuerySet[Invitation]:
    """The invitations to an address of theirs, and to whatever address they accepted."""
    rows = Invitation.objects.alias(address=Lower("email"))
    return rows.filter(Q(address__in=addresses) | Q(accepted_by=user)).order_by("pk")


def _forget_invitations(user: User, addresses: Collection[str]) -> None:
    """Delete their invitations, and take the addresses that these went to from what named them."""
    with transaction.atomic(durable=True):
        invitations = list(invitations_of(user, addresses))
        for keeper in KEEPERS:
            keeper.forget({each.email.lower() for each in invitations})
        ids = [each.pk for each in invitations]
        scrub_log(Invitation, ids)
        Invitation.objects.filter(pk__in=ids).delete()


def _of(model: type[models.Model], addresses: Collection[str]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.alias(address=Lower("email")).filter(address__in=addresses)


def _delete(user: User) -> bool:
    """Delete an account that has no place any more; False where it has one by now.

    Under its lock nobody can make another.
    """
    with transaction.atomic(durable=True):
        lock_teams_of(user)
        locked = User.objects.select_for_update().filter(pk=user.pk).first()
        if locked is None:
            return True
        _refuse(locked)
        if locked.attendees.exists():
            return False
        forget_accounts([locked.pk])
        return True


def forget_accounts(ids: Collection[int]) -> None:
    """Delete accounts with their addresses and roles; the admin's log names them no more."""
    memberships = Membership.objects.filter(user__in=ids).values_list("pk", flat=True)
    addresses = EmailAddress.objects.filter(user__in=ids).order_by().values_list("pk", flat=True)
    scrub_log(Membership, list(memberships))
    scrub_log(EmailAddress, list(addresses))
    scrub_log(User, ids)
    User.objects.filter(pk__in=ids).delete()


def forget_unused(older_than: timedelta = UNUSED_FOR) -> int:
    """Delete accounts that have no place and no role, and were not used for half a year.

    So whose places were erased as a conference said it would is forgotten altogether. Return how
    many there were.
    """
    since = timezone.now() - older_than
    unused = User.objects.filter(
        Q(last_login__lt=since) | Q(last_login__isnull=True, date_joined__lt=since),
        is_superuser=False,
        is_staff=False,
        memberships__isnull=True,
        attendees__isnull=True,
    )
    number = 0
    while ids := list(unused.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic(durable=True):
            # Looked at again under the lock: somebody may be signing in this minute.
            list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
            ids = list(unused.filter(pk__in=ids).values_list("pk", flat=True))
            forget_accounts(ids)
        number += len(ids)
    return number


# Sessions


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def end_sessions(user_id: int) -> None:
    """Delete what browsers are signed in with as this account, and what was noted there."""
    sessions = getattr(_store(), "get_model_class", None)
    if sessions is None:
        return  # kept elsewhere than in the database; without the account they mean nothing
    current = sessions().objects.filter(expire_date__gt=timezone.now())
    theirs = [
        session.pk
        for session in current.iterator(chunk_size=BATCH)
        if session.get_decoded().get(SESSION_KEY) == str(user_id)
    ]
    sessions().objects.filter(pk__in=theirs).delete()


def forget_sessions() -> None:
    """Delete sessions that have run out: how one signed in stands in them, with the address."""
    _store().clear_expired()
