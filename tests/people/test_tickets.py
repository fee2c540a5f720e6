"""Whose is a conference ticket, and how does it become somebody's?"""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection

from people import known_tickets, tickets
from people.attendees import attendee_of, attendee_or_new
from people.forgotten import ERASED_NAME
from people.known_tickets import same_name
from people.models import Attendee
from people.tickets import TicketRefused
from tests.factories import NOW, make_attendee, make_conference, make_ticket, make_user, prove
from tutorials import registration
from tutorials.models import Registration

ADA = "ada@example.org"


@pytest.fixture(autouse=True)
def conference(conference):
    conference.attendance = "register_with_ticket"
    conference.save()
    return conference


@pytest.fixture
def ada(user):
    return prove(user)


def refused(code, do):
    with pytest.raises(TicketRefused) as caught:
        do()
    assert caught.value.code == code
    return str(caught.value)


def owner_of(ticket):
    ticket.refresh_from_db()
    return ticket.user


# Which one is it?


def test_the_only_ticket_with_ones_address_is_ones_own(conference, ada):
    ticket = make_ticket(conference, email="Ada@Example.ORG")

    assert known_tickets.own_ticket(ada, conference) == ticket
    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) == ticket
    assert owner_of(ticket) == ada


def test_any_address_that_is_proved_counts(conference, ada):
    ticket = make_ticket(conference, email="work@example.com")
    assert known_tickets.own_ticket(ada, conference) is None

    prove(ada, "Work@example.com")

    assert known_tickets.own_ticket(ada, conference) == ticket


def test_an_address_that_is_not_proved_does_not_count(conference, user):
    EmailAddress.objects.create(user=user, email=ADA, primary=True)
    ticket = make_ticket(conference, email=ADA)

    assert tickets.take_own(user, conference, None) is None
    assert known_tickets.bought_by(user, conference, None) == []
    refused("gone", lambda: tickets.take(user, conference, ticket.pk))


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "other@example.org", "buyer_email": ADA},
        {"email": ADA, "withdrawn_at": NOW},
        {"email": ADA, "ticket_number": ""},
    ],
)
def test_what_is_not_taken_without_asking(conference, ada, fields):
    make_ticket(conference, **fields)

    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) is None


def test_with_several_one_says_which(conference, ada):
    first, second = (make_ticket(conference, email=ADA) for _ in range(2))
    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) is None

    tickets.take(ada, conference, second.pk)

    assert (owner_of(first), owner_of(second)) == (None, ada)


def test_what_somebody_has_does_not_make_it_several(conference, ada):
    make_ticket(conference, email=ADA, user=make_user())
    free = make_ticket(conference, email=ADA)

    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) == free


def test_not_of_another_conference(conference, ada):
    elsewhere = make_ticket(make_conference(attendance="register_with_ticket"), email=ADA)

    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) is None
    refused("gone", lambda: tickets.take(ada, conference, elsewhere.pk))


def test_a_buyer_sees_the_tickets_and_whose_they_are(conference, ada):
    mine = make_ticket(conference, email=ADA, user=ada)
    free = make_ticket(conference, name="B", email="b@example.org", buyer_email=ADA)
    used = make_ticket(conference, name="C", buyer_email=ADA, user=make_user())
    make_ticket(conference, email="x@example.org", buyer_email="x@example.org")
    sent = make_ticket(conference, name="D", email=ADA, buyer_email="boss@example.org")

    found = {each.ticket: each for each in known_tickets.bought_by(ada, conference, mine)}

    assert set(found) == {free, used, sent}
    assert [found[each].is_in_use for each in (free, used, sent)] == [False, True, False]
    assert [found[each].can_hand_on for each in (free, used, sent)] == [True, False, False]
    assert [each.can_take for each in found.values()] == [False, False, False]
    others = known_tickets.bought_by(ada, conference, None)
    assert {each.ticket: each.can_take for each in others} == {free: True, used: False, sent: True}


# Becoming somebody's


def test_taking_twice_is_success(conference, ada):
    ticket = make_ticket(conference, buyer_email=ADA)

    assert tickets.take(ada, conference, ticket.pk) == tickets.take(ada, conference, ticket.pk)


