"""Whatever people and organisers do, in whatever order: the rules hold after each step.

Hypothesis invents the steps, and where a rule breaks it finds the shortest way there.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from people.models import Attendee, TicketKind
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration, schedule
from tutorials.audit import audit, left_waiting
from tutorials.models import Change, Mail, Registration, Schedule, Tutorial
from tutorials.models.history import Why
from tutorials.models.mail import MailKind
from tutorials.registration import TooFew
from tutorials.schedule import ReleaseBlocked
from tutorials.standing import Refused, Standing, eligible

PEOPLE, TUTORIALS = 5, 5
someone = st.integers(0, PEOPLE - 1)
some_tutorial = st.integers(0, TUTORIALS - 1)
number = st.integers(0, 11)
wishes = st.sampled_from(Registration.WhenFree.values)
decisions = st.sampled_from(TooFew.values)

# What the last mail about a registration may say, by what has become of it.
TOLD = {
    "confirmed": {
        MailKind.REGISTERED,
        MailKind.GOT_IN,
        MailKind.SWITCHED,
        MailKind.MOVED,
        MailKind.CLASH,
        MailKind.REMINDER,
    },
    "waitlisted": {MailKind.WAITING, MailKind.MOVED_BACK, MailKind.MOVED},
    "offered": {MailKind.OFFERED, MailKind.HELD, MailKind.MOVED},
    "self": {MailKind.LEFT},
    "declined": {MailKind.DECLINED},
    "lapsed": {MailKind.LAPSED},
    "withdrawn": {MailKind.WITHDRAWN},
    "tutorial_cancelled": {MailKind.TUTORIAL_CANCELLED},
}


class World(RuleBasedStateMachine):
    """Five tutorials, six people, and a clock that goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        # As Django's TestCase does: what is durable may be within it.
        self.block._from_testcase = True  # type: ignore[attr-defined]
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(
        mode=st.sampled_from(["register", "register_with_ticket"]),
        overlaps=st.sampled_from(["refuse", "refuse", "warn", "allow"]),
        limit=st.sampled_from([None, None, 1, 2]),
        seats=st.lists(st.integers(1, 2), min_size=TUTORIALS, max_size=TUTORIALS),
        tickets=st.lists(st.booleans(), min_size=PEOPLE, max_size=PEOPLE),
        rush=st.integers(0, 10**6),
        offer_hours=st.sampled_from([2, 24]),
    )
    def begin(self, mode, overlaps, limit, seats, tickets, rush, offer_hours):
        """T1 and T3, T2 and T4 run at the same time; T5 takes the whole day."""
        self.at = NOW
        self.conference = make_conference(
            attendance=mode,
            overlaps=overlaps,
            tutorials_per_attendee=limit,
            offer_hours=offer_hours,
        )
        self.kind = TicketKind.objects.create(conference=self.conference, name="Full")
        self.people = [
            make_attendee(
                self.conference,
                email=f"p{n}@example.org",
                ticket_number=f"N{n}" if has_ticket else "",
                ticket_kind=self.kind if has_ticket else None,
            )
            for n, has_ticket in enumerate(tickets)
        ]
        self.sessions = [
            make_session(self.conference, at(8)),
            make_session(self.conference, at(11, 30)),
        ]
        self.tutorials = []
        for number, capacity in enumerate(seats):
            tutorial = make_tutorial(self.conference)
            room = make_room(self.conference, capacity=capacity)
            for session in self.sessions if number == 4 else [self.sessions[number % 2]]:
                make_slot(session, tutorial, room)
            self.tutorials.append(tutorial)
        schedule.release(self.conference, by=None, at=self.at)
        self.last_change = 0
        dice = Random(rush)
        for _ in range(12):
            self.just_register(dice.randrange(PEOPLE), dice.randrange(TUTORIALS))

    # What people do.

    @rule(who=someone, what=some_tutorial, wish=wishes, other=some_tutorial, insists=st.booleans())
    def register(self, who, what, wish, other, insists):
        self.try_it(
            lambda: registration.register(
                self.person(who),
                self.tutorials[what],
                by=None,
                at=self.at,
                when_free=wish,
                gives_up=self.tutorials[other] if wish == "switch" else None,
                despite_overlap=insists,
            ),
            who,
        )

    def just_register(self, who, what):
        person = self.person(who)
        wish, gives_up = "take", None
        in_the_way = Standing.load(person, self.tutorials[what]).overlapping()
        if in_the_way:
            wish, gives_up = ("switch", in_the_way[0]) if who % 2 else ("offer", None)
        self.try_it(
            lambda: registration.register(
                person,
                self.tutorials[what],
                by=None,
                at=self.at,
                when_free=wish,
                gives_up=gives_up,
            ),
            who,
        )

    @rule(number=number, what=some_tutorial)
    def switch(self, number, what):
        seat = self.pick(number, status__in=["confirmed", "offered"])
        if not seat:
            return
        who, held = self.number_of(seat), self.seats_of(self.number_of(seat))
        self.try_it(
            lambda: registration.switch(
                self.person(who),
                self.tutorials[what],
                gives_up=seat.tutorial,
                by=None,
                at=self.at,
            ),
            who,
        )
        if seat.tutorial_id in held:
            assert self.seats_of(who) & {self.tutorials[what].pk, seat.tutorial_id}

    @rule(number=number)
    def leave(self, number):
        row = self.pick(number, status__in=Registration.LIVE)
        if row:
            self.try_it(
                lambda: registration.cancel(row.attendee, row.tutorial, by=None, at=self.at),
                self.number_of(row),
            )

    @rule(number=number, wish=wishes, other=number)
    def change_wish(self, number, wish, other):
        row = self.pick(number, status="waitlisted")
        if row:
            theirs = {"attendee": row.attendee, "status": "confirmed"}
            seat = self.pick(other, **theirs) if wish == "switch" else None
            registration.change_wish(
                row.attendee,
                row.tutorial,
                when_free=wish,
                gives_up=seat.tutorial if seat else None,
                by=None,
                at=self.at,
            )

    @rule(number=number, accepts=st.booleans(), looked=st.booleans())
    def answer_an_offer(self, number, accepts, looked):
        offer = self.pick(number, status="offered")
        if not offer:
            return
        who = self.number_of(offer)
        if not accepts:
            self.try_it(lambda: registration.decline(offer, by=None, at=self.at), who)
            return
        given_up = [each.pk for each in registration.given_up_by(offer)] if looked else []
        before = self.seats_of(who)
        self.try_it(
            lambda: registration.accept(offer, by=None, at=self.at, giving_up=given_up), who
        )
        assert before - self.seats_of(who) <= set(given_up)

    # What organisers do.

    @rule(who=someone, what=st.sampled_from(["claimed", "confirmed", "refused", "kind"]))
    def something_about_a_ticket(self, who, what):
        person = self.people[who]
        mine = Attendee.objects.filter(pk=person.pk)
        if what == "claimed":
            unticketed = mine.filter(ticket_number="", withdrawn_at=None, claimed_ticket="")
            unticketed.update(claimed_ticket=f"C{who}", claimed_at=self.at)
        elif what == "confirmed":
            mine.update(ticket_number=f"N{who}", claimed_ticket="", claimed_at=None)
        elif what == "refused":
            registration.refuse_claim(self.person(who), by=None, at=self.at)
        else:
            self.kind.gives_tutorials = not self.kind.gives_tutorials
            self.kind.save()
        everybody = [person.pk for person in self.people]
        registration.tickets_changed(everybody, by=None, at=self.at)

    @rule(who=someone)
    def withdraw_or_reinstate(self, who):
        if self.person(who).withdrawn_at:
            registration.reinstate(self.person(who), by=None, at=self.at)
        else:
            registration.withdraw(self.person(who), by=None, at=self.at)
            assert not self.live_of(who)

    @rule(who=someone, what=some_tutorial, above=st.booleans(), despite=st.booleans())
    def add(self, who, what, above, despite):
        self.try_it(
            lambda: registration.add(
                self.person(who),
                self.tutorials[what],
                by=None,
                at=self.at,
                reason="A guest",
                above_seats=above,
                despite_overlap=despite,
            ),
            who,
        )

    @rule(
        what=some_tutorial,
        capacity=st.one_of(st.none(), st.integers(1, 4)),
        back=st.integers(0, 1),
        too_few=decisions,
    )
    def change_the_seats(self, what, capacity, back, too_few):
        self.try_it(
            lambda: registration.change_capacity(
                self.tutorials[what],
                capacity=capacity,
                kept_back=back,
                too_few=TooFew(too_few),
                by=None,
                at=self.at,
            )
        )

    @rule(what=some_tutorial, really=st.integers(0, 4))
    def cancel_the_tutorial(self, what, really):
        if really == 4:
            registration.cancel_tutorial(self.tutorials[what], by=None, at=self.at)

    @rule(
        what=some_tutorial,
        session=st.integers(0, 1),
        capacity=st.integers(1, 4),
        decided=st.sampled_from(["no", "keep", "move_back"]),
    )
    def move_a_tutorial(self, what, session, capacity, decided):
        draft = Schedule.objects.draft(self.conference)
        slot = draft.slots.filter(tutorial=self.tutorials[what])[0]
        if what < 4:
            slot.session = self.sessions[session]
        slot.room = make_room(self.conference, capacity=capacity)
        slot.save()
        ids = [tutorial.pk for tutorial in self.tutorials]
        try:
            schedule.release(
                self.conference,
                by=None,
                at=self.at,
                keep=ids if decided == "keep" else (),
                move_back=ids if decided == "move_back" else (),
            )
        except ReleaseBlocked:
            assert decided == "no"

    @rule(hours=st.sampled_from([1, 1, 2, 5, 12, 24]))
    def time_passes(self, hours):
        """The worker does its round, as it does all the time."""
        self.at += timedelta(hours=hours)
        registration.lapse(at=self.at)
        registration.sweep(at=self.at)
        registration.remind(at=self.at)

    # What holds after each step.

    @invariant()
    def all_rows_agree(self):
        assert audit(self.conference) == []

    @invariant()
    def no_seat_is_free_while_somebody_could_have_it(self):
        assert left_waiting(self.conference, self.at) == []

    @invariant()
    def nobody_was_passed(self):
        """Who was seated in this step came before everybody who still waits and could be."""
        new = Change.objects.for_conference(self.conference).filter(
            pk__gt=self.last_change, became__in=["confirmed", "offered"]
        )
        for change in new.filter(why__in=[Why.ASKED, Why.SEAT_FREED]).select_related("tutorial"):
            tutorial = Tutorial.objects.select_related("conference").get(pk=change.tutorial_id)
            slots = [
                slot
                for slot in Schedule.objects.current(self.conference)
                .get()
                .slots.select_related("session")
                if slot.tutorial_id == tutorial.pk
            ]
            if change.was == "" and slots:
                waited = eligible(tutorial, slots).exclude(changes__pk__gt=self.last_change)
                assert not [row for row in waited if row.when_free == "take"]
        self.last_change = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    @invariant()
    def everybody_was_told(self):
        mails = Mail.objects.filter(tutorial__in=self.tutorials).order_by("pk")
        last = {mail.registration_id: mail.kind for mail in mails}
        for row in Registration.objects.filter(tutorial__in=self.tutorials):
            state = row.cancelled_because or row.status
            if state != "moved":  # told by the mail about the tutorial that they switched to
                assert last[row.pk] in TOLD[state], (state, last[row.pk])

    # Helpers.

    def pick(self, number: int, **which) -> Registration | None:
        """One of the registrations that are so, or None where none is."""
        rows = list(Registration.objects.filter(tutorial__in=self.tutorials, **which))
        return rows[number % len(rows)] if rows else None

    def number_of(self, row: Registration) -> int:
        return next(n for n, person in enumerate(self.people) if person.pk == row.attendee_id)

    def person(self, who: int) -> Attendee:
        return Attendee.objects.get(pk=self.people[who].pk)

    def live_of(self, who: int) -> dict[int, str]:
        live = Registration.objects.live().filter(attendee=self.people[who])
        return dict(live.values_list("tutorial_id", "status"))

    def seats_of(self, who: int) -> set[int]:
        return {pk for pk, status in self.live_of(who).items() if status == "confirmed"}

    def try_it(self, action, who: int | None = None) -> None:
        """Do it; where it is refused, whoever asked has what they had."""
        before = self.live_of(who) if who is not None else {}
        try:
            action()
        except Refused:
            if who is not None:
                had = {pk for pk, status in before.items() if status == "confirmed"}
                assert had <= self.seats_of(who)


QUICK = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def test_the_rules_hold(db):
    run_state_machine_as_test(World, settings=QUICK)


@pytest.mark.long
def test_the_rules_hold_for_long(db):
    run_state_machine_as_test(
        World, settings=settings(QUICK, max_examples=60, stateful_step_count=40)
    )
