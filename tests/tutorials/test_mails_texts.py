"""What the mails say."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_session,
    make_slot,
    make_tutorial,
)
from tutorials import mails, schedule
from tutorials.models import Mail, Registration
from tutorials.tokens import token_for

KINDS = Mail.Kind.values
Kind = Mail.Kind
STATUS = {
    Kind.WAITING: {"status": "waitlisted", "position": 1},
    Kind.MOVED_BACK: {"status": "waitlisted", "position": -1},
    Kind.OFFERED: {"status": "offered", "offered_until": NOW + timedelta(hours=24)},
    Kind.HELD: {
        "status": "offered", "offered_until": NOW + timedelta(hours=24), "awaits_ticket": True,
    },
    **{
        kind: {"status": "cancelled", "cancelled_because": "self", "cancelled_at": NOW}
        for kind in ("lapsed", "declined", "left", "withdrawn", "tutorial_cancelled")
    },
}  # fmt: skip
CONFIRMED = {"status": "confirmed", "confirmed_at": NOW}


@pytest.fixture
def write(programme, conference):
    """Write a mail of a kind to somebody whose registration is as it says."""

    def write_mail(kind, *, place=None, facts=None, tutorial=None, **fields):
        attendee = make_attendee(conference, **{"name": "Ada", "email": "a@example.org"} | fields)
        row = Registration.objects.create(
            attendee=attendee, tutorial=tutorial or programme.t1, registered_at=NOW,
            **STATUS.get(kind, CONFIRMED),
        )  # fmt: skip
        mails.tell([row], kind, at=NOW, place=place, facts=facts)
        return Mail.objects.select_related("attendee__user", "tutorial__conference").latest("pk")

    return write_mail


@pytest.fixture
def say(write):
    def text(kind, **fields):
        return str(mails.message(write(kind, **fields), at=NOW).body)

    return text


def html_of(message):
    ((html, mime),) = message.alternatives
    assert mime == "text/html"
    return str(html)


def links(text):
    return re.findall(r"https?://[^\s\"<>]+", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("language", "greeting"), [("en", "Hello A & B,"), ("de", "Guten Tag A & B,")]
)
def test_every_kind_in_every_language(programme, write, kind, language, greeting):
    programme.t1.title = "Ärger & <Ordnung>\nim Wald"
    programme.t1.save()

    message = mails.message(write(kind, name="A & B", language=language), at=NOW)

    assert "\n" not in message.subject
    assert "Ärger & <Ordnung> im Wald" in message.subject
    assert message.body.startswith(greeting)
    assert all("/de/" in link for link in links(message.body)) or language == "en"
    assert "\n\n\n" not in message.body
    assert f'<html lang="{language}">' in html_of(message)
    assert "A &amp; B" in html_of(message)
    assert "<Ordnung>" not in html_of(message)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_with_all_that_may_be_said(programme, write, kind):
    programme.t1.what_to_bring = "- A laptop\n- A pencil"
    programme.t1.save()
    facts = {
        "until": NOW.isoformat(), "other": programme.t2.pk, "reason": "The roof leaks.",
        "ticket": True,
    }  # fmt: skip

    message = mails.message(write(kind, place=3, facts=facts), at=NOW)

    assert "The organisers write: “The roof leaks.”" in message.body
    assert "None" not in message.body
    assert "{" not in message.body
    assert "None" not in html_of(message)


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(write, kind):
    message = mails.message(write(kind, facts={"reason": "Because."}), at=NOW)
    body = re.search("<body.*</body>", html_of(message), re.DOTALL)
    assert body
    words = " ".join(unescape(re.sub("<[^>]+>", " ", body[0])).split())

    assert links(html_of(message)) == links(message.body)
    for line in message.body.split("\n"):
        if line and line != "-- " and "://" not in line:
            assert line.strip().removesuffix(":") in words


@pytest.mark.parametrize("kind", KINDS)
def test_before_a_time_is_released(conference, write, kind):
    message = mails.message(write(kind, tutorial=make_tutorial(conference)), at=NOW)

    assert ("Time to be announced" in message.body) == (
        kind not in {"lapsed", "declined", "left", "withdrawn", "tutorial_cancelled"}
    )
    assert message.attachments == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_costs_the_same_for_a_large_programme(programme, conference, write, kind):
    facts = {"other": programme.t2.pk}
    mail = write(kind, facts=facts)
    with CaptureQueriesContext(connection) as few:
        mails.message(mail, at=NOW)
    for day in (1, 2):
        for hour in (8, 11):
            session = make_session(conference, at(hour, day=day))
            for _ in range(3):
                make_slot(session, make_tutorial(conference))
    schedule.release(conference, by=None, at=NOW)
    with CaptureQueriesContext(connection) as many:
        mails.message(mail, at=NOW)

    assert len(many) <= len(few) <= 12


def test_nothing_that_people_typed_becomes_a_header_or_a_paragraph(programme, conference, write):
    programme.t1.title = "Trees\r\nBcc: all@example.org\n\nPay here:\nhttps://evil.example/"
    programme.t1.save()
    name = "Ada\r\n\r\nClick:\nhttps://evil.example/"

    message = mails.message(write(Kind.REGISTERED, name=name, facts={"reason": name}), at=NOW)

    assert message.message()["Bcc"] is None
    assert 'href="https://evil.example' not in html_of(message)
    assert not re.search(r"^https://evil", str(message.body), re.MULTILINE)


def test_when_and_where(programme, say):
    venue = programme.halls[0].venue
    venue.name, venue.address = "MPI", "Max-Planck-Ring 6"
    venue.save()
    programme.halls[0].directions = "First floor"
    programme.halls[0].save()

    assert (
        "  Monday 23 March 2026, 09:00–11:30 (Europe/Berlin)\n"
        "  Hall A, MPI, Max-Planck-Ring 6\n"
        "  First floor\n" in say(Kind.REGISTERED)
    )


def test_an_offer_says_until_when_and_what_it_costs(programme, write, conference):
    mail = write(Kind.OFFERED)
    Registration.objects.create(
        attendee=mail.attendee, tutorial=programme.t3, registered_at=NOW, **CONFIRMED
    )

    text = str(mails.message(mail, at=NOW).body)

    assert "decline it by Tuesday 17 March 2026, 11:00 (Europe/Berlin)" in text
    assert f"you give up your seat in:\n\n  {programme.t3.title}\n" in text
    token = token_for(mail.registration, "offer")
    assert f"Accept or decline:\nhttp://testserver/cpal-2026/offers/{token}/\n" in text
    assert "If you do nothing" in text


def test_an_offer_that_costs_nothing_does_not_speak_of_it(say):
    assert "give up" not in say(Kind.OFFERED)


@pytest.mark.parametrize("kind", ["registered", "got_in", "switched", "moved", "reminder"])
def test_who_has_a_seat_can_give_it_up_from_the_mail(write, kind):
    mail = write(kind)
    token = token_for(mail.registration, "leave")

    text = str(mails.message(mail, at=NOW).body)

    assert f"I can’t come:\nhttp://testserver/cpal-2026/leave/{token}/\n" in text


def test_a_mail_without_its_registration_still_has_its_words(write):
    mail = write(Kind.REGISTERED)
    mail.registration = None

    text = str(mails.message(mail, at=NOW).body)

    assert "You are registered" in text
    assert "leave/" not in text


@pytest.mark.parametrize("kind", ["lapsed", "declined", "left"])
def test_who_is_out_reads_how_to_join_again(programme, say, kind):
    text = say(kind)

    assert "Register for it again on its page" in text
    assert programme.t1.get_absolute_url() in text


def test_a_held_seat_that_lapsed_was_for_want_of_a_ticket(say):
    assert "ticket would be confirmed" in say(Kind.LAPSED, facts={"ticket": True})
    assert "ticket" not in say(Kind.LAPSED)


def test_who_is_moved_back_reads_the_place(say):
    assert "You are at the head of the waiting list, as number 1." in say(Kind.MOVED_BACK)


def test_what_a_switch_gave_up_is_named(programme, say):
    text = say(Kind.SWITCHED, facts={"other": programme.t2.pk})

    assert f"You are no longer registered for “{programme.t2.title}”." in text


def test_more_than_one_may_have_been_given_up(programme, say):
    text = say(Kind.SWITCHED, facts={"others": [programme.t2.pk, programme.t3.pk]})

    assert programme.t2.title in text
    assert programme.t3.title in text


def test_a_clash_names_both_with_their_times(programme, say):
    text = say(Kind.CLASH, facts={"other": programme.t2.pk})

    assert f"  {programme.t1.title}\n  Monday 23 March 2026, 09:00" in text
    assert f"  {programme.t2.title}\n  Monday 23 March 2026, 12:30" in text
    assert "http://testserver/cpal-2026/my/" in text


@pytest.mark.parametrize(("kind", "words"), [
    (Kind.REGISTERED, "You keep your seat."),
    (Kind.WAITING, "You keep your place on the waiting list."),
    (Kind.OFFERED, "The seat is still held for you."),
])  # fmt: skip
def test_a_move_says_what_it_means_for_each(write, kind, words):
    mail = write(kind)
    mail.kind = Kind.MOVED

    assert words in mails.message(mail, at=NOW).body


def test_a_reminder_says_what_to_bring(programme, say):
    assert "What to bring" not in say(Kind.REMINDER)
    programme.t1.what_to_bring = "- A laptop\n- [Python](https://python.org)"
    programme.t1.save()

    text = say(Kind.REMINDER)

    assert "What to bring:\n- A laptop\n- [Python](https://python.org)\n" in text


def test_who_may_not_come_asks_the_organisers(conference, say):
    assert "Ask the organisers." in say(Kind.WITHDRAWN)
    conference.contact_email = "desk@example.org"
    conference.save()

    assert "Reply to this mail." in say(Kind.WITHDRAWN)


class TestAlternatives:
    @pytest.fixture
    def offered(self, write, programme):
        """The titles that the mail about T1 names, in order, by their codes."""
        written = write(Kind.TUTORIAL_CANCELLED)
        codes = {t.title: t.code for t in programme.tutorials}

        def ask(at=NOW):
            mail = Mail.objects.get(pk=written.pk)
            text = str(mails.message(mail, at=at).body)
            named = re.findall(r"^(.+?), \w+ \d+ March, ", text, re.MULTILINE)
            return [codes.get(title, title) for title in named]

        ask.attendee = written.attendee  # type: ignore[attr-defined]
        return ask

    def test_those_at_the_same_time_come_first(self, offered, programme):
        assert offered() == ["T3", "T2", "T4"]
        Mail.objects.update(tutorial=programme.t2)
        Registration.objects.update(tutorial=programme.t2)
        assert offered() == ["T4", "T1", "T3"]

    def test_a_full_one_is_none(self, offered, programme):
        programme.t3.__class__.objects.filter(pk=programme.t3.pk).update(seats=0)

        assert offered() == ["T2", "T4"]

    def test_nor_one_that_overlaps_what_they_have(self, offered, programme):
        self.give(offered.attendee, programme.t2)

        assert offered() == ["T3"]

    def test_nor_anything_while_nobody_can_register(self, offered, conference):
        conference.registration_closes_at = NOW
        conference.save()

        assert offered() == []

    def test_nor_one_that_starts_too_soon(self, offered):
        assert offered(at(7, 30)) == ["T2", "T4"]
        assert offered(at(12)) == []

    def test_nor_a_draft_a_cancelled_one_or_one_elsewhere(self, offered, programme):
        for tutorial, status in ((programme.t2, "draft"), (programme.t3, "cancelled")):
            tutorial.status = status
            tutorial.cancelled_at = NOW if status == "cancelled" else None
            tutorial.save()
        make_tutorial(make_conference())

        assert offered() == ["T4"]

    def test_at_most_five(self, offered, programme, conference):
        session = make_session(conference, at(9, day=1))
        for _ in range(6):
            make_slot(session, make_tutorial(conference))
        schedule.release(conference, by=None, at=NOW)

        assert len(offered()) == 5
        assert offered()[:3] == ["T3", "T2", "T4"]

    def give(self, attendee, tutorial):
        Registration.objects.create(
            attendee=attendee, tutorial=tutorial, registered_at=NOW, **CONFIRMED
        )
