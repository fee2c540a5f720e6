"""Who may see and edit people who present? They are the install's, and roles a conference's."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from conference.roles import Action, Rights
from people.models import Person, User
from tutorials.models import Presenter, Tutorial

_OF_PERSON = Presenter.objects.filter(person=OuterRef("pk"))
_PRESENTS_NOWHERE = ~Exists(_OF_PERSON)


def people_seen(rights: Rights, people: QuerySet[Person]) -> QuerySet[Person]:
    """Who presents where one may see the programme, or in public, or nowhere yet."""
    if rights.everywhere:
        return people
    seen = Q(tutorial__conference__in=rights.where(Action.SEE_PROGRAMME))
    public = Q(tutorial__in=Tutorial.objects.public())
    return people.filter(Exists(_OF_PERSON.filter(seen | public)) | _PRESENTS_NOWHERE)


def is_editable(rights: Rights) -> Exists | Q:
    """The condition on a person that one may edit them and see their address.

    Theirs who present where one may edit the programme; who presents nowhere yet is any editor's.
    """
    if rights.everywhere:
        return Q(pk__isnull=False)
    if not rights.anywhere(Action.EDIT_PROGRAMME):
        return Q(pk__in=[])
    mine = _OF_PERSON.filter(tutorial__conference__in=rights.where(Action.EDIT_PROGRAMME))
    return Q(Exists(mine)) | Q(_PRESENTS_NOWHERE)


def may_edit_person(rights: Rights, person: Person) -> bool:
    """Whether one may edit this person. One query; none for a superuser."""
    return rights.everywhere or Person.objects.filter(is_editable(rights), pk=person.pk).exists()


def deleted_people_seen(rights: Rights, by: User | None, gone: QuerySet[Any]) -> QuerySet[Any]:
    """Of versions in which people were deleted, those that one may see and bring back.

    Theirs who once presented where one edits the programme, and of those whom one deleted oneself.
    """
    if rights.everywhere:
        return gone
    if not rights.anywhere(Action.EDIT_PROGRAMME):
        return gone.none()
    conferences = rights.where(Action.EDIT_PROGRAMME)
    tutorials = Tutorial.history.filter(conference_id__in=conferences).values("id")
    presented = Presenter.history.filter(tutorial_id__in=tutorials).values("person_id")
    return gone.filter(Q(id__in=presented) | Q(history_user=by))
