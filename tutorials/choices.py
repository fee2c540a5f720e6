"""What can somebody do about a tutorial now? The pages that draw the buttons ask here.

Read only, and of what ``Standing`` has loaded: nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from people.models import Attendee
from tutorials.models import Registration, Tutorial
from tutorials.programme import Seats, first_start, seats_shown
from tutorials.standing import Refusal, Standing, has_ticket, queue_closes_at
from tutorials.tokens import token_for

Status = Registration.Status
Because = Registration.Because
WhenFree = Registration.WhenFree


@dataclass
class Choices:
    """What an attendee (None: a stranger) has in a tutorial, and what they can do about it."""

    standing: Standing
    at: datetime

    @property
    def tutorial(self) -> Tutorial:
        return self.standing.tutorial

    @property
    def mine(self) -> Registration | None:
        """What they have: a live registration, with its place."""
        return self.standing.mine

    @cached_property
    def refusal(self) -> Refusal | None:
        """Why they cannot just register, or None; of somebody who has not."""
        return None if self.mine else self.standing.why_not(self.at)

    @cached_property
    def seats(self) -> Seats | None:
        """How much room there is, where that is worth telling."""
        return seats_shown(self.tutorial, first_start(self.standing.own_slots), self.at)

    @property
    def can_leave(self) -> bool:
        return self.mine is not None and not self.standing.has_started(self.at)

    @cached_property
    def can_insist(self) -> bool:
        """Whether they are only warned that this overlaps what they have."""
        if self.refusal is None or self.refusal.code != "overlaps_warning":
            return False
        return self.standing.why_not(self.at, despite_overlap=True) is None

    @cached_property
    def is_busy(self) -> bool:
        """Whether what they have elsewhere is in the way of a seat here."""
        return bool(self._in_the_way) or self.standing.is_at_limit()

    @cached_property
    def could_give_up(self) -> list[Tutorial]:
        """The tutorials any of which they could be switched from."""
        return self.standing.could_give_up(self.at)

    @property
    def can_switch(self) -> bool:
        """Whether a seat is free to switch to, for somebody whose other tutorial is in the way."""
        return self._can_say_what_to_do and not self.tutorial.is_full and bool(self.could_give_up)

    @property
    def can_ask(self) -> bool:
        """Whether they could wait, though something is in the way, and say what they want then.

        Where a seat is free it is held for them at once.
        """
        waits = self.tutorial.conference.has_waiting_list
        return waits and self._can_say_what_to_do and not self.can_switch and self._could_accept

    @property
    def can_change_wish(self) -> bool:
        """Whether somebody who waits has anything to decide."""
        waits = self.mine is not None and self.mine.status == Status.WAITLISTED
        asks = self.mine is not None and self.mine.when_free == WhenFree.OFFER
        return waits and self._before_close and (asks or self._could_accept)

    @cached_property
    def when_free(self) -> str:
        """What happens to somebody who waits when it is their turn: a ``WhenFree``, or empty.

        Empty: they are passed over, since something is in the way and they said no more.
        """
        mine = self.mine
        if mine is None or mine.when_free == WhenFree.OFFER:
            return WhenFree.OFFER if mine else ""
        if not self.is_busy:
            return WhenFree.TAKE
        if mine.when_free == WhenFree.TAKE:
            return ""
        return WhenFree.SWITCH if self.switches_from else WhenFree.OFFER

    @cached_property
    def switches_from(self) -> Tutorial | None:
        """The tutorial that somebody who waits is to be switched from, where that is enough."""
        if self.mine is None or self.mine.when_free != WhenFree.SWITCH:
            return None
        for other in self.could_give_up:
            if other.pk == self.mine.gives_up_id:
                return other
        return None

    @cached_property
    def gives_up(self) -> list[Tutorial]:
        """What accepting the offer that they have would give up."""
        return self.standing.given_up_for(self.mine) if self.mine else []

    @property
    def has_lapsed(self) -> bool:
        """Whether the time of the offer that they have is over, though nobody has ended it yet."""
        return self.mine is not None and state_of_offer(self.mine, self.at) == "lapsed"

    @property
    def can_take_now(self) -> bool:
        """Whether they are passed over, and could have a seat at once by saying what they want."""
        return self.can_change_wish and not self.when_free and not self.tutorial.is_full

    @property
    def clashes(self) -> list[Tutorial]:
        """What else they are registered for at the same time, if they are registered here."""
        if self.mine is None or self.mine.status != Status.CONFIRMED:
            return []
        held = self.standing.held
        sure = {each.tutorial_id for each in held if each.status == Status.CONFIRMED}
        return [other for other in self.standing.overlapping() if other.pk in sure]

    @property
    def held_until(self) -> str:
        """When the offer that they have ends, in words, the zone named; empty without one."""
        if self.mine is None or self.mine.offered_until is None:
            return ""
        return self.tutorial.conference.in_words(self.mine.offered_until)

    @property
    def offer_token(self) -> str:
        """What the address of the page is made of where they answer the offer that they have."""
        return token_for(self.mine, "offer") if self.mine else ""

    @property
    def _can_say_what_to_do(self) -> bool:
        """Whether nothing is against a registration but what they have elsewhere."""
        attendee = self.standing.attendee
        if attendee is None or self.mine or not self.is_busy:
            return False
        waits = self.tutorial.conference.has_waiting_list
        wanted = WhenFree.OFFER if waits else WhenFree.SWITCH
        refused = self.standing.why_not(self.at, when_free=wanted)
        return refused is None and has_ticket(attendee, self.tutorial.conference)

    @property
    def _could_accept(self) -> bool:
        """Whether what is in the way can be given up: one of them, or all that overlap this."""
        return self.standing.can_make_way(self.at, despite_overlap=self._insists)

    @property
    def _before_close(self) -> bool:
        slots = self.standing.own_slots
        return bool(slots) and self.at < queue_closes_at(self.tutorial, slots)

    @cached_property
    def _in_the_way(self) -> list[Tutorial]:
        return self.standing.in_the_way(despite_overlap=self._insists)

    @property
    def _insists(self) -> bool:
        """Whether they said that they want both, where the conference only warns of it."""
        return self.mine is not None and self.mine.overlap == Registration.Overlap.POLICY


def choices_of(
    attendee: Attendee, registrations: Sequence[Registration], at: datetime
) -> list[Choices]:
    """The choices that somebody has about each of their live registrations.

    Of ``standing.my_tutorials``, whose slots are loaded; no query.
    """
    slots = [slot for mine in registrations for slot in mine.slots]
    return [
        Choices(Standing(attendee, mine.tutorial, list(registrations), slots), at)
        for mine in registrations
    ]


def state_of_offer(registration: Registration, at: datetime) -> str:
    """What has become of an offer, as a word for templates.

    “open”: it can be answered; “awaits_ticket”: the seat is held, and there is nothing to accept
    until the ticket is confirmed; “accepted”; “declined”; “lapsed”; “waiting”: the seat was taken
    back for a place in the queue; “gone”: the registration has ended in another way.
    """
    if registration.status == Status.OFFERED:
        if registration.offered_until and registration.offered_until <= at:
            return "lapsed"
        return "awaits_ticket" if registration.awaits_ticket else "open"
    if registration.status == Status.CONFIRMED:
        return "accepted"
    if registration.status == Status.WAITLISTED:
        return "waiting"
    return {Because.DECLINED: "declined", Because.LAPSED: "lapsed"}.get(
        Because(registration.cancelled_because), "gone"
    )
