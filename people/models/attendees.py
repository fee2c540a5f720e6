"""Places at a conference, the tickets behind them, and the files that they came in."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conference.models import Conference
from conference.uploads import FileForPreview
from people.names import sort_name_of

# No vowels, so no words; none of 0 1 I L O, so that a code survives being read aloud.
BADGE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_badge_code() -> str:
    """A random code for a badge, such as ``K7QX-9M4T``: 28⁸, about 38 bits."""
    letters = "".join(secrets.choice(BADGE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class TicketKind(models.Model):
    """A kind of ticket that the shop sells, such as “Tutorial package”; imports make them."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="ticket_kinds", verbose_name=_("conference")
    )
    name = models.CharField(_("name"), max_length=200)
    gives_tutorials = models.BooleanField(
        _("gives the right to tutorials"),
        default=True,
        help_text=_("Whether its holders may register for tutorials."),
    )

    class Meta:
        verbose_name = _("ticket kind")
        verbose_name_plural = _("ticket kinds")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="ticket_kind_name_once",
                fields=["conference", "name"],
                violation_error_message=_("This conference has a ticket kind of that name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def for_conference(self, conference: Conference) -> AttendeeQuerySet:
        return self.filter(conference=conference)


class Attendee(models.Model):
    """A place at one conference. Needs a name and nothing else: a walk-in has no e-mail."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="attendees", verbose_name=_("conference")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attendees",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(
        _("sorted as"), max_length=200, blank=True, help_text=_("Empty: last word first.")
    )
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("One address may stand for several attendees.")
    )
    affiliation = models.CharField(_("affiliation"), max_length=300, blank=True)
    language = models.CharField(
        _("language of mails"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    ticket_number = models.CharField(_("ticket number"), max_length=100, blank=True)
    ticket_barcode = models.CharField(_("barcode of the ticket"), max_length=200, blank=True)
    ticket_kind = models.ForeignKey(
        TicketKind,
        models.RESTRICT,  # without its kind a ticket would give the right to tutorials
        null=True,
        blank=True,
        related_name="attendees",
        verbose_name=_("ticket kind"),
    )
    # Who bought the ticket sees it, and hands it on to whoever it is for.
    buyer_email = models.EmailField(_("buyer’s e-mail"), blank=True)
    # The number of a ticket that an attendee says to have, until somebody confirms it.
    claimed_ticket = models.CharField(_("ticket number claimed"), max_length=100, blank=True)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    # Written by tutorials/registration/ together with what it does to the registrations.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    # Whether the presenters of what they are registered for may see that they come.
    shown_to_presenters = models.BooleanField(_("shown to presenters"), default=False)
    # Their name and address were deleted, as they asked or as the conference said it would.
    erased_at = models.DateTimeField(_("data deleted"), null=True, blank=True, editable=False)
    # What the last import of the ticket shop's file said, by field: what differs was edited since.
    imported = models.JSONField(default=dict, blank=True, editable=False)
    badge_code = models.CharField(
        _("badge code"), max_length=20, default=new_badge_code, editable=False
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        ordering = ["sort_name", "pk"]
        indexes = [
            models.Index(fields=["conference", "email"], name="attendee_by_email"),
            models.Index(fields=["conference", "buyer_email"], name="attendee_by_buyer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="attendee_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("An attendee needs a name."),
            ),
            models.UniqueConstraint(
                name="attendee_user_once",
                fields=["conference", "user"],
                condition=Q(user__isnull=False),
                violation_error_message=_("This account has a place at this conference already."),
            ),
            models.UniqueConstraint(
                name="attendee_ticket_once",
                fields=["conference", "ticket_number"],
                condition=~Q(ticket_number=""),
                violation_error_message=_("Another attendee has this ticket number."),
            ),
            models.CheckConstraint(
                name="attendee_claim_has_time",
                condition=Q(claimed_ticket="", claimed_at__isnull=True)
                | (~Q(claimed_ticket="") & Q(claimed_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="attendee_badge_once", fields=["conference", "badge_code"]
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.sort_name:
            self.sort_name = sort_name_of(self.name)
        # Kept in small letters, so that an index finds them however they were written.
        self.email, self.buyer_email = self.email.lower(), self.buyer_email.lower()
        super().save(*args, **kwargs)

    @property
    def ticket_gives_tutorials(self) -> bool:
        """Whether their ticket carries the right to tutorials; ``ticket_kind`` should be loaded."""
        if not self.ticket_number:
            return False
        return self.ticket_kind is None or self.ticket_kind.gives_tutorials


class AttendeeFile(FileForPreview):
    """A ticket shop's file while an organiser looks at what it would do."""

    class Meta(FileForPreview.Meta):
        verbose_name = _("file of attendees")
        verbose_name_plural = _("files of attendees")
