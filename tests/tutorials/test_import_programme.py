import pytest
from django.core.management import CommandError, call_command

from people.models import Person
from tests.factories import (
    NOW,
    at,
    make_conference,
    make_presenter,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration
from tutorials.models import Presenter, Schedule, Slot, Track, Tutorial
from venues.models import Room, Venue

PAGE = """\
Tutorials
The day before the conference has four tutorials in two tracks.
List of Tutorials
Track 1 — Great Hall, Main Street 1
How Rivers Remember
Presenters: Ada Example (University of Somewhere, Hydrology), Bo Sample (Elsewhere)
Abstract
A river’s bed is an archive.
Its second paragraph.
Maps for People Who Get Lost
Presenters: Čeněk Müller-Ó Briain
Abstract
North is a convention.
Track 2 — Small Hall, Side Street 22
Bread, from the Grain Up
Presenters: Di Testcase (Mill), 李四 (Oven)
Abstract
Sour things first.
What Clocks Measure
Presenters: Bo Sample (Elsewhere)
Abstract
Not time.
"""

PLACES = (
    "2 tracks (Track 1, Track 2), 2 venues (Main Street 1, Side Street 22), "
    "2 rooms (Great Hall, Small Hall)"
)
CREATED = f"Created: {PLACES}, 4 tutorials, 5 people."
NOTHING = "Nothing to create and nothing to change."


@pytest.fixture
def sessions(conference):
    """Two for tutorials, with a break between that takes none; the later one was made first."""
    noon = make_session(conference, at(11, 30), title="Session 2")
    make_session(conference, at(10, 30), at(11, 30), kind="break")
    return [make_session(conference, at(8), title="Session 1"), noon]


@pytest.fixture
def run(conference, tmp_path, capsys):
    """Import a text into the conference; what the command said, line by line."""

    def run(text, *flags, name="page.txt"):
        file = tmp_path / name
        file.write_bytes(text.encode())
        call_command("import_programme", str(file), "--conference", conference.slug, *flags)
        return capsys.readouterr().out.splitlines()

    return run


def contents():
    """All that an import may write, in a form that compares."""
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Track.objects,
            Venue.objects,
            Room.objects,
            Tutorial.objects,
            Person.objects,
            Presenter.objects,
            Schedule.objects,
            Slot.objects,
        )
    ]


def tutorial(code):
    return Tutorial.objects.get(conference__slug="cpal-2026", code=code)


def edit(code, **fields):
    """As the admin does: the row is saved, its time of change included."""
    row = tutorial(code)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def placed(code):
    """Session and room of each slot in the draft."""
    slots = Slot.objects.filter(tutorial__code=code, schedule__number=None).in_order()
    return [(slot.session.title, slot.room and slot.room.name) for slot in slots]


