"""Lists of tutorials go in, go in again, and leave alone what people did since."""

import pytest
from django.core.management import CommandError, call_command

from people.models import Person
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_person,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
)
from tutorials import registration, schedule
from tutorials.imports.faults import FaultyFile
from tutorials.imports.sheet import Choices, PlanChanged, import_sheet, plan_sheet
from tutorials.models import Presenter, Schedule, Session, Slot, Track, Tutorial
from venues.models import Room, Venue

NOTHING = "Nothing to create and nothing to change."


@pytest.fixture
def path(tmp_path):
    return tmp_path / "programme.csv"


@pytest.fixture
def run(conference, path):
    """Import a list; what it said, sentence by sentence."""

    def run(text, **options):
        path.write_text(text)
        report = import_sheet(path, conference, by=None, at=NOW, **options)
        return report.lines() + report.hints()

    return run


@pytest.fixture
def plan(conference, path):
    def plan(text, **choices):
        path.write_text(text)
        return plan_sheet(path, conference, Choices(**choices))

    return plan


@pytest.fixture
def faults(conference, path):
    """The sentences about what is wrong; nothing may be written."""

    def faults(text):
        path.write_text(text)
        before = contents()
        with pytest.raises(FaultyFile) as caught:
            import_sheet(path, conference, by=None, at=NOW)
        assert contents() == before
        return caught.value.lines()

    return faults


def contents():
    """All that an import may write, in a form that compares."""
    models = (Track, Venue, Room, Tutorial, Person, Presenter, Session, Slot)
    return [list(model.objects.order_by("pk").values()) for model in models]


def tutorial(code):
    return Tutorial.objects.get(conference__slug="cpal-2026", code=code)


def billed(code):
    return [str(each) for each in tutorial(code).presenters.select_related("person")]


def placed(code):
    """Title, start and room of each slot in the draft."""
    slots = Slot.objects.filter(tutorial__code=code, schedule__number=None).in_order()
    return list(slots.values_list("session__title", "session__starts_at", "room__name"))


def edit(code, **fields):
    row = tutorial(code)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


LIST = """\
Code,Title,Track,Presenters,Abstract,Day,Start,End,Room,Level,Capacity
T1,How Rivers Remember,Track 1,"Ada Example (Somewhere, Hydrology); Bo Sample (Elsewhere)",\
An archive.,2026-03-23,09:00,11:30,Great Hall,introductory,40
T2,Maps,Track 1,Bo Sample (Elsewhere),North.,2026-03-23,13:00,15:00,Great Hall,,
T3,Bread,Track 2,Di Testcase,Sour.,,,,,advanced,
"""
CREATED = (
    "Created: 2 tracks (Track 1, Track 2), 1 venue (Tübingen), 1 room (Great Hall), "
    "2 sessions (2026-03-23 09:00–11:30, 2026-03-23 13:00–15:00), 3 tutorials, 3 people."
)


class TestFirstImport:
    def test_everything_is_there(self, run, conference):
        assert run(LIST) == [CREATED, "Time to be announced: T3."]

        rows = conference.tutorials.in_programme_order()
        assert [(row.code, row.track.name, row.level, row.capacity, row.seats) for row in rows] == [
            ("T1", "Track 1", "introductory", 40, 40),
            ("T2", "Track 1", "", None, None),
            ("T3", "Track 2", "advanced", None, None),
        ]
        assert billed("T1") == ["Ada Example (Somewhere, Hydrology)", "Bo Sample (Elsewhere)"]
        assert placed("T1") == [("", at(8), "Great Hall")]
        assert placed("T3") == []
        assert {row.status for row in rows} == {"draft"}
        assert (
            Track.objects.values_list("room__name", flat=True).get(name="Track 1") == "Great Hall"
        )
        assert tutorial("T2").people.get() == tutorial("T1").people.get(name="Bo Sample")

    def test_sessions_and_rooms_that_are_there_are_used(self, run, conference):
        session = make_session(conference, at(8), title="Session 1")
        lunch = make_session(conference, at(12), at(14), kind="break", title="Lunch")
        room = make_room(conference, 120, name="great hall")

        run(LIST)

        assert placed("T1") == [("Session 1", at(8), "great hall")]
        assert Slot.objects.get(tutorial__code="T1").session == session
        assert Slot.objects.get(tutorial__code="T2").session != lunch
        assert Room.objects.get() == room

    def test_tutorials_without_a_code_get_the_next_free_one(self, run, conference):
        make_tutorial(conference, code="T2")

        run("Title,Code\nA,\nB,T3\nC,\n")

        codes = Tutorial.objects.exclude(code="T2").order_by("pk").values_list("title", "code")
        assert list(codes) == [("A", "T4"), ("B", "T3"), ("C", "T5")]

    def test_a_dry_run_says_the_same_and_writes_nothing(self, run):
        before = contents()

        said = run(LIST, dry_run=True)

        assert said == [CREATED, "Time to be announced: T3."]
        assert contents() == before

    def test_a_release_publishes_all_but_proposals(self, run, conference):
        text = "Title,Status,Day,Start,End\nA,draft,2026-03-23,9:00,10:00\nB,proposed,,,\n"

        assert run(text, release=True) == [
            "Created: 1 session (2026-03-23 09:00–10:00), 2 tutorials.",
            "Time to be announced: T2.",
            "Published 1 tutorial.",
            "Released version 1 of the schedule.",
        ]
        assert Slot.objects.public(conference).count() == 1
        assert tutorial("T2").status == "proposed"
        assert run(text, release=True)[0] == NOTHING
        assert Schedule.objects.released().count() == 1

    def test_what_is_published_in_the_file_is_public(self, run):
        run("Title,Status\nA,Published\nB,veröffentlicht\nC,cancelled\n")

        assert [row.is_public for row in Tutorial.objects.order_by("pk")] == [True, True, False]


