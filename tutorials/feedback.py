"""How was it? Who may say so and when, and who reads what.

An answer is one row for each attendee and tutorial. Nobody is shown whose it is: organisers read
all without a name, presenters those about their own tutorials, ``SHOWN_FROM`` at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Avg, Case, Count, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.models import Conference
from people.models import Attendee
from tutorials import checkin
from tutorials.models import CheckIn, Feedback, Registration, Slot, Tutorial
from tutorials.models.programme import programme_order
from tutorials.registration.locks import lock
from tutorials.standing import Refusal, Refused

ASKED_FOR = timedelta(days=30)
# Presenters see as many answers as this goes into: never one more than the day before.
SHOWN_FROM = 5
LONGEST = 2_000

RATINGS = {
    5: gettext_lazy("excellent"),
    4: gettext_lazy("very good"),
    3: gettext_lazy("good"),
    2: gettext_lazy("fair"),
    1: gettext_lazy("poor"),
}


# Who may answer


def ends_at(slots: Iterable[Slot]) -> datetime | None:
    """When the last of a tutorial's released slots is over; None where it has none."""
    return max((slot.session.ends_at for slot in slots), default=None)


def is_asked(tutorial: Tutorial, slots: Iterable[Slot], at: datetime) -> bool:
    """Whether those who were there are asked about it now. No query."""
    return _not_now(tutorial, ends_at(slots), at) is None


def why_not(
    attendee: Attendee | None, tutorial: Tutorial, slots: Iterable[Slot], at: datetime
) -> Refusal | None:
    """Why somebody cannot say how it was, or None. Two queries at most."""
    refusal = _not_now(tutorial, ends_at(slots), at)
    if refusal or (attendee and was_there(attendee, tutorial)):
        return refusal
    return Refusal("not_there", _("Only those who were at this tutorial are asked about it."))


def was_there(attendee: Attendee, tutorial: Tutorial) -> bool:
    """Whether somebody was at a tutorial, as far as anybody knows. Two queries at most."""
    if attendee.conference_id != tutorial.conference_id or attendee.erased_at:
        return False
    if attendee.pk is None:
        return False  # a place that is not saved: people.attendees.new_attendee
    return bool(_attended(attendee, [tutorial]))


def where_let_in(attendee: Attendee, conference: Conference) -> Q:
    """Of tutorials those to which somebody was let in, registered or not; for ``asked_about``.

    Empty where that counts for nothing. No query.
    """
    if not (conference.asks_for_feedback and conference.checks_in):
        return Q()
    mine = checkin.last_check_ins().filter(attendee=attendee, kind=CheckIn.Kind.IN)
    return Q(pk__in=mine.order_by().values("tutorial"))


def asked_about(
    attendee: Attendee, parts: Iterable[tuple[Tutorial, Iterable[Slot]]], at: datetime
) -> set[int]:
    """Of tutorials, with their released slots, the ids of those somebody is asked about now.

    Two queries at most.
    """
    over = [tutorial for tutorial, slots in parts if is_asked(tutorial, slots, at)]
    return _attended(attendee, over)


def _attended(attendee: Attendee, tutorials: Collection[Tutorial]) -> set[int]:
    """At which of these tutorials of one conference somebody was, by their ids.

    They were let in to a part of it; where nobody was, they had a seat.
    """
    if not tutorials:
        return set()
    seats = Registration.objects.filter(attendee=attendee, status=Registration.Status.CONFIRMED)
    seated = set(seats.filter(tutorial__in=tutorials).values_list("tutorial", flat=True))
    if not next(iter(tutorials)).conference.checks_in:
        return seated
    let_in = checkin.last_check_ins().filter(tutorial__in=tutorials, kind=CheckIn.Kind.IN)
    is_mine = Case(When(attendee=attendee, then=Value(True)), default=Value(False))
    rows = let_in.order_by().values_list("tutorial", is_mine).distinct()
    anybody, mine = set(), set()
    for tutorial, is_theirs in rows:
        anybody.add(tutorial)
        if is_theirs:
            mine.add(tutorial)
    return seated - anybody | mine


def _not_now(tutorial: Tutorial, ends: datetime | None, at: datetime) -> Refusal | None:
    conference = tutorial.conference
    if not conference.asks_for_feedback or not tutorial.is_public or tutorial.is_cancelled:
        return Refusal("not_here", _("Nobody is asked about this tutorial."))
    if ends is None or at < ends:
        return Refusal("not_over", _("You can say how it was once it is over."))
    if at >= ends + ASKED_FOR:
        text = _("Answers were taken until %(time)s.")
        return Refusal("closed", text % {"time": conference.in_words(ends + ASKED_FOR)})
    return None


# The answer


