"""Somebody is forgotten: nothing of theirs is left anywhere, and all the rest is."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone

from people import privacy
from people.forgotten import ERASED_NAME
from people.models import Attendee, Invitation, Membership, Person, User
from people.privacy import ErasureRefused
from tests.factories import NOW, at, make_attendee, make_conference, make_ticket, make_user, prove
from tutorials import checkin, registration
from tutorials.audit import audit
from tutorials.models import Change, CheckIn, Letter, Mail, Registration, Slot

EMAIL, NAME = "ada@example.org", "Ada Lovelace"


def contents():
    """Every value of every row of every table, as text; sessions as what they stand for."""
    for model in apps.get_models():
        for row in model._default_manager.all():
            values = [getattr(row, field.attname) for field in model._meta.concrete_fields]
            if isinstance(row, Session):
                values.append(row.get_decoded())
            yield from ((model, str(value)) for value in values)


def left_of(*words):
    return {(model, text) for model, text in contents() if any(word in text for word in words)}


@pytest.fixture
def ada(client, programme, organiser, django_user_model):
    """Somebody with all that one can have here, signed in on a device."""
    ada = prove(make_user(EMAIL, name=NAME))
    prove(ada, "lovelace@example.org")
    conference = programme.conference
    mine = make_ticket(
        conference,
        user=ada,
        name=NAME,
        email=EMAIL,
        ticket_number="SECRET-1",
        ticket_barcode="SECRET-2",
        affiliation="SECRET-3",
        buyer_email=EMAIL,
        imported={"name": NAME, "email": EMAIL, "withdrawn": False},
        shown_to_presenters=True,
    )
    for tutorial in (programme.t1, programme.t2):
        registration.register(mine, tutorial, by=ada, at=NOW)
    registration.cancel(
        mine,
        programme.t2,
        by=organiser,
        at=NOW,
        because=Registration.Because.WITHDRAWN,
        reason="SECRET-4 of Ada Lovelace",
    )
    slot = Slot.objects.released(conference).get(tutorial=programme.t1)
    checkin.check_in(mine, slot, by=organiser, at=at(8))
    role = Membership.objects.create(conference=conference, user=ada, role="door")
    rows = [mine, ada, role, *EmailAddress.objects.all()]
    for model in (Registration, Mail, CheckIn):
        rows += model.objects.all()
    for row in rows:
        LogEntry.objects.log_actions(organiser.pk, [row], CHANGE, single_object=True)
    Invitation.objects.create(
        conference=conference, email="Ada@example.org", role="viewer", key="k", invited_at=NOW
    )
    Person.objects.create(name="A. L.", email=EMAIL)
    client.force_login(ada)
    return ada


def test_nothing_is_left_of_them(ada, programme):
    badge = ada.attendees.get().badge_code
    words = (EMAIL, "Ada@", "lovelace@", NAME, "Lovelace, Ada", "SECRET", badge)
    assert left_of(*words)

    privacy.erase_account(ada, at=NOW)

    assert left_of(*words) == set()
    assert not Session.objects.exists()
    assert not EmailAddress.objects.exists()
    place = Attendee.objects.get()
    assert (place.name, place.user, place.erased_at) == (ERASED_NAME, None, NOW)
    assert not place.shown_to_presenters
    assert Person.objects.filter(name="A. L.").exists()


def test_counts_stay(ada, programme):
    changes, check_ins = Change.objects.count(), CheckIn.objects.count()

    privacy.erase_account(ada, at=NOW)

    assert CheckIn.objects.count() == check_ins
    assert Change.objects.count() == changes + 1  # that they left
    assert Registration.objects.count() == 2
    assert audit(programme.conference) == []


def test_their_seat_goes_to_who_waits(ada, programme):
    people = [make_attendee(programme.conference, email=f"p{n}@example.org") for n in range(3)]
    rows = [registration.register(each, programme.t1, by=None, at=NOW) for each in people]
    assert rows[2].status == "waitlisted"
    assert any("goes to whoever is next" in each for each in privacy.what_ends(ada, NOW))

    privacy.erase_account(ada, at=NOW)

    rows[2].refresh_from_db()
    assert rows[2].status == "confirmed"
    assert Mail.objects.filter(kind="got_in", attendee=people[2]).exists()
    assert audit(programme.conference) == []


def test_what_was_said_of_a_seat_more_for_them_goes(ada, programme, organiser):
    for number in range(3):
        person = make_attendee(programme.conference, name=f"Person {number}")
        registration.register(person, programme.t2, by=None, at=NOW)
    registration.add(
        ada.attendees.get(),
        programme.t2,
        by=organiser,
        at=at(7),
        reason="SECRET-5",
        above_seats=True,
    )
    assert Change.objects.filter(registration=None, reason="SECRET-5").exists()
    Change.objects.filter(registration=None).exclude(reason="SECRET-5").update(reason="Kept")

    privacy.erase_account(ada, at=at(7))

    assert left_of("SECRET-5") == set()
    assert Change.objects.filter(reason="Kept").exists()


def test_they_are_not_told_of_what_ends(ada, programme, mailoutbox, settings):
    settings.SEND_MAIL_AT_ONCE = True
    privacy.erase_account(ada, at=NOW)

    assert mailoutbox == []


def test_what_has_begun_stays_as_it_was(ada, programme):
    assert privacy.what_ends(ada, at(9)) == []

    privacy.erase_account(ada, at=at(9))

    assert Registration.objects.get(tutorial=programme.t1).status == "confirmed"
    programme.t1.refresh_from_db()
    assert programme.t1.seats_taken == 1
    assert audit(programme.conference) == []


def test_a_second_try_finishes_what_was_cut_off(ada, programme, monkeypatch):
    other = make_conference()
    make_attendee(other, user=ada, name=NAME, email=EMAIL)
    begun = []

    def fail(attendee, **_):
        begun.append(attendee)
        if len(begun) == 2:
            raise KeyboardInterrupt
        erase(attendee, **_)

    erase = privacy.erase_place
    with monkeypatch.context() as patch:
        patch.setattr(privacy, "erase_place", fail)
        with pytest.raises(KeyboardInterrupt):
            privacy.erase_account(ada, at=NOW)
    assert User.objects.filter(pk=ada.pk).exists()
    assert Attendee.objects.filter(erased_at=None).get().conference == other

    privacy.erase_account(ada, at=NOW)
    assert left_of(EMAIL, NAME) == set()
    privacy.erase_account(ada, at=NOW)


def test_a_place_made_meanwhile_is_erased_too(ada, programme, monkeypatch):
    forget = privacy._forget_addresses

    def register_elsewhere(addresses):
        monkeypatch.setattr(privacy, "_forget_addresses", forget)
        make_attendee(make_conference(), user=ada, name=NAME, email=EMAIL)
        forget(set())

    monkeypatch.setattr(privacy, "_forget_addresses", register_elsewhere)
    privacy.erase_account(ada, at=NOW)

    assert left_of(EMAIL, NAME) == set()


def test_tickets_bought_for_others_stay_theirs(ada, conference):
    bought = make_ticket(
        conference,
        name="Grace Hopper",
        email=EMAIL,
        buyer_email=EMAIL,
        imported={"email": EMAIL, "buyer_email": EMAIL},
    )
    own = make_ticket(make_conference(), name="Lovelace, Ada", email=EMAIL)

    privacy.erase_account(ada, at=NOW)

    bought.refresh_from_db()
    assert (bought.name, bought.email, bought.buyer_email) == ("Grace Hopper", "", "")
    assert bought.erased_at is None
    own.refresh_from_db()
    assert own.erased_at == NOW
    assert left_of(EMAIL) == set()


def test_of_a_ticket_handed_on_what_the_shop_said_goes(ada, conference):
    said = {"name": NAME, "email": EMAIL, "affiliation": "SECRET-6", "ticket_kind": "Main"}
    given = make_ticket(conference, name="Grace", email="g@example.org", imported=said)

    privacy.erase_account(ada, at=NOW)

    assert left_of(NAME, EMAIL, "SECRET-6") == set()
    given.refresh_from_db()
    assert (given.name, given.email) == ("Grace", "g@example.org")
    assert given.imported["ticket_kind"] == "Main"


def test_why_a_mail_was_not_sent_names_them_no_more(ada, programme):
    failed = {"created_at": NOW, "due_at": NOW, "given_up_at": NOW}
    error = "SMTPRecipientsRefused: {'Lovelace@example.org': (550, b'no')}"
    person = Person.objects.get(name="A. L.")
    letter = Letter.objects.create(
        conference=programme.conference,
        kind="presenter_link",
        person=person,
        last_error=error,
        **failed,
    )
    friend = make_ticket(programme.conference, name="Grace", buyer_email=EMAIL)
    mail = Mail.objects.create(
        attendee=friend, tutorial=programme.t1, kind="left", last_error=error, **failed
    )
    other = Mail.objects.create(
        attendee=friend, tutorial=programme.t1, kind="left", last_error="OSError", **failed
    )

    privacy.erase_account(ada, at=NOW)

    for row, left in ((letter, ""), (mail, ""), (other, "OSError")):
        row.refresh_from_db()
        assert row.last_error == left


def test_the_log_of_their_invitations_names_them_no_more(ada, conference, organiser):
    accepted = Invitation.objects.create(
        conference=conference,
        email="work@example.net",
        role="viewer",
        key="w",
        invited_at=NOW,
        accepted_at=NOW,
        accepted_by=ada,
    )
    letter = Letter.objects.create(
        conference=conference,
        kind="invitation",
        invitation=accepted,
        created_at=NOW,
        due_at=NOW,
    )
    for row in (accepted, Invitation.objects.get(key="k"), letter):
        LogEntry.objects.log_actions(organiser.pk, [row], CHANGE, single_object=True)
    assert left_of("work@example.net")

    privacy.erase_account(ada, at=NOW)

    assert left_of("work@example.net", "da@example.org") == set()


def test_the_last_organiser_stays(ada, conference):
    ada.memberships.update(role="organiser")
    with pytest.raises(ErasureRefused, match="last organiser of CPAL 2026"):
        privacy.erase_account(ada, at=NOW)
    assert Attendee.objects.filter(user=ada, erased_at=None).exists()

    inactive = make_user(is_active=False)
    Membership.objects.create(conference=conference, user=inactive, role="organiser")
    assert privacy.why_not_erase(ada)
    Membership.objects.create(conference=conference, user=make_user(), role="organiser")
    privacy.erase_account(ada, at=NOW)
    assert not User.objects.filter(pk=ada.pk).exists()


def test_a_superuser_stays(organiser):
    with pytest.raises(ErasureRefused, match="whole site"):
        privacy.erase_account(organiser, at=NOW)


def test_the_devices_of_others_stay_signed_in(ada, client, user_client):
    privacy.erase_account(ada, at=NOW)

    assert Session.objects.count() == 1
    assert user_client.get("/accounts/profile/").status_code == 200
    assert client.get("/accounts/profile/").status_code == 302


@pytest.fixture
def user_client(db):
    from django.test import Client

    client = Client()
    client.force_login(make_user("grace@example.org"))
    return client


def test_an_invitation_letter_goes_with_the_invitation(ada, conference):
    Letter.objects.create(
        conference=conference,
        kind="invitation",
        invitation=Invitation.objects.get(),
        created_at=NOW,
        due_at=NOW,
    )
    privacy.erase_account(ada, at=NOW)

    assert not Letter.objects.exists()


class TestUnusedAccounts:
    """Who has no place and no role, and was not here for half a year."""

    @pytest.fixture
    def old(self, db):
        long_ago = timezone.now() - timedelta(days=200)
        return make_user("old@example.org", date_joined=long_ago, last_login=long_ago)

    def test_it_is_forgotten(self, old):
        assert privacy.forget_unused() == 1
        assert not User.objects.exists()
        assert privacy.forget_unused() == 0

    def test_one_that_never_signed_in_is_forgotten(self, old):
        User.objects.update(last_login=None)
        assert privacy.forget_unused() == 1

    @pytest.mark.parametrize("field", ["is_superuser", "is_staff"])
    def test_one_that_runs_the_site_stays(self, old, field):
        User.objects.update(**{field: True})
        assert privacy.forget_unused() == 0

    def test_one_with_a_place_stays(self, old, conference):
        make_attendee(conference, user=old)
        assert privacy.forget_unused() == 0

    def test_one_with_a_role_stays(self, old, conference):
        Membership.objects.create(conference=conference, user=old, role="viewer")
        assert privacy.forget_unused() == 0

    def test_one_that_was_here_of_late_stays(self, old):
        User.objects.update(last_login=timezone.now())
        assert privacy.forget_unused() == 0

    def test_one_that_is_new_stays(self, old):
        User.objects.update(last_login=None, date_joined=timezone.now())
        assert privacy.forget_unused() == 0

    def test_there_may_be_many(self, old, monkeypatch):
        monkeypatch.setattr(privacy, "BATCH", 2)
        for _ in range(4):
            make_user(date_joined=old.date_joined)
        assert privacy.forget_unused() == 5


def test_sessions_that_have_run_out_are_deleted(client, user):
    client.force_login(user)
    privacy.forget_sessions()
    assert Session.objects.exists()

    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    privacy.forget_sessions()
    assert not Session.objects.exists()
