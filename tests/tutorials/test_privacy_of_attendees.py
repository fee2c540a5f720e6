"""When a conference is over for half a year, it forgets who was there, and keeps how many."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.core.management import CommandError, call_command
from django.urls import reverse

from conference.dates import months_after
from people import privacy as people_privacy
from people.forgotten import ERASED_NAME
from people.models import Attendee, AttendeeFile, TicketKind
from people.privacy import erase_place
from people.tickets import hand_on
from tests.factories import NOW, at, make_attendee, make_conference, make_ticket, make_user, prove
from tests.pages import text_of
from tutorials import checkin, mails, privacy, private_calendar, registration, stars
from tutorials.audit import audit
from tutorials.models import (
    Change,
    CheckIn,
    HeadCount,
    Mail,
    PrivateCalendar,
    Registration,
    Slot,
    Star,
    Tutorial,
)

# The conference ends on 26 March, so it keeps names until 26 September.
LAST_DAY = datetime(2026, 9, 26, 12, tzinfo=UTC)
DUE = LAST_DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (date(2026, 3, 26), 6, date(2026, 9, 26)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_the_same_day_months_later(day, number, expected):
    assert months_after(day, number) == expected


def test_names_are_kept_for_half_a_year_unless_a_day_is_named(conference):
    assert conference.data_deleted_after == date(2026, 9, 26)
    conference.delete_after = date(2026, 4, 1)
    assert conference.data_deleted_after == date(2026, 4, 1)


@pytest.fixture
def over(programme):
    """The conference as it was: four people in a tutorial of three, one of them checked in."""
    conference = programme.conference
    people = [
        make_ticket(conference, name=f"Person {n}", email=f"p{n}@example.org") for n in range(4)
    ]
    for person in people:
        registration.register(person, programme.t1, by=None, at=NOW)
    slot = Slot.objects.released(conference).get(tutorial=programme.t1)
    checkin.check_in(people[0], slot, by=None, at=at(8))
    HeadCount.objects.create(tutorial=programme.t1, slot_key=slot.key, number=3, at=at(9))
    Change.objects.update(reason="for Person 0")
    AttendeeFile.objects.create(
        conference=conference, by=make_user(), name="people.csv", data=b"x", uploaded_at=NOW
    )
    return conference


def names(conference):
    return set(Attendee.objects.for_conference(conference).values_list("name", flat=True))


def test_not_before_the_day_has_passed(over):
    assert privacy.erase_due(LAST_DAY) == 0
    assert "Person 0" in names(over)


def test_the_day_ends_where_the_conference_is(over):
    over.time_zone = "Pacific/Kiritimati"  # 14 hours ahead
    over.save()
    assert privacy.erase_due(datetime(2026, 9, 26, 9, 59, tzinfo=UTC)) == 0
    assert privacy.erase_due(datetime(2026, 9, 26, 10, tzinfo=UTC)) == 4


def test_everybody_is_forgotten_and_everything_counted(over, monkeypatch):
    monkeypatch.setattr(privacy, "BATCH", 3)
    other = make_attendee(make_conference(ends_on=date(2027, 3, 26)), name="Of another")
    before = {model: model.objects.count() for model in (Registration, Change, CheckIn, HeadCount)}

    assert privacy.erase_due(DUE) == 4

    assert names(over) == {ERASED_NAME}
    assert set(Attendee.objects.values_list("email", flat=True)) == {""}
    assert not Mail.objects.exists()
    assert not AttendeeFile.objects.exists()
    assert not Change.objects.exclude(reason="").exists()
    assert {model: model.objects.count() for model in before} == before
    assert Tutorial.objects.get(code="T1").seats_taken == 3
    assert audit(over) == []
    over.refresh_from_db()
    assert over.personal_data_deleted_at == DUE
    other.refresh_from_db()
    assert other.name == "Of another"
    assert privacy.erase_due(DUE) == 0


def test_what_was_cut_off_goes_on(over, monkeypatch):
    monkeypatch.setattr(privacy, "BATCH", 3)
    with monkeypatch.context() as patch:
        batches: list[object] = []

        def erase(ids, when):
            if batches:
                raise KeyboardInterrupt
            batches.append(ids)
            return done(ids, when)

        done = privacy._erase_batch
        patch.setattr(privacy, "_erase_batch", erase)
        with pytest.raises(KeyboardInterrupt):
            privacy.erase_due(DUE)
    over.refresh_from_db()
    assert over.personal_data_deleted_at is None
    assert len(names(over)) == 2

    assert privacy.erase_due(DUE) == 1
    assert names(over) == {ERASED_NAME}


def test_who_came_later_is_forgotten_too(over):
    privacy.erase_due(DUE)
    make_attendee(over, name="Late")
    assert privacy.erase_due(DUE + timedelta(hours=1)) == 1


def test_the_number_of_queries_is_the_same_for_more_people(over, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        privacy.erase_due(DUE)
    for number in range(30):
        make_ticket(over, name=f"Late {number}", email=f"late{number}@example.org")
    with django_assert_max_num_queries(len(few)):
        privacy.erase_due(DUE)


def test_the_worker_does_it(over, settings):
    settings.CLOCK = DUE.isoformat()
    call_command("worker", "--once")
    assert names(over) == {ERASED_NAME}


def test_somebody_is_forgotten_while_a_mail_to_them_is_sent(over, monkeypatch):
    def forget(*_):
        erase_place(Attendee.objects.get(name="Person 0"), by=None, at=NOW)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", forget)
    assert mails.deliver_next(NOW)
    assert not Mail.objects.filter(attendee__name=ERASED_NAME).exists()


class TestOrganisersAreTold:
    @pytest.mark.parametrize(
        ("days", "told"), [(-20, False), (-15, False), (-14, True), (0, True), (3, True)]
    )
    def test_two_weeks_before(self, over, days, told):
        day = privacy.deletion_due(over, LAST_DAY + timedelta(days=days))
        assert day == (date(2026, 9, 26) if told else None)

    def test_not_of_what_is_done(self, over):
        privacy.erase_due(DUE)
        assert privacy.deletion_due(over, DUE) is None

    def test_on_the_first_page_of_the_admin(self, client, over, organiser, settings):
        client.force_login(organiser)
        page = reverse("admin:index")
        assert "are deleted after" not in client.get(page).content.decode()

        settings.CLOCK = LAST_DAY.isoformat()
        said = client.get(page).content.decode()
        assert "are deleted after Saturday 26 September 2026" in said


class TestTheListsSayWhatHappened:
    """Rather than list “Deleted attendee” 500 times."""

    @pytest.fixture
    def forgotten(self, client, over, organiser):
        privacy.erase_due(DUE)
        client.force_login(organiser)

    def test_on_the_staff_pages(self, client, forgotten):
        page = client.get("/cpal-2026/staff/").content.decode()
        assert "were deleted on Sunday 27 September 2026" in page
        assert "attendance.csv" not in page

    @pytest.mark.parametrize(
        "path",
        ["staff/attendance.csv", "staff/attendance/{tutorial}.csv", "staff/lists/"],
    )
    def test_at_the_addresses_of_the_lists(self, client, forgotten, path):
        path = path.format(tutorial=Tutorial.objects.get(code="T1").slug)
        assert client.get(f"/cpal-2026/{path}")["Location"] == "/cpal-2026/staff/"

    def test_in_the_admin(self, client, forgotten, conference):
        page = reverse("admin:conference_conference_attendance", args=[conference.pk])
        assert client.get(page)["Location"] == "/cpal-2026/staff/"

    def test_by_the_command(self, forgotten, tmp_path):
        file = tmp_path / "list.csv"
        with pytest.raises(CommandError, match="were deleted on"):
            call_command(
                "export_attendance",
                "--conference=cpal-2026",
                "--format=csv",
                f"--output={file}",
            )
        assert not file.exists()

    def test_and_organisers_are_told_before(self, client, over, organiser, door_staff, settings):
        settings.CLOCK = LAST_DAY.isoformat()
        client.force_login(organiser)
        assert "are deleted after" in client.get("/cpal-2026/staff/").content.decode()
        client.force_login(door_staff)
        assert "are deleted after" not in client.get("/cpal-2026/staff/").content.decode()


class TestTheNextImport:
    FILE = "Ticket number,Name,E-mail,Buyer e-mail\nT-A,Ada Lovelace,ada@example.org,b@example.org"

    @pytest.fixture
    def tickets(self, tmp_path, conference):
        path = tmp_path / "tickets.csv"
        path.write_text(self.FILE)
        return path

    def bring_in(self, tickets, capsys):
        call_command("import_attendees", str(tickets), "--conference", "cpal-2026")
        return capsys.readouterr().out

    def test_does_not_bring_back_who_asked_to_be_forgotten(self, tickets, conference, capsys):
        self.bring_in(tickets, capsys)
        erase_place(Attendee.objects.get(), by=None, at=NOW)

        said = self.bring_in(tickets, capsys)

        assert "Left out: 1 ticket of somebody who asked us to delete their data." in said
        assert Attendee.objects.get().name == ERASED_NAME

    def test_brings_in_the_same_number_of_another_conference(self, tickets, conference, capsys):
        erase_place(make_ticket(make_conference(), ticket_number="T-A"), by=None, at=NOW)
        self.bring_in(tickets, capsys)
        assert Attendee.objects.filter(name="Ada Lovelace").exists()

    def test_does_not_bring_back_an_address(self, tickets, conference, capsys):
        self.bring_in(tickets, capsys)
        people_privacy._forget_addresses({"b@example.org"})

        self.bring_in(tickets, capsys)

        ticket = Attendee.objects.get()
        assert (ticket.email, ticket.buyer_email) == ("ada@example.org", "")
        assert "b@example.org" not in str(ticket.imported)

    def test_brings_nothing_of_who_handed_a_ticket_on(self, tmp_path, conference, capsys):
        path = tmp_path / "tickets.csv"
        path.write_text(
            "Ticket number,Name,E-mail,Affiliation\nT-A,Ada Lovelace,ada@example.org,Engines"
        )
        self.bring_in(path, capsys)
        ada = prove(make_user("ada@example.org"))
        pk = Attendee.objects.get().pk
        hand_on(ada, conference, pk, name="Grace Hopper", email="grace@example.org")

        for _ in range(2):
            said = self.bring_in(path, capsys)
            assert "Kept what somebody edited here" in said
            ticket = Attendee.objects.get()
            assert (ticket.name, ticket.email) == ("Grace Hopper", "grace@example.org")
            assert ticket.affiliation == ""
            assert not {"Ada Lovelace", "Engines"} & set(ticket.imported.values())

        path.write_text("Ticket number,Name,E-mail\nT-A,Grace Hopper,grace@example.org")
        self.bring_in(path, capsys)
        path.write_text("Ticket number,Name,E-mail\nT-A,Grace M. Hopper,grace@example.org")
        self.bring_in(path, capsys)
        assert Attendee.objects.get().name == "Grace M. Hopper"  # it follows the shop again

    def test_is_refused_once_all_are_forgotten(self, tickets, conference, capsys):
        self.bring_in(tickets, capsys)
        privacy.erase_due(DUE)
        with pytest.raises(CommandError, match="were deleted on"):
            self.bring_in(tickets, capsys)


class TestAnOrganiserDoesIt:
    """For who asks by letter."""

    @pytest.fixture
    def ada(self, programme):
        kind = TicketKind.objects.create(conference=programme.conference, name="Main")
        ada = make_ticket(programme.conference, name="Ada", user=make_user(), ticket_kind=kind)
        registration.register(ada, programme.t1, by=None, at=NOW)
        return ada

    def page(self, attendee):
        return reverse("admin:people_attendee_erase", args=[attendee.pk])

    def test_by_the_tool_of_their_page(self, client, organiser, ada):
        client.force_login(organiser)
        change = reverse("admin:people_attendee_change", args=[ada.pk])
        assert self.page(ada) in client.get(change).content.decode()
        asked = client.get(self.page(ada)).content.decode()
        assert "the seat goes to whoever is next" in asked
        assert "Their account stays" in asked

        done = client.post(self.page(ada))

        assert (done.status_code, done["Location"]) == (303, change)
        ada.refresh_from_db()
        assert (ada.name, ada.user) == (ERASED_NAME, None)
        assert not Registration.objects.live().exists()
        after = client.get(change).content.decode()
        assert self.page(ada) not in after
        assert 'name="_save"' not in after
        assert "deleted already" in client.get(self.page(ada)).content.decode()
        assert client.post(self.page(ada)).status_code == 303

    def test_not_by_who_may_not(self, client, door_staff, ada, conference):
        editor = make_user("editor@example.org", is_staff=True)
        editor.memberships.create(conference=conference, role="editor")
        for user in (door_staff, editor):
            client.force_login(user)
            client.post(self.page(ada))
            ada.refresh_from_db()
            assert ada.name == "Ada"

    def test_who_is_forgotten_is_not_deleted(self, client, organiser, ada):
        erase_place(ada, by=organiser, at=NOW)
        client.force_login(organiser)
        page = reverse("admin:people_attendee_delete", args=[ada.pk])

        assert client.post(page, {"post": "yes"}).status_code == 403

        assert Attendee.objects.filter(pk=ada.pk).exists()

    def test_the_log_names_nobody_whose_row_was_deleted(self, client, organiser, ada, programme):
        registration.cancel(ada, programme.t1, by=organiser, at=NOW)
        for row in (ada, ada.registrations.get()):
            LogEntry.objects.log_actions(organiser.pk, [row], CHANGE, single_object=True)
        client.force_login(organiser)

        client.post(reverse("admin:people_attendee_delete", args=[ada.pk]), {"post": "yes"})

        assert not Attendee.objects.filter(pk=ada.pk).exists()
        assert LogEntry.objects.filter(action_flag=DELETION).exists()
        assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {ERASED_NAME}

    def test_who_is_forgotten_is_offered_nowhere(self, client, organiser, ada):
        erase_place(ada, by=organiser, at=NOW)
        client.force_login(organiser)
        found = client.get(
            reverse("admin:autocomplete"),
            {"app_label": "tutorials", "model_name": "registration", "field_name": "attendee"},
        )
        assert found.json()["results"] == []


class TestConsent:
    """Presenters see who agreed, and nobody else."""

    PAGE = "/cpal-2026/my/shown/"

    def test_it_is_asked_and_kept(self, client, programme, user):
        mine = make_attendee(programme.conference, user=user)
        client.force_login(user)
        assert "Show my name to the presenters" in client.get("/cpal-2026/my/").content.decode()

        agreed = client.post(self.PAGE, {"shown": "on"}, follow=True)
        mine.refresh_from_db()
        assert mine.shown_to_presenters
        assert "see your name now" in agreed.content.decode()
        assert ' name="shown" checked' in agreed.content.decode()

        client.post(self.PAGE)
        mine.refresh_from_db()
        assert not mine.shown_to_presenters

    def test_nobody_without_a_place_is_asked(self, client, programme, user):
        client.force_login(user)
        assert "Show my name" not in client.get("/cpal-2026/my/").content.decode()
        assert client.post(self.PAGE, {"shown": "on"}).status_code == 303

    def test_not_where_nobody_registers(self, client, programme, user):
        programme.conference.attendance = "open"
        programme.conference.save()
        client.force_login(user)
        assert client.post(self.PAGE, {"shown": "on"}).status_code == 404

    def test_a_stranger_signs_in(self, client, programme):
        answer = client.post(self.PAGE, {"shown": "on"})
        assert answer["Location"] == "/accounts/login/?next=/cpal-2026/my/"
        assert client.get(self.PAGE).status_code == 302


class TestAWrongYear:
    def form(self, client, conference, **changes):
        address = reverse("admin:conference_conference_change", args=[conference.pk])
        initial = client.get(address).context["adminform"].form.initial
        data = {name: value for name, value in initial.items() if value not in (None, "")}
        data |= {"colour_0": "", "welcome": ""} | changes
        return address, data

    def test_deletes_nobody_unasked(self, client, organiser, programme, attendees):
        client.force_login(organiser)
        changes = {"starts_on": "2025-03-23", "ends_on": "2025-03-26"}

        answer = client.post(*self.form(client, programme.conference, **changes))

        assert "would be deleted at once" in text_of(answer)
        programme.conference.refresh_from_db()
        assert programme.conference.ends_on.year == 2026

    def test_moved_behind_today_others_may_come(self, programme, attendees):
        conference = programme.conference
        conference.ends_on, conference.starts_on = date(2025, 3, 26), date(2025, 3, 23)
        conference.save()
        privacy.erase_due(NOW)
        conference.refresh_from_db()
        assert privacy.deleted_in_words(conference)

        conference.ends_on = date(2026, 3, 26)

        assert privacy.deleted_in_words(conference) == ""


def test_stars_and_calendars_go_though_their_accounts_have_no_place(conference, programme, user):
    stars.star(user, conference, [programme.t1.slug], NOW)
    private_calendar.make(user, conference, NOW)

    privacy.erase_due(at(12, day=40))
    assert Star.objects.exists()
    privacy.erase_due(at(12, day=400))

    assert not Star.objects.exists()
    assert not PrivateCalendar.objects.exists()
