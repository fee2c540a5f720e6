"""What is exported comes back by an import, whatever people have typed."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Person
from tests.factories import (
    NOW,
    at,
    make_conference,
    make_person,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tutorials.exports.programme import (
    programme_csv,
    programme_xlsx,
    template_csv,
    template_xlsx,
)
from tutorials.imports.sheet import import_sheet
from tutorials.imports.sheet.words import folded, plain
from tutorials.models import Download, Presenter, Session, Track, Tutorial
from venues.models import Room, Venue


def as_csv(conference):
    return b"".join(programme_csv(conference, with_emails=True)).decode()


def as_xlsx(conference):
    with programme_xlsx(conference, with_emails=True) as file:
        return file.read()


def written(conference, suffix):
    return as_xlsx(conference) if suffix == "xlsx" else as_csv(conference).encode()


@pytest.fixture
def bring_in(tmp_path):
    """Import a file into a conference."""

    def bring_in(data, conference, **choices):
        path = tmp_path / "programme"
        path.write_bytes(data)
        return import_sheet(path, conference, by=None, at=NOW, **choices)

    return bring_in


@pytest.fixture
def odd(conference):
    """A programme in which every cell is a trap."""
    track = make_track(conference, name="=Track; A, (B)")
    room = make_room(conference, name="@Room, “1”")
    other = make_room(conference, name="@Room, “1”")
    one = make_tutorial(
        conference,
        code="A.1",
        title='=HYPERLINK("http://x"; "a")',
        abstract="+1\r\n\r\n$x < y$ & <r>not rich</r>\n\t_x0041_ ''=",
        notes="'=1",
        outline="'t Hooft",
        track=track,
        level="advanced",
        capacity=30,
    )
    make_presenter(one, "Ada, Countess of Lovelace (née Byron)", "King’s; College (Cambridge")
    mail = make_person("-Dr. “X” and Co", email="x@example.org", bio="Says:\n\n- one\n- two")
    make_presenter(one, "", "@home, =here", person=mail)
    make_presenter(one, "李四", "")
    two = make_tutorial(conference, code="B-2", title="Given twice", status="draft")
    three = make_tutorial(conference, code="C_3", title="Given twice", status="proposed")
    make_tutorial(conference, code="D4", title="Off", status="cancelled")
    make_presenter(two, "李四", "", person=one.presenters.get(person__name="李四").person)
    morning = make_session(conference, at(8), title="Morning")
    same = make_session(conference, at(8), title="Morning, too")
    noon = make_session(conference, at(12))
    make_slot(morning, one, room)
    make_slot(noon, one, other)
    make_slot(same, two, None)
    assert three
    return conference


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_every_oddity_comes_back(odd, bring_in, suffix):
    again = make_conference()

    bring_in(written(odd, suffix), again)

    assert as_csv(again) == as_csv(odd)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_was_exported_changes_nothing_where_it_came_from(odd, bring_in, suffix):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]

    report = bring_in(written(odd, suffix), odd)

    assert report.lines()[0] == "Nothing to create and nothing to change."
    assert [each for each in report.lines() if "edited" in each] == []
    after = [list(model.objects.order_by("pk").values()) for model in MODELS]
    for rows, rows_after in zip(before, after, strict=True):
        for row, row_after in zip(rows, rows_after, strict=True):
            # But for what each tutorial remembers of the import.
            for name in ("imported", "updated_at"):
                row.pop(name, None), row_after.pop(name, None)
            assert row == row_after


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_spaces_and_capitals_that_nobody_sees_are_no_edit(conference, bring_in, suffix):
    one = make_tutorial(conference, code="T1", title="Two  spaces,\u00a0one of them hard")
    ada = make_person("Ada  Lovelace", email="Ada@Example.ORG")
    make_presenter(one, "", "King’s  College", person=ada)

    report = bring_in(written(conference, suffix), conference)

    assert report.lines() == [
        "Nothing to create and nothing to change.",
        "Time to be announced: T1.",
    ]


def test_a_programme_can_be_edited_in_a_spreadsheet(odd, bring_in):
    text = as_csv(odd)
    bring_in(text.encode(), odd)

    report = bring_in(text.replace("$x < y$", "$x > y$").encode(), odd)

    assert report.lines()[0] == "Changed: abstract of A.1."


MODELS = (Tutorial, Presenter, Person, Session, Track, Room, Venue)

TEXT = st.text(
    st.one_of(
        st.sampled_from("=+-@'\"(),;:\t\n\r |<>&_x0041あ😀\u200b\ufeff"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=30,
).map(lambda text: text.replace("\r\n", "\n").replace("\r", "\n").strip())
NOT_YET = {"-", "–", "—", "?"}
LINE: st.SearchStrategy[str] = TEXT.map(lambda text: " ".join(text.split()))
NAME = LINE.filter(lambda text: bool(text) and text not in NOT_YET)
# As the forms of people keep them: nothing that nobody sees.
PERSON = st.text(st.characters(categories=["L", "P", "S", "N"]), min_size=1, max_size=20)


@given(
    st.lists(
        st.tuples(
            NAME,
            TEXT,
            st.lists(st.tuples(PERSON, LINE), max_size=3),
            NAME,
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=4,
        unique_by=(lambda row: plain(row[0]), lambda row: plain(row[3])),
    ),
    st.sampled_from(["csv", "xlsx"]),
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_anything_that_people_type_comes_back(db, bring_in, rows, suffix):
    conference, again = make_conference(), make_conference()
    for hour, (title, text, people, place, slots) in enumerate(rows):
        tutorial = make_tutorial(conference, title=title, abstract=text, notes=text, status="draft")
        tutorial.track = make_track(conference, name=place, position=hour)
        tutorial.save()
        unique = {folded(name): (name, affiliation) for name, affiliation in people}
        for name, affiliation in unique.values():
            make_presenter(tutorial, name, affiliation)
        for number in range(slots):
            session = make_session(conference, at(8) + timedelta(hours=hour, days=number))
            make_slot(session, tutorial, make_room(conference, name=place))

    bring_in(written(conference, suffix), again)

    assert as_csv(again) == as_csv(conference)


def test_no_cell_is_a_formula_and_every_text_is_whole(odd):
    (sheet,) = openpyxl.load_workbook(io.BytesIO(as_xlsx(odd))).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert sheet.freeze_panes == "C2"
    first = [cell.value for cell in sheet[2]]
    assert '=HYPERLINK("http://x"; "a")' in first
    assert at(8).date() in [getattr(value, "date", lambda: None)() for value in first]


def test_no_line_of_csv_can_run(odd):
    import csv

    for row in csv.reader(io.StringIO(as_csv(odd), newline="")):
        assert [cell for cell in row if cell[:1] in tuple("=+-@")] == []


def test_who_may_only_look_gets_no_addresses(odd):
    text = b"".join(programme_csv(odd, with_emails=False)).decode()

    assert "x@example.org" not in text
    assert "Email" not in text


@pytest.mark.parametrize("template", [template_csv, template_xlsx])
def test_the_template_goes_in(conference, bring_in, template):
    made = template(conference)
    data = b"".join(made) if template is template_csv else made.read()

    report = bring_in(data, conference)

    assert report.lines() == [
        (
            "Created: 1 track (Track 1), 1 venue (Main Building), 1 room (Great Hall), "
            "1 session (Session 1, 2026-03-23 09:00–11:30), 1 tutorial, 2 people."
        )
    ]
    assert report.plan.sheet.columns.chosen.values() != []
    assert "" not in report.plan.sheet.columns.chosen.values()


def test_the_number_of_queries_is_fixed(odd, django_assert_num_queries):
    for number in range(5):
        tutorial = make_tutorial(odd)
        make_presenter(tutorial, f"P{number}")

    with django_assert_num_queries(4):
        as_csv(odd)


class TestCommand:
    @pytest.mark.parametrize("suffix", ["csv", "xlsx"])
    def test_it_writes_a_file_that_its_owner_alone_reads(self, odd, tmp_path, suffix, capsys):
        path = tmp_path / f"out.{suffix}"

        call_command("export_programme", conference="cpal-2026", format=suffix, output=str(path))

        again = make_conference(slug="again")
        call_command("import_programme", str(path), conference="again")
        assert as_csv(again) == as_csv(odd)
        assert path.stat().st_mode & 0o077 == 0
        assert "Tutorials written: 4" in capsys.readouterr().err
        assert Download.objects.get().what == "programme"

    def test_a_conference_that_is_not_there(self, odd, tmp_path):
        with pytest.raises(CommandError, match="No conference is called “x”"):
            call_command("export_programme", conference="x", format="csv", output=str(tmp_path))
