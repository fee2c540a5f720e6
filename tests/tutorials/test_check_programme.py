from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import at, make_session, make_slot, make_tutorial


@pytest.fixture
def check():
    """Run it; what it said is in ``said``, also when it failed."""

    def run(slug="cpal-2026"):
        out = StringIO()
        try:
            call_command("check_programme", slug, stdout=out)
        finally:
            run.said = out.getvalue().splitlines()  # type: ignore[attr-defined]
        return run.said  # type: ignore[attr-defined]

    return run


def test_a_sound_programme_can_be_released(programme, check):
    assert check()[-1] == "cpal-2026 can be released."


def test_a_clash_is_told_and_fails(programme, check):
    tutorial = make_tutorial(programme.conference, title="In the way")
    make_slot(make_session(programme.conference, at(9)), tutorial, programme.halls[0])

    with pytest.raises(CommandError, match=r"cpal-2026 cannot be released; to mend: \d+\."):
        check()
    assert [line for line in check.said if line.startswith("blocks: Hall A holds")]


def test_what_is_odd_is_told_and_does_not_fail(programme, check):
    make_tutorial(programme.conference, title="No time yet")
    said = check()

    assert [line for line in said if line.startswith("note: ")]
    assert said[-1] == "cpal-2026 can be released."


def test_an_unknown_conference_is_named_with_those_there_are(programme, check):
    with pytest.raises(CommandError, match=r"No conference is called “x”. There are: cpal-2026."):
        check("x")
