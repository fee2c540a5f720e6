"""Deciding on the release page about those who would be worse off."""

import pytest
from django.urls import reverse

from people.models import Attendee
from tests.factories import NOW, make_room
from tests.pages import messages_of
from tutorials import registration
from tutorials.admin.release import clashes_address
from tutorials.models import Registration, Schedule


@pytest.fixture
def page(conference):
    return reverse("admin:tutorials_schedule_release", args=[conference.slug])


def draft_slot(tutorial):
    return Schedule.objects.draft(tutorial.conference).slots.filter(tutorial=tutorial)


@pytest.fixture
def smaller(programme, attendees):
    """T1 has three people; in the draft its room holds two."""
    for attendee in attendees[:3]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    draft_slot(programme.t1).update(room=make_room(programme.conference, 2))
    return programme


@pytest.fixture
def clash(programme, attendees):
    """Two people are in T1 and T4, which the draft lets overlap."""
    for attendee in attendees[:2]:
        for tutorial in (programme.t1, programme.t4):
            registration.register(attendee, tutorial, by=None, at=NOW)
    draft_slot(programme.t4).update(session=programme.sessions[0])
    draft_slot(programme.t3).update(session=programme.sessions[1])
    return programme


def about(code, *tutorials):
    """The name of the input that decides about these."""
    return "_".join(["decide", code, *(str(tutorial.pk) for tutorial in tutorials)])


def choices_of(answer, name):
    return [label for _, label in answer.context["adminform"].form.fields[name].choices]


def released(conference):
    return Schedule.objects.current(conference).get().number


def statuses(tutorial):
    return list(tutorial.registrations.order_by("pk").values_list("status", flat=True))


def test_each_thing_to_decide_has_its_choices(admin_client, page, smaller):
    answer = admin_client.get(page)

    html = answer.content.decode()
    assert html.index("Decide:") < html.index("would have 2 seats and has 3 people")
    assert choices_of(answer, about("seats", smaller.t1)) == [
        "–",
        "Everybody keeps their seat",
        "The newest go to the head of the waiting list",
    ]


def test_the_choices_about_two_at_once(admin_client, page, clash):
    answer = admin_client.get(page)

    assert choices_of(answer, about("people", clash.t1, clash.t4)) == [
        "–",
        "They keep both seats",
        f"They go to the head of the waiting list of {clash.t1}",
        f"They go to the head of the waiting list of {clash.t4}",
    ]


def test_who_has_a_registration_and_no_time_can_only_keep_it(
    admin_client, page, programme, attendees
):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    draft_slot(programme.t1).delete()

    answer = admin_client.get(page)
    name = about("no_time", programme.t1)
    assert choices_of(answer, name) == ["–", "Everybody keeps their registration"]

    admin_client.post(page, {name: "keep"})
    assert released(programme.conference) == 2


def test_once_it_is_released_nothing_is_left_to_mend(admin_client, page, programme, attendees):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    draft_slot(programme.t1).delete()
    draft_slot(programme.t2).update(room=None)
    name = about("no_time", programme.t1)
    assert "Decide:" in admin_client.get(page).content.decode()

    admin_client.post(page, {name: "keep"})

    html = admin_client.get(page).content.decode()
    assert "There is nothing to release." in html
    assert "Mend:" not in html
    assert "Decide:" not in html
    assert "has no room yet" in html  # which is odd still


def test_what_is_merely_odd_asks_for_nothing(admin_client, page, programme):
    draft_slot(programme.t1).update(room=None)

    answer = admin_client.get(page)

    assert "has no room yet" in answer.content.decode()
    assert list(answer.context["adminform"].form.fields) == ["notes"]


def test_the_newest_go_back(admin_client, page, smaller):
    answer = admin_client.post(page, {about("seats", smaller.t1): str(smaller.t1.pk)}, follow=True)

    assert messages_of(answer) == [
        "Version 2 of CPAL 2026 is released: it is what the public sees now.",
        "1 person went to the head of the waiting list and is told.",
    ]
    assert statuses(smaller.t1) == ["confirmed", "confirmed", "waitlisted"]


def test_everybody_keeps_their_seat(admin_client, page, smaller):
    admin_client.post(page, {about("seats", smaller.t1): "keep"})

    assert released(smaller.conference) == 2
    assert statuses(smaller.t1) == ["confirmed"] * 3