def test_a_nameless_account_takes_the_name_on_the_ticket(conference):
    grace = prove(make_user("grace@example.org", name=""))
    make_ticket(conference, name="Grace Hopper", email=grace.email)

    tickets.take_own(grace, conference, None)

    grace.refresh_from_db()
    assert grace.name == "Grace Hopper"


def test_mail_goes_to_who_took_it(conference, ada):
    ticket = make_ticket(conference, email="secretary@example.org", buyer_email=ADA)

    tickets.take(ada, conference, ticket.pk)

    ticket.refresh_from_db()
    assert (ticket.email, ticket.buyer_email) == (ADA, ADA)


def test_somebodys_ticket_is_not_taken(conference, ada):
    ticket = make_ticket(conference, email=ADA, user=make_user())

    refused("gone", lambda: tickets.take(ada, conference, ticket.pk))


def test_nobody_has_two(conference, ada):
    mine = make_ticket(conference, email=ADA, user=ada)
    other = make_ticket(conference, email=ADA)

    refused("has_one", lambda: tickets.take(ada, conference, other.pk))
    assert (owner_of(mine), owner_of(other)) == (ada, None)


def test_a_place_without_a_ticket_gets_it(conference, programme, ada):
    place = make_attendee(
        conference, user=ada, name="Ada", email=ADA, claimed_ticket="T 9", claimed_at=NOW
    )
    held = registration.register(place, programme.t1, by=ada, at=NOW)
    ticket = make_ticket(
        conference,
        name="Ada L.",
        email=ADA,
        buyer_email="boss@example.org",
        ticket_number="T-9",
        ticket_barcode="4711",
        kind="Tutorials",
        affiliation="Analytical Engines",
        imported={"name": "Ada L."},
    )

    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) == place

    place.refresh_from_db()
    assert (place.ticket_number, place.ticket_barcode) == ("T-9", "4711")
    assert (place.ticket_kind, place.buyer_email) == (ticket.ticket_kind, "boss@example.org")
    assert (place.name, place.affiliation) == ("Ada", "Analytical Engines")
    assert place.imported == {"name": "Ada L."}
    assert (place.claimed_ticket, place.claimed_at) == ("", None)
    assert not Attendee.objects.filter(pk=ticket.pk).exists()
    assert Registration.objects.get().pk == held.pk


def test_the_log_does_not_name_the_place_that_goes(conference, ada, organiser):
    ticket = make_ticket(conference, name="Ada Lovelace", email=ADA)
    make_attendee(conference, user=ada)
    LogEntry.objects.log_actions(organiser.pk, [ticket], CHANGE, single_object=True)

    tickets.take(ada, conference, ticket.pk)

    assert not Attendee.objects.filter(pk=ticket.pk).exists()
    assert LogEntry.objects.get().object_repr == ERASED_NAME


def test_of_two_places_the_one_stays_that_has_registrations(conference, programme, ada):
    place = make_attendee(conference, user=ada)
    ticket = make_ticket(conference, email=ADA)
    registration.register(ticket, programme.t1, by=None, at=NOW)

    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) == ticket

    assert owner_of(ticket) == ada
    assert not Attendee.objects.filter(pk=place.pk).exists()


def test_two_places_with_registrations_are_left_to_the_organisers(conference, programme, ada):
    place = make_attendee(conference, user=ada, claimed_ticket="T 9", claimed_at=NOW)
    registration.register(place, programme.t1, by=ada, at=NOW)
    ticket = make_ticket(conference, email=ADA)
    registration.register(ticket, programme.t2, by=None, at=NOW)

    text = refused("both_in_use", lambda: tickets.take(ada, conference, ticket.pk))

    assert "ask the organisers" in text
    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) is None
    assert Registration.objects.live().count() == 2


def test_a_ticket_with_tutorials_takes_the_place_of_one_without(conference, ada):
    mine = make_ticket(conference, email=ADA, user=ada, ticket_number="M-1", tutorials=False)
    package = make_ticket(conference, email=ADA, ticket_number="P-1", kind="Package")

    tickets.take(ada, conference, package.pk)

    mine.refresh_from_db()
    package.refresh_from_db()
    assert (mine.user, mine.ticket_number, mine.ticket_gives_tutorials) == (ada, "P-1", True)
    assert (package.user, package.ticket_number) == (None, "M-1")


