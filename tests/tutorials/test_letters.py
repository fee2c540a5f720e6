"""Letters go through the queue like mails, and only while they are true."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives

from people.models import Invitation
from tests.factories import (
    NOW,
    make_attendee,
    make_conference,
    make_presenter,
    make_tutorial,
)
from tutorials import mails, presenting, registration
from tutorials.models import Letter, Mail
from tutorials.models.mail import LetterKind
from tutorials.tokens import key_at

LATER = NOW + timedelta(minutes=1)
SEND = "django.core.mail.EmailMultiAlternatives.send"


@pytest.fixture
def person(conference):
    tutorial = make_tutorial(conference, title="Sparse models")
    found = make_presenter(tutorial, "Alan Turing").person
    found.email = "Alan@example.org"
    found.save()
    return found


@pytest.fixture
def letter(person, conference):
    presenting.send_links([person], conference, at=NOW)
    person.refresh_from_db()
    return Letter.objects.get()


@pytest.fixture
def invitation(conference, organiser):
    return Invitation.objects.create(
        conference=conference,
        email="new@example.org",
        role="editor",
        key="k" * 30,
        invited_by=organiser,
        invited_at=NOW,
    )


def html_of(message):
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.alternatives[0][0])


def invite(invitation):
    return mails.write_letter(
        LetterKind.INVITATION, invitation.conference, at=NOW, invitation=invitation
    )


def test_the_letter(letter, person, conference):
    conference.contact_email = "desk@example.org"
    conference.save()

    assert mails.deliver_due(LATER) == 1
    assert mails.deliver_due(LATER) == 0

    (message,) = outgoing.outbox
    letter.refresh_from_db()
    assert letter.sent_at == LATER
    assert message.to == ["Alan@example.org"]
    assert message.subject == "Your entry at CPAL 2026: please look at it"
    assert message.reply_to == ["desk@example.org"]
    assert message.extra_headers["Message-ID"] == f"<{letter.key}@testserver>"
    assert "Hello Alan Turing," in message.body
    assert "  Sparse models\n" in message.body
    key = key_at(person.link_key, "cpal-2026")
    assert f"http://testserver/cpal-2026/presenting/{key}/" in message.body
    assert '<html lang="en">' in html_of(message)


def test_in_the_language_that_they_chose_as_an_attendee(letter, conference):
    make_attendee(conference, email="alan@example.org", language="de")
    mails.deliver_due(LATER)

    assert '<html lang="de">' in html_of(outgoing.outbox[0])
    assert "/cpal-2026/presenting/" in str(outgoing.outbox[0].body)


def test_letters_and_mails_share_the_queue(letter, programme, conference):
    attendee = make_attendee(conference, email="ada@example.org")
    registration.register(attendee, programme.t1, by=None, at=NOW)

    assert mails.deliver_due(LATER, limit=1) == 1
    assert [message.to for message in outgoing.outbox] == [["Alan@example.org"]]
    assert mails.deliver_due(LATER) == 1
    assert Mail.objects.get().sent_at


def test_a_failure_is_tried_again_later_and_later(letter, monkeypatch):
    def fail(self, fail_silently=False):
        raise SMTPServerDisconnected("the server went away")

    monkeypatch.setattr(SEND, fail)
    when, tries = NOW, []
    while mails.deliver_due(when) or Letter.objects.filter(given_up_at=None).exists():
        letter.refresh_from_db()
        tries.append(letter.due_at - when)
        when = letter.due_at
    assert tries == [*mails.PAUSES, mails.PAUSES[-1]]

    monkeypatch.undo()
    assert mails.send_again(Letter.objects.all(), at=when) == 1
    assert mails.deliver_due(when) == 1
    assert len(outgoing.outbox) == 1


def test_a_process_that_dies_while_sending_leaves_one_letter_to_send_again(letter, monkeypatch):
    def die(self, fail_silently=False):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SEND, die)
        with pytest.raises(KeyboardInterrupt):
            mails.deliver_due(NOW)
    assert mails.deliver_due(LATER) == 0
    assert mails.deliver_due(NOW + mails.PAUSES[0]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_development_machine_sends_at_once(person, conference, settings):
    settings.SEND_MAIL_AT_ONCE = True
    presenting.send_links([person], conference, at=NOW)

    assert len(outgoing.outbox) == 1


def unsent(letter):
    assert mails.deliver_due(LATER) in (0, 1)
    letter.refresh_from_db()
    assert outgoing.outbox == []
    assert letter.last_error == mails.NOT_TRUE
    assert letter.given_up_at
    return True


def test_a_link_that_was_replaced_is_not_sent(letter, person):
    presenting.new_link(person, at=NOW)
    assert unsent(letter)


def test_who_presents_nothing_there_any_more_gets_no_link(letter, person):
    person.presenters.all().delete()
    assert unsent(letter)


def test_who_has_no_address_any_more_gets_no_link(letter, person):
    person.email = ""
    person.save()
    assert unsent(letter)


def test_asked_for_twice_the_link_is_sent_once(letter, person, conference):
    presenting.send_links([person], conference, at=NOW)
    assert mails.deliver_due(LATER) == 2
    assert len(outgoing.outbox) == 1


def test_one_edition_does_not_hold_up_another(letter, person):
    other = make_conference()
    make_presenter(make_tutorial(other), "", person=person)
    presenting.send_links([person], other, at=NOW)
    mails.deliver_due(LATER)
    assert len(outgoing.outbox) == 2


def test_who_is_invited_reads_that(invitation):
    invite(invitation)
    mails.deliver_due(LATER)
    (message,) = outgoing.outbox
    assert message.to == ["new@example.org"]
    assert f"http://testserver/cpal-2026/invitations/{invitation.key}/" in message.body


def test_an_invitation_that_was_accepted_is_not_sent(invitation):
    letter = invite(invitation)
    invitation.accepted_at = NOW
    invitation.save()
    assert unsent(letter)


def test_an_invitation_that_has_expired_is_not_sent(invitation):
    letter = invite(invitation)
    invitation.invited_at = NOW - timedelta(days=14)
    invitation.save()
    assert unsent(letter)


def test_an_invitation_that_was_withdrawn_takes_its_letter_along(invitation):
    invite(invitation)
    invitation.delete()
    assert Letter.objects.count() == 0


def test_a_letter_that_waits_too_long_is_a_warning(letter, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert mails.what_is_wrong(NOW + timedelta(minutes=10)) == []
    assert "the worker does not run" in mails.what_is_wrong(NOW + timedelta(minutes=16))[0]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", LetterKind)
def test_a_sample_of_each_kind(kind, language, conference):
    sample = mails.letter_sample_of(
        kind, conference, address="me@example.org", language=language, at=NOW
    )
    assert sample.to == ["me@example.org"]
    assert sample.subject.startswith("[")
    assert Letter.objects.count() == 0


def test_no_address_in_a_log(letter, monkeypatch, caplog):
    def fail(self, fail_silently=False):
        raise OSError("550 alan@example.org is unknown")

    monkeypatch.setattr(SEND, fail)
    mails.deliver_due(NOW)
    assert "was not sent: OSError" in caplog.text
    assert "example.org" not in caplog.text
