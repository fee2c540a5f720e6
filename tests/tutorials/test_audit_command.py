from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import NOW, make_conference
from tutorials import registration
from tutorials.models import Registration, Tutorial


@pytest.fixture
def run():
    """Run it; what it said is in ``said``, also when it failed."""

    def audit(*words):
        out = StringIO()
        try:
            call_command("audit", *words, stdout=out)
        finally:
            audit.said = out.getvalue().splitlines()  # type: ignore[attr-defined]
        return audit.said  # type: ignore[attr-defined]

    return audit


@pytest.fixture
def row(programme, attendees):
    return registration.register(attendees[0], programme.t1, by=None, at=NOW)


def test_good_news_says_how_much_was_looked_at(row, run):
    make_conference()

    assert run("cpal-2026") == ["Everything agrees: 4 tutorials, 1 registration."]
    assert run() == ["Everything agrees: 4 tutorials, 1 registration."]


@pytest.mark.parametrize("words", [["cpal-2026"], []])
def test_what_is_wrong_is_told_and_fails(row, run, words):
    Tutorial.objects.filter(pk=row.tutorial_id).update(seats_taken=2)

    with pytest.raises(CommandError, match=r"^Not everything agrees; findings: 1\.$"):
        run(*words)
    assert run.said == ["wrong: cpal-2026: T1: seats_taken is 2, 1 registrations take a seat"]


def test_another_conference_is_none_of_its_business(row, run):
    other = make_conference()
    Tutorial.objects.filter(pk=row.tutorial_id).update(seats_taken=2)

    assert run(other.slug) == ["Everything agrees: 0 tutorials, 0 registrations."]


def test_a_seat_left_free_is_a_warning(programme, attendees, run):
    """As after a crash, until the worker has come by."""
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    first = Registration.objects.get(attendee=attendees[0])
    first.changes.create(
        tutorial=programme.t1, attendee=attendees[0], was="confirmed", became="cancelled",
        why="asked", at=NOW,
    )  # fmt: skip
    Registration.objects.filter(pk=first.pk).update(
        status="cancelled", cancelled_because="self", cancelled_at=NOW
    )
    Tutorial.objects.filter(pk=programme.t1.pk).update(seats_taken=2)

    assert run("cpal-2026") == [
        "warning: cpal-2026: T1: has a free seat, and somebody waits who could have it",
        "Everything agrees: 4 tutorials, 4 registrations.",
    ]


def test_it_names_nobody(row, run):
    Registration.objects.update(overlap="")
    row.changes.all().delete()

    with pytest.raises(CommandError):
        run()
    assert row.attendee.name not in " ".join(run.said)


def test_an_unknown_conference_is_named_with_those_there_are(programme, run):
    with pytest.raises(CommandError, match=r"No conference is called “x”. There are: cpal-2026."):
        run("x")
