"""A ticket shop's people come in: who is made, changed, found, withdrawn, and what seats do."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conference.models import Conference
from people.models import Attendee, TicketKind
from tests.factories import NOW, make_attendee, make_conference, make_tutorial, make_user
from tutorials import registration
from tutorials.audit import audit
from tutorials.imports.attendees import import_attendees, matching
from tutorials.models import Mail, Registration

HEADINGS = "Ticket number,Name,E-mail,Company,Product,Barcode,Status"
ADA = "A1,Ada Lovelace,ada@example.org,Engines,Regular,b-1,paid"
ALAN = "A2,Alan Turing,alan@example.org,Bletchley,Tutorial package,b-2,paid"
NOTHING = "Nothing to create and nothing to change."


def text_of(*rows, headings=HEADINGS):
    return "\n".join([headings, *rows]) + "\n"


def counted(lines):
    """What the command said, but for the columns."""
    return [line for line in lines if not line.startswith(("Columns:", "Not used:"))]


@pytest.fixture
def run(conference, tmp_path, capsys):
    """Import rows into the conference; what the command said, line by line."""

    def run(*rows, flags=(), headings=HEADINGS):
        file = tmp_path / "tickets.csv"
        file.write_text(text_of(*rows, headings=headings))
        call_command("import_attendees", str(file), "--conference", conference.slug, *flags)
        return counted(capsys.readouterr().out.splitlines())

    return run


@pytest.fixture
def asks_for_tickets(conference):
    conference.attendance = Conference.Attendance.REGISTER_WITH_TICKET
    conference.save()
    return conference


def contents():
    """All that an import may write, in a form that compares."""
    return [
        list(rows.order_by("pk").values())
        for rows in (Attendee.objects, TicketKind.objects, Registration.objects, Conference.objects)
    ]


def statuses(tutorial):
    rows = Registration.objects.filter(tutorial=tutorial).order_by("pk")
    return [(row.attendee.name, row.status) for row in rows.select_related("attendee")]


class TestNewPeople:
    def test_keep_what_the_shop_says(self, run, conference):
        assert run(ADA, ALAN) == [
            "Created: 2 attendees.",
            "New ticket kinds: “Regular”, “Tutorial package”. See whether each gives the right to "
            "tutorials.",
        ]

        ada = Attendee.objects.get(ticket_number="A1")
        assert (ada.conference, ada.name, ada.sort_name) == (
            conference, "Ada Lovelace", "Lovelace, Ada",
        )  # fmt: skip
        assert (ada.email, ada.buyer_email) == ("ada@example.org", "ada@example.org")
        assert (ada.affiliation, ada.ticket_barcode) == ("Engines", "b-1")
        assert ada.ticket_kind == conference.ticket_kinds.get(name="Regular", gives_tutorials=True)
        assert ada.badge_code != Attendee.objects.get(ticket_number="A2").badge_code

    def test_a_second_run_changes_nothing_and_says_so(self, run):
        run(ADA, ALAN)
        before = contents()

        assert run(ADA, ALAN) == [NOTHING, "As before: 2 attendees."]
        assert contents() == before

    def test_a_dry_run_says_the_same_and_writes_nothing(self, run):
        before = contents()

        said = run(ADA, ALAN, flags=["--dry-run"])

        assert contents() == before
        first, *middle, last = said
        assert first == "A dry run; without --dry-run it would say:"
        assert last == "Nothing was written."
        assert middle == run(ADA, ALAN)

    def test_who_has_not_paid_yet_is_left_out_and_counted(self, run):
        assert run(ADA, "A2,Alan,,,,,pending", "A3,Grace,,,,,refunded")[:3] == [
            "Created: 1 attendee.",
            "Left out: 1 ticket that is not paid yet.",
            "Left out: 1 cancelled ticket of somebody who was never here.",
        ]
        assert Attendee.objects.get().ticket_number == "A1"

    def test_other_conferences_are_not_touched(self, run):
        elsewhere = make_conference()
        other = make_attendee(elsewhere, ticket_number="A1", email="ada@example.org")

        run(ADA)

        assert Attendee.objects.filter(ticket_number="A1").count() == 2
        assert Attendee.objects.get(pk=other.pk).name == other.name


def test_a_fault_anywhere_writes_nothing(run):
    before = contents()

    with pytest.raises(CommandError) as caught:
        run(*[f"N{n},Name {n},,,Kind,," for n in range(600)], "X,,broken@,,,,")

    assert str(caught.value) == (
        "tickets.csv: line 602, column “E-mail”: “broken@” is no e-mail address. Correct it, or "
        "leave the cell empty. Nothing was written."
    )
    assert contents() == before


def test_faults_are_all_told(run):
    with pytest.raises(CommandError) as caught:
        run(",Ada,,,,,", "A2,Alan,no,,,,")

    first, *others = str(caught.value).splitlines()
    assert first == "tickets.csv has 2 faults. Nothing was written."
    assert [line.split(":")[0] for line in others] == [
        "  line 2, column “Ticket number”", "  line 3, column “E-mail”",
    ]  # fmt: skip


def test_a_file_that_is_not_there(conference, tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv cannot be read: No such file or directory"):
        call_command("import_attendees", str(tmp_path / "none.csv"), "--conference", "cpal-2026")


class TestChanges:
    def test_the_file_is_followed(self, run):
        run(ADA, ALAN)

        assert run(ADA, "A2,Alan M. Turing,at@example.org,Manchester,Regular,b-9,paid") == [
            "Changed: 1 attendee.",
            "As before: 1 attendee.",
        ]

        alan = Attendee.objects.get(ticket_number="A2")
        assert (alan.name, alan.sort_name) == ("Alan M. Turing", "Turing, Alan M.")
        assert (alan.email, alan.affiliation) == ("at@example.org", "Manchester")
        assert (str(alan.ticket_kind), alan.ticket_barcode) == ("Regular", "b-9")

    def test_what_somebody_edited_here_is_kept(self, run):
        run(ADA)
        Attendee.objects.update(name="Grace Hopper", email="grace@example.org")

        assert run("A1,Ada King,king@example.org,Navy,Regular,b-1,paid") == [
            "Changed: 1 attendee.",
            "Kept what somebody edited here, in these lines of the file: 2.",
        ]

        handed_on = Attendee.objects.get()
        assert (handed_on.name, handed_on.email) == ("Grace Hopper", "grace@example.org")
        assert handed_on.affiliation == "Navy"
        # It is the same the next time.
        assert run("A1,Ada King,king@example.org,Navy,Regular,b-1,paid")[0] == NOTHING

    def test_an_empty_cell_takes_nothing_from_who_filled_it_in(self, run):
        run("A1,Ada,,,,,paid")
        Attendee.objects.update(email="ada@example.org")

        assert run("A1,Ada,,,,,paid") == [NOTHING, "As before: 1 attendee."]
        assert Attendee.objects.get().email == "ada@example.org"

    def test_a_column_that_the_file_lacks_changes_nothing(self, run):
        run(ADA)

        assert run("A1,Ada Lovelace", headings="Ticket number,Name")[0] == NOTHING
        assert Attendee.objects.get().affiliation == "Engines"

    def test_a_name_that_was_made_up_gives_way_to_the_real_one(self, run):
        run("A1,,ada@example.org,,,,paid")
        assert Attendee.objects.get().name == "ada"

        run(ADA)

        assert Attendee.objects.get().name == "Ada Lovelace"


class TestPeopleWithoutANumber:
    def test_the_only_one_of_an_address_is_meant(self, run, conference, asks_for_tickets):
        user = make_user("ada@example.org")
        here = make_attendee(conference, user=user, name="Ada L.", email="other@example.org")

        assert run(ADA)[0] == "Ticket confirmed: 1 attendee who was here without one."

        found = Attendee.objects.get()
        assert (found.pk, found.ticket_number, found.name) == (here.pk, "A1", "Ada L.")
        assert str(found.ticket_kind) == "Regular"

    def test_an_address_that_the_account_has_not_confirmed_counts_for_nothing(
        self, run, conference
    ):
        user = make_user("eve@example.org")
        make_attendee(conference, user=user, email="ada@example.org")

        assert run(ADA)[0] == "Created: 1 attendee."

    def test_of_two_nobody_is_meant(self, run, conference):
        for name in ("Ada", "Alan"):
            make_attendee(conference, name=name, email="office@example.org")

        assert run("A1,Ada,office@example.org,,,,")[0] == "Created: 1 attendee."

    def test_of_two_tickets_neither_is_meant(self, run, conference):
        make_attendee(conference, email="office@example.org")

        said = run("A1,Ada,office@example.org,,,,", "A2,Alan,office@example.org,,,,")

        assert said[0] == "Created: 2 attendees."

    def test_the_next_seat_that_is_free_is_theirs(self, run, programme, asks_for_tickets):
        ada = make_attendee(programme.conference, email="ada@example.org", ticket_number="old")
        for number in range(3):
            holder = make_attendee(programme.conference, ticket_number=f"T{number}")
            registration.register(holder, programme.t1, by=None, at=NOW)
        waits = registration.register(ada, programme.t1, by=None, at=NOW)
        Attendee.objects.filter(pk=ada.pk).update(ticket_number="")
        registration.cancel(holder, programme.t1, by=None, at=NOW)
        waits.refresh_from_db()
        assert waits.status == "waitlisted"

        run(ADA)

        waits.refresh_from_db()
        assert waits.status == "confirmed"
        assert audit(programme.conference) == []


class TestClaims:
    @pytest.fixture
    def claimant(self, programme, asks_for_tickets):
        """Ada, who says that A1 is hers, with a seat that is held until somebody confirms it."""
        ada = make_attendee(
            programme.conference,
            user=make_user("ada@home.example"),
            name="Ada Lovelace",
            email="ada@home.example",
            claimed_ticket="A1",
            claimed_at=NOW,
        )
        held = registration.register(ada, programme.t1, by=None, at=NOW)
        assert (held.status, held.awaits_ticket) == ("offered", True)
        return ada

    def test_is_confirmed_by_the_same_name(self, run, programme, claimant):
        assert run(ADA)[0] == "Ticket confirmed: 1 attendee who was here without one."

        claimant.refresh_from_db()
        assert (claimant.ticket_number, claimant.claimed_ticket) == ("A1", "")
        assert claimant.claimed_at is None
        assert statuses(programme.t1) == [("Ada Lovelace", "confirmed")]

    def test_is_confirmed_by_the_same_address(self, run, claimant):
        run("A1,A. L.,Ada@Home.example,,,,paid")

        claimant.refresh_from_db()
        assert claimant.ticket_number == "A1"
        assert claimant.name == "Ada Lovelace"

    def test_is_confirmed_however_it_was_typed(self, run, claimant):
        Attendee.objects.filter(pk=claimant.pk).update(claimed_ticket="a 1", name="Lovelace, Ada")

        run(ADA)

        claimant.refresh_from_db()
        assert (claimant.ticket_number, claimant.claimed_ticket) == ("A1", "")

    @pytest.mark.parametrize("claimed", [" a 1", "B-1"], ids=["number", "barcode"])
    def test_may_be_typed_in_another_way(self, run, claimant, claimed):
        Attendee.objects.update(claimed_ticket=claimed)

        run(ADA.replace("Ada Lovelace", "LOVELACE Ada"))

        claimant.refresh_from_db()
        assert (claimant.ticket_number, claimant.claimed_ticket) == ("A1", "")

    def test_of_two_that_agree_neither_is_believed(self, run, conference, claimant):
        make_attendee(conference, name="Ada Lovelace", claimed_ticket="A1", claimed_at=NOW)

        assert run(ADA)[0] == "Created: 1 attendee."

    def test_is_not_confirmed_by_an_address_that_the_account_has_not(self, run, claimant):
        Attendee.objects.update(email="alan@example.org")

        assert run("A1,Alan Turing,alan@example.org,,,,paid")[0] == "Created: 1 attendee."

    def test_stays_where_neither_agrees_and_is_reported(self, run, programme, claimant):
        assert run("A1,Alan Turing,alan@example.org,,,,paid") == [
            "Created: 1 attendee.",
            "Look at it: 1 attendee claims a ticket of this file under another name and e-mail.",
        ]

        claimant.refresh_from_db()
        assert (claimant.ticket_number, claimant.claimed_ticket) == ("", "A1")
        assert statuses(programme.t1) == [("Ada Lovelace", "offered")]

    def test_is_confirmed_after_a_run_that_was_killed_too_early(
        self, run, programme, claimant, monkeypatch
    ):
        with monkeypatch.context() as patch:
            patch.setattr(registration, "tickets_changed", killed)
            with pytest.raises(Killed):
                run(ADA)
        assert statuses(programme.t1) == [("Ada Lovelace", "offered")]

        run(ADA)

        assert statuses(programme.t1) == [("Ada Lovelace", "confirmed")]

    def test_a_better_kind_of_ticket_gets_the_free_seat(self, run, programme, asks_for_tickets):
        run(ADA)
        ada = Attendee.objects.get()
        for number in range(3):
            holder = make_attendee(programme.conference, ticket_number=f"T{number}")
            registration.register(holder, programme.t1, by=None, at=NOW)
        registration.register(ada, programme.t1, by=None, at=NOW)
        programme.conference.ticket_kinds.update(gives_tutorials=False)
        registration.cancel(holder, programme.t1, by=None, at=NOW)
        assert statuses(programme.t1)[-1] == ("Ada Lovelace", "waitlisted")

        run(ADA.replace("Regular", "Tutorial package"))

        assert statuses(programme.t1)[-1] == ("Ada Lovelace", "confirmed")

    def test_a_better_kind_of_ticket_confirms_as_well(self, run, programme, claimant):
        programme.conference.ticket_kinds.create(name="Regular", gives_tutorials=False)
        run(ADA)
        assert statuses(programme.t1) == [("Ada Lovelace", "offered")]

        run(ADA.replace("Regular", "Tutorial package"))

        assert statuses(programme.t1) == [("Ada Lovelace", "confirmed")]


class Killed(Exception):
    pass


def killed(*args, **kwargs):
    raise Killed


class TestRefunds:
    @pytest.fixture
    def full(self, run, programme):
        """T1 is full with Ada, Alan and Grace; Joan waits."""
        people = [ADA, ALAN, "A3,Grace,g@example.org,,,,paid", "A4,Joan,j@example.org,,,,paid"]
        run(*people)
        for attendee in Attendee.objects.order_by("ticket_number"):
            registration.register(attendee, programme.t1, by=None, at=NOW)
        assert statuses(programme.t1)[-1] == ("Joan", "waitlisted")
        return programme

    def test_free_the_seat_for_who_waits(self, run, full):
        assert run(ADA.replace("paid", "refunded"))[0] == (
            "Withdrawn: 1 attendee whose ticket was cancelled or refunded."
        )

        assert statuses(full.t1) == [
            ("Ada Lovelace", "cancelled"),
            ("Alan Turing", "confirmed"),
            ("Grace", "confirmed"),
            ("Joan", "confirmed"),
        ]
        assert Attendee.objects.get(ticket_number="A1").withdrawn_at is not None
        told = Mail.objects.filter(attendee__ticket_number="A1").latest("pk")
        assert (told.kind, told.facts["reason"]) == (
            "withdrawn", "The ticket shop says of the ticket: refunded.",
        )  # fmt: skip
        assert audit(full.conference) == []

    def test_happen_once(self, run, full):
        run(ADA.replace("paid", "refunded"))
        before = contents()

        assert run(ADA.replace("paid", "refunded"))[0] == NOTHING
        assert contents() == before

    def test_are_taken_back(self, run, full):
        run(ADA.replace("paid", "storniert"))

        said = run(ADA)

        assert said[0] == "Back again: 1 attendee whose ticket is valid once more."
        assert Attendee.objects.get(ticket_number="A1").withdrawn_at is None
        # The seat is somebody else's now.
        assert statuses(full.t1)[0] == ("Ada Lovelace", "cancelled")
        assert run(ADA)[0] == NOTHING

    def test_whom_an_organiser_withdrew_stays_withdrawn(self, run, full):
        ada = Attendee.objects.get(ticket_number="A1")
        registration.withdraw(ada, by=None, at=NOW)

        assert run(ADA) == [
            NOTHING,
            "As before: 1 attendee.",
            "Left as they are: 3 attendees of earlier imports whom the file does not hold.",
            "Kept what somebody edited here, in these lines of the file: 2.",
        ]
        assert Attendee.objects.get(ticket_number="A1").withdrawn_at is not None

    def test_whom_an_organiser_took_back_in_stays_in(self, run, full):
        run(ADA.replace("paid", "refunded"))
        ada = Attendee.objects.get(ticket_number="A1")
        registration.reinstate(ada, by=None, at=NOW)

        assert run(ADA.replace("paid", "refunded"))[0] == NOTHING
        assert Attendee.objects.get(ticket_number="A1").withdrawn_at is None

    def test_follow_after_a_run_that_was_killed_too_early(self, run, full, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(registration, "withdraw", killed)
            with pytest.raises(Killed):
                run(ADA.replace("paid", "refunded"))

        run(ADA.replace("paid", "refunded"))

        assert statuses(full.t1)[0] == ("Ada Lovelace", "cancelled")
        assert statuses(full.t1)[-1] == ("Joan", "confirmed")


class TestMissing:
    def test_are_left_alone_and_counted(self, run):
        run(ADA, ALAN)
        before = contents()

        assert run(ADA) == [
            NOTHING,
            "As before: 1 attendee.",
            "Left as it is: 1 attendee of an earlier import whom the file does not hold.",
        ]
        assert contents() == before

    def test_are_withdrawn_when_asked(self, run, programme):
        run(ADA, ALAN)
        alan = Attendee.objects.get(ticket_number="A2")
        registration.register(alan, programme.t1, by=None, at=NOW)

        assert run(ADA, flags=["--withdraw-missing"])[0] == (
            "Withdrawn: 1 attendee whom the file does not hold any more."
        )

        assert statuses(programme.t1) == [("Alan Turing", "cancelled")]
        assert run(ADA, flags=["--withdraw-missing"])[0] == NOTHING
        assert run(ADA, ALAN)[0] == "Back again: 1 attendee whose ticket is valid once more."

    def test_a_dry_run_only_says_so(self, run):
        run(ADA, ALAN)

        said = run(ADA, flags=["--withdraw-missing", "--dry-run"])

        assert "Withdrawn: 1 attendee whom the file does not hold any more." in said
        assert not Attendee.objects.filter(withdrawn_at__isnull=False).exists()

    def test_do_not_include_who_came_by_another_way(self, run, conference):
        make_attendee(conference)
        make_attendee(conference, ticket_number="GUEST")

        assert run(ADA, flags=["--withdraw-missing"])[0] == "Created: 1 attendee."
        assert not Attendee.objects.filter(withdrawn_at__isnull=False).exists()

    def test_do_not_include_who_has_not_paid_again_yet(self, run):
        run(ADA, ALAN)

        assert run(ADA, ALAN.replace("paid", "pending"), flags=["--withdraw-missing"])[0] == NOTHING


class TestColumns:
    ROWS = ("Wer,Code,Stand", "Ada,A1,paid")

    def test_are_matched_by_the_organiser_and_remembered(self, run, conference):
        headings, row = self.ROWS
        with pytest.raises(CommandError, match="No column for “name” was found"):
            run(row, headings=headings)
        flags = ["--column", "name=Wer", "--column", "ticket_number=Code"]

        run(row, headings=headings, flags=flags)

        conference.refresh_from_db()
        assert conference.ticket_columns == {"name": "Wer", "ticket_number": "Code"}
        assert run("Alan,A2,paid", headings=headings)[0] == "Created: 1 attendee."

    def test_a_dry_run_remembers_nothing(self, run, conference):
        headings, row = self.ROWS
        flags = ["--column", "name=Wer", "--column", "ticket_number=Code", "--dry-run"]

        run(row, headings=headings, flags=flags)

        conference.refresh_from_db()
        assert conference.ticket_columns == {}

    @pytest.mark.parametrize("wrong", ["nme=Wer", "name"])
    def test_that_make_no_sense_are_refused(self, run, wrong):
        with pytest.raises(CommandError, match="write FIELD=HEADING"):
            run(ADA, flags=["--column", wrong])

    def test_are_told(self, conference, tmp_path, capsys):
        file = tmp_path / "tickets.csv"
        file.write_text("Ticketnummer;Vorname;Nachname;Telefon\n1;Ada;Lovelace;0\n")

        call_command("import_attendees", str(file), "--conference", "cpal-2026")

        assert capsys.readouterr().out.splitlines()[:2] == [
            "Columns: ticket number: “Ticketnummer”; first name: “Vorname”; last name: “Nachname”.",
            "Not used: “Telefon”.",
        ]


class TestManyPeople:
    ROWS = tuple(
        f"N{n},Name Of {n},n{n}@example.org,Place {n % 7},Kind {n % 3},b{n},paid"
        for n in range(2000)
    )

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "many.csv"
        path.write_text(text_of(*self.ROWS))
        return path

    @pytest.fixture
    def bring_in(self, conference, file):
        def bring_in(**choices):
            return import_attendees(file, conference, by=None, at=NOW, **choices)

        return bring_in

    def test_a_run_that_was_killed_is_simply_repeated(self, bring_in, conference, monkeypatch):
        done = []

        def stop(number, total):
            done.append((number, total))
            if len(done) == 2:
                raise Killed

        with pytest.raises(Killed):
            bring_in(progress=stop)
        assert done == [(500, 2000), (1000, 2000)]
        assert conference.attendees.count() == 1000

        report = bring_in()

        assert report.counts["created"] == report.counts["unchanged"] == 1000
        assert conference.attendees.count() == 2000
        assert bring_in().lines() == [NOTHING, "As before: 2000 attendees."]

    def test_each_batch_is_all_or_nothing(self, bring_in, conference, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(Attendee.objects, "bulk_create", killed)
            with pytest.raises(Killed):
                bring_in()

        assert not conference.attendees.exists()

    def test_a_number_that_somebody_gives_meanwhile(self, bring_in, conference, monkeypatch):
        find = matching.Known.find
        tried: list[int] = []

        def find_and_be_late(self, tickets, load):
            found = find(self, tickets, load)
            if not tried:
                make_attendee(conference, ticket_number="N7")
            tried.append(len(found))
            return found

        monkeypatch.setattr(matching.Known, "find", find_and_be_late)

        bring_in()

        assert conference.attendees.count() == 2000
        assert len(tried) == 5

    @pytest.mark.parametrize("step", ["new", "same", "changed"])
    def test_a_batch_costs_the_same_whatever_is_there(
        self, bring_in, conference, file, step, monkeypatch
    ):
        def cost():
            if step != "new":
                bring_in()
            if step == "changed":
                conference.attendees.update(affiliation="", imported={})
            with CaptureQueriesContext(
                connection,
            ) as queries:
                bring_in()
            return len(queries)

        kinds = 3 * 5 if step == "new" else 0
        # SQLite takes a thousand values at once, and so divides what is written.
        parts = {"new": 10, "same": 0, "changed": 20}[step] if connection.vendor == "sqlite" else 2
        assert cost() <= 4 * (4 + parts) + kinds + 10

    def test_progress_is_told_to_somebody_who_watches(self, conference, file, monkeypatch):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        terminal = Terminal()
        call_command("import_attendees", str(file), "--conference", "cpal-2026", stderr=terminal)

        assert terminal.getvalue().splitlines()[-1] == "2,000 of 2,000"


def test_seats_and_names_of_others_are_left_alone(run, programme):
    walk_in = make_attendee(programme.conference)
    registration.register(walk_in, programme.t1, by=None, at=NOW)
    make_tutorial(programme.conference)
    before = list(Registration.objects.values())

    run(ADA, ALAN)

    assert list(Registration.objects.values()) == before
