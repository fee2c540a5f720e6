"""Does every page of the admin open, and cost the same at one row as at three?"""

import pytest
from django.contrib import admin
from django.urls import reverse

from conference.models import Conference
from people.models import Attendee, Membership, Person, PersonLink, TicketKind, User
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
)
from tutorials import checkin, downloads, presenting, registration, schedule
from tutorials.models import (
    Change,
    CheckIn,
    Correction,
    Download,
    Feedback,
    Letter,
    Mail,
    Material,
    Registration,
    Schedule,
    Session,
    Slot,
    Track,
    Tutorial,
)
from venues.models import Room, Venue

OURS = [
    Attendee, Change, CheckIn, Conference, Correction, Download, Feedback, Letter, Mail, Material,
    Membership, Person, Registration, Room, Schedule, Session, Slot, TicketKind, Track, Tutorial,
    User, Venue,
]  # fmt: skip
NO_ADDING = {
    Change, CheckIn, Correction, Download, Feedback, Letter, Mail, Material, Registration, Schedule,
}  # fmt: skip


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def busy(programme, attendees):
    """The programme with a registration, somebody waiting, a check-in and a role."""
    for number, attendee in enumerate(attendees[:4]):
        attendee.email = f"p{number}@example.org"
        attendee.save()
        registration.register(attendee, programme.t1, by=None, at=NOW)
    slot = Slot.objects.released(programme.conference).get(tutorial=programme.t1)
    checkin.check_in(attendees[0], slot, by=None, at=at(8))
    Membership.objects.create(conference=programme.conference, user=make_user(), role="door")
    TicketKind.objects.create(conference=programme.conference, name="Main conference")
    downloads.record(programme.conference, "attendance_csv", by=None, columns=["name"])
    from_presenter(programme.t1)
    Conference.objects.update(takes_feedback=True)
    Feedback.objects.create(tutorial=programme.t1, rating=4, good="Good.", sent_at=at(12))
    # With a second edition the lists have a filter by conference.
    make_conference(slug="older", starts_on="2025-03-24", ends_on="2025-03-26")
    return programme


def from_presenter(tutorial):
    """A correction, a file and a letter of a presenter."""
    person = tutorial.presenters.last().person
    person.email = "presenter@example.org"
    person.save()
    presenting.send(person, tutorial, {"outline": "One. Two.", "level": "advanced"}, at=NOW)
    presenting.send_links([person], tutorial.conference, at=NOW)
    Material.objects.create(
        tutorial=tutorial,
        title="Slides",
        file=f"materials/{'a' * 32}.pdf",
        size=1,
        uploaded_at=NOW,
        uploaded_by=person,
    )


def more(programme):
    """Two more of everything."""
    conference = programme.conference
    first = Schedule.objects.draft(conference).sessions.earliest("pk")
    for number in range(2):
        room = make_room(conference, 10)
        make_room(conference, venue=programme.halls[0].venue)
        tutorial = make_tutorial(conference, track=programme.tracks[0])
        make_presenter(programme.t1, f"Another {number}", "Elsewhere")
        make_presenter(tutorial, f"More {number}")
        kind = TicketKind.objects.create(conference=conference, name=f"More {number}")
        attendee = make_attendee(conference, user=make_user(), ticket_kind=kind)
        session = make_session(conference, at(9, day=number + 1))
        make_slot(session, tutorial, room)
        other = make_tutorial(conference)
        make_slot(first, other, room)
        Track.objects.create(conference=conference, name=f"More {number}", room=room)
        Membership.objects.create(conference=conference, user=make_user(), role="viewer")
        person = programme.t1.presenters.first().person
        PersonLink.objects.create(person=person, label="Home", url="https://example.org/")
        registration.register(attendee, programme.t1, by=None, at=NOW)
        slot = Slot.objects.released(conference).get(tutorial=programme.t1)
        checkin.check_in(attendee, slot, by=attendee.user, at=at(8))
        downloads.record(conference, "sign_in_sheets", by=attendee.user, tutorials=[tutorial])
        from_presenter(programme.t1)
        from_presenter(tutorial)
        Feedback.objects.create(tutorial=tutorial, attendee=attendee, rating=1, sent_at=at(12))
        schedule.release(conference, by=attendee.user, at=NOW, keep_everyone=True)
        make_conference(starts_on="2025-03-24", ends_on="2025-03-26", time_zone="Asia/Tokyo")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_for_more_rows(
    model, admin_client, busy, django_assert_max_num_queries
):
    page = address(model, "changelist") + ("?version=all" if model in (Session, Slot) else "")
    admin_client.get(page)
    with django_assert_max_num_queries(14) as few:
        assert admin_client.get(page).status_code == 200

    more(busy)

    with django_assert_max_num_queries(len(few)):
        assert admin_client.get(page).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_form_costs_the_same_for_more_rows(
    model, admin_client, busy, django_assert_max_num_queries
):
    row = model.objects.order_by("pk").first()
    page = address(model, "change", row.pk)
    admin_client.get(page)
    with django_assert_max_num_queries(20) as few:
        assert admin_client.get(page).status_code == 200

    more(busy)

    with django_assert_max_num_queries(len(few)):
        assert admin_client.get(page).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_the_form_for_a_new_row(model, admin_client, busy):
    draft = Schedule.objects.draft(busy.conference)
    page = address(model, "add") + (f"?schedule={draft.pk}" if model is Session else "")

    answer = admin_client.get(page)

    assert answer.status_code == (403 if model in NO_ADDING else 200)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_is_searched(model, admin_client, busy):
    assert admin_client.get(address(model, "changelist") + "?q=1").status_code == 200


def test_every_model_of_ours_has_its_pages():
    registered = {model for model in admin.site._registry if model.__module__.split(".")[0] in (
        "conference", "people", "tutorials", "venues")}  # fmt: skip

    assert registered == set(OURS)


def test_index(admin_client, busy, django_assert_max_num_queries):
    # The checklist asks about everything; test_dashboard.py says that it asks once.
    with django_assert_max_num_queries(42):
        page = admin_client.get(reverse("admin:index")).content.decode()

    assert reverse("admin:tutorials_schedule_release", args=["cpal-2026"]) in page
    assert reverse("tutorials:lists", args=["cpal-2026"]) in page
    headings = [page.index(f'class="section" title="Models in the {name}') for name in (
        "Programme", "Presenters", "Attendees and seats", "Settings")]  # fmt: skip
    assert headings == sorted(headings)


def test_a_stranger_signs_in_first(client, busy):
    answer = client.get(reverse("admin:tutorials_schedule_release", args=["cpal-2026"]))

    assert answer.status_code == 302
    assert "login" in answer["Location"]


HUGE = 10**20  # more than SQLite can be asked for


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_an_id_beyond_all_counting_is_nobodys(model, admin_client, conference):
    fields = [field.name for field in model._meta.fields if field.is_relation]
    narrowed = ["id__exact", "id__in", "conference__id__exact", *fields]
    for name in narrowed:
        answer = admin_client.get(address(model, "changelist"), {name: HUGE})
        assert answer.status_code < 500, name
    form = admin_client.get(address(model, "add"), dict.fromkeys(fields, HUGE))
    assert form.status_code < 500
    assert admin_client.get(address(model, "change", HUGE)).status_code in {302, 403, 404}
    deletion = {"action": "delete_selected", "_selected_action": HUGE, "post": "yes"}
    assert admin_client.post(address(model, "changelist"), deletion).status_code < 500
