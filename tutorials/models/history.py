"""What happened to registrations and seats: who, what, when, why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conference.models import Conference
from people.models import Attendee
from tutorials.models.programme import Tutorial
from tutorials.models.registration import Registration, RegistrationStatus


class Why(models.TextChoices):
    """What brought a change about."""

    ASKED = "asked", _("the attendee asked for it")
    SEAT_FREED = "seat_freed", _("a seat was free")
    ACCEPTED = "accepted", _("the offer was accepted")
    DECLINED = "declined", _("the offer was declined")
    LAPSED = "lapsed", _("the offer lapsed")
    SWITCHED = "switched", _("switched to another tutorial")
    TICKET = "ticket", _("the ticket was confirmed")
    ORGANISER = "organiser", _("an organiser did it")
    WITHDRAWN = "withdrawn", _("the attendee was withdrawn")
    CAPACITY = "capacity", _("the capacity changed")
    RELEASE = "release", _("the schedule changed")
    TUTORIAL_CANCELLED = "tutorial_cancelled", _("the tutorial was cancelled")


class ChangeQuerySet(models.QuerySet["Change"]):
    def for_conference(self, conference: Conference) -> ChangeQuerySet:
        return self.filter(tutorial__conference=conference)


class Change(models.Model):
    """One change of a registration, or of a tutorial's seats. Rows only grow.

    Written in the transaction of the change. A registration's rows, in the order of their ids, lead
    from nothing to the status that it has.
    """

    Why = Why

    tutorial = models.ForeignKey(
        Tutorial, models.CASCADE, related_name="changes", verbose_name=_("tutorial")
    )
    # Both are empty where the seats changed.
    attendee = models.ForeignKey(
        Attendee,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("attendee"),
    )
    registration = models.ForeignKey(
        Registration,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("registration"),
    )
    was = models.CharField(_("before"), max_length=20, choices=RegistrationStatus, blank=True)
    became = models.CharField(_("after"), max_length=20, choices=RegistrationStatus, blank=True)
    seats_were = models.PositiveIntegerField(_("seats before"), null=True, blank=True)
    seats_became = models.PositiveIntegerField(_("seats after"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=20, choices=Why)
    reason = models.CharField(_("reason given"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the system."),
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="change_why_is_known", condition=Q(why__in=Why.values)),
            models.CheckConstraint(
                name="change_of_registration_or_seats",
                condition=(Q(registration__isnull=False, attendee__isnull=False) & ~Q(became=""))
                | Q(registration__isnull=True, attendee__isnull=True, was="", became=""),
            ),
        ]

    def __str__(self) -> str:
        if self.registration_id is None:
            return f"{self.tutorial.code}: {self.seats_were} → {self.seats_became}"
        return f"{self.attendee}, {self.tutorial.code}: {self.was or '–'} → {self.became}"