def test_a_new_ticket_after_a_refund(conference, ada):
    old = make_ticket(conference, email=ADA, user=ada, withdrawn_at=NOW)
    new = make_ticket(conference, email=ADA)

    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) == new

    assert (owner_of(old), owner_of(new)) == (None, ada)
    assert old.withdrawn_at


@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads share its tables in memory")
@pytest.mark.django_db(transaction=True)
def test_two_accounts_at_once_and_one_has_it(conference, ada):
    """Each of them bought it, as far as their proved addresses say."""
    grace = prove(make_user("grace@example.org"))
    ticket = make_ticket(conference, email=ADA, buyer_email=grace.email)
    got: list[object] = []
    start = threading.Barrier(2)

    def take(account):
        start.wait()
        try:
            got.append(tickets.take(account, conference, ticket.pk).user_id)
        except TicketRefused as refusal:
            got.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[account]) for account in (ada, grace)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, got)) == sorted([str(owner_of(ticket).pk), "gone"])


@pytest.mark.django_db(transaction=True)
def test_a_place_that_another_request_makes_meanwhile_gets_it(conference, ada):
    ticket = make_ticket(conference, email=ADA)
    place = make_attendee(conference, user=ada)

    assert tickets.take_own(ada, conference, None) == place

    place.refresh_from_db()
    assert place.ticket_number == ticket.ticket_number
    assert Attendee.objects.count() == 1


def test_a_ticket_that_is_handed_on_meanwhile_is_not_taken(conference, ada, monkeypatch):
    ticket = make_ticket(conference, email=ADA)
    monkeypatch.setattr(tickets, "own_ticket", lambda *_args: ticket)
    Attendee.objects.filter(pk=ticket.pk).update(email="grace@example.org")

    assert tickets.take_own(ada, conference, None) is None
    assert owner_of(ticket) is None


# Handing it on


def test_a_ticket_is_handed_on_and_taken(conference, ada):
    ticket = make_ticket(conference, email=ADA, buyer_email=ADA)
    make_ticket(conference, email=ADA, buyer_email=ADA)

    tickets.hand_on(ada, conference, ticket.pk, name=" Grace  Hopper ", email="Grace@Example.org")

    ticket.refresh_from_db()
    assert (ticket.name, ticket.sort_name) == ("Grace Hopper", "Hopper, Grace")
    assert (ticket.email, ticket.buyer_email) == ("grace@example.org", ADA)
    grace = prove(make_user("grace@example.org"))
    assert tickets.take_own(grace, conference, None) == ticket


def test_until_it_is_taken_a_slip_can_be_mended(conference, ada):
    ticket = make_ticket(conference, email=ADA)

    for email in ("garce@example.org", "grace@example.org"):
        tickets.hand_on(ada, conference, ticket.pk, name="Grace", email=email)

    ticket.refresh_from_db()
    assert ticket.email == "grace@example.org"


def test_what_somebody_has_is_not_handed_on(conference, ada):
    ticket = make_ticket(conference, buyer_email=ADA, user=make_user(), name="Grace")

    refused(
        "in_use",
        lambda: tickets.hand_on(ada, conference, ticket.pk, name="Eve", email="eve@example.org"),
    )
    ticket.refresh_from_db()
    assert ticket.name == "Grace"


def test_what_has_seats_is_not_handed_on(conference, programme, ada):
    ticket = make_ticket(conference, buyer_email=ADA)
    registration.register(ticket, programme.t1, by=None, at=NOW)

    refused(
        "in_use",
        lambda: tickets.hand_on(ada, conference, ticket.pk, name="Eve", email="eve@example.org"),
    )


