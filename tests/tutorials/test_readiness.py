"""What remains before a conference opens, and is a tutorial public?"""

import pytest

from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_person,
    make_presenter,
    make_programme,
    make_room,
    make_session,
    make_slot,
    make_tutorial,
    make_user,
)
from tutorials import registration, schedule
from tutorials.models import Schedule
from tutorials.readiness import readiness
from tutorials.visibility import visibility


def steps(conference):
    return {step.code: step for step in readiness(conference, NOW).steps}


def to_do(conference):
    return [code for code, step in steps(conference).items() if not step.done]


class TestReadiness:
    def test_an_empty_conference_has_everything_before_it(self, db):
        conference = make_conference()

        found = steps(conference)

        assert not found["tutorials"].done
        assert "Import your list" in found["tutorials"].message
        assert {"clashes", "released", "texts", "privacy", "window", "trial"} <= {
            *to_do(conference)
        }

    def test_a_whole_one_is_ready(self, programme, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        conference = programme.conference
        conference.welcome, conference.contact_email = "Come.", "desk@example.org"
        conference.privacy_notice, conference.registration_opens_at = "We keep little.", NOW
        conference.save()
        programme.halls[1].capacity = 20
        programme.halls[1].save()
        for tutorial in programme.tutorials:
            person = tutorial.presenters.get().person
            person.bio, person.photo = "Ada works.", "photos/a.webp"
            person.save()
        team = make_user()
        team.memberships.create(conference=conference, role="organiser")
        tester = make_attendee(conference, user=team)
        registration.register(tester, programme.t1, by=team, at=NOW)
        registration.cancel(tester, programme.t1, by=team, at=NOW)

        ready = readiness(conference, NOW)

        assert [step.code for step in ready.steps if not step.done] == []
        assert ready.is_ready

    def test_what_lacks_a_time_a_room_or_a_limit_is_counted(self, programme):
        make_tutorial(programme.conference)
        late = make_tutorial(programme.conference)
        make_slot(make_session(programme.conference, at(15)), late)

        found = steps(programme.conference)

        assert found["times"].message == "1 tutorial: have no time in the draft."
        assert found["rooms"].message == "1 tutorial: have a time and no room."
        # T3 and T4 are in a hall whose size is not known, and two have none.
        assert found["capacities"].message.startswith("4 tutorials:")

    def test_what_is_called_off_needs_nothing(self, programme):
        registration.cancel_tutorial(programme.t3, by=None, at=NOW)
        registration.cancel_tutorial(programme.t4, by=None, at=NOW)

        assert steps(programme.conference)["capacities"].done

    def test_a_presenter_without_text_or_photo_is_counted(self, programme):
        make_presenter(programme.t1, "", person=make_person("Ada", bio="Ada works."))

        text = steps(programme.conference)["about_presenters"].message

        assert text == "4 without a text about them, 5 without a photo."

    def test_a_change_after_the_release_is_to_be_released(self, programme):
        assert steps(programme.conference)["released"].done
        programme.t1.title = "Another title"
        programme.t1.save()

        assert "has changes since" in steps(programme.conference)["released"].message

    def test_where_nobody_registers_nothing_speaks_of_it(self, programme):
        programme.conference.attendance = "open"
        programme.conference.save()

        assert not {"capacities", "window", "tickets", "mail", "trial"} & {
            *steps(programme.conference)
        }

    def test_where_a_ticket_is_needed_there_must_be_some(self, programme):
        conference = programme.conference
        conference.attendance = "register_with_ticket"
        conference.save()
        assert not steps(conference)["tickets"].done

        make_attendee(conference, ticket_number="A-1")

        assert steps(conference)["tickets"].message == "1 ticket."

    def test_somebody_of_another_edition_is_no_trial(self, programme):
        other = make_user()
        other.memberships.create(conference=make_conference(), role="organiser")
        attendee = make_attendee(programme.conference, user=other)
        registration.register(attendee, programme.t1, by=other, at=NOW)

        assert not steps(programme.conference)["trial"].done

    def test_it_costs_the_same_for_more_tutorials(
        self, conference, django_assert_num_queries, django_assert_max_num_queries
    ):
        make_programme(conference, 6)
        with django_assert_max_num_queries(35) as few:
            readiness(conference, NOW)
        for number in range(20):
            tutorial = make_tutorial(conference)
            make_presenter(tutorial, f"More {number}")
            session = make_session(conference, at(8, number, day=1))
            make_slot(session, tutorial, make_room(conference))
        schedule.release(conference, by=None, at=NOW)
        with django_assert_num_queries(len(few)):
            readiness(conference, NOW)


class TestVisibility:
    @pytest.mark.parametrize("status", ["proposed", "draft"])
    def test_what_is_not_published_is_not_public(self, conference, status):
        found = visibility(make_tutorial(conference, status=status))

        assert not found.is_public
        assert "“Publish” shows it" in str(found)

    def test_published_with_a_released_time(self, programme):
        assert "in the released schedule" in str(visibility(programme.t1))

    def test_published_before_its_time_is_released(self, conference):
        tutorial = make_tutorial(conference)
        assert "to be announced" in str(visibility(tutorial))

        make_slot(make_session(conference, at(8)), tutorial)

        assert "not released yet" in str(visibility(tutorial))

    def test_cancelled_as_the_public_knew_of_it_or_not(self, programme):
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        programme.t1.refresh_from_db()
        unknown = make_tutorial(programme.conference, status="cancelled", published_at=None)

        assert visibility(programme.t1).is_public
        assert not visibility(unknown).is_public


def test_the_draft_of_a_new_conference_is_there_to_be_looked_at(conference):
    readiness(conference, NOW)

    assert Schedule.objects.filter(conference=conference, number__isnull=True).count() == 1
