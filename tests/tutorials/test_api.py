from tests.factories import (
    NOW,
    at,
    make_conference,
    make_person,
    make_presenter,
    make_room,
    make_tutorial,
)
from tests.tutorials.api import HOST, LISTS, ROOT, get, results
from tutorials import registration, schedule
from tutorials.models import Slot, Tutorial
from venues.models import Venue


def test_the_root_lists_every_resource(client, db):
    assert get(client, "") == {name: f"{HOST}{ROOT}{name}/" for name in LISTS}


def test_a_tutorial_says_what_its_page_says(client, programme):
    Tutorial.objects.filter(pk=programme.t1.pk).update(level="advanced", outline="One, two.")
    found = get(client, f"tutorials/{programme.t1.pk}/")
    slot = Slot.objects.released(programme.conference).get(tutorial=programme.t1)
    person = programme.t1.presenters.get().person
    room = programme.halls[0]

    assert found == {
        "id": programme.t1.pk,
        "url": f"{HOST}/cpal-2026/tutorials/{programme.t1.slug}/",
        "api_url": f"{HOST}/api/v1/tutorials/{programme.t1.pk}/",
        "conference": "cpal-2026",
        "code": "T1",
        "slug": programme.t1.slug,
        "title": programme.t1.title,
        "status": "published",
        "track": {
            "id": programme.tracks[0].pk,
            "api_url": f"{HOST}/api/v1/tracks/{programme.tracks[0].pk}/",
            "slug": "track-a",
            "name": "Track A",
        },
        "presenters": [
            {
                "slug": person.slug,
                "api_url": f"{HOST}/api/v1/presenters/{person.slug}/",
                "name": "Presenter of T1",
                "affiliation": "University, Lab",
            }
        ],
        "level": "advanced",
        "abstract": "What it is about.",
        "outline": "One, two.",
        "audience": "",
        "prerequisites": "",
        "outcomes": "",
        "what_to_bring": "",
        "materials": "",
        "time_zone": "Europe/Berlin",
        "slots": [
            {
                "key": str(slot.key),
                "number": slot.number,
                "session": {
                    "key": str(slot.session.key),
                    "api_url": f"{HOST}/api/v1/sessions/{slot.session.key}/",
                    "number": slot.session.number,
                    "title": "Session 1",
                },
                "starts_at": "2026-03-23T09:00:00+01:00",
                "ends_at": "2026-03-23T11:30:00+01:00",
                "room": {
                    "id": room.pk,
                    "api_url": f"{HOST}/api/v1/rooms/{room.pk}/",
                    "name": "Hall A",
                    "venue": room.venue.name,
                },
            }
        ],
        "seats": {"state": "few", "left": 3, "total": 3},
    }


def test_the_seats_are_a_word_and_a_number(client, programme, attendees):
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    assert [row["seats"] for row in results(client, "tutorials/", track="track-a")] == [
        {"state": "full", "left": 0, "total": 3},
        {"state": "few", "left": 3, "total": 3},
    ]
    assert [row["seats"] for row in results(client, "tutorials/", track="track-b")] == [
        {"state": "unlimited", "left": None, "total": None}
    ] * 2


def test_a_conference_says_when_registration_opens(client, conference):
    conference.registration_opens_at = at(9)
    conference.save()
    found = get(client, "conferences/cpal-2026/")

    assert found["registration_opens_at"] == "2026-03-23T10:00:00+01:00"
    assert found["registration_closes_at"] is None
    assert (found["url"], found["time_zone"]) == (f"{HOST}/cpal-2026/", "Europe/Berlin")
    assert (found["starts_on"], found["attendance"]) == ("2026-03-23", "register")


