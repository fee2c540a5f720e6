"""Lists of who comes: columns that organisers like, who took one, heads that were counted."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from conference.models import Conference
from tutorials.models.programme import Tutorial


class ListPreset(models.Model):
    """Columns of the attendance list that are chosen together, under a name."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="list_presets", verbose_name=_("conference")
    )
    name = models.CharField(_("name"), max_length=100)
    # Names of columns of tutorials/exports/attendance.py, in order.
    columns = models.JSONField(_("columns"), default=list)

    class Meta:
        verbose_name = _("choice of columns")
        verbose_name_plural = _("choices of columns")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="list_preset_name_once",
                fields=["conference", "name"],
                violation_error_message=_("This conference has a choice of that name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Download(models.Model):
    """Somebody took personal data out of the house: who, what, when. Rows only grow."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="downloads", verbose_name=_("conference")
    )
    tutorial = models.ForeignKey(
        Tutorial,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tutorial"),
        help_text=_("Empty: of the whole conference."),
    )
    # Such as “attendance list” with a format, and the columns that it had.
    what = models.CharField(_("what"), max_length=100)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: by a command."),
    )

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what}, {self.at:%Y-%m-%d %H:%M}"


class HeadCount(models.Model):
    """How many people were counted in a part of a tutorial; the newest row counts."""

    tutorial = models.ForeignKey(
        Tutorial, models.PROTECT, related_name="head_counts", verbose_name=_("tutorial")
    )
    # The part is named by its key, which outlives every release, never by a row of one schedule.
    slot_key = models.UUIDField(_("slot"), db_index=True)
    number = models.PositiveIntegerField(_("people"), validators=[MaxValueValidator(100_000)])
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("head count")
        verbose_name_plural = _("head counts")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.tutorial.code}: {self.number}"
