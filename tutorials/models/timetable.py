"""When and where: schedules, their sessions and slots."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from conference.models import Conference
from tutorials.models.programme import Tutorial
from venues.models import Room


class FrozenScheduleError(Exception):
    """A released schedule was about to be changed. Change the draft and release it."""


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def released(self) -> ScheduleQuerySet:
        """Every version that was released, the newest first."""
        return self.filter(number__isnull=False).order_by("-number")

    def current(self, conference: Conference) -> ScheduleQuerySet:
        """The one version that the public sees, or no row. Made to stand inside other queries."""
        return self.filter(conference=conference).released()[:1]

    def current_of_each(self) -> ScheduleQuerySet:
        """Of every conference the version that the public sees."""
        newest = (
            Schedule.objects.filter(conference=OuterRef("conference")).released().values("pk")[:1]
        )
        return self.filter(pk=Subquery(newest))

    def draft(self, conference: Conference) -> Schedule:
        """The schedule that organisers edit, made if there is none."""
        return self.get_or_create(conference=conference, number=None)[0]


class Schedule(models.Model):
    """One version of the timetable. The one draft is edited; a release is frozen and numbered."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="schedules", verbose_name=_("conference")
    )
    number = models.PositiveIntegerField(_("version"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("released by"),
    )
    notes = models.TextField(_("what changed"), blank=True, help_text=_("Public."))

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["conference", F("number").desc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                name="schedule_one_draft", fields=["conference"], condition=Q(number__isnull=True)
            ),
            models.UniqueConstraint(name="schedule_number_once", fields=["conference", "number"]),
            models.CheckConstraint(
                name="schedule_released_has_number_and_time",
                condition=Q(number__isnull=True, released_at__isnull=True)
                | Q(number__gte=1, number__isnull=False, released_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        if self.is_draft:
            return gettext("Draft of %(conference)s") % {"conference": self.conference}
        return gettext("Version %(number)s of %(conference)s") % {
            "number": self.number,
            "conference": self.conference,
        }

    def get_absolute_url(self) -> str:
        return reverse("tutorials:schedule", args=[self.conference.slug])

    @property
    def is_draft(self) -> bool:
        return self.number is None

    def lock(self) -> None:
        """Hold it until the transaction ends; before tutorials and attendees, if those too."""
        Schedule.objects.select_for_update(no_key=True).get(pk=self.pk)

    def next_number(self) -> int:
        """The next free number for a session or slot in any schedule of the conference.

        Sessions and slots share their numbers, because feeds list both as events. Locks the
        schedule, so that two who add at the same moment get two numbers.
        """
        self.lock()
        schedules = Schedule.objects.filter(conference_id=self.conference_id)
        highest = schedules.aggregate(sessions=Max("sessions__number"), slots=Max("slots__number"))
        return max(highest["sessions"] or 0, highest["slots"] or 0) + 1


class SessionQuerySet(models.QuerySet["Session"]):
    def in_order(self) -> SessionQuerySet:
        return self.order_by("starts_at", "ends_at", "number")


class SessionKind(models.TextChoices):
    TUTORIALS = "tutorials", _("tutorials")
    PLENARY = "plenary", _("plenary")
    BREAK = "break", _("break")
    SOCIAL = "social", _("social")


class HasTimes(Protocol):
    """A session, or what is read of one."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


class Session(models.Model):
    """A block of time in a schedule: tutorials, a plenary, a break, something social."""

    Kind = SessionKind

    schedule = models.ForeignKey(
        Schedule, models.CASCADE, related_name="sessions", verbose_name=_("schedule")
    )
    key = models.UUIDField(_("key"), default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TUTORIALS)
    title = models.CharField(
        _("title"), max_length=200, blank=True, help_text=_("Such as “Session 1” or “Lunch”.")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(
        _("where"), max_length=200, blank=True, help_text=_("For breaks and the like: “Foyer”.")
    )

    objects = SessionQuerySet.as_manager()
    # Of the draft: a release copies in bulk, and is its own history.
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "ends_at", "number"]
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The session ends before it starts."),
            ),
            models.UniqueConstraint(name="session_key_once", fields=["schedule", "key"]),
            models.UniqueConstraint(name="session_number_once", fields=["schedule", "number"]),
            models.CheckConstraint(
                name="session_kind_is_known",
                condition=Q(kind__in=SessionKind.values),
            ),
        ]

    def __str__(self) -> str:
        conference = self.schedule.conference
        starts, ends = conference.local(self.starts_at), conference.local(self.ends_at)
        title = self.title or self.get_kind_display()
        return f"{title}, {starts:%Y-%m-%d %H:%M}–{ends:%H:%M} ({conference.time_zone})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_if_frozen(self.schedule)
        with transaction.atomic():
            if self.number is None:
                self.number = self.schedule.next_number()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_if_frozen(self.schedule)
        return super().delete(*args, **kwargs)

    def overlaps(self, other: HasTimes) -> bool:
        """Whether the two share any moment. One that ends as the other starts does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class SlotQuerySet(models.QuerySet["Slot"]):
    def released(self, conference: Conference) -> SlotQuerySet:
        """The slots of the version that the public sees, of every tutorial, public or not."""
        return self.filter(schedule__in=Schedule.objects.current(conference).values("pk"))

    def public(self, conference: Conference) -> SlotQuerySet:
        """The slots that a public page may show."""
        return self.released(conference).filter(tutorial__in=Tutorial.objects.public())

    def in_order(self) -> SlotQuerySet:
        return self.order_by("session__starts_at", "session__ends_at", "number")


class Slot(models.Model):
    """A tutorial in a session, in a room; organisers call it “when and where”.

    Title, room and presenters are kept as text when a schedule is released, so that an old version
    stays as it was.
    """

    schedule = models.ForeignKey(
        Schedule, models.CASCADE, related_name="slots", editable=False, verbose_name=_("schedule")
    )
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="slots", verbose_name=_("session")
    )
    tutorial = models.ForeignKey(
        Tutorial, models.PROTECT, related_name="slots", verbose_name=_("tutorial")
    )
    room = models.ForeignKey(
        Room,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name=_("room"),
        help_text=_("Empty: the room is to be announced."),
    )
    key = models.UUIDField(_("key"), default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    title = models.CharField(max_length=300, blank=True, editable=False)
    room_name = models.CharField(max_length=200, blank=True, editable=False)
    presenter_line = models.TextField(blank=True, editable=False)

    objects = SlotQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["title", "room_name", "presenter_line"])

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots: when and where")
        ordering = ["session__starts_at", "number"]
        constraints = [
            models.UniqueConstraint(name="slot_key_once", fields=["schedule", "key"]),
            models.UniqueConstraint(name="slot_number_once", fields=["schedule", "number"]),
            models.UniqueConstraint(
                name="slot_tutorial_once_per_session",
                fields=["session", "tutorial"],
                violation_error_message=_("This tutorial is in the session already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tutorial.code}: {self.session}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.schedule = self.session.schedule
        _refuse_if_frozen(self.schedule)
        with transaction.atomic():
            if self.number is None:
                self.number = self.schedule.next_number()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_if_frozen(self.schedule)
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        if self.session_id is None:
            return
        conference_id = self.session.schedule.conference_id
        if self.tutorial_id and self.tutorial.conference_id != conference_id:
            raise ValidationError({"tutorial": _("This belongs to another conference.")})
        if self.room and self.room.venue.conference_id != conference_id:
            raise ValidationError({"room": _("This belongs to another conference.")})

    @property
    def calendar_uid(self) -> str:
        """The iCalendar UID (RFC 5545, 3.8.4.7): the same in every version of the schedule."""
        return f"{self.key}@{urlsplit(settings.SITE_URL).hostname}"


def _refuse_if_frozen(schedule: Schedule) -> None:
    if not schedule.is_draft:
        raise FrozenScheduleError(f"{schedule} is released. Change the draft and release it.")
