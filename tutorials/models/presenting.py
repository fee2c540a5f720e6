"""What goes with a tutorial: files, recordings, links; and what presenters want corrected."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from people.models import Person
from tutorials.models.programme import Tutorial

MATERIALS = "materials"  # the folder of their files


def material_path(material: Material, filename: str) -> str:
    """Where a file is kept; its name there tells nothing but its kind."""
    suffix = filename.rpartition(".")[2].lower()
    return f"{MATERIALS}/{uuid.uuid4().hex}.{suffix}"


class ShownTo(models.TextChoices):
    """Who may have what goes with a tutorial."""

    EVERYBODY = "everybody", _("everybody")
    REGISTERED = "registered", _("those with a seat")


class MaterialKind(models.TextChoices):
    SLIDES = "slides", _("slides")
    CODE = "code", _("code")
    RECORDING = "recording", _("recording")
    OTHER = "other", _("other")


class MaterialQuerySet(models.QuerySet["Material"]):
    def accepted(self) -> MaterialQuerySet:
        """Those that the page of their tutorial may show, in its order."""
        return self.filter(accepted_at__isnull=False).order_by("position", "pk")


class Material(models.Model):
    """A file to a tutorial, or the address of one: slides, code, a recording.

    On its page once an organiser has accepted it, for whom and from when they say.
    """

    Kind = MaterialKind
    ShownTo = ShownTo

    tutorial = models.ForeignKey(
        Tutorial, models.CASCADE, related_name="files", verbose_name=_("tutorial")
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=10, choices=MaterialKind, default=MaterialKind.SLIDES
    )
    file = models.FileField(_("file"), upload_to=material_path, blank=True)
    url = models.URLField(
        _("address"), blank=True, help_text=_("Instead of a file: where it is, such as a video.")
    )
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    shown_to = models.CharField(
        _("shown to"), max_length=10, choices=ShownTo, default=ShownTo.EVERYBODY
    )
    shown_from = models.DateTimeField(
        _("shown from"), null=True, blank=True, help_text=_("Empty: as soon as it is accepted.")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), editable=False)
    # By their own link; empty: by an organiser.
    uploaded_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="material_is_file_or_address",
                condition=Q(file="", url__gt="") | (~Q(file="") & Q(url="")),
                violation_error_message=_("Give a file or an address: one of the two."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the file along, once it is certain that the row is gone."""
        storage, name = self.file.storage, self.file.name
        deleted = super().delete(*args, **kwargs)
        if name:
            transaction.on_commit(lambda: storage.delete(name))
        return deleted


class OnlineLink(models.Model):
    """Where a tutorial is followed online; for one of its parts, or for all of them.

    A part is named by the ``key`` of its slot, which every version of the schedule keeps.
    """

    ShownTo = ShownTo

    tutorial = models.ForeignKey(
        Tutorial, models.CASCADE, related_name="online_links", verbose_name=_("tutorial")
    )
    slot_key = models.UUIDField(_("part"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=500)
    shown_to = models.CharField(
        _("shown to"), max_length=10, choices=ShownTo, default=ShownTo.REGISTERED
    )
    shown_from = models.DateTimeField(
        _("shown from"), null=True, blank=True, help_text=_("Empty: at once.")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("online link")
        verbose_name_plural = _("online links")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="online_link_once_per_part",
                fields=["tutorial", "slot_key"],
                violation_error_message=_("This part has a link already."),
            ),
            models.UniqueConstraint(
                name="online_link_once_for_all",
                fields=["tutorial"],
                condition=Q(slot_key__isnull=True),
                violation_error_message=_("There is a link for all parts already."),
            ),
        ]

    def __str__(self) -> str:
        return self.tutorial.code


class CorrectionStatus(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


class Correction(models.Model):
    """What a presenter wants changed in their own entry, or in that of a tutorial of theirs."""

    Status = CorrectionStatus

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="corrections", verbose_name=_("person")
    )
    # Empty: in the entry of the person.
    tutorial = models.ForeignKey(
        Tutorial,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("tutorial"),
    )
    # By field: {"was": …, "becomes": …}; "was" tells whether somebody else changed it meanwhile.
    changes = models.JSONField(_("changes"), default=dict)
    photo = models.ImageField(_("photo"), upload_to="photos/", blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=CorrectionStatus, default=CorrectionStatus.OPEN
    )
    sent_at = models.DateTimeField(_("sent"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="correction_status_is_known", condition=Q(status__in=CorrectionStatus.values)
            ),
            models.CheckConstraint(
                name="correction_decided_has_time",
                condition=Q(status="open", decided_at__isnull=True)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_status_display()}"
