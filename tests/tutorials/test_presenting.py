"""The page of a presenter's own link: what it shows, and what comes of what they send."""

import io
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from PIL import Image

from people.models import PersonLink
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_person,
    make_presenter,
    make_programme,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
)
from tests.pages import text_of
from tutorials import presenting, registration
from tutorials.models import Correction, Letter, Schedule, Slot
from tutorials.tokens import key_at

KEY = "k" * 32
PAGE = f"/cpal-2026/presenting/{key_at(KEY, 'cpal-2026')}/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person(programme):
    """The presenter of T1, with a link."""
    found = programme.t1.presenters.get().person
    found.link_key, found.bio = KEY, "Works on **sparse** models."
    found.save()
    return found


@pytest.fixture
def sends(client, person, programme):
    """Send something by the page, and return the page that follows."""

    def post(do, **fields):
        response = client.post(PAGE, {"do": do, **fields})
        assert response.status_code in (200, 303)
        return client.get(PAGE) if response.status_code == 303 else response

    return post


def about_me(**fields):
    data = {"name": "Presenter of T1", "bio": "Works on **sparse** models.", "links": ""}
    return {f"me-{name}": value for name, value in (data | fields).items()}


def about_tutorial(tutorial, **fields):
    data = {**dict.fromkeys(presenting.TEXTS, ""), "abstract": "What it is about."}
    data |= {"affiliation": "University, Lab"} | fields
    prefix = f"t{tutorial.pk}"
    return {"tutorial": tutorial.pk, **{f"{prefix}-{name}": text for name, text in data.items()}}


def test_what_was_sent_is_told_with_the_zone_of_its_clock(sends):
    page = text_of(sends("person", **about_me(bio="New.")))

    assert "(Europe/Berlin), and it waits for an organiser" in page


def test_who_lacks_a_photo_or_a_text_finds_the_form_open(client, person):
    details = "<details open>\n        <summary>Correct this"
    assert details in client.get(PAGE).content.decode()

    person.photo = "photos/x.webp"
    person.save()
    assert details not in client.get(PAGE).content.decode()

    person.bio = ""
    person.save()
    assert details in client.get(PAGE).content.decode()


def photo(size=(900, 600), **options):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "JPEG", **options)
    return SimpleUploadedFile("me.jpg", data.getvalue(), content_type="image/jpeg")


