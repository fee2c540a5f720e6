"""What is on offer: tracks, tutorials, and who presents them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from conference.models import Conference
from conference.slugs import free_slug
from people.models import Person
from venues.models import Room


class Track(models.Model):
    """A parallel line of the programme, usually tied to one room."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="tracks", verbose_name=_("conference")
    )
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=100, allow_unicode=True, blank=True)
    room = models.ForeignKey(
        Room,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tracks",
        verbose_name=_("usual room"),
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="track_name_once",
                fields=["conference", "name"],
                violation_error_message=_("This conference has a track of that name."),
            ),
            models.UniqueConstraint(name="track_slug_once", fields=["conference", "slug"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            taken = Track.objects.filter(conference_id=self.conference_id).exclude(pk=self.pk)
            self.slug = free_slug(self.name, taken, "track")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.room and self.room.venue.conference_id != self.conference_id:
            raise ValidationError({"room": _("This belongs to another conference.")})


def programme_order(path: str = "") -> list[Any]:
    """What to order by: track by track, those without one last; in it as the organisers ordered.

    ``path`` leads from the rows that are ordered to their tutorial, as in “tutorial”.
    """
    prefix = f"{path}__" if path else ""
    return [
        F(f"{prefix}track__position").asc(nulls_last=True),
        F(f"{prefix}track_id").asc(nulls_last=True),
        f"{prefix}position",
        f"{prefix}pk",
    ]


class TutorialQuerySet(models.QuerySet["Tutorial"]):
    def for_conference(self, conference: Conference) -> TutorialQuerySet:
        return self.filter(conference=conference)

    def public(self) -> TutorialQuerySet:
        """Those that a public page may show: published, or cancelled after they had been."""
        return self.filter(status__in=Tutorial.PUBLIC, published_at__isnull=False)

    def in_programme_order(self) -> TutorialQuerySet:
        """As ``programme_order`` says."""
        return self.order_by(*programme_order())


class TutorialStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")


class Tutorial(models.Model):
    """One tutorial. Given twice, it is two tutorials that know of each other."""

    Status = TutorialStatus

    class Level(models.TextChoices):
        INTRODUCTORY = "introductory", _("introductory")
        INTERMEDIATE = "intermediate", _("intermediate")
        ADVANCED = "advanced", _("advanced")

    PUBLIC = (Status.PUBLISHED, Status.CANCELLED)
    WRITTEN_BY_REGISTRATION = frozenset({"seats", "seats_taken", "queue_tail", "queue_head"})

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="tutorials", verbose_name=_("conference")
    )
    track = models.ForeignKey(
        Track,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tutorials",
        verbose_name=_("track"),
    )
    position = models.PositiveSmallIntegerField(_("order in its track"), default=0)
    code = models.CharField(
        _("code"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("Letters, digits, “.”, “-”, “_”."))
        ],
        help_text=_("Short and steady, such as “T1”. Empty: the next free one."),
    )
    slug = models.SlugField(
        _("address"),
        max_length=100,
        allow_unicode=True,
        blank=True,
        help_text=_("Empty: made from the title. A published address should not change."),
    )
    title = models.CharField(_("title"), max_length=300)
    abstract = models.TextField(_("abstract"), blank=True, help_text=_("Markdown."))
    outline = models.TextField(_("outline"), blank=True, help_text=_("Markdown."))
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    audience = models.TextField(_("who it is for"), blank=True, help_text=_("Markdown."))
    prerequisites = models.TextField(_("what to know before"), blank=True, help_text=_("Markdown."))
    outcomes = models.TextField(
        _("what one will have learnt"), blank=True, help_text=_("Markdown.")
    )
    what_to_bring = models.TextField(_("what to bring"), blank=True, help_text=_("Markdown."))
    materials = models.TextField(
        _("materials"), blank=True, help_text=_("Links to slides and code. Markdown. Public.")
    )
    notes = models.TextField(_("organisers’ notes"), blank=True, help_text=_("Never shown."))
    people: models.ManyToManyField[Person, Presenter] = models.ManyToManyField(
        Person, through="Presenter", related_name="tutorials"
    )
    twin = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="twins",
        verbose_name=_("also given as"),
        help_text=_("The other tutorial, where the same one is given twice."),
    )

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

    capacity = models.PositiveIntegerField(
        _("capacity"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: as many as its smallest room in the released schedule holds."),
    )
    kept_back = models.PositiveIntegerField(
        _("seats kept back"),
        default=0,
        help_text=_("Of the capacity, for whom the organisers add themselves."),
    )
    registration_opens_at = models.DateTimeField(
        _("registration opens"),
        null=True,
        blank=True,
        help_text=_("Empty: as for the whole conference."),
    )
    registration_closes_at = models.DateTimeField(
        _("registration closes"),
        null=True,
        blank=True,
        help_text=_("Empty: as for the whole conference."),
    )
    # The four below are written by tutorials/registration.py alone, under the tutorial's lock;
    # a save() that names no fields leaves them as they are.
    seats = models.PositiveIntegerField(_("seats"), null=True, editable=False)
    seats_taken = models.PositiveIntegerField(_("seats taken"), default=0, editable=False)
    queue_tail = models.IntegerField(default=0, editable=False)
    queue_head = models.IntegerField(default=0, editable=False)

    # What the last import wrote, so that the next one can tell what a person edited since.
    imported = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TutorialQuerySet.as_manager()
    # Seats have a history of their own (models/history.py).
    history = HistoricalRecords(
        excluded_fields=[*sorted(WRITTEN_BY_REGISTRATION), "imported", "created_at", "updated_at"]
    )

    class Meta:
        verbose_name = _("tutorial")
        verbose_name_plural = _("tutorials")
        ordering = ["conference", "track__position", "track", "position", "pk"]
        indexes = [models.Index(fields=["conference", "status"], name="tutorial_by_status")]
        constraints = [
            models.UniqueConstraint(
                name="tutorial_code_once",
                fields=["conference", "code"],
                violation_error_message=_("Another tutorial has this code."),
            ),
            models.UniqueConstraint(
                name="tutorial_slug_once",
                fields=["conference", "slug"],
                violation_error_message=_("Another tutorial has this address."),
            ),
            models.CheckConstraint(
                name="tutorial_status_is_known",
                condition=Q(status__in=TutorialStatus.values),
            ),
            models.CheckConstraint(
                name="tutorial_published_has_time",
                condition=~Q(status="published") | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tutorial_cancelled_has_time",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="tutorial_capacity_positive",
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0),
            ),
            models.CheckConstraint(
                name="tutorial_never_oversold",
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")),
            ),
            models.CheckConstraint(
                name="tutorial_registration_closes_after_opening",
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                violation_error_message=_("Registration closes before it opens."),
            ),
            models.CheckConstraint(
                name="tutorial_is_not_its_own_twin",
                condition=Q(twin__isnull=True) | ~Q(twin=F("pk")),
                violation_error_message=_("A tutorial is not its own twin."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        others = Tutorial.objects.filter(conference_id=self.conference_id).exclude(pk=self.pk)
        if not self.code:
            self.code = _free_code(others)
        if not self.slug:
            self.slug = free_slug(self.title, others, self.code.lower())
        if self._state.adding:
            if self.seats is None and self.capacity:
                self.seats = max(0, self.capacity - self.kept_back)
        elif kwargs.get("update_fields") is None:
            # What was read before another process sold a seat must not be written back.
            written = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs["update_fields"] = written - self.WRITTEN_BY_REGISTRATION
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("tutorials:tutorial_detail", args=[self.conference.slug, self.slug])

    def clean(self) -> None:
        for field in ("track", "twin"):
            other = getattr(self, field)
            if other and other.conference_id != self.conference_id:
                raise ValidationError({field: _("This belongs to another conference.")})

    @property
    def is_public(self) -> bool:
        return self.status in self.PUBLIC and self.published_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def seats_left(self) -> int | None:
        """Free seats; None where there is no limit."""
        return None if self.seats is None else self.seats - self.seats_taken

    @property
    def is_full(self) -> bool:
        return self.seats is not None and self.seats_taken >= self.seats

    @property
    def was_waited_for(self) -> bool:
        """Whether anybody waits, or ever has; the numbers of a queue start on either side of 0."""
        return self.queue_head < self.queue_tail

    @property
    def presenter_line(self) -> str:
        """``Ada Lovelace (EPFL), Alan Turing``, in billing order. Wants presenters prefetched."""
        return ", ".join(str(presenter) for presenter in self.presenters.all())

    def publish(self, *, at: datetime) -> None:
        """Show it on the public pages from now on. Publishing twice changes nothing.

        Raises ``ValidationError`` for a cancelled tutorial: people have been told it is off.
        """
        if self.is_cancelled:
            raise ValidationError(_("%(tutorial)s is cancelled.") % {"tutorial": self})
        if self.status != self.Status.PUBLISHED:
            self.status = self.Status.PUBLISHED
            self.published_at = at
            self.save(update_fields=["status", "published_at", "updated_at"])


def _free_code(others: models.QuerySet[Tutorial]) -> str:
    taken = set(others.values_list("code", flat=True))
    number = len(taken) + 1
    while f"T{number}" in taken:
        number += 1
    return f"T{number}"


class Presenter(models.Model):
    """A person on one tutorial, in billing order, with the affiliation as billed there."""

    tutorial = models.ForeignKey(Tutorial, models.CASCADE, related_name="presenters")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="presenters", verbose_name=_("person")
    )
    affiliation = models.CharField(_("affiliation"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("presenter")
        verbose_name_plural = _("presenters")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="presenter_once",
                fields=["tutorial", "person"],
                violation_error_message=_("This person is on the tutorial already."),
            ),
        ]

    def __str__(self) -> str:
        name = self.person.name
        return f"{name} ({self.affiliation})" if self.affiliation else name
