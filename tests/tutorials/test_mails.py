"""What people are told, and how it reaches them whatever fails."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, OperationalError

from tests.factories import NOW, make_attendee, make_user
from tutorials import mails, registration
from tutorials.models import Mail, Registration

LATER = NOW + timedelta(minutes=1)
SEND = "django.core.mail.EmailMultiAlternatives.send"


@pytest.fixture
def people(conference):
    return [
        make_attendee(conference, name=f"Person {n}", email=f"p{n}@example.org") for n in range(6)
    ]


def register(attendee, tutorial):
    return registration.register(attendee, tutorial, by=None, at=NOW)


def told():
    """Whom it was written to, what, and with which place."""
    rows = Mail.objects.order_by("pk").values_list("attendee__name", "kind", "place")
    return [(name.removeprefix("Person "), kind, place) for name, kind, place in rows]


def test_each_is_told_what_happened(programme, people):
    for person in people[:5]:
        register(person, programme.t1)
    registration.cancel(people[0], programme.t1, by=None, at=NOW)
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)
    assert told() == [
        ("0", "registered", None),
        ("1", "registered", None),
        ("2", "registered", None),
        ("3", "waiting", 1),
        ("4", "waiting", 2),
        ("0", "left", None),
        ("3", "got_in", None),
        ("1", "tutorial_cancelled", None),
        ("2", "tutorial_cancelled", None),
        ("3", "tutorial_cancelled", None),
        ("4", "tutorial_cancelled", None),
    ]


def test_who_is_withdrawn_by_the_organisers_reads_that(programme, people, organiser):
    register(people[0], programme.t1)
    because = Registration.Because.WITHDRAWN
    registration.cancel(people[0], programme.t1, by=organiser, at=NOW, because=because)
    assert told()[-1] == ("0", "withdrawn", None)
    mails.deliver_due(LATER)
    assert "The organisers have cancelled your registration" in str(outgoing.outbox[-1].body)


def test_a_double_click_tells_nothing_twice(programme, people):
    for _ in range(2):
        register(people[0], programme.t1)
    for _ in range(2):
        registration.cancel(people[0], programme.t1, by=None, at=NOW)
    assert told() == [("0", "registered", None), ("0", "left", None)]


def test_without_an_address_nobody_is_written_to(programme, conference):
    register(make_attendee(conference), programme.t1)
    assert told() == []


def test_the_account_s_address_serves(programme, conference):
    register(make_attendee(conference, user=make_user("ada@example.org")), programme.t1)
    mails.deliver_due(LATER)
    assert outgoing.outbox[0].to == ["ada@example.org"]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_told_does_not_happen(programme, people, monkeypatch):
    def fail(self, rows, **options):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("tutorials.models.mail.MailQuerySet.bulk_create", fail)
    with pytest.raises(DatabaseError):
        register(people[0], programme.t1)
    assert Registration.objects.count() == 0
    programme.t1.refresh_from_db()
    assert programme.t1.seats_taken == 0


def test_the_mail(programme, people, conference, settings):
    conference.contact_email = "desk@example.org"
    conference.save()
    register(people[0], programme.t1)
    assert mails.deliver_due(LATER) == 1
    assert mails.deliver_due(LATER) == 0
    (message,) = outgoing.outbox
    row = Mail.objects.get()
    assert message.subject == f"You are registered: {programme.t1.title}"
    assert message.to == ["p0@example.org"]
    assert message.reply_to == ["desk@example.org"]
    assert message.extra_headers["Message-ID"] == f"<{row.key}@testserver>"
    assert "Hello Person 0," in message.body
    assert "Monday 23 March 2026, 09:00–11:30 (Europe/Berlin)" in message.body
    assert "Hall A" in message.body
    assert f"http://testserver{programme.t1.get_absolute_url()}" in message.body
    assert row.sent_at == LATER


def test_a_failure_is_tried_again_later_and_later(programme, people, monkeypatch):
    register(people[0], programme.t1)
    works = EmailMultiAlternatives.send

    def fail(self, fail_silently=False):
        raise SMTPServerDisconnected("the server went away")

    monkeypatch.setattr(SEND, fail)
    when, tries = NOW, []
    while mails.deliver_due(when) or Mail.objects.filter(given_up_at=None).exists():
        row = Mail.objects.get()
        tries.append(row.due_at - when)
        assert row.last_error == "SMTPServerDisconnected: the server went away"
        assert mails.deliver_due(row.due_at - timedelta(seconds=1)) == 0
        when = row.due_at
    assert tries == [*mails.PAUSES, mails.PAUSES[-1]]
    assert Mail.objects.get().given_up_at

    monkeypatch.setattr(SEND, works)
    assert mails.send_again(Mail.objects.all(), at=when) == 1
    assert mails.deliver_due(when) == 1
    assert Mail.objects.get().sent_at == when
    assert mails.send_again(Mail.objects.all(), at=when) == 0


def test_a_process_that_dies_while_sending_leaves_one_mail_to_send_again(
    programme, people, monkeypatch
):
    for person in people[:3]:
        register(person, programme.t1)

    def die(self, fail_silently=False):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SEND, die)
        with pytest.raises(KeyboardInterrupt):
            mails.deliver_due(NOW)
    assert mails.deliver_due(LATER) == 2
    assert mails.deliver_due(NOW + mails.PAUSES[0]) == 1
    assert len(outgoing.outbox) == 3


def test_no_address_in_a_log(programme, people, monkeypatch, caplog):
    register(people[0], programme.t1)

    def fail(self, fail_silently=False):
        raise OSError("550 p0@example.org is unknown")

    monkeypatch.setattr(SEND, fail)
    mails.deliver_due(NOW)
    assert "was not sent: OSError" in caplog.text
    assert "example.org" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_development_machine_sends_at_once(programme, people, settings):
    settings.SEND_MAIL_AT_ONCE = True
    register(people[0], programme.t1)
    assert len(outgoing.outbox) == 1


def test_what_is_known_is_kept_with_it(programme, people):
    waiting = [register(person, programme.t1) for person in people[3:]]
    mails.tell(waiting, Mail.Kind.LAPSED, at=NOW, facts=lambda row: {"other": row.attendee_id})
    mails.tell(waiting[:1], Mail.Kind.MOVED, at=NOW, facts={"reason": "The roof leaks."})
    rows = Mail.objects.exclude(kind="registered").order_by("pk")
    assert [(row.registration, row.facts) for row in rows] == [
        *((row, {"other": row.attendee_id}) for row in waiting),
        (waiting[0], {"reason": "The roof leaks."}),
    ]


def test_many_are_written_in_few_queries(programme, people, django_assert_max_num_queries):
    row = register(people[0], programme.t1)
    with django_assert_max_num_queries(25):
        mails.tell([row] * 1500, Mail.Kind.MOVED, at=NOW)
    assert Mail.objects.filter(kind="moved").count() == 1500


def test_a_mail_that_cannot_be_made_holds_up_no_other(programme, people, caplog):
    for person in people[:2]:
        register(person, programme.t1)
    first = Mail.objects.earliest("pk")
    Mail.objects.filter(pk=first.pk).update(facts={"other": "p0@example.org"})
    assert mails.deliver_due(LATER) == 2
    first.refresh_from_db()
    assert first.given_up_at == LATER
    assert first.last_error.startswith("ValueError: ")
    assert [message.to for message in outgoing.outbox] == [["p1@example.org"]]
    assert "example.org" not in caplog.text


@pytest.mark.parametrize(("code", "is_given_up"), [(550, True), (450, False)])
def test_an_address_refused_for_good_is_not_tried_again(
    programme, people, monkeypatch, code, is_given_up
):
    register(people[0], programme.t1)

    def refuse(self, fail_silently=False):
        raise SMTPRecipientsRefused({"p0@example.org": (code, b"no")})

    monkeypatch.setattr(SEND, refuse)
    mails.deliver_due(LATER)
    assert (Mail.objects.get().given_up_at is not None) == is_given_up


def test_a_database_in_trouble_is_no_fault_of_the_mail(programme, people, monkeypatch):
    register(people[0], programme.t1)

    def fail(mail, *, at):
        raise OperationalError("gone away")

    with monkeypatch.context() as patched:
        patched.setattr("tutorials.mails.queue.message", fail)
        with pytest.raises(OperationalError):
            mails.deliver_next(LATER)
    assert mails.deliver_due(LATER + mails.PAUSES[0]) == 1
    assert Mail.objects.get().sent_at
