"""Who may register for a tutorial: tickets and their kinds, windows, limits, overlaps."""

from datetime import timedelta

import pytest

from people.models import TicketKind
from tests.factories import NOW, at, make_attendee, make_ticket
from tutorials import registration
from tutorials.models import Registration, Tutorial
from tutorials.standing import Refused

HOUR = timedelta(hours=1)


def rules(conference, **fields):
    for name, value in fields.items():
        setattr(conference, name, value)
    conference.save()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def register(attendee, tutorial, when=NOW, **how):
    return registration.register(attendee, tutorial, by=None, at=when, **how)


def code_of(attendee, tutorial, when=NOW):
    """Why not, in a word; what is asked first and what happens say the same."""
    attendee, tutorial = fresh(attendee), fresh(tutorial)
    refusal = registration.why_not(attendee, tutorial, when)
    if refusal is None:
        return None
    with pytest.raises(Refused) as refused:
        register(attendee, tutorial, when)
    assert refused.value.refusal.code == refusal.code
    return refusal.code


class TestTickets:
    @pytest.fixture(autouse=True)
    def asks_for_tickets(self, conference):
        rules(conference, attendance="register_with_ticket")

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({}, None),
            ({"kind": "Tutorial package"}, None),
            ({"kind": "Main", "tutorials": False}, "ticket_without_tutorials"),
            ({"ticket_number": ""}, "no_ticket"),
            ({"ticket_number": "", "kind": "Tutorial package"}, "no_ticket"),
            ({"withdrawn_at": NOW}, "withdrawn"),
            ({"ticket_number": "", "claimed_ticket": "7", "claimed_at": NOW}, None),
            (
                {"kind": "Main", "tutorials": False, "claimed_ticket": "7", "claimed_at": NOW},
                None,
            ),
        ],
    )
    def test_what_a_ticket_gives(self, programme, fields, code):
        assert code_of(make_ticket(programme.conference, **fields), programme.t1) == code

    def test_where_no_ticket_is_needed_its_kind_does_not_matter(self, programme, conference):
        rules(conference, attendance="register")
        main = make_ticket(conference, kind="Main", tutorials=False)
        nothing = make_attendee(conference)

        assert [code_of(each, programme.t1) for each in (main, nothing)] == [None, None]

    def test_who_was_withdrawn_is_nowhere_let_in(self, programme, conference):
        rules(conference, attendance="register")

        assert code_of(make_attendee(conference, withdrawn_at=NOW), programme.t1) == "withdrawn"

    def test_a_claim_holds_a_seat_until_it_is_confirmed(self, programme, conference):
        ada = make_ticket(conference, ticket_number="", claimed_ticket="7", claimed_at=NOW)
        held = register(ada, programme.t1)
        assert (held.status, held.awaits_ticket) == ("offered", True)
        assert held.offered_until == NOW + timedelta(hours=conference.offer_hours)
        with pytest.raises(Refused, match="once your conference ticket is confirmed"):
            registration.accept(held, by=None, at=NOW)

        ada.ticket_number, ada.claimed_ticket, ada.claimed_at = "7", "", None
        ada.save()
        registration.tickets_changed([ada.pk], by=None, at=NOW)

        assert fresh(held).status == "confirmed"

    def test_a_seat_that_was_held_in_vain_goes_on(self, programme, conference):
        ada = make_ticket(conference, ticket_number="", claimed_ticket="7", claimed_at=NOW)
        held = register(ada, programme.t1)
        others = [make_ticket(conference) for _ in range(3)]
        waiting = [register(each, programme.t1) for each in others][-1]
        assert waiting.status == "waitlisted"

        registration.lapse(at=held.offered_until)

        assert fresh(held).cancelled_because == "lapsed"
        assert fresh(waiting).status == "confirmed"

    def test_a_kind_that_loses_the_right_takes_no_seat_away(self, programme, conference):
        ada = make_ticket(conference, kind="Package")
        row = register(ada, programme.t1)
        TicketKind.objects.update(gives_tutorials=False)

        registration.tickets_changed([ada.pk], by=None, at=NOW)

        assert fresh(row).status == "confirmed"
        assert code_of(ada, programme.t2) == "ticket_without_tutorials"

    def test_too_late_for_a_ticket_to_be_confirmed(self, programme, conference):
        ada = make_ticket(conference, ticket_number="", claimed_ticket="7", claimed_at=NOW)

        assert code_of(ada, programme.t1, at(5, 30)) == "no_ticket"
        assert code_of(make_ticket(conference), programme.t1, at(5, 30)) is None


