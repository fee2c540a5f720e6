"""Who races whom, and what must be true whoever wins. Set and looked at in a process of its own."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from people.models import Attendee
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_member,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration, schedule
from tutorials.audit import audit, left_waiting, overlapping_seats
from tutorials.models import Mail, Presenter, Registration, Schedule, Session, Tutorial

Cast = list[tuple[str, dict[str, Any]]]
Outcomes = list[dict[str, Any]]
WhenFree = Registration.WhenFree
SCENARIOS: dict[str, type[Scenario]] = {}


class Scenario:
    """A conference of its own for every race."""

    # Whether one sees it without locks; where not, the docstring says why.
    seen_without_locks = True
    # Whether it is a race; in the others one process is killed on the way.
    races = True

    def __init_subclass__(cls) -> None:
        SCENARIOS[cls.__name__] = cls

    def __init__(self) -> None:
        self.conference = make_conference()

    def stage(self) -> Cast:
        """Make the rows; return what to do at the same moment, at most four things."""
        raise NotImplementedError

    def check(self, outcomes: Outcomes) -> None:
        """Assert what must have come of it."""
        raise NotImplementedError

    def complaints(self, outcomes: Outcomes) -> list[str]:
        """Everything that is wrong now."""
        found = [outcome["error"] for outcome in outcomes if "error" in outcome]
        found += audit(self.conference) + overlapping_seats(self.conference)
        found += left_waiting(self.conference, NOW)
        try:
            self.check(outcomes)
        except (AssertionError, LookupError) as error:
            said = str(error).partition("\n")[0] or "It ended otherwise."
            found.append(f"{said} {outcomes} {self.state()}")
        return found

    def clear(self) -> None:
        """End what is broken: nobody is in anything any more."""
        Registration.objects.for_conference(self.conference).delete()
        self.conference.tutorials.update(seats_taken=0, seats=None)

    # What the stages are made of.

    def tutorials(self, *capacities: int, hours: tuple[int, ...] = ()) -> list[Tutorial]:
        """Released ones, all at the same time unless told otherwise."""
        hours = hours or (8,) * len(capacities)
        sessions = {hour: make_session(self.conference, at(hour)) for hour in sorted(set(hours))}
        made = []
        for capacity, hour in zip(capacities, hours, strict=True):
            made.append(make_tutorial(self.conference, capacity=capacity))
            make_slot(sessions[hour], made[-1])
        schedule.release(self.conference, by=None, at=NOW)
        return made

    def people(self, number: int) -> list[Attendee]:
        return [
            make_attendee(self.conference, name=f"Person {n}", email=f"{n}@example.org")
            for n in range(number)
        ]

    def put(self, *people: Attendee, into: Tutorial, **wish: Any) -> None:
        """Into a seat, or the queue, in this order."""
        for person in people:
            registration.register(person, into, by=None, at=NOW, **wish)

    def one_more_seat(self, tutorial: Tutorial) -> None:
        """Free, with nobody called: as a crash would leave it."""
        capacity = tutorial.capacity or 0
        seats = {"capacity": capacity + 1, "seats": capacity + 1}
        Tutorial.objects.filter(pk=tutorial.pk).update(**seats)

    # What the ends are told by.

    def of(self, attendee: Attendee) -> dict[int, str]:
        """Somebody's live registrations: the status by tutorial."""
        live = Registration.objects.live().filter(attendee=attendee)
        return dict(live.values_list("tutorial_id", "status"))

    def state(self) -> list[tuple[Any, ...]]:
        """All registrations, for whoever has to find out what happened."""
        rows = Registration.objects.for_conference(self.conference).order_by("tutorial_id", "pk")
        fields = ("attendee__name", "tutorial__code", "status", "position", "cancelled_because")
        return list(rows.values_list(*fields))


def statuses(outcomes: Outcomes) -> Counter[str]:
    """How many were told what: the status they got, or why they were refused."""
    return Counter(
        outcome.get("refused") or outcome.get("did", {}).get("status", "") for outcome in outcomes
    )


