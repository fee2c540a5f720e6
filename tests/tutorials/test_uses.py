"""What a conference doesn't use leaves no trace: on no page, in no document, in no mail.

Every address of the resolver is walked, so that a new one is looked at without anybody adding it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import mail as outbox
from django.urls import get_resolver, reverse

from conference.models import Conference
from people.models import TicketKind, User
from tests.addresses import routes
from tests.factories import (
    NOW,
    at,
    make_attendee,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_ticket,
    make_tutorial,
    make_user,
)
from tests.pages import text_in, text_of
from tutorials import checkin, mails, registration, schedule
from tutorials.admin.mails import OF_THE_QUEUE
from tutorials.audit import audit
from tutorials.models import Change, Feedback, Mail, Registration, Slot
from tutorials.models.mail import LetterKind, MailKind
from tutorials.registration import TooFew
from tutorials.standing import Refused
from tutorials.tokens import token_for

# What each switch, when it is off, lets nobody read.
REGISTERING = re.compile(r"\b(un)?regist\w*|\bseat\w*|\bwait(ing|list)\w*", re.IGNORECASE)
WAITING = re.compile(r"\bwaiting\b|\bqueue\b", re.IGNORECASE)
NUMBERS = re.compile(
    r"\d+ seats?\b|\bseats? left|\d+ of \d+|last seat|people registered", re.IGNORECASE
)
FEEDBACK = re.compile(r"(?<!invalid-)feedback|how (it was|was it)|what was said", re.IGNORECASE)
CHECKING_IN = re.compile(r"\bcheck(s|ed|ing)?[- ]?ins?\b|\bbadge", re.IGNORECASE)

# The page on which a conference says what it uses, and the form that asks a new one.
SAYS_IT = (
    "admin/conference/conference/<int:pk>/uses/",
    "admin/conference/conference/add/",
)
# They speak of every conference there may be: the API’s own description, Django’s words, the page
# of our components, and a program for browsers.
OF_ALL = ("api/v1/schema/", "api/v1/docs/", "admin/jsi18n/", "design/", "service-worker.js")
# What is kept of somebody is said, and what becomes of it, whether or not it is used.
KEPT = ("accounts/profile/privacy/", "admin/people/attendee/<int:pk>/erase/")
# What was, stays written: the history of a row, and which columns somebody took away.
RECORDS = re.compile(r"/history/$|^admin/tutorials/download/")
# Files have the columns that programs expect (docs/attendance-list.md).
FILES = ("text/csv", "application/vnd.openxmlformats", "application/pdf")
READ = ("text/", "application/json", "application/xml", "application/atom", "application/ld")


@pytest.fixture
def visitors(programme, user) -> dict[str, User | None]:
    """A stranger, somebody with a place at the conference, and its organiser."""
    conference = programme.conference
    make_attendee(conference, user=user, name=user.name)
    organiser = make_user("olga@example.org", name="Olga")
    organiser.memberships.create(conference=conference, role="organiser")
    for field in ("welcome", "access_contact", "code_of_conduct", "privacy_notice"):
        setattr(conference, field, f"Our {field}.")
    conference.contact_email = "hello@example.org"
    conference.tickets_url = "https://shop.example.org/"
    conference.save()
    TicketKind.objects.create(conference=conference, name="Main")
    return {"stranger": None, "attendee": user, "organiser": organiser}


def use(conference: Conference, **fields: object) -> Conference:
    """Let the conference use something or not, whatever that means."""
    Conference.objects.filter(pk=conference.pk).update(**fields)
    conference.refresh_from_db()
    return conference


def addresses(programme: SimpleNamespace) -> Iterator[tuple[str, str]]:
    """Every address in English by its route, filled in with rows of the programme.

    Left out are those of rows that are not there, and those that need a secret.
    """
    known = {
        "slug": programme.conference.slug,
        "tutorial": programme.t1.slug,
        "presenter": programme.t1.people.get().slug,
        "conference": programme.conference.slug,
        "app_label": "tutorials",
        "content_type_id": str(ContentType.objects.get_for_model(Conference).pk),
        "format": "json",
        "suffix": "csv",
    }
    for route in routes():
        address = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", route)
        address = re.sub(r"[\^$\\]|\\Z", "", address)
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", address))
        if names & SECRET or ".*" in address or route.startswith("^media/"):
            continue
        ids = (names & IDS) | set(re.findall(r"<int:(\w+)>", address))
        values = (dict.fromkeys(ids, _id_for(address, programme)) if ids else {}) | known
        unknown = names - set(values)
        assert not unknown, f"What stands for {unknown} in {route}? Say it in test_uses.py."
        if all(values[name] for name in names):
            for name in names:
                address = re.sub(rf"<(?:\w+:)?{name}>", values[name], address)
            yield route, f"/{address}"


SECRET = {"token", "key", "uidb36", "url", "path", "secret"}
IDS = {"id", "pk", "object_id"}


def _id_for(address: str, programme: SimpleNamespace) -> str:
    """The id of some row of what the address is about; empty where there is none."""
    found = re.match(r"admin/(\w+)/(\w+)/", address)
    if found:
        row = apps.get_model(found[1], found[2])._default_manager.order_by("pk").first()
        return str(row.pk) if row else ""
    return str(programme.t1.pk) if "api/v1/tutorials" in address else "1"


def assert_no(found: list[str]) -> None:
    assert not found, "\n".join(found)


def traces(client, programme, visitors, forbidden: re.Pattern[str], only: str = "") -> list[str]:
    """Every place where a visitor reads what nobody should; on routes that ``only`` matches."""
    found = []
    for who, user in visitors.items():
        client.logout()
        if user:
            client.force_login(user)
        for route, address in addresses(programme):
            if route.startswith("admin/") and who != "organiser":
                continue  # they sign in, or are refused: test_every_address.py
            if route in SAYS_IT or route.startswith((*OF_ALL, *KEPT)) or RECORDS.search(route):
                continue
            if not re.match(only, route):
                continue
            answer = client.get(address)
            kind = answer.get("Content-Type", "")
            if answer.status_code != 200 or kind.startswith(FILES) or not kind.startswith(READ):
                continue
            text = b"".join(answer).decode()
            for hit in forbidden.finditer(text):
                around = text[max(0, hit.start() - 60) : hit.end() + 40]
                found.append(f"{who} {address}: …{' '.join(around.split())}…")
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("attendance", ["open", "ticket"])
class TestWhereNobodyRegisters:
    def test_no_page_speaks_of_it(self, client, programme, visitors, attendance):
        use(programme.conference, attendance=attendance)

        assert_no(traces(client, programme, visitors, REGISTERING))

    def test_no_letter_speaks_of_it(self, programme, attendance):
        conference = use(programme.conference, attendance=attendance)

        for kind in LetterKind:
            letter = mails.letter_sample_of(
                kind, conference, address="olga@example.org", language="en", at=NOW
            )
            assert letter is not None
            assert not REGISTERING.search(f"{letter.subject} {letter.body}"), kind

    def test_no_mail_of_an_account_speaks_of_it(self, client, programme, user, attendance):
        use(programme.conference, attendance=attendance)

        client.post(reverse("account_request_login_code"), {"email": user.email})

        (sent,) = outbox.outbox
        assert not REGISTERING.search(sent.subject + str(sent.body))


@pytest.mark.one_database
def test_the_walk_finds_what_is_there(client, programme, visitors):
    """Otherwise it would be no proof."""
    only = r"<str:slug>/(my|staff|tutorials)/$|admin/$|api/v1/.*tutorials"
    found = traces(client, programme, visitors, REGISTERING, only)

    assert any("stranger /cpal-2026/tutorials/" in each for each in found)
    assert any("attendee /cpal-2026/my/" in each for each in found)
    assert any("organiser /admin/:" in each for each in found)
    assert any("organiser /cpal-2026/staff/" in each for each in found)
    assert any(" /api/v1/tutorials/" in each for each in found)


def test_the_walk_comes_everywhere(programme, visitors):
    walked = {route for route, _address in addresses(programme)}

    assert {route for route in routes(get_resolver()) if "<" not in route} <= walked | {
        route for route in routes() if ".*" in route or "(" in route
    }
    assert "<str:slug>/staff/" in walked
    assert "admin/tutorials/tutorial/<path:object_id>/change/" in walked


class TestWithoutAWaitingList:
    @pytest.fixture
    def full(self, programme, attendees):
        """T1 is full, and a full tutorial has no waiting list."""
        use(programme.conference, has_waiting_list=False)
        for attendee in attendees[:3]:
            registration.register(attendee, programme.t1, by=None, at=NOW)
        programme.t1.refresh_from_db()
        return programme.t1

    @pytest.mark.one_database
    def test_no_page_speaks_of_it(self, client, full, programme, visitors):
        assert_no(traces(client, programme, visitors, WAITING))

    @pytest.mark.parametrize("kind", sorted(set(MailKind) - OF_THE_QUEUE))
    def test_no_mail_speaks_of_it(self, programme, kind):
        conference = use(programme.conference, has_waiting_list=False)

        mail = mails.sample_of(kind, conference, address="ada@example.org", language="en", at=NOW)

        assert mail is not None
        assert not WAITING.search(f"{mail.subject} {mail.body}")

    def test_nor_does_the_page_of_a_seat_that_was_held(self, client, programme):
        """For a ticket that was to be confirmed: the one offer that is made without a list."""
        use(programme.conference, has_waiting_list=False, attendance="register_with_ticket")
        claimant = make_attendee(
            programme.conference, user=make_user(), claimed_ticket="A-1", claimed_at=NOW
        )
        mine = registration.register(claimant, programme.t1, by=None, at=NOW)
        assert mine.status == "offered"
        page = reverse("tutorials:offer", args=["cpal-2026", token_for(mine, "offer")])

        for answer in (client.get(page), client.post(page, {"answer": "decline"}, follow=True)):
            assert not WAITING.search(text_of(answer))

    def test_a_full_tutorial_refuses(self, full, attendees):
        with pytest.raises(Refused) as refused:
            registration.register(attendees[3], full, by=None, at=NOW)

        assert refused.value.refusal.code == "full"
        assert Registration.objects.count() == 3

    def test_the_page_says_what_can_be_done(self, client, full, user):
        client.force_login(user)

        page = client.get(full.get_absolute_url())

        assert "This tutorial is full." in text_of(page)
        assert "See the other tutorials" in text_of(page)
        assert "Register for this tutorial" not in text_of(page)

    def test_a_seat_that_frees_is_the_next_comers(self, full, attendees):
        registration.cancel(attendees[0], full, by=None, at=NOW)

        assert registration.register(attendees[3], full, by=None, at=NOW).status == "confirmed"

    def test_switching_is_possible_while_seats_are_free(self, full, programme, attendees):
        mine = registration.switch(attendees[0], programme.t3, gives_up=full, by=None, at=NOW)

        assert mine.status == "confirmed"

    def test_switching_to_a_full_one_is_refused_and_nothing_is_lost(
        self, full, programme, attendees
    ):
        registration.register(attendees[4], programme.t3, by=None, at=NOW)

        with pytest.raises(Refused) as refused:
            registration.switch(attendees[4], full, gives_up=programme.t3, by=None, at=NOW)

        assert refused.value.refusal.code == "full"
        assert Registration.objects.get(attendee=attendees[4]).status == "confirmed"

    def test_the_button_to_switch_is_there_and_the_one_to_wait_is_not(
        self, client, full, programme, user
    ):
        attendee = make_attendee(programme.conference, user=user)
        registration.register(attendee, programme.t3, by=None, at=NOW)
        Registration.objects.filter(tutorial=full).first()
        registration.cancel(
            Registration.objects.filter(tutorial=full)[0].attendee, full, by=None, at=NOW
        )
        client.force_login(user)

        page = text_of(client.get(full.get_absolute_url()))

        assert f"Switch from “{programme.t3.title}” to this one" in page
        assert "Hold a seat" not in page

    def test_where_two_would_have_to_be_given_up_nothing_is_held(
        self, client, programme, attendees, user
    ):
        """With a list one could have a seat held, and decide; it is by waiting for a moment."""
        long = make_tutorial(programme.conference)
        make_slot(make_session(programme.conference, at(8), at(14)), long, None)
        schedule.release(programme.conference, by=None, at=NOW)
        attendee = make_attendee(programme.conference, user=user)
        for tutorial in (programme.t3, programme.t4):
            registration.register(attendee, tutorial, by=None, at=NOW)
        client.force_login(user)
        assert "Hold a seat" in text_of(client.get(long.get_absolute_url()))
        use(programme.conference, has_waiting_list=False)

        page = text_of(client.get(long.get_absolute_url()))
        with pytest.raises(Refused) as refused:
            registration.register(attendee, long, by=None, at=NOW, when_free="offer")

        assert "Hold a seat" not in page
        assert refused.value.refusal.code == "overlaps"

    def test_who_waited_before_keeps_the_place_and_comes_first(self, client, programme, attendees):
        for attendee in attendees[:4]:
            registration.register(attendee, programme.t1, by=None, at=NOW)
        use(programme.conference, has_waiting_list=False)

        registration.cancel(attendees[0], programme.t1, by=None, at=NOW)

        assert Registration.objects.get(attendee=attendees[3]).status == "confirmed"

    def test_nobody_new_joins_those_who_wait(self, programme, attendees):
        for attendee in attendees[:4]:
            registration.register(attendee, programme.t1, by=None, at=NOW)
        use(programme.conference, has_waiting_list=False)

        with pytest.raises(Refused):
            registration.register(attendees[4], programme.t1, by=None, at=NOW)

    def test_a_seat_that_is_theirs_who_waited_is_no_newcomers(self, programme, attendees):
        """A crash left a seat free: it goes to who waits, and the newcomer finds it full."""
        for attendee in attendees[:4]:
            registration.register(attendee, programme.t1, by=None, at=NOW)
        use(programme.conference, has_waiting_list=False)
        Registration.objects.filter(attendee=attendees[0]).delete()
        Change.objects.filter(attendee=attendees[0]).delete()
        type(programme.t1).objects.filter(pk=programme.t1.pk).update(seats_taken=2)

        with pytest.raises(Refused) as refused:
            registration.register(attendees[4], programme.t1, by=None, at=NOW)

        assert refused.value.refusal.code == "full"
        registration.sweep(at=NOW)
        assert Registration.objects.get(attendee=attendees[3]).status == "confirmed"

    def test_nobody_is_moved_back_to_it(self, client, full, organiser):
        client.force_login(organiser)
        page = reverse("admin:tutorials_tutorial_seats", args=[full.pk])

        client.post(page, {"capacity": 2, "kept_back": 0, "too_few": TooFew.MOVE_BACK})

        assert Registration.objects.waiting().count() == 0
        assert "head of the" not in client.get(page).content.decode()


class TestWithoutNumbers:
    @pytest.fixture
    def hidden(self, programme, attendees):
        use(programme.conference, shows_seats=False)
        for attendee in attendees[:2]:
            registration.register(attendee, programme.t1, by=None, at=NOW)
        return programme

    @pytest.mark.one_database
    def test_no_page_says_one(self, client, hidden, visitors):
        public = {"stranger": None, "attendee": visitors["attendee"]}

        assert_no(traces(client, hidden, public, NUMBERS))

    def test_the_page_says_whether_one_can_register(self, client, hidden, attendees):
        page = hidden.t1.get_absolute_url()

        assert "Seats free" in text_of(client.get(page))
        registration.register(attendees[2], hidden.t1, by=None, at=NOW)
        assert "Full" in text_of(client.get(page))

    def test_the_document_of_seats_holds_none(self, client, hidden):
        first = client.get("/cpal-2026/seats.json").json()["tutorials"][0]

        assert first == {
            "slug": hidden.t1.slug, "code": "T1", "state": "free", "text": "Seats free",
        }  # fmt: skip

    def test_nor_does_the_api(self, client, hidden):
        seats = client.get(f"/api/v1/tutorials/{hidden.t1.pk}/").json()["seats"]

        assert seats == {"state": "free"}


@pytest.mark.one_database
def test_without_check_in_no_page_speaks_of_it(client, programme, visitors):
    use(programme.conference, checks_in=False)

    assert_no(traces(client, programme, visitors, CHECKING_IN))


@pytest.mark.one_database
def test_without_feedback_no_page_speaks_of_it(client, programme, attendees, visitors):
    registration.register(attendees[0], programme.t1, by=None, at=NOW)
    Feedback.objects.create(
        tutorial=programme.t1, attendee=attendees[0], rating=4, good="Good.", sent_at=NOW
    )

    assert_no(traces(client, programme, visitors, FEEDBACK))


class TestWhereItCameToBeOpen:
    """People had registered before the organisers let everybody come."""

    @pytest.fixture
    def resting(self, programme, attendees):
        for number, attendee in enumerate(attendees[:4]):
            attendee.email = f"p{number}@example.org"
            attendee.save()
            registration.register(attendee, programme.t1, by=None, at=NOW)
        use(programme.conference, attendance="open")
        outbox.outbox.clear()
        return programme

    def test_nobody_is_given_a_seat(self, resting, attendees):
        registration.cancel(attendees[0], resting.t1, by=None, at=NOW)
        registration.sweep(at=NOW)

        assert Registration.objects.get(attendee=attendees[3]).status == "waitlisted"

    def test_nobody_is_told_anything(self, resting):
        registration.cancel_tutorial(resting.t1, by=None, at=NOW)

        mails.deliver_due(NOW)

        assert outbox.outbox == []
        assert Mail.objects.filter(given_up_at__isnull=True).count() == 0

    def test_it_counts_again_when_people_register_again(self, resting, attendees):
        use(resting.conference, attendance="register")

        registration.cancel(attendees[0], resting.t1, by=None, at=NOW)

        assert Registration.objects.get(attendee=attendees[3]).status == "confirmed"

    def test_a_release_asks_nothing_about_them(self, resting):
        small = make_room(resting.conference, capacity=1)
        draft = Slot.objects.filter(schedule__number__isnull=True, tutorial=resting.t1)
        draft.update(room=small)

        assert [each for each in schedule.check(resting.conference) if each.blocks] == []

        use(resting.conference, attendance="register")
        assert [each.code for each in schedule.check(resting.conference) if each.blocks] == [
            "seats"
        ]


class TestThePage:
    """“What this conference uses”, in the admin."""

    @pytest.fixture
    def page(self, conference):
        return reverse("admin:conference_conference_uses", args=[conference.pk])

    @pytest.fixture
    def olga(self, client, conference):
        account = make_user("olga@example.org", name="Olga")
        account.memberships.create(conference=conference, role="organiser")
        client.force_login(account)
        return client

    def form(self, **fields):
        """What the page posts while nothing is changed; None for a switch that is off."""
        on = dict.fromkeys(("has_waiting_list", "shows_seats", "checks_in"), "on")
        chosen = {"attendance": "register", "overlaps": "refuse"} | on | fields
        return {name: value for name, value in chosen.items() if value is not None}

    def test_every_switch_says_what_it_means(self, olga, page):
        text = text_of(olga.get(page))

        for sentence in (
            "Nobody needs an account.",
            "On: who finds a tutorial full waits for a seat",
            "Off: only whether a tutorial is full.",
            "Off: nobody is checked in",
        ):
            assert sentence in text

    def test_it_is_a_click_away(self, olga, conference, page):
        change = reverse("admin:conference_conference_change", args=[conference.pk])

        for address in (change, reverse("admin:index")):
            assert page in olga.get(address).content.decode()

    @pytest.mark.parametrize("role", ["editor", "viewer", "door", None])
    def test_it_is_for_who_manages_the_conference(self, client, conference, page, role):
        account = make_user("eddie@example.org")
        if role:
            account.memberships.create(conference=conference, role=role)
        client.force_login(account)

        answer = client.post(page, self.form(has_waiting_list=None))

        assert answer.status_code in (302, 403, 404)
        conference.refresh_from_db()
        assert conference.has_waiting_list

    def test_who_manages_another_conference_does_not_find_it(self, client, page):
        account = make_user("other@example.org")
        account.memberships.create(conference=make_conference(), role="organiser")
        client.force_login(account)

        assert client.get(page).status_code == 404

    def test_where_nobody_is_concerned_it_is_saved_at_once(self, olga, conference, page):
        answer = olga.post(
            page, self.form(attendance="open", has_waiting_list=None, checks_in=None)
        )

        conference.refresh_from_db()
        assert answer.status_code == 302
        assert conference.attendance == "open"
        assert not conference.has_waiting_list
        assert not conference.checks_in
        assert conference.shows_seats

    def test_who_is_concerned_is_counted_and_it_asks_once_more(
        self, olga, programme, attendees, page
    ):
        for attendee in attendees[:5]:
            registration.register(attendee, programme.t1, by=None, at=NOW)

        answer = olga.post(page, self.form(has_waiting_list=None))

        programme.conference.refresh_from_db()
        assert programme.conference.has_waiting_list
        assert "2 people wait. They keep their place" in text_of(answer)

        olga.post(page, self.form(has_waiting_list=None, confirmed="on"))

        programme.conference.refresh_from_db()
        assert not programme.conference.has_waiting_list
        assert Registration.objects.waiting().count() == 2

    def test_registrations_that_would_rest_are_counted(self, olga, programme, attendees, page):
        registration.register(attendees[0], programme.t1, by=None, at=NOW)

        answer = olga.post(page, self.form(attendance="open"))

        assert "1 registration rests." in text_of(answer)

    @pytest.mark.parametrize(("days", "ends"), [(3, "offered"), (8, "cancelled")])
    def test_an_offer_that_ran_out_meanwhile_gets_a_new_deadline(
        self, olga, programme, attendees, page, settings, days, ends,
    ):  # fmt: skip
        """Unless it is too late for one; then it lapses like any other."""
        attendees[3].email = "p3@example.org"
        attendees[3].save()
        registration.register(attendees[3], programme.t3, by=None, at=NOW)
        for attendee in attendees[:4]:
            registration.register(attendee, programme.t1, by=None, at=NOW, when_free="offer")
        registration.cancel(attendees[0], programme.t1, by=None, at=NOW)
        offer = Registration.objects.get(status="offered")
        use(programme.conference, attendance="open")
        later = NOW + timedelta(days=days)
        settings.CLOCK = later.isoformat()
        registration.lapse(at=later)

        answer = text_of(olga.post(page, self.form()))
        olga.post(page, self.form(confirmed="on"))
        registration.lapse(at=later)

        offer.refresh_from_db()
        assert "1 offer ran out meanwhile: it gets a new deadline" in answer
        assert offer.status == ends
        assert audit(programme.conference) == []
        if ends == "offered":
            assert offer.offered_until
            assert offer.offered_until > later
            last = offer.changes.order_by("pk").values_list("was", "became", "by__name").last()
            assert last == ("offered", "offered", "Olga")
            told = Mail.objects.filter(attendee=attendees[3], kind="offered")
            assert told.latest("pk").facts == {"until": offer.offered_until.isoformat()}

    def test_who_has_no_ticket_is_counted(self, olga, programme, attendees, page):
        ticket = make_ticket(programme.conference)
        for attendee in (ticket, *attendees[:4]):
            registration.register(attendee, programme.t1, by=None, at=NOW)

        answer = text_of(olga.post(page, self.form(attendance="register_with_ticket")))

        assert "2 people have a seat and no ticket, and keep the seat." in answer
        assert "2 people wait and have no ticket" in answer

    def test_check_ins_are_counted(self, olga, programme, attendees, page):
        slot = Slot.objects.released(programme.conference).get(tutorial=programme.t1)
        checkin.check_in(attendees[0], slot, by=None, at=at(8))

        answer = text_of(olga.post(page, self.form(checks_in=None)))

        assert "1 check-in is kept" in answer

    def test_who_was_passed_over_gets_the_seat_that_is_free(
        self, olga, programme, attendees, page, django_capture_on_commit_callbacks
    ):
        """Two tutorials at a time are allowed from now on."""
        one, *others = attendees
        for attendee in others[:3]:
            registration.register(attendee, programme.t1, by=None, at=NOW)
        registration.register(one, programme.t1, by=None, at=NOW)
        registration.register(one, programme.t3, by=None, at=NOW)
        registration.cancel(others[0], programme.t1, by=None, at=NOW)
        waiting = Registration.objects.get(attendee=one, tutorial=programme.t1)
        assert waiting.status == "waitlisted"

        with django_capture_on_commit_callbacks(execute=True):
            olga.post(page, self.form(overlaps="allow", confirmed="on"))

        waiting.refresh_from_db()
        assert waiting.status == "confirmed"

    def test_it_writes_what_was_changed_and_no_more(self, olga, conference, page, monkeypatch):
        """Somebody edits the texts meanwhile."""
        from tutorials.admin import uses

        def meanwhile(before, after):
            Conference.objects.update(welcome="Written meanwhile.")
            return iter(())

        monkeypatch.setattr(uses, "what_follows", meanwhile)
        olga.post(page, self.form(shows_seats=None))

        conference.refresh_from_db()
        assert (conference.welcome, conference.shows_seats) == ("Written meanwhile.", False)

    def test_unknown_words_are_refused(self, olga, conference, page):
        answer = olga.post(page, self.form(attendance="everything"))

        assert answer.status_code == 200
        conference.refresh_from_db()
        assert conference.attendance == "register"


def test_the_form_of_a_conference_leaves_alone_what_it_uses(client, organiser, conference):
    client.force_login(organiser)
    use(conference, attendance="open", has_waiting_list=False)

    page = client.get(reverse("admin:conference_conference_change", args=[conference.pk]))

    assert 'name="attendance"' not in page.content.decode()
    assert "has_waiting_list" not in text_in(page.content.decode())
