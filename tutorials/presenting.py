"""What may presenters do by the link of their own, and what becomes of what they send?

Whoever has the link sees the presenter's entry at a conference and sends corrections; nothing of an
entry changes before an organiser accepts it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.models import Conference
from conference.pictures import forget_unused
from conference.roles import Action, Rights
from people.models import Attendee, Person, PersonLink, User
from people.names import sort_name_of
from tutorials import mails
from tutorials.models import Correction, Letter, Presenter, Tutorial
from tutorials.models.mail import LetterKind
from tutorials.rights import is_editable
from tutorials.tokens import key_at

# What can be corrected, in the order in which pages show it.
OF_PERSON = {
    "name": gettext_lazy("Name"),
    "bio": gettext_lazy("About"),
    "links": gettext_lazy("Links"),
}
TEXTS = (
    "level",
    "abstract",
    "outline",
    "audience",
    "prerequisites",
    "outcomes",
    "what_to_bring",
    "materials",
)
PHOTO = "photo"
MOST_LINKS = 10

Values = dict[str, str]


def label_of(name: str) -> str:
    """What a field of a correction is called on pages."""
    if name == PHOTO:
        return _("Photo")
    if name == "affiliation":
        return _("Affiliation")
    if name in OF_PERSON:
        return str(OF_PERSON[name])
    label = str(Tutorial._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


# The link


def presenter_of(key: str, conference: Conference) -> Person | None:
    """Whose link this is, with what they are called; None for a wrong key, or an ended one.

    None also where they present nothing at the conference. One query.
    """
    link_key = key.rpartition("-")[0]
    if not link_key or not constant_time_compare(key, key_at(link_key, conference.slug)):
        return None
    presents = Presenter.objects.filter(person=OuterRef("pk"), tutorial__conference=conference)
    people = Person.objects.filter(Exists(presents), link_key=link_key)
    return people.prefetch_related("links").first()


def presenters_at(conference: Conference) -> QuerySet[Person]:
    """Who presents a tutorial of the conference that is not cancelled, public or not."""
    kept = conference.tutorials.exclude(status=Tutorial.Status.CANCELLED)
    return Person.objects.filter(
        pk__in=Presenter.objects.filter(tutorial__in=kept).values("person")
    )


def without_place(people: QuerySet[Person], conference: Conference) -> QuerySet[Person]:
    """Those of them who have no place at the conference under their e-mail address."""
    places = Attendee.objects.for_conference(conference).filter(withdrawn_at__isnull=True)
    address = Lower(OuterRef("email"))
    own = places.filter(Q(email=address) & ~Q(email="") | Q(user__email=address))
    return people.exclude(Exists(own))


def send_links(people: Collection[Person], conference: Conference, *, at: datetime) -> list[Person]:
    """Write to each of them, who present there, where their page is; return who has no address.

    Who has a link already keeps it. A fixed number of queries for 500.
    """
    told = [person for person in people if person.email]
    with transaction.atomic(durable=True):
        _give_keys(told)
        letters = [
            Letter(conference=conference, kind=LetterKind.PRESENTER_LINK, person=person)
            for person in told
        ]
        mails.write_letters(letters, at=at)
    return [person for person in people if not person.email]


def new_link(person: Person, *, at: datetime) -> None:
    """End somebody's link and give them another, which nobody knows until it is sent.

    What was to tell them the old one is not sent any more.
    """
    with transaction.atomic(durable=True):
        person.link_key = _new_key()
        Person.objects.filter(pk=person.pk).update(link_key=person.link_key)
        unsent = Letter.objects.filter(
            person=person, sent_at__isnull=True, given_up_at__isnull=True
        )
        unsent.update(given_up_at=at, last_error=mails.NOT_TRUE)


def _give_keys(people: Collection[Person]) -> None:
    """Locked, and nothing else written: somebody else may give one, or edits them meanwhile."""
    ids = [person.pk for person in people]
    without = Person.objects.select_for_update(no_key=True).filter(pk__in=ids, link_key="")
    found = list(without.order_by("pk"))
    for person in found:
        person.link_key = _new_key()
    Person.objects.bulk_update(found, ["link_key"], batch_size=500)


def _new_key() -> str:
    return secrets.token_urlsafe(24)


# Corrections


class OutdatedError(Exception):
    """What an organiser decides about is not what they saw; the message is for them."""


@dataclass(frozen=True)
class Difference:
    """One field of a correction."""

    name: str
    was: str  # when it was sent
    now: str
    becomes: str

    @property
    def label(self) -> str:
        return label_of(self.name)

    @property
    def changed_since(self) -> bool:
        """Whether somebody else has changed it in between, to something else."""
        return self.now not in (self.was, self.becomes)


def entry_of(person: Person, tutorial: Tutorial | None) -> Values:
    """What an entry says now, field by field, as text.

    One query, unless the person's links or the tutorial's presenters have been prefetched.
    """
    if tutorial is None:
        return {
            "name": person.name,
            "bio": person.bio,
            "links": "\n".join(f"{link.label} {link.url}" for link in person.links.all()),
        }
    billed = {each.person_id: each.affiliation for each in tutorial.presenters.all()}
    texts = {name: getattr(tutorial, name) for name in TEXTS}
    return {"affiliation": billed.get(person.pk, ""), **texts}


def open_correction(person: Person, tutorial: Tutorial | None) -> Correction | None:
    """What they have sent and nobody has decided about."""
    mine = Correction.objects.filter(person=person, tutorial=tutorial)
    return mine.filter(status=Correction.Status.OPEN).first()


def send(
    person: Person,
    tutorial: Tutorial | None,
    values: Values,
    *,
    at: datetime,
    photo: ContentFile | None = None,
) -> Correction | None:
    """Keep for the organisers what an entry should say; None where it says that already.

    It takes the place of what they sent before about the same and nobody has decided about; a photo
    of that stays, unless a new one comes.
    """
    with transaction.atomic(durable=True):
        person = _locked(person)
        tutorial = tutorial and Tutorial.objects.get(pk=tutorial.pk)
        known = entry_of(person, tutorial)
        texts = {name: _plain(values[name]) for name in known if name in values}
        changes: dict[str, Any] = {
            name: {"was": known[name], "becomes": text}
            for name, text in texts.items()
            if text != _plain(known[name])
        }
        before = open_correction(person, tutorial)
        kept = before.photo.name if before and before.photo else None
        if photo or kept:
            changes[PHOTO] = {"was": person.photo.name or "", "becomes": ""}
        if before:
            before.delete()
        if not changes:
            return None
        correction = Correction(person=person, tutorial=tutorial, changes=changes, sent_at=at)
        if photo:
            correction.photo.save(f"{uuid.uuid4().hex}.webp", photo, save=False)
            _delete_photo(kept)
        else:
            correction.photo.name = kept
        correction.save()
    return correction


def take_back(person: Person, tutorial: Tutorial | None) -> None:
    """Forget what they sent about an entry, unless somebody has decided about it."""
    with transaction.atomic(durable=True):
        correction = open_correction(_locked(person), tutorial)
        if correction:
            correction.delete()
            _delete_photo(correction.photo.name)


def differences(correction: Correction) -> list[Difference]:
    """What a correction would change, in the order of the entry; once decided, what it was about.

    ``person`` and ``tutorial`` should be loaded. Two queries at most.
    """
    now = entry_of(correction.person, correction.tutorial)
    now[PHOTO] = correction.person.photo.name or ""
    return [
        Difference(
            name,
            was=correction.changes[name]["was"],
            now=now[name],
            becomes=correction.changes[name]["becomes"],
        )
        for name in now
        if name in correction.changes
    ]


def fingerprint(correction: Correction) -> str:
    """Tells what an organiser sees of a correction: it differs once anything of that changes."""
    seen = [[each.name, each.now, each.becomes] for each in differences(correction)]
    text = json.dumps([correction.pk, correction.photo.name, seen])
    return hashlib.sha256(text.encode()).hexdigest()


def accept(correction: Correction, *, by: User, at: datetime, seen: str) -> None:
    """Let an entry say what its presenter sent. Accepting twice changes nothing.

    Raises ``OutdatedError`` where it is not any more what ``seen`` stands for (``fingerprint``).
    """
    with transaction.atomic(durable=True):
        correction = _undecided(correction)
        if correction.status == Correction.Status.ACCEPTED:
            return
        tutorial = correction.tutorial
        if tutorial and not tutorial.presenters.filter(person=correction.person).exists():
            raise OutdatedError(_("They do not present this tutorial any more. Please decline."))
        if fingerprint(correction) != seen:
            raise OutdatedError(_("This has changed since you looked. Please look again."))
        wanted = {name: each["becomes"] for name, each in correction.changes.items()}
        if correction.tutorial is None:
            _change_person(correction, wanted)
        else:
            _change_tutorial(correction.person, correction.tutorial, wanted)
        _decide(correction, Correction.Status.ACCEPTED, by, at)


def decline(correction: Correction, *, by: User, at: datetime) -> None:
    """Leave an entry as it is. Declining twice changes nothing."""
    with transaction.atomic(durable=True):
        correction = _undecided(correction)
        if correction.status == Correction.Status.DECLINED:
            return
        photo = correction.photo.name
        correction.photo = ""
        _decide(correction, Correction.Status.DECLINED, by, at)
        _delete_photo(photo)


def corrections_for(rights: Rights) -> QuerySet[Correction]:
    """Those that one may decide about, with what they are about.

    Those of a tutorial where one edits the programme, and those of people whom one may edit.
    """
    rows = Correction.objects.select_related("person", "tutorial__conference", "decided_by")
    if rights.everywhere:
        return rows
    editable = Person.objects.filter(is_editable(rights)).values("pk")
    mine = Q(tutorial__conference__in=rights.where(Action.EDIT_PROGRAMME))
    return rows.filter(mine | Q(tutorial__isnull=True, person__in=editable))


def _locked(person: Person) -> Person:
    """One at a time writes what a person sent or decides about it."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _undecided(correction: Correction) -> Correction:
    """The row as it is now, nobody else's to decide meanwhile; raises where it was withdrawn."""
    person = _locked(correction.person)
    found = Correction.objects.select_related("tutorial").filter(pk=correction.pk).first()
    if found is None:
        raise OutdatedError(_("The presenter has sent something else since, or taken it back."))
    found.person = person
    return found


