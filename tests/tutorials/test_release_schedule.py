from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration
from tutorials.models import Schedule


def release(*arguments, slug="cpal-2026", stderr=None):
    out = StringIO()
    call_command("release_schedule", slug, *arguments, stdout=out, stderr=stderr)
    return out.getvalue()


def version(programme):
    return Schedule.objects.current(programme.conference).get()


def move(programme, tutorial, room):
    slot = Schedule.objects.draft(programme.conference).slots.get(tutorial=tutorial)
    slot.room = room
    slot.save()


def test_it_releases_the_draft(programme):
    move(programme, programme.t1, None)
    said = release("--notes=T1 has no room.")

    assert said == "cpal-2026: version 2 is released.\n"
    released = version(programme)
    assert (released.number, released.notes) == (2, "T1 has no room.")
    assert released.released_by is None
    assert abs((released.released_at - NOW).total_seconds()) < 600


def test_without_a_change_it_releases_nothing(programme):
    said = release()

    assert said == "cpal-2026: nothing has changed since the last release.\n"
    assert version(programme).number == 1


def test_a_clash_stops_it_and_is_told(programme):
    tutorial = make_tutorial(programme.conference)
    make_slot(make_session(programme.conference, at(9)), tutorial, programme.halls[0])

    stderr = StringIO()
    with pytest.raises(CommandError, match=r"cpal-2026 is not released; to mend: \d+\.$"):
        release(stderr=stderr)
    assert "Hall A holds" in stderr.getvalue()
    assert version(programme).number == 1


def test_too_many_people_stop_it_until_told_to_keep_them(programme):
    for _ in range(4):
        attendee = make_attendee(programme.conference)
        registration.register(attendee, programme.t3, by=None, at=NOW)
    move(programme, programme.t1, programme.halls[1])
    move(programme, programme.t3, programme.halls[0])

    with pytest.raises(CommandError, match=r"With --keep-everyone people keep what they have."):
        release()
    assert version(programme).number == 1

    assert release("--keep-everyone") == "cpal-2026: version 2 is released.\n"


@pytest.fixture
def too_many(programme):
    """T1 and T2 have three people each; in the draft their rooms hold two."""
    for tutorial in (programme.t1, programme.t2):
        for _ in range(3):
            attendee = make_attendee(programme.conference)
            registration.register(attendee, tutorial, by=None, at=NOW)
        move(programme, tutorial, make_room(programme.conference, 2))
    return programme


def taken(tutorial):
    tutorial.refresh_from_db()
    return tutorial.seats_taken, tutorial.seats


def test_each_tutorial_is_decided_by_its_code(too_many):
    said = release("--keep=T1", "--move-back", "T2")

    assert said == "cpal-2026: version 2 is released.\n"
    assert (taken(too_many.t1), taken(too_many.t2)) == ((3, 3), (2, 2))


def test_what_is_not_decided_stops_it(too_many):
    with pytest.raises(CommandError, match=r"to mend: 1\..* --move-back CODE decide for one"):
        release("--move-back=T1", stderr=StringIO())
    assert taken(too_many.t1) == (3, 3)

    release("--move-back=T1", "--keep-everyone")
    assert (taken(too_many.t1), taken(too_many.t2)) == ((2, 2), (3, 3))


def test_both_at_once_is_refused(too_many):
    with pytest.raises(CommandError, match="not in both"):
        release("--move-back=T1", "--keep=T1")
    assert version(too_many).number == 1


def test_an_unknown_code_is_refused(too_many):
    with pytest.raises(CommandError, match="No tutorial of cpal-2026 is called “T9”"):
        release("--keep=T9")


def test_an_unknown_conference_is_named_with_those_there_are(programme):
    with pytest.raises(CommandError, match=r"No conference is called “x”. There are: cpal-2026."):
        release(slug="x")
