"""What a role opens in the admin, and what not; test_every_address.py asks every address."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from conference.models import Conference
from conference.roles import Action, Rights, Role, may, role_allows
from people.models import Attendee
from tests.factories import (
    NOW,
    make_attendee,
    make_conference,
    make_member,
    make_person,
    make_presenter,
    make_room,
    make_tutorial,
    make_user,
)
from tests.pages import text_of
from tutorials import registration
from tutorials.models import Schedule, Session, Slot, Track, Tutorial
from tutorials.rights import may_edit_person, people_seen
from venues.models import Room, Venue

ROLES = list(Role)


def listed(name):
    return reverse(f"admin:{name}_changelist")


def change(row):
    kind = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{kind}_change", args=[row.pk])


@pytest.fixture
def elsewhere(db):
    return make_conference(slug="elsewhere", name="Elsewhere 2026")


@pytest.fixture
def sign_in(client, conference):
    def as_member(role, at=conference):
        client.force_login(make_member(at, role))
        return client

    return as_member


class TestRights:
    @pytest.mark.parametrize("role", ROLES)
    def test_say_what_may_says_in_one_query(
        self, conference, elsewhere, role, django_assert_num_queries
    ):
        user = make_member(conference, role)
        rights = Rights(user)
        with django_assert_num_queries(1):
            said = [rights.may(action, conference.pk) for action in Action]
            assert not any(rights.may(action, elsewhere.pk) for action in Action)
            assert [rights.anywhere(action) for action in Action] == said
        assert said == [may(user, action, conference) for action in Action]
        for action in Action:
            found = set(rights.limit(Conference.objects.all(), action, ""))
            assert found == ({conference} if role_allows(role, action) else set())

    def test_a_superuser_is_asked_nothing(self, conference, organiser, django_assert_num_queries):
        with django_assert_num_queries(0):
            rights = Rights(organiser)
            assert all(rights.may(action, conference.pk) for action in Action)
            assert rights.in_the_admin

    def test_who_is_switched_off_may_nothing(self, conference):
        for user in (
            make_member(conference, "organiser", is_active=False),
            make_user(is_superuser=True, is_active=False),
        ):
            rights = Rights(user)
            assert not any(rights.may(action, conference.pk) for action in Action)
            assert not rights.in_the_admin

    def test_the_order_of_roles(self):
        assert Role.ORGANISER.is_above("editor")
        assert not Role.DOOR.is_above("door")
        assert not Role.VIEWER.is_above("door")


class TestTheDoorToTheAdmin:
    @pytest.mark.parametrize(
        ("role", "status"), [("organiser", 200), ("editor", 200), ("viewer", 200), ("door", 403)]
    )
    def test_opens_for_who_has_work_there(self, sign_in, role, status):
        assert sign_in(role).get("/admin/", follow=True).status_code == status

    def test_djangos_permissions_mean_nothing(self, client, conference):
        user = make_user(is_staff=True)
        client.force_login(user)

        assert client.get("/admin/", follow=True).status_code == 403
        assert not user.has_perm("people.view_user")

    def test_the_profile_leads_there(self, sign_in):
        profile = reverse("people:profile")

        assert 'href="/admin/"' in sign_in("viewer").get(profile).content.decode()
        assert 'href="/admin/"' not in sign_in("door").get(profile).content.decode()

    def test_sign_in_has_the_sites_limits(self, sign_in, client):
        """Django's own form takes passwords without any."""
        answer = client.post("/admin/login/", {"username": "a@example.org", "password": "x"})
        assert answer.url.startswith("/accounts/login/")
        assert sign_in("editor").post("/admin/login/").url == "/admin/"


INDEX = {
    "viewer": {
        "Conferences", "Venues", "Rooms", "Tracks", "Tutorials", "Schedules", "Sessions",
        "Slots: when and where", "People", "Files",
    },
}  # fmt: skip
INDEX["editor"] = INDEX["viewer"] | {"Corrections", "Letters"}