def _decide(correction: Correction, status: str, by: User, at: datetime) -> None:
    if correction.status != Correction.Status.OPEN:
        raise OutdatedError(_("Somebody else has decided about this already."))
    correction.status, correction.decided_by, correction.decided_at = status, by, at
    correction.save(update_fields=["status", "decided_by", "decided_at", "photo"])


def _change_person(correction: Correction, wanted: Values) -> None:
    person = correction.person
    if "name" in wanted:
        if person.sort_name == sort_name_of(person.name):
            person.sort_name = sort_name_of(wanted["name"])
        person.name = wanted["name"]
    if "bio" in wanted:
        person.bio = wanted["bio"]
    if PHOTO in wanted:
        forget_unused(Person, PHOTO, person.photo.name)
        person.photo, correction.photo = correction.photo.name, ""  # the file is theirs now
    person.save(update_fields=["name", "sort_name", "bio", "photo"])
    if "links" in wanted:
        person.links.all().delete()
        # One by one, so that the history knows of each.
        for position, (label, url) in enumerate(links_of(wanted["links"]), start=1):
            PersonLink.objects.create(person=person, label=label, url=url, position=position)


def _change_tutorial(person: Person, tutorial: Tutorial, wanted: Values) -> None:
    texts = [name for name in TEXTS if name in wanted]
    for name in texts:
        setattr(tutorial, name, wanted[name])
    if texts:
        tutorial.save(update_fields=[*texts, "updated_at"])
    own = tutorial.presenters.filter(person=person).first()
    if own and "affiliation" in wanted:
        own.affiliation = wanted["affiliation"]
        own.save(update_fields=["affiliation"])