class TestWhatItShows:
    def test_the_entry(self, client, person, programme):
        text = text_of(client.get(PAGE))

        assert "Your entry at CPAL 2026" in text
        assert "Works on sparse models." in text
        assert programme.t1.title in text
        assert "Monday 23 March 09:00–11:30 Hall A" in text
        assert "0 people are registered. 0 wait." in text
        assert programme.t2.title not in text

    def test_nobody_else_may_keep_or_list_it(self, client, person):
        response = client.get(PAGE)

        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "same-origin"

    @pytest.mark.parametrize("key", ["wrong", "k" * 31, "-", "k" * 300])
    def test_a_wrong_key_is_told_kindly(self, client, person, key):
        response = client.get(f"/cpal-2026/presenting/{key}/")

        assert response.status_code == 404
        assert "This link does not work" in text_of(response)

    def test_nobody_is_behind_an_empty_key(self, conference, programme):
        assert presenting.presenter_of("", conference) is None

    def test_it_is_of_a_conference_at_which_they_present(self, client, person):
        make_conference(slug="other")
        for slug in ("cpal-2026", "other"):
            assert client.get(f"/other/presenting/{key_at(KEY, slug)}/").status_code == 404

    def test_a_new_link_ends_the_old(self, client, person):
        presenting.new_link(person, at=NOW)
        person.refresh_from_db()

        assert client.get(PAGE).status_code == 404
        key = key_at(person.link_key, "cpal-2026")
        assert client.get(f"/cpal-2026/presenting/{key}/").status_code == 200

    def test_a_draft_says_so(self, client, person, conference):
        draft = make_tutorial(conference, title="Not yet", status="draft")
        make_presenter(draft, "", person=person)
        text = text_of(client.get(PAGE))

        assert "Not yet" in text
        assert "A draft: nobody else sees it yet." in text
        assert "Time to be announced" in text

    def test_a_planned_time_says_so(self, client, person, programme):
        draft = Schedule.objects.draft(programme.conference)
        noon = draft.sessions.get(title="Session 2")
        Slot.objects.filter(schedule=draft, tutorial=programme.t1).delete()
        make_slot(noon, programme.t1)
        text = text_of(client.get(PAGE))

        assert "09:00–11:30 Hall A The organisers are changing this." in text
        assert "Their draft says: Monday 23 March 12:30–15:00 Room to be announced" in text

    def test_before_the_release(self, client, conference):
        other = make_conference(slug="later", time_zone="Europe/Berlin")
        person = make_presenter(make_tutorial(other), "Ada").person
        person.link_key = KEY
        person.save()
        make_slot(make_session(other, at(8)), other.tutorials.get())
        text = text_of(client.get(f"/later/presenting/{key_at(KEY, 'later')}/"))

        assert "Not public yet, and it may change." in text
        assert "09:00–11:30" in text

    def test_a_cancelled_one_says_so(self, client, person, programme):
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        assert "This tutorial has been cancelled." in text_of(client.get(PAGE))

    def test_who_comes(self, client, person, programme, conference):
        for number in range(5):
            attendee = make_attendee(
                conference,
                name=f"Person {number}",
                email=f"p{number}@example.org",
                shown_to_presenters=number in (0, 4),
            )
            registration.register(attendee, programme.t1, by=None, at=NOW)
        page = client.get(PAGE)
        text = text_of(page)

        assert "3 people are registered. 2 wait." in text
        assert "Person 0" in text
        assert "2 more." in text
        # Not asked to be shown; waits only.
        assert "Person 1" not in text
        assert "Person 4" not in text
        assert "@example.org" not in text

    def test_without_a_waiting_list_nobody_waits(self, client, person, conference):
        conference.has_waiting_list = False
        conference.save()
        assert "wait." not in text_of(client.get(PAGE))

    @pytest.mark.parametrize("attendance", ["open", "ticket"])
    def test_where_nobody_registers_nothing_is_said_of_it(
        self, client, person, conference, attendance
    ):
        conference.attendance = attendance
        conference.save()
        text = text_of(client.get(PAGE)).lower()
        assert "registered" not in text
        assert "seat" not in text
        assert "waiting" not in text

    def test_it_costs_the_same_for_more(self, client, person, programme):
        client.get(PAGE)
        with CaptureQueriesContext(connection) as few:
            client.get(PAGE)
        for tutorial in make_programme(programme.conference, 6):
            make_presenter(tutorial, "", person=person)
            PersonLink.objects.create(person=person, label="Home", url="https://example.org/")
        with CaptureQueriesContext(connection) as many:
            client.get(PAGE)

        assert len(few) <= 14
        assert len(many) == len(few)

    def test_in_german_too(self, client, person):
        response = client.get(f"/de{PAGE}")
        assert response.status_code == 200
        assert response["Content-Language"] == "de"

    def test_the_key_is_in_no_log(self, client, person, caplog):
        caplog.set_level(logging.DEBUG)
        client.get(PAGE)
        client.get(f"/cpal-2026/presenting/{'x' * 32}/")
        assert KEY not in caplog.text