class TestTheIndex:
    @pytest.mark.parametrize("role", ["viewer", "editor"])
    def test_lists_what_the_role_allows(self, sign_in, programme, role):
        page = sign_in(role).get("/admin/")

        names = {model["name"] for part in page.context["app_list"] for model in part["models"]}
        assert names == INDEX[role]

    def test_shows_ones_own_conferences(self, sign_in, conference, elsewhere):
        page = sign_in("editor", elsewhere).get("/admin/")

        assert [edition["conference"] for edition in page.context["conferences"]] == [elsewhere]
        assert "CPAL 2026" not in text_of(page)

    def test_offers_a_viewer_nothing_to_change(self, sign_in, programme):
        page = sign_in("viewer").get("/admin/").content.decode()

        assert "addlink" not in page
        for name in ("release", "team", "uses", "attendance", "import"):
            assert f"/{name}/" not in page.partition('id="content"')[2]


class TestLists:
    @pytest.mark.parametrize("role", ["organiser", "editor", "viewer"])
    def test_hold_ones_own_conferences_alone(self, sign_in, programme, elsewhere, role):
        make_tutorial(elsewhere, title="Their secret draft", status="draft")
        make_room(elsewhere, name="Their hall")
        client = sign_in(role)

        for name in ("tutorials_tutorial", "venues_room", "conference_conference"):
            page = text_of(client.get(listed(name)))
            assert "Their" not in page
            assert "Elsewhere" not in page

    def test_filters_offer_ones_own_conferences(self, client, conference, elsewhere):
        make_conference(name="Nobody’s 2026")
        user = make_member(conference, "editor")
        user.memberships.create(conference=elsewhere, role="viewer")
        client.force_login(user)

        page = text_of(client.get(listed("tutorials_tutorial")))

        assert "CPAL 2026 Elsewhere 2026" in page
        assert "Nobody’s" not in page

    def test_filters_by_a_conference_of_others_are_empty(self, sign_in, elsewhere):
        make_tutorial(elsewhere)
        address = f"{listed('tutorials_tutorial')}?conference__id__exact={elsewhere.pk}"

        assert "0 tutorials" in text_of(sign_in("organiser").get(address))

    @pytest.mark.parametrize(
        "name", ["tutorials_tutorial", "people_person", "tutorials_slot", "people_attendee"]
    )
    def test_cost_the_same_for_more_rows(
        self, sign_in, programme, name, django_assert_max_num_queries
    ):
        client = sign_in("organiser")
        client.get(listed(name))
        with django_assert_max_num_queries(20) as few:
            client.get(listed(name))
        for number in range(3):
            tutorial = make_tutorial(programme.conference)
            make_presenter(tutorial, f"More {number}")
            make_attendee(programme.conference)
            Slot.objects.create(
                session=Schedule.objects.draft(programme.conference).sessions.earliest("pk"),
                tutorial=tutorial,
            )
        with django_assert_max_num_queries(len(few)):
            client.get(listed(name))