class TestCodesOfOthers:
    """A code and a title that belong to two tutorials."""

    def test_codes_made_up_later_never_mix_up_two_tutorials(self, conference, run, faults):
        run("Title\nRivers\nMaps\nBread\n")
        make_attendee(conference)

        assert faults("Code,Title\nT1,maps\nT2,Rivers\nT3,Bread\n") == [
            "line 2, column “Code”: The code “T1” is that of “Rivers”, and the title that of T2. "
            "Correct one of them, or empty the code: then the title counts.",
            "line 3, column “Code”: The code “T2” is that of “Maps”, and the title that of T1. "
            "Correct one of them, or empty the code: then the title counts.",
        ]
        assert run("Code,Title\n,maps\n,Rivers\nT3,Bread\n")[0] == ("Changed: title of T2.")

    def test_two_may_be_given_one_title(self, run):
        run("Title\nRivers\nMaps\n")

        assert run("Code,Title\nT1,Rivers\nT2,Rivers\n")[0] == "Changed: title of T2."

    def test_a_title_that_an_import_wrote_is_no_fault(self, run):
        run("Title\nRivers\nMaps\n")
        edit("T1", title="Rivers and Lakes")
        edit("T2", title="Rivers")

        assert "Kept" in run("Code,Title\nT1,Rivers\n")[1]


