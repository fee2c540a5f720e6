"""The list of all that happened, and the page that asks whether all rows agree."""

import pytest
from django.urls import reverse

from conference.models import Conference
from tests.factories import NOW, make_attendee, make_conference, make_member, make_tutorial
from tests.pages import text_of
from tutorials import registration
from tutorials.models import Change, CheckIn, Tutorial

LISTED = "admin:tutorials_change_changelist"


@pytest.fixture
def busy(programme, attendees, organiser):
    """Somebody registers for T1 and leaves; T2 has its seats changed."""
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    registration.cancel(attendees[0], programme.t1, by=None, at=NOW)
    registration.change_capacity(
        programme.t2, capacity=2, kept_back=0, too_few=registration.TooFew.KEEP,
        by=organiser, at=NOW, reason="Fire safety.",
    )  # fmt: skip
    Change.objects.filter(
        registration=None, seats_were=None
    ).delete()  # from when the schedule was released
    return programme


def rows(client, query=""):
    answer = client.get(reverse(LISTED) + query)
    assert answer.status_code == 200
    admin = answer.context["cl"].model_admin
    return [
        (row.tutorial.code, admin.what(row), row.get_why_display(), admin.whom(row), row.reason)
        for row in answer.context["cl"].result_list
    ]


def test_the_latest_comes_first(admin_client, busy):
    assert rows(admin_client) == [
        ("T2", "seats: 3 → seats: 2", "the capacity changed", "Olga", "Fire safety."),
        ("T1", "confirmed → cancelled", "the attendee asked for it", "the system", ""),
        ("T1", "– → confirmed", "the attendee asked for it", "the system", ""),
    ]


def test_they_are_counted_as_changes(admin_client, busy):
    assert "3 changes" in admin_client.get(reverse(LISTED)).content.decode()


MODELS = ["change", "registration", "mail", "checkin"]


def listed(client, model, query=""):
    """The headings of a list, and its page."""
    answer = client.get(reverse(f"admin:tutorials_{model}_changelist") + query)
    return answer.context["cl"].list_display, text_of(answer)


@pytest.fixture
def one_of_each(programme, conference):
    """A row in each of the lists."""
    ada = make_attendee(conference, email="ada@example.org")
    registration.register(ada, programme.t1, by=None, at=NOW)
    slot = programme.version.slots.get(tutorial=programme.t1)
    CheckIn.objects.create(
        attendee=ada, tutorial=programme.t1, slot_key=slot.key, at=NOW, kind="in"
    )


@pytest.mark.parametrize("model", MODELS)
def test_times_in_a_list_are_short_and_their_zone_stands_above(admin_client, one_of_each, model):
    columns, page = listed(admin_client, model)

    assert "16 Mar, 11:00" in page
    assert page.count("Europe/Berlin") == 1
    assert "Times are in Europe/Berlin." in page
    assert "conference" not in columns


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_where_there_are_several_zones_each_time_names_its_own(
    admin_client, one_of_each, conference, model, zone
):
    make_conference(time_zone=zone)

    columns, page = listed(admin_client, model)
    assert "16 Mar, 11:00 (Europe/Berlin)" in page
    assert "Times are in" not in page
    assert "conference" in columns

    Conference.objects.filter(pk=conference.pk).update(time_zone=zone)
    columns, page = listed(admin_client, model)
    assert f"Times are in {zone}." in page
    assert "conference" in columns

    chosen = f"?tutorial__conference__id__exact={conference.pk}"
    assert "conference" not in listed(admin_client, model, chosen)[0]


def test_times_of_utc_are_named_among_others(admin_client, one_of_each, conference):
    conference.time_zone = "UTC"
    conference.save()
    make_conference()

    assert "16 Mar, 10:00 (UTC)" in listed(admin_client, "change")[1]