class TestFirstImport:
    def test_everything_is_there_in_order(self, run, sessions, conference):
        assert run(PAGE) == [CREATED]

        rows = conference.tutorials.in_programme_order().prefetch_related("presenters__person")
        assert [
            (row.code, row.track.name, row.title, row.presenter_line, row.status) for row in rows
        ] == [
            (
                "T1",
                "Track 1",
                "How Rivers Remember",
                "Ada Example (University of Somewhere, Hydrology), Bo Sample (Elsewhere)",
                "draft",
            ),
            ("T2", "Track 1", "Maps for People Who Get Lost", "Čeněk Müller-Ó Briain", "draft"),
            (
                "T3",
                "Track 2",
                "Bread, from the Grain Up",
                "Di Testcase (Mill), 李四 (Oven)",
                "draft",
            ),
            ("T4", "Track 2", "What Clocks Measure", "Bo Sample (Elsewhere)", "draft"),
        ]
        assert rows[0].abstract == "A river’s bed is an archive.\n\nIts second paragraph."

    def test_the_nth_tutorial_is_in_the_nth_session_and_the_room_of_its_track(self, run, sessions):
        run(PAGE)

        assert {code: placed(code) for code in ("T1", "T2", "T3", "T4")} == {
            "T1": [("Session 1", "Great Hall")],
            "T2": [("Session 2", "Great Hall")],
            "T3": [("Session 1", "Small Hall")],
            "T4": [("Session 2", "Small Hall")],
        }

    def test_a_venue_goes_by_its_address_and_its_room_has_no_known_capacity(self, run, sessions):
        run(PAGE)

        assert list(
            Room.objects.values_list("name", "capacity", "venue__name", "venue__address")
        ) == [
            ("Great Hall", None, "Main Street 1", "Main Street 1"),
            ("Small Hall", None, "Side Street 22", "Side Street 22"),
        ]

    def test_what_has_no_session_is_to_be_announced(self, run, conference):
        make_session(conference, at(8))

        assert run(PAGE) == [
            CREATED,
            "Time to be announced: T2, T4.",
        ]
        assert placed("T2") == []

    def test_codes_that_are_taken_are_passed_over(self, run, sessions, conference):
        make_tutorial(conference, code="T2")

        assert run(PAGE)[1:] == ["Left as it is: 1 tutorial that the file does not hold."]
        assert sorted(Tutorial.objects.exclude(imported={}).values_list("code", flat=True)) == [
            "T3",
            "T4",
            "T5",
            "T6",
        ]

    def test_a_room_that_is_there_is_used(self, run, sessions, conference):
        haus = Venue.objects.create(
            conference=conference, name="The House", address="Main Street 1, 12345 Town"
        )
        room = Room.objects.create(venue=haus, name="Great Hall", capacity=120)
        # The same name elsewhere, and an address that only begins alike, are others.
        other = Venue.objects.create(conference=conference, name="Side Street 222")
        Room.objects.create(venue=other, name="Small Hall")
        elsewhere = make_conference()
        Venue.objects.create(conference=elsewhere, name="Side Street 22").rooms.create(
            name="Small Hall"
        )

        assert run(PAGE)[0] == (
            "Created: 2 tracks (Track 1, Track 2), 1 venue (Side Street 22), 1 room (Small Hall), "
            "4 tutorials, 5 people."
        )
        assert Track.objects.get(name="Track 1").room == room
        assert Room.objects.get(tracks__name="Track 2").venue.name == "Side Street 22"

    def test_a_hall_without_address_is_found_by_its_name(self, run, sessions, conference):
        house = Venue.objects.create(conference=conference, name="The House")
        room = Room.objects.create(venue=house, name="Great Hall")

        run(PAGE.replace(", Main Street 1", "").replace(" — Small Hall, Side Street 22", ""))

        assert Track.objects.get(name="Track 1").room == room
        assert Track.objects.get(name="Track 2").room is None
        assert placed("T3") == [("Session 1", None)]

    def test_a_hall_that_several_venues_have_is_a_fault(self, run, conference):
        for name in ("House A", "House B"):
            Venue.objects.create(conference=conference, name=name).rooms.create(name="Great Hall")

        with pytest.raises(CommandError, match="line 4: Several venues have a “Great Hall”"):
            run(PAGE.replace(", Main Street 1", ""))


class TestPeople:
    def test_name_and_affiliation_make_the_same_person_in_any_edition(self, run, sessions):
        other = make_tutorial(make_conference())
        ada = make_presenter(other, "Ada Example", "University of Somewhere, Hydrology").person

        run(PAGE)

        assert tutorial("T1").people.first() == ada
        assert list(tutorial("T4").people.all()) == [tutorial("T1").people.all()[1]]

    def test_the_name_alone_joins_nobody(self, run, sessions):
        other = make_tutorial(make_conference())
        make_presenter(other, "Ada Example", "Somewhere Else")
        make_presenter(other, "Čeněk Müller-Ó Briain", "")

        assert run(PAGE)[0] == CREATED

    def test_a_person_of_that_name_but_no_tutorial_is_not_joined(self, run, sessions):
        Person.objects.create(name="Ada Example")

        assert run(PAGE)[0] == CREATED

    def test_two_of_one_name_on_one_tutorial_are_two(self, run, sessions):
        run(PAGE.replace("Bo Sample (Elsewhere)\nAbstract\nNot", "Bo (X), Bo (Y)\nAbstract\nNot"))

        assert tutorial("T4").people.count() == 2


