"""Which person is meant? Never somebody who only has the same name.

Who is on the tutorial already under that name stays who they are. Otherwise it is the person with
that name and that affiliation on whatever tutorial, or with that e-mail address and a name like it.
Anybody else is new, unless the organiser says that it is somebody whom we know.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Person
from tutorials.imports.sheet.billing import Billed
from tutorials.imports.sheet.words import folded
from tutorials.models import Presenter


@dataclass
class Candidate:
    """Somebody whom we know and who may be meant."""

    pk: int
    name: str
    email: str
    affiliations: set[str] = field(default_factory=set)  # folded
    last: tuple[str, str] = ("", "")  # affiliation and conference where they presented last
    presents: bool = False

    def __str__(self) -> str:
        affiliation, conference = self.last
        name = f"{self.name} ({affiliation})" if affiliation else self.name
        if conference:
            text = _("%(name)s, presented at %(conference)s")
            return text % {"name": name, "conference": conference}
        return name if self.presents else _("%(name)s, who presents nothing yet") % {"name": name}


@dataclass
class Identity:
    """Somebody whom the file names, perhaps in several rows, and who that is."""

    key: str
    billed: Billed
    lines: list[int]
    person: int | None = None  # None: somebody new
    default: int | None = None  # who it is unless the organiser says otherwise
    candidates: list[Candidate] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the organiser may say otherwise."""
        return bool(self.candidates)

    @property
    def is_new(self) -> bool:
        return self.person is None

    def used(self) -> Candidate | None:
        """The person we know that is meant."""
        return next((each for each in self.candidates if each.pk == self.person), None)


class People:
    """Everybody whom we know, as far as a file may mean them. Two queries."""

    def __init__(
        self, conference: Conference, new: Collection[str], same: Mapping[str, int]
    ) -> None:
        self.new, self.same = new, same
        self.known: dict[int, Candidate] = {}
        self.by_name: dict[str, list[Candidate]] = defaultdict(list)
        self.by_email: dict[str, list[Candidate]] = defaultdict(list)
        for pk, name, email in Person.objects.order_by("pk").values_list("pk", "name", "email"):
            candidate = self.known[pk] = Candidate(pk, name, email.lower())
            self.by_name[folded(name)].append(candidate)
            if email:
                self.by_email[email.lower()].append(candidate)
        self._read_presenters(conference)
        self.identities: dict[str, Identity] = {}
        self._found: dict[tuple[str, ...], Identity] = {}

    def _read_presenters(self, conference: Conference) -> None:
        presenters = Presenter.objects.order_by("tutorial__conference__starts_on", "pk")
        for pk, affiliation, its_conference, name, published in presenters.values_list(
            "person_id",
            "affiliation",
            "tutorial__conference_id",
            "tutorial__conference__name",
            "tutorial__published_at",
        ):
            candidate = self.known[pk]
            candidate.presents = True
            if affiliation:
                candidate.affiliations.add(folded(affiliation))
            if its_conference == conference.pk or published:  # drafts of others are their secret
                candidate.last = (affiliation, name)

    def identify(
        self, billed: Billed, line: int, here: Iterable[Presenter], used: set[int]
    ) -> Identity:
        """Who is billed on a tutorial: not who is ``used``; ``here`` are its presenters by now."""
        staying = self._staying(billed, here, used)
        if staying is not None:
            return Identity("", billed, [line], person=staying, default=staying)
        identity = self._of_file(billed)
        is_free = identity and (identity.person is None or identity.person not in used)
        if identity is None or not is_free:
            identity = self._new_identity(billed, line, used)
        if line not in identity.lines:
            identity.lines.append(line)
        return identity

    def _staying(self, billed: Billed, here: Iterable[Presenter], used: set[int]) -> int | None:
        same = [
            presenter
            for presenter in here
            if folded(presenter.person.name) == folded(billed.name)
            and presenter.person_id not in used
        ]
        same.sort(key=lambda each: folded(each.affiliation) != folded(billed.affiliation))
        return same[0].person_id if same else None

    def _of_file(self, billed: Billed) -> Identity | None:
        """The same one in a row above: by e-mail and a name like it, or by name and affiliation."""
        for signature in _signatures(billed):
            found = self._found.get(signature)
            if found and are_alike(found.billed.name, billed.name):
                return found
        return None

    def _new_identity(self, billed: Billed, line: int, used: set[int]) -> Identity:
        by_email = [
            each
            for each in self.by_email.get(billed.email, ())
            if are_alike(each.name, billed.name)
        ]
        by_name = self.by_name.get(folded(billed.name), [])
        affiliation = folded(billed.affiliation)
        certain = by_email or [each for each in by_name if affiliation in each.affiliations]
        candidates = {each.pk: each for each in [*certain, *by_name] if each.pk not in used}
        default = next((each.pk for each in certain if each.pk not in used), None)
        key = _key(billed, "" if any(_signatures(billed)) else str(line))
        while key in self.identities:
            key = _key(billed, key)
        identity = Identity(key, billed, [line], default, default, list(candidates.values()))
        if key in self.new:
            identity.person = None
        elif self.same.get(key) in candidates:
            identity.person = self.same[key]
        self.identities[key] = identity
        for signature in _signatures(billed):
            self._found.setdefault(signature, identity)
        return identity


def are_alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: they share a word, so a secretary's address does not.

    “V. Cevher” is like “Volkan Cevher”.
    """
    words = [{word for word in folded(name).split() if len(word) > 1} for name in (one, other)]
    return bool(words[0] & words[1]) or folded(one) == folded(other)


def _signatures(billed: Billed) -> list[tuple[str, ...]]:
    """What tells somebody from all others in the file; the name alone does not."""
    signatures: list[tuple[str, ...]] = []
    if billed.email:
        signatures.append(("e-mail", billed.email))
    if billed.affiliation:
        signatures.append(("billed", folded(billed.name), folded(billed.affiliation)))
    return signatures


def _key(billed: Billed, besides: str) -> str:
    text = repr((folded(billed.name), folded(billed.affiliation), billed.email, besides))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