class TestSaving:
    def test_a_new_row_goes_to_a_conference_of_ones_own(self, sign_in, elsewhere):
        page = reverse("admin:tutorials_track_add")
        form = {"conference": elsewhere.pk, "name": "Smuggled", "position": 0}

        answer = sign_in("editor").post(page, form)

        assert "conference" in answer.context["adminform"].form.errors
        assert not Track.objects.exists()

    def test_seeing_a_conference_is_not_enough(self, client, conference, elsewhere):
        user = make_member(conference, "editor")
        user.memberships.create(conference=elsewhere, role="viewer")
        client.force_login(user)
        form = {"conference": elsewhere.pk, "name": "Smuggled", "position": 0}

        assert client.post(reverse("admin:tutorials_track_add"), form).status_code == 403
        assert not Track.objects.exists()

    def test_nor_is_a_room_added_to_a_venue_of_others(self, sign_in, elsewhere):
        venue = make_room(elsewhere).venue
        form = {"venue": venue.pk, "name": "Smuggled", "position": 0}

        sign_in("editor").post(reverse("admin:venues_room_add"), form)

        assert not Room.objects.filter(name="Smuggled").exists()

    def test_nor_a_session_to_a_draft_of_others(self, sign_in, conference, elsewhere):
        Schedule.objects.draft(conference)
        draft = Schedule.objects.draft(elsewhere)
        page = f"{reverse('admin:tutorials_session_add')}?schedule={draft.pk}"

        sign_in("editor").post(
            page,
            {
                "kind": "tutorials",
                "starts_at_0": "2026-03-23",
                "starts_at_1": "09:00",
                "ends_at_0": "2026-03-23",
                "ends_at_1": "10:00",
                "slots-TOTAL_FORMS": 0,
                "slots-INITIAL_FORMS": 0,
            },
        )

        assert not Session.objects.exists()

    def test_nor_a_slot_to_a_session_of_others(self, client, programme, elsewhere):
        user = make_member(elsewhere, "editor")
        user.memberships.create(conference=programme.conference, role="viewer")
        client.force_login(user)
        session = Schedule.objects.draft(programme.conference).sessions.earliest("pk")
        form = {"session": session.pk, "tutorial": programme.t2.pk}
        before = Slot.objects.count()

        assert client.post(reverse("admin:tutorials_slot_add"), form).status_code == 403
        assert Slot.objects.count() == before

    def test_a_viewer_reads_and_saves_nothing(self, sign_in, programme):
        client = sign_in("viewer")
        for row in (
            programme.t1,
            programme.tracks[0],
            programme.halls[0],
            programme.halls[0].venue,
        ):
            page = client.get(change(row))
            assert page.status_code == 200
            assert 'name="_save"' not in page.content.decode()
            assert client.post(change(row), {"name": "x", "title": "x"}).status_code == 403

    def test_an_organiser_without_all_rights_saves_a_conference(self, sign_in, conference):
        page = sign_in("organiser").get(change(conference))

        assert page.status_code == 200
        assert 'name="_save"' in page.content.decode()

    def test_whose_account_an_attendee_is_stays_as_it_is(self, sign_in, conference, user):
        attendee = make_attendee(conference, user=user)
        client = sign_in("organiser")

        assert 'name="user"' not in client.get(change(attendee)).content.decode()
        other = make_user()
        client.post(
            change(attendee),
            {
                "name": "Ada King",
                "user": other.pk,
                "registrations-TOTAL_FORMS": 0,
                "registrations-INITIAL_FORMS": 0,
            },
        )
        found = Attendee.objects.get(pk=attendee.pk)
        assert (found.name, found.user) == ("Ada King", user)


class TestChoices:
    @pytest.fixture
    def found(self, sign_in):
        def find(role, model, field, term="", app="tutorials"):
            answer = sign_in(role).get(
                reverse("admin:autocomplete"),
                {"app_label": app, "model_name": model, "field_name": field, "term": term},
            )
            if answer.status_code != 200:
                return answer.status_code
            return [choice["text"] for choice in answer.json()["results"]]

        return find

    def test_are_of_ones_own_conferences(self, found, conference, elsewhere):
        make_tutorial(conference, title="Ours", status="draft")
        make_tutorial(elsewhere, title="Theirs", status="draft")

        assert found("viewer", "slot", "tutorial") == ["T1 Ours · CPAL 2026"]
        assert found("editor", "track", "conference") == ["CPAL 2026"]

    @pytest.mark.parametrize("role", ["editor", "viewer", "door"])
    def test_name_no_attendee_and_no_account(self, found, conference, role):
        make_attendee(conference, name="Wilhelmina")

        assert found(role, "registration", "attendee") in (302, 403)
        assert found(role, "membership", "user", app="people") in (302, 403)
        assert found("organiser", "membership", "user", app="people") == 403

    def test_name_attendees_of_ones_own_conference(self, found, conference, elsewhere):
        make_attendee(conference, name="Wilhelmina")
        make_attendee(elsewhere, name="Ottokar")

        assert found("organiser", "registration", "attendee") == ["Wilhelmina · CPAL 2026"]


