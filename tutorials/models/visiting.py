"""What visitors keep and say: stars, a calendar address of their own, feedback."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conference.models import Conference
from people.models import Attendee
from tutorials.models.programme import Tutorial

LOWEST, HIGHEST = 1, 5


class Star(models.Model):
    """A tutorial that somebody with an account marked for themselves. It takes no seat."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stars", verbose_name=_("account")
    )
    tutorial = models.ForeignKey(
        Tutorial, models.CASCADE, related_name="stars", verbose_name=_("tutorial")
    )
    starred_at = models.DateTimeField(_("starred"))

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        constraints = [
            models.UniqueConstraint(name="star_once", fields=["user", "tutorial"]),
        ]

    def __str__(self) -> str:
        return f"{self.tutorial.code} ★"


class PrivateCalendar(models.Model):
    """The secret address at which somebody's calendar programs read their own schedule.

    A new key makes the old address lead nowhere.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="calendars",
        verbose_name=_("account"),
    )
    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="+", verbose_name=_("conference")
    )
    key = models.CharField(_("key"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("private calendar")
        verbose_name_plural = _("private calendars")
        constraints = [
            models.UniqueConstraint(name="calendar_once", fields=["user", "conference"]),
        ]

    def __str__(self) -> str:
        return str(self.conference)


def drawn_key() -> int:
    """A key that says nothing about when its row came: 63 bits drawn by lot."""
    return secrets.randbits(63)


class Feedback(models.Model):
    """What somebody who was there says of a tutorial; without an attendee once they are erased.

    Addresses and logs name its key, and keys that count would tell who answered first.
    """

    id = models.BigIntegerField(primary_key=True, default=drawn_key, editable=False)
    tutorial = models.ForeignKey(
        Tutorial, models.CASCADE, related_name="feedback", verbose_name=_("tutorial")
    )
    attendee = models.ForeignKey(
        Attendee,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("attendee"),
    )
    rating = models.PositiveSmallIntegerField(
        _("rating"), help_text=_("From 1, poor, to 5, excellent.")
    )
    good = models.TextField(_("what was good"), blank=True)
    better = models.TextField(_("what could be better"), blank=True)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="feedback_once", fields=["tutorial", "attendee"]),
            models.CheckConstraint(
                name="feedback_rating_in_range",
                condition=Q(rating__gte=LOWEST, rating__lte=HIGHEST),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tutorial.code}: {self.rating}"
