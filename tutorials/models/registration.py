"""Who takes part: registrations for tutorials, and check-ins at the door."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conference.models import Conference
from people.models import Attendee
from tutorials.models.programme import Tutorial
from tutorials.models.timetable import Slot


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> RegistrationQuerySet:
        return self.filter(status__in=Registration.LIVE)

    def seated(self) -> RegistrationQuerySet:
        """Those that take a seat."""
        return self.filter(status__in=Registration.SEATED)

    def waiting(self) -> RegistrationQuerySet:
        """The waiting list, whoever is first coming first."""
        return self.filter(status=Registration.Status.WAITLISTED).order_by("position")

    def for_conference(self, conference: Conference) -> RegistrationQuerySet:
        return self.filter(tutorial__conference=conference)


class RegistrationStatus(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    OFFERED = "offered", _("offered")
    WAITLISTED = "waitlisted", _("waiting")
    CANCELLED = "cancelled", pgettext_lazy("registration", "cancelled")


SEATED = (RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED)
LIVE = (*SEATED, RegistrationStatus.WAITLISTED)


class Registration(models.Model):
    """An attendee's claim on a tutorial. Written by ``tutorials/registration.py`` alone."""

    Status = RegistrationStatus

    class Because(models.TextChoices):
        """Why a registration was cancelled."""

        SELF = "self", _("by the attendee")
        DECLINED = "declined", _("an offer was declined")
        LAPSED = "lapsed", _("an offer lapsed")
        WITHDRAWN = "withdrawn", _("by the organisers")
        TUTORIAL_CANCELLED = "tutorial_cancelled", _("the tutorial was cancelled")
        MOVED = "moved", _("moved to another tutorial")

    class WhenFree(models.TextChoices):
        """What somebody who waits wants when a seat is free for them."""

        TAKE = "take", _("take it, if nothing is in the way")
        OFFER = "offer", _("be offered it")
        SWITCH = "switch", _("be switched to it")

    class Overlap(models.TextChoices):
        """Why somebody may have a seat here and in a tutorial at the same time."""

        POLICY = "policy", _("the conference allows it")
        OVERRIDE = "override", _("an organiser allowed it")
        RELEASE = "release", _("a change of the schedule brought it about")

    SEATED = SEATED
    LIVE = LIVE

    attendee = models.ForeignKey(
        Attendee, models.CASCADE, related_name="registrations", verbose_name=_("attendee")
    )
    tutorial = models.ForeignKey(
        Tutorial, models.PROTECT, related_name="registrations", verbose_name=_("tutorial")
    )
    status = models.CharField(_("status"), max_length=20, choices=Status)
    # Orders the waiting list; the place a person is told is the rank among those waiting.
    position = models.IntegerField(_("queue number"), null=True, blank=True)
    when_free = models.CharField(
        _("when a seat is free"), max_length=10, choices=WhenFree, default=WhenFree.TAKE
    )
    gives_up = models.ForeignKey(
        Tutorial,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gives up"),
    )
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    # Offered because the ticket is still to be confirmed, by an import or an organiser.
    awaits_ticket = models.BooleanField(_("awaits the ticket"), default=False)
    overlap = models.CharField(_("overlap"), max_length=10, choices=Overlap, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    cancelled_because = models.CharField(
        _("cancelled because"), max_length=20, choices=Because, blank=True
    )
    registered_at = models.DateTimeField(_("registered"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    cancelled_at = models.DateTimeField(
        pgettext_lazy("registration", "cancelled"), null=True, blank=True
    )

    objects = RegistrationQuerySet.as_manager()

    # Where tutorials/standing.py read it: the place in the queue, the tutorial's slots, and
    # whether one can still leave.
    is_busy: bool  # what the attendee has elsewhere is in the way of a seat here
    place: int | None
    slots: list[Slot]
    can_leave: bool

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["tutorial", "status", "position", "pk"]
        indexes = [
            models.Index(fields=["tutorial", "status"], name="registration_by_status"),
            models.Index(
                fields=["offered_until"],
                name="registration_offers",
                condition=Q(status="offered"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="registration_one_live",
                fields=["attendee", "tutorial"],
                condition=Q(status__in=LIVE),
            ),
            models.UniqueConstraint(
                name="registration_queue_number_once",
                fields=["tutorial", "position"],
                condition=Q(status="waitlisted"),
            ),
            models.CheckConstraint(
                name="registration_awaits_ticket_while_offered",
                condition=Q(awaits_ticket=False) | Q(status="offered"),
            ),
            models.CheckConstraint(
                name="registration_status_and_fields_agree",
                condition=Q(
                    status="confirmed",
                    position__isnull=True,
                    offered_until__isnull=True,
                    confirmed_at__isnull=False,
                    cancelled_because="",
                    cancelled_at__isnull=True,
                )
                | Q(
                    status="offered",
                    position__isnull=True,
                    offered_until__isnull=False,
                    cancelled_because="",
                    cancelled_at__isnull=True,
                )
                | Q(
                    status="waitlisted",
                    position__isnull=False,
                    offered_until__isnull=True,
                    cancelled_because="",
                    cancelled_at__isnull=True,
                )
                | (
                    Q(
                        status="cancelled",
                        position__isnull=True,
                        offered_until__isnull=True,
                        cancelled_at__isnull=False,
                    )
                    & ~Q(cancelled_because="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee}, {self.tutorial.code}: {self.get_status_display()}"


class CheckInKind(models.TextChoices):
    IN = "in", _("checked in")
    UNDO = "undo", _("taken back")


class CheckIn(models.Model):
    """An attendee was let in to a part of a tutorial, or that was taken back. Rows only grow."""

    Kind = CheckInKind

    attendee = models.ForeignKey(
        Attendee, models.CASCADE, related_name="check_ins", verbose_name=_("attendee")
    )
    tutorial = models.ForeignKey(
        Tutorial, models.PROTECT, related_name="check_ins", verbose_name=_("tutorial")
    )
    # The part is named by its key, which outlives every release, never by a row of one schedule.
    slot_key = models.UUIDField(_("slot"), db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.IN)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    device = models.CharField(_("device"), max_length=100, blank=True)
    # Made by the device, so that what it sends twice over bad Wi-Fi is written once.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["attendee", "slot_key"], name="check_in_by_attendee"),
        ]
        constraints = [
            models.CheckConstraint(
                name="check_in_kind_is_known", condition=Q(kind__in=CheckInKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee}, {self.tutorial.code}: {self.get_kind_display()}"
