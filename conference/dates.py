"""How is a time written?"""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import pgettext


def moment_in_words(value: datetime) -> str:
    """“Monday 23 March 2026, 09:00”, on the clocks of the zone that ``value`` is in."""
    # Translators: Django's letters for a day with its weekday, and a time.
    return date_format(value, pgettext("date format", "l j F Y, H:i"))
