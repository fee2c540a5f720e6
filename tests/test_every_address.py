"""Every address of the site, asked by everybody: who gets an answer, who may change something?

``TABLE`` says it for each address by its name (or by its route, where it has none); the pages that
every model has in the admin follow from ``MODELS``. To add an address, add its line: the first set
is of those who get an answer to a GET, the second of those who may POST. An address that nobody has
decided about fails ``test_every_address_is_decided_about``. Where it names a row, see that the
fixture ``world`` has one, and that ``World.arguments`` finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.urls import get_resolver, reverse

from conference.models import Conference
from conference.roles import Role
from people.models import Attendee, AttendeeFile, Membership, Person, TicketKind, User
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_member,
    make_person,
    make_presenter,
    make_room,
    make_session,
    make_slot,
    make_track,
    make_tutorial,
    make_user,
)
from tutorials import checkin, invitations, mails, registration
from tutorials.models import (
    Change,
    CheckIn,
    Correction,
    Download,
    Feedback,
    HeadCount,
    Letter,
    ListPreset,
    Mail,
    Material,
    PrivateCalendar,
    ProgrammeFile,
    Registration,
    Schedule,
    Session,
    Slot,
    Track,
    Tutorial,
)
from tutorials.models.mail import LetterKind
from tutorials.tokens import key_at, token_for
from venues.models import Room, Venue

# Who asks. The row in question is always of the conference A, but for one's own; ``other`` is an
# organiser of another one.
NOBODY: frozenset[str] = frozenset()
SUPERUSERS = frozenset({"superuser"})
ORGANISERS = SUPERUSERS | {"organiser"}
EDITORS = ORGANISERS | {"editor"}
VIEWERS = EDITORS | {"viewer"}
AT_THE_DOOR = ORGANISERS | {"door"}
STAFF = VIEWERS | {"door"}
# Pages that are about no conference, or list what is one's own.
ANY_ORGANISER = ORGANISERS | {"other"}
ANY_EDITOR = EDITORS | {"other"}
ANY_VIEWER = VIEWERS | {"other"}
SIGNED_IN = STAFF | {"other", "attendee"}
EVERYBODY = SIGNED_IN | {"stranger"}

Rule = tuple[frozenset[str], frozenset[str]]

# An address that only tells, and one that is its bearer's to use.
TELLS: Rule = (EVERYBODY, NOBODY)
BY_ITS_LINK: Rule = (EVERYBODY, EVERYBODY)
# Whoever uploaded a file sees it, while they may import there; here the superuser did.
OWN_FILE: Rule = (SUPERUSERS, SUPERUSERS)

TABLE: dict[str, Rule] = {
    # In public
    "tutorials:front": TELLS,
    "tutorials:front_tutorials": TELLS,
    "tutorials:front_schedule": TELLS,
    "tutorials:home": TELLS,
    "tutorials:tutorial_list": TELLS,
    "tutorials:tutorial_detail": TELLS,
    "tutorials:schedule": TELLS,
    "tutorials:presenter_list": TELLS,
    "tutorials:presenter_detail": TELLS,
    "tutorials:venue_list": TELLS,
    "tutorials:imprint": TELLS,
    "tutorials:privacy": TELLS,
    "tutorials:code_of_conduct": TELLS,
    "tutorials:colour_css": TELLS,
    "tutorials:conference_picture": TELLS,
    "tutorials:tutorial_picture": TELLS,
    "tutorials:manifest": TELLS,
    "offline": TELLS,
    "service_worker": TELLS,
    "tutorials:seats": TELLS,
    "tutorials:my_tutorials": TELLS,  # a stranger’s stars are named in it
    "tutorials:schedule_changes": TELLS,
    "tutorials:schedule_changes_atom": TELLS,
    "tutorials:schedule_ics": TELLS,
    "tutorials:schedule_xml": TELLS,
    "tutorials:schedule_json": TELLS,
    "tutorials:schedule_jsonld": TELLS,
    "tutorials:tutorial_ics": TELLS,
    "sitemap": TELLS,
    "robots": TELLS,
    "material": TELLS,
    r"^media/(?P<path>(?:photos|logos)/[0-9a-f]{32}\.webp)$": (NOBODY, NOBODY),  # no such picture
    "design": TELLS,
    "tutorials:embedded_list": TELLS,
    "tutorials:embedded_timetable": TELLS,
    "tutorials:fragment": TELLS,
    # Signed in
    "tutorials:register": (EVERYBODY, SIGNED_IN),
    "tutorials:cancel": (EVERYBODY, SIGNED_IN),
    "tutorials:switch": (EVERYBODY, SIGNED_IN),
    "tutorials:wish": (EVERYBODY, SIGNED_IN),
    "tutorials:feedback": (SIGNED_IN, SIGNED_IN),
    "tutorials:my_calendar": (SIGNED_IN, SIGNED_IN),
    "tutorials:stars": (EVERYBODY, SIGNED_IN),
    "tutorials:my_pass": (SIGNED_IN, NOBODY),
    "tutorials:my_tickets": (SIGNED_IN, SIGNED_IN),
    "tutorials:shown": (SIGNED_IN, SIGNED_IN),
    "people:profile": (SIGNED_IN, SIGNED_IN),
    "people:privacy": (SIGNED_IN, NOBODY),
    "people:data": (SIGNED_IN, NOBODY),
    "people:delete": (SIGNED_IN, SIGNED_IN),
    # Secret links
    "tutorials:offer": BY_ITS_LINK,
    "tutorials:leave": BY_ITS_LINK,
    "tutorials:presenting": BY_ITS_LINK,
    "tutorials:presenting_file": TELLS,
    "tutorials:private_calendar": TELLS,
    "tutorials:invitation": (EVERYBODY, SIGNED_IN),
    # Staff
    "tutorials:staff_home": (STAFF, NOBODY),
    "tutorials:attendance_csv": (AT_THE_DOOR, NOBODY),
    "tutorials:tutorial_attendance_csv": (AT_THE_DOOR, NOBODY),
    "tutorials:lists": (AT_THE_DOOR, NOBODY),
    "tutorials:list_file": (AT_THE_DOOR, NOBODY),
    "tutorials:list_presets": (ORGANISERS, ORGANISERS),
    "tutorials:part": (AT_THE_DOOR, AT_THE_DOOR),
    "tutorials:counts_csv": (STAFF, NOBODY),
    # The admin's own
    "admin:index": (ANY_VIEWER, ANY_VIEWER),
    "admin:login": (NOBODY, NOBODY),  # leads to signing in, or to the index
    "admin:logout": (NOBODY, SIGNED_IN),
    "admin:password_change": (ANY_VIEWER, ANY_VIEWER),
    "admin:password_change_done": (ANY_VIEWER, ANY_VIEWER),
    "admin:jsi18n": (ANY_VIEWER, ANY_VIEWER),
    "admin:autocomplete": (ANY_ORGANISER, ANY_ORGANISER),
    "admin:view_on_site": (VIEWERS, VIEWERS),
    "admin:app_list": (ANY_VIEWER, ANY_VIEWER),
    "admin:markdown": (NOBODY, ANY_VIEWER),
    "admin/(?P<url>.*)$": (NOBODY, NOBODY),
    # The programme in the admin
    "admin:conference_conference_order": (EDITORS, EDITORS),
    "admin:conference_conference_embed": (VIEWERS, VIEWERS),
    "admin:tutorials_schedule_release": (EDITORS, EDITORS),
    "admin:tutorials_tutorial_publish": (NOBODY, EDITORS),
    "admin:tutorials_tutorial_seats": (EDITORS, EDITORS),
    "admin:tutorials_tutorial_cancel": (EDITORS, EDITORS),
    "admin:people_person_links": (EDITORS, EDITORS),
    "admin:people_person_link": (EDITORS, EDITORS),
    "admin:people_person_duplicates": (ANY_EDITOR, ANY_EDITOR),
    "admin:people_person_merge": (EDITORS, EDITORS),
    "admin:tutorials_material_file": (VIEWERS, VIEWERS),
    "admin:tutorials_tutorial_export": (ANY_VIEWER, ANY_VIEWER),
    "admin:tutorials_tutorial_export_file": (VIEWERS, VIEWERS),
    "admin:tutorials_tutorial_import": (ANY_EDITOR, ANY_EDITOR),
    "admin:tutorials_tutorial_import_template": (ANY_EDITOR, ANY_EDITOR),
    "admin:tutorials_tutorial_import_file": OWN_FILE,
    "admin:tutorials_material_accept": (NOBODY, EDITORS),
    "admin:tutorials_feedback_rated": (EDITORS, NOBODY),
    "admin:tutorials_feedback_csv": (EDITORS, NOBODY),
    # Attendees in the admin
    "admin:conference_conference_attendance": (ORGANISERS, ORGANISERS),
    "admin:tutorials_tutorial_attendance": (ORGANISERS, ORGANISERS),
    "admin:conference_conference_audit": (ORGANISERS, ORGANISERS),
    "admin:tutorials_registration_register": (ANY_ORGANISER, ANY_ORGANISER),
    "admin:tutorials_registration_add_somebody": (ANY_ORGANISER, ANY_ORGANISER),
    "admin:tutorials_registration_move": (ORGANISERS, ORGANISERS),
    "admin:tutorials_registration_cancel": (ORGANISERS, ORGANISERS),
    "admin:tutorials_mail_sample": (ANY_ORGANISER, ANY_ORGANISER),
    "admin:tutorials_letter_sample": (ANY_EDITOR, ANY_EDITOR),
    "admin:people_attendee_import": (ANY_ORGANISER, ANY_ORGANISER),
    "admin:people_attendee_import_file": OWN_FILE,
    "admin:people_attendee_confirm": (ORGANISERS, ORGANISERS),
    "admin:people_attendee_refuse": (ORGANISERS, ORGANISERS),
    "admin:people_attendee_withdraw": (ORGANISERS, ORGANISERS),
    "admin:people_attendee_reinstate": (ORGANISERS, ORGANISERS),
    "admin:people_attendee_erase": (ORGANISERS, ORGANISERS),
    # Settings in the admin
    "admin:conference_conference_uses": (ORGANISERS, ORGANISERS),
    "admin:conference_conference_team": (ORGANISERS, ORGANISERS),
    "admin:conference_conference_team_remove": (ORGANISERS, ORGANISERS),
    "admin:auth_user_password_change": (SUPERUSERS, SUPERUSERS),
}

# The pages that a model has in the admin. A POST to a list is an action, which asks by itself.
PROGRAMME: dict[str, Rule] = {
    "changelist": (ANY_VIEWER, ANY_VIEWER),
    "add": (ANY_EDITOR, ANY_EDITOR),
    "change": (VIEWERS, EDITORS),
    "history": (VIEWERS, VIEWERS),
    "delete": (EDITORS, EDITORS),
    "deleted": (ANY_VIEWER, ANY_VIEWER),
    "undelete": (NOBODY, EDITORS),
    "bring_back": (NOBODY, EDITORS),
}
# People belong to the install; who was deleted presented nowhere, and is any editor's.
# Who presents in public is seen by all who may choose them for a tutorial of theirs.
PEOPLE = PROGRAMME | {
    "change": (ANY_VIEWER, EDITORS),
    "history": (ANY_VIEWER, ANY_VIEWER),
    "undelete": (NOBODY, ANY_EDITOR),
}
FILES = PROGRAMME | {"add": (NOBODY, NOBODY)}
SCHEDULES = PROGRAMME | {"add": (NOBODY, NOBODY), "delete": (NOBODY, NOBODY)}
HANDED_IN: dict[str, Rule] = {
    "changelist": (ANY_EDITOR, ANY_EDITOR),
    "add": (NOBODY, NOBODY),
    "change": (EDITORS, EDITORS),
    "history": (EDITORS, EDITORS),
    "delete": (NOBODY, NOBODY),
}
CONFERENCES = PROGRAMME | {
    "add": (ANY_ORGANISER, ANY_ORGANISER),
    "change": (VIEWERS, ORGANISERS),
    "delete": (ORGANISERS, ORGANISERS),
    "undelete": (NOBODY, ORGANISERS),
    "bring_back": (NOBODY, ORGANISERS),
}
ATTENDEES: dict[str, Rule] = {
    "changelist": (ANY_ORGANISER, ANY_ORGANISER),
    "add": (ANY_ORGANISER, ANY_ORGANISER),
    "change": (ORGANISERS, ORGANISERS),
    "history": (ORGANISERS, ORGANISERS),
    "delete": (ORGANISERS, ORGANISERS),
}
SAID: dict[str, Rule] = {
    "changelist": (EDITORS, EDITORS),
    "add": (NOBODY, NOBODY),
    "change": (EDITORS, NOBODY),
    "history": (EDITORS, EDITORS),
    "delete": (EDITORS, EDITORS),
}
HAPPENED = ATTENDEES | {
    "add": (NOBODY, NOBODY),
    "change": (ORGANISERS, NOBODY),
    "delete": (NOBODY, NOBODY),
}
ACCOUNTS: dict[str, Rule] = dict.fromkeys(
    ("changelist", "add", "change", "history", "delete"), (SUPERUSERS, SUPERUSERS)
)

MODELS: dict[str, dict[str, Rule]] = {
    "conference_conference": CONFERENCES,
    "venues_venue": PROGRAMME,
    "venues_room": PROGRAMME,
    "tutorials_track": PROGRAMME,
    "tutorials_tutorial": PROGRAMME,
    "tutorials_schedule": SCHEDULES,
    "tutorials_session": PROGRAMME,
    "tutorials_slot": PROGRAMME,
    "people_person": PEOPLE,
    "tutorials_correction": HANDED_IN,
    "tutorials_material": FILES,
    "people_attendee": ATTENDEES,
    "people_ticketkind": ATTENDEES,
    "tutorials_registration": HAPPENED,
    "tutorials_checkin": HAPPENED,
    "tutorials_change": HAPPENED,
    "tutorials_mail": HAPPENED,
    "tutorials_download": HAPPENED,
    "tutorials_letter": HANDED_IN,
    "tutorials_feedback": SAID,
    "people_membership": ACCOUNTS,
    "people_user": ACCOUNTS,
    "account_emailaddress": ACCOUNTS,
}
TABLE |= {
    f"admin:{model}_{page}": rule for model, pages in MODELS.items() for page, rule in pages.items()
}

# Whole trees of others: allauth's pages about one's own account, and the API, which knows nobody
# and has tests of its own for what it hides (test_api_secrets.py).
TREES = ("account_", "api:")

# Addresses that lead on to another, which asks: the admin's “row 5” to its form.
LEADS_ON = ("/<path:object_id>/",)


@dataclass(frozen=True)
class Address:
    """One address of the site, and the arguments that it needs."""

    name: str
    route: str
    wants: tuple[str, ...]

    @property
    def rule(self) -> Rule:
        return TABLE[self.name if self.name in TABLE else self.route]


def addresses(resolver: Any = None, route: str = "", space: str = "") -> Iterator[Address]:
    """Every address there is."""
    for entry in (resolver or get_resolver()).url_patterns:
        whole = route + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            below = getattr(entry, "namespace", None)
            inner = f"{space}{below}:" if below else space
            yield from addresses(entry, whole, inner)
        else:
            pattern: Any = entry.pattern
            wants = tuple(getattr(pattern, "converters", None) or pattern.regex.groupindex)
            yield Address(f"{space}{entry.name}" if entry.name else "", whole, wants)


def ours() -> list[Address]:
    """Those that ``TABLE`` decides about."""
    return [
        address
        for address in addresses()
        if not address.name.startswith(TREES)
        and not address.route.startswith("api/")
        and not (address.route.endswith(LEADS_ON) and not address.name.partition(":")[2])
    ]


def decided() -> list[Address]:
    return [each for each in ours() if each.name in TABLE or each.route in TABLE]


def test_every_address_is_decided_about():
    found = ours()
    unknown = {each.name or each.route for each in found} - set(TABLE)
    assert sorted(unknown) == []


def test_the_table_speaks_of_nothing_else():
    there = {each.name for each in ours()} | {each.route for each in ours()}
    without_pages = {f"admin:{model}_{page}" for model, page in NOT_THERE}
    assert sorted(set(TABLE) - there - without_pages) == []


# Pages that the models of a kind have, but for these.
NOT_THERE = {
    ("tutorials_schedule", "deleted"), ("tutorials_schedule", "undelete"),
    ("tutorials_schedule", "bring_back"), ("tutorials_material", "deleted"),
    ("tutorials_material", "undelete"), ("tutorials_material", "bring_back"),
}  # fmt: skip


@dataclass
class World:
    """The conference A with a row of everything, and whom the pages must not name."""

    conference: Conference
    rows: dict[str, Model]
    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    query: dict[str, dict[str, Any]] = field(default_factory=dict)

    def path(self, address: Address) -> str:
        """An address of a row of A."""
        if not address.name:
            return UNNAMED[address.route]
        return reverse(address.name, kwargs=self.arguments(address))

    def arguments(self, address: Address) -> dict[str, Any]:
        given = {**self._by_model(address), **self.given.get(address.name, {})}
        common = {"slug": self.conference.slug, "tutorial": self.given["tutorial"]["slug"]}
        return {name: given.get(name, common.get(name)) for name in address.wants}

    def _by_model(self, address: Address) -> dict[str, Any]:
        model = "_".join(address.name.removeprefix("admin:").split("_")[:2])
        row: Any = self.rows.get(model)
        if row is None:
            return {}
        arguments = {"pk": row.pk, "object_id": row.pk, "id": row.pk}
        if address.name.endswith("_bring_back"):
            arguments["version"] = row.history.earliest("history_id").history_id
        if address.name.endswith("_undelete"):
            gone = type(row).history.filter(history_type="-").latest("history_id")
            arguments["version"] = gone.history_id
        return arguments


UNNAMED = {
    "admin/(?P<url>.*)$": "/admin/nothing/here/",
    r"^media/(?P<path>(?:photos|logos)/[0-9a-f]{32}\.webp)$": f"/media/photos/{'0' * 32}.webp",
}
SECRETS = ("Wilhelmina", "wilhelmina@", "Ottokar", "ottokar@")
PRIVATE = "presenter-in-private@"
KEY = "k" * 32


@pytest.fixture
def world(programme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    a: Conference = programme.conference
    a.attendance = a.Attendance.REGISTER_WITH_TICKET
    a.colour = "#1f5c99"
    a.imprint = a.privacy_notice = a.code_of_conduct = "Ours."
    a.takes_feedback = True
    a.save()
    TicketKind.objects.create(conference=a, name="Main")
    registered = [
        make_attendee(a, name=f"Wilhelmina {n}", email=f"wilhelmina@{n}.org", ticket_number=f"{n}")
        for n in range(5)
    ]
    rows = [registration.register(each, programme.t1, by=None, at=NOW) for each in registered]
    claimant = make_attendee(
        a, name="Ottokar", email="ottokar@example.org", claimed_ticket="C-1", claimed_at=NOW
    )
    slot = Slot.objects.released(a).get(tutorial=programme.t1)
    checkin.check_in(registered[0], slot, by=None, at=at(8))
    person = programme.t1.presenters.get().person
    person.link_key, person.email, person.bio = KEY, f"{PRIVATE}example.org", "Thinks."
    person.save()
    correction = Correction.objects.create(
        person=person, changes={"bio": {"was": "", "becomes": "More."}}, sent_at=NOW
    )
    slides = SimpleUploadedFile("slides.pdf", b"%PDF-1.7 slides")
    material = Material.objects.create(
        tutorial=programme.t1, title="Slides", file=slides, size=15, uploaded_at=NOW,
        uploaded_by=person, accepted_at=NOW,
    )  # fmt: skip
    inviter = make_user("inviter@example.org", name="Olga")
    invitation = invitations.invite(a, "new@example.org", Role.DOOR, by=inviter, at=NOW)
    letter = mails.write_letter(LetterKind.PRESENTER_LINK, a, person=person, at=NOW)
    calendar = PrivateCalendar.objects.create(conference=a, user=inviter, key=KEY, made_at=NOW)
    draft_slot = Slot.objects.filter(schedule__number__isnull=True).earliest("pk")
    session = Schedule.objects.draft(a).sessions.earliest("pk")
    member = make_member(a, "door", email="dora@example.org", name="Dora").memberships.get()
    twin = make_person("Twin")
    make_presenter(programme.t1, "", person=twin)
    _delete_one_of_each(a)
    tutorial = ContentType.objects.get_for_model(Tutorial)
    return World(
        a,
        {
            "conference_conference": a,
            "venues_venue": programme.halls[0].venue,
            "venues_room": programme.halls[0],
            "tutorials_track": programme.tracks[0],
            "tutorials_tutorial": programme.t1,
            "tutorials_schedule": Schedule.objects.draft(a),
            "tutorials_session": session,
            "tutorials_slot": draft_slot,
            "people_person": person,
            "tutorials_correction": correction,
            "tutorials_material": material,
            "people_attendee": claimant,
            "people_ticketkind": a.ticket_kinds.get(),
            "tutorials_registration": rows[0],
            "tutorials_checkin": CheckIn.objects.get(),
            "tutorials_change": Change.objects.earliest("pk"),
            "tutorials_mail": Mail.objects.earliest("pk"),
            "tutorials_letter": letter,
            "tutorials_feedback": Feedback.objects.create(
                tutorial=programme.t1, attendee=registered[0], rating=4, good="Good.", sent_at=NOW
            ),
            "tutorials_download": Download.objects.create(conference=a, what="x", at=NOW),
            "people_membership": member,
            "people_user": member.user,
        },
        given={
            "tutorial": {"slug": programme.t1.slug},
            "material": {"name": str(material.file.name).partition("/")[2]},
            "tutorials:presenter_detail": {"presenter": person.slug},
            "tutorials:offer": {"token": token_for(rows[0], "offer")},
            "tutorials:leave": {"token": token_for(rows[0], "leave")},
            "tutorials:presenting": {"key": key_at(KEY, "cpal-2026")},
            "tutorials:presenting_file": {"key": key_at(KEY, "cpal-2026"), "pk": material.pk},
            "tutorials:invitation": {"key": invitation.key},
            "tutorials:private_calendar": {"key": calendar.key},
            "admin:view_on_site": {"content_type_id": tutorial.pk, "object_id": programme.t1.pk},
            "admin:app_list": {"app_label": "tutorials"},
            "tutorials:part": {"number": slot.number},
            "admin:tutorials_tutorial_export_file": {"pk": a.pk, "suffix": "csv"},
            "admin:tutorials_tutorial_import_template": {"suffix": "csv"},
            "admin:people_person_links": {"pk": a.pk},
            "admin:people_person_merge": {"stays": person.pk, "goes": twin.pk},
            "admin:conference_conference_team_remove": {"member": member.pk},
            "admin:auth_user_password_change": {"id": member.user_id},
        },
        query={
            "admin:autocomplete": {
                "app_label": "tutorials", "model_name": "registration", "field_name": "attendee",
            },
            "admin:tutorials_session_add": {"schedule": Schedule.objects.draft(a).pk},
        },
    )  # fmt: skip


def _delete_one_of_each(a: Conference) -> None:
    """So that there is something to bring back."""
    track, room = make_track(a, name="Gone"), make_room(a, name="Gone")
    tutorial = make_tutorial(a, title="Gone", status="draft")
    session = make_session(a, at(20))
    slot = make_slot(session, tutorial, room)
    venue = room.venue
    person, conference = make_person("Gone"), make_conference()
    for row in (slot, session, tutorial, track, room, venue, person, conference):
        row.delete()


@pytest.fixture
def visitor(request, world, client):
    """Sign in as whom the test asks for, and say who that is."""
    role = request.param
    if role == "superuser":
        user = make_user("root@example.org", name="Ruth", is_superuser=True)
    elif role == "other":
        user = make_member(make_conference(slug="other"), "organiser", name="Otto")
    elif role in Role.values:
        user = make_member(world.conference, role, name="Mia")
    else:
        user = make_user("attendee@example.org", name="Anna")
    if role == "attendee":
        make_attendee(world.conference, name="Anna", user=user, ticket_number="mine")
    _upload(world, user if role == "superuser" else make_user("uploader@example.org"))
    _own_email_address(world, user)
    if role != "stranger":
        client.force_login(user)
    return role


def _upload(world: World, by: User) -> None:
    """A file of each kind, whose preview is the page in question."""
    uploads: dict[str, tuple[Any, bytes]] = {
        "admin:people_attendee_import_file": (AttendeeFile, b"Ticket,Name\n1,Ada\n"),
        "admin:tutorials_tutorial_import_file": (ProgrammeFile, b"code,title\nT9,Nine\n"),
    }
    for name, (model, data) in uploads.items():
        file = model.objects.create(
            conference=world.conference, by=by, name="list.csv", data=data, uploaded_at=NOW
        )
        world.given[name] = {"pk": file.pk}


def _own_email_address(world: World, user: User) -> None:
    from allauth.account.models import EmailAddress

    world.rows["account_emailaddress"] = EmailAddress.objects.create(user=user, email=user.email)


def answers(response: Any, path: str) -> bool:
    """Whether an address did what it is for, rather than refuse or lead to signing in."""
    if response.status_code in (301, 302, 303):
        to = response["Location"]
        is_refused = to.startswith(("/accounts/login/", "/admin/login/"))
        return not is_refused and not (path.startswith("/admin/") and to == "/admin/")
    assert response.status_code in (200, 403, 404, 405), (path, response.status_code)
    return response.status_code == 200


def text_in(response: Any) -> str:
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode("utf-8", "replace")


ROLES = sorted(EVERYBODY)


@pytest.mark.parametrize("visitor", ROLES, indirect=True)
def test_who_gets_an_answer(visitor, world, client):
    wrong, told = [], []
    for address in decided():
        path = world.path(address)
        response = client.get(path, world.query.get(address.name))
        page = text_in(response)
        answered = answers(response, path)
        if answered != (visitor in address.rule[0]):
            wrong.append((address.name, path, response.status_code, response.get("Location")))
        if visitor not in AT_THE_DOOR:
            told += [(address.name, name) for name in SECRETS if name in page]
        if visitor not in EDITORS and address.name not in BY_KEY:
            told += [(address.name, PRIVATE)] * (PRIVATE in page)
    assert wrong == []
    assert told == []


# The page of a presenter's own link may say what its bearer wrote there.
BY_KEY = {"tutorials:presenting"}


@pytest.mark.parametrize("visitor", [role for role in ROLES if role != "superuser"], indirect=True)
def test_who_may_not_changes_nothing(visitor, world, client):
    before = everything()
    wrong = []
    for address in decided():
        if visitor in address.rule[1]:
            continue
        path = world.path(address)
        # What confirms, wherever a page asks before it does something.
        response = client.post(path, {"post": "yes", "do": "invite", "name": "x", "title": "x"})
        if answers(response, path) and address.rule is not TELLS:
            wrong.append((address.name, path, response.status_code, response.get("Location")))
    assert wrong == []
    assert everything() == before


def everything() -> list[str]:
    """All rows of ours, as text."""
    return [serializers.serialize("json", model._base_manager.order_by("pk")) for model in OURS]


OURS: list[type[Model]] = [
    Attendee, AttendeeFile, Change, CheckIn, Conference, Correction, Download, HeadCount, Letter,
    ListPreset, Mail, Material, Membership, Person, ProgrammeFile, Registration, Room, Schedule,
    Session, Slot, TicketKind, Track, Tutorial, User, Venue,
]  # fmt: skip


@pytest.mark.parametrize("visitor", ROLES, indirect=True)
def test_the_pages_of_libraries_tell_of_nobody(visitor, world, client):
    for address in addresses():
        if address.name.startswith("account_") and not address.wants:
            page = text_in(client.get(reverse(address.name)))
            assert not [name for name in SECRETS if name in page], address.name


def test_every_model_of_the_admin_is_decided_about():
    known = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert known == set(MODELS)