def test_ones_own_is_handed_on_while_nothing_hangs_on_it(conference, programme, ada):
    ticket = make_ticket(
        conference,
        email=ADA,
        buyer_email=ADA,
        user=ada,
        ticket_number="T-1",
        imported={"name": "A"},
    )
    registration.register(ticket, programme.t1, by=ada, at=NOW)

    def hand_on():
        tickets.hand_on(ada, conference, ticket.pk, name="Grace", email="grace@example.org")

    assert not known_tickets.can_hand_on_own(ticket, {ADA})
    refused("in_use", hand_on)
    registration.cancel(ticket, programme.t1, by=ada, at=NOW)
    assert known_tickets.can_hand_on_own(ticket, {ADA})
    hand_on()

    # What she did stays hers, and goes to nobody with the ticket.
    assert owner_of(ticket) == ada
    assert (ticket.ticket_number, ticket.buyer_email, ticket.imported) == ("", "", {})
    assert ticket.registrations.exists()
    given = Attendee.objects.get(ticket_number="T-1")
    assert (given.name, given.email, given.buyer_email) == ("Grace", "grace@example.org", ADA)
    assert not given.registrations.exists()
    assert given.badge_code != ticket.badge_code
    assert tickets.take_own(ada, conference, attendee_of(ada, conference)) is None
    grace = prove(make_user("grace@example.org"))
    assert tickets.take_own(grace, conference, None) == given


def test_what_its_holder_said_is_not_handed_on(conference, ada, organiser):
    said = {"name": "Ada Lovelace", "email": ADA, "affiliation": "Engines", "ticket_kind": "Main"}
    ticket = make_ticket(
        conference,
        name="Ada Lovelace",
        email=ADA,
        user=ada,
        affiliation="Engines",
        language="de",
        shown_to_presenters=True,
        imported=said,
    )
    badge_code = ticket.badge_code
    LogEntry.objects.log_actions(organiser.pk, [ticket], CHANGE, single_object=True)

    tickets.hand_on(ada, conference, ticket.pk, name="Grace", email="grace@example.org")

    assert owner_of(ticket) is None
    assert (ticket.affiliation, ticket.language, ticket.shown_to_presenters) == ("", "", False)
    assert ticket.badge_code != badge_code
    assert ticket.imported["ticket_kind"] == "Main"
    assert not {"Ada Lovelace", ADA, "Engines"} & set(ticket.imported.values())
    assert not LogEntry.objects.filter(object_repr__contains="Ada").exists()


def test_only_the_buyer_hands_on(conference, ada):
    ticket = make_ticket(conference, email=ADA, buyer_email="boss@example.org")

    refused(
        "gone",
        lambda: tickets.hand_on(ada, conference, ticket.pk, name="Eve", email="eve@example.org"),
    )


def test_it_is_handed_on_to_somebody_else(conference, ada):
    ticket = make_ticket(conference, email=ADA)

    refused(
        "own_address",
        lambda: tickets.hand_on(ada, conference, ticket.pk, name="Ada", email="ADA@example.org"),
    )


# By its number


@pytest.mark.parametrize("number", ["AB-12 34", " ab-1234", "9 876 543"])
def test_a_ticket_is_found_by_its_number_or_barcode(conference, ada, number):
    ticket = make_ticket(
        conference,
        name="Lovelace, Ada",
        email="boss@example.org",
        ticket_number="AB-1234",
        ticket_barcode="9876543",
    )

    tickets.claim(ada, conference, number, "ada lovelace")

    assert owner_of(ticket) == ada
    assert ticket.email == ADA


def test_the_answer_tells_nothing(conference, ada):
    make_ticket(conference, ticket_number="FREE", name="Grace Hopper")
    make_ticket(conference, ticket_number="TAKEN", name="Ada Lovelace", user=make_user())
    make_ticket(conference, ticket_number="BACK", name="Ada Lovelace", withdrawn_at=NOW)

    answers = {
        refused("not_found", lambda number=number: tickets.claim(ada, conference, number, ada.name))
        for number in ("FREE", "TAKEN", "BACK", "NONE", " ")
    }

    assert len(answers) == 1


