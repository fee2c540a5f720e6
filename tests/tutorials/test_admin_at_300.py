"""Every list and form of the admin costs as much at 300 rows of everything as at three."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Attendee, Membership, Person, TicketKind, User
from tests.factories import NOW, at, make_conference
from tutorials.models import (
    Change,
    CheckIn,
    Correction,
    Download,
    Feedback,
    Letter,
    Mail,
    Material,
    Presenter,
    Registration,
    Schedule,
    Session,
    Slot,
    Track,
    Tutorial,
)
from venues.models import Room, Venue


def fill_up(programme, number):
    """So many rows of everything, written past the rules: only how they are read counts here."""
    conference, tutorial = programme.conference, programme.t1
    draft = Schedule.objects.draft(conference)
    first = Session.objects.get(schedule=draft, title="Session 1")
    start = Tutorial.objects.count() + 1
    named = [f"Row {n}" for n in range(start, start + number)]
    venue = Venue.objects.create(conference=conference, name=f"Venue of {start}")
    rooms = Room.objects.bulk_create(Room(venue=venue, name=name) for name in named)
    Venue.objects.bulk_create(
        Venue(conference=conference, name=name, slug=f"v{name}") for name in named
    )
    Track.objects.bulk_create(
        Track(conference=conference, name=name, slug=name, room=rooms[0]) for name in named
    )
    people = Person.objects.bulk_create(Person(name=name, slug=f"p-{name}") for name in named)
    tutorials = Tutorial.objects.bulk_create(
        Tutorial(conference=conference, code=f"N{n}", slug=f"n{n}", title=name)
        for n, name in enumerate(named, start=start)
    )
    Presenter.objects.bulk_create(Presenter(tutorial=tutorial, person=person) for person in people)
    numbers = iter(range(1000 * start, 1000 * start + 2 * number))
    Session.objects.bulk_create(
        Session(schedule=draft, number=next(numbers), starts_at=at(8), ends_at=at(9)) for _ in named
    )
    Slot.objects.bulk_create(
        Slot(schedule=draft, session=first, tutorial=each, room=room, number=next(numbers))
        for each, room in zip(tutorials, rooms, strict=True)
    )
    kinds = TicketKind.objects.bulk_create(
        TicketKind(conference=conference, name=name) for name in named
    )
    users = User.objects.bulk_create(User(email=f"u{n}-{start}@example.org") for n in range(number))
    Membership.objects.bulk_create(
        Membership(conference=conference, user=user, role="viewer") for user in users
    )
    attendees = Attendee.objects.bulk_create(
        Attendee(conference=conference, name=name, user=user, ticket_kind=kind)
        for name, user, kind in zip(named, users, kinds, strict=True)
    )
    rows = Registration.objects.bulk_create(
        Registration(
            attendee=attendee,
            tutorial=tutorial,
            status="waitlisted",
            position=1000 * start + n,
            registered_at=NOW,
        )
        for n, attendee in enumerate(attendees)
    )
    Change.objects.bulk_create(
        Change(
            attendee_id=row.attendee_id,
            tutorial=tutorial,
            registration=row,
            became="waitlisted",
            why="asked",
            at=NOW,
            by=users[n],
        )
        for n, row in enumerate(rows)
    )
    Mail.objects.bulk_create(
        Mail(
            attendee_id=row.attendee_id,
            tutorial=tutorial,
            registration=row,
            kind="waiting",
            created_at=NOW,
            due_at=NOW,
        )
        for row in rows
    )
    slot = Slot.objects.released(conference).get(tutorial=tutorial)
    CheckIn.objects.bulk_create(
        CheckIn(attendee=attendee, tutorial=tutorial, slot_key=slot.key, at=NOW, by=users[0])
        for attendee in attendees
    )
    Letter.objects.bulk_create(
        Letter(
            conference=conference, kind="presenter_link", person=each, created_at=NOW, due_at=NOW
        )
        for each in people
    )
    Correction.objects.bulk_create(
        Correction(person=each, tutorial=tutorial, sent_at=NOW, changes={}) for each in people
    )
    Material.objects.bulk_create(
        Material(
            tutorial=tutorial, title=each.name, file=f"materials/{n:032x}.pdf", size=1,
            uploaded_at=NOW, uploaded_by=each,
        )
        for n, each in enumerate(people)
    )  # fmt: skip
    Feedback.objects.bulk_create(
        Feedback(tutorial=tutorial, attendee=each, rating=4, good="The examples.", sent_at=NOW)
        for each in attendees
    )
    conference.takes_feedback = True
    conference.save(update_fields=["takes_feedback"])
    Download.objects.bulk_create(
        Download(conference=conference, what="attendance_csv", at=NOW, by=user) for user in users
    )
    for _ in range(min(number, 3)):
        make_conference()


def pages(model):
    """The list of a model and the form of a row, by names that stay as rows are added.

    The row is the first by its key; of keys drawn by lot (see Feedback) that is another one later.
    """
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model.objects.order_by("pk").first()
    every = "?version=all" if model in (Session, Slot) else ""
    return {
        f"list of {name}": reverse(f"{name}_changelist") + every,
        f"form of {name}": reverse(f"{name}_change", args=[row.pk]),
    }


@pytest.mark.long
@pytest.mark.django_db
def test_every_list_and_form_costs_the_same(client, organiser, programme):
    client.force_login(organiser)
    models = [
        model
        for model in admin.site._registry
        if model.__module__.split(".")[0] in ("conference", "people", "tutorials", "venues")
    ]

    def costs():
        found = {}
        for model in models:
            for page, address in pages(model).items():
                assert client.get(address).status_code == 200, page
                with CaptureQueriesContext(connection) as queries:
                    client.get(address)
                found[page] = len(queries)
        return found

    fill_up(programme, 3)
    few = costs()
    fill_up(programme, 297)
    many = costs()

    # The second page of a list is counted, and asked for no more than that.
    dearer = {page: (few[page], number) for page, number in many.items() if number > few[page]}
    assert dearer == {}