class TheLastSeat(Scenario):
    """Register, register: four want the one seat that is left."""

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(2)
        first, *self.four = self.people(5)
        self.put(first, into=self.tutorial)
        return [
            ("register", {"attendee": person.pk, "tutorial": self.tutorial.pk})
            for person in self.four
        ]

    def check(self, outcomes: Outcomes) -> None:
        assert statuses(outcomes) == {"confirmed": 1, "waitlisted": 3}
        places = {outcome["did"]["place"] for outcome in outcomes}
        assert places == {None, 1, 2, 3}
        for person, outcome in zip(self.four, outcomes, strict=True):
            row = Registration.objects.get(attendee=person)
            assert registration.place(row) == outcome["did"]["place"]


class TheButtonPressedFourTimes(Scenario):
    """Register, register: one person, one tutorial."""

    def stage(self) -> Cast:
        (tutorial,) = self.tutorials(5)
        (self.person,) = self.people(1)
        return [("register", {"attendee": self.person.pk, "tutorial": tutorial.pk})] * 4

    def check(self, outcomes: Outcomes) -> None:
        assert statuses(outcomes) == {"confirmed": 4}
        assert len({outcome["did"]["id"] for outcome in outcomes}) == 1
        assert self.person.mails.count() == 1


class TwoTutorialsAtOnce(Scenario):
    """Register, register: one person, two tutorials at the same time."""

    def stage(self) -> Cast:
        tutorials = self.tutorials(5, 5)
        (self.person,) = self.people(1)
        return [
            ("register", {"attendee": self.person.pk, "tutorial": tutorial.pk})
            for tutorial in tutorials
        ]

    def check(self, outcomes: Outcomes) -> None:
        assert statuses(outcomes) == {"confirmed": 1, "overlaps": 1}
        assert list(self.of(self.person).values()) == ["confirmed"]


class RegisterAndCancel(Scenario):
    """One gives up the only seat while two want it: one has it, the other is next."""

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(1)
        leaver, *self.two = self.people(3)
        self.put(leaver, into=self.tutorial)
        asks = [{"attendee": one.pk, "tutorial": self.tutorial.pk} for one in (leaver, *self.two)]
        return [("cancel", asks[0]), ("register", asks[1]), ("register", asks[2])]

    def check(self, outcomes: Outcomes) -> None:
        ends = sorted(self.of(person)[self.tutorial.pk] for person in self.two)
        assert ends == ["confirmed", "waitlisted"]


class CancelTwice(Scenario):
    """Cancel, cancel: it frees one seat, for one of two who wait."""

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(1)
        leaver, *self.two = self.people(3)
        self.put(leaver, *self.two, into=self.tutorial)
        return [("cancel", {"attendee": leaver.pk, "tutorial": self.tutorial.pk})] * 2

    def check(self, outcomes: Outcomes) -> None:
        ends = [self.of(person)[self.tutorial.pk] for person in self.two]
        assert ends == ["confirmed", "waitlisted"]
        assert statuses(outcomes) == {"cancelled": 1, "": 1}


class SwitchBothWays(Scenario):
    """Switch, switch: each wants what the other has, and a seat is free in one of the two."""

    def stage(self) -> Cast:
        self.one, self.other = self.tutorials(2, 1)
        self.ada, self.alan = self.people(2)
        self.put(self.ada, into=self.one)
        self.put(self.alan, into=self.other)
        return both_ways(self.ada, self.alan, self.one, self.other)

    def check(self, outcomes: Outcomes) -> None:
        assert self.of(self.ada) == {self.other.pk: "confirmed"}
        assert self.of(self.alan) == {self.one.pk: "confirmed"}


class SwitchBothWaysWhereAllIsFull(Scenario):
    """Switch, switch: nobody gives up a seat for one that is not free, so all keep what they have.

    Without locks that is so too: neither looks at what the other writes. It is here for the
    deadlock that two who lock the same tutorials the other way round would run into.
    """

    seen_without_locks = False

    def stage(self) -> Cast:
        self.one, self.other = self.tutorials(1, 1)
        self.ada, self.alan = self.people(2)
        self.put(self.ada, into=self.one)
        self.put(self.alan, into=self.other)
        return both_ways(self.ada, self.alan, self.one, self.other) * 2

    def check(self, outcomes: Outcomes) -> None:
        assert self.of(self.ada) == {self.one.pk: "confirmed", self.other.pk: "waitlisted"}
        assert self.of(self.alan) == {self.one.pk: "waitlisted", self.other.pk: "confirmed"}


