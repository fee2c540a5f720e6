import pytest
from django.urls import reverse

from tests.factories import NOW, at, make_conference, make_member
from tests.pages import messages_of
from tutorials import checkin, mails, registration
from tutorials.models import Change, Mail, Registration, Slot

REGISTER = "admin:tutorials_registration_register"
ADD = "admin:tutorials_registration_add_somebody"


@pytest.fixture
def row(programme, attendees):
    return registration.register(attendees[0], programme.t1, by=None, at=NOW)


def test_register_somebody(admin_client, programme, attendees):
    answer = admin_client.post(
        reverse(REGISTER),
        {"attendee": attendees[0].pk, "tutorial": programme.t1.pk},
        follow=True,
    )

    assert messages_of(answer) == [f"Person 1 has a seat in {programme.t1}."]
    assert Registration.objects.get().status == "confirmed"


def test_somebody_too_many_waits(admin_client, programme, attendees):
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)

    answer = admin_client.post(
        reverse(REGISTER),
        {"attendee": attendees[4].pk, "tutorial": programme.t1.pk},
        follow=True,
    )

    assert messages_of(answer) == [f"Person 5 waits for {programme.t1}, at place 2."]


def test_a_refusal_is_said_and_nothing_is_lost(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t3, by=None, at=NOW)

    answer = admin_client.post(
        reverse(REGISTER), {"attendee": attendees[0].pk, "tutorial": programme.t1.pk}
    )

    page = answer.content.decode()
    assert "which overlaps this tutorial" in page
    assert f'<option value="{attendees[0].pk}" selected>' in page
    assert Registration.objects.count() == 1


def test_nobody_chosen(admin_client, programme):
    answer = admin_client.post(reverse(REGISTER), {})

    assert answer.content.decode().count("This field is required.") == 2


def test_cancel(admin_client, programme, attendees):
    rows = [
        registration.register(attendee, programme.t1, by=None, at=NOW) for attendee in attendees[:4]
    ]
    page = reverse("admin:tutorials_registration_cancel", args=[rows[0].pk])

    asked = admin_client.get(page).content.decode()
    answer = admin_client.post(page, follow=True)

    assert "Person 1 loses the place" in asked
    assert messages_of(answer) == ["The registration is cancelled."]
    first, last = (Registration.objects.get(pk=rows[n].pk) for n in (0, 3))
    assert (first.status, first.cancelled_because) == ("cancelled", "withdrawn")
    assert last.status == "confirmed"


def test_cancel_twice_changes_nothing(admin_client, row):
    page = reverse("admin:tutorials_registration_cancel", args=[row.pk])
    admin_client.post(page)
    before = Registration.objects.get()

    answer = admin_client.post(page, follow=True)

    assert answer.status_code == 200
    assert Registration.objects.get().cancelled_at == before.cancelled_at
    assert "cancelled already" in admin_client.get(page).content.decode()


def test_the_reason_of_a_cancellation_reaches_the_attendee(
    admin_client, organiser, programme, attendees
):
    attendees[0].email = "p@example.org"
    attendees[0].save()
    row = registration.register(attendees[0], programme.t1, by=None, at=NOW)
    page = reverse("admin:tutorials_registration_cancel", args=[row.pk])

    asked = admin_client.get(page).content.decode()
    admin_client.post(page, {"reason": "You asked us to."})

    assert "Attendees read it in their mail" in asked
    assert "You asked us to." in mails.message(Mail.objects.get(kind="withdrawn")).body
    noted = Change.objects.get(registration=row, became="cancelled")
    assert (noted.reason, noted.by, noted.why) == ("You asked us to.", organiser, "organiser")


@pytest.fixture
def full(programme, attendees):
    for attendee in attendees[:4]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    return programme.t1


def add(client, attendee, tutorial, **fields):
    form = {"attendee": attendee.pk, "tutorial": tutorial.pk, "reason": "The speaker’s guest."}
    return client.post(reverse(ADD), form | fields, follow=True)


def errors_of(answer):
    return answer.context["adminform"].form.errors


def test_add_somebody_where_a_seat_is_free(admin_client, organiser, programme, attendees):
    answer = add(admin_client, attendees[0], programme.t1)

    assert messages_of(answer) == [f"Person 1 has a seat in {programme.t1}."]
    noted = Change.objects.get(registration__isnull=False)
    assert (noted.why, noted.by, noted.reason) == ("organiser", organiser, "The speaker’s guest.")