class TestCorrections:
    def test_nothing_changes_before_an_organiser_accepts(self, sends, person, organiser):
        page = sends("person", **about_me(bio="Works on dense models."))
        person.refresh_from_db()
        assert "Thank you." in text_of(page)
        assert "waits for an organiser: About." in text_of(page)
        assert "sparse" in person.bio

        correction = Correction.objects.get()
        seen = presenting.fingerprint(correction)
        presenting.accept(correction, by=organiser, at=NOW, seen=seen)
        person.refresh_from_db()
        assert person.bio == "Works on dense models."
        assert "Accepted on Monday 16 March 2026, 11:00 (Europe/Berlin): About." in text_of(
            sends("")
        )

    def test_a_declined_one_changes_nothing(self, sends, person, organiser):
        sends("person", **about_me(bio="Rude words."))
        correction = Correction.objects.get()
        for _ in range(2):
            presenting.decline(correction, by=organiser, at=NOW)
        person.refresh_from_db()

        assert "sparse" in person.bio
        assert "Declined on" in text_of(sends(""))

    def test_every_text_of_a_tutorial(self, sends, person, programme, organiser):
        texts = {name: f"New {name}" for name in presenting.TEXTS if name != "level"}
        wanted = texts | {"level": "advanced", "affiliation": "Elsewhere"}
        sends("tutorial", **about_tutorial(programme.t1, **wanted))
        correction = Correction.objects.get()
        assert correction.tutorial == programme.t1
        presenting.accept(correction, by=organiser, at=NOW, seen=presenting.fingerprint(correction))
        programme.t1.refresh_from_db()

        assert {name: getattr(programme.t1, name) for name in texts} == texts
        assert programme.t1.level == "advanced"
        assert programme.t1.presenters.get().affiliation == "Elsewhere"
        assert programme.t1.seats == 3

    def test_of_another_tutorial_they_correct_nothing(self, client, person, programme):
        response = client.post(
            PAGE, {"do": "tutorial", **about_tutorial(programme.t2, abstract="Mine now.")}
        )
        assert response.status_code == 404
        assert Correction.objects.count() == 0

    def test_a_new_one_takes_the_place_of_the_open_one(self, sends, person, programme):
        sends("person", **about_me(bio="First."))
        page = sends("person", **about_me(bio="Second."))
        sends("tutorial", **about_tutorial(programme.t1, outline="One. Two."))

        assert Correction.objects.filter(tutorial=None).get().changes["bio"]["becomes"] == "Second."
        assert Correction.objects.count() == 2
        assert "Second." in page.content.decode()

    def test_what_it_says_already_is_no_correction(self, sends, person):
        page = sends("person", **about_me())
        assert "That is what the entry says already." in text_of(page)
        assert Correction.objects.count() == 0

    @pytest.mark.parametrize("kept", ["One.\n\nTwo.", "One.\r\n\r\nTwo.\r\n"])
    def test_line_breaks_of_a_browser_are_no_correction(self, sends, person, programme, kept):
        programme.t1.abstract = kept
        programme.t1.save()
        sends("tutorial", **about_tutorial(programme.t1, abstract="One.\r\n\r\nTwo."))
        assert Correction.objects.count() == 0

    def test_typing_the_old_text_again_withdraws_it(self, sends, person):
        sends("person", **about_me(bio="First."))
        sends("person", **about_me())
        assert Correction.objects.count() == 0

    def test_it_is_taken_back(self, sends, person):
        sends("person", **about_me(bio="First."))
        page = sends("take_back", tutorial="")
        assert "You have taken it back." in text_of(page)
        assert Correction.objects.count() == 0

    def test_the_name_takes_its_sorting_along(self, sends, person, organiser):
        sends("person", **about_me(name="Ada King"))
        correction = Correction.objects.get()
        presenting.accept(correction, by=organiser, at=NOW, seen=presenting.fingerprint(correction))
        person.refresh_from_db()
        assert (person.name, person.sort_name) == ("Ada King", "King, Ada")

    def test_links(self, sends, person, organiser):
        PersonLink.objects.create(person=person, label="Old", url="https://old.example.org/")
        typed = "My page: https://example.org/~ada\n\nhttps://www.example.com/code\n"
        sends("person", **about_me(links=typed))
        correction = Correction.objects.get()
        presenting.accept(correction, by=organiser, at=NOW, seen=presenting.fingerprint(correction))
        assert [(link.label, link.url) for link in person.links.all()] == [
            ("My page", "https://example.org/~ada"),
            ("example.com", "https://www.example.com/code"),
        ]

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("My page", "ends in no address"),
            ("Click javascript:alert(1)", "ends in no address"),
            ("File ftp://example.org/", "ends in no address"),
            ("x" * 70 + " https://example.org/", "too long"),
            ("https://example.org/ \n" * 11, "more than 10 links"),
        ],
    )
    def test_a_link_that_is_none_is_refused(self, sends, person, typed, said):
        page = sends("person", **about_me(links=typed))
        assert said in text_of(page)
        assert Correction.objects.count() == 0

    @pytest.mark.parametrize("name", ["", "   ", "\u200b"])
    def test_a_name_is_needed(self, sends, person, name):
        sends("person", **about_me(name=name))
        assert Correction.objects.count() == 0

    def test_a_text_that_is_too_long_is_refused(self, sends, person):
        page = sends("person", **about_me(bio="x" * 20_001))
        assert "at most 20000 characters" in text_of(page)

    def test_html_is_shown_as_text(self, sends, client, person):
        page = sends("person", **about_me(bio="<script>alert(1)</script>")).content.decode()
        assert "<script>alert" not in page

    def test_what_changed_meanwhile_is_not_overwritten_unseen(self, sends, person, organiser):
        sends("person", **about_me(bio="Mine."))
        correction = Correction.objects.get()
        seen = presenting.fingerprint(correction)
        person.bio = "An organiser's words."
        person.save()

        with pytest.raises(presenting.OutdatedError):
            presenting.accept(correction, by=organiser, at=NOW, seen=seen)
        person.refresh_from_db()
        assert person.bio == "An organiser's words."
        correction = Correction.objects.get()
        (change,) = presenting.differences(correction)
        assert change.changed_since
        presenting.accept(correction, by=organiser, at=NOW, seen=presenting.fingerprint(correction))
        person.refresh_from_db()
        assert person.bio == "Mine."

    def test_what_was_replaced_meanwhile_is_not_accepted(self, sends, person, organiser):
        sends("person", **about_me(bio="First."))
        first = Correction.objects.get()
        seen = presenting.fingerprint(first)
        sends("person", **about_me(bio="Second."))
        with pytest.raises(presenting.OutdatedError):
            presenting.accept(first, by=organiser, at=NOW, seen=seen)

    def test_decided_is_decided(self, sends, person, organiser):
        sends("person", **about_me(bio="Mine."))
        correction = Correction.objects.get()
        seen = presenting.fingerprint(correction)
        for _ in range(2):
            presenting.accept(correction, by=organiser, at=NOW, seen=seen)
        with pytest.raises(presenting.OutdatedError):
            presenting.decline(correction, by=organiser, at=NOW)

    def test_a_post_needs_its_token(self, person):
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(PAGE, {"do": "person", **about_me(bio="x")}).status_code == 403

    def test_with_a_wrong_key_nothing_is_sent(self, client, person):
        wrong = f"/cpal-2026/presenting/{'x' * 32}/"
        assert client.post(wrong, {"do": "person", **about_me(bio="x")}).status_code == 404
        assert Correction.objects.count() == 0