class TestDryRun:
    def test_it_says_the_same_and_writes_nothing(self, run, sessions):
        before = contents()

        said = run(PAGE, "--dry-run", "--release")

        assert said == [
            "A dry run; without --dry-run it would say:",
            CREATED,
            "Published 4 tutorials.",
            "Released version 1 of the schedule.",
            "Nothing was written.",
        ]
        assert contents() == before
        assert run(PAGE, "--release") == said[1:-1]


class TestRelease:
    def test_the_tutorials_are_published_and_the_schedule_is_released(
        self, run, sessions, conference
    ):
        assert run(PAGE, "--release") == [
            CREATED,
            "Published 4 tutorials.",
            "Released version 1 of the schedule.",
        ]
        assert Slot.objects.public(conference).count() == 4
        assert {row.published_at for row in Tutorial.objects.all()} != {None}

    def test_what_was_imported_as_drafts_can_be_released_by_the_same_file(self, run, sessions):
        run(PAGE)

        assert run(PAGE, "--release")[1:] == [
            "Published 4 tutorials.",
            "Released version 1 of the schedule.",
        ]

    def test_a_second_run_changes_and_releases_nothing(self, run, sessions):
        run(PAGE, "--release")
        before = contents()

        assert run(PAGE, "--release") == [NOTHING]
        assert contents() == before

    def test_what_changed_since_is_released(self, run, sessions, conference):
        run(PAGE, "--release")
        session = sessions[1]
        session.title = "Afternoon"
        session.save()

        assert run(PAGE, "--release") == [NOTHING, "Released version 2 of the schedule."]

    def test_a_cancelled_tutorial_stays_cancelled(self, run, sessions):
        run(PAGE, "--release")
        registration.cancel_tutorial(tutorial("T2"), by=None, at=NOW)

        run(PAGE.replace("North is", "South is"), "--release")

        assert (tutorial("T2").status, tutorial("T2").abstract) == (
            "cancelled",
            "South is a convention.",
        )

    def test_a_release_that_is_blocked_leaves_the_database_as_it_was(
        self, run, sessions, conference
    ):
        room = Venue.objects.create(conference=conference, name="Main Street 1").rooms.create(
            name="Great Hall"
        )
        make_slot(sessions[0], make_tutorial(conference), room)
        before = contents()

        with pytest.raises(CommandError, match=r"(?s)^The release is blocked\. .*Great Hall"):
            run(PAGE, "--release")
        assert contents() == before


