"""Who is in the list of people twice, and how do two rows become one person?"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from conference.pictures import forget_unused
from people.models import Person, PersonLink
from tutorials.models import Correction, Letter, Material, Presenter

# What is taken over from the other where the one that stays has none.
FILLED = ("email", "photo", "bio")


@dataclass(frozen=True)
class Pair:
    """Two people who may be the same, by their ids, the older one first."""

    first: int
    second: int
    same_email: bool
    same_name: bool


def pairs(people: QuerySet[Person]) -> list[Pair]:
    """Who of them has the e-mail address or the name of another, however it is written. One query.

    Names are compared without accents, marks and the order of their words. Those with both in
    common come first.
    """
    by_email: dict[str, list[int]] = defaultdict(list)
    by_name: dict[str, list[int]] = defaultdict(list)
    for pk, name, email in people.order_by("pk").values_list("pk", "name", "email"):
        by_email[_folded(email)].append(pk)
        by_name[plain_name(name)].append(pk)
    by_email.pop("", None)
    by_name.pop("", None)
    same_email, same_name = _pairs_in(by_email.values()), _pairs_in(by_name.values())
    found = [
        Pair(*pair, same_email=pair in same_email, same_name=pair in same_name)
        for pair in same_email | same_name
    ]
    return sorted(found, key=lambda pair: (-pair.same_email - pair.same_name, pair.first))


def plain_name(name: str) -> str:
    """A name to compare: “Turing, Alan M.” and “Alan M Türing” are the same."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(sorted(re.findall(r"\w+", letters)))


def _pairs_in(groups: Iterable[list[int]]) -> set[tuple[int, int]]:
    """Of each group neighbours only where it is large: merging those brings the next ones up."""
    found: set[tuple[int, int]] = set()
    for group in groups:
        few = len(group) <= 5
        found |= set(combinations(group, 2) if few else pairwise(group))
    return found


def merge(stays: Person, goes: Person) -> Person:
    """Make one person of two: everything of ``goes`` becomes that of ``stays``; return it.

    What ``stays`` says of itself is kept, and its gaps are filled. On a tutorial that both present
    one of them is left, in the better place. The public address of ``goes`` ends; so does its link,
    but for one that leads where ``stays`` has none and went to the same mailbox: whoever holds a
    link that was mailed elsewhere must not come in by it.
    """
    if stays.pk == goes.pk:
        raise ValidationError(_("These are one and the same row."))
    with transaction.atomic(durable=True):
        ids = sorted([stays.pk, goes.pk])
        locked = Person.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        found = {person.pk: person for person in locked}
        if len(found) < 2:
            raise ValidationError(_("One of them is not there any more."))
        stays, goes = found[stays.pk], found[goes.pk]
        _merge_presenters(stays, goes)
        _merge_links(stays, goes)
        _merge_corrections(stays, goes)
        Letter.objects.filter(person=goes).update(person=stays)
        Material.objects.filter(uploaded_by=goes).update(uploaded_by=stays)
        filled = [name for name in _gaps_to_fill(stays, goes) if getattr(goes, name)]
        for name in filled:
            setattr(stays, name, getattr(goes, name))
        gone = goes.pk
        goes.delete()
        if filled:
            stays.save(update_fields=filled)
        _forget(gone)
        forget_unused(Person, "photo", goes.photo.name)
    return stays


def _gaps_to_fill(stays: Person, goes: Person) -> list[str]:
    one_mailbox = _folded(stays.email) in ("", _folded(goes.email))
    names = (*FILLED, "link_key") if one_mailbox else FILLED
    return [name for name in names if not getattr(stays, name)]


def _folded(email: str) -> str:
    return email.strip().casefold()


def _forget(pk: int) -> None:
    """Keep no version of who went: brought back, they would be here twice and present nothing."""
    Person.history.filter(id=pk).delete()
    links = PersonLink.history.filter(person_id=pk)
    links.exclude(id__in=PersonLink.objects.values("pk")).delete()


def _merge_presenters(stays: Person, goes: Person) -> None:
    both = {row.tutorial_id: row for row in Presenter.objects.filter(person=stays)}
    for row in Presenter.objects.filter(person=goes):
        kept = both.get(row.tutorial_id)
        if kept is None:
            row.person = stays
            row.save(update_fields=["person"])
            continue
        kept.affiliation = kept.affiliation or row.affiliation
        kept.position = min(kept.position, row.position)
        row.delete()
        kept.save(update_fields=["affiliation", "position"])


def _merge_links(stays: Person, goes: Person) -> None:
    known = {link.url.rstrip("/") for link in stays.links.all()}
    last = max((link.position for link in stays.links.all()), default=0)
    for link in goes.links.all():
        if link.url.rstrip("/") not in known:
            last += 1
            link.person, link.position = stays, last
            link.save(update_fields=["person", "position"])


def _merge_corrections(stays: Person, goes: Person) -> None:
    """Of two that are open about the same the newer one stays: one is decided about at a time."""
    Correction.objects.filter(person=goes).update(person=stays)
    seen: set[int | None] = set()
    for row in Correction.objects.filter(person=stays, status=Correction.Status.OPEN):
        if row.tutorial_id in seen:
            row.delete()
        seen.add(row.tutorial_id)
