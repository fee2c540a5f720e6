from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.factories import (
    NOW,
    at,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
)
from tests.pages import messages_of
from tutorials import registration, schedule
from tutorials.models import Schedule, Session, Slot


@pytest.fixture
def draft(programme):
    return Schedule.objects.draft(programme.conference)


def address(model, page, *args):
    return reverse(f"admin:tutorials_{model}_{page}", args=args)


def session_form(**fields):
    return {
        "kind": "tutorials",
        "title": "Evening",
        "starts_at_0": "2026-03-23",
        "starts_at_1": "18:30:00",
        "ends_at_0": "2026-03-23",
        "ends_at_1": "20:00:00",
        "slots-TOTAL_FORMS": 0,
        "slots-INITIAL_FORMS": 0,
    } | fields


def test_times_are_typed_on_the_clocks_of_the_conference(admin_client, draft):
    page = address("session", "add") + f"?schedule={draft.pk}"

    shown = admin_client.get(page).content.decode()
    answer = admin_client.post(page, session_form())

    assert "Times are in Europe/Berlin." in shown
    assert answer.status_code == 302
    session = draft.sessions.get(title="Evening")
    assert session.starts_at == datetime(2026, 3, 23, 17, 30, tzinfo=UTC)


def test_times_are_shown_on_the_clocks_of_the_conference(admin_client, programme):
    shown = admin_client.get(address("session", "change", programme.sessions[0].pk))
    listed = admin_client.get(address("session", "changelist")).content.decode()

    assert 'value="09:00:00"' in shown.content.decode()
    assert programme.conference.in_words(at(8)) in listed
    assert "Europe/Berlin" in listed


def test_a_time_that_the_clocks_skip_is_refused(admin_client, draft):
    answer = admin_client.post(
        address("session", "add") + f"?schedule={draft.pk}",
        session_form(starts_at_0="2026-03-29", starts_at_1="02:30:00", ends_at_0="2026-03-29"),
    )

    assert list(answer.context["adminform"].form.errors) == ["starts_at"]


def test_a_session_that_ends_before_it_starts_is_refused(admin_client, draft):
    answer = admin_client.post(
        address("session", "add") + f"?schedule={draft.pk}", session_form(ends_at_1="18:00:00")
    )

    assert "The session ends before it starts." in answer.content.decode()


def test_a_session_is_added_to_a_draft(admin_client, draft):
    one = admin_client.get(address("session", "add"))
    assert one["Location"] == address("session", "add") + f"?schedule={draft.pk}"

    Schedule.objects.draft(make_conference())
    two = admin_client.get(address("session", "add"), follow=True)
    assert messages_of(two) == ["Choose the draft that the session belongs to, and add it there."]


def test_a_session_is_not_added_to_what_is_released(admin_client, programme):
    page = address("session", "add") + f"?schedule={programme.version.pk}"
    admin_client.post(page, session_form())

    assert not Session.objects.filter(title="Evening").exists()


def test_slots_are_placed_in_the_session(admin_client, programme, draft):
    tutorial = make_tutorial(programme.conference)
    page = address("session", "add") + f"?schedule={draft.pk}"

    answer = admin_client.post(
        page,
        session_form()
        | {
            "slots-TOTAL_FORMS": 1,
            "slots-0-tutorial": tutorial.pk,
            "slots-0-room": programme.halls[0].pk,
        },
    )

    assert answer.status_code == 302
    slot = Slot.objects.get(tutorial=tutorial)
    assert (slot.session.title, slot.room, slot.schedule) == ("Evening", programme.halls[0], draft)


def test_a_slot_without_a_tutorial_is_an_error_of_the_form(admin_client, programme, draft):
    page = address("session", "add") + f"?schedule={draft.pk}"

    answer = admin_client.post(
        page,
        session_form() | {"slots-TOTAL_FORMS": 1, "slots-0-room": programme.halls[0].pk},
    )

    assert answer.status_code == 200
    assert answer.context["inline_admin_formsets"][0].formset.errors == [
        {"tutorial": ["This field is required."]}
    ]


def test_rooms_of_another_conference_are_refused(admin_client, programme, draft):
    foreign = make_room(make_conference())
    answer = admin_client.post(
        address("session", "add") + f"?schedule={draft.pk}",
        session_form()
        | {
            "slots-TOTAL_FORMS": 1,
            "slots-0-tutorial": programme.t1.pk,
            "slots-0-room": foreign.pk,
        },
    )

    assert list(answer.context["inline_admin_formsets"][0].formset.errors[0]) == ["room"]