@dataclass(frozen=True)
class Panel:
    """What the page of a tutorial that is over offers somebody."""

    answer: Feedback | None
    until: datetime


def panel(
    attendee: Attendee | None, tutorial: Tutorial, slots: Collection[Slot], at: datetime
) -> Panel | None:
    """What to offer on the page of a tutorial; None where there is nothing to say.

    A stranger may have been there, and is asked to sign in. Three queries at most, none for a
    stranger or while nobody is asked.
    """
    ends = ends_at(slots)
    if ends is None or not is_asked(tutorial, slots, at):
        return None
    if attendee and not was_there(attendee, tutorial):
        return None
    return Panel(answer_of(attendee, tutorial) if attendee else None, ends + ASKED_FOR)


def answer_of(attendee: Attendee, tutorial: Tutorial) -> Feedback | None:
    """What somebody has said of a tutorial. One query."""
    return Feedback.objects.filter(attendee=attendee, tutorial=tutorial).first()


def say(
    attendee: Attendee,
    tutorial: Tutorial,
    slots: Collection[Slot],
    *,
    rating: int,
    good: str,
    better: str,
    at: datetime,
) -> Feedback:
    """Keep what somebody says of a tutorial, in place of what they said before.

    Raises ``Refused``.
    """
    with transaction.atomic(durable=True):
        # Whoever is being forgotten at this moment leaves nothing behind.
        attendee = lock((), lambda _tutorials: [attendee.pk]).attendee(attendee.pk)
        refusal = why_not(attendee, tutorial, slots, at)
        if refusal:
            raise Refused(refusal)
        return Feedback.objects.update_or_create(
            attendee=attendee,
            tutorial=tutorial,
            defaults={"rating": rating, "good": good, "better": better, "sent_at": at},
        )[0]


def forget(attendee_ids: Collection[int]) -> None:
    """Keep how these people rated, and neither their words nor whose answer it was."""
    theirs = Feedback.objects.filter(attendee__in=attendee_ids)
    theirs.update(attendee=None, good="", better="")


# Reading them


@dataclass
class Answers:
    """What presenters see of the answers about one tutorial, so that none tells whose it is."""

    number: int = 0  # of all there are
    ratings: list[int] = field(default_factory=list)
    good: list[str] = field(default_factory=list)
    better: list[str] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """Of at least one answer."""
        return sum(self.ratings) / len(self.ratings)

    @property
    def counts(self) -> list[tuple[int, object, int]]:
        """How many gave each rating, the best first: number, word, how many."""
        return [(rating, word, self.ratings.count(rating)) for rating, word in RATINGS.items()]


def answers_about(tutorials: Collection[Tutorial], at: datetime) -> dict[int, Answers]:
    """What presenters see now of the answers about each of these tutorials, by its id. One query.

    While people are asked, answers come to light five together: who looks after each of them
    would else read from the difference what the last one said. In the end all do, if they are
    five.
    """
    came: dict[int, list[Feedback]] = {tutorial.pk: [] for tutorial in tutorials}
    for row in Feedback.objects.filter(tutorial__in=tutorials).order_by("sent_at"):
        came[row.tutorial_id].append(row)
    return {each.pk: _seen(came[each.pk], each.conference, at) for each in tutorials}


def _seen(rows: list[Feedback], conference: Conference, at: datetime) -> Answers:
    number = len(rows)
    may_grow = conference.local(at).date() <= conference.ends_on + ASKED_FOR
    hidden = number % SHOWN_FROM if may_grow or number < SHOWN_FROM else 0
    seen = shuffled(rows[: number - hidden])
    return Answers(
        number,
        [row.rating for row in seen],
        [row.good for row in seen if row.good],
        [row.better for row in seen if row.better],
    )


def rated(conferences: Collection[Conference]) -> QuerySet[Tutorial]:
    """The tutorials of these conferences that somebody has said something of, for organisers.

    In programme order, each with its ``conference``, the ``number`` of answers, their ``mean``, and
    how many gave each rating: ``rated_5`` to ``rated_1``. One query.
    """
    each = {f"rated_{rating}": Count("feedback", Q(feedback__rating=rating)) for rating in RATINGS}
    tutorials = Tutorial.objects.filter(conference__in=conferences, feedback__isnull=False)
    counted = tutorials.annotate(number=Count("feedback"), mean=Avg("feedback__rating"), **each)
    return counted.select_related("conference").order_by(
        "-conference__starts_on", "conference", *programme_order()
    )


def shuffled(rows: Iterable[Feedback]) -> list[Feedback]:
    """Rows in an order that says nothing about when each came, and is the same each time.

    That of their keys, which are drawn by lot.
    """
    return sorted(rows, key=lambda row: row.pk)