def both_ways(ada: Attendee, alan: Attendee, one: Tutorial, other: Tutorial) -> Cast:
    return [
        ("switch", {"attendee": ada.pk, "tutorial": other.pk, "gives_up": one.pk}),
        ("switch", {"attendee": alan.pk, "tutorial": one.pk, "gives_up": other.pk}),
    ]


class FillAndSwitch(Scenario):
    """A seat is free: it is for who waits, not for who switches now."""

    def stage(self) -> Cast:
        self.tutorial, self.other = self.tutorials(1, 1)
        first, self.waiter, self.switcher = self.people(3)
        self.put(first, self.waiter, into=self.tutorial)
        self.put(self.switcher, into=self.other)
        self.one_more_seat(self.tutorial)
        asks = {"attendee": self.switcher.pk, "tutorial": self.tutorial.pk}
        return [
            ("fill", {"tutorial": self.tutorial.pk}),
            ("switch", {**asks, "gives_up": self.other.pk}),
        ]

    def check(self, outcomes: Outcomes) -> None:
        assert self.of(self.waiter) == {self.tutorial.pk: "confirmed"}
        both = {self.tutorial.pk: "waitlisted", self.other.pk: "confirmed"}
        assert self.of(self.switcher) == both


class CancelAndFill(Scenario):
    """Two seats come free, one by a cancellation: the two who wait have them."""

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(1)
        leaver, *self.two = self.people(3)
        self.put(leaver, *self.two, into=self.tutorial)
        self.one_more_seat(self.tutorial)
        return [
            ("cancel", {"attendee": leaver.pk, "tutorial": self.tutorial.pk}),
            ("fill", {"tutorial": self.tutorial.pk}),
        ]

    def check(self, outcomes: Outcomes) -> None:
        for person in self.two:
            assert self.of(person) == {self.tutorial.pk: "confirmed"}
            assert list(person.mails.values_list("kind", flat=True)).count("got_in") == 1


class AcceptAndLapse(Scenario):
    """An offer is accepted, twice, in the second in which it lapses: one of the two wins."""

    def stage(self) -> Cast:
        self.tutorial, self.other = self.tutorials(1, 1)
        leaver, self.asked, self.next = self.people(3)
        self.put(leaver, into=self.tutorial)
        self.put(self.asked, into=self.other)
        self.put(self.asked, into=self.tutorial, when_free=WhenFree.OFFER)
        self.put(self.next, into=self.tutorial)
        registration.cancel(leaver, self.tutorial, by=None, at=NOW)
        row = Registration.objects.get(attendee=self.asked, status="offered")
        assert row.offered_until
        before, after = (row.offered_until + timedelta(seconds=s) for s in (-1, 1))
        yes = {"row": row.pk, "giving_up": [self.other.pk], "at": before.isoformat()}
        return [("accept", yes), ("accept", yes), ("lapse", {"at": after.isoformat()})]

    def check(self, outcomes: Outcomes) -> None:
        first, second, lapsed = outcomes
        assert first.get("refused") == second.get("refused")
        if "did" in first:
            assert lapsed == {"did": {"number": 0}}
            assert self.of(self.asked) == {self.tutorial.pk: "confirmed"}
            assert self.of(self.next) == {self.tutorial.pk: "waitlisted"}
        else:
            assert first == {"refused": "offer_lapsed"}
            assert lapsed == {"did": {"number": 1}}
            assert self.of(self.asked) == {self.other.pk: "confirmed"}
            assert self.of(self.next) == {self.tutorial.pk: "confirmed"}


