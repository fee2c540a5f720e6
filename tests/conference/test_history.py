"""What a row of the programme was like before, and how it comes back."""

import pytest
from django.urls import reverse

from conference.models import Conference
from people.models import Person, PersonLink
from tests.factories import (
    NOW,
    at,
    make_conference,
    make_person,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
    make_user,
)
from tests.pages import text_of
from tutorials import registration, schedule
from tutorials.models import Presenter, Session, Slot, Track, Tutorial
from tutorials.registration import TooFew
from venues.models import Room, Venue

KEPT = [Conference, Person, PersonLink, Presenter, Room, Session, Slot, Track, Tutorial, Venue]


def address(row, page, *args):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def versions_page(row):
    return address(row, "history", row.pk)


def bring_back(client, row, *, versions_ago):
    record = row.history.order_by("-history_id")[versions_ago]
    return client.post(address(row, "bring_back", row.pk, record.history_id), follow=True)


def bring_back_deleted(client, model, pk):
    record = model.history.filter(id=pk, history_type="-").latest("history_id")
    return client.post(address(model, "undelete", record.history_id), follow=True)


@pytest.fixture
def tutorial(conference):
    tutorial = make_tutorial(conference, title="First title", level="introductory")
    tutorial.title, tutorial.level = "Second title", "advanced"
    tutorial.save()
    return tutorial


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_every_row_of_the_programme_keeps_its_versions(model):
    assert model.history.model.tracked_fields


def test_a_version_says_who_and_what_was_different(admin_client, tutorial):
    form = address(tutorial, "change", tutorial.pk)
    page = admin_client.get(form)
    fields = page.context["adminform"].form.initial
    data = {name: value for name, value in fields.items() if value is not None}
    names = ("presenters", "files", "online_links")
    inlines = {f"{name}-{which}_FORMS": 0 for name in names for which in ("TOTAL", "INITIAL")}
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        inlines |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    admin_client.post(form, {**data, **inlines, "title": "Third title"})

    text = text_of(admin_client.get(versions_page(tutorial)))

    assert "Olga" in text
    assert "Title Before: Second title After: Third title" in text
    assert "Level Before: introductory After: advanced" in text
    assert "Added" in text


def test_an_older_version_comes_back(admin_client, tutorial):
    answer = bring_back(admin_client, tutorial, versions_ago=1)

    tutorial.refresh_from_db()
    assert (tutorial.title, tutorial.level) == ("First title", "introductory")
    assert "It is as it was then." in text_of(answer)
    assert tutorial.history.latest("history_id").history_user.name == "Olga"


def test_a_second_time_changes_nothing(admin_client, tutorial):
    bring_back(admin_client, tutorial, versions_ago=1)
    answer = bring_back(admin_client, tutorial, versions_ago=2)

    assert tutorial.history.count() == 3
    assert "It is like that already." in text_of(answer)


def test_seats_and_states_do_not_come_back(admin_client, programme):
    tutorial = programme.t1
    tutorial.title = "Another"
    tutorial.save()
    registration.change_capacity(
        tutorial, capacity=2, kept_back=0, too_few=TooFew.REFUSE, by=None, at=NOW
    )

    bring_back(admin_client, tutorial, versions_ago=tutorial.history.count() - 1)

    tutorial.refresh_from_db()
    assert tutorial.title != "Another"
    assert (tutorial.capacity, tutorial.seats) == (2, 2)


def test_what_may_not_be_any_more_is_refused_and_changes_nothing(admin_client, conference):
    tutorial = make_tutorial(conference, code="A1", title="First")
    tutorial.code, tutorial.title = "A2", "Second"
    tutorial.save()
    make_tutorial(conference, code="A1")

    answer = bring_back(admin_client, tutorial, versions_ago=1)

    tutorial.refresh_from_db()
    assert (tutorial.code, tutorial.title) == ("A2", "Second")
    assert "Another tutorial has this code." in text_of(answer)


def test_what_it_belonged_to_and_is_gone_stays_away(admin_client, conference):
    track = make_track(conference)
    tutorial = make_tutorial(conference, track=track, title="First")
    tutorial.track, tutorial.title = None, "Second"
    tutorial.save()
    track.delete()

    bring_back(admin_client, tutorial, versions_ago=1)

    tutorial.refresh_from_db()
    assert (tutorial.title, tutorial.track) == ("First", None)
    assert "deleted since" in text_of(admin_client.get(versions_page(tutorial)))


def test_a_deleted_tutorial_comes_back_with_presenters_and_time(admin_client, conference):
    tutorial = make_tutorial(conference, title="Gone", capacity=5)
    make_presenter(tutorial, "Ada Lovelace", "EPFL")
    make_slot(make_session(conference, at(8)), tutorial, make_room(conference))
    tutorial.slots.all().delete()
    key = tutorial.pk
    tutorial.delete()
    listed = admin_client.get(address(Tutorial, "deleted"))
    assert "Gone" in text_of(listed)

    answer = bring_back_deleted(admin_client, Tutorial, key)

    back = Tutorial.objects.get(pk=key)
    assert (back.title, back.presenter_line, back.seats) == ("Gone", "Ada Lovelace (EPFL)", 5)
    assert back.slots.count() == 1
    assert "is back." in text_of(answer)
    assert "Gone" not in text_of(admin_client.get(address(Tutorial, "deleted")))


def test_a_deleted_session_comes_back_with_its_tutorials(admin_client, conference):
    session = make_session(conference, at(8), title="Morning")
    slot = make_slot(session, make_tutorial(conference))
    session_id, key = session.pk, slot.key
    session.delete()

    bring_back_deleted(admin_client, Session, session_id)

    assert Session.objects.get(pk=session_id).slots.get().key == key