class TestSecondImport:
    @pytest.fixture(autouse=True)
    def imported(self, run, sessions):
        run(PAGE)

    def test_nothing_is_written(self, run):
        before = contents()

        assert run(PAGE) == [NOTHING]
        assert contents() == before

    def test_what_changed_in_the_file_alone_is_changed(self, run):
        page = PAGE.replace("North is a convention.", "North is an agreement.")

        assert run(page) == ["Changed: abstract of T2."]
        assert tutorial("T2").abstract == "North is an agreement."
        assert run(page) == [NOTHING]

    def test_what_a_person_edited_is_kept_and_reported(self, run):
        edit("T2", abstract="By hand.", title="Maps")
        kept = [
            "Kept: title of T2 was edited by hand.",
            "Kept: abstract of T2 was edited by hand.",
        ]

        assert run(PAGE) == [NOTHING, *kept]
        assert run(PAGE.replace("North is", "South is")) == [NOTHING, *kept]
        assert (tutorial("T2").title, tutorial("T2").abstract) == ("Maps", "By hand.")

    def test_the_line_ends_of_a_browser_are_no_edit(self, run):
        edit("T1", abstract=tutorial("T1").abstract.replace("\n", "\r\n"))

        assert run(PAGE) == [NOTHING]
        assert run(PAGE.replace("an archive", "a diary")) == ["Changed: abstract of T1."]

    def test_an_edit_that_the_file_catches_up_with_is_no_longer_one(self, run):
        edit("T2", abstract="North is an agreement.")
        page = PAGE.replace("North is a convention.", "North is an agreement.")

        assert run(page) == [NOTHING]
        assert run(PAGE) == ["Changed: abstract of T2."]

    def test_a_title_that_changed_is_known_by_its_presenters(self, run):
        page = PAGE.replace("What Clocks Measure", "What Clocks Count")

        assert run(page) == ["Changed: title of T4."]
        assert Tutorial.objects.count() == 4

    def test_a_new_tutorial_moves_those_below_it(self, run):
        new = "Before All\nPresenters: Ada Example (University of Somewhere, Hydrology)\n"
        page = PAGE.replace("How Rivers", f"{new}How Rivers")

        assert run(page) == [
            "Created: 1 tutorial.",
            "Changed: order of T1; time and room of T1; order of T2; time and room of T2.",
            "Time to be announced: T2.",
        ]
        assert (placed("T5"), placed("T1")) == (
            [("Session 1", "Great Hall")],
            [("Session 2", "Great Hall")],
        )
        assert run(page)[0] == NOTHING

    def test_a_slot_that_moves_keeps_its_key(self, run):
        key = Slot.objects.get(tutorial__code="T1").key
        page = PAGE.replace("How Rivers", "New\nPresenters: Eve\nHow Rivers")

        run(page)

        assert Slot.objects.get(tutorial__code="T1").key == key

    def test_what_left_the_file_is_left_and_counted(self, run):
        page = PAGE[: PAGE.index("What Clocks Measure")]

        assert run(page) == [NOTHING, "Left as it is: 1 tutorial that the file does not hold."]
        assert placed("T4") == [("Session 2", "Small Hall")]

    def test_presenters_follow_the_file(self, run):
        _ada, bo = tutorial("T1").people.order_by("presenters__position")
        page = PAGE.replace(
            "Ada Example (University of Somewhere, Hydrology), Bo Sample (Elsewhere)\nAbstract\nA",
            "Eve New (Here), Bo Sample (Somewhere Else)\nAbstract\nA",
        )

        assert run(page) == ["Created: 1 person.", "Changed: list of presenters of T1."]
        billed = tutorial("T1").presenters.all()
        assert [str(presenter) for presenter in billed] == [
            "Eve New (Here)",
            "Bo Sample (Somewhere Else)",
        ]
        assert billed[1].person == bo
        assert run(page) == [NOTHING]

    def test_presenters_edited_by_hand_are_kept(self, run):
        Person.objects.filter(name="李四").update(name="Li Si")
        page = PAGE.replace("Di Testcase (Mill)", "Di Testcase (Great Mill)")

        assert run(page) == [NOTHING, "Kept: list of presenters of T3 was edited by hand."]

    def test_a_slot_that_was_moved_by_hand_stays(self, run, sessions, conference):
        slot = Slot.objects.get(tutorial__code="T1")
        slot.session = sessions[1]
        slot.room = Room.objects.get(name="Small Hall")
        slot.save()

        assert run(PAGE) == [NOTHING, "Kept: time and room of T1 was edited by hand."]
        assert placed("T1") == [("Session 2", "Small Hall")]

    def test_a_new_session_moves_nothing_that_has_a_time(self, run, conference):
        make_session(conference, at(6), at(7), title="Early")

        assert run(PAGE) == [NOTHING]
        assert placed("T1") == [("Session 1", "Great Hall")]

    def test_a_hall_that_changed_in_the_file_moves_its_track(self, run):
        page = PAGE.replace("Small Hall, Side Street 22", "New Hall, Side Street 22")

        assert run(page) == [
            "Created: 1 room (New Hall).",
            "Changed: room of Track 2; time and room of T3; time and room of T4.",
        ]
        assert placed("T4") == [("Session 2", "New Hall")]
        assert run(page) == [NOTHING]

    def test_rooms_venues_and_tracks_renamed_by_hand_are_known_again(self, run):
        Room.objects.filter(name="Great Hall").update(name="Aula")
        Venue.objects.filter(name="Main Street 1").update(name="The House", address="")
        Track.objects.filter(name="Track 2").update(name="Food and Time")

        assert run(PAGE) == [NOTHING, "Kept: name of Food and Time was edited by hand."]
        assert (Room.objects.count(), Track.objects.count()) == (2, 2)

    def test_a_room_of_a_track_chosen_by_hand_is_kept(self, run):
        Track.objects.filter(name="Track 2").update(room=Room.objects.get(name="Great Hall"))

        assert run(PAGE) == [NOTHING, "Kept: room of Track 2 was edited by hand."]
        assert run(PAGE.replace("Small Hall", "New Hall"))[-1] == (
            "Kept: room of Track 2 was edited by hand."
        )
        assert Room.objects.get(tracks__name="Track 2").name == "Great Hall"

    def test_a_track_and_its_room_that_were_deleted_come_back_empty(self, run):
        Slot.objects.filter(room__name="Small Hall").delete()
        Track.objects.get(name="Track 2").delete()
        Room.objects.get(name="Small Hall").delete()

        assert run(PAGE) == [
            "Created: 1 track (Track 2), 1 room (Small Hall).",
            "Kept: track of T3 was edited by hand.",
            "Kept: time and room of T3 was edited by hand.",
            "Kept: track of T4 was edited by hand.",
            "Kept: time and room of T4 was edited by hand.",
            "Time to be announced: T3, T4.",
        ]

    def test_a_tutorial_that_got_its_session_later_is_placed(self, run, conference):
        page = PAGE + "A Third\nPresenters: Eve\n"
        assert run(page)[-1] == "Time to be announced: T5."
        make_session(conference, at(14, 30), title="Session 3")

        assert run(page) == ["Changed: time and room of T5."]
        assert placed("T5") == [("Session 3", "Small Hall")]