def test_what_could_be_either_of_two_is_nobodys(conference, ada):
    make_ticket(conference, ticket_number="12", name="Ada Lovelace")
    make_ticket(conference, ticket_number="13", ticket_barcode="12", name="Ada Lovelace")

    refused("not_found", lambda: tickets.claim(ada, conference, "12", "Ada Lovelace"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "lovelace, ADA", True),
        ("Dr. Ada Lovelace", "Ada Lovelace", True),
        ("José Núñez", "Jose Nunez", True),
        ("ada", "Ada", True),
        ("Ada", "Ada Lovelace", False),
        ("Ada Byron", "Ada Lovelace", False),
        ("", "", False),
        (".", "Ada", False),
    ],
)
def test_names_that_are_the_same(one, other, same):
    assert same_name(one, other) is same
    assert same_name(other, one) is same


def test_tries_are_counted_by_account(ada, organiser):
    assert [tickets.may_try(ada) for _ in range(12)] == [True] * 10 + [False] * 2
    assert tickets.may_try(organiser)


# Not on any list


@pytest.fixture
def claimant(conference, ada):
    place = make_attendee(conference, user=ada, name="Ada", email=ADA)
    return tickets.say_unlisted(place, "  ab  12 ", at=NOW)


def test_a_ticket_that_is_not_listed_is_noted(claimant):
    claimant.refresh_from_db()
    assert (claimant.claimed_ticket, claimant.claimed_at) == ("ab 12", NOW)
    assert not claimant.ticket_number


def test_who_was_withdrawn_claims_nothing(conference):
    place = make_attendee(conference, withdrawn_at=NOW)

    refused("withdrawn", lambda: tickets.say_unlisted(place, "1", at=NOW))


def test_a_claim_is_confirmed_with_the_number_as_the_shop_writes_it(claimant):
    tickets.confirm_claim(claimant, number="AB-12")

    claimant.refresh_from_db()
    assert (claimant.ticket_number, claimant.claimed_ticket) == ("AB-12", "")


def test_a_claim_to_what_the_list_has_joins_the_two(conference, claimant):
    listed = make_ticket(conference, name="Ada L.", ticket_number="AB12", kind="Package")

    text = refused("somebody_elses", lambda: tickets.confirm_claim(claimant, number="ab 12"))
    assert "Ada L." in text
    tickets.confirm_claim(claimant, number="ab 12", same_person=True)

    claimant.refresh_from_db()
    assert (claimant.ticket_number, claimant.ticket_kind) == ("AB12", listed.ticket_kind)
    assert claimant.claimed_ticket == ""
    assert not Attendee.objects.filter(pk=listed.pk).exists()


@pytest.mark.parametrize(
    ("fields", "code"), [({"user": True}, "in_use"), ({"withdrawn_at": NOW}, "withdrawn")]
)
def test_a_claim_to_somebodys_ticket_is_not_confirmed(conference, claimant, fields, code):
    if "user" in fields:
        fields = {"user": make_user()}
    make_ticket(conference, ticket_number="AB12", **fields)

    refused(code, lambda: tickets.confirm_claim(claimant, number="ab12", same_person=True))
    claimant.refresh_from_db()
    assert claimant.claimed_ticket == "ab 12"


def test_a_claim_is_confirmed_once(claimant):
    tickets.confirm_claim(claimant, number="AB12")

    refused("no_claim", lambda: tickets.confirm_claim(claimant, number="AB13"))


# What the rules are asked about


def test_the_rules_are_asked_about_the_ticket_that_would_be_theirs(conference, ada):
    ticket = make_ticket(conference, email=ADA, kind="Package")

    attendee = attendee_or_new(ada, conference)

    assert attendee._state.adding
    assert attendee.ticket_number == ticket.ticket_number
    assert attendee.ticket_gives_tutorials
    assert owner_of(ticket) is None


def test_where_no_ticket_is_needed_none_is_looked_for(conference, ada, django_assert_num_queries):
    conference.attendance = "register"
    make_ticket(conference, email=ADA)

    with django_assert_num_queries(1):
        assert not attendee_or_new(ada, conference).ticket_number


def test_who_has_a_ticket_costs_one_query(conference, ada, django_assert_num_queries):
    make_ticket(conference, email=ADA, user=ada, kind="Package")

    with django_assert_num_queries(1):
        assert attendee_or_new(ada, conference).ticket_gives_tutorials