class SeatsLoweredInABurst(Scenario):
    """Whatever comes last, the oldest have the seats, and a newcomer is behind all of them."""

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(6)
        *self.six, self.newcomer = self.people(7)
        self.put(*self.six, into=self.tutorial)
        lowered: Cast = [
            ("lower", {"tutorial": self.tutorial.pk, "capacity": capacity})
            for capacity in (5, 4, 3)
        ]
        newcomer = {"attendee": self.newcomer.pk, "tutorial": self.tutorial.pk}
        return [*lowered, ("register", newcomer)]

    def check(self, outcomes: Outcomes) -> None:
        now = Tutorial.objects.get(pk=self.tutorial.pk)
        assert now.seats == now.seats_taken == now.capacity
        rows = Registration.objects.filter(tutorial=now)
        seated = set(rows.seated().values_list("attendee_id", flat=True))
        assert seated == {person.pk for person in self.six[: now.seats]}
        queue = list(rows.waiting().values_list("attendee_id", flat=True))
        assert queue == [person.pk for person in (*self.six[now.seats :], self.newcomer)]


class WithdrawAndPromote(Scenario):
    """The next in the queue is withdrawn while a seat comes free: the one after them has it."""

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(1)
        leaver, self.refunded, self.next = self.people(3)
        self.put(leaver, self.refunded, self.next, into=self.tutorial)
        return [
            ("withdraw", {"attendee": self.refunded.pk}),
            ("cancel", {"attendee": leaver.pk, "tutorial": self.tutorial.pk}),
        ]

    def check(self, outcomes: Outcomes) -> None:
        assert self.of(self.refunded) == {}
        assert self.of(self.next) == {self.tutorial.pk: "confirmed"}


class ReleaseAndRegister(Scenario):
    """A release puts a tutorial beside another while somebody in the one registers for the other.

    Either the release sees the registration and stops, or the registration sees the release.
    """

    def stage(self) -> Cast:
        tutorial, other = self.tutorials(5, 5, hours=(8, 11))
        (self.person,) = self.people(1)
        self.put(self.person, into=other)
        draft = Schedule.objects.draft(self.conference)
        morning = Session.objects.get(schedule=draft, starts_at=at(8))
        draft.slots.filter(tutorial=other).update(session=morning)
        return [
            ("release", {"conference": self.conference.pk}),
            ("register", {"attendee": self.person.pk, "tutorial": tutorial.pk}),
        ]

    def check(self, outcomes: Outcomes) -> None:
        released, registered = outcomes
        assert released.get("refused") in (None, "blocked")
        assert registered.get("refused") in (None, "overlaps")
        assert ("did" in released) != ("did" in registered)


class ImportAndRegister(Scenario):
    """A ticket is refunded while its owner registers: they end with nothing, and the next has it.

    The file holds the next one's ticket too, so that it locks both in one batch.
    """

    def stage(self) -> Cast:
        (self.tutorial,) = self.tutorials(1)
        first, self.refunded, self.next = self.people(3)
        for number, person in enumerate((first, self.refunded, self.next)):
            Attendee.objects.filter(pk=person.pk).update(ticket_number=f"A{number}")
        rows = ["Ticket number,Attendee name,Status", "A1,Person 1,refunded", "A2,Person 2,paid"]
        with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
            file.write("\n".join(rows) + "\n")
        self.file = Path(file.name)
        asks = {"tutorial": self.tutorial.pk}
        return [
            ("import_tickets", {"conference": self.conference.pk, "path": file.name}),
            ("register", {"attendee": self.refunded.pk, **asks}),
            ("register", {"attendee": self.next.pk, **asks}),
        ]

    def check(self, outcomes: Outcomes) -> None:
        self.file.unlink(missing_ok=True)
        assert outcomes[1].get("refused") in (None, "withdrawn")
        assert self.of(self.refunded) == {}
        assert self.of(self.next) == {self.tutorial.pk: "confirmed"}
        assert Attendee.objects.get(pk=self.refunded.pk).withdrawn_at == NOW


class TwoOrganisersAndNoOther(Scenario):
    """Each takes the other's role away: one of them is left, whoever is first."""

    def stage(self) -> Cast:
        self.two = [make_member(self.conference, "organiser") for _ in range(2)]
        one, other = (user.memberships.get() for user in self.two)
        return [
            ("leave_the_team", {"member": one.pk, "by": other.user_id}),
            ("leave_the_team", {"member": other.pk, "by": one.user_id}),
        ]

    def check(self, outcomes: Outcomes) -> None:
        assert statuses(outcomes) == {"gone": 1, "stays": 1}
        assert self.conference.memberships.count() == 1


