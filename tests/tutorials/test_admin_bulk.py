"""Many rows of a list at once."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from tests.factories import NOW, make_conference, make_track, make_tutorial, make_user
from tests.pages import text_of
from tutorials import registration
from tutorials.audit import audit
from tutorials.models import Registration

TUTORIALS = reverse("admin:tutorials_tutorial_changelist")
REGISTRATIONS = reverse("admin:tutorials_registration_changelist")
ATTENDEES = reverse("admin:people_attendee_changelist")


def chosen(action, rows, **fields):
    return {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], **fields}


def answered(page, **fields):
    """What the browser sends when the page that asks is answered."""
    form = page.context["adminform"].form
    carried = {name: form[name].initial for name in form.fields if form[name].is_hidden}
    return {**carried, **fields}


@pytest.fixture
def busy(programme, attendees):
    for attendee in attendees[:5]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    return programme


class TestTutorials:
    def ask(self, client, rows):
        return client.post(TUTORIALS, chosen("set_track_or_level", rows))

    def test_it_asks_first_and_changes_only_what_is_said(self, admin_client, programme):
        rows = [programme.t1, programme.t3]
        page = self.ask(admin_client, rows)
        assert "Track B" in text_of(page)

        admin_client.post(TUTORIALS, answered(page, track="keep", level="advanced"))

        for row in rows:
            row.refresh_from_db()
        assert [row.level for row in rows] == ["advanced", "advanced"]
        assert [row.track for row in rows] == programme.tracks

    def test_a_track_is_set_and_taken_away(self, admin_client, programme):
        page = self.ask(admin_client, [programme.t1])
        sent = answered(page, track=programme.tracks[1].pk, level="keep")
        answer = admin_client.post(TUTORIALS, sent, follow=True)
        programme.t1.refresh_from_db()
        assert programme.t1.track == programme.tracks[1]
        assert "1 tutorial changed." in text_of(answer)

        admin_client.post(TUTORIALS, answered(page, track="", level="keep"))

        programme.t1.refresh_from_db()
        assert programme.t1.track is None

    def test_a_track_of_another_edition_is_no_choice(self, admin_client, programme):
        foreign = make_track(make_conference())
        page = self.ask(admin_client, [programme.t1])

        again = admin_client.post(TUTORIALS, answered(page, track=foreign.pk, level="keep"))

        assert again.status_code == 200
        programme.t1.refresh_from_db()
        assert programme.t1.track == programme.tracks[0]

    def test_tutorials_of_two_editions_have_no_common_track(self, admin_client, programme):
        other = make_tutorial(make_conference())

        answer = admin_client.post(
            TUTORIALS, chosen("set_track_or_level", [programme.t1, other]), follow=True
        )

        assert "Choose tutorials of one only" in text_of(answer)

    def test_a_viewer_is_not_offered_it(self, client, programme):
        viewer = make_user()
        viewer.memberships.create(conference=programme.conference, role="viewer")
        client.force_login(viewer)

        assert "set_track_or_level" not in client.get(TUTORIALS).content.decode()
        sent = chosen("set_track_or_level", [programme.t1], answered="yes", track="", level="")
        client.post(TUTORIALS, sent)

        programme.t1.refresh_from_db()
        assert programme.t1.track == programme.tracks[0]


class TestRegistrations:
    def test_they_are_cancelled_after_asking_and_whoever_waits_gets_in(
        self, admin_client, busy, attendees
    ):
        rows = Registration.objects.filter(attendee__in=attendees[:2])
        page = admin_client.post(REGISTRATIONS, chosen("cancel_chosen", rows))
        assert "2 registrations are cancelled. Whoever waits gets the seats." in text_of(page)
        assert rows.live().count() == 2

        sent = answered(page, reason="The room is too small")
        answer = admin_client.post(REGISTRATIONS, sent, follow=True)

        assert "2 registrations are cancelled." in text_of(answer)
        assert {row.status for row in rows.all()} == {"cancelled"}
        assert {row.changes.latest("pk").reason for row in rows.all()} == {"The room is too small"}
        seated = Registration.objects.seated().values_list("attendee", flat=True)
        assert set(seated) == {attendee.pk for attendee in attendees[2:5]}
        assert audit(busy.conference) == []

    def test_those_of_another_edition_are_not_touched(self, client, busy):
        other = make_user()
        other.memberships.create(conference=make_conference(), role="organiser")
        client.force_login(other)
        rows = list(Registration.objects.live())

        client.post(REGISTRATIONS, chosen("cancel_chosen", rows, answered="yes", reason="x"))

        assert Registration.objects.live().count() == len(rows)


class TestAttendees:
    def test_they_are_withdrawn_after_asking(self, admin_client, busy, attendees):
        page = admin_client.post(ATTENDEES, chosen("withdraw_chosen", attendees[:2]))
        assert "2 attendees are withdrawn" in text_of(page)
        attendees[0].refresh_from_db()
        assert attendees[0].withdrawn_at is None

        admin_client.post(ATTENDEES, answered(page, reason="Refunded"))

        attendees[0].refresh_from_db()
        assert attendees[0].withdrawn_at is not None
        assert not Registration.objects.live().filter(attendee__in=attendees[:2]).exists()
        assert audit(busy.conference) == []