class TestPhoto:
    def test_it_waits_and_is_accepted(self, sends, person, organiser, tmp_path):
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        sends("person", **about_me(), **{"me-photo": photo(exif=exif)})
        correction = Correction.objects.get()
        person.refresh_from_db()
        assert not person.photo
        with Image.open(correction.photo) as square:
            assert (square.size, square.format) == ((640, 640), "WEBP")
        assert b"taken at home" not in (tmp_path / correction.photo.name).read_bytes()

        presenting.accept(correction, by=organiser, at=NOW, seen=presenting.fingerprint(correction))
        person.refresh_from_db()
        assert person.photo.storage.exists(person.photo.name)

    def test_its_address_is_one_that_is_served(self, client, sends, person):
        sends("person", **about_me(), **{"me-photo": photo()})
        assert resolve(Correction.objects.get().photo.url)

    def test_it_stays_when_a_text_is_sent_after_it(self, sends, person):
        sends("person", **about_me(), **{"me-photo": photo()})
        name = Correction.objects.get().photo.name
        sends("person", **about_me(bio="And a text."))
        correction = Correction.objects.get()
        assert correction.photo.name == name
        assert set(correction.changes) == {"bio", "photo"}

    @pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
    def test_what_is_none_is_refused_in_a_sentence(self, sends, person, data):
        upload = SimpleUploadedFile("me.png", data)
        page = sends("person", **about_me(), **{"me-photo": upload})
        assert Correction.objects.count() == 0
        assert page.status_code == 200

    def test_a_bomb_is_refused_in_a_sentence(self, sends, person):
        page = sends("person", **about_me(), **{"me-photo": photo((8000, 7000))})
        assert "50 million pixels" in text_of(page)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("ends", ["decline", "take_back", "replace"])
    def test_a_photo_that_nobody_will_see_is_deleted(self, sends, person, organiser, ends):
        sends("person", **about_me(), **{"me-photo": photo()})
        correction = Correction.objects.get()
        name, storage = str(correction.photo.name), correction.photo.storage
        if ends == "decline":
            presenting.decline(correction, by=organiser, at=NOW)
        elif ends == "take_back":
            presenting.take_back(person, None)
        else:
            sends("person", **about_me(), **{"me-photo": photo((300, 300))})
        assert not storage.exists(name)


