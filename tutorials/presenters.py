"""Who presents, in which order are they listed, and what of theirs is shown?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from conference.models import Conference
from people.models import Person
from tutorials.models import Presenter, Tutorial
from tutorials.models.programme import programme_order
from tutorials.programme import colour_of

PER_PAGE = 100


def presenter_index(conference: Conference) -> list[tuple[str, int]]:
    """Initial and id of everybody who presents a public tutorial, in order. One query.

    Sorted here, because databases disagree about where an “Ö” stands.
    """
    people = Person.objects.filter(
        presenters__tutorial__in=Tutorial.objects.public().for_conference(conference)
    ).distinct()
    ordered = sorted((_folded(name), pk) for pk, name in people.values_list("pk", "sort_name"))
    return [(_initial(name), pk) for name, pk in ordered]


def presenters_by_initial(
    conference: Conference, rows: Iterable[tuple[str, int]]
) -> list[tuple[str, list[Person]]]:
    """Those of one page below their initials, each with what they present (``presents``).

    Two queries.
    """
    rows = list(rows)
    ids = [pk for _letter, pk in rows]
    presents = Prefetch("presenters", presents_at(conference), to_attr="presents")
    people = Person.objects.prefetch_related(presents).in_bulk(ids)
    groups: list[tuple[str, list[Person]]] = []
    for letter, pk in rows:
        if not groups or groups[-1][0] != letter:
            groups.append((letter, []))
        groups[-1][1].append(people[pk])
    return groups


def presents_at(conference: Conference) -> QuerySet[Presenter]:
    """Who presents which public tutorial of a conference, in programme order."""
    return (
        Presenter.objects.filter(tutorial__in=Tutorial.objects.public().for_conference(conference))
        .select_related("tutorial__track")
        .annotate(colour=colour_of("tutorial__track"))
        .order_by(*programme_order("tutorial"))
    )


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _initial(folded: str) -> str:
    return folded[0].upper() if folded[:1].isalpha() else "#"
