"""Where everything is."""

from tests.factories import make_conference, make_room
from tests.pages import ids_of, text_of


def venues(client):
    response = client.get("/cpal-2026/venues/")
    assert response.status_code == 200
    return response


def test_buildings_and_their_rooms(client, programme):
    venue = programme.halls[0].venue
    venue.address = "Max-Planck-Ring 6, 72076 Tübingen"
    venue.directions = "Bus **3**."
    venue.access_notes = "Step-free."
    venue.latitude, venue.longitude = "48.5", "9.05"
    venue.save()

    response = venues(client)

    text = text_of(response)
    assert "Max-Planck-Ring 6, 72076 Tübingen" in text
    assert "<strong>3</strong>" in response.content.decode()
    assert "Step-free." in text
    assert "Hall A for 3 people" in text
    assert "Track A" in text
    assert "mlat=48.500000&amp;mlon=9.050000" in response.content.decode()


def test_each_has_an_address_on_the_page(client, conference):
    venue = make_room(conference, venue=conference.venues.create(name="Main")).venue

    ids = ids_of(venues(client))

    assert sorted(ids) == sorted(set(ids))
    assert venue.get_absolute_url() == "/cpal-2026/venues/#venue-main"
    assert "venue-main" in ids


def test_a_capacity_that_is_not_known_is_not_told(client, programme):
    assert "Hall B for" not in text_of(venues(client))


def test_coordinates_are_the_same_in_german(client, programme):
    venue = programme.halls[0].venue
    venue.latitude, venue.longitude = "48.5", "9.05"
    venue.save()

    html = client.get("/de/cpal-2026/venues/").content.decode()

    assert "mlat=48.500000&amp;mlon=9.050000" in html


def test_those_of_another_edition_are_not_there(client, conference):
    make_room(make_conference(), name="Far Away")

    text = text_of(venues(client))

    assert "Far Away" not in text
    assert "The buildings and rooms will be here" in text
