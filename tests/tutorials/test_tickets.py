"""“My tickets”, and what organisers do about tickets and places."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from people.models import Attendee, TicketKind
from tests.browser import Watch, faults_of, open_browser
from tests.factories import NOW, make_attendee, make_member, make_ticket, make_user, prove
from tests.pages import levels_of, messages_of, text_of
from tutorials import registration
from tutorials.models import Change, Mail, Registration

PAGE = "/cpal-2026/my/tickets/"
ADA = "ada@example.org"


@pytest.fixture
def conference(conference):
    conference.attendance = "register_with_ticket"
    conference.save()
    return conference


@pytest.fixture
def ada(client, user):
    client.force_login(user)
    return prove(user)


def send(client, do, **fields):
    response = client.post(PAGE, {"do": do, **fields})
    assert (response.status_code, response.get("Location")) == (303, PAGE)
    return messages_of(response)[-1]


def register(client, tutorial):
    return client.post(f"/cpal-2026/tutorials/{tutorial.slug}/register/")


def mine(user, tutorial):
    return Registration.objects.live().get(attendee__user=user, tutorial=tutorial)


@pytest.mark.parametrize("attendance", ["open", "ticket", "register"])
def test_where_no_ticket_is_needed_there_is_no_page(client, ada, programme, attendance):
    programme.conference.attendance = attendance
    programme.conference.save()

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"do": "unlisted"}).status_code == 404
    assert PAGE not in client.get("/cpal-2026/").content.decode()


def test_signed_out_one_signs_in(client, programme):
    response = client.get(PAGE)

    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={PAGE}")
    assert client.post(PAGE, {"do": "take"}).status_code == 302


def test_the_page_is_found(client, ada, programme):
    home = client.get("/cpal-2026/").content.decode()
    tutorial = client.get(programme.t1.get_absolute_url()).content.decode()

    assert home.count(f'href="{PAGE}"') == 1
    assert tutorial.count(f'href="{PAGE}"') == 2  # and where it says that a ticket is missing


def test_the_page_is_private_and_in_order(client, ada, programme):
    make_ticket(programme.conference, buyer_email=ADA)

    response = client.get(PAGE)

    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert levels_of(response) == [1, 2, 2, 2, 2]


def test_it_costs_the_same_for_more_tickets(client, ada, conference, django_assert_max_num_queries):
    def more():
        for _ in range(3):
            make_ticket(conference, buyer_email=ADA, kind="Package")
            make_ticket(conference, buyer_email=ADA, user=make_user())

    more()
    client.get(PAGE)
    with django_assert_max_num_queries(10) as few:
        client.get(PAGE)
    more()
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_everybody_can_use_the_page(client, live_server, conference, ada):
    ada.memberships.create(conference=conference, role="door")
    tickets = [make_ticket(conference, buyer_email=ADA, kind="Package") for _ in range(2)]
    make_ticket(conference, name="Grace", buyer_email=ADA, user=make_user())
    make_attendee(conference, user=ada, claimed_ticket="X" * 60, claimed_at=NOW)
    with open_browser() as browser:
        context = browser.new_context(service_workers="block")
        key = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        watch = Watch(page, live_server.url)
        page.goto(live_server.url + PAGE)
        page.locator(f"#ticket-{tickets[0].pk} summary").click()
        faults = [*faults_of(page, Axe()), *watch.faults]
        field = f"#id_{tickets[0].pk}-hand_on"
        page.locator(f"{field}-name").fill("Alan Turing")
        page.locator(f"{field}-email").fill("alan@example.org")
        page.get_by_role("button", name="Hand the ticket on").first.click()
        page.get_by_text("is for Alan Turing now").wait_for()
    assert not faults


# A ticket that can only be theirs


@pytest.mark.parametrize("path", [PAGE, "/cpal-2026/my/"])
def test_it_is_theirs_once_they_look(client, ada, conference, path):
    ticket = make_ticket(conference, email=ADA)

    client.get(path)

    ticket.refresh_from_db()
    assert ticket.user == ada


def test_it_is_theirs_once_they_register(client, ada, programme):
    ticket = make_ticket(programme.conference, email=ADA)
    page = text_of(client.get(programme.t1.get_absolute_url()))
    assert "Register for this tutorial" in page
    ticket.refresh_from_db()
    assert ticket.user is None  # looking at a tutorial makes nobody an attendee

    register(client, programme.t1)

    assert mine(ada, programme.t1).attendee == ticket
    assert mine(ada, programme.t1).status == "confirmed"
    assert Attendee.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_linked", [False, True])
def test_registering_with_a_ticket_is_few_statements(
    client, ada, programme, django_assert_max_num_queries, is_linked
):
    owner = ada if is_linked else None
    make_ticket(programme.conference, email=ADA, kind="Package", user=owner)

    with django_assert_max_num_queries(20):
        register(client, programme.t1)

    assert mine(ada, programme.t1).status == "confirmed"


def test_seats_that_were_held_are_theirs_then(client, ada, programme):
    send(client, "unlisted", **{"unlisted-number": "T-77"})
    register(client, programme.t1)
    assert mine(ada, programme.t1).awaits_ticket
    make_ticket(programme.conference, email=ADA, ticket_number="T-77")

    client.get("/cpal-2026/my/")

    assert mine(ada, programme.t1).status == "confirmed"
    assert Attendee.objects.get().ticket_number == "T-77"


# Several tickets


def test_a_buyer_takes_one_and_hands_on_the_others(client, ada, conference):
    first, second = (
        make_ticket(conference, name="Ada Lovelace", email=ADA, buyer_email=ADA) for _ in range(2)
    )

    assert first.ticket_number in send(client, "take", ticket=first.pk)
    told = send(
        client,
        "hand_on",
        ticket=second.pk,
        **{f"{second.pk}-hand_on-name": "Grace Hopper", f"{second.pk}-hand_on-email": "G@x.org"},
    )

    assert "Tell them to sign in here with the address g@x.org." in told
    page = text_of(client.get(PAGE))
    assert first.ticket_number in page
    assert "Grace Hopper · g@x.org" in page
    second.refresh_from_db()
    assert (second.name, second.email) == ("Grace Hopper", "g@x.org")


def test_whom_it_is_for_has_to_be_said(client, ada, conference):
    ticket, _other = (make_ticket(conference, buyer_email=ADA) for _ in range(2))
    name = f"{ticket.pk}-hand_on-name"

    response = client.post(PAGE, {"do": "hand_on", "ticket": ticket.pk, name: "Grace"})

    assert response.status_code == 200
    assert "This field is required." in text_of(response)
    assert 'value="Grace"' in response.content.decode()
    assert "<details" in response.content.decode()
    ticket.refresh_from_db()
    assert ticket.name != "Grace"


def test_a_buyer_sees_nothing_of_what_others_do(client, ada, programme):
    grace = make_user("private@example.org", name="Grace")
    ticket = make_ticket(
        programme.conference, name="Grace", buyer_email=ADA, user=grace, email=grace.email
    )
    registration.register(ticket, programme.t1, by=grace, at=NOW)

    response = client.get(PAGE)

    assert "In use." in text_of(response)
    assert "Grace" in text_of(response)
    assert "private@example.org" not in response.content.decode()
    assert programme.t1.title not in response.content.decode()
    assert "Hand it on" not in text_of(response)


@pytest.mark.parametrize("do", ["take", "hand_on"])
@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 30, "{other}"])
def test_nobody_touches_anothers_ticket(client, ada, conference, do, pk):
    other = make_ticket(conference, buyer_email="other@example.org", name="Grace")
    pk = pk.format(other=other.pk)
    number = pk if pk == str(other.pk) else "0"
    fields = {f"{number}-hand_on-name": "Eve", f"{number}-hand_on-email": "eve@example.org"}

    send(client, do, ticket=pk, **fields)

    other.refresh_from_db()
    assert (other.user, other.name) == (None, "Grace")


def test_what_nobody_offers_does_nothing(client, ada, conference):
    assert client.post(PAGE, {"do": "dance"}).status_code == 303
    assert client.post(PAGE).status_code == 303


# By its number


def find(client, number, name):
    return client.post(PAGE, {"do": "find", "find-number": number, "find-name": name})


def test_a_ticket_is_linked_by_its_number_and_name(client, ada, conference):
    ticket = make_ticket(conference, name="A. K. Lovelace Ada", email="boss@example.org")

    response = find(client, ticket.ticket_number.lower(), "Ada Lovelace")

    assert response.status_code == 303
    ticket.refresh_from_db()
    assert ticket.user == ada


def test_a_wrong_number_can_be_corrected(client, ada, conference):
    response = find(client, "T-0", "Ada Lovelace")

    assert response.status_code == 200
    assert "We know of no free ticket" in text_of(response)
    assert 'value="T-0"' in response.content.decode()


def test_numbers_are_not_guessed_for_long(client, ada, conference):
    for _ in range(10):
        find(client, "T-0", "Ada Lovelace")
    ticket = make_ticket(conference, name="Ada Lovelace")

    response = find(client, ticket.ticket_number, "Ada Lovelace")

    assert "in an hour" in messages_of(response)[-1]
    ticket.refresh_from_db()
    assert ticket.user is None


# Not on any list


def test_a_seat_is_held_while_a_ticket_is_looked_for(client, ada, programme):
    told = send(client, "unlisted", **{"unlisted-number": " XY  1 "})
    register(client, programme.t1)

    assert "XY 1" in told
    row = mine(ada, programme.t1)
    assert (row.status, row.awaits_ticket) == ("offered", True)
    page = text_of(client.get(PAGE))
    assert "You told us of the ticket XY 1." in page
    assert programme.t1.title in page


def test_who_waits_already_gets_what_is_free_when_they_tell_of_a_ticket(
    client, ada, programme, conference
):
    others = [make_ticket(conference) for _ in range(3)]
    for other in others:
        registration.register(other, programme.t1, by=None, at=NOW)
    send(client, "unlisted", **{"unlisted-number": "XY-1"})
    register(client, programme.t1)
    send(client, "take_back")
    registration.cancel(others[0], programme.t1, by=None, at=NOW)
    assert mine(ada, programme.t1).status == "waitlisted"

    send(client, "unlisted", **{"unlisted-number": "XY-2"})

    row = mine(ada, programme.t1)
    assert (row.status, row.awaits_ticket) == ("offered", True)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_with_a_form_is_no_list_to_look_at(client, ada, live_server, programme):
    with open_browser() as browser:
        context = browser.new_context(service_workers="block")
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + PAGE)
        page.locator("[name=find-number]").fill("nothing")
        page.locator("[name=find-name]").fill("Nobody")
        page.get_by_role("button", name="Link the ticket").click()

        wrong = page.locator(".alert li")

        assert wrong.evaluate("each => getComputedStyle(each).listStyleType") == "none"


def test_taking_a_claim_back_gives_up_what_was_held(client, ada, programme):
    send(client, "unlisted", **{"unlisted-number": "XY-1"})
    register(client, programme.t1)

    send(client, "take_back")

    place = Attendee.objects.get(user=ada)
    assert (place.claimed_ticket, place.claimed_at) == ("", None)
    row = Registration.objects.get()
    assert (row.status, row.cancelled_because) == ("cancelled", "self")
    assert "No ticket is linked to your account." in text_of(client.get(PAGE))


def test_the_name_is_asked_where_there_is_none(client, conference):
    grace = prove(make_user("grace@example.org", name=""))
    client.force_login(grace)
    assert client.post(PAGE, {"do": "unlisted", "unlisted-number": "1"}).status_code == 200

    send(client, "unlisted", **{"unlisted-number": "1", "unlisted-name": "Grace Hopper"})

    assert Attendee.objects.get(user=grace).name == "Grace Hopper"


def test_who_has_a_ticket_claims_none(client, ada, conference):
    place = make_ticket(conference, user=ada)

    send(client, "unlisted", **{"unlisted-number": "XY-1"})

    place.refresh_from_db()
    assert place.claimed_ticket == ""


def test_who_was_withdrawn_is_told_so(client, ada, conference):
    make_ticket(conference, user=ada, withdrawn_at=NOW)

    assert "was withdrawn" in text_of(client.get(PAGE))
    assert "was withdrawn" in send(client, "unlisted", **{"unlisted-number": "XY-1"})


# The organisers


def admin(page, *args):
    return reverse(f"admin:{page}", args=args)


def attendee_page(page, attendee):
    return admin(f"people_attendee_{page}", attendee.pk)


@pytest.fixture
def claimant(programme, user):
    """Ada, who claims a ticket and for whom a seat is held."""
    place = make_attendee(
        programme.conference, user=user, name="Ada", claimed_ticket="XY-1", claimed_at=NOW
    )
    registration.register(place, programme.t1, by=user, at=NOW)
    return place


def test_claims_are_listed_and_counted(admin_client, claimant, conference):
    make_attendee(conference, name="Somebody Else")

    index = text_of(admin_client.get(admin("index")))
    conference_page = admin_client.get(admin("conference_conference_change", conference.pk))
    listed = admin_client.get(admin("people_attendee_changelist") + "?claims=open")

    assert "1 claim waits" in index
    assert "1 claim waits" in text_of(conference_page)
    assert "Ada" in text_of(listed)
    assert "Somebody Else" not in text_of(listed)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("ticket=tutorials", {"With", "Kindless", "Gone"}),
        ("ticket=without", {"Main"}),
        ("ticket=none", {"None"}),
        ("withdrawn=yes", {"Gone"}),
        ("withdrawn=no", {"With", "Kindless", "Main", "None"}),
    ],
)
def test_attendees_are_filtered_by_their_right(admin_client, conference, asked, names):
    make_ticket(conference, name="With", kind="Package")
    make_ticket(conference, name="Kindless")
    make_ticket(conference, name="Main", tutorials=False)
    make_ticket(conference, name="Gone", withdrawn_at=NOW)
    make_attendee(conference, name="None")

    listed = admin_client.get(f"{admin('people_attendee_changelist')}?{asked}")

    assert {attendee.name for attendee in listed.context["cl"].result_list} == names


def test_nothing_is_said_where_no_claim_waits(admin_client, conference):
    assert "claim" not in text_of(admin_client.get(admin("index")))


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_confirmed(admin_client, organiser, programme, claimant):
    kind = TicketKind.objects.create(conference=programme.conference, name="Package")
    page = attendee_page("confirm", claimant)
    assert "XY-1" in text_of(admin_client.get(page))

    answer = admin_client.post(page, {"number": "XY-0001", "kind": kind.pk})

    assert answer.status_code == 302
    claimant.refresh_from_db()
    assert (claimant.ticket_number, claimant.claimed_ticket) == ("XY-0001", "")
    assert claimant.ticket_kind == kind
    row = Registration.objects.get()
    assert (row.status, row.awaits_ticket) == ("confirmed", False)
    change = Change.objects.filter(registration=row).latest("pk")
    assert (change.why, change.by) == ("ticket", organiser)


def test_a_claim_to_another_ones_ticket_names_whom(admin_client, programme, claimant):
    listed = make_ticket(
        programme.conference, name="Ada Lovelace", email="a@x.org", ticket_number="XY1"
    )
    page = attendee_page("confirm", claimant)
    admin_client.post(page, {"number": "XY-1"})
    claimant.refresh_from_db()
    assert claimant.ticket_number == "XY-1"  # another number, by its hyphen
    claimant.ticket_number, claimant.claimed_ticket, claimant.claimed_at = "", "xy 1", NOW
    claimant.save()

    answer = admin_client.post(page, {"number": "xy 1"})
    assert "Ada Lovelace (a@x.org)" in text_of(answer)
    assert Attendee.objects.filter(pk=listed.pk).exists()
    admin_client.post(page, {"number": "xy 1", "same_person": "on"})

    claimant.refresh_from_db()
    assert claimant.ticket_number == "XY1"
    assert not Attendee.objects.filter(pk=listed.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_refused_with_a_reason(admin_client, programme, claimant):
    page = attendee_page("refuse", claimant)
    assert "1 seat that is held" in text_of(admin_client.get(page))

    admin_client.post(page, {"reason": "No such order."})

    claimant.refresh_from_db()
    assert claimant.claimed_ticket == ""
    assert Registration.objects.get().status == "cancelled"
    assert Mail.objects.latest("pk").facts["reason"] == "No such order."


@pytest.mark.django_db(transaction=True)
def test_many_claims_are_confirmed_together(admin_client, programme, claimant):
    conference = programme.conference
    simple = make_attendee(conference, claimed_ticket="S-1", claimed_at=NOW)
    hard = make_attendee(conference, name="Hard", claimed_ticket="H-1", claimed_at=NOW)
    make_ticket(conference, ticket_number="H-1", name="Grace", user=make_user())

    answer = admin_client.post(
        admin("people_attendee_changelist"),
        {"action": "confirm_claims", "_selected_action": [claimant.pk, simple.pk, hard.pk]},
        follow=True,
    )

    numbers = [Attendee.objects.get(pk=each.pk).ticket_number for each in (claimant, simple, hard)]
    assert numbers == ["XY-1", "S-1", ""]
    assert "2 tickets are confirmed." in text_of(answer)
    assert "Hard: The ticket is that of Grace" in text_of(answer)
    assert Registration.objects.get().status == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_an_attendee_is_withdrawn_and_let_in_again(admin_client, programme):
    conference = programme.conference
    people = [make_ticket(conference) for _ in range(4)]
    for person in people:
        registration.register(person, programme.t1, by=None, at=NOW)
    gone = people[0]
    assert "1 registration" in text_of(admin_client.get(attendee_page("withdraw", gone)))

    admin_client.post(attendee_page("withdraw", gone), {"reason": "Refunded."})

    gone.refresh_from_db()
    assert gone.withdrawn_at
    assert gone.registrations.get().cancelled_because == "withdrawn"
    assert people[3].registrations.get().status == "confirmed"
    assert Change.objects.filter(attendee=gone).latest("pk").reason == "Refunded."

    admin_client.post(attendee_page("reinstate", gone))

    gone.refresh_from_db()
    assert gone.withdrawn_at is None
    registration.register(gone, programme.t2, by=None, at=NOW)


@pytest.mark.parametrize("page", ["confirm", "refuse", "withdraw", "reinstate"])
def test_the_pages_are_for_who_may_change_attendees(client, claimant, page):
    client.force_login(make_member(claimant.conference, "editor"))

    assert client.get(attendee_page(page, claimant)).status_code == 404
    assert client.post(attendee_page(page, claimant)).status_code == 404
    claimant.refresh_from_db()
    assert claimant.claimed_ticket
    assert claimant.withdrawn_at is None


@pytest.mark.parametrize("page", ["confirm", "refuse", "withdraw", "reinstate"])
def test_a_page_with_nothing_to_do_says_so(admin_client, conference, page):
    settled = make_attendee(conference, withdrawn_at=NOW if page == "withdraw" else None)

    html = admin_client.get(attendee_page(page, settled)).content.decode()

    assert '<input type="submit"' not in html.partition("content-main")[2]


def attendee_form(attendee, **fields):
    return {
        "name": attendee.name,
        "sort_name": attendee.sort_name,
        "registrations-TOTAL_FORMS": 0,
        "registrations-INITIAL_FORMS": 0,
    } | fields


@pytest.mark.django_db(transaction=True)
def test_a_number_typed_into_the_form_settles_the_claim(admin_client, claimant):
    answer = admin_client.post(
        attendee_page("change", claimant), attendee_form(claimant, ticket_number="T-1")
    )

    assert answer.status_code == 302
    claimant.refresh_from_db()
    assert (claimant.claimed_ticket, claimant.claimed_at) == ("", None)
    assert Registration.objects.get().status == "confirmed"


def test_a_form_saves_nothing_but_what_was_edited(admin_client, claimant, monkeypatch):
    """What became of the place while the form was open is not undone."""
    from people.admin import AttendeeForm

    clean = AttendeeForm.clean

    def withdrawn_meanwhile(form):
        Attendee.objects.filter(pk=claimant.pk).update(withdrawn_at=NOW)
        return clean(form)

    monkeypatch.setattr(AttendeeForm, "clean", withdrawn_meanwhile)
    admin_client.post(attendee_page("change", claimant), attendee_form(claimant, name="Ada King"))

    claimant.refresh_from_db()
    assert (claimant.name, claimant.withdrawn_at) == ("Ada King", NOW)


def test_a_kind_of_another_conference_is_refused(admin_client, claimant):
    from tests.factories import make_conference

    foreign = TicketKind.objects.create(conference=make_conference(), name="VIP")

    answer = admin_client.post(
        attendee_page("change", claimant), attendee_form(claimant, ticket_kind=foreign.pk)
    )

    assert answer.status_code == 200
    claimant.refresh_from_db()
    assert claimant.ticket_kind is None


class TestDeletingAKind:
    @pytest.fixture
    def kind(self, conference):
        return TicketKind.objects.create(conference=conference, name="Main")

    @pytest.fixture
    def page(self, kind):
        return admin("people_ticketkind_delete", kind.pk)

    def test_that_attendees_have_is_refused_plainly(self, admin_client, conference, kind, page):
        make_ticket(conference, kind="Main", name="Ada")
        make_ticket(conference, kind="Main", withdrawn_at=NOW)

        messages_of = admin_client.get(page)
        answer = admin_client.post(page, {"post": "yes"})

        assert "A kind of ticket that attendees have cannot be deleted" in text_of(messages_of)
        assert "2 attendees have this kind of ticket" in text_of(messages_of)
        assert "Ada" not in text_of(messages_of).partition("cannot be deleted")[2]
        assert 'name="post"' not in messages_of.content.decode()
        assert answer.status_code == 200
        assert TicketKind.objects.filter(pk=kind.pk).exists()
        listed = f"/admin/people/attendee/?ticket_kind__id__exact={kind.pk}"
        assert listed in messages_of.content.decode()
        assert len(admin_client.get(listed).context["cl"].result_list) == 2

    def test_that_nobody_has_any_more(self, admin_client, conference, kind, page):
        ada = make_ticket(conference, kind="Main")
        Attendee.objects.filter(pk=ada.pk).update(ticket_kind=None)

        assert admin_client.post(page, {"post": "yes"}).status_code == 302
        assert not TicketKind.objects.filter(pk=kind.pk).exists()

    def test_is_not_done_to_many_at_once(self, admin_client, kind):
        answer = admin_client.get(admin("people_ticketkind_changelist"))

        assert "delete_selected" not in answer.content.decode()

    def test_happens_with_its_conference(self, admin_client, conference, kind):
        make_ticket(conference, kind="Main")
        page = admin("conference_conference_delete", conference.pk)

        assert "Are you sure" in admin_client.get(page).content.decode()
        assert admin_client.post(page, {"post": "yes"}).status_code == 302
        assert not TicketKind.objects.exists()
        assert not Attendee.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_kind_that_gives_tutorials_from_now_on(admin_client, programme):
    conference = programme.conference
    people = [make_ticket(conference, kind="Package") for _ in range(4)]
    for person in people:
        registration.register(person, programme.t1, by=None, at=NOW)
    waiting = people[3]
    main = TicketKind.objects.create(conference=conference, name="Main", gives_tutorials=False)
    Attendee.objects.filter(pk=waiting.pk).update(ticket_kind=main)
    registration.cancel(people[0], programme.t1, by=None, at=NOW)
    assert waiting.registrations.get().status == "waitlisted"
    page = admin("people_ticketkind_change", main.pk)

    admin_client.post(page, {"name": "Main", "gives_tutorials": "on"})

    assert waiting.registrations.get().status == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_where_tickets_are_needed_no_more_held_seats_are_theirs(admin_client, claimant):
    page = admin("conference_conference_uses", claimant.conference.pk)
    switches = dict.fromkeys(("has_waiting_list", "shows_seats", "checks_in", "confirmed"), "on")

    answer = admin_client.post(page, {"attendance": "register", "overlaps": "refuse"} | switches)

    assert answer.status_code == 302
    assert Registration.objects.get().status == "confirmed"
