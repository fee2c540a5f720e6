"""Who gets a seat? The only writer of registrations, and of a tutorial's seats.

Every change locks what it depends on, looks again, and only then writes: first the tutorials in the
order of their ids, then the attendees in the order of theirs (``locks.lock``). A tutorial's lock
guards its seats and its waiting list; an attendee's lock guards against two overlapping tutorials
at once. Changes are ``atomic(durable=True)``: what a function here has returned is on the disk.

| file | question |
| --- | --- |
| ``taking_part.py`` | what does an attendee do? |
| ``offers.py`` | a seat is held: accepted, declined, lapsed? |
| ``organisers.py`` | what do organisers do? |
| ``leaving.py`` | somebody wants to be forgotten: what of their seats? |
| ``releasing.py`` | what does a new timetable do to them? |
| ``filling.py`` | who gets a seat that is free? |
| ``seats.py`` | how many are there? |
| ``tickets.py`` | what does a conference ticket mean for seats? |
| ``reminders.py`` | who is reminded? |
| ``locks.py``, ``writing.py`` | who waits for whom, and what is written? |
"""

from tutorials.registration.filling import Loose, fill, next_in_line, settle, sweep, to_fill
from tutorials.registration.leaving import leave_for_good
from tutorials.registration.locks import lock_conference, lock_tutorials
from tutorials.registration.offers import (
    accept,
    decline,
    given_up_by,
    lapse,
    overdue,
    renew_overdue,
    shorten_all,
)
from tutorials.registration.organisers import (
    add,
    cancel_tutorial,
    change_capacity,
    reinstate,
    seats_follow_capacity,
    too_few_if,
    withdraw,
)
from tutorials.registration.releasing import Effects, follow_release
from tutorials.registration.reminders import remind
from tutorials.registration.seats import TooFew, released_capacities, seats_in
from tutorials.registration.taking_part import (
    cancel,
    change_wish,
    place,
    register,
    switch,
    why_not,
)
from tutorials.registration.tickets import refuse_claim, tickets_changed

__all__ = [
    "Effects",
    "Loose",
    "TooFew",
    "accept",
    "add",
    "cancel",
    "cancel_tutorial",
    "change_capacity",
    "change_wish",
    "decline",
    "fill",
    "follow_release",
    "given_up_by",
    "lapse",
    "leave_for_good",
    "lock_conference",
    "lock_tutorials",
    "next_in_line",
    "overdue",
    "place",
    "refuse_claim",
    "register",
    "reinstate",
    "released_capacities",
    "remind",
    "renew_overdue",
    "seats_follow_capacity",
    "seats_in",
    "settle",
    "shorten_all",
    "sweep",
    "switch",
    "tickets_changed",
    "to_fill",
    "too_few_if",
    "why_not",
    "withdraw",
]
