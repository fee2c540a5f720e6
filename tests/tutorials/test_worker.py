"""The worker sends, fills, forgets, and stops when told."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail as outgoing
from django.core.management import call_command
from django.utils import timezone

from people.models import User
from tests.factories import NOW, make_attendee
from tests.served import environment
from tutorials import registration
from tutorials.mails import NOT_TRUE
from tutorials.models import Mail, Registration, Tutorial

ROOT = Path(__file__).resolve().parents[2]


def test_one_round(programme, conference):
    people = [make_attendee(conference, email=f"p{n}@example.org") for n in range(4)]
    for person in people:
        registration.register(person, programme.t1, by=None, at=NOW)
    # As a crash would leave it: a seat is free and somebody waits.
    Registration.objects.filter(attendee=people[0]).delete()
    Tutorial.objects.filter(pk=programme.t1.pk).update(seats_taken=2)
    User.objects.create_user("typo@example.org", date_joined=timezone.now() - timedelta(days=2))

    call_command("worker", "--once")
    assert Registration.objects.get(attendee=people[3]).status == "confirmed"
    assert not User.objects.filter(email="typo@example.org").exists()
    # That the fourth waits is not true any more when it is that mail's turn.
    (dropped,) = Mail.objects.filter(sent_at=None)
    assert (dropped.kind, dropped.last_error) == ("waiting", NOT_TRUE)
    assert len(outgoing.outbox) == 4
    call_command("worker", "--once")
    assert len(outgoing.outbox) == 4


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(tmp_path, number):
    with environment(tmp_path) as env:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=ROOT, env=env, stdout=subprocess.PIPE
        )
        assert worker.stdout
        assert worker.stdout.readline().startswith(b"Working.")
        worker.send_signal(number)
        worker.stdout.close()
        assert worker.wait(timeout=30) == 0