@pytest.mark.parametrize("choice", ["", "999999", "move_back"])
def test_without_a_decision_nothing_is_released(admin_client, page, smaller, choice):
    answer = admin_client.post(page, {about("seats", smaller.t1): choice, "notes": "Typed"})

    assert "Typed" in answer.content.decode()
    assert released(smaller.conference) == 1
    assert statuses(smaller.t1) == ["confirmed"] * 3


def test_they_keep_both_and_are_listed(admin_client, page, clash, conference):
    answer = admin_client.post(page, {about("people", clash.t1, clash.t4): "keep"}, follow=True)

    said = messages_of(answer)[1]
    assert said.startswith("2 people have seats at the same time, because the schedule changed.")
    listed = clashes_address(conference)
    assert listed.replace("&", "&amp;") in answer.content.decode()
    assert len(admin_client.get(listed).context["cl"].result_list) == 4

    registration.cancel(Attendee.objects.get(name="Person 1"), clash.t4, by=None, at=NOW)
    assert len(admin_client.get(listed).context["cl"].result_list) == 3


@pytest.mark.parametrize("given_up", ["t1", "t4"])
def test_they_give_up_the_one_that_is_chosen(admin_client, page, clash, given_up):
    given_up = getattr(clash, given_up)

    admin_client.post(page, {about("people", clash.t1, clash.t4): str(given_up.pk)})

    # They keep the other, and are asked at once whether they would rather have this one.
    offered = Registration.objects.filter(status="offered")
    assert [row.tutorial for row in offered] == [given_up, given_up]
    assert Registration.objects.filter(status="confirmed").count() == 2


def test_what_contradicts_itself_is_refused(admin_client, page, clash, attendees):
    """To move T1’s newest back would also move those who are to keep T1 and T4."""
    registration.register(attendees[2], clash.t1, by=None, at=NOW)
    draft_slot(clash.t1).update(room=make_room(clash.conference, 2))
    seats, both = about("seats", clash.t1), about("people", clash.t1, clash.t4)

    answer = admin_client.post(page, {seats: str(clash.t1.pk), both: "keep"})
    assert f"{clash.t1} is named in two places" in answer.content.decode()
    assert released(clash.conference) == 1

    admin_client.post(page, {seats: "keep", both: str(clash.t4.pk)})
    assert released(clash.conference) == 2
    assert statuses(clash.t1) == ["confirmed"] * 3
    assert statuses(clash.t4) == ["offered"] * 2


def test_one_decision_is_none_about_something_else(admin_client, page, clash, attendees):
    """To keep T1 and T4 says nothing yet about those in T1 who are too many."""
    registration.register(attendees[2], clash.t1, by=None, at=NOW)
    draft_slot(clash.t1).update(room=make_room(clash.conference, 2))
    seats, both = about("seats", clash.t1), about("people", clash.t1, clash.t4)

    answer = admin_client.post(page, {both: "keep"})
    assert list(answer.context["adminform"].form.errors) == [seats]
    assert released(clash.conference) == 1

    answer = admin_client.post(page, {both: str(clash.t1.pk), "keep_everyone": "on"})
    assert f"{clash.t1} is named in two places" in answer.content.decode()
    assert released(clash.conference) == 1


def test_everybody_else_keeps_what_they_have(admin_client, page, clash, attendees):
    registration.register(attendees[2], clash.t2, by=None, at=NOW)
    registration.register(attendees[3], clash.t2, by=None, at=NOW)
    draft_slot(clash.t2).update(room=make_room(clash.conference, 1))
    both = about("people", clash.t1, clash.t4)

    admin_client.post(page, {both: str(clash.t4.pk), "keep_everyone": "on"})

    assert released(clash.conference) == 2
    assert statuses(clash.t2) == ["confirmed"] * 2
    assert statuses(clash.t4) == ["offered"] * 2


def test_the_draft_leads_to_who_has_clashes(admin_client, clash, conference):
    draft = Schedule.objects.draft(conference)
    change = reverse("admin:tutorials_schedule_change", args=[draft.pk])

    assert "Who has clashes" in admin_client.get(change).content.decode()
    conference.attendance = "open"
    conference.save()
    assert "Who has clashes" not in admin_client.get(change).content.decode()
