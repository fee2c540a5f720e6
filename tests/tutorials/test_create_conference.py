import pytest
from django.core.management import CommandError, call_command

from conference.models import Conference
from tests.factories import make_conference
from tutorials.models import Schedule, Session

pytestmark = pytest.mark.django_db


def create(slug="cpal-2026", **options):
    options = {
        "name": "CPAL 2026",
        "starts_on": "2026-03-23",
        "ends_on": "2026-03-26",
        "timezone": "Europe/Berlin",
    } | options
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    call_command("create_conference", slug, *flags)
    return Conference.objects.get(slug=slug)


def refusal(*args, **options):
    """What the command said when it refused; it wrote nothing."""
    before = Conference.objects.count()
    with pytest.raises(CommandError) as caught:
        create(*args, **options)
    assert (Conference.objects.count(), Schedule.objects.count()) == (before, 0)
    message = str(caught.value)
    assert "\n" not in message
    return message


def sessions_of(conference):
    return [
        (
            session.title,
            f"{conference.local(session.starts_at):%m-%d %H:%M}",
            f"{conference.local(session.ends_at):%H:%M}",
        )
        for session in Session.objects.filter(schedule__conference=conference).in_order()
    ]


def test_a_conference_with_its_draft_and_sessions(capsys):
    conference = create(sessions="2026-03-23 09:00-11:30, 12:30-15:00, 15:30-18:00")

    assert sessions_of(conference) == [
        ("Session 1", "03-23 09:00", "11:30"),
        ("Session 2", "03-23 12:30", "15:00"),
        ("Session 3", "03-23 15:30", "18:00"),
    ]
    assert {session.kind for session in Session.objects.all()} == {"tutorials"}
    assert [schedule.is_draft for schedule in conference.schedules.all()] == [True]
    assert (conference.attendance, conference.is_current) == ("register", True)
    assert capsys.readouterr().out == (
        "Made CPAL 2026 (cpal-2026), the current edition: 3 sessions, times in Europe/Berlin.\n"
    )


def test_one_session_is_one(capsys):
    create(sessions="2026-03-23 09:00-11:30")

    assert "the current edition: 1 session, times" in capsys.readouterr().out


def test_sessions_are_optional():
    assert sessions_of(create()) == []


def test_a_day_counts_until_the_next_and_numbers_begin_anew():
    times = "2026-03-24 9:00–10:00, 2026-03-23 14:00 - 15:00, 09:00-10:00,"

    assert sessions_of(create(sessions=times)) == [
        ("Session 1", "03-23 09:00", "10:00"),
        ("Session 2", "03-23 14:00", "15:00"),
        ("Session 1", "03-24 09:00", "10:00"),
    ]


def test_times_are_those_of_the_zone_on_that_day():
    # Summer time begins in Germany on 29 March 2026.
    conference = create(
        starts_on="2026-03-28",
        ends_on="2026-03-29",
        sessions="2026-03-28 09:00-10:00, 2026-03-29 09:00-10:00",
    )
    starts = Session.objects.filter(schedule__conference=conference).in_order()

    assert [f"{session.starts_at:%H:%M}" for session in starts] == ["08:00", "07:00"]


def test_only_the_first_becomes_current_unasked():
    first = create()
    second = create("cpal-2027")

    assert (first.is_current, second.is_current) == (True, False)


def test_current_takes_the_mark_from_the_other():
    first = create()
    call_command(
        "create_conference",
        "cpal-2027",
        "--name=CPAL 2027",
        "--starts-on=2027-03-23",
        "--ends-on=2027-03-26",
        "--timezone=Europe/Berlin",
        "--current",
    )

    first.refresh_from_db()
    assert not first.is_current
    assert Conference.objects.get(is_current=True).slug == "cpal-2027"


@pytest.mark.parametrize("attendance", ["open", "ticket", "register", "register_with_ticket"])
def test_the_ways_to_attend(attendance):
    assert create(attendance=attendance).attendance == attendance


def test_a_slug_that_is_taken():
    make_conference(slug="cpal-2026")

    assert refusal() == "There is a conference “cpal-2026” already."


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"slug": "CPAL"}, "SLUG: “CPAL” must be small letters"),
        ({"slug": "admin"}, "SLUG: “admin” is an address of this site"),
        ({"slug": "de"}, "SLUG: “de” reads like a language"),
        ({"name": ""}, "--name: This field cannot be blank."),
        ({"timezone": "Mars/Base"}, "--timezone: “Mars/Base” is not a time zone."),
        ({"ends_on": "2026-03-22"}, "The last day is before the first."),
        ({"starts_on": "23.3.2026"}, "“23.3.2026” is not a day; write it as in 2026-03-23."),
        ({"attendance": "maybe"}, "invalid choice: 'maybe'"),
    ],
)
def test_what_cannot_be(options, says):
    assert says in refusal(**options)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ("09:00-10:00", "“09:00-10:00” comes before any day is named."),
        ("2026-03-23", "“2026-03-23” is not a session; write it as in 2026-03-23 09:00-11:30."),
        ("2026-03-23 9-10", "“2026-03-23 9-10” is not a session"),
        ("2026-02-30 09:00-10:00", "“2026-02-30 09:00-10:00” is no day or time that there is."),
        ("2026-03-23 09:00-25:00", "“2026-03-23 09:00-25:00” is no day or time that there is."),
        ("2026-03-27 09:00-10:00", "2026-03-27 is not a day of the conference."),
        ("2026-03-23 11:00-10:00", "the one on 2026-03-23 from 11:00 ends before it starts."),
        ("2026-03-23 10:00-10:00", "the one on 2026-03-23 from 10:00 ends before it starts."),
        (
            "2026-03-23 09:00-11:00, 10:59-12:00",
            "the one on 2026-03-23 at 10:59 begins before the one before it ends.",
        ),
    ],
)
def test_sessions_that_cannot_be(times, says):
    assert refusal(sessions=times).startswith(f"--sessions: {says}")


@pytest.mark.parametrize(
    ("day", "times"), [("2026-03-29", "02:30-03:30"), ("2026-10-25", "02:30-03:30")]
)
def test_times_that_the_clocks_skip_or_show_twice(day, times):
    message = refusal(starts_on=day, ends_on=day, sessions=f"{day} {times}")

    assert message.startswith(f"--sessions: {day} 02:30:00 couldn’t be interpreted in time zone")


def test_sessions_that_touch_do_not_overlap():
    assert len(sessions_of(create(sessions="2026-03-23 09:00-10:00, 10:00-11:00"))) == 2