def _delete_photo(name: str | None) -> None:
    """Once the change is on the disk, for what is rolled back keeps its photo."""
    if name:
        storage = Correction._meta.get_field("photo").storage
        transaction.on_commit(lambda: storage.delete(name))


def _plain(text: str) -> str:
    """Browsers send line breaks as Windows does; those alone are no correction."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


# Links, as people type them

_ADDRESS = URLValidator(schemes=["http", "https"])


def links_of(text: str) -> list[tuple[str, str]]:
    """Label and address of each line; a line that is an address alone is called by its host.

    Raises ``ValidationError`` with a sentence that names the line.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINKS:
        raise ValidationError(_("These are more than %d links.") % MOST_LINKS)
    return [_link(line) for line in lines]


def _link(line: str) -> tuple[str, str]:
    label, _space, url = line.rpartition(" ")
    try:
        _ADDRESS(url)
    except ValidationError as error:
        text = _("“%s” ends in no address. Write it as in “My page https://example.org/”.")
        raise ValidationError(text % line[:100]) from error
    label = label.removesuffix(":") or url.split("/")[2].removeprefix("www.")
    if len(label) > 60 or len(url) > 200:
        raise ValidationError(_("“%s…” is too long for a link.") % line[:60])
    return label, url


# Everything that the page of a presenter shows


@dataclass
class Sent:
    """What they sent last about an entry, and before."""

    open: Correction | None = None
    decided: list[Correction] = field(default_factory=list)


def sent_by(person: Person, tutorial_ids: Collection[int]) -> dict[int | None, Sent]:
    """By the tutorial's id, None for their own entry; of those decided the newest three.

    One query.
    """
    rows = Correction.objects.filter(
        Q(tutorial__in=tutorial_ids) | Q(tutorial__isnull=True), person=person
    )
    found: dict[int | None, Sent] = {None: Sent(), **{pk: Sent() for pk in tutorial_ids}}
    for row in rows:
        sent = found[row.tutorial_id]
        if row.status == Correction.Status.OPEN:
            sent.open = row
        elif len(sent.decided) < 3:
            sent.decided.append(row)
    return found