class TestShapesOfLists:
    """Columns as other conferences have them."""

    def test_a_google_form(self, run, plan):
        text = (
            "Timestamp,Email Address,Title of your tutorial,Abstract (max 300 words),"
            "Speaker names,Affiliation(s),What should participants know beforehand? "
            "(prior knowledge),Intended audience,How many participants can you take?,"
            "Anything else we should know?\n"
            "2026/01/02 3:04:05 PM,ada@example.org,Knots,Of ropes.,"
            '"Ada Example, Bo Sample",Ropery; Sail Loft,Nothing,Sailors,25,I need a table\n'
        )

        assert plan(text).sheet.columns.chosen == {
            "Timestamp": "",
            "Email Address": "email",
            "Title of your tutorial": "title",
            "Abstract (max 300 words)": "abstract",
            "Speaker names": "presenter",
            "Affiliation(s)": "affiliation",
            "What should participants know beforehand? (prior knowledge)": "prerequisites",
            "Intended audience": "audience",
            "How many participants can you take?": "capacity",
            "Anything else we should know?": "notes",
        }
        assert run(text) == [
            "Created: 1 tutorial, 2 people.",
            "Time to be announced: T1.",
            "line 2, column “Email Address”: It is not clear which of 2 presenters this reaches.",
        ]
        assert billed("T1") == ["Ada Example (Ropery)", "Bo Sample (Sail Loft)"]
        assert set(Person.objects.values_list("email", flat=True)) == {""}

    def test_german_with_semicolons_and_one_row_for_each_presenter(self, run):
        run(
            "Nr;Titel;Vortragende;Institution;E-Mail;Tag;Beginn;Ende;Raum;Niveau\n"
            "7;Brot backen;Di Beispiel;Mühle;di@example.org;23.3.;9:00 Uhr;11.30 Uhr;Saal 1;"
            "Anfänger\n"
            ";;Bo Muster;Ofen;bo@example.org;;;;;\n"
            "8;Brot essen;Di Beispiel;Mühle;di@example.org;Dienstag;14 Uhr;15:30;Saal 1;\n"
        )

        assert billed("7") == ["Di Beispiel (Mühle)", "Bo Muster (Ofen)"]
        assert placed("7") == [("", at(8), "Saal 1")]
        assert placed("8") == [("", at(13, day=1), "Saal 1")]
        assert tutorial("7").level == "introductory"
        assert Person.objects.get(name="Di Beispiel").tutorials.count() == 2

    def test_a_column_for_each_presenter(self, run):
        run(
            "Title,Presenter 1,Affiliation 1,Email 1,Bio 1,Presenter #2,Affiliation #2,"
            "Second presenter e-mail\n"
            'A,"King, Jr. (the younger)",EPFL,k@example.org,Writes.,Bo,Elsewhere,b@example.org\n'
            "B,Di,,,,,,\n"
        )

        assert billed("T1") == ["King, Jr. (the younger) (EPFL)", "Bo (Elsewhere)"]
        king = Person.objects.get(email="k@example.org")
        assert (king.bio, king.sort_name) == ("Writes.", "King, Jr. (the younger)")
        assert Person.objects.get(name="Bo").email == "b@example.org"

    def test_the_same_heading_for_each_presenter(self, run):
        run(
            "Title,Speaker name,Affiliation,Speaker name,Affiliation\n"
            "A,Ada,EPFL,Bo,Elsewhere\nB,Di,Mill,,\n"
        )

        assert billed("T1") == ["Ada (EPFL)", "Bo (Elsewhere)"]

    def test_first_and_last_names(self, run):
        run("First name,Last name,Affiliation,Submission title\nAda,King Lovelace,X,Engines\n")

        assert billed("T1") == ["Ada King Lovelace (X)"]

    def test_presenters_in_lines_of_one_cell(self, run):
        run('Title;Speakers\nA;"Ada Example (EPFL)\nBo Sample (King’s College, Cambridge)"\n')

        assert billed("T1") == ["Ada Example (EPFL)", "Bo Sample (King’s College, Cambridge)"]

    def test_one_affiliation_for_all(self, run):
        run('Title,Presenters,Affiliation\nA,"Ada, Bo and Di",EPFL\n')

        assert billed("T1") == ["Ada (EPFL)", "Bo (EPFL)", "Di (EPFL)"]

    def test_a_tutorial_in_two_sessions(self, run, conference):
        make_session(conference, at(8), title="Morning")
        make_session(conference, at(12), title="Afternoon")

        run("Code,Title,Session,Room\nA,All day,Morning,R1\nA,,Afternoon,R2\n")

        assert placed("A") == [("Morning", at(8), "R1"), ("Afternoon", at(12), "R2")]

    def test_what_was_turned_down_is_left_out(self, run):
        assert run("Title,Decision\nA,Accept\nB,Reject\nC,withdrawn\n") == [
            "Created: 1 tutorial.",
            "Left out, as their status says: rows 3, 4.",
            "Time to be announced: T1.",
        ]

    def test_columns_that_organisers_match_are_remembered(self, run, conference):
        text = "Beitrag,Wer,Remark\nKnoten,Ada (EPFL),x\n"
        columns = {"Beitrag": "title", "Wer": "presenter", "Remark": ""}

        run(text, choices=Choices(columns=columns))

        assert billed("T1") == ["Ada (EPFL)"]
        conference.refresh_from_db()
        assert conference.programme_columns == columns
        assert run(text)[0] == NOTHING


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-24", 24),
        ("24.03.2026", 24),
        ("24.3.26", 24),
        ("24.3.", 24),
        ("24/03/2026", 24),
        ("3/24/2026", 24),
        ("Tuesday", 24),
        ("Di", 24),
        ("Tue, 24 March 2026", 24),
        ("March 24th, 2026", 24),
        ("24. März", 24),
        ("Day 2", 24),
        ("46105", 24),
        ("22.3.2026", 22),
    ],
)
def test_days_are_understood_as_people_write_them(run, cell, day):
    run(f'Title;Day;Time\nA;"{cell}";9:00-10:00\n')

    assert placed("T1")[0][1] == at(8, day=day - 23)


@pytest.mark.parametrize(
    "cell", ["09:00", "9:00", "9.00", "9 am", "9:00 AM", "9h00", "9 Uhr", "0.375", "09:00:00"]
)
def test_times_are_understood_as_people_write_them(run, cell):
    run(f"Title;Day;Start;End\nA;2026-03-23;{cell};14:00\n")

    assert placed("T1")[0][1] == at(8)


