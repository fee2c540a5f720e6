"""How was it? Those who were there say so, and nobody learns who said what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Attendee
from people.privacy import erase_account, erase_place
from tests.factories import NOW, at, make_attendee, make_conference, make_member, make_user
from tests.pages import text_of
from tests.tutorials.test_uses import use
from tutorials import checkin, feedback, privacy, registration, stars
from tutorials.models import Feedback, Registration, Slot
from tutorials.standing import Refused
from tutorials.tokens import key_at

# T1 is given from 8:00 to 10:30.
OVER = at(10, 30)
KEY = "k" * 32
MY = "/cpal-2026/my/"


@pytest.fixture
def asking(programme):
    """The conference asks, and three people have a seat in T1."""
    use(programme.conference, takes_feedback=True)
    programme.t1.conference = programme.conference
    programme.slots = list(
        Slot.objects.released(programme.conference).filter(tutorial=programme.t1)
    )
    return programme


@pytest.fixture
def ada(asking, user):
    """With a seat in T1."""
    mine = make_attendee(asking.conference, user=user, name="Ada Lovelace")
    registration.register(mine, asking.t1, by=None, at=NOW)
    return mine


@pytest.fixture
def page(asking):
    return reverse("tutorials:feedback", args=["cpal-2026", asking.t1.slug])


def refused(attendee, asking, when=OVER):
    found = feedback.why_not(attendee, asking.t1, asking.slots, when)
    return found and found.code


def say(attendee, asking, rating=4, good="", better="", when=OVER):
    return feedback.say(
        attendee, asking.t1, asking.slots, rating=rating, good=good, better=better, at=when
    )


def answers(asking, number):
    """So many people had a seat and said something."""
    asking.t1.seats = 50
    asking.t1.save()
    for n in range(number):
        attendee = make_attendee(asking.conference, name=f"Person {n}")
        Registration.objects.create(
            attendee=attendee,
            tutorial=asking.t1,
            status="confirmed",
            registered_at=NOW,
            confirmed_at=NOW,
        )
        say(
            attendee, asking, rating=1 + n % 5, good=f"Good {n}", better="=Better" if n == 0 else ""
        )


class TestWhoIsAsked:
    def test_who_had_a_seat_once_it_is_over(self, ada, asking):
        assert refused(ada, asking, OVER - timedelta(seconds=1)) == "not_over"
        assert refused(ada, asking) is None

    def test_for_thirty_days(self, ada, asking):
        assert refused(ada, asking, OVER + timedelta(days=30, seconds=-1)) is None
        assert refused(ada, asking, OVER + timedelta(days=30)) == "closed"

    def test_nobody_who_only_waited_or_left(self, asking, attendees):
        for attendee in attendees[:4]:
            registration.register(attendee, asking.t1, by=None, at=NOW)
        registration.cancel(attendees[0], asking.t1, by=None, at=at(7))

        assert [refused(each, asking) for each in attendees[:5]] == [
            "not_there", None, None, "not_there", "not_there",
        ]  # fmt: skip

    def test_where_people_were_checked_in_those_alone(self, asking, attendees):
        for attendee in attendees[:2]:
            registration.register(attendee, asking.t1, by=None, at=NOW)
        checkin.check_in(attendees[0], asking.slots[0], by=None, at=at(8))
        checkin.check_in(attendees[5], asking.slots[0], by=None, at=at(8))

        assert refused(attendees[0], asking) is None
        assert refused(attendees[1], asking) == "not_there"
        assert refused(attendees[5], asking) is None  # without a seat, and let in

    def test_a_check_in_that_was_taken_back_is_none(self, asking, attendees):
        registration.register(attendees[0], asking.t1, by=None, at=NOW)
        checkin.check_in(attendees[1], asking.slots[0], by=None, at=at(8))
        checkin.undo(attendees[1], asking.slots[0], by=None, at=at(8, 1))

        assert refused(attendees[0], asking) is None
        assert refused(attendees[1], asking) == "not_there"

    def test_check_ins_count_for_nothing_where_nobody_is_checked_in(self, asking, attendees):
        registration.register(attendees[0], asking.t1, by=None, at=NOW)
        checkin.check_in(attendees[1], asking.slots[0], by=None, at=at(8))
        asking.t1.conference = use(asking.conference, checks_in=False)

        assert refused(attendees[0], asking) is None

    def test_nobody_about_a_cancelled_one_or_one_without_a_time(self, ada, asking):
        asking.slots = []
        assert refused(ada, asking) == "not_over"
        asking.t1.status = "cancelled"
        assert refused(ada, asking) == "not_here"

    @pytest.mark.parametrize("off", [{"takes_feedback": False}, {"attendance": "open"}])
    def test_nobody_where_it_is_off(self, ada, asking, off):
        asking.t1.conference = use(asking.conference, **off)

        assert refused(ada, asking) == "not_here"

    def test_nobody_of_another_conference(self, asking):
        assert refused(make_attendee(make_conference()), asking) == "not_there"


class TestSaying:
    def test_there_is_one_answer_from_each_and_it_may_be_changed(self, ada, asking):
        say(ada, asking, rating=2, good="Food")
        say(ada, asking, rating=5, better="More food", when=OVER + timedelta(days=1))

        (row,) = Feedback.objects.all()
        assert (row.rating, row.good, row.better) == (5, "", "More food")

    def test_the_rules_are_asked_again(self, ada, asking):
        with pytest.raises(Refused):
            say(ada, asking, when=OVER + timedelta(days=31))
        assert not Feedback.objects.exists()


class TestThePage:
    @pytest.fixture
    def over(self, settings, monkeypatch):
        settings.CLOCK = OVER.isoformat()

    def test_says_who_sees_what_and_keeps_what_is_said(self, client, ada, user, page, over, asking):
        client.force_login(user)
        text = text_of(client.get(page))
        assert "Nobody is shown your name with it." in text
        assert "nothing of what they say until there are 5." in text

        answer = client.post(page, {"rating": "4", "good": "Clear.", "better": ""})

        assert (answer.status_code, answer["Location"]) == (303, asking.t1.get_absolute_url())
        assert Feedback.objects.get().good == "Clear."
        again = client.get(page).content.decode()
        assert 'value="4" id="id_rating_1" required checked' in again
        assert "Clear." in again

    @pytest.mark.parametrize(
        "sent", [{}, {"rating": "6"}, {"rating": "x"}, {"rating": "3", "good": "x" * 2001}]
    )
    def test_what_is_wrong_is_said_and_nothing_kept(self, client, ada, user, page, over, sent):
        client.force_login(user)

        answer = client.post(page, {**sent, "better": "Kept in the form"})

        assert answer.status_code == 200
        assert "Kept in the form" in text_of(answer)
        assert not Feedback.objects.exists()

    def test_who_was_not_there_reads_so(self, client, asking, page, over):
        client.force_login(make_user())

        assert "Only those who were at this tutorial are asked" in text_of(client.get(page))
        assert client.post(page, {"rating": "1"}).status_code == 200
        assert not Feedback.objects.exists()

    def test_a_stranger_signs_in_first(self, client, asking, page, over):
        assert client.get(page)["Location"].startswith("/accounts/login/")

    def test_the_page_of_the_tutorial_leads_there(self, client, ada, user, page, over, asking):
        tutorial = asking.t1.get_absolute_url()
        assert page in client.get(tutorial).content.decode()  # a stranger, who may have been there
        client.force_login(user)
        assert "Say how it was" in text_of(client.get(tutorial))
        say(ada, asking)
        assert "Change what you said" in text_of(client.get(tutorial))
        client.force_login(make_user())
        assert page not in client.get(tutorial).content.decode()

    def test_my_schedule_leads_there(self, client, ada, user, page, over, asking, attendees):
        client.force_login(user)
        assert page in client.get(MY).content.decode()

        checkin.check_in(attendees[0], asking.slots[0], by=None, at=at(8))

        assert page not in client.get("/cpal-2026/my/").content.decode()

    @pytest.mark.parametrize("has_stars", [True, False])
    def test_my_schedule_leads_who_was_let_in_without_a_seat(
        self, client, user, page, over, asking, has_stars
    ):
        use(asking.conference, has_stars=has_stars)
        door = make_attendee(asking.conference, user=user, name="From the Door")
        client.force_login(user)
        assert page not in client.get(MY).content.decode()

        checkin.check_in(door, asking.slots[0], by=None, at=at(8))

        assert page in client.get(MY).content.decode()
        assert text_of(client.get(MY)).count("How was it?") == 1
        client.post(page, {"rating": "5"})
        assert Feedback.objects.get().attendee == door

        checkin.undo(door, asking.slots[0], by=None, at=at(8, 1))

        assert asking.t1.title not in text_of(client.get(MY))

    def test_so_it_leads_who_starred_it_or_waited(
        self, client, user, page, over, asking, attendees
    ):
        for attendee in attendees[:3]:
            registration.register(attendee, asking.t1, by=None, at=NOW)
        waiting = make_attendee(asking.conference, user=user)
        registration.register(waiting, asking.t1, by=None, at=NOW)
        stars.star(user, asking.conference, [asking.t1.slug, asking.t3.slug], NOW)
        client.force_login(user)
        assert page not in client.get(MY).content.decode()

        checkin.check_in(waiting, asking.slots[0], by=None, at=at(8))

        text = text_of(client.get(MY))
        assert text.count("How was it?") == 1
        assert text.count(f"{asking.t3.title}”.") == 1  # at the same time, and listed but once

    @pytest.mark.parametrize(
        ("when", "uses"),
        [
            (OVER - timedelta(seconds=1), {}),
            (OVER + timedelta(days=30), {}),
            (OVER, {"checks_in": False}),
            (OVER, {"takes_feedback": False}),
        ],
    )
    def test_my_schedule_has_nothing_from_the_door_else(
        self, client, user, asking, settings, when, uses
    ):
        settings.CLOCK = when.isoformat()
        use(asking.conference, **uses)
        door = make_attendee(asking.conference, user=user)
        checkin.check_in(door, asking.slots[0], by=None, at=at(8))
        stars.star(user, asking.conference, [asking.t3.slug], NOW)
        client.force_login(user)

        text = text_of(client.get(MY))

        assert asking.t1.title not in text
        assert asking.t3.title in text

    @pytest.mark.parametrize("has_stars", [True, False])
    def test_my_schedule_asks_the_database_as_often(
        self, client, ada, user, over, asking, has_stars
    ):
        use(asking.conference, has_stars=has_stars)
        stars.star(user, asking.conference, [asking.t2.slug, asking.t3.slug], NOW)
        client.force_login(user)
        for slot in Slot.objects.released(asking.conference):
            checkin.check_in(ada, slot, by=None, at=at(8))

            with CaptureQueriesContext(connection) as queries:
                client.get(MY)

            assert len(queries) <= 11, [each["sql"] for each in queries]

    def test_my_schedule_costs_little_before_the_day(self, client, ada, user, asking):
        use(asking.conference, has_stars=False)
        client.force_login(user)

        with CaptureQueriesContext(connection) as queries:
            client.get(MY)

        assert len(queries) <= 8, [each["sql"] for each in queries]

    def test_the_page_of_the_tutorial_says_nothing_before(self, client, ada, user, page, asking):
        client.force_login(user)

        assert page not in client.get(asking.t1.get_absolute_url()).content.decode()

    def test_it_is_not_there_where_nobody_is_asked(self, client, ada, user, page, over, asking):
        use(asking.conference, takes_feedback=False)
        client.force_login(user)

        assert client.get(page).status_code == 404
        assert "How was it" not in text_of(client.get(asking.t1.get_absolute_url()))


class TestWhatPresentersSee:
    @pytest.fixture
    def link(self, asking):
        person = asking.t1.presenters.get().person
        person.link_key = KEY
        person.save()
        return reverse("tutorials:presenting", args=["cpal-2026", key_at(KEY, "cpal-2026")])

    def test_nothing_but_the_number_below_five(self, client, asking, link):
        assert "Nobody has answered yet" in text_of(client.get(link))
        answers(asking, 4)

        text = text_of(client.get(link))

        assert "4 answers so far." in text
        assert "Good 1" not in text
        assert "on average" not in text

    def test_the_mean_the_ratings_and_the_comments_from_five_on(self, client, asking, link):
        answers(asking, 5)

        text = text_of(client.get(link))

        assert "5 answers, on average 3.0 of 5." in text
        assert "1 – poor1" in text
        assert all(f"Good {n}" in text for n in range(5))
        assert "More have come" not in text
        assert "Person" not in text

    def test_what_comes_later_five_at_a_time(self, client, asking, link):
        answers(asking, 9)

        text = text_of(client.get(link))

        assert "5 answers, on average" in text
        assert "More have come. You see them once there are 5 more" in text
        assert "Good 4" in text
        assert "Good 5" not in text

    @pytest.mark.parametrize(("number", "seen"), [(4, 0), (5, 5), (9, 9), (10, 10)])
    def test_all_of_them_once_nobody_is_asked(self, asking, number, seen):
        answers(asking, number)
        end = OVER + timedelta(days=40)

        assert len(feedback.answers_about([asking.t1], end)[asking.t1.pk].ratings) == seen

    def test_comments_stand_in_an_order_that_tells_nothing(self, asking):
        answers(asking, 15)

        found = feedback.answers_about([asking.t1], OVER)[asking.t1.pk]

        assert found.good != [f"Good {n}" for n in range(15)]
        assert sorted(found.good) == sorted(f"Good {n}" for n in range(15))
        assert found.good == feedback.answers_about([asking.t1], OVER)[asking.t1.pk].good

    def test_no_key_tells_when_an_answer_came(self, asking):
        answers(asking, 15)

        keys = list(Feedback.objects.order_by("sent_at", "good").values_list("pk", flat=True))

        assert keys != sorted(keys)
        assert max(keys) > 2**48

    def test_it_costs_one_query_more(self, client, asking, link, django_assert_max_num_queries):
        client.get(link)
        with django_assert_max_num_queries(30) as few:
            client.get(link)
        answers(asking, 6)
        with django_assert_max_num_queries(len(few)):
            client.get(link)


class TestWhatOrganisersSee:
    @pytest.fixture(params=["organiser", "editor"])
    def reader(self, request, client, asking):
        client.force_login(make_member(asking.conference, request.param, email="r@example.org"))
        return client

    def test_the_list_names_nobody(self, reader, asking):
        answers(asking, 2)

        page = reader.get(reverse("admin:tutorials_feedback_changelist"))

        assert "Good 1" in text_of(page)
        assert "Person" not in text_of(page)
        row = Feedback.objects.earliest("pk")
        change = reverse("admin:tutorials_feedback_change", args=[row.pk])
        assert "Person" not in text_of(reader.get(change))

    @pytest.mark.parametrize(
        "lookup", ["attendee", "attendee__id__exact", "id__gt", "sent_at__gte"]
    )
    def test_no_address_narrows_it_to_one_person(self, reader, asking, lookup):
        answers(asking, 2)
        row = Feedback.objects.earliest("pk")
        value = row.sent_at.isoformat() if lookup == "sent_at__gte" else row.attendee_id

        page = reader.get(reverse("admin:tutorials_feedback_changelist"), {lookup: value})

        assert page.status_code == 400

    def test_its_own_filters_do(self, reader, asking):
        answers(asking, 2)
        narrowed = {
            "tutorial__conference__id__exact": asking.conference.pk,
            "tutorial__id__exact": asking.t1.pk,
            "rating": "1",
        }

        page = reader.get(reverse("admin:tutorials_feedback_changelist"), narrowed)

        assert "Good 0" in text_of(page)
        assert "Good 1" not in text_of(page)

    def test_the_tutorials_with_their_means(self, reader, asking):
        answers(asking, 6)

        text = text_of(reader.get(reverse("admin:tutorials_feedback_rated")))

        assert f"{asking.t1} 6 2.7 11112" in text
        assert str(asking.t2) not in text

    def test_the_file_names_nobody_and_runs_nothing(self, reader, asking):
        answers(asking, 2)

        lines = b"".join(reader.get(reverse("admin:tutorials_feedback_csv"))).decode().split("\r\n")

        assert lines[0] == "conference,tutorial,title,rating,good,better"
        assert f"cpal-2026,T1,{asking.t1.title},1,Good 0,'=Better" in lines
        assert "Person" not in "".join(lines)

    def test_only_those_of_ones_own_conference(self, client, asking):
        answers(asking, 1)
        other = make_conference(takes_feedback=True)
        client.force_login(make_member(other, "organiser", email="o@example.org"))

        for name in ("changelist", "rated", "csv"):
            page = b"".join(client.get(reverse(f"admin:tutorials_feedback_{name}"))).decode()
            assert "Good 0" not in page
            assert asking.t1.title not in page

    def test_what_insults_can_be_deleted_and_nothing_changed(self, reader, asking):
        answers(asking, 1)
        row = Feedback.objects.get()

        reader.post(
            reverse("admin:tutorials_feedback_change", args=[row.pk]), {"rating": 5, "good": "Me"}
        )
        assert Feedback.objects.get().good == "Good 0"
        reader.post(reverse("admin:tutorials_feedback_delete", args=[row.pk]), {"post": "yes"})
        assert not Feedback.objects.exists()


class TestPrivacy:
    def test_my_data_holds_what_i_said(self, client, ada, user, asking):
        say(ada, asking, rating=2, better="Louder, please")
        client.force_login(user)

        text = text_of(client.get(reverse("people:privacy")))

        assert "Louder, please" in text
        assert "Rating, of 5 2" in text

    def test_who_is_erased_leaves_a_rating_of_nobody(self, ada, user, asking):
        say(ada, asking, rating=2, good="Secret", better="Secret")

        erase_account(user, at=OVER)

        row = Feedback.objects.get()
        assert (row.rating, row.good, row.better, row.attendee) == (2, "", "", None)

    def test_one_place_likewise(self, ada, asking):
        say(ada, asking, good="Secret")

        erase_place(ada, by=None, at=OVER)

        assert Feedback.objects.get().good == ""
        with pytest.raises(Refused):
            say(ada, asking)

    def test_who_is_deleted_likewise(self, client, ada, asking):
        say(ada, asking, good="Secret")
        client.force_login(make_member(asking.conference, "organiser", email="o@example.org"))
        Registration.objects.all().delete()

        client.post(reverse("admin:people_attendee_delete", args=[ada.pk]), {"post": "yes"})

        assert not Attendee.objects.filter(pk=ada.pk).exists()
        row = Feedback.objects.get()
        assert (row.rating, row.good, row.attendee) == (4, "", None)

    def test_so_does_everybody_when_the_day_has_passed(self, ada, asking):
        say(ada, asking, good="Secret")

        privacy.erase_due(at(12, day=400))

        row = Feedback.objects.get()
        assert (row.rating, row.good, row.attendee) == (4, "", None)
