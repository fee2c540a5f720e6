"""A mail that waited says only what is still so."""

from datetime import timedelta

import pytest
from django.core import mail as outgoing

from tests.factories import NOW, at, make_attendee
from tutorials import mails
from tutorials.models import Mail, Registration

Kind = Mail.Kind
LATER = NOW + timedelta(hours=1)
CONFIRMED = {"status": "confirmed", "confirmed_at": NOW}
WAITING = {"status": "waitlisted", "position": 1}
OFFERED = {"status": "offered", "offered_until": NOW + timedelta(hours=24)}
CANCELLED = {"status": "cancelled", "cancelled_at": NOW, "cancelled_because": "self"}
STATES = {
    "confirmed": CONFIRMED,
    "waitlisted": WAITING,
    "offered": OFFERED,
    "held": OFFERED | {"awaits_ticket": True},
    "cancelled": CANCELLED,
}
# In which states of its registration a mail is sent.
TRUE_WHILE = {
    Kind.WAITING: {"waitlisted"},
    # Who was moved back from one of two at the same time is offered it again at once.
    Kind.MOVED_BACK: {"waitlisted", "offered", "held"},
    Kind.OFFERED: {"offered"},
    Kind.HELD: {"held"},
    Kind.MOVED: {"confirmed", "waitlisted", "offered", "held"},
    Kind.CLASH: {"confirmed", "offered", "held"},
    Kind.REMINDER: {"confirmed"},
}


@pytest.fixture
def deliver(programme, conference):
    """Send a mail about a registration as it is by now; return whether it went out."""
    ada = make_attendee(conference, email="ada@example.org")
    Registration.objects.create(attendee=ada, tutorial=programme.t2, registered_at=NOW, **CONFIRMED)

    def send(kind, state, when=LATER):
        row = Registration.objects.create(
            attendee=ada, tutorial=programme.t1, registered_at=NOW, **STATES[state]
        )
        mails.tell([row], kind, at=NOW, facts={"other": programme.t2.pk})
        assert mails.deliver_due(when) == 1
        return len(outgoing.outbox) == 1

    return send


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("state", STATES)
def test_it_is_sent_while_it_is_true(deliver, kind, state):
    assert deliver(kind, state) == (state in TRUE_WHILE.get(Kind(kind), STATES))

    mail = Mail.objects.get()
    assert (mail.sent_at is None) == (mail.last_error == mails.NOT_TRUE)
    assert (mail.sent_at is None) == (mail.given_up_at == LATER)
    assert not mails.deliver_next(LATER + timedelta(days=30))


def test_an_offer_that_is_over_is_not_made(deliver):
    assert not deliver(Kind.OFFERED, "offered", NOW + timedelta(hours=24))


def test_nobody_is_reminded_of_what_has_begun(deliver):
    assert not deliver(Kind.REMINDER, "confirmed", at(8))


def test_nobody_is_reminded_of_what_was_called_off(programme, deliver):
    programme.t1.status, programme.t1.cancelled_at = "cancelled", NOW
    programme.t1.save()

    assert not deliver(Kind.REMINDER, "confirmed")


def test_a_clash_is_over_when_one_of_the_two_is_given_up(programme, deliver):
    Registration.objects.filter(tutorial=programme.t2).update(**CANCELLED)

    assert not deliver(Kind.CLASH, "confirmed")


class TestAPairTellsTheStory:
    @pytest.fixture
    def row(self, programme, conference):
        row = Registration.objects.create(
            attendee=make_attendee(conference, email="ada@example.org"),
            tutorial=programme.t1,
            registered_at=NOW,
            **CANCELLED,
        )
        for kind in (Kind.REGISTERED, Kind.LEFT):
            mails.tell([row], kind, at=NOW)
        return row

    def test_both_are_sent_in_order(self, row):
        mails.deliver_due(LATER)

        assert [message.subject.split(":")[0] for message in outgoing.outbox] == [
            "You are registered",
            "Cancelled",
        ]

    def test_the_first_is_not_sent_after_the_second(self, row):
        Mail.objects.filter(kind=Kind.REGISTERED).update(due_at=LATER)
        mails.deliver_due(NOW)
        mails.deliver_due(LATER)

        assert [message.subject.split(":")[0] for message in outgoing.outbox] == ["Cancelled"]
