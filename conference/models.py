"""The conference: one edition, and how people attend its tutorials."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from conference.dates import moment_in_words, months_after
from conference.slugs import validate_conference_slug

# How long attendees' data is kept after the last day, where organisers name no date.
MONTHS_KEPT = 6


def validate_time_zone(name: str) -> None:
    """Raise ``ValidationError`` unless ``name`` is in the IANA time zone database."""
    # These are in the database too, and mean whatever the server is set to, or nothing.
    if name in ("localtime", "posixrules", "Factory") or name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it as in “Europe/Berlin”."),
            params={"name": name},
        )


def address_in(text: str) -> str:
    """The web address that a text is and nothing else; empty for any other text."""
    try:
        _is_address(text.strip())
    except ValidationError:
        return ""
    return text.strip()


_is_address = URLValidator(schemes=["http", "https"])


def logo_path(conference: Conference, filename: str) -> str:
    """Where a logo is kept; its name tells nothing."""
    return f"logos/{uuid.uuid4().hex}.webp"


class ConferenceQuerySet(models.QuerySet["Conference"]):
    def current(self) -> Conference | None:
        """The edition that ``/`` leads to: the one marked, else the last to end, else None."""
        return self.current_first().first()

    def current_first(self) -> ConferenceQuerySet:
        """The current edition before all others."""
        return self.order_by("-is_current", "-ends_on", "-pk")


class AttendanceMode(models.TextChoices):
    """How people attend a tutorial."""

    OPEN = "open", _("Open: just come")
    TICKET = "ticket", _("A conference ticket is enough")
    REGISTER = "register", _("Register here")
    REGISTER_WITH_TICKET = "register_with_ticket", _("Register here, with a conference ticket")


class OverlapPolicy(models.TextChoices):
    """Whether one person may have seats in tutorials at the same time."""

    REFUSE = "refuse", _("Refuse: one tutorial at a time")
    WARN = "warn", _("Warn, and let them if they insist")
    ALLOW = "allow", _("Allow")


class Conference(models.Model):
    """One edition of a conference; everything in its programme belongs to it."""

    Attendance = AttendanceMode
    Overlaps = OverlapPolicy
    REGISTERING = (Attendance.REGISTER, Attendance.REGISTER_WITH_TICKET)

    slug = models.CharField(
        _("address"),
        max_length=50,
        unique=True,
        validators=[validate_conference_slug],
        help_text=_("First word of every address of this edition, such as “cpal-2026”."),
    )
    name = models.CharField(_("name"), max_length=200)
    full_name = models.CharField(_("name in full"), max_length=300, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("Such as “Europe/Berlin”. All times of the programme are shown in it."),
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    website = models.URLField(_("website of the conference"), blank=True)
    is_current = models.BooleanField(
        _("current edition"),
        default=False,
        help_text=_("The edition that the first page leads to. At most one."),
    )

    attendance = models.CharField(
        _("how people attend"),
        max_length=20,
        choices=Attendance,
        default=Attendance.REGISTER,
    )
    registration_opens_at = models.DateTimeField(
        _("registration for tutorials opens"), null=True, blank=True
    )
    registration_closes_at = models.DateTimeField(
        _("registration for tutorials closes"),
        null=True,
        blank=True,
        help_text=_("Empty: open until each tutorial starts."),
    )
    waiting_list_closes_hours = models.PositiveSmallIntegerField(
        _("waiting list closes, hours before the start"), default=3
    )
    overlaps = models.CharField(
        _("tutorials at the same time"),
        max_length=10,
        choices=Overlaps,
        default=Overlaps.REFUSE,
        help_text=_("What to do when somebody registers for two that overlap."),
    )
    tutorials_per_attendee = models.PositiveSmallIntegerField(
        _("tutorials per attendee"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many one person may have a seat in. Empty: as many as they like."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("offered seats are held, hours"),
        default=24,
        validators=[MinValueValidator(1)],
        help_text=_("Never past the close of the waiting list, and never ending at night."),
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder, hours before the start"),
        null=True,
        blank=True,
        default=24,
        help_text=_("When those with a seat are reminded by mail. Empty: they are not."),
    )
    # What is off leaves no trace on any page.
    has_waiting_list = models.BooleanField(
        _("waiting list"),
        default=True,
        help_text=_("Who finds a tutorial full may wait for a seat, first come, first served."),
    )
    shows_seats = models.BooleanField(
        _("free seats are shown"),
        default=True,
        help_text=_("How many seats are free is shown; otherwise only whether a tutorial is full."),
    )
    checks_in = models.BooleanField(
        _("check-in"),
        default=True,
        help_text=_("Staff check people in at the door, or tick them off a sheet afterwards."),
    )
    has_stars = models.BooleanField(
        _("stars"),
        default=True,
        help_text=_("Visitors mark tutorials for themselves, with an account or without."),
    )
    takes_feedback = models.BooleanField(
        _("feedback"),
        default=False,
        help_text=_("Who was at a tutorial is asked afterwards how it was."),
    )
    # The headings of the ticket shop's file, as the organisers matched them: column to heading.
    ticket_columns = models.JSONField(default=dict, blank=True, editable=False)
    # The same for the files that the programme comes in.
    programme_columns = models.JSONField(default=dict, blank=True, editable=False)

    welcome = models.TextField(_("welcome"), blank=True, help_text=_("Markdown."))
    contact_email = models.EmailField(_("e-mail for questions"), blank=True)
    access_contact = models.TextField(
        _("whom to ask about access"),
        blank=True,
        help_text=_("For whoever needs a ramp, an interpreter, a quiet room. Markdown."),
    )
    tickets_url = models.URLField(_("address of the ticket shop"), blank=True)
    code_of_conduct = models.TextField(
        _("code of conduct"), blank=True, help_text=_("Markdown, or the address of a page.")
    )
    imprint = models.TextField(
        _("imprint"), blank=True, help_text=_("Markdown, or the address of a page.")
    )
    privacy_notice = models.TextField(
        _("privacy notice"),
        blank=True,
        help_text=_(
            "Who keeps what of an attendee, why, how long, and whom to ask. Markdown, or the "
            "address of a page."
        ),
    )
    delete_after = models.DateField(
        _("attendees’ data is deleted after"),
        null=True,
        blank=True,
        help_text=_("Names and addresses go, counts stay. Empty: six months after the last day."),
    )
    personal_data_deleted_at = models.DateTimeField(
        _("attendees’ data was deleted"), null=True, blank=True, editable=False
    )
    logo = models.ImageField(
        _("logo"),
        upload_to=logo_path,
        blank=True,
        help_text=_(
            "In place of the name at the head of every page. JPEG, PNG or WebP, drawn for a light "
            "ground."
        ),
    )
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as in #1f5c99."))],
        help_text=_("The one accent colour of its pages, such as #1f5c99. Empty: ours."),
    )

    objects = ConferenceQuerySet.as_manager()
    # What was read from files, and when data went, is no organiser's edit.
    history = HistoricalRecords(
        excluded_fields=["ticket_columns", "programme_columns", "personal_data_deleted_at"]
    )

    # Where conference/pages.py read it: the role that the visitor has here.
    visitor_role: str | None

    class Meta:
        verbose_name = _("conference")
        verbose_name_plural = _("conferences")
        ordering = ["-starts_on", "slug"]
        constraints = [
            models.CheckConstraint(
                name="conference_ends_on_or_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="conference_registration_closes_after_opening",
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                violation_error_message=_("Registration closes before it opens."),
            ),
            models.CheckConstraint(
                name="conference_attendance_is_known",
                condition=Q(attendance__in=AttendanceMode.values),
            ),
            models.CheckConstraint(
                name="conference_overlaps_is_known",
                condition=Q(overlaps__in=OverlapPolicy.values),
            ),
            models.CheckConstraint(
                name="conference_data_deleted_after_its_end",
                condition=Q(delete_after__isnull=True) | Q(delete_after__gte=F("ends_on")),
                violation_error_message=_("Attendees’ data is needed until the last day."),
            ),
            models.UniqueConstraint(
                name="conference_one_current",
                fields=["is_current"],
                condition=Q(is_current=True),
                violation_error_message=_(
                    "Another edition is current; take the mark off it first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tutorials:home", args=[self.slug])

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def takes_registrations(self) -> bool:
        """Whether people register for its tutorials here; if not, no page speaks of it."""
        return self.attendance in self.REGISTERING

    @property
    def needs_tickets(self) -> bool:
        """Whether only who has a conference ticket registers for its tutorials."""
        return self.attendance == self.Attendance.REGISTER_WITH_TICKET

    @property
    def asks_for_feedback(self) -> bool:
        """Whether those who were at a tutorial are asked how it was; it is known who they are."""
        return self.takes_feedback and self.takes_registrations

    @property
    def data_deleted_after(self) -> date:
        """The last day on which names and addresses of its attendees are kept."""
        return self.delete_after or months_after(self.ends_on, MONTHS_KEPT)

    @property
    def uses_tickets(self) -> bool:
        """Whether one needs a conference ticket, to be at a tutorial or to register for one."""
        return self.attendance in (self.Attendance.TICKET, self.Attendance.REGISTER_WITH_TICKET)

    @property
    def imprint_url(self) -> str:
        """Where its imprint is read: a page of ours, or elsewhere; empty where there is none."""
        return self._page_of(self.imprint, "imprint")

    @property
    def privacy_url(self) -> str:
        """The same of its privacy notice."""
        return self._page_of(self.privacy_notice, "privacy")

    @property
    def code_of_conduct_url(self) -> str:
        """The same of its code of conduct."""
        return self._page_of(self.code_of_conduct, "code_of_conduct")

    def _page_of(self, text: str, name: str) -> str:
        if not text.strip():
            return ""
        return address_in(text) or reverse(f"tutorials:{name}", args=[self.slug])

    @property
    def days(self) -> list[date]:
        """Every day from the first to the last."""
        length = (self.ends_on - self.starts_on).days + 1
        return [self.starts_on + timedelta(days=n) for n in range(length)]

    def local(self, moment: datetime) -> datetime:
        """The same moment on the clocks of the conference."""
        return moment.astimezone(self.tz)

    def in_words(self, moment: datetime) -> str:
        """A moment on the clocks of the conference, the zone named: for messages and mail."""
        return f"{moment_in_words(self.local(moment))} ({self.time_zone})"