def test_what_stays_is_said_once(admin_client, busy, attendees):
    Change.objects.filter(registration=None).update(seats_became=3)
    Change.objects.filter(became="cancelled").update(was="cancelled")

    assert [what for _, what, *_ in rows(admin_client)] == [
        "stays seats: 3", "stays cancelled", "– → confirmed",
    ]  # fmt: skip


def test_no_limit_is_said_plainly(admin_client, busy):
    Change.objects.filter(registration=None).update(seats_became=None)

    assert rows(admin_client)[0][1] == "seats: 3 → no limit"


def test_it_is_searched_by_name_and_filtered(admin_client, busy, attendees):
    assert len(rows(admin_client, "?q=Person+1")) == 2
    assert rows(admin_client, "?q=Person+2") == []
    assert len(rows(admin_client, "?why__exact=capacity")) == 1
    assert len(rows(admin_client, f"?tutorial__id__exact={busy.t2.pk}")) == 1
    assert rows(admin_client, "?tutorial__id__exact=x") == rows(admin_client)


def choices(client, query=""):
    filters = client.get(reverse(LISTED) + query).context["cl"].filter_specs
    return [
        [label for _, label in each.lookup_choices]
        for each in filters
        if getattr(each, "parameter_name", "") == "tutorial__id__exact"
    ]


def test_tutorials_to_filter_by_are_those_of_one_conference(admin_client, busy):
    assert choices(admin_client)[0][0].startswith("T1 ")

    other = make_tutorial(make_conference(), title="Elsewhere")
    assert choices(admin_client) == []
    chosen = f"?tutorial__conference__id__exact={other.conference_id}"
    assert choices(admin_client, chosen) == [["T1 Elsewhere"]]


def test_nobody_writes_history_by_hand(admin_client, busy):
    row = Change.objects.latest("pk")
    for page in ("change", "delete"):
        address = reverse(f"admin:tutorials_change_{page}", args=[row.pk])
        assert admin_client.post(address, {"post": "yes", "reason": "x"}).status_code == 403
    assert Change.objects.filter(pk=row.pk, reason="Fire safety.").exists()


def test_it_is_for_who_may_see_it(client, busy):
    client.force_login(make_member(busy.conference, "editor"))
    page = reverse("admin:tutorials_tutorial_change", args=[busy.t1.pk])

    assert client.get(reverse(LISTED)).status_code == 403
    assert reverse(LISTED) not in client.get(page).content.decode()

    client.force_login(make_member(busy.conference, "organiser"))
    assert client.get(reverse(LISTED)).status_code == 200
    assert f"{reverse(LISTED)}?tutorial" in client.get(page).content.decode()


@pytest.fixture
def audit_page(conference):
    return reverse("admin:conference_conference_audit", args=[conference.pk])


def test_good_news(admin_client, busy, audit_page):
    change = reverse("admin:conference_conference_change", args=[busy.conference.pk])

    assert audit_page in admin_client.get(change).content.decode()
    page = admin_client.get(audit_page).content.decode()
    assert "Everything agrees: 4 tutorials, 1 registration." in page
    assert "What does not agree" not in page


def test_what_does_not_agree_is_listed(admin_client, busy, audit_page):
    Tutorial.objects.filter(pk=busy.t1.pk).update(seats_taken=1)

    page = admin_client.get(audit_page).content.decode()

    assert "not everything agrees" in page
    assert "T1: seats_taken is 1, 0 registrations take a seat" in page


def test_a_seat_that_the_worker_has_not_given_away_yet(
    admin_client, programme, attendees, audit_page, monkeypatch
):
    monkeypatch.setattr("tutorials.audit.left_waiting", lambda conference, at: ["T1: is free"])

    page = admin_client.get(audit_page).content.decode()

    assert "Everything agrees" in page
    assert "look whether the worker runs" in page
    assert "T1: is free" in page


def test_the_audit_is_for_who_may_change_registrations(client, busy, audit_page):
    client.force_login(make_member(busy.conference, "editor"))

    assert client.get(audit_page).status_code == 403