def test_links_are_sent_to_who_has_an_address(programme, conference):
    people = list(presenting.presenters_at(conference).order_by("pk"))
    people[0].email = "p@example.org"
    people[0].save()
    without = presenting.send_links(people, conference, at=NOW)

    assert without == people[1:]
    people[0].refresh_from_db()
    key = people[0].link_key
    assert len(key) >= 32
    presenting.send_links(people, conference, at=NOW)
    people[0].refresh_from_db()
    assert people[0].link_key == key


def test_who_has_no_place_at_the_conference(programme, conference):
    people = list(presenting.presenters_at(conference).order_by("pk"))
    for number, person in enumerate(people):
        person.email = f"P{number}@example.org" if number < 3 else ""
        person.save()
    make_attendee(conference, email="p0@example.org")
    make_attendee(conference, user=make_user("p1@example.org"))
    make_attendee(conference, email="p2@example.org", withdrawn_at=NOW)
    make_attendee(make_conference(), email="p2@example.org")
    make_attendee(conference, email="")

    found = presenting.without_place(presenting.presenters_at(conference), conference)
    assert set(found) == set(people[2:])


def test_many_links_are_written_in_few_queries(conference, django_assert_max_num_queries):
    tutorial = make_tutorial(conference)
    for number in range(60):
        make_presenter(tutorial, "", person=make_person(f"P {number}", email=f"p{number}@x.org"))
    people = list(presenting.presenters_at(conference))
    with django_assert_max_num_queries(10):
        presenting.send_links(people, conference, at=NOW)
    assert Letter.objects.count() == 60
    keys = set(presenting.presenters_at(conference).values_list("link_key", flat=True))
    assert len(keys) == 60
    assert "" not in keys


def test_whose_data_was_deleted_is_not_named(client, person, programme, conference):
    attendee = make_attendee(conference, name="Gone Person", shown_to_presenters=True)
    registration.register(attendee, programme.t1, by=None, at=NOW)
    assert "Gone Person" in text_of(client.get(PAGE))
    attendee.erased_at = NOW
    attendee.save()
    assert "Gone Person" not in text_of(client.get(PAGE))