def test_a_schedule_comes_with_its_sessions_and_slots(client, programme):
    found = get(client, "schedules/cpal-2026/")

    assert found["number"] == 1
    assert found["released_at"] == "2026-03-16T11:00:00+01:00"
    assert found["url"] == f"{HOST}/cpal-2026/schedule/"
    assert found["api_url"] == f"{HOST}/api/v1/schedules/cpal-2026/"
    assert [(session["kind"], session["title"]) for session in found["sessions"]] == [
        ("tutorials", "Session 1"),
        ("break", "Lunch"),
        ("tutorials", "Session 2"),
    ]
    assert [session["starts_at"][11:] for session in found["sessions"]] == [
        "09:00:00+01:00",
        "11:30:00+01:00",
        "12:30:00+01:00",
    ]
    assert [
        [(slot["tutorial"]["code"], slot["room"]["name"]) for slot in session["slots"]]
        for session in found["sessions"]
    ] == [[("T1", "Hall A"), ("T3", "Hall B")], [], [("T2", "Hall A"), ("T4", "Hall B")]]
    in_list = results(client, "schedules/")
    assert in_list == [{key: found[key] for key in found if key != "sessions"}]


def test_keys_and_numbers_stay_from_version_to_version(client, programme):
    def keys():
        return [
            (session["key"], session["number"], slot["key"], slot["number"])
            for session in get(client, "schedules/cpal-2026/")["sessions"]
            for slot in session["slots"]
        ]

    before = keys()
    slot = programme.sessions[0].slots.get(tutorial=programme.t1)
    slot.room = None
    slot.save()
    schedule.release(programme.conference, by=None, at=NOW)

    assert get(client, "schedules/cpal-2026/")["number"] == 2
    assert keys() == before
    assert len(results(client, "sessions/")) == 3
    key = before[0][0]
    assert get(client, f"sessions/{key}/")["slots"][0]["room"] is None


def test_a_presenter_comes_with_all_that_they_present(client, programme):
    person = make_person("Volkan Cevher", email="private@example.org", bio="Optimises.")
    person.links.create(label="Lab", url="https://example.org/lions")
    make_presenter(programme.t2, "", "EPFL, LIONS", person=person)
    earlier = make_conference(starts_on="2025-03-24", ends_on="2025-03-27")
    old = make_tutorial(earlier)
    make_presenter(old, "", "EPFL", person=person)

    found = get(client, "presenters/volkan-cevher/")

    assert [(row["conference"], row["affiliation"]) for row in found.pop("tutorials")] == [
        ("cpal-2026", "EPFL, LIONS"),
        (earlier.slug, "EPFL"),
    ]
    assert found == {
        "slug": "volkan-cevher",
        "url": f"{HOST}/cpal-2026/presenters/volkan-cevher/",
        "api_url": f"{HOST}/api/v1/presenters/volkan-cevher/",
        "name": "Volkan Cevher",
        "bio": "Optimises.",
        "photo": None,
        "links": [{"label": "Lab", "url": "https://example.org/lions"}],
    }


def test_rooms_and_venues(client, conference):
    venue = Venue.objects.create(
        conference=conference, name="House", address="Ring 6", latitude="48.5", longitude="9.05"
    )
    room = make_room(conference, 80, venue=venue, name="Hall")

    found = get(client, f"venues/{venue.pk}/")
    assert (found["latitude"], found["longitude"]) == (48.5, 9.05)
    assert found["url"] == f"{HOST}/cpal-2026/venues/#venue-house"
    assert [row["name"] for row in found["rooms"]] == ["Hall"]
    found = get(client, f"rooms/{room.pk}/")
    assert (found["capacity"], found["venue"]["address"]) == (80, "Ring 6")


def test_tutorials_are_in_programme_order(client, programme):
    make_tutorial(programme.conference)

    codes = [row["code"] for row in results(client, "tutorials/")]
    assert codes == ["T1", "T2", "T3", "T4", "T5"]


def test_a_cancelled_tutorial_says_so_and_has_no_seats(client, programme):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)
    found = get(client, f"tutorials/{programme.t1.pk}/")

    assert found["status"] == "cancelled"
    assert "seats" not in found


def test_seats_are_told_while_they_can_be_had(client, programme, settings):
    make_tutorial(programme.conference)
    settings.CLOCK = at(8).isoformat()

    found = {row["code"]: "seats" in row for row in results(client, "tutorials/")}

    assert found == {"T1": False, "T2": True, "T3": False, "T4": True, "T5": False}
