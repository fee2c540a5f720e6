"""What we hold, to see and to take along; how one is forgotten; where one is told beforehand."""

import io
import json
import logging
import re
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command

from conference.logs import LineFormatter
from people import tickets
from people.models import Attendee, Invitation, Membership, Person, PersonLink, User
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_presenter,
    make_ticket,
    make_user,
    prove,
)
from tests.pages import text_of
from tutorials import checkin, registration
from tutorials.models import Letter, PrivateCalendar, Registration, Slot, Star

PRIVACY, DATA, DELETE = (
    "/accounts/profile/privacy/",
    "/accounts/profile/privacy/data.json",
    "/accounts/profile/privacy/delete/",
)


@pytest.fixture
def ada(client, programme, organiser):
    """Somebody of whom there is something in every part."""
    ada = prove(make_user("ada@example.org", name="Ada Lovelace"))
    conference = programme.conference
    mine = make_ticket(
        conference,
        user=ada,
        email=ada.email,
        ticket_number="T-ADA",
        kind="Main",
        affiliation="Analytical Engines",
        imported={"name": "A. Lovelace", "withdrawn": False},
    )
    registration.register(mine, programme.t1, by=ada, at=NOW)
    registration.cancel(
        mine,
        programme.t1,
        by=organiser,
        at=NOW,
        because=Registration.Because.WITHDRAWN,
        reason="Ill",
    )
    registration.register(mine, programme.t2, by=ada, at=NOW)
    slot = Slot.objects.released(conference).get(tutorial=programme.t2)
    checkin.check_in(mine, slot, by=organiser, at=at(11, 20))
    make_ticket(conference, name="Grace Hopper", email="g@example.org", buyer_email=ada.email)
    Membership.objects.create(conference=conference, user=ada, role="door")
    invitation = Invitation.objects.create(
        conference=conference, email="ADA@example.org", role="viewer", key="k", invited_at=NOW
    )
    person = Person.objects.create(name="A. A. L.", email=ada.email, bio="Wrote programs.")
    PersonLink.objects.create(person=person, label="Home", url="https://example.org/ada")
    make_presenter(programme.t4, "", "Engines Ltd", person=person)
    person.corrections.create(changes={"bio": {"was": "", "becomes": "Numbers"}}, sent_at=NOW)
    for to in ({"person": person}, {"invitation": invitation}):
        kind = "presenter_link" if "person" in to else "invitation"
        Letter.objects.create(conference=conference, kind=kind, created_at=NOW, due_at=NOW, **to)
    Star.objects.create(user=ada, tutorial=programme.t3, starred_at=NOW)
    PrivateCalendar.objects.create(user=ada, conference=conference, key="secret-key", made_at=NOW)
    # Of somebody else, who is not to be seen.
    other = make_attendee(conference, name="Nobody Else", email="other@example.org")
    registration.register(
        other,
        programme.t1,
        by=None,
        at=NOW,
    )
    client.force_login(ada)
    return ada


HELD = {
    "account": ("email", "ada@example.org"),
    "addresses": ("is_confirmed", True),
    "places": ("affiliation", "Analytical Engines"),
    "tickets": ("name", "Grace Hopper"),
    "registrations": ("cancelled_because", "by the organisers"),
    "history": ("reason", "Ill"),
    "check_ins": ("at", "2026-03-23T12:20:00+01:00"),
    "feedback": None,  # test_feedback.py
    "mails": ("what", "registered"),
    "stars": ("starred_at", "2026-03-16T11:00:00+01:00"),
    "calendars": ("address", "http://testserver/cpal-2026/my/secret-key.ics"),
    "presented": ("affiliation", "Engines Ltd"),
    "corrections": ("texts", "bio: Numbers"),
    "letters": ("what", "invitation to the team"),
    "done": None,
    "roles": ("role", "Door staff"),
    "invitations": ("email", "ADA@example.org"),
    "presenter": ("links", "Home: https://example.org/ada"),
}