def test_a_slot_of_its_own_page(admin_client, programme):
    slot = Slot.objects.get(schedule__number=None, tutorial=programme.t1)

    answer = admin_client.post(
        address("slot", "change", slot.pk),
        {"session": slot.session_id, "tutorial": slot.tutorial_id, "room": programme.halls[1].pk},
    )

    assert answer.status_code == 302
    slot.refresh_from_db()
    assert slot.room == programme.halls[1]


@pytest.mark.parametrize("model", [Schedule, Session, Slot])
def test_what_is_released_is_looked_at_only(admin_client, programme, model):
    released = {
        Schedule: programme.version,
        Session: programme.version.sessions.first(),
        Slot: programme.version.slots.first(),
    }[model]
    name = model._meta.model_name

    page = admin_client.get(address(name, "change", released.pk)).content.decode()

    assert 'name="_save"' not in page
    assert admin_client.post(address(name, "change", released.pk), {}).status_code == 403
    assert admin_client.post(address(name, "delete", released.pk), {"post": "yes"}).status_code == (
        403
    )
    assert model.objects.filter(pk=released.pk).exists()


@pytest.mark.parametrize("model", [Session, Slot])
def test_released_rows_are_not_deleted_in_bulk(admin_client, programme, model):
    released = model.objects.filter(schedule=programme.version)

    answer = admin_client.post(
        address(model._meta.model_name, "changelist") + "?version=all",
        {
            "action": "delete_selected",
            "_selected_action": [row.pk for row in released],
            "post": "yes",
        },
    )

    assert answer.status_code == 403
    assert released.exists()


def test_the_list_shows_the_draft_unless_asked(admin_client, programme):
    def rows(query=""):
        answer = admin_client.get(address("slot", "changelist") + query)
        return {slot.schedule.number for slot in answer.context["cl"].result_list}

    assert rows() == {None}
    assert rows("?version=public") == {1}
    assert rows("?version=all") == {None, 1}


def release_page(conference):
    return reverse("admin:tutorials_schedule_release", args=[conference.slug])


def test_release(admin_client, programme, organiser):
    make_session(programme.conference, at(15), title="Evening")

    page = admin_client.get(release_page(programme.conference)).content.decode()
    answer = admin_client.post(
        release_page(programme.conference), {"notes": "An evening more."}, follow=True
    )

    assert "The public sees version 1" in page
    assert messages_of(answer) == [
        "Version 2 of CPAL 2026 is released: it is what the public sees now."
    ]
    version = Schedule.objects.current(programme.conference).get()
    assert (version.number, version.notes, version.released_by) == (
        2,
        "An evening more.",
        organiser,
    )


def test_looking_at_the_release_page_releases_nothing(admin_client, programme):
    make_session(programme.conference, at(15))

    admin_client.get(release_page(programme.conference))

    assert Schedule.objects.released().count() == 1


def test_a_draft_without_changes_has_nothing_to_release(admin_client, programme):
    page = admin_client.get(release_page(programme.conference)).content.decode()

    assert "There is nothing to release." in page
    assert 'type="submit" class="default"' not in page


def test_a_clash_is_shown_and_keeps_the_draft_from_release(admin_client, programme):
    make_slot(programme.sessions[0], programme.t2, programme.halls[0])

    answer = admin_client.post(
        release_page(programme.conference), {"notes": "What I typed", "keep_everyone": "on"}
    )

    page = answer.content.decode()
    assert "Nothing was released" in page
    assert "Hall A holds" in page
    assert "What I typed" in page
    assert Schedule.objects.released().count() == 1


def test_who_would_be_worse_off_is_decided_about(admin_client, programme, attendees):
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    small = make_room(programme.conference, 2, name="Small room")
    slot = Slot.objects.get(schedule__number=None, tutorial=programme.t1)
    slot.room = small
    slot.save()

    page = admin_client.get(release_page(programme.conference)).content.decode()
    refused = admin_client.post(release_page(programme.conference), {"notes": ""})
    kept = admin_client.post(
        release_page(programme.conference), {"notes": "", "keep_everyone": "on"}, follow=True
    )

    assert "would have 2 seats and has 3 people" in page
    assert 'name="keep_everyone"' in page
    assert "Nothing was released" in refused.content.decode()
    assert messages_of(kept)[0].startswith("Version 2")
    programme.t1.refresh_from_db()
    assert programme.t1.seats == 3


def test_release_of_an_unknown_conference(admin_client, programme):
    answer = admin_client.get(reverse("admin:tutorials_schedule_release", args=["nowhere"]))

    assert answer.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_release_commits_by_itself(admin_client, programme):
    """No transaction of the admin is around it: a durable one would refuse to open."""
    make_session(programme.conference, at(15))

    admin_client.post(release_page(programme.conference), {"notes": ""})

    assert not schedule.has_changes(programme.conference)
