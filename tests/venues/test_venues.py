"""Buildings and rooms: what the database refuses."""

import pytest

from tests.database import refuses
from tests.factories import make_conference, make_room
from venues.models import Room, Venue

pytestmark = pytest.mark.django_db


def test_names_are_told_apart(conference):
    venue = Venue.objects.create(conference=conference, name="Max-Planck-Haus")
    assert venue.slug == "max-planck-haus"
    refuses(lambda: Venue.objects.create(conference=conference, name="Max-Planck-Haus"))
    assert Venue.objects.create(conference=make_conference(), name=venue.name).slug == venue.slug
    make_room(conference, venue=venue, name="Hall")
    refuses(lambda: make_room(conference, venue=venue, name="Hall"))


def test_a_capacity_is_unknown_or_at_least_one(conference):
    assert make_room(conference).capacity is None
    refuses(lambda: make_room(conference, capacity=0))


def test_coordinates_come_in_pairs(conference):
    refuses(lambda: Venue.objects.create(conference=conference, name="X", latitude=48))


def test_rooms_of_a_conference(conference):
    mine = make_room(conference)
    make_room(make_conference())
    assert list(Room.objects.for_conference(conference)) == [mine]
