from datetime import UTC, datetime

import pytest
from django.urls import reverse

from conference.models import Conference
from tests.factories import make_conference, make_member, make_tutorial
from tutorials.models import Schedule


def conference_form(**fields):
    return {
        "name": "CPAL 2026",
        "slug": "cpal-2026",
        "starts_on": "2026-03-23",
        "ends_on": "2026-03-26",
        "time_zone": "Europe/Berlin",
        "attendance": "register",
        "registration_opens_at_0": "2026-03-01",
        "registration_opens_at_1": "10:00",
        "waiting_list_closes_hours": 3,
        "overlaps": "refuse",
        "offer_hours": 24,
        "reminder_hours": 24,
    } | fields


ADD = "admin:conference_conference_add"


def change(conference):
    return reverse("admin:conference_conference_change", args=[conference.pk])


def test_a_new_conference_has_its_draft(admin_client):
    answer = admin_client.post(reverse(ADD), conference_form())

    assert answer.status_code == 302
    assert Schedule.objects.get().conference.slug == "cpal-2026"
    assert Schedule.objects.get().is_draft


def test_registration_opens_on_the_clocks_of_the_zone_in_the_form(admin_client):
    admin_client.post(reverse(ADD), conference_form(time_zone="Asia/Tokyo"))
    conference = Conference.objects.get()
    assert conference.registration_opens_at == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)

    page = admin_client.get(change(conference)).content.decode()
    assert 'value="10:00:00"' in page

    # Another zone, the same clock time typed: meant on the new clocks.
    admin_client.post(change(conference), conference_form(time_zone="Europe/Berlin"))
    conference.refresh_from_db()
    assert conference.registration_opens_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "shown"), [("2026-03-01T10:00", "2026-03-01"), ("2026-99-99", ""), ("soon", "")]
)
def test_an_address_may_give_a_new_one_its_moments(admin_client, given, shown):
    response = admin_client.get(reverse(ADD), {"registration_opens_at": given})

    form = response.context["adminform"].form
    (moment,) = form["registration_opens_at"].subwidgets
    assert (moment.data["subwidgets"][0]["value"] or "") == shown


def test_time_zones_are_chosen_from_a_list(admin_client):
    page = admin_client.get(reverse(ADD)).content.decode()

    assert '<option value="Pacific/Auckland">Pacific/Auckland</option>' in page


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"slug": "admin"}, "slug"),
        ({"slug": "de"}, "slug"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"ends_on": "2026-03-22"}, "__all__"),
        ({"registration_opens_at_1": "ten"}, "registration_opens_at"),
    ],
)
def test_faults_are_said_at_their_fields(admin_client, fields, fault):
    answer = admin_client.post(reverse(ADD), conference_form(**fields))

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [fault]
    assert not Conference.objects.exists()


def test_a_second_current_edition_is_refused(admin_client, conference):
    answer = admin_client.post(reverse(ADD), conference_form(slug="cpal-2027", is_current="on"))

    assert "Another edition is current" in answer.content.decode()


def test_who_makes_a_conference_organises_it(client, db):
    organiser = make_member(make_conference(), "organiser")
    client.force_login(organiser)

    answer = client.post(reverse(ADD), conference_form())

    made = Conference.objects.get(slug="cpal-2026")
    assert answer.status_code == 302
    assert organiser.memberships.get(conference=made).role == "organiser"
    assert client.get(change(made)).status_code == 200


def test_who_organises_nothing_makes_no_conference(client, db):
    client.force_login(make_member(make_conference(), "editor"))

    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), conference_form()).status_code == 403
    assert Conference.objects.count() == 1


def test_what_is_done_with_a_conference_is_a_click_away(admin_client, conference):
    Schedule.objects.draft(conference)

    page = admin_client.get(change(conference)).content.decode()

    assert reverse("admin:tutorials_schedule_release", args=[conference.slug]) in page
    assert reverse("tutorials:lists", args=[conference.slug]) in page
    assert conference.get_absolute_url() in page


def test_a_conference_made_by_mistake_can_be_deleted(admin_client):
    conference = make_conference()
    Schedule.objects.draft(conference)

    admin_client.post(
        reverse("admin:conference_conference_delete", args=[conference.pk]), {"post": "yes"}
    )

    assert not Conference.objects.exists()


def test_a_conference_that_released_something_stays(admin_client, programme):
    page = reverse("admin:conference_conference_delete", args=[programme.conference.pk])

    assert admin_client.get(page).status_code == 200
    admin_client.post(page, {"post": "yes"})

    assert Conference.objects.exists()


def test_the_index_before_there_is_anything(admin_client):
    page = admin_client.get(reverse("admin:index")).content.decode()

    assert "The conferences you organise will be here." in page


def test_the_newest_editions_head_the_index(admin_client, conference):
    for number in range(6):
        make_conference(name=f"Edition {number}", starts_on="2027-01-01", ends_on="2027-01-02")

    answer = admin_client.get(reverse("admin:index"))

    editions = [edition["conference"].name for edition in answer.context["conferences"]]
    assert len(editions) == 5
    assert editions[0] == "CPAL 2026"


def test_choices_name_their_conference(admin_client, conference):
    make_tutorial(conference, title="Orthogonal training")

    found = admin_client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "tutorials",
            "model_name": "registration",
            "field_name": "tutorial",
            "term": "orthogonal",
        },
    ).json()["results"]

    assert [choice["text"] for choice in found] == ["T1 Orthogonal training · CPAL 2026"]
