"""What organisers do about presenters: send links, decide about corrections, see who lacks what."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail as outgoing

from people.models import Invitation
from tests.factories import (
    NOW,
    make_attendee,
    make_conference,
    make_member,
    make_person,
    make_presenter,
    make_tutorial,
)
from tutorials import mails, presenting
from tutorials.models import Correction, Letter

LATER = NOW + timedelta(hours=1)
PEOPLE = "/admin/people/person/"
CORRECTIONS = "/admin/tutorials/correction/"
LETTERS = "/admin/tutorials/letter/"


@pytest.fixture
def person(programme):
    found = programme.t1.presenters.get().person
    found.email, found.bio = "alan@example.org", "Old words."
    found.save()
    return found


@pytest.fixture
def editor(conference):
    return make_member(conference, "editor")


def correct(person, tutorial=None, **values):
    return presenting.send(person, tutorial, values, at=NOW)


class TestLinks:
    def test_to_one(self, client, editor, person):
        client.force_login(editor)
        page = f"{PEOPLE}{person.pk}/link/"
        assert page in client.get(f"{PEOPLE}{person.pk}/change/").content.decode()
        assert "They have no link yet." in client.get(page).content.decode()
        conference = person.tutorials.get().conference_id
        client.post(page, {"conference": conference})
        mails.deliver_due(LATER)
        assert outgoing.outbox[0].to == ["alan@example.org"]
        person.refresh_from_db()
        old = person.link_key
        assert old not in client.get(page).content.decode()

        client.post(page, {"conference": conference, "new": "on"})
        person.refresh_from_db()
        assert person.link_key not in ("", old)
        assert LogEntry.objects.filter(change_message="Ended the old link.").exists()

    def test_to_those_chosen(self, client, editor, person, programme):
        client.force_login(editor)
        elsewhere = make_person("Elsewhere", email="else@example.org")
        without = programme.t2.presenters.get().person
        chosen = [person.pk, elsewhere.pk, without.pk]
        data = {"action": "send_links", "_selected_action": chosen}
        page = client.post(PEOPLE, data, follow=True).content.decode()
        assert "1 letter will be sent" in page
        assert "Without an e-mail address: Presenter of T2." in page
        assert "1 of them presents nothing at CPAL 2026." in page
        assert Letter.objects.get().person == person

    def test_to_nobody_who_has_an_address(self, client, editor, programme):
        client.force_login(editor)
        without = programme.t2.presenters.get().person
        data = {"action": "send_links", "_selected_action": [without.pk]}
        page = client.post(PEOPLE, data, follow=True).content.decode()
        assert "Nobody was written to: none of them has an e-mail address." in page
        assert "0 letters" not in page

    @pytest.mark.django_db(transaction=True)
    def test_without_a_worker_it_is_sent(self, client, editor, person, settings):
        settings.SEND_MAIL_AT_ONCE = True
        client.force_login(editor)
        data = {"action": "send_links", "_selected_action": [person.pk]}
        page = client.post(PEOPLE, data, follow=True).content.decode()
        assert "1 letter was sent." in page
        assert len(outgoing.outbox) == 1

    def test_to_all(self, client, editor, person, programme, conference):
        client.force_login(editor)
        page = f"{PEOPLE}links/{conference.pk}/"
        assert page in client.get(PEOPLE).content.decode()
        text = client.get(page).content.decode()
        assert "4 people present." in text
        assert "without an e-mail address" in text
        client.post(page, {"to": "new"})
        client.post(page, {"to": "new"})
        assert Letter.objects.count() == 1
        client.post(page, {"to": "all"})
        assert Letter.objects.count() == 2

    def test_for_who_edits_the_programme(self, client, person, conference):
        pages = [f"{PEOPLE}{person.pk}/link/", f"{PEOPLE}links/{conference.pk}/"]
        client.force_login(make_member(conference, "viewer"))
        assert [client.post(page).status_code for page in pages] == [403, 403]
        client.force_login(make_member(make_conference(), "organiser"))
        assert [client.post(page).status_code for page in pages] == [403, 404]
        assert Letter.objects.count() == 0


class TestLacking:
    def listed(self, client, conference, lacks):
        page = client.get(PEOPLE, {"presents_at": conference.pk, "lacks": lacks})
        return {person.name for person in page.context["cl"].result_list}

    def test_filters(self, client, organiser, person, conference):
        client.force_login(organiser)
        make_person("Elsewhere")
        make_attendee(conference, email="alan@example.org")
        others = {"Presenter of T2", "Presenter of T3", "Presenter of T4"}
        assert self.listed(client, conference, "") == others | {"Presenter of T1"}
        assert self.listed(client, conference, "bio") == others
        assert self.listed(client, conference, "email") == others
        assert self.listed(client, conference, "place") == others
        assert self.listed(client, conference, "photo") == others | {"Presenter of T1"}

    def test_who_has_a_place_is_not_for_everybody(self, client, editor, conference, programme):
        client.force_login(editor)
        assert "A place at CPAL 2026" not in client.get(PEOPLE).content.decode()
        assert len(self.listed(client, conference, "place")) == 4

    def test_nor_asked_where_nobody_registers(self, client, organiser, conference, programme):
        conference.attendance = "open"
        conference.save()
        client.force_login(organiser)
        assert "A place at CPAL 2026" not in client.get(PEOPLE).content.decode()


class TestCorrections:
    def test_what_is_about_a_person_is_told_on_the_clocks_of_the_current_edition(
        self, client, editor, person
    ):
        made = correct(person, bio="New.")
        client.force_login(editor)
        for page in (CORRECTIONS, f"{CORRECTIONS}{made.pk}/change/"):
            text = client.get(page).content.decode()
            assert "(Europe/Berlin)" in text
            assert "UTC" not in text

    def test_before_and_after(self, client, editor, person):
        correct(person, bio="New <words>.")
        client.force_login(editor)
        assert "1 correction of a presenter" in client.get(PEOPLE).content.decode()
        found = Correction.objects.get()
        assert f"{CORRECTIONS}{found.pk}/change/" in client.get(CORRECTIONS).content.decode()
        page = client.get(f"{CORRECTIONS}{found.pk}/change/").content.decode()
        assert "<del>Old</del> words" in page
        assert "<ins>New</ins> <ins>&lt;</ins>words<ins>&gt;</ins>." in page
        assert "Somebody else has changed this" not in page

    def test_accept(self, client, editor, person):
        found = correct(person, bio="New words.")
        client.force_login(editor)
        page = f"{CORRECTIONS}{found.pk}/change/"
        seen = client.get(page).context["seen"]
        answer = client.post(page, {"accept": "Accept", "seen": seen}, follow=True)
        assert "Accepted: the entry says so now." in answer.content.decode()
        person.refresh_from_db()
        assert person.bio == "New words."
        found.refresh_from_db()
        assert (found.status, found.decided_by) == ("accepted", editor)
        assert LogEntry.objects.get().change_message == "Accepted a correction."
        # It is looked at afterwards, and cannot be decided about again.
        text = client.get(page).content.decode()
        assert "<del>Old</del>" in text
        assert 'name="accept"' not in text

    def test_decline(self, client, editor, person):
        found = correct(person, bio="New words.")
        client.force_login(editor)
        client.post(f"{CORRECTIONS}{found.pk}/change/", {"decline": "Decline"})
        person.refresh_from_db()
        assert person.bio == "Old words."
        assert Correction.objects.get().status == "declined"

    def test_without_a_button_nothing_is_decided(self, client, editor, person):
        found = correct(person, bio="New words.")
        client.force_login(editor)
        assert client.post(f"{CORRECTIONS}{found.pk}/change/").status_code == 200
        assert Correction.objects.get().status == "open"

    def test_what_changed_since_is_shown_first(self, client, editor, person):
        found = correct(person, bio="New words.")
        client.force_login(editor)
        page = f"{CORRECTIONS}{found.pk}/change/"
        seen = client.get(page).context["seen"]
        person.bio = "An organiser's words."
        person.save()
        answer = client.post(page, {"accept": "Accept", "seen": seen})
        text = answer.content.decode()
        assert "This has changed since you looked." in text
        assert "Somebody else has changed this since it was sent." in text
        person.refresh_from_db()
        assert person.bio == "An organiser's words."
        client.post(page, {"accept": "Accept", "seen": answer.context["seen"]})
        person.refresh_from_db()
        assert person.bio == "New words."

    def test_what_was_taken_back_is_gone(self, client, editor, person):
        found = correct(person, bio="New words.")
        presenting.take_back(person, None)
        client.force_login(editor)
        assert client.get(f"{CORRECTIONS}{found.pk}/change/").status_code == 404

    def test_of_their_own_conference(self, client, person, programme, conference):
        there, of_person = (
            correct(person, programme.t1, outline="One."),
            correct(person, bio="New."),
        )
        client.force_login(make_member(make_conference(), "organiser"))
        for found in (there, of_person):
            page = f"{CORRECTIONS}{found.pk}/change/"
            assert client.get(page).status_code == 404
            assert client.post(page, {"decline": "Decline"}).status_code == 404
        assert "Presenter of T1" not in client.get(CORRECTIONS).content.decode()
        assert Correction.objects.filter(status="open").count() == 2

    def test_what_is_about_a_person_is_for_every_edition_of_theirs(self, client, person):
        other = make_conference()
        make_presenter(make_tutorial(other), "", person=person)
        found = correct(person, bio="New.")
        client.force_login(make_member(other, "editor"))
        assert client.get(f"{CORRECTIONS}{found.pk}/change/").status_code == 200

    @pytest.mark.parametrize("role", ["viewer", "door"])
    def test_not_for_others(self, client, person, conference, role):
        found = correct(person, bio="New.")
        client.force_login(make_member(conference, role))
        page = f"{CORRECTIONS}{found.pk}/change/"
        assert client.post(page, {"accept": "Accept"}).status_code in (302, 403, 404)
        assert Correction.objects.get().status == "open"

    def test_long_texts_are_compared_quickly(self, client, editor, person):
        person.bio = "word " * 4000
        person.save()
        found = correct(person, bio="other " * 3000)
        client.force_login(editor)
        assert client.get(f"{CORRECTIONS}{found.pk}/change/").status_code == 200


class TestLetters:
    def test_the_queue(self, client, organiser, person, conference):
        presenting.send_links([person], conference, at=NOW)
        client.force_login(organiser)
        page = client.get(LETTERS).content.decode()
        assert "Presenter of T1" in page
        assert "to be sent" in page
        found = Letter.objects.get()
        person.refresh_from_db()
        assert person.link_key not in client.get(f"{LETTERS}{found.pk}/change/").content.decode()
        Letter.objects.update(given_up_at=NOW, attempts=8, last_error="OSError: down")
        data = {"action": "send_again", "_selected_action": [found.pk]}
        assert "1 mail will be sent" in client.post(LETTERS, data, follow=True).content.decode()
        assert mails.deliver_due(NOW.replace(year=2027)) == 1

    def test_a_sample(self, client, editor, conference):
        client.force_login(editor)
        data = {"kind": "presenter_link", "conference": conference.pk, "language": "en"}
        client.post(f"{LETTERS}sample/", data)
        assert outgoing.outbox[0].to == [editor.email]
        assert outgoing.outbox[0].subject.startswith("[Sample]")
        assert Letter.objects.count() == 0

    def test_invitations_are_for_who_may_invite(self, client, editor, organiser, conference):
        invitation = Invitation.objects.create(
            conference=conference, email="new@example.org", role="door", key="k", invited_at=NOW
        )
        Letter.objects.create(
            conference=conference,
            kind="invitation",
            invitation=invitation,
            created_at=NOW,
            due_at=NOW,
        )
        client.force_login(editor)
        assert "new@example.org" not in client.get(LETTERS).content.decode()
        client.force_login(organiser)
        assert "new@example.org" in client.get(LETTERS).content.decode()