class TestPeople:
    @pytest.fixture
    def people(self, conference, elsewhere):
        """Who presents in public elsewhere, in a draft elsewhere, here, and nowhere."""

        def presents(name, tutorial):
            person = make_person(name, email=f"{name.lower()}@private.example")
            return make_presenter(tutorial, "", person=person).person

        return {
            "public": presents("Public", make_tutorial(elsewhere)),
            "hidden": presents("Hidden", make_tutorial(elsewhere, status="draft")),
            "here": presents("Here", make_tutorial(conference, status="draft")),
            "new": make_person("New", email="new@private.example"),
        }

    @pytest.mark.parametrize("role", ["organiser", "editor", "viewer"])
    def test_who_is_seen(self, people, conference, role):
        rights = Rights(make_member(conference, role))

        seen = people_seen(rights, type(people["new"]).objects.all())

        assert set(seen) == {people["public"], people["here"], people["new"]}

    @pytest.mark.parametrize(
        ("role", "names"),
        [("organiser", {"here", "new"}), ("editor", {"here", "new"}), ("viewer", set())],
    )
    def test_who_is_edited(self, people, conference, role, names):
        rights = Rights(make_member(conference, role))

        assert {name for name, row in people.items() if may_edit_person(rights, row)} == names

    def test_an_address_is_for_who_may_edit(self, sign_in, people):
        client = sign_in("editor")

        assert "here@private.example" in text_of(client.get(listed("people_person")))
        assert "public@private.example" not in text_of(client.get(listed("people_person")))
        assert "public@private.example" not in client.get(change(people["public"])).content.decode()
        assert "here@private.example" in client.get(change(people["here"])).content.decode()
        page = sign_in("viewer").get(listed("people_person"))
        assert "@private.example" not in text_of(page)

    def test_nobody_is_found_by_an_address_that_is_not_shown(self, sign_in, people):
        client = sign_in("editor")

        def search(term):
            page = client.get(listed("people_person"), {"q": term})
            return [person.name for person in page.context["cl"].result_list]

        assert search("here@private") == ["Here"]
        assert search("public@private") == []
        assert search("Public") == ["Public"]

    def test_who_is_not_ones_own_is_not_deleted(self, sign_in, people):
        page = reverse("admin:people_person_delete", args=[people["public"].pk])

        assert sign_in("organiser").post(page, {"post": "yes"}).status_code == 403


class TestLeavingNames:
    def test_what_stands_in_the_way_of_deleting_names_no_attendee(self, sign_in, programme):
        attendee = make_attendee(programme.conference, name="Wilhelmina")
        registration.register(attendee, programme.t1, by=None, at=NOW)
        page = reverse("admin:tutorials_tutorial_delete", args=[programme.t1.pk])

        editors = text_of(sign_in("editor").get(page))
        assert "Wilhelmina" not in editors
        assert "Registration: 1" in editors
        assert "Slot: " in editors
        assert "Wilhelmina" in text_of(sign_in("organiser").get(page))

    def test_the_way_to_the_public_page_is_for_who_sees_the_row(
        self, sign_in, conference, elsewhere
    ):
        kind = ContentType.objects.get_for_model(Tutorial).pk
        ours, theirs = make_tutorial(conference), make_tutorial(elsewhere, status="draft")
        client = sign_in("viewer")

        assert client.get(f"/admin/r/{kind}/{ours.pk}/").status_code == 302
        assert client.get(f"/admin/r/{kind}/{theirs.pk}/").status_code == 404
        assert client.get(f"/admin/r/{kind} /{theirs.pk}/").status_code == 404
        accounts = ContentType.objects.get_for_model(type(make_user())).pk
        assert client.get(f"/admin/r/{accounts}/1/").status_code == 404


def test_an_organiser_deletes_a_conference_made_by_mistake(sign_in, conference):
    Schedule.objects.draft(conference)
    page = reverse("admin:conference_conference_delete", args=[conference.pk])

    sign_in("organiser").post(page, {"post": "yes"})

    assert not Conference.objects.exists()


def test_venues_go_with_their_rooms(sign_in, conference):
    venue = make_room(conference).venue

    sign_in("editor").post(reverse("admin:venues_venue_delete", args=[venue.pk]), {"post": "yes"})

    assert not Venue.objects.exists()


@pytest.mark.parametrize("lookup", ["link_key__startswith", "email__startswith", "link_key__gte"])
def test_no_list_tells_a_presenter_s_secrets_letter_by_letter(client, programme, lookup):
    viewer = make_user()
    viewer.memberships.create(conference=programme.conference, role="viewer")
    client.force_login(viewer)

    answer = client.get(reverse("admin:people_person_changelist"), {lookup: "a"})

    assert answer.status_code == 400
