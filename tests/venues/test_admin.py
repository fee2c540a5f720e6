import pytest
from django.urls import reverse

from tests.factories import NOW
from tests.pages import messages_of
from tutorials import registration
from tutorials.models import Registration
from venues.models import Venue


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


@pytest.fixture
def full(programme, attendees):
    """Three people are in T1, and its hall holds three."""
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    return programme.t1


@pytest.fixture(params=["venue", "room"])
def shrink(request, admin_client, programme):
    """Save that hall A holds two, on the page of its venue or on its own."""
    hall = programme.halls[0]
    if request.param == "venue":
        page, form = change(hall.venue), venue_form(hall.venue, [room_row(hall, capacity=2)])
    else:
        page = reverse("admin:venues_room_change", args=[hall.pk])
        form = {"name": hall.name, "capacity": 2, "position": 0}

    def save(**choice):
        answer = admin_client.post(page, form | choice, follow=True)
        hall.refresh_from_db()
        return answer

    return save


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("choice", [{}, {"too_few": "refuse"}, {"too_few": "what?"}])
def test_a_room_too_small_for_those_in_it_is_refused_first(shrink, full, programme, choice):
    answer = shrink(**choice)

    assert f"{full} would have 2 seats and has 3 people." in answer.content.decode()
    assert programme.halls[0].capacity == 3


@pytest.mark.django_db(transaction=True)
def test_nobody_loses_a_seat_by_a_smaller_room(shrink, full, programme):
    answer = shrink(too_few="keep")

    assert any("keeps 3 seats" in message for message in messages_of(answer))
    full.refresh_from_db()
    assert (programme.halls[0].capacity, full.seats, full.seats_taken) == (2, 3, 3)


@pytest.mark.django_db(transaction=True)
def test_the_newest_go_back_to_the_waiting_list(shrink, full, organiser):
    answer = shrink(too_few="move_back")

    said = "1 person went to the head of the waiting list and is told."
    assert said in messages_of(answer)
    full.refresh_from_db()
    assert (full.seats, full.seats_taken) == (2, 2)
    states = full.registrations.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["confirmed", "confirmed", "waitlisted"]
    assert full.changes.filter(by=organiser, became="waitlisted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_registers_while_the_form_is_saved_keeps_the_seat(shrink, full, programme, monkeypatch):
    """The question came before the last registration: it is too late to refuse the room."""
    monkeypatch.setattr("tutorials.registration.too_few_if", lambda rooms: [])

    answer = shrink(too_few="refuse")

    assert any("keeps 3 seats" in message for message in messages_of(answer))
    full.refresh_from_db()
    assert (programme.halls[0].capacity, full.seats, full.seats_taken) == (2, 3, 3)


def test_what_a_smaller_room_would_refuse(programme, full, django_assert_num_queries):
    hall, unknown = programme.halls
    with django_assert_num_queries(3):
        (refusal,) = registration.too_few_if({hall.pk: 2, unknown.pk: 0})
    assert (refusal.code, refusal.tutorial) == ("too_few", full)
    assert registration.too_few_if({hall.pk: 3}) == registration.too_few_if({hall.pk: None}) == []


@pytest.mark.django_db(transaction=True)
def test_a_capacity_of_its_own_does_not_hang_on_the_room(shrink, full, programme):
    registration.change_capacity(
        full, capacity=3, kept_back=0, too_few=registration.TooFew.REFUSE, by=None, at=NOW
    )

    shrink()

    full.refresh_from_db()
    assert (programme.halls[0].capacity, full.seats) == (2, 3)


@pytest.mark.django_db(transaction=True)
def test_where_nobody_registers_nothing_is_asked(admin_client, programme):
    hall = programme.halls[0]
    assert 'name="too_few"' in admin_client.get(change(hall.venue)).content.decode()

    programme.conference.attendance = "open"
    programme.conference.save()
    assert 'name="too_few"' not in admin_client.get(change(hall.venue)).content.decode()
    assert (
        'name="too_few"' not in admin_client.get(reverse("admin:venues_venue_add")).content.decode()
    )


def test_a_room_in_use_is_not_deleted(admin_client, programme):
    hall = programme.halls[0]
    page = reverse("admin:venues_room_delete", args=[hall.pk])

    assert "following protected related objects" in admin_client.get(page).content.decode()
    admin_client.post(page, {"post": "yes"})
    assert programme.tracks[0].room == hall
