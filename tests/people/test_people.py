"""Accounts, people and places at a conference: names, codes, and what the database refuses."""

import pytest
from django.db import connection

from conference.roles import Action, may
from people.attendees import attendee_for
from people.models import BADGE_ALPHABET, Attendee, Membership, User, new_badge_code
from people.names import clean_name, sort_name_of
from tests.database import refuses
from tests.factories import make_attendee, make_conference, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Volkan Cevher", "Cevher, Volkan"),
        ("Leena Chennuru Vankadara", "Vankadara, Leena Chennuru"),
        ("Plato", "Plato"),
        ("Lovelace, Ada", "Lovelace, Ada"),
        ("  Ada   Lovelace ", "Lovelace, Ada"),
        ("", ""),
    ],
)
def test_sort_names(name, expected):
    assert sort_name_of(name) == expected


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" Grace \n Hopper\t", "Grace Hopper"),
        ("Gr\0ace", "Grace"),
        ("\u200b\u202eGrace", "Grace"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 300, "x" * 200),
        ("\u200b", ""),
    ],
)
def test_names_are_one_line_that_can_be_seen(typed, name):
    assert clean_name(typed) == name


def test_a_sort_name_that_was_given_stays():
    assert make_person("Yi Ma", sort_name="Ma Yi").sort_name == "Ma Yi"


def test_every_person_has_an_address():
    assert make_person("Ada Lovelace").slug == "ada-lovelace"
    assert make_person("Ada Lovelace").slug == "ada-lovelace-2"
    assert make_person("李明").slug == "李明"
    assert make_person("!!!").slug == "person"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ab " * 27, "-".join(["ab"] * 27)),
        ("ab " * 28, "-".join(["ab"] * 27)),
        ("a" * 90, "a" * 80),
    ],
)
def test_a_long_address_ends_with_a_whole_word(name, slug):
    assert make_person(name).slug == slug


def test_one_account_for_one_address():
    user = User.objects.create_user(" Ada@Example.ORG ")
    assert (user.email, user.has_usable_password()) == ("ada@example.org", False)
    refuses(lambda: User.objects.create(email="ADA@example.org"))
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_a_superuser_signs_in_by_password(client):
    User.objects.create_superuser("root@example.org", "secret words")
    assert client.login(username="Root@example.org", password="secret words")
    assert client.login(email="root@example.org", password="secret words")


def test_what_is_unique_at_a_conference(conference, user):
    first = make_attendee(conference, user=user, ticket_number="A1", email="office@example.org")
    make_attendee(conference, email="office@example.org")
    make_attendee(make_conference(), user=user, ticket_number="A1", badge_code=first.badge_code)
    refuses(lambda: make_attendee(conference, user=user))
    refuses(lambda: make_attendee(conference, ticket_number="A1"))
    refuses(lambda: make_attendee(conference, badge_code=first.badge_code))
    refuses(lambda: make_attendee(conference, name=""))


def test_badge_codes():
    code = new_badge_code()
    assert (len(code), code[4]) == (9, "-")
    assert set(code) <= set(BADGE_ALPHABET + "-")
    assert len({new_badge_code() for _ in range(1000)}) == 1000


@pytest.mark.django_db(transaction=True)
def test_the_same_place_for_two_requests(conference, user):
    """The second looks before the first has written, and still gets what the first wrote."""
    first: list[Attendee] = []

    def write_in_between(execute, sql, *others):
        if sql.startswith('INSERT INTO "people_attendee"') and not first:
            first.append(Attendee(conference=conference, user=user, name="Ada"))
            first[0].save()
        return execute(sql, *others)

    with connection.execute_wrapper(write_in_between):
        second = attendee_for(user, conference)
    assert first == [second]
    assert Attendee.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("organiser", set(Action)),
        ("editor", {"see_staff_pages", "see_programme", "edit_programme"}),
        ("door", {"see_staff_pages", "see_attendees", "check_in"}),
        ("viewer", {"see_staff_pages", "see_programme"}),
    ],
)
def test_roles(conference, user, role, allowed):
    Membership.objects.create(conference=conference, user=user, role=role)
    assert {action for action in Action if may(user, action, conference)} == allowed
    assert not any(may(user, action, make_conference()) for action in Action)
    user.is_active = False
    assert not any(may(user, action, conference) for action in Action)


def test_an_organiser_of_everything(conference, organiser):
    assert all(may(organiser, action, conference) for action in Action)


def test_one_role_at_a_conference(conference, user):
    Membership.objects.create(conference=conference, user=user, role="door")
    refuses(lambda: Membership.objects.create(conference=conference, user=user, role="editor"))
    refuses(lambda: Membership.objects.create(conference=make_conference(), user=user, role="?"))
    assert make_user().memberships.count() == 0
