"""Where a session stands in the grid."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import at
from tutorials.grid import MOST_ROWS, columns_of, lanes_of, rows_of
from tutorials.models import Session


def session(start, end, day=0):
    """From and to so many minutes after eight."""
    begin = at(8, day=day)
    return Session(
        starts_at=begin + timedelta(minutes=start), ends_at=begin + timedelta(minutes=end)
    )


def places(*sessions):
    return [(rows.start, rows.span) for rows in rows_of(sessions)]


def test_three_times_as_long_is_three_times_as_high():
    assert places(session(0, 90), session(90, 120)) == [(0, 3), (3, 1)]


def test_no_finer_than_it_has_to_be():
    assert places(session(0, 150), session(150, 210), session(210, 360)) == [(0, 5), (5, 2), (7, 5)]


def test_a_pause_is_to_scale():
    assert places(session(0, 60), session(75, 90)) == [(0, 4), (5, 1)]


def test_a_long_time_without_anything_is_cut_short():
    assert places(session(0, 60), session(600, 660)) == [(0, 2), (3, 2)]


def test_odd_minutes_are_drawn_a_little_early_and_never_vanish():
    assert places(session(0, 62), session(62, 64)) == [(0, 12), (12, 1)]


def test_of_none_there_are_none():
    assert places() == []


def test_the_classes_are_tens_and_units():
    (_first, second) = rows_of([session(0, 125), session(125, 130)])

    assert second.classes == "t2 u5 h0 v1"


def test_what_overlaps_takes_a_lane_of_its_own():
    assert lanes_of([session(0, 180), session(60, 90), session(90, 120), session(180, 200)]) == [
        0,
        1,
        1,
        0,
    ]


def test_a_room_is_as_wide_as_what_overlaps_in_it():
    placed = [("b", session(0, 60)), ("a", session(0, 60)), ("a", session(30, 90))]

    columns, heads = columns_of(placed, ["a", "b"])

    assert columns == [3, 1, 2]
    assert heads == {"a": (1, 2), "b": (3, 1)}


TIMES = st.lists(
    st.tuples(st.integers(0, 1200), st.integers(1, 240), st.sampled_from("abc")), max_size=12
)


@given(TIMES)
def test_no_two_of_a_room_cover_each_other(times):
    placed = [(room, session(start, start + length)) for start, length, room in times]

    columns, _heads = columns_of(placed, "abc")
    rows = rows_of([each for _room, each in placed])

    cells = [
        (column, row)
        for column, its in zip(columns, rows, strict=True)
        for row in range(its.start, its.start + its.span)
    ]
    assert len(cells) == len(set(cells))
    assert all(its.start + its.span <= 2 * MOST_ROWS for its in rows)