class TestPeople:
    def test_name_and_affiliation_make_the_same_person_in_any_edition(self, run):
        old = make_tutorial(make_conference(name="CPAL 2025", starts_on="2025-03-01"))
        wang = make_presenter(old, "Yu-Xiang Wang", "UC San Diego").person

        said = run("Title,Presenters\nA,yu-xiang WANG (U.C. San Diego)\nB,Yu-Xiang Wang (UCSB)\n")

        assert said[0] == "Created: 2 tutorials, 2 people."
        said = run("Title,Presenters\nC,Yu-Xiang Wang (UC San Diego)\n")
        assert "Uses Yu-Xiang Wang (UC San Diego), presented at CPAL 2025." in said
        assert tutorial("T3").people.get() == wang

    def test_the_name_alone_joins_nobody(self, run):
        make_presenter(make_tutorial(make_conference()), "Ada Example", "Somewhere")
        make_person("Ada Example")

        said = run("Title,Presenters\nA,Ada Example (Elsewhere)\nB,Ada Example\nC,Ada Example\n")

        assert said[0] == "Created: 3 tutorials, 3 people."

    def test_the_same_address_and_a_name_like_it_make_the_same_person(self, run):
        ada = make_person("Ada King Lovelace", email="Ada@example.org")

        run("Title,Presenter 1,Email 1\nA,A. Lovelace,ada@example.org\nB,Sec,ada@example.org\n")

        assert tutorial("T1").people.get() == ada
        assert tutorial("T2").people.get() != ada

    def test_two_who_share_an_address_are_two(self, run):
        run('Title,Presenters,Emails\nA,"Ada Example; Bo Sample","l@example.org; l@example.org"\n')

        assert tutorial("T1").people.count() == 2

    def test_organisers_say_otherwise(self, run, plan):
        known = make_presenter(make_tutorial(make_conference()), "Ada", "Old").person
        namesake = make_presenter(make_tutorial(make_conference()), "Ada", "New").person
        text = "Title,Presenters\nA,Ada (New)\nB,Ada (Other)\n"
        first, second = plan(text).people
        assert (first.person, second.person) == (namesake.pk, None)
        assert {each.pk for each in second.candidates} == {known.pk, namesake.pk}

        run(text, choices=Choices(new_people={first.key}, same_people={second.key: known.pk}))

        assert tutorial("T1").people.get() not in (known, namesake)
        assert tutorial("T2").people.get() == known
        # And that is not asked again.
        assert plan(text).people == []
        assert run(text)[0] == NOTHING

    def test_what_organisers_say_of_somebody_else_counts_for_nothing(self, run, plan):
        stranger = make_person("Eve")
        make_presenter(make_tutorial(make_conference()), "Ada", "Old")
        text = "Title,Presenters\nA,Ada (New)\n"

        run(text, choices=Choices(same_people={plan(text).people[0].key: stranger.pk}))

        assert tutorial("T1").people.get() != stranger

    def test_the_draft_of_another_edition_is_not_told(self, plan):
        secret = make_tutorial(make_conference(name="Secret"), status="draft")
        make_presenter(secret, "Ada", "X")

        (identity,) = plan("Title,Presenters\nA,Ada (X)\n").people

        assert [str(each) for each in identity.candidates] == ["Ada"]

    def test_who_is_on_the_tutorial_stays_who_they_are(self, run, conference):
        there = make_tutorial(conference, code="T1", title="A")
        ada = make_presenter(there, "Ada Example", "Old").person
        there.imported = {"wrote": {"presenters": [["Ada Example", "Old"]]}}
        there.save()

        assert run("Title,Presenters\nA,Ada Example (New)\n")[0] == (
            "Changed: list of presenters of T1."
        )
        assert tutorial("T1").people.get() == ada

    def test_what_is_not_known_of_somebody_is_filled_in_and_the_rest_kept(self, run):
        make_presenter(make_tutorial(make_conference()), "Ada", "X", person=make_person("Ada"))
        bo = make_person("Bo", email="bo@example.org", bio="By hand.")
        make_presenter(make_tutorial(make_conference()), "", "Y", person=bo)
        text = (
            "Title,Presenter 1,Affiliation 1,Email 1,Bio 1\n"
            "A,Ada,X,ada@example.org,Ada’s.\nB,Bo,Y,bo@example.org,Bo’s.\n"
        )

        said = run(text)

        assert "Changed: e-mail of Ada; about of Ada." in said
        assert "Kept, because it was edited by hand: about of Bo." in said
        assert Person.objects.get(name="Ada").bio == "Ada’s."
        assert Person.objects.get(name="Bo").bio == "By hand."
        assert run(text)[0] == NOTHING
        key = f"person-{bo.pk}-bio"
        run(text, choices=Choices(overwrite={key}))
        assert Person.objects.get(name="Bo").bio == "Bo’s."
        run(text.replace("Bo’s.", "Bo’s own."))
        assert Person.objects.get(name="Bo").bio == "Bo’s own."