class TestMyData:
    def test_as_a_file(self, client, ada):
        answer = client.get(DATA)

        assert answer["Content-Type"] == "application/json"
        assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
        sections = json.loads(answer.content)["sections"]
        assert sections.keys() == HELD.keys()
        for key, expected in HELD.items():
            section = sections[key]
            assert section["about"]
            for row in section["rows"]:
                assert row.keys() <= section["columns"].keys()
            if expected:
                name, value = expected
                assert value in [row[name] for row in section["rows"]], key

    def test_as_a_page(self, client, ada):
        said = text_of(client.get(PRIVACY))

        for words in (
            "ada@example.org",
            "T-ADA",
            "Analytical Engines",
            "What the ticket shop’s list said of you name: A. Lovelace",
            "Monday 23 March 2026, 12:20 (Europe/Berlin)",
            "by the organisers",
            "A. A. L.",
            "Wrote programs.",
        ):
            assert words in said
        assert "Nobody Else" not in said
        assert "other@example.org" not in said
        assert "organiser@example.org" not in said

    def test_has_what_hangs_on_a_place_that_nobody_linked(self, client, programme, organiser):
        ada = prove(make_user("ada@example.org", name="Ada Lovelace"))
        place = make_ticket(
            programme.conference, name="Ada Lovelace", email=ada.email, affiliation="Engines"
        )
        registration.register(place, programme.t1, by=organiser, at=NOW)
        friend = make_ticket(programme.conference, name="Grace Hopper", email=ada.email)
        registration.register(friend, programme.t4, by=organiser, at=NOW)
        Invitation.objects.create(
            conference=programme.conference,
            email="work@example.net",
            role="viewer",
            key="w",
            invited_at=NOW,
            accepted_at=NOW,
            accepted_by=ada,
        )
        client.force_login(ada)

        sections = json.loads(client.get(DATA).content)["sections"]

        def column(section, name):
            return [row[name] for row in sections[section]["rows"]]

        assert column("places", "affiliation") == ["Engines"]
        assert column("tickets", "name") == ["Grace Hopper"]
        for section in ("registrations", "history", "mails"):
            assert column(section, "tutorial") == [str(programme.t1)], section
        assert column("invitations", "email") == ["work@example.net"]

    def test_has_nothing_of_who_handed_the_ticket_on(self, client, programme):
        ada = prove(make_user("ada@example.org", name="Ada Lovelace"))
        conference = programme.conference
        said = {"name": "Ada Lovelace", "email": ada.email, "affiliation": "Engines"}
        mine = make_ticket(
            conference,
            name="Ada Lovelace",
            email=ada.email,
            buyer_email="boss@example.org",
            user=ada,
            imported=said,
        )
        registration.register(mine, programme.t1, by=ada, at=NOW)
        because = Registration.Because.WITHDRAWN
        registration.cancel(mine, programme.t1, by=None, at=NOW, because=because, reason="Rude")
        boss = prove(make_user("boss@example.org"))
        Attendee.objects.filter(pk=mine.pk).update(user=boss)
        tickets.hand_on(boss, conference, mine.pk, name="Grace", email="grace@example.org")
        grace = prove(make_user("grace@example.org", name="Grace"))
        assert tickets.take_own(grace, conference, None)
        client.force_login(grace)

        said = text_of(client.get(PRIVACY))

        assert "boss@example.org" in said
        for word in ("Ada", "ada@", "Engines", "Rude", "(deleted)"):
            assert word not in said

    def test_costs_the_same_for_more_rows(
        self, client, ada, programme, django_assert_max_num_queries
    ):
        client.get(PRIVACY)
        with django_assert_max_num_queries(34) as few:
            client.get(PRIVACY)
        for _ in range(3):
            conference = make_conference()
            make_attendee(conference, user=ada)
            make_ticket(conference, buyer_email=ada.email)
            Membership.objects.create(conference=conference, user=ada, role="viewer")
            Person.objects.create(name="A", email=ada.email)
        registration.register(ada.attendees.first(), programme.t1, by=ada, at=NOW)
        with django_assert_max_num_queries(len(few)):
            client.get(PRIVACY)

    def test_of_somebody_with_nothing(self, client, user):
        client.force_login(user)
        said = text_of(client.get(PRIVACY))
        assert "Registrations" not in said
        assert user.email in said

    def test_an_address_that_is_not_confirmed_shows_nothing(self, client, ada):
        EmailAddress.objects.update(verified=False)
        assert "Grace Hopper" not in text_of(client.get(PRIVACY))

    def test_leads_there_and_on(self, client, ada):
        assert f'href="{PRIVACY}"' in client.get("/cpal-2026/").content.decode()
        assert f'href="{PRIVACY}"' in client.get("/accounts/profile/").content.decode()
        page = client.get(PRIVACY).content.decode()
        assert f'href="{DATA}"' in page
        assert f'href="{DELETE}"' in page

    @pytest.mark.parametrize("path", [DATA, DELETE])
    def test_a_password_is_asked_for_again(self, client, ada, path):
        ada.set_password("an engine of analysis")
        ada.save()
        client.force_login(ada)

        leads_to = client.get(path)["Location"]
        assert leads_to == f"/accounts/reauthenticate/?next={quote(path, safe='')}"


