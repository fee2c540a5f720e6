"""An edition: its constraints, its address, its clocks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from conference.models import Conference
from tests.database import refuses
from tests.factories import NOW, make_conference

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_on": date(2026, 3, 22)},
        {"attendance": "maybe"},
        {"registration_opens_at": NOW, "registration_closes_at": NOW},
        {"slug": "conf-taken"},
    ],
)
def test_the_database_refuses(fields):
    make_conference(slug="conf-taken")
    refuses(lambda: make_conference(**fields))


def test_at_most_one_is_current():
    make_conference(is_current=True)
    make_conference()
    refuses(lambda: make_conference(is_current=True))


def test_which_one_is_current():
    assert Conference.objects.current() is None
    old = make_conference()
    new = make_conference(ends_on=date(2027, 3, 26))
    assert Conference.objects.current() == new
    Conference.objects.filter(pk=old.pk).update(is_current=True)
    assert Conference.objects.current() == old


@pytest.mark.parametrize("slug", ["cpal-2026", "x1", "europython", "german"])
def test_good_addresses(slug):
    make_conference(slug=slug).full_clean()


@pytest.mark.parametrize(
    "slug", ["CPAL", "2026-cpal", "-a", "a_b", "ä", "admin", "api", "static", "de", "fr", "pt-br"]
)
def test_bad_addresses(slug):
    with pytest.raises(ValidationError) as refused:
        make_conference(slug=slug).full_clean()
    assert set(refused.value.error_dict) == {"slug"}


def test_an_unknown_time_zone():
    with pytest.raises(ValidationError, match="Europe/Berlin"):
        make_conference(time_zone="Europe/Tuebingen").full_clean()


def test_days_and_local_time():
    conference = make_conference()
    assert conference.days == [date(2026, 3, 23) + timedelta(days=n) for n in range(4)]
    # The clocks go forward on 29 March 2026.
    assert conference.local(datetime(2026, 3, 29, 0, 30, tzinfo=ZoneInfo("UTC"))).hour == 1
    assert conference.local(datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("UTC"))).hour == 3
    assert conference.in_words(NOW) == "Monday 16 March 2026, 11:00 (Europe/Berlin)"