class TestSecondImport:
    @pytest.fixture(autouse=True)
    def imported(self, run):
        run(LIST)

    def test_nothing_is_written(self, run):
        before = contents()

        assert run(LIST) == [NOTHING, "Time to be announced: T3."]
        assert contents() == before

    def test_nothing_is_written_about_people_either(self, run):
        text = (
            "Title,Presenter 1,Affiliation 1,Email 1,Presenter 2,Affiliation 2,Bio 2\n"
            "A,Ada,X,ada@example.org,Bo,Y,Writes.\nB,Di,Z,di@example.org,Bo,Y,\n"
            "C,Bo,Y,,Ada,X,\n"
        )
        run(text)
        before = contents()

        assert run(text)[0] == NOTHING
        assert contents() == before

    def test_what_changed_in_the_file_is_changed(self, run):
        text = LIST.replace("North.", "South.").replace(",13:00,", ",14:00,")

        assert run(text)[:2] == [
            "Created: 1 session (2026-03-23 14:00–15:00).",
            "Changed: abstract of T2; time and room of T2.",
        ]
        assert (tutorial("T2").abstract, placed("T2")) == (
            "South.",
            [("", at(13), "Great Hall")],
        )

    def test_a_slot_that_moves_keeps_its_key(self, run):
        key = Slot.objects.get(tutorial__code="T2").key

        run(LIST.replace(",13:00,", ",14:00,"))

        assert Slot.objects.get(tutorial__code="T2").key == key

    def test_a_title_that_changed_is_known_by_its_code(self, run):
        assert run(LIST.replace("Maps", "Charts"))[0] == "Changed: title of T2."

    def test_without_codes_a_tutorial_is_known_by_its_title_even_if_somebody_edited_it(self, run):
        edit("T2", title="Charts")

        said = run("Title,Abstract\nMaps,East.\nBread,Sweet.\n")

        assert said[0] == "Changed: abstract of T2; abstract of T3."
        assert said[1] == "Kept, because it was edited by hand: title of T2."

    def test_what_a_person_edited_is_kept_unless_the_file_is_wanted(self, run):
        edit("T2", abstract="By hand.", capacity=7)
        text = LIST.replace("North.", "South.")

        assert run(text)[:2] == [NOTHING, "Kept, because it was edited by hand: abstract of T2."]
        assert tutorial("T2").abstract == "By hand."
        key = f"{tutorial('T2').pk}-abstract"
        assert run(text, choices=Choices(overwrite={key}))[0] == "Changed: abstract of T2."
        assert (tutorial("T2").abstract, tutorial("T2").capacity) == ("South.", 7)

    def test_an_empty_cell_takes_away_what_an_import_wrote(self, run):
        run(LIST.replace(",introductory,40", ",,"))

        assert (tutorial("T1").level, tutorial("T1").capacity) == ("", None)

    def test_a_column_that_is_missing_says_nothing(self, run):
        before = [tutorial("T1").abstract, billed("T1"), placed("T1")]

        assert run("Code,Title\nT1,How Rivers Remember\n")[0] == NOTHING
        assert [tutorial("T1").abstract, billed("T1"), placed("T1")] == before

    def test_a_time_that_is_gone_from_the_file_is_taken_away(self, run):
        run(LIST.replace("2026-03-23,13:00,15:00", ",,"))

        assert placed("T2") == []

    def test_a_slot_that_was_moved_by_hand_stays(self, run, conference):
        session = make_session(conference, at(15), title="Late")
        slot = Slot.objects.get(tutorial__code="T2")
        slot.session = session
        slot.save()

        said = run(LIST)

        assert "Kept, because it was edited by hand: time and room of T2." in said
        assert placed("T2") == [("Late", at(15), "Great Hall")]

    def test_nothing_is_made_that_is_not_used(self, run):
        slot = Slot.objects.get(tutorial__code="T2")
        slot.delete()
        rooms = Room.objects.count()
        edit("T2", track=Track.objects.get(name="Track 2"))

        said = run(
            LIST.replace("T2,Maps,Track 1", "T2,Maps,Track 9").replace(
                "15:00,Great Hall", "15:00,Other Hall"
            )
        )

        assert said[0] == NOTHING
        assert (Room.objects.count(), Track.objects.count()) == (rooms, 2)

    def test_what_is_not_in_the_file_is_left_and_counted(self, run):
        said = run("Code,Title\nT1,How Rivers Remember\n")

        assert "Left as they are: 2 tutorials that the file does not hold." in said

    def test_presenters_follow_the_file(self, run):
        text = LIST.replace(
            "Ada Example (Somewhere, Hydrology); Bo Sample (Elsewhere)",
            "Bo Sample (Elsewhere); Eve (Here)",
        )
        bo = tutorial("T1").people.get(name="Bo Sample")

        assert run(text)[:2] == ["Created: 1 person.", "Changed: list of presenters of T1."]
        assert billed("T1") == ["Bo Sample (Elsewhere)", "Eve (Here)"]
        assert tutorial("T1").people.get(name="Bo Sample") == bo

    def test_what_is_public_stays_public_and_nothing_is_cancelled(self, run):
        tutorial("T1").publish(at=NOW)
        text = "Code,Title,Status\nT1,,proposed\nT2,,cancelled\nT3,,published\n"

        said = run(text)

        assert said[0] == "Changed: status of T3."
        assert [each for each in said if "stays" in each] == [
            "line 2, column “Status”: T1 stays published. What is public is taken back on its own "
            "page.",
            "line 3, column “Status”: T2 stays draft. What is public is taken back on its own "
            "page.",
        ]
        assert [tutorial(f"T{n}").status for n in (1, 2, 3)] == ["published", "draft", "published"]

    def test_seats_follow_a_capacity_and_nobody_loses_one(self, run, conference):
        conference.attendance = "register"
        conference.save()
        run(LIST, release=True)
        for number in range(3):
            attendee = make_attendee(conference, name=f"P{number}")
            registration.register(attendee, tutorial("T1"), by=None, at=NOW)

        said = run(LIST.replace("introductory,40", "introductory,2"))

        assert "line 2, column “Capacity”: T1 keeps 3 seats, because that many are taken." in said
        assert (tutorial("T1").capacity, tutorial("T1").seats) == (2, 3)

    def test_a_plan_that_changed_meanwhile_is_not_carried_out(self, run, plan):
        text = LIST.replace("North.", "South.")
        seen = plan(text).fingerprint()
        edit("T2", abstract="By hand.")
        before = contents()

        with pytest.raises(PlanChanged):
            run(text, seen=seen)
        assert contents() == before
        assert run(text, seen=plan(text).fingerprint())[0] == NOTHING

    def test_changes_are_in_the_history(self, run):
        run(LIST.replace("North.", "South."))

        assert [each.abstract for each in tutorial("T2").history.all()] == ["South.", "North."]