def test_a_tutorial_made_by_hand_is_completed_and_not_overwritten(run, sessions, conference):
    make_tutorial(conference, code="T1", title="How Rivers Remember", abstract="Mine.")

    assert run(PAGE) == [
        f"Created: {PLACES}, 3 tutorials, 5 people.",
        "Changed: track of T1; order of T1; list of presenters of T1; time and room of T1.",
        "Kept: abstract of T1 was edited by hand.",
    ]
    assert run(PAGE) == [NOTHING, "Kept: abstract of T1 was edited by hand."]


class TestFailures:
    def test_a_fault_in_the_last_line_leaves_the_database_as_it_was(self, run, sessions):
        before = contents()

        with pytest.raises(CommandError) as caught:
            run(PAGE + "Last\nPresenters: Eve (X\n")

        assert str(caught.value) == (
            "page.txt, line 24: The brackets do not match: every “(” needs its “)”. "
            "Nothing was written."
        )
        assert contents() == before

    def test_all_faults_are_told(self, run, sessions):
        with pytest.raises(CommandError) as caught:
            run(PAGE.replace("Abstract\nNorth", "North").replace("(Mill)", "(Mill"))

        assert str(caught.value) == (
            "page.txt has 2 faults. Nothing was written.\n"
            "  line 12: “North is a convention.” stands between the presenters and “Abstract”.\n"
            "  line 15: The brackets do not match: every “(” needs its “)”."
        )

    def test_a_conference_that_is_not_there(self, tmp_path, db):
        with pytest.raises(CommandError, match="No conference is called “nowhere”"):
            call_command("import_programme", str(tmp_path / "x.txt"), "--conference", "nowhere")

    def test_a_file_that_is_not_there(self, conference, tmp_path):
        with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
            call_command("import_programme", str(tmp_path / "x.txt"), "--conference", "cpal-2026")

    @pytest.mark.parametrize("name", ["page.xml", "page.XML"])
    def test_a_format_that_is_not_there_yet(self, run, name):
        with pytest.raises(CommandError, match=r"^The format [a-z-]+ cannot be read yet"):
            run(PAGE, name=name)

    def test_a_name_that_says_nothing(self, run, sessions):
        with pytest.raises(CommandError, match=r"“page\.json” does not say what it is"):
            run(PAGE, name="page.json")
        assert run(PAGE, "--format", "text", name="page.json") == [CREATED]
