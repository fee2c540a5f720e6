"""A page asks the database as often for 120 tutorials as for six."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_attendee, make_programme
from tutorials import registration

MOST = 10


def pages_of(tutorials):
    """An address of each kind, by its name."""
    first = tutorials[0]
    home = first.conference.get_absolute_url()
    return {
        "home": home,
        "list": f"{home}tutorials/",
        "schedule": f"{home}schedule/",
        "tutorial": first.get_absolute_url(),
        "presenters": f"{home}presenters/",
        "presenter": f"{home}presenters/{first.people.first().slug}/",
        "venues": f"{home}venues/",
    }


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    return len(queries), [query["sql"] for query in queries]


@pytest.fixture
def member(conference, user):
    user.memberships.create(conference=conference, role="door")
    return user


@pytest.mark.parametrize("number", [6, 120])
def test_signed_out(client, conference, number):
    pages = pages_of(make_programme(conference, number))

    counts = {name: queries_of(client, path)[0] for name, path in pages.items()}

    assert counts == {
        "home": 6,
        "list": 6,
        "schedule": 5,
        "tutorial": 6,
        "presenters": 4,
        "presenter": 5,
        "venues": 4,
    }


@pytest.mark.parametrize("number", [6, 120])
def test_signed_in_with_a_registration_and_a_role(client, conference, member, number):
    tutorials = make_programme(conference, number)
    attendee = make_attendee(conference, user=member)
    registration.register(attendee, tutorials[0], by=member, at=NOW)
    client.force_login(member)

    for path in pages_of(tutorials).values():
        count, statements = queries_of(client, path)
        assert count <= MOST, (path, statements)


def test_signed_in_and_not_registered(client, conference, member):
    pages = pages_of(make_programme(conference, 6))
    make_attendee(conference, user=member)
    client.force_login(member)

    count, statements = queries_of(client, pages["tutorial"])

    assert count <= MOST, statements
