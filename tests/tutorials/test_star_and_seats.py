"""The star and the seats beside a tutorial, wherever it is listed."""

import pytest
from django.utils import translation

from tutorials.programme import Seats
from tutorials.star_and_seats import seats, star

ODD = 'Tom & "Jerry" <b>’s'
ESCAPED = "Tom &amp; &quot;Jerry&quot; &lt;b&gt;’s"


@pytest.mark.parametrize(
    ("is_starred", "name", "pressed"), [(True, "unstar", "true"), (False, "star", "false")]
)
def test_a_star_says_what_pressing_it_does(is_starred, name, pressed):
    html = star("t-1", ODD, is_starred=is_starred, signed_in=True)

    assert html == (
        f'<button class="star" name="{name}" value="t-1" aria-pressed="{pressed}"'
        f' aria-label="Star “{ESCAPED}”" form="stars"></button>'
    )


def test_a_strangers_star_waits_for_its_script():
    html = star("t-1", ODD, is_starred=False, signed_in=False)

    assert html.endswith(" hidden></button>")
    assert "form=" not in html


@pytest.mark.parametrize(
    ("mark", "kind", "text"),
    [
        ("confirmed", "mine", "You are registered"),
        ("offered", "mine", "A seat is held for you"),
        ("waitlisted", "waiting", "You are on the waiting list"),
    ],
)
def test_what_somebody_has_stands_before_how_much_room_there_is(mark, kind, text):
    html = seats(Seats("few", 2), mark, "t-1")

    assert f'class="seats seats--{kind}"' in html
    assert html.endswith(f"{text}</p>")
    assert "data-seats-of" not in html  # nothing for the script to count


def test_the_seats_are_told_in_the_readers_language():
    with translation.override("de"):
        html = seats(Seats("full", 0), "", "t-1")

    assert html == (
        '<p class="seats seats--full" data-seats-of="t-1"><span class="seats__shape"'
        ' aria-hidden="true"></span><span class="seats__text">Ausgebucht</span></p>'
    )


@pytest.mark.parametrize("told", [None, Seats("unlimited", None)])
def test_where_there_is_no_limit_nothing_is_said(told):
    assert seats(told, "", "t-1") == ""
