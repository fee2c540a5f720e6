"""The admin's first page: checklist, findings, drawings, and whose they are."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from tests.factories import NOW, make_attendee, make_conference, make_user
from tests.pages import text_of
from tutorials import presenting, registration
from tutorials.figures import fills, growth
from tutorials.models import Mail, Material, Registration

INDEX = reverse("admin:index")


@pytest.fixture
def somebody(client, conference):
    """Signs in somebody of that role at the conference."""

    def sign_in(role):
        user = make_user()
        user.memberships.create(conference=conference, role=role)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def busy(programme, attendees):
    for attendee in attendees[:5]:
        registration.register(attendee, programme.t1, by=None, at=NOW)
    return programme


def test_an_organiser_sees_what_remains_and_how_full_it_is(somebody, busy):
    page = text_of(somebody("organiser").get(INDEX))

    assert "Before it opens" in page
    assert "To do: Privacy notice" in page
    assert "Done: Schedule released Version 1 is public." in page
    assert "3 of 3 taken · 2 waiting" in page
    assert "5 registrations; the most in one hour were 5." in page
    assert "Last changes" in page
    assert "Person 1" in page


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_may_not_see_attendees_sees_no_name_of_one(somebody, busy, role):
    page = text_of(somebody(role).get(INDEX))

    assert "Before it opens" in page
    assert "Person 1" not in page
    assert "Last changes" not in page


def test_a_step_leads_only_those_who_may_do_it(somebody, busy):
    form = reverse("admin:conference_conference_change", args=[busy.conference.pk])
    link = f'<a href="{form}">Privacy notice</a>'

    assert link in somebody("organiser").get(INDEX).content.decode()
    assert link not in somebody("editor").get(INDEX).content.decode()


def test_every_step_leads_to_a_page_that_is_there(client, organiser, busy):
    client.force_login(organiser)
    busy.conference.attendance = "register_with_ticket"
    busy.conference.save()

    tasks = client.get(INDEX).context["tasks"]

    assert len(tasks) > 12
    for task in tasks:
        assert client.get(task.url).status_code == 200, task.step.code


def test_another_edition_is_looked_at_when_asked_for(client, organiser, busy):
    client.force_login(organiser)
    older = make_conference(name="Older", starts_on="2025-03-24", ends_on="2025-03-26")

    assert client.get(INDEX).context["board"] == busy.conference
    assert client.get(f"{INDEX}?conference={older.pk}").context["board"] == older
    assert f"?conference={older.pk}" in client.get(INDEX).content.decode()


@pytest.mark.parametrize("asked", ["0", "9" * 40, "x", "-1", ""])
def test_an_edition_that_is_not_there_is_the_current_one(client, organiser, busy, asked):
    client.force_login(organiser)

    assert client.get(INDEX, {"conference": asked}).context["board"] == busy.conference


def test_an_edition_of_others_is_not_shown(client, busy):
    user = make_user()
    mine = make_conference(name="Mine")
    user.memberships.create(conference=mine, role="organiser")
    client.force_login(user)

    answer = client.get(f"{INDEX}?conference={busy.conference.pk}")

    assert answer.context["board"] == mine
    assert busy.conference.name not in text_of(answer)


def test_mails_in_trouble_are_counted_and_listed(client, organiser, busy, attendees):
    client.force_login(organiser)
    Mail.objects.create(
        attendee=attendees[0],
        tutorial=busy.t1,
        kind="registered",
        created_at=NOW,
        due_at=NOW,
        given_up_at=NOW,
        last_error="SMTPException: no",
    )

    answer = client.get(INDEX)

    (trouble,) = answer.context["troubles"]
    assert trouble["number"] == 1
    assert "Ada" not in text_of(answer)
    assert client.get(trouble["url"]).context["cl"].result_count == 1


def test_it_costs_the_same_for_more(client, organiser, busy, django_assert_max_num_queries):
    client.force_login(organiser)
    client.get(INDEX)
    with django_assert_max_num_queries(60) as few:
        client.get(INDEX)
    for _ in range(10):
        attendee = make_attendee(busy.conference)
        registration.register(attendee, busy.t3, by=None, at=NOW)
    with django_assert_max_num_queries(len(few)):
        client.get(INDEX)


class TestFigures:
    def test_the_fullest_come_first_and_those_without_a_limit_last(self, busy):
        found = fills(busy.conference, 10)

        assert found[0].tutorial == busy.t1
        assert (found[0].taken, found[0].seats, found[0].percent) == (3, 3, 100)
        assert found[0].waiting == 2
        assert [fill.seats for fill in found[-2:]] == [None, None]
        assert len(fills(busy.conference, 2)) == 2

    def register_at(self, programme, *moments):
        for moment in moments:
            row = registration.register(
                make_attendee(programme.conference), programme.t3, by=None, at=NOW
            )
            Registration.objects.filter(pk=row.pk).update(registered_at=moment)

    def test_nobody_yet(self, programme):
        assert growth(programme.conference).total == 0

    def test_the_first_two_days_are_drawn_by_the_hour(self, programme):
        self.register_at(programme, NOW, NOW, NOW + timedelta(hours=3))

        found = growth(programme.conference)

        assert found.unit == "hour"
        assert [bar.number for bar in found.bars] == [2, 0, 0, 1]
        first = found.bars[0].begins
        assert isinstance(first, datetime)
        assert first.tzinfo == programme.conference.tz

    def test_later_by_the_day_of_the_conference_s_clocks(self, programme):
        # 23:30 in UTC is the next day in Tübingen.
        late = NOW.replace(hour=23, minute=30)
        self.register_at(programme, late, late + timedelta(days=4))

        found = growth(programme.conference)

        assert found.unit == "day"
        assert str(found.bars[0].begins) == "2026-03-17"
        assert [bar.number for bar in found.bars] == [1, 0, 0, 0, 1]

    def test_much_later_by_the_week(self, programme):
        self.register_at(programme, NOW - timedelta(days=100), NOW - timedelta(days=99), NOW)

        found = growth(programme.conference)

        assert found.unit == "week"
        assert len(found.bars) == 15
        assert found.bars[0].number == 2
        assert found.total == 3

    def test_the_hour_that_is_there_twice_is_counted_once_each(self, programme):
        # On 25 October 2026 the clocks go from 3:00 back to 2:00: 0:30 and 1:30 in UTC.
        night = NOW.replace(month=10, day=25, hour=0, minute=30)
        self.register_at(programme, night, night + timedelta(hours=1))

        found = growth(programme.conference)

        assert found.total == 2


def test_what_presenters_and_attendees_wait_for_is_listed(client, organiser, busy, attendees):
    client.force_login(organiser)
    assert "Waits for you" not in text_of(client.get(INDEX))
    busy.conference.attendance = "register_with_ticket"
    busy.conference.save()
    attendees[0].claimed_ticket, attendees[0].claimed_at = "A-1", NOW
    attendees[0].save()
    person = busy.t1.presenters.get().person
    presenting.send(person, busy.t1, {"outline": "One. Two."}, at=NOW)
    Material.objects.create(
        tutorial=busy.t1, title="Slides", file="materials/a.pdf", size=1, uploaded_at=NOW
    )

    answer = client.get(INDEX)

    labels = [ask.label for ask in answer.context["asks"]]
    assert labels == ["1 correction of a presenter", "1 file of a presenter", "1 claim waits"]
    for ask in answer.context["asks"]:
        assert client.get(ask.url).status_code == 200
