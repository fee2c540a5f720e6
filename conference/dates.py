"""How is a day or a time written, and which day is months away?"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def day_in_words(value: date) -> str:
    """“Monday 23 March 2026”; of a time, the day in the zone that it is in."""
    # Translators: Django's letters for a day with its weekday and year.
    return date_format(value, pgettext("date format", "l j F Y"))


def short_day_in_words(value: date) -> str:
    """“Monday 23 March”."""
    # Translators: Django's letters for a day with its weekday, without the year.
    return date_format(value, pgettext("date format", "l j F"))


def moment_in_words(value: datetime) -> str:
    """“Monday 23 March 2026, 09:00”, on the clocks of the zone that ``value`` is in."""
    # Translators: Django's letters for a day with its weekday, and a time.
    return date_format(value, pgettext("date format", "l j F Y, H:i"))


def short_moment_in_words(value: datetime) -> str:
    """“16 Mar, 10:12”, on the clocks of the zone that ``value`` is in: for lists."""
    # Translators: Django's letters for a day with its month cut short, and a time.
    return date_format(value, pgettext("date format", "j M, H:i"))


def duration_in_words(value: timedelta) -> str:
    """“2 h 30 min”, “45 min”."""
    hours, minutes = divmod(round(value.total_seconds() / 60), 60)
    parts = []
    if hours:
        # Translators: a number of hours, cut short as in “2 h”.
        parts.append(_("%(hours)d h") % {"hours": hours})
    if minutes or not hours:
        # Translators: a number of minutes, cut short as in “30 min”.
        parts.append(_("%(minutes)d min") % {"minutes": minutes})
    return " ".join(parts)


def months_after(day: date, number: int) -> date:
    """The same day of the month so many months later, or the last that the month has."""
    years, month = divmod(day.month - 1 + number, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
