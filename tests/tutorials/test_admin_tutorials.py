import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories import NOW, make_conference, make_person, make_tutorial, make_user
from tutorials import registration
from tutorials.models import Registration, Tutorial


@pytest.fixture
def admin_client(client, organiser):
    client.force_login(organiser)
    return client


def address(tutorial, page="change"):
    return reverse(f"admin:tutorials_tutorial_{page}", args=[tutorial.pk])


def form_of(tutorial, presenters=(), **fields):
    """What a browser sends for the form of a tutorial."""
    rows = {
        "presenters-TOTAL_FORMS": len(presenters),
        "presenters-INITIAL_FORMS": sum("id" in row for row in presenters),
    }
    for number, row in enumerate(presenters):
        rows |= {f"presenters-{number}-{name}": value for name, value in row.items()}
    names = ("title", "code", "slug", "position", "abstract")
    return {name: getattr(tutorial, name) for name in names} | rows | fields


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


def test_publish_by_the_button(admin_client, conference):
    tutorial = make_tutorial(conference, status="draft")

    page = admin_client.get(address(tutorial)).content.decode()
    answer = admin_client.post(address(tutorial, "publish"), follow=True)

    assert address(tutorial, "publish") in page
    assert messages_of(answer) == ["1 tutorial is public now."]
    tutorial.refresh_from_db()
    assert (tutorial.status, tutorial.is_public) == ("published", True)
    assert address(tutorial, "publish") not in answer.content.decode()


def test_looking_never_publishes(admin_client, conference):
    tutorial = make_tutorial(conference, status="draft")

    assert admin_client.get(address(tutorial, "publish")).status_code == 405
    tutorial.refresh_from_db()
    assert tutorial.status == "draft"


def test_publish_several_leaves_the_cancelled_as_they_are(admin_client, conference):
    drafts = [make_tutorial(conference, status="draft") for _ in range(2)]
    cancelled = make_tutorial(conference, status="cancelled")

    answer = admin_client.post(
        reverse("admin:tutorials_tutorial_changelist"),
        {
            "action": "publish_selected",
            "_selected_action": [tutorial.pk for tutorial in (*drafts, cancelled)],
            "index": 0,
        },
        follow=True,
    )

    assert messages_of(answer) == [f"{cancelled} is cancelled.", "2 tutorials are public now."]
    assert {t.status for t in Tutorial.objects.filter(pk__in=[d.pk for d in drafts])} == {
        "published"
    }


def test_cancel_says_first_who_loses_a_place(admin_client, programme, attendees):
    for attendee in attendees[:5]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    page = admin_client.get(address(programme.t1, "cancel")).content.decode()

    assert "3 people have a seat and lose it." in page
    assert "2 people wait and are taken off the list." in page
    programme.t1.refresh_from_db()
    assert programme.t1.status == "published"


def test_cancel(admin_client, programme, attendees):
    for attendee in attendees[:5]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    answer = admin_client.post(address(programme.t1, "cancel"), follow=True)

    assert messages_of(answer) == ["The tutorial is cancelled, and 5 registrations with it."]
    programme.t1.refresh_from_db()
    assert (programme.t1.status, programme.t1.seats_taken) == ("cancelled", 0)
    assert not Registration.objects.live().exists()
    page = admin_client.get(address(programme.t1, "cancel")).content.decode()
    assert "This tutorial is cancelled already." in page


def test_saving_a_form_writes_nothing_that_is_not_in_it(admin_client, programme, monkeypatch):
    """Seats that are taken while a form is saved stay taken."""
    save = Tutorial.save

    def save_after_a_registration(self, *args, **kwargs):
        Tutorial.objects.filter(pk=self.pk).update(seats_taken=2, queue_tail=7)
        save(self, *args, **kwargs)

    monkeypatch.setattr(Tutorial, "save", save_after_a_registration)
    answer = admin_client.post(address(programme.t1), form_of(programme.t1, title="A new title"))

    assert answer.status_code == 302
    programme.t1.refresh_from_db()
    assert programme.t1.title == "A new title"
    assert (programme.t1.seats_taken, programme.t1.queue_tail) == (2, 7)


