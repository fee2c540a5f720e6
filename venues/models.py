"""Where is it? Buildings and the rooms in them."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from conference.models import Conference
from conference.slugs import free_slug


class Venue(models.Model):
    """A building of one conference, with its street address."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="venues")
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=100, allow_unicode=True, blank=True)
    address = models.CharField(_("street address"), max_length=300, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    directions = models.TextField(_("how to get there"), blank=True, help_text=_("Markdown."))
    access_notes = models.TextField(
        _("access"), blank=True, help_text=_("Steps, lifts, hearing loops, quiet rooms. Markdown.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(name="venue_slug_once", fields=["conference", "slug"]),
            models.UniqueConstraint(
                name="venue_name_once",
                fields=["conference", "name"],
                violation_error_message=_("This conference has a venue of that name."),
            ),
            models.CheckConstraint(
                name="venue_coordinates_in_pairs",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                violation_error_message=_("Give both coordinates or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            taken = Venue.objects.filter(conference_id=self.conference_id).exclude(pk=self.pk)
            self.slug = free_slug(self.name, taken, "venue")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("tutorials:venue_list", args=[self.conference.slug]) + f"#venue-{self.slug}"


class RoomQuerySet(models.QuerySet["Room"]):
    def for_conference(self, conference: Conference) -> RoomQuerySet:
        return self.filter(venue__conference=conference)


class Room(models.Model):
    """A room of a venue; how many people it holds may not be known."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="rooms", verbose_name=_("venue"))
    name = models.CharField(_("name"), max_length=200)
    capacity = models.PositiveIntegerField(
        _("capacity"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many people may be in it. Empty: not known, so no limit."),
    )
    directions = models.CharField(
        _("where in the building"),
        max_length=200,
        blank=True,
        help_text=_("Floor, entrance, lift."),
    )
    access_notes = models.TextField(_("access"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = RoomQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["venue__position", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                name="room_name_once",
                fields=["venue", "name"],
                violation_error_message=_("This venue has a room of that name."),
            ),
            models.CheckConstraint(
                name="room_capacity_positive",
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0),
                violation_error_message=_("A room holds at least one person, or is not known."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
