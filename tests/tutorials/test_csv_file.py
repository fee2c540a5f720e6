import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorials.exports.csv_file import csv_chunks, defused


def again(written):
    """What a reader of the file takes a cell for, after docs/attendance-list.md."""
    return (
        written[1:] if written.startswith("'") and defused(written[1:]) != written[1:] else written
    )


def test_a_fault_on_the_way_is_not_the_end_of_the_file():
    def broken():
        yield from range(1000)
        raise OSError("gone")

    chunks = csv_chunks([("number", lambda number: number)], broken())
    assert next(chunks).startswith(b"number\r\n0\r\n")
    with pytest.raises(OSError, match="gone"):
        list(chunks)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 7071", "'+49 7071"),
        ("-", "'-"),
        ("@home", "'@home"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("\u3000＝1", "'\u3000＝1"),
        ("'=1", "''=1"),
        ("'t Hooft", "'t Hooft"),
        ("Smith-Jones", "Smith-Jones"),
        ("", ""),
    ],
)
def test_what_looks_like_a_formula_gets_an_apostrophe(typed, written):
    assert defused(typed) == written


def test_our_own_numbers_are_left_alone():
    assert b"".join(csv_chunks([("n", lambda n: n)], [-1, None])) == b'n\r\n-1\r\n""\r\n'


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_every_character_comes_back(table):
    columns = [("a", lambda row: row[0]), ("b", lambda row: row[1])]
    written = b"".join(csv_chunks(columns, table)).decode()
    read = list(csv.reader(io.StringIO(written, newline="")))[1:]

    assert [[again(cell) for cell in row] for row in read] == table
    for cell in (cell for row in read for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