def test_presenters_stay_in_order_and_a_new_one_goes_last(admin_client, programme):
    first = programme.t1.presenters.get()
    rows = [
        {
            "id": first.pk,
            "tutorial": programme.t1.pk,
            "person": first.person_id,
            "position": first.position,
            "affiliation": "EPFL, LIONS",
        },
        {"id": "", "person": make_person("Grace Hopper").pk, "position": "", "affiliation": ""},
        {"id": "", "person": make_person("Emmy Noether").pk, "position": "", "affiliation": ""},
    ]
    # The browser counts the rows that were there apart from the new ones.
    data = form_of(programme.t1, rows) | {"presenters-INITIAL_FORMS": 1}

    answer = admin_client.post(address(programme.t1), data)

    assert answer.status_code == 302
    tutorial = Tutorial.objects.get(pk=programme.t1.pk)
    assert tutorial.presenter_line.startswith("Presenter of T1 (EPFL, LIONS), Grace")
    assert [p.position for p in tutorial.presenters.all()] == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_seats_follow_a_smaller_capacity_as_far_as_people_have_none(
    admin_client, programme, attendees
):
    for attendee in attendees[:2]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    answer = admin_client.post(
        address(programme.t1), form_of(programme.t1, capacity=1), follow=True
    )

    programme.t1.refresh_from_db()
    assert (programme.t1.capacity, programme.t1.seats) == (1, 2)
    assert any("keeps 2 seats" in message for message in messages_of(answer))


@pytest.mark.django_db(transaction=True)
def test_a_larger_capacity_lets_the_waiting_in(admin_client, programme, attendees):
    rows = [
        registration.register(attendee, programme.t1, by=None, at=NOW) for attendee in attendees[:5]
    ]

    admin_client.post(address(programme.t1), form_of(programme.t1, capacity=4))

    states = [Registration.objects.get(pk=row.pk).status for row in rows]
    assert states == ["confirmed"] * 4 + ["waitlisted"]


def test_a_form_with_an_error_keeps_what_was_typed(admin_client, programme):
    answer = admin_client.post(address(programme.t1), form_of(programme.t1, title="", notes="Hm"))

    assert answer.status_code == 200
    assert "Hm" in answer.content.decode()


def test_only_what_belongs_to_the_conference_is_offered(admin_client, programme):
    foreign = make_conference().tracks.create(name="Another track")
    page = admin_client.get(address(programme.t1)).content.decode()
    found = admin_client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "tutorials",
            "model_name": "tutorial",
            "field_name": "track",
            "term": "track",
            "conference": programme.conference.pk,
        },
    ).json()["results"]

    assert f"/admin/autocomplete/?conference={programme.conference.pk}" in page
    assert [choice["text"] for choice in found] == ["Track A · CPAL 2026", "Track B · CPAL 2026"]
    answer = admin_client.post(address(programme.t1), form_of(programme.t1, track=foreign.pk))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["track"]


def test_the_attendance_list_of_what_is_selected(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    registration.register(attendees[1], programme.t2, by=None, at=NOW)

    answer = admin_client.post(
        reverse("admin:tutorials_tutorial_changelist"),
        {"action": "export_attendance", "_selected_action": [programme.t1.pk], "index": 0},
    )

    text = answer.getvalue().decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert "Person 1" in text
    assert "Person 2" not in text
    single = admin_client.get(address(programme.t2, "attendance")).getvalue().decode()
    assert "Person 2" in single


def test_a_list_over_two_conferences_is_refused(admin_client, programme):
    other = make_tutorial(make_conference())

    answer = admin_client.post(
        reverse("admin:tutorials_tutorial_changelist"),
        {
            "action": "export_attendance",
            "_selected_action": [programme.t1.pk, other.pk],
            "index": 0,
        },
        follow=True,
    )

    assert messages_of(answer) == ["A list is of one conference. Choose tutorials of one only."]


def test_a_tutorial_with_registrations_is_not_deleted(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)

    page = admin_client.get(address(programme.t1, "delete")).content.decode()
    admin_client.post(address(programme.t1, "delete"), {"post": "yes"})

    assert "cancel it instead" in page
    assert Tutorial.objects.filter(pk=programme.t1.pk).exists()


def test_view_on_site_leads_to_public_pages_only(admin_client, programme):
    draft = make_tutorial(programme.conference, status="draft")

    assert (
        programme.t1.get_absolute_url() in admin_client.get(address(programme.t1)).content.decode()
    )
    assert draft.get_absolute_url() not in admin_client.get(address(draft)).content.decode()


def test_who_may_only_look_changes_nothing(client, programme):
    viewer = make_user(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_tutorial"))
    client.force_login(viewer)

    page = client.get(address(programme.t1)).content.decode()

    assert address(programme.t1, "cancel") not in page
    assert address(programme.t1, "attendance") not in page
    assert client.post(address(programme.t1, "publish")).status_code == 403
    assert client.post(address(programme.t1, "cancel")).status_code == 403
    assert client.get(address(programme.t1, "attendance")).status_code == 403
    answer = client.post(
        reverse("admin:tutorials_tutorial_changelist"),
        {"action": "publish_selected", "_selected_action": [programme.t1.pk], "index": 0},
    )
    assert answer.status_code in (302, 403)
    programme.t1.refresh_from_db()
    assert programme.t1.status == "published"
