from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.factories import NOW, make_conference, make_member, make_person, make_tutorial
from tests.pages import messages_of
from tutorials import mails, registration
from tutorials.models import Change, Mail, Registration, Tutorial


def address(tutorial, page="change"):
    return reverse(f"admin:tutorials_tutorial_{page}", args=[tutorial.pk])


def form_of(tutorial, presenters=(), **fields):
    """What a browser sends for the form of a tutorial."""
    rows = {
        "presenters-TOTAL_FORMS": len(presenters),
        "presenters-INITIAL_FORMS": sum("id" in row for row in presenters),
        "files-TOTAL_FORMS": 0,
        "files-INITIAL_FORMS": 0,
        "online_links-TOTAL_FORMS": 0,
        "online_links-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(presenters):
        rows |= {f"presenters-{number}-{name}": value for name, value in row.items()}
    names = ("title", "code", "slug", "position", "abstract")
    return {name: getattr(tutorial, name) for name in names} | rows | fields


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


def test_where_nobody_waits_no_list_is_spoken_of(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)

    page = admin_client.get(address(programme.t1, "cancel")).content.decode()

    assert "1 person has a seat and loses it." in page
    assert "taken off the list" not in page


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


def test_cancelling_says_who_is_told(admin_client, programme, attendees):
    for number, attendee in enumerate(attendees[:3]):
        attendee.email = f"p{number}@example.org"
        attendee.save()
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    page = admin_client.get(address(programme.t1, "cancel")).content.decode()

    assert "3 mails go out; they name tutorials that have free seats." in page
    assert "1 person has no e-mail address and is not told." in page


def test_the_reason_reaches_who_is_concerned_and_the_history(
    admin_client, organiser, programme, attendees
):
    attendees[0].email = "p@example.org"
    attendees[0].save()
    row = registration.register(attendees[0], programme.t1, by=None, at=NOW)

    admin_client.post(address(programme.t1, "cancel"), {"reason": "The speaker is ill."})

    mail = Mail.objects.get(kind="tutorial_cancelled")
    assert "The speaker is ill." in mails.message(mail).body
    noted = Change.objects.get(registration=row, became="cancelled")
    assert (noted.reason, noted.by) == ("The speaker is ill.", organiser)


def test_a_reason_that_is_too_long_cancels_nothing(admin_client, programme):
    answer = admin_client.post(address(programme.t1, "cancel"), {"reason": "x" * 301})

    assert answer.status_code == 200
    programme.t1.refresh_from_db()
    assert programme.t1.status == "published"


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


def test_the_form_leaves_the_seats_to_a_page_of_their_own(admin_client, programme):
    page = admin_client.get(address(programme.t1)).content.decode()
    answer = admin_client.post(address(programme.t1), form_of(programme.t1, capacity=1))

    assert address(programme.t1, "seats") in page
    assert 'name="capacity"' not in page
    assert answer.status_code == 302
    programme.t1.refresh_from_db()
    assert (programme.t1.capacity, programme.t1.seats) == (None, 3)


@pytest.mark.django_db(transaction=True)
def test_a_new_tutorial_has_the_seats_of_its_form(admin_client, conference):
    new = form_of(Tutorial(title="New", position=0), capacity=20, kept_back=5)

    answer = admin_client.post(
        reverse("admin:tutorials_tutorial_add"), new | {"conference": conference.pk}
    )

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    tutorial = Tutorial.objects.get()
    assert (tutorial.capacity, tutorial.kept_back, tutorial.seats) == (20, 5, 15)


def test_its_own_window_is_typed_on_the_clocks_of_the_conference(admin_client, programme):
    times = {
        "registration_opens_at_0": "2026-03-01",
        "registration_opens_at_1": "10:00:00",
        "registration_closes_at_0": "2026-03-20",
        "registration_closes_at_1": "18:00:00",
    }

    page = admin_client.get(address(programme.t1)).content.decode()
    answer = admin_client.post(address(programme.t1), form_of(programme.t1, **times))

    assert "Times are in Europe/Berlin." in page
    assert answer.status_code == 302
    programme.t1.refresh_from_db()
    assert programme.t1.registration_opens_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert programme.t1.registration_closes_at == datetime(2026, 3, 20, 17, tzinfo=UTC)

    earlier = times | {"registration_closes_at_0": "2026-02-01"}
    answer = admin_client.post(address(programme.t1), form_of(programme.t1, **earlier))
    assert "Registration closes before it opens." in answer.content.decode()


def test_where_nobody_registers_there_is_no_window(admin_client, programme):
    programme.conference.attendance = "open"
    programme.conference.save()

    assert "registration_opens_at" not in admin_client.get(address(programme.t1)).content.decode()


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
    client.force_login(make_member(programme.conference, "viewer"))

    page = client.get(address(programme.t1)).content.decode()

    assert address(programme.t1, "cancel") not in page
    assert address(programme.t1, "attendance") not in page
    assert client.post(address(programme.t1, "publish")).status_code == 403
    assert client.post(address(programme.t1, "cancel")).status_code == 403
    assert client.post(address(programme.t1, "seats"), {"capacity": 1}).status_code == 403
    assert client.get(address(programme.t1, "attendance")).status_code == 403
    draft = make_tutorial(programme.conference, status="draft")
    client.post(
        reverse("admin:tutorials_tutorial_changelist"),
        {"action": "publish_selected", "_selected_action": [draft.pk], "index": 0},
    )
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_an_action_changes_only_what_one_may_change(client, programme):
    viewer = make_member(programme.conference, "viewer")
    elsewhere = make_conference()
    viewer.memberships.create(conference=elsewhere, role="editor")
    drafts = [make_tutorial(each, status="draft") for each in (programme.conference, elsewhere)]
    client.force_login(viewer)

    client.post(
        reverse("admin:tutorials_tutorial_changelist"),
        {"action": "publish_selected", "_selected_action": [each.pk for each in drafts]},
    )

    for draft in drafts:
        draft.refresh_from_db()
    assert [draft.status for draft in drafts] == ["draft", "published"]