class TestWindows:
    @pytest.mark.parametrize(
        ("conference_window", "own_window", "codes"),
        [
            ((1, 3), (None, None), ["not_open_yet", None, None, "closed"]),
            ((1, 3), (2, None), ["not_open_yet", "not_open_yet", None, "closed"]),
            ((1, 3), (0, 1), [None, "closed", "closed", "closed"]),
            ((None, 1), (None, 3), [None, None, None, "closed"]),
            ((None, None), (None, None), [None, None, None, None]),
        ],
    )
    def test_a_tutorials_own_comes_before_the_conferences(
        self, programme, conference, attendees, conference_window, own_window, codes
    ):
        def times(window):
            return [None if hours is None else NOW + hours * HOUR for hours in window]

        opens, closes = times(conference_window)
        rules(conference, registration_opens_at=opens, registration_closes_at=closes)
        opens, closes = times(own_window)
        Tutorial.objects.filter(pk=programme.t1.pk).update(
            registration_opens_at=opens, registration_closes_at=closes
        )

        found = [
            code_of(attendee, programme.t1, NOW + hours * HOUR)
            for hours, attendee in enumerate(attendees[:4])
        ]

        assert found == codes

    def test_one_leaves_though_registration_is_closed(self, programme, conference, attendees):
        register(attendees[0], programme.t1)
        rules(conference, registration_closes_at=NOW + HOUR)

        ended = registration.cancel(attendees[0], programme.t1, by=None, at=NOW + 2 * HOUR)

        assert ended
        assert ended.status == "cancelled"

    def test_who_waits_gets_the_seat_though_registration_is_closed(
        self, programme, conference, attendees
    ):
        rows = [register(each, programme.t1) for each in attendees[:4]]
        rules(conference, registration_closes_at=NOW + HOUR)

        registration.cancel(attendees[0], programme.t1, by=None, at=NOW + 2 * HOUR)

        assert fresh(rows[3]).status == "confirmed"


class TestLimit:
    @pytest.fixture(autouse=True)
    def one_each(self, conference):
        rules(conference, tutorials_per_attendee=1)

    def test_one_seat_is_enough(self, programme, attendees):
        ada = attendees[0]
        register(ada, programme.t1)

        assert code_of(ada, programme.t2) == "limit"
        registration.cancel(ada, programme.t1, by=None, at=NOW)
        assert code_of(ada, programme.t2) is None

    def test_it_says_how_many(self, programme, conference, attendees):
        register(attendees[0], programme.t1)
        refusal = registration.why_not(attendees[0], fresh(programme.t2), NOW)

        assert refusal
        assert "a seat in 1 tutorial already" in refusal.message

    def test_a_held_seat_counts_and_a_place_in_a_queue_does_not(self, programme, attendees):
        ada, *others = attendees
        for other in others[:3]:
            register(other, programme.t1)
        assert register(ada, programme.t1).status == "waitlisted"

        assert code_of(ada, programme.t2) is None

    def test_a_switch_stays_within_it(self, programme, attendees):
        ada = attendees[0]
        register(ada, programme.t1)

        row = registration.switch(ada, programme.t2, gives_up=programme.t1, by=None, at=NOW)

        assert row.status == "confirmed"
        assert [row.tutorial for row in Registration.objects.seated().filter(attendee=ada)] == [
            programme.t2
        ]

    def test_who_waits_is_passed_over_while_at_the_limit(self, programme, attendees):
        ada, *others = attendees
        rows = [register(each, programme.t1) for each in (*others[:3], ada, others[3])]
        register(ada, programme.t2)

        registration.cancel(others[0], programme.t1, by=None, at=NOW)

        assert [fresh(row).status for row in rows[3:]] == ["waitlisted", "confirmed"]


class TestOverlaps:
    """T1 and T3 are at the same time."""

    def test_refused(self, programme, attendees):
        register(attendees[0], programme.t1)

        assert code_of(attendees[0], programme.t3) == "overlaps"
        with pytest.raises(Refused):
            register(attendees[0], programme.t3, despite_overlap=True)

    def test_warned_and_let_in_if_they_insist(self, programme, conference, attendees):
        rules(conference, overlaps="warn")
        register(attendees[0], programme.t1)

        assert code_of(attendees[0], programme.t3) == "overlaps_warning"
        row = register(attendees[0], programme.t3, despite_overlap=True)

        assert (row.status, row.overlap) == ("confirmed", "policy")

    def test_allowed(self, programme, conference, attendees):
        rules(conference, overlaps="allow")
        register(attendees[0], programme.t1)

        assert code_of(attendees[0], programme.t3) is None
        row = register(attendees[0], programme.t3)

        assert (row.status, row.overlap) == ("confirmed", "policy")

    def test_without_an_overlap_nothing_is_noted(self, programme, conference, attendees):
        rules(conference, overlaps="allow")
        register(attendees[0], programme.t1)

        assert register(attendees[0], programme.t2).overlap == ""

    @pytest.fixture
    def full(self, programme, attendees):
        """T3 with its one seat taken, by the last of the attendees."""
        Tutorial.objects.filter(pk=programme.t3.pk).update(capacity=1, seats=1)
        register(attendees[-1], programme.t3)
        return programme.t3

    @pytest.mark.parametrize(
        ("overlaps", "becomes"),
        [("refuse", "waitlisted"), ("warn", "waitlisted"), ("allow", "confirmed")],
    )
    def test_who_waits_and_then_takes_another(
        self, programme, conference, attendees, full, overlaps, becomes
    ):
        rules(conference, overlaps=overlaps)
        waits = register(attendees[0], full)
        register(attendees[0], programme.t1)

        registration.cancel(attendees[-1], full, by=None, at=NOW)

        assert fresh(waits).status == becomes

    def test_who_insisted_before_waiting_gets_both(self, programme, conference, attendees, full):
        rules(conference, overlaps="warn")
        register(attendees[0], programme.t1)
        waits = register(attendees[0], full, despite_overlap=True)

        registration.cancel(attendees[-1], full, by=None, at=NOW)

        assert (fresh(waits).status, fresh(waits).overlap) == ("confirmed", "policy")