def test_a_reason_is_asked_for(admin_client, programme, attendees):
    answer = add(admin_client, attendees[0], programme.t1, reason="")

    assert list(errors_of(answer)) == ["reason"]
    assert not Registration.objects.exists()


def test_above_the_seats_only_who_says_so(admin_client, full, attendees):
    answer = add(admin_client, attendees[4], full)
    assert errors_of(answer) == {"above_seats": [f"All seats of {full} are taken."]}

    answer = add(admin_client, attendees[4], full, above_seats="on")
    assert messages_of(answer) == [f"Person 5 has a seat in {full}."]
    full.refresh_from_db()
    assert (full.seats, full.seats_taken) == (4, 4)
    assert Registration.objects.get(attendee=attendees[3]).status == "waitlisted"


def test_who_waits_is_given_the_seat(admin_client, full, attendees):
    add(admin_client, attendees[3], full, above_seats="on")

    assert Registration.objects.get(attendee=attendees[3]).status == "confirmed"


def test_despite_an_overlap_only_who_says_so(admin_client, programme, attendees):
    registration.register(attendees[0], programme.t3, by=None, at=NOW)

    answer = add(admin_client, attendees[0], programme.t1)
    assert list(errors_of(answer)) == ["despite_overlap"]

    add(admin_client, attendees[0], programme.t1, despite_overlap="on")
    row = Registration.objects.get(tutorial=programme.t1)
    assert (row.status, row.overlap) == ("confirmed", "override")


def test_add_where_nobody_can_have_a_seat(admin_client, programme, attendees):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)

    answer = add(admin_client, attendees[0], programme.t1)

    assert errors_of(answer) == {"__all__": ["This tutorial has been cancelled."]}


def move_page(row):
    return reverse("admin:tutorials_registration_move", args=[row.pk])


def test_move_to_another_tutorial(admin_client, programme, attendees, row):
    answer = admin_client.post(move_page(row), {"tutorial": programme.t3.pk}, follow=True)

    assert messages_of(answer) == [f"Person 1 has a seat in {programme.t3}."]
    states = Registration.objects.order_by("pk").values_list("tutorial__code", "status")
    assert list(states) == [("T1", "cancelled"), ("T3", "confirmed")]


def test_move_to_one_that_is_full_keeps_the_seat_meanwhile(
    admin_client, full, programme, attendees
):
    row = registration.register(attendees[5], programme.t3, by=None, at=NOW)

    answer = admin_client.post(move_page(row), {"tutorial": full.pk}, follow=True)

    assert messages_of(answer) == [f"Person 6 waits for {full}, at place 2."]
    row.refresh_from_db()
    assert row.status == "confirmed"
    assert Registration.objects.get(attendee=attendees[5], tutorial=full).gives_up == programme.t3


def test_a_move_that_is_refused_changes_nothing(admin_client, programme, attendees, row):
    registration.register(attendees[0], programme.t2, by=None, at=NOW)

    answer = admin_client.post(move_page(row), {"tutorial": programme.t4.pk})

    assert "overlaps this tutorial too" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "confirmed"


def test_who_waits_is_not_moved(admin_client, full, programme, attendees):
    waiting = Registration.objects.waiting().get()
    page = reverse("admin:tutorials_registration_change", args=[waiting.pk])

    assert move_page(waiting) not in admin_client.get(page).content.decode()
    answer = admin_client.post(move_page(waiting), {"tutorial": programme.t3.pk})

    assert "Only who has a seat can be moved" in answer.content.decode()
    assert Registration.objects.filter(tutorial=programme.t3).count() == 0


@pytest.mark.django_db(transaction=True)
def test_all_of_them_commit_by_themselves(admin_client, programme, attendees):
    """No transaction of the admin is around them: a durable one would refuse to open."""
    add(admin_client, attendees[0], programme.t1)
    row = Registration.objects.get()
    admin_client.post(move_page(row), {"tutorial": programme.t3.pk})

    assert Registration.objects.live().get().tutorial == programme.t3


def test_its_page_tells_what_happened(admin_client, organiser, row):
    registration.cancel(
        row.attendee,
        row.tutorial,
        by=organiser,
        at=NOW,
        because=Registration.Because.WITHDRAWN,
        reason="Ill <b>.",
    )
    page = reverse("admin:tutorials_registration_change", args=[row.pk])

    answer = admin_client.get(page)

    first, last = answer.context["story"]
    assert first == {
        "when": "Monday 16 March 2026, 11:00 (Europe/Berlin)",
        "what": "– → confirmed",
        "why": "the attendee asked for it",
        "by": "the system",
        "reason": "",
    }
    assert (last["what"], last["by"]) == ("confirmed → cancelled", "Olga")
    assert "Ill &lt;b&gt;." in answer.content.decode()