class TestBesideTheTextFormat:
    PAGE = (
        "Track 1 — Great Hall, Main Street 1\nMaps\nPresenters: Bo Sample (Elsewhere)\n"
        "Abstract\nNorth.\n"
    )

    def import_text(self, tmp_path):
        page = tmp_path / "page.txt"
        page.write_text(self.PAGE)
        call_command("import_programme", str(page), "--conference", "cpal-2026")

    def test_a_list_goes_on_from_a_page(self, run, tmp_path, conference):
        make_session(conference, at(8))
        self.import_text(tmp_path)
        edit("T1", title="Charts")

        said = run("Title,Track,Presenters,Abstract\nMaps,Track 1,Bo Sample (Elsewhere),South.\n")

        assert said[:2] == [
            "Changed: abstract of T1.",
            "Kept, because it was edited by hand: title of T1.",
        ]
        assert Tutorial.objects.count() == 1

    def test_a_page_goes_on_from_a_list(self, run, tmp_path, conference, capsys):
        run("Title,Track,Presenters,Abstract\nMaps,Track 1,Bo Sample (Elsewhere),North.\n")

        self.import_text(tmp_path)

        assert Tutorial.objects.count() == 1
        assert Person.objects.count() == 1


class TestFaults:
    def test_each_is_told_with_its_row_its_column_and_what_to_do(self, faults):
        assert faults(
            "Code,Title,Presenters,Affiliations,Emails,Day,Start,End,Level,Capacity,Status\n"
            ",,Ada,,,,,,,,\n"
            "A b,X,,,,,,,,,\n"
            'T2,Two,"Ada; Bo, Di",,,,,,,,\n'
            'T3,Three,"Ada; Bo","Ropery, Sail Loft",,,,,,,\n'
            "T4,Four,Ada,,ada@@x,,,,,,\n"
            'T5,Five,"Ada Ada (X), Ada Ada (X)",,,,,,,,\n'
            "T6,Six,,,,1.1.2020,9:00,8:00,hard,lots,maybe\n"
            "T7,Seven,,,,Tuesday,9,,,0,\n"
            "T8,,,,,,,,,,\n"
            "T9,Nine,,Somewhere,,,,,,,\n"
        ) == [
            "line 2, column “Title”: There is no title. Fill it in, or delete the row.",
            "line 3, column “Code”: “A b” is no code. It has at most 20 letters, digits, “.”, “-” "
            "and “_”.",
            "line 4, column “Presenters”: Presenters are divided by “,” here and by “;” there. Put "
            "affiliations in brackets.",
            "line 5, column “Affiliations”: There are 2 presenters. Write an affiliation for each "
            "in their order, with semicolons between.",
            "line 6, column “Emails”: “ada@@x” is no e-mail address. Correct it, or empty the "
            "cell.",
            "line 7, column “Presenters”: “Ada Ada (X)” is named twice.",
            "line 8, column “Capacity”: “lots” is no number of people. Write digits, or empty the "
            "cell.",
            "line 8, column “Day”: “1.1.2020” is no day of the conference. Write it like "
            "2026-03-23.",
            "line 8, column “End”: It ends before it starts.",
            "line 8, column “Level”: We do not know “hard”. Write one of “introductory”, "
            "“intermediate”, “advanced”, or do not use this column.",
            "line 8, column “Status”: We do not know “maybe”. Write one of “proposed”, “draft”, "
            "“published”, “cancelled”, or do not use this column.",
            "line 9, column “Capacity”: “0” is no number of people. Write digits, or empty the "
            "cell.",
            "line 9, column “Start”: “9” is no time. Write it like 09:30.",
            "line 11, column “Affiliations”: There is no presenter whose this is. Name them, or "
            "empty it.",
        ]

    def test_a_new_code_without_a_title(self, faults):
        assert faults("Code,Title\nT1,\n") == [
            "line 2, column “Title”: No tutorial has the code “T1”, and a new one needs a title."
        ]

    def test_rows_of_one_tutorial_that_disagree(self, faults):
        assert faults("Code,Title,Abstract\nT1,A,One\nT1,A,Two\nt1,B,\n") == [
            "line 3, column “Abstract”: Row 2 has another “abstract” for the same tutorial. Give "
            "this row a title or a code of its own, or empty the cell.",
            "line 4, column “Title”: Row 2 has another “title” for the same tutorial. Give this "
            "row a title or a code of its own, or empty the cell.",
        ]

    def test_a_session_that_nobody_knows(self, faults):
        assert faults("Title,Session,Start\nA,Morning,\nB,,9:00\n") == [
            "line 2, column “Session”: There is no session “Morning”. Say its day, start and end, "
            "or make it first.",
            "line 3, column “Start”: There is no session then. Say its day, start and end, or "
            "make it first.",
        ]

    def test_a_session_that_may_be_two(self, faults, conference):
        for day in (0, 1):
            make_session(conference, at(8, day=day), title="Morning")

        assert faults("Title,Session,Start\nA,Morning,\nB,,9:00\n") == [
            "line 2, column “Session”: Several sessions are called “Morning”. Say the day and the "
            "start.",
            "line 3, column “Start”: Several sessions fit. Say the day, the start and the end.",
        ]

    def test_a_room_that_may_be_two(self, faults, conference):
        make_session(conference, at(8), title="Morning")
        for _number in range(2):
            make_room(conference, name="Saal 1")

        assert faults("Title,Session,Room\nA,Morning,Saal 1\nB,Morning,Saal 2\n") == [
            "line 2, column “Room”: Several venues have a “Saal 1”. Add a column for the venue.",
            "line 3, column “Room”: There is no room “Saal 2”. Make it, or add a column for the "
            "venue.",
        ]

    def test_a_day_that_may_be_two(self, conference, faults):
        conference.starts_on, conference.ends_on = "2026-03-02", "2026-03-12"
        conference.save()
        conference.refresh_from_db()

        assert "may be 2026-03-02, 2026-03-09" in faults("Title,Day,Time\nA,Monday,9:00-10:00\n")[0]

    def test_no_title_column(self, faults):
        assert faults("Foo,Bar\n1,2\n") == [
            "line 1: No column for the title was found. Say which it is; there are: “Foo”, “Bar”."
        ]

    def test_no_rows(self, faults):
        assert faults("Title,Room\n") == ["There is no tutorial in the file."]

    def test_an_error_of_a_spreadsheet(self, faults):
        assert faults("Title,Abstract\nA,#REF!\n") == [
            "line 2, column “Abstract”: This cell shows an error. Correct it, or empty the cell."
        ]


