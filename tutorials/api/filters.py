"""What can the lists of the API be narrowed to? By a word that nothing has: that is an error."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tutorials.api import published
from tutorials.models import Session, Tutorial


class KnownWordField(forms.CharField):
    """A word that some row of ``among`` has in its field ``slug``."""

    def __init__(self, *args: Any, among: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among = among

    def clean(self, value: Any) -> str:
        word = super().clean(value)
        if word and not self.among.filter(slug=word).exists():
            raise ValidationError(
                _("There is no “%(word)s” here."), code="unknown", params={"word": word}
            )
        return word


class KnownWordFilter(django_filters.CharFilter):
    field_class = KnownWordField


def _conference(field_name: str) -> KnownWordFilter:
    return KnownWordFilter(
        field_name=field_name, among=published.conferences(), label="Slug of the conference."
    )


class ConferenceFilter(django_filters.FilterSet):
    conference = _conference("conference__slug")


class RoomFilter(django_filters.FilterSet):
    conference = _conference("venue__conference__slug")


class TutorialFilter(ConferenceFilter):
    track = KnownWordFilter(
        field_name="track__slug",
        among=published.tracks(),
        label="Slug of the track; two conferences may have tracks of one slug.",
    )
    presenter = KnownWordFilter(
        field_name="presenters__person__slug",
        among=published.presenters(),
        label="Slug of a presenter.",
    )
    level = django_filters.ChoiceFilter(choices=Tutorial.Level.choices)
    status = django_filters.ChoiceFilter(choices=[(word, word) for word in Tutorial.PUBLIC])


class PresenterFilter(django_filters.FilterSet):
    conference = KnownWordFilter(
        method="at_conference", among=published.conferences(), label="Slug of the conference."
    )

    def at_conference(self, people: QuerySet, name: str, slug: str) -> QuerySet:
        return people.filter(
            presenters__tutorial__in=Tutorial.objects.public().filter(conference__slug=slug)
        ).distinct()


class SessionFilter(django_filters.FilterSet):
    conference = _conference("schedule__conference__slug")
    kind = django_filters.ChoiceFilter(choices=Session.Kind.choices)