class TwoImportsOfOneList(Scenario):
    """Two organisers press “Import” at once: the second finds all there, and nothing is doubled."""

    def stage(self) -> Cast:
        Schedule.objects.draft(self.conference)  # who makes it holds up the other
        # Of this race alone: an affiliation that an earlier one used would be somebody we know.
        at_home = f"University {self.conference.pk}"
        rows = [
            "Title,Track,Presenters,Day,Start,End,Room",
            f"Rivers,Track 1,Ada ({at_home}); Bo ({at_home}),2026-03-23,9:00,11:00,Hall",
            f"Maps,Track 1,Ada ({at_home}),2026-03-23,12:00,13:00,Hall",
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
            file.write("\n".join(rows) + "\n")
        self.file = Path(file.name)
        return [("import_list", {"conference": self.conference.pk, "path": file.name})] * 2

    def check(self, outcomes: Outcomes) -> None:
        self.file.unlink(missing_ok=True)
        draft = Schedule.objects.draft(self.conference)
        presenters = Presenter.objects.filter(tutorial__conference=self.conference)
        assert list(self.conference.tutorials.order_by("code").values_list("code", "title")) == [
            ("T1", "Rivers"),
            ("T2", "Maps"),
        ]
        assert (self.conference.tracks.count(), draft.slots.count()) == (1, 2)
        assert presenters.count() == 3
        assert presenters.values("person").distinct().count() == 2


class CancelAndCascade(Scenario):
    """Ada leaves T1. Wanda is switched there from T2, which goes to Vera, and Ada is free for T3.

    Killed at any step, it has happened or not, and the worker brings the rest to its end.
    """

    races = False

    def stage(self) -> Cast:
        self.t1, self.t2, self.t3 = self.tutorials(1, 1, 1)
        self.ada, self.wanda, self.vera, other = self.people(4)
        self.put(other, self.ada, into=self.t3)
        self.put(self.ada, into=self.t1)
        registration.cancel(other, self.t3, by=None, at=NOW)
        self.put(self.wanda, self.vera, into=self.t2)
        self.put(self.wanda, into=self.t1, when_free=WhenFree.SWITCH, gives_up=self.t2)
        return [("cancel", {"attendee": self.ada.pk, "tutorial": self.t1.pk})]

    def check(self, outcomes: Outcomes) -> None:
        if self.t1.pk in self.of(self.ada):
            assert self.of(self.ada) == {self.t1.pk: "confirmed", self.t3.pk: "waitlisted"}
            assert self.of(self.wanda) == {self.t1.pk: "waitlisted", self.t2.pk: "confirmed"}
            assert self.of(self.vera) == {self.t2.pk: "waitlisted"}
        else:
            assert self.of(self.ada) == {self.t3.pk: "confirmed"}
            assert self.of(self.wanda) == {self.t1.pk: "confirmed"}
            assert self.of(self.vera) == {self.t2.pk: "confirmed"}
        assert set(times_sent(self).values()) == {1}


class SendingMail(Scenario):
    """A worker sends four mails. Killed at any step, all are sent, the one in hand maybe twice."""

    races = False

    def stage(self) -> Cast:
        (tutorial,) = self.tutorials(4)
        self.put(*self.people(4), into=tutorial)
        return [("send", {})]

    def check(self, outcomes: Outcomes) -> None:
        times = times_sent(self)
        assert len(times) == 4
        assert sorted(times.values()) in ([1, 1, 1, 1], [1, 1, 1, 2])


def times_sent(scenario: Scenario) -> dict[str, int]:
    """How often each mail of a conference left the house, by its key; all that is true has."""
    mails = Mail.objects.filter(tutorial__conference=scenario.conference)
    assert not mails.filter(sent_at=None, given_up_at=None).exists()
    sent: Counter[str] = Counter()
    for file in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        sent.update(re.findall(r"^Message-ID: <(.+)@", file.read_text(), re.MULTILINE))
        file.unlink()
    return {str(mail.key): sent[str(mail.key)] for mail in mails.filter(given_up_at=None)}