class TestCommand:
    def run(self, path, *flags):
        call_command("import_programme", str(path), "--conference", "cpal-2026", *flags)

    def test_it_says_what_it_does(self, conference, path, capsys):
        path.write_text(LIST)

        self.run(path, "--dry-run")
        self.run(path)

        said = [CREATED, "Time to be announced: T3."]
        assert capsys.readouterr().out.splitlines() == [
            "A dry run; without --dry-run it would say:", *said, "Nothing was written.", *said,
        ]  # fmt: skip

    def test_faults_are_told_in_one_go(self, conference, path):
        path.write_text("Title,Level\nA,hard\n,\n,x\nB,lots\n")

        with pytest.raises(CommandError, match=r"(?s)^programme\.csv has 3 faults\..*line 2.*hard"):
            self.run(path)

    def test_a_release_that_is_blocked_leaves_the_database_as_it_was(self, conference, path):
        room = make_room(conference, name="R")
        session = make_session(conference, at(8))
        make_slot(session, make_tutorial(conference), room)
        path.write_text("Title,Day,Start,End,Room\nA,2026-03-23,9:00,11:30,R\n")
        before = contents()

        with pytest.raises(CommandError, match="The release is blocked"):
            self.run(path, "--release")
        assert contents() == before


def test_the_number_of_queries_does_not_grow(conference, path, django_assert_max_num_queries):
    def rows(number):
        lines = "".join(
            f"C{n},Tutorial {n},Track {n % 3},Person {n} (Uni {n}),2026-03-23,{8 + n % 5}:00,"
            f"{9 + n % 5}:00,Room {n % 3}\n"
            for n in range(number)
        )
        return f"Code,Title,Track,Presenters,Day,Start,End,Room\n{lines}"

    path.write_text(rows(3))
    with django_assert_max_num_queries(80) as few:
        import_sheet(path, conference, by=None, at=NOW)
    path.write_text(rows(30))
    with django_assert_max_num_queries(len(few) + 5):
        import_sheet(path, make_conference(), by=None, at=NOW)


