"""Do the German pages say in German what the English ones say?"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from conference.models import Conference
from tests.factories import NOW, at, make_conference
from tests.pages import text_of
from tutorials import registration
from tutorials.models import Registration, Tutorial
from tutorials.summary import Summary, sentence

MONDAY = date(2026, 3, 23)


def page(client, path="", status=200):
    response = client.get(f"/de/cpal-2026/{path}")
    assert response.status_code == status
    return text_of(response)


def test_home(client, programme):
    text = page(client)

    assert "Montag, 23. März – Donnerstag, 26. März 2026" in text
    assert "vier Tutorials in zwei parallelen Tracks" in text
    assert "Zum Zeitplan" in text
    assert "Einloggen" in text


def test_what_is_on_now_and_next(client, programme, settings):
    settings.CLOCK = at(9).isoformat()

    text = page(client)

    assert "Heute, Montag, 23. März" in text
    assert "Läuft gerade" in text
    assert "Als Nächstes" in text


def test_the_list_opens_with_what_there_is(client, programme):
    text = page(client, "tutorials/")

    assert (
        "Der erste Tag der Konferenz, Montag, 23. März 2026, bietet vier Tutorials in zwei "
        "parallelen Tracks, verteilt auf zwei Blöcke." in text
    )
    assert "Nur noch 3 Plätze" in text


def test_the_schedule_names_its_version(client, programme):
    text = page(client, "schedule/")

    assert "Alle Zeiten gelten in der Zeitzone MEZ (Europe/Berlin)." in text
    assert "Version 1, freigegeben am Montag, 16. März 2026, 11:00 Uhr." in text


def test_a_tutorial(signed_in, programme):
    text = text_of(signed_in.get(f"/de{programme.t1.get_absolute_url()}"))

    assert "Für dieses Tutorial anmelden" in text
    assert "Mein Zeitplan" in text
    assert "Zusammenfassung" in text


def test_signing_in_and_registering_are_two_words(client, programme):
    text = text_of(client.get(f"/de{programme.t1.get_absolute_url()}"))

    assert "Einloggen und für dieses Tutorial anmelden" in text


def test_after_registering(signed_in, programme):
    response = signed_in.post(f"/de{programme.t1.get_absolute_url()}register/", follow=True)

    text = text_of(response)
    assert f"Sie sind für „{programme.t1.title}“ angemeldet." in text
    assert "Anmeldung stornieren" in text


def test_after_queueing(signed_in, programme, attendees):
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    response = signed_in.post(f"/de{programme.t1.get_absolute_url()}register/", follow=True)

    text = text_of(response)
    assert f"Sie sind Nummer 2 auf der Warteliste von „{programme.t1.title}“." in text
    assert "Warteliste verlassen" in text


def test_a_tutorial_is_called_off_and_a_registration_given_up():
    with translation.override("de"):
        assert str(Tutorial.Status.CANCELLED.label) == "abgesagt"
        assert str(Registration.Status.CANCELLED.label) == "storniert"


def test_the_code_comes_in_the_language_of_the_page(client, db):
    client.post("/de/accounts/login/code/", {"email": "grete@example.org"})

    (message,) = mail.outbox
    assert message.subject.endswith(" ist Ihr Login-Code")
    assert "Er gilt 15 Minuten." in message.body


def test_signing_out_keeps_the_language(signed_in, programme):
    response = signed_in.post("/de/accounts/logout/", follow=True)

    assert response.request["PATH_INFO"] == "/de/cpal-2026/"
    assert "Sie sind ausgeloggt." in text_of(response)


def test_what_a_library_says_is_polite_too(client, user):
    user.set_password("an engine of analysis")
    user.save()
    for _ in range(11):
        response = client.post("/de/accounts/login/", {"login": user.email, "password": "wrong"})

    assert "Bitte versuchen Sie es später noch einmal." in text_of(response)


def test_asking_too_often(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    for _ in range(2):
        response = client.post("/de/accounts/login/", {"login": "a@example.org", "password": "b"})

    assert response.status_code == 429
    assert "Warten Sie einige Minuten" in text_of(response)


def test_an_address_that_is_none(client, conference):
    assert "Diese Seite gibt es nicht" in page(client, "nothing/", 404)


def opening(conference, **numbers):
    facts: dict[str, Any] = {
        "unscheduled": 0,
        "tracks": 0,
        "parallel": 0,
        "sessions": 1,
        "days": [MONDAY],
    }
    with translation.override("de"):
        return sentence(Summary(conference, **facts | numbers))


class TestTheSentence:
    @pytest.fixture
    def conference(self, db) -> Conference:
        return make_conference()

    def test_of_one(self, conference):
        assert opening(conference, scheduled=1, tracks=1, parallel=1) == (
            "Der erste Tag der Konferenz, Montag, 23. März 2026, bietet ein Tutorial in einem "
            "Track, in einem einzigen Block."
        )

    def test_of_tracks_that_are_not_parallel(self, conference):
        assert "zwei Tutorials in zwei Tracks, verteilt auf zwei Blöcke" in opening(
            conference, scheduled=2, tracks=2, parallel=1, sessions=2
        )

    def test_of_several_days(self, conference):
        days = [MONDAY, MONDAY + timedelta(days=2)]
        assert opening(conference, scheduled=13, sessions=4, days=days) == (
            "Von Montag, 23. März, bis Mittwoch, 25. März 2026, gibt es an zwei Tagen "
            "13 Tutorials, verteilt auf vier Blöcke."
        )

    def test_of_the_only_day(self, conference):
        conference.ends_on = MONDAY
        assert opening(conference, scheduled=2) == (
            "Am Montag, 23. März 2026, gibt es zwei Tutorials, in einem einzigen Block."
        )

    def test_of_what_has_no_time(self, conference):
        assert opening(conference, scheduled=0, unscheduled=2, tracks=1) == (
            "Zwei Tutorials in einem Track. Die Termine werden noch bekannt gegeben."
        )
        assert opening(conference, scheduled=1, unscheduled=1).endswith(
            "Ein weiteres Tutorial hat noch keinen Termin."
        )