class TestDeleteMe:
    def test_it_is_said_what_goes_and_what_stays(self, client, ada, programme):
        said = text_of(client.get(DELETE))
        assert f"CPAL 2026, “{programme.t2}”: the seat goes to whoever is next." in said
        assert "Your entry as a presenter" in said

    def test_it_wants_the_address(self, client, ada):
        for typed in ("", "grace@example.org"):
            answer = client.post(DELETE, {"address": typed})
            assert answer.status_code == 200
        assert User.objects.filter(pk=ada.pk).exists()
        assert "not the address of your account" in text_of(answer)

    def test_it_is_done(self, client, ada):
        mail.outbox.clear()
        answer = client.post(DELETE, {"address": " Ada@Example.org"}, follow=True)

        assert answer.redirect_chain == [("/", 303), ("/cpal-2026/", 302)]
        assert "Your account and your data are deleted." in text_of(answer)
        assert not User.objects.filter(pk=ada.pk).exists()
        assert "_auth_user_id" not in client.session
        (sent,) = mail.outbox
        assert (sent.to, sent.subject) == (["ada@example.org"], "Your account is deleted")
        assert "last mail" in sent.body

    def test_the_mail_may_fail(self, client, ada, monkeypatch, caplog):
        def fail(*_, **__):
            raise OSError("ada@example.org refused")

        monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
        assert client.post(DELETE, {"address": "ada@example.org"}).status_code == 303
        assert not User.objects.filter(pk=ada.pk).exists()
        assert "OSError" in caplog.text
        assert "ada@" not in caplog.text

    def test_the_last_organiser_reads_why_not(self, client, ada):
        ada.memberships.update(role="organiser")
        assert "You are the last organiser of CPAL 2026." in text_of(client.get(DELETE))
        client.post(DELETE, {"address": "ada@example.org"})
        assert User.objects.filter(pk=ada.pk).exists()


class TestTheNotice:
    """Who is asked for data can read what becomes of it."""

    def pages(self, client, programme):
        conference = programme.conference
        conference.attendance = "register_with_ticket"
        conference.save()
        yield client.get("/accounts/login/")
        yield client.get("/accounts/login/code/")
        nameless = prove(make_user("nameless@example.org", name=""))
        client.force_login(nameless)
        yield client.get("/accounts/profile/")
        yield client.get("/accounts/email/")
        yield client.get("/cpal-2026/my/tickets/")
        ticket = make_ticket(conference, user=nameless, buyer_email=nameless.email)
        yield client.get("/cpal-2026/my/tickets/")  # where one may hand it on
        ticket.delete()
        conference.attendance = "register"
        conference.save()
        yield client.get(f"/cpal-2026/tutorials/{programme.t1.slug}/")

    WORDS = "What becomes of what you tell us: Privacy notice"

    def test_is_where_data_is_asked_for(self, client, programme):
        programme.conference.privacy_notice = "We keep your name."
        for page in self.pages(client, programme):
            assert self.WORDS in text_of(page), page.request["PATH_INFO"]
            assert 'href="/cpal-2026/privacy/"' in page.content.decode()

    def test_leaves_no_trace_where_there_is_none(self, client, programme):
        for page in self.pages(client, programme):
            assert "Privacy notice" not in text_of(page)


class TestTheLog:
    """Names and addresses are in no line of it."""

    @pytest.fixture
    def log(self):
        lines = io.StringIO()
        handler = logging.StreamHandler(lines)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        yield lines
        root.removeHandler(handler)
        root.setLevel(level)

    def test_of_signing_in_registering_and_importing(self, client, programme, log, tmp_path):
        logging.getLogger("tests").info("begun")
        asked = client.post("/accounts/login/code/", {"email": "grace@example.org"})
        client.post(asked.url, {"code": "0000-0000"})
        (code,) = re.findall(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
        assert client.post(asked.url, {"code": code}).status_code == 302
        page = f"/cpal-2026/tutorials/{programme.t1.slug}/"
        client.post(f"{page}register/", {"name": "Grace Hopper"})
        client.get("/cpal-2026/nowhere/")
        tickets = tmp_path / "tickets.csv"
        tickets.write_text("Ticket number,Name,E-mail\nT-1,Alan Turing,alan@example.org\n")
        call_command("import_attendees", str(tickets), "--conference", "cpal-2026")
        call_command("worker", "--once")

        said = log.getvalue()
        assert "begun" in said
        for words in ("grace", "hopper", "alan", "turing", "example.org"):
            assert words not in said.lower()

    def test_of_what_others_write_has_no_address(self):
        text = (
            "Key (email)=(ada.l+x@mail.example.org) exists; /admin/?q=ada%40example.org: user@host"
        )
        record = logging.LogRecord("x", logging.INFO, "", 0, text, (), None)
        said = LineFormatter("{levelname} {message}", style="{").format(record)
        assert said == "INFO Key (email)=(…@…) exists; /admin/?q=…@…: user@host"

    def test_is_written_that_way(self, settings):
        assert settings.LOGGING["formatters"]["line"]["class"] == "conference.logs.LineFormatter"
