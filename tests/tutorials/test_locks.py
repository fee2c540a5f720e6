"""What is read under a lock is what holds then."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from people.models import TicketKind
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import registration, schedule
from tutorials.registration.locks import lock
from tutorials.standing import Refused


@pytest.mark.django_db(transaction=True)
def test_the_ticket_counts_that_came_while_one_waited_for_the_lock():
    """PostgreSQL reads the locked row anew, but not what was joined to it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets nobody wait inside a transaction.")
    conference = make_conference(attendance="register_with_ticket")
    tutorial = make_tutorial(conference, capacity=3)
    make_slot(make_session(conference, at(8)), tutorial)
    schedule.release(conference, by=None, at=NOW)
    kind = TicketKind.objects.create(conference=conference, name="Main", gives_tutorials=False)
    attendee = make_attendee(conference, claimed_ticket="X", claimed_at=NOW)
    codes = []

    def go():
        try:
            row = registration.register(attendee, tutorial, by=None, at=NOW)
            codes.append(row.status)
        except Refused as refused:
            codes.append(refused.refusal.code)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=go)
    with transaction.atomic():
        row = lock((), lambda tutorials: [attendee.pk]).attendee(attendee.pk)
        row.ticket_number, row.ticket_kind = "N1", kind
        row.claimed_ticket, row.claimed_at = "", None
        row.save()
        waiting.start()
        time.sleep(1)
    waiting.join(20)
    assert codes == ["ticket_without_tutorials"]