def test_a_version_that_is_out_is_not_touched(run, conference, programme):
    before = list(Slot.objects.released(conference).order_by("pk").values())

    run(
        "Code,Title,Day,Start,End\nT1,Renamed,2026-03-24,9:00,10:00\n",
        choices=Choices(overwrite={"all"}),
    )

    assert list(Slot.objects.released(conference).order_by("pk").values()) == before
    assert schedule.has_changes(conference)
    assert placed("T1") == [("", at(8, day=1), None)]


def test_tracks_follow_those_that_are_there(run, conference):
    make_track(conference, name="First", position=4)

    run("Title,Track\nA,Second\nB,first\n")

    assert list(conference.tracks.values_list("name", "position")) == [("First", 4), ("Second", 5)]


PLACED = "Code,Title,Track,Day,Start,End,Room\nT1,A,Line 1,2026-03-23,09:00,10:00,Hall\n"


def test_what_was_renamed_or_moved_by_hand_stays_so(run):
    run(PLACED)
    Track.objects.update(name="Track One")
    Room.objects.update(name="Great hall")
    session = Session.objects.get()
    session.starts_at, session.ends_at = at(12), at(13)
    session.save()

    assert NOTHING in run(PLACED)

    assert (Track.objects.count(), Room.objects.count(), Session.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    "heading", ["Presenter Country", "Number of presenters", "Speaker phone", "Room setup"]
)
def test_what_is_said_about_presenters_and_rooms_is_neither(run, heading):
    run(f"Title,Presenter,{heading}\nA,Ada Lovelace (EPFL),Germany\n")

    assert [person.name for person in Person.objects.all()] == ["Ada Lovelace"]
    assert not Room.objects.exists()


@pytest.mark.parametrize("capacity", ["0000000019999999999", "²", "0"])
def test_a_capacity_that_no_room_has_is_a_fault(faults, capacity):
    assert "is no number of people" in faults(f"Title,Capacity\nA,{capacity}\n")[0]


def test_a_session_while_the_clocks_change_is_a_fault(run, conference, faults):
    conference.starts_on, conference.ends_on = "2026-03-28", "2026-03-30"
    conference.save()
    conference.refresh_from_db()

    said = faults("Title,Day,Start,End\nA,2026-03-29,02:30,03:30\n")

    assert "The clocks are changed then" in said[0]


def test_two_of_one_name_are_told_apart_by_their_addresses(run):
    run(
        "Title,Presenter 1,Email 1,Presenter 2,Email 2\n"
        "A,Wei Zhang,a@example.org,Wei Zhang,b@example.org\n"
    )

    assert Presenter.objects.count() == 2