def test_the_list_marks_who_has_two_at_once(admin_client, programme, attendees):
    for tutorial in (programme.t1, programme.t4):
        registration.register(attendees[0], tutorial, by=None, at=NOW)
    registration.register(attendees[1], programme.t1, by=None, at=NOW)
    registration.add(attendees[0], programme.t3, by=None, at=NOW, reason="–", despite_overlap=True)

    listed = reverse("admin:tutorials_registration_changelist")
    rows = admin_client.get(f"{listed}?overlap__exact=override").context["cl"].result_list

    assert [(row.attendee, row.tutorial) for row in rows] == [(attendees[0], programme.t3)]
    assert "an organiser allowed it" in admin_client.get(listed).content.decode()


@pytest.mark.django_db(transaction=True)
def test_both_commit_by_themselves(admin_client, programme, attendees):
    """No transaction of the admin is around them: a durable one would refuse to open."""
    admin_client.post(reverse(REGISTER), {"attendee": attendees[0].pk, "tutorial": programme.t1.pk})
    row = Registration.objects.get()
    admin_client.post(reverse("admin:tutorials_registration_cancel", args=[row.pk]))

    row.refresh_from_db()
    assert row.status == "cancelled"


@pytest.mark.parametrize("page", ["change", "delete"])
def test_registrations_are_written_elsewhere(admin_client, row, page):
    address = reverse(f"admin:tutorials_registration_{page}", args=[row.pk])

    assert admin_client.post(address, {"post": "yes", "status": "cancelled"}).status_code == 403
    row.refresh_from_db()
    assert row.status == "confirmed"


def test_check_ins_are_written_elsewhere(admin_client, programme, attendees):
    slot = Slot.objects.get(schedule=programme.version, tutorial=programme.t1)
    mark = checkin.check_in(attendees[0], slot, by=None, at=at(8))
    address = reverse("admin:tutorials_checkin_change", args=[mark.pk])

    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"kind": "undo"}).status_code == 403


def test_the_list_tells_the_true_place(admin_client, programme, attendees):
    rows = [
        registration.register(attendee, programme.t1, by=None, at=NOW) for attendee in attendees[:6]
    ]
    registration.cancel(attendees[3], programme.t1, by=None, at=NOW)

    answer = admin_client.get(reverse("admin:tutorials_registration_changelist"))

    places = {row.pk: row.n_place for row in answer.context["cl"].result_list}
    assert [places[row.pk] for row in rows] == [None, None, None, None, 1, 2]


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_may_not_change_attendees_registers_nobody(client, programme, row, role):
    client.force_login(make_member(programme.conference, role))

    for page in ("admin:tutorials_registration_changelist", REGISTER, ADD):
        assert client.get(reverse(page)).status_code == 403
    cancel = reverse("admin:tutorials_registration_cancel", args=[row.pk])
    for page in (move_page(row), cancel):
        assert client.post(page).status_code == 404
    row.refresh_from_db()
    assert row.status in Registration.LIVE


def test_one_acts_for_attendees_of_ones_own_conference(client, programme, attendees, row):
    client.force_login(make_member(make_conference(), "organiser"))
    chosen = {"attendee": attendees[5].pk, "tutorial": programme.t2.pk, "reason": "Why not?"}

    for page in (reverse(REGISTER), reverse(ADD)):
        errors = client.post(page, chosen).context["adminform"].form.errors
        assert set(errors) == {"attendee", "tutorial"}
    assert client.post(move_page(row), {"tutorial": programme.t2.pk}).status_code == 404
    assert not attendees[5].registrations.exists()


def test_the_attendance_list_is_for_who_may_see_attendees(client, programme, attendees):
    attendees[0].email = "person1@example.org"
    attendees[0].save()
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    page = reverse("admin:conference_conference_attendance", args=[programme.conference.pk])
    client.force_login(make_member(programme.conference, "editor"))
    assert client.get(page).status_code == 403

    client.force_login(make_member(programme.conference, "organiser"))
    assert b"person1@example.org" in client.get(page).getvalue()
