import pytest
from django.urls import reverse

from tests.factories import NOW
from tutorials import registration
from tutorials.models import Registration
from venues.models import Venue


@pytest.fixture
def admin_client(client, organiser):
    client.force_login(organiser)
    return client


def venue_form(venue, rooms, **fields):
    data = {
        "name": venue.name,
        "slug": venue.slug,
        "position": 0,
        "rooms-TOTAL_FORMS": len(rooms),
        "rooms-INITIAL_FORMS": sum(bool(room.get("id")) for room in rooms),
    }
    for number, room in enumerate(rooms):
        data |= {f"rooms-{number}-{name}": value for name, value in room.items()}
    return data | fields


def change(venue):
    return reverse("admin:venues_venue_change", args=[venue.pk])


def test_rooms_are_added_in_order(admin_client, conference):
    venue = Venue.objects.create(conference=conference, name="Max-Planck-Haus")
    rooms = [{"name": name, "capacity": "", "position": ""} for name in ("Hall", "Attic")]

    answer = admin_client.post(change(venue), venue_form(venue, rooms))

    assert answer.status_code == 302
    assert [room.name for room in venue.rooms.all()] == ["Hall", "Attic"]


def test_half_a_coordinate_is_refused(admin_client, conference):
    venue = Venue.objects.create(conference=conference, name="Max-Planck-Haus")

    answer = admin_client.post(change(venue), venue_form(venue, [], latitude="48.5"))

    assert "Give both coordinates or neither." in answer.content.decode()


def room_row(room, **fields):
    return {"id": room.pk, "name": room.name, "position": room.position} | fields


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["venue", "room"])
def test_seats_follow_a_larger_room(admin_client, programme, attendees, page):
    rows = [
        registration.register(attendee, programme.t1, by=None, at=NOW) for attendee in attendees[:5]
    ]
    hall = programme.halls[0]

    if page == "venue":
        admin_client.post(change(hall.venue), venue_form(hall.venue, [room_row(hall, capacity=4)]))
    else:
        admin_client.post(
            reverse("admin:venues_room_change", args=[hall.pk]),
            {"name": hall.name, "capacity": 4, "position": 0},
        )

    programme.t1.refresh_from_db()
    programme.t2.refresh_from_db()
    assert (programme.t1.seats, programme.t2.seats) == (4, 4)
    states = [Registration.objects.get(pk=row.pk).status for row in rows]
    assert states == ["confirmed"] * 4 + ["waitlisted"]


@pytest.mark.django_db(transaction=True)
def test_nobody_loses_a_seat_by_a_smaller_room(admin_client, programme, attendees):
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    hall = programme.halls[0]

    answer = admin_client.post(
        change(hall.venue), venue_form(hall.venue, [room_row(hall, capacity=2)]), follow=True
    )

    assert any("keeps 3 seats" in str(message) for message in answer.context["messages"])
    programme.t1.refresh_from_db()
    assert (programme.t1.seats, programme.t1.seats_taken) == (3, 3)


def test_a_room_in_use_is_not_deleted(admin_client, programme):
    hall = programme.halls[0]
    page = reverse("admin:venues_room_delete", args=[hall.pk])

    assert "following protected related objects" in admin_client.get(page).content.decode()
    admin_client.post(page, {"post": "yes"})
    assert programme.tracks[0].room == hall
