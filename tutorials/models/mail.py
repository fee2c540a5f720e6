"""What people are told by mail: a queue of our own, so that nothing is forgotten or told twice."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conference.models import Conference
from people.models import Attendee, Invitation, Person
from tutorials.models.programme import Tutorial
from tutorials.models.registration import Registration


class MailKind(models.TextChoices):
    """What it says."""

    REGISTERED = "registered", pgettext_lazy("mail", "registered")
    WAITING = "waiting", _("on the waiting list")
    GOT_IN = "got_in", _("got in from the waiting list")
    OFFERED = "offered", _("a seat is offered")
    HELD = "held", _("a seat is held until the ticket is confirmed")
    LAPSED = "lapsed", _("an offer lapsed")
    DECLINED = "declined", _("an offer was declined")
    SWITCHED = "switched", _("switched from another tutorial")
    MOVED_BACK = "moved_back", _("moved back to the waiting list")
    MOVED = "moved", _("time or room changed")
    CLASH = "clash", _("two tutorials at the same time")
    REMINDER = "reminder", _("reminder")
    LEFT = "left", _("cancelled by the attendee")
    WITHDRAWN = "withdrawn", _("cancelled by the organisers")
    TUTORIAL_CANCELLED = "tutorial_cancelled", _("tutorial cancelled")


class Outgoing(models.Model):
    """A row of the queue: when it is tried next, how often it was, what became of it."""

    # The Message-ID is made of it: who gets a mail twice after a crash is shown it once.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]


def due(at: datetime) -> Q:
    """The rows of the queue that are to be sent by now."""
    return Q(sent_at__isnull=True, given_up_at__isnull=True, due_at__lte=at)


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, at: datetime) -> MailQuerySet:
        """What is to be sent by now, the longest due first."""
        return self.filter(due(at)).order_by("due_at", "pk")


class Mail(Outgoing):
    """A message to an attendee, written in the transaction of what it tells.

    Its text is made when it is sent, from what these columns name.
    """

    Kind = MailKind

    attendee = models.ForeignKey(
        Attendee, models.CASCADE, related_name="mails", verbose_name=_("attendee")
    )
    tutorial = models.ForeignKey(
        Tutorial, models.CASCADE, related_name="mails", verbose_name=_("tutorial")
    )
    kind = models.CharField(_("what it says"), max_length=30, choices=MailKind)
    # What may have changed by the time it is sent, and was so when it was written: the place in the
    # queue; in `facts`, by kind, `until` (ISO time of an offer's end), `other` or `others` (ids of
    # the tutorials that were given up for this one, or overlap it), `ticket` (the offer awaited
    # one) and `reason` (an organiser's words).
    place = models.PositiveIntegerField(_("place in the queue"), null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True, editable=False)
    registration = models.ForeignKey(
        Registration,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("registration"),
    )

    objects = MailQuerySet.as_manager()

    class Meta(Outgoing.Meta):
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="mail_due",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_kind_is_known", condition=Q(kind__in=MailKind.values)
            ),
            models.CheckConstraint(
                name="mail_is_sent_or_given_up",
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee}, {self.tutorial.code}: {self.get_kind_display()}"


class LetterKind(models.TextChoices):
    """What it says."""

    PRESENTER_LINK = "presenter_link", _("a presenter’s link to their entry")
    INVITATION = "invitation", _("invitation to the team")


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, at: datetime) -> LetterQuerySet:
        """What is to be sent by now, the longest due first."""
        return self.filter(due(at)).order_by("due_at", "pk")


class Letter(Outgoing):
    """A message to somebody who is no attendee: who presents, or is invited to the team."""

    Kind = LetterKind

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="letters", verbose_name=_("conference")
    )
    kind = models.CharField(_("what it says"), max_length=30, choices=LetterKind)
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("person"),
    )
    invitation = models.ForeignKey(
        Invitation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("invitation"),
    )

    objects = LetterQuerySet.as_manager()

    class Meta(Outgoing.Meta):
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_due",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="letter_has_one_recipient",
                condition=Q(kind="presenter_link", person__isnull=False, invitation__isnull=True)
                | Q(kind="invitation", person__isnull=True, invitation__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_is_sent_or_given_up",
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        to = self.person or (self.invitation and self.invitation.email)
        return f"{to}: {self.get_kind_display()}"