def test_a_session_comes_back_without_a_tutorial_that_is_gone(admin_client, conference):
    session, tutorial = make_session(conference, at(8)), make_tutorial(conference)
    make_slot(session, tutorial)
    session_id, tutorial_id = session.pk, tutorial.pk
    session.delete()
    tutorial.delete()

    bring_back_deleted(admin_client, Session, session_id)
    bring_back_deleted(admin_client, Tutorial, tutorial_id)

    assert Session.objects.filter(pk=session_id).exists()
    assert Tutorial.objects.filter(pk=tutorial_id).exists()


def test_where_its_place_is_taken_it_stays_away(admin_client, conference):
    tutorial = make_tutorial(conference, code="A1")
    key = tutorial.pk
    tutorial.delete()
    make_tutorial(conference, code="A1")

    answer = bring_back_deleted(admin_client, Tutorial, key)

    assert "Another tutorial has this code." in text_of(answer)
    assert not Tutorial.objects.filter(pk=key).exists()


def test_the_address_of_a_person_is_in_no_version(admin_client, db):
    person = make_person("Ada", email="ada@example.org", link_key="secret")
    person.bio = "Works."
    person.save()

    text = admin_client.get(versions_page(person)).content.decode()

    assert "ada@example.org" not in text
    assert "secret" not in text
    bring_back(admin_client, person, versions_ago=1)
    person.refresh_from_db()
    assert (person.bio, person.email) == ("", "ada@example.org")


def test_a_release_keeps_no_version_of_its_copies(programme):
    before = Slot.history.count()
    programme.t1.title = "Another"
    programme.t1.save()

    schedule.release(programme.conference, by=None, at=NOW)

    assert Slot.history.count() == before


def test_registering_writes_no_version(programme, attendees):
    before = Tutorial.history.count()

    registration.register(attendees[0], programme.t1, by=None, at=NOW)

    assert Tutorial.history.count() == before


class TestWho:
    @pytest.fixture
    def roles(self, conference):
        users = {role: make_user() for role in ("viewer", "editor")}
        for role, user in users.items():
            user.memberships.create(conference=conference, role=role)
        users["other"] = make_user()
        users["other"].memberships.create(conference=make_conference(), role="organiser")
        return users

    @pytest.mark.parametrize(("role", "sees", "changes"), [
        ("viewer", 200, 403), ("editor", 200, 303), ("other", 404, 404)])  # fmt: skip
    def test_versions(self, client, tutorial, roles, role, sees, changes):
        client.force_login(roles[role])
        first = tutorial.history.earliest("history_id").history_id

        assert client.get(versions_page(tutorial)).status_code == sees
        answer = client.post(address(tutorial, "bring_back", tutorial.pk, first))
        assert answer.status_code == changes

    @pytest.mark.parametrize(("role", "listed", "status"), [
        ("viewer", True, 403), ("editor", True, 303), ("other", False, 404)])  # fmt: skip
    def test_deleted(self, client, tutorial, roles, role, listed, status):
        client.force_login(roles[role])
        tutorial.delete()
        record = Tutorial.history.get(history_type="-")

        page = text_of(client.get(address(Tutorial, "deleted")))
        assert ("Second title" in page) is listed
        answer = client.post(address(Tutorial, "undelete", record.history_id))
        assert answer.status_code == status

    @pytest.mark.parametrize(("role", "listed", "status"), [
        ("viewer", False, 404), ("editor", True, 303), ("other_editor", False, 404)])  # fmt: skip
    def test_deleted_people(self, client, tutorial, roles, role, listed, status):
        """Who presented somewhere is for its editors alone, though they present nothing now."""
        elsewhere = make_conference()
        roles["other_editor"] = make_user()
        roles["other_editor"].memberships.create(conference=elsewhere, role="editor")
        presenter = make_presenter(tutorial, "Grace Hopper")
        person = presenter.person
        presenter.delete()
        person.delete()
        record = Person.history.get(history_type="-")
        client.force_login(roles[role])

        page = client.get(address(Person, "deleted"))
        assert ("Grace Hopper" in page.content.decode()) is listed
        answer = client.post(address(Person, "undelete", record.history_id))
        assert answer.status_code == status
        assert Person.objects.filter(name="Grace Hopper").exists() is listed

    def test_whom_one_deleted_oneself_one_has_back(self, client, roles):
        person = make_person("Grace Hopper")
        client.force_login(roles["editor"])
        client.post(address(Person, "delete", person.pk), {"post": "yes"})

        answer = bring_back_deleted(client, Person, person.pk)

        assert answer.status_code == 200
        assert Person.objects.get() == person

    def test_a_version_of_another_row_is_not_brought_back(self, admin_client, tutorial):
        other = make_tutorial(tutorial.conference)
        version = other.history.get().history_id

        answer = admin_client.post(address(tutorial, "bring_back", tutorial.pk, version))

        assert answer.status_code == 404


def test_the_pages_cost_the_same_for_more_versions(
    admin_client, programme, django_assert_max_num_queries
):
    tutorial = programme.t1
    make_tutorial(programme.conference).delete()
    pages = [versions_page(tutorial), address(Tutorial, "deleted")]
    counts = []
    for page in pages:
        admin_client.get(page)
        with django_assert_max_num_queries(20) as few:
            admin_client.get(page)
        counts.append(len(few))
    for number in range(30):
        tutorial.title = f"Title {number}"
        tutorial.track = programme.tracks[number % 2]
        tutorial.save()
        make_presenter(tutorial, f"More {number}")
        make_tutorial(programme.conference).delete()
    for page, count in zip(pages, counts, strict=True):
        with django_assert_max_num_queries(count):
            text = text_of(admin_client.get(page))
        assert "Page 1 of 2" in text
        assert "Page 2 of 2" in text_of(admin_client.get(f"{page}?p=2"))
