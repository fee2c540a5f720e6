"""What strangers share is made once in some seconds; nothing of one visitor is ever among it."""

import gzip
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from conference.page_cache import LONGEST_QUERY, keep_public_answers
from tests.factories import NOW, make_attendee
from tutorials import registration
from tutorials.models import Star

pytestmark = pytest.mark.django_db

LIST = "/cpal-2026/tutorials/"
SEATS = "/cpal-2026/seats.json"
UNZIPPED = {"accept-encoding": "identity"}
ZIPPED = {"accept-encoding": "gzip, br"}


@pytest.fixture
def kept(settings, programme):
    """A busy site: pages are kept for five seconds."""
    settings.PAGE_CACHE_SECONDS = 5
    return programme


@pytest.fixture
def later(monkeypatch):
    """Let so many seconds pass for what is kept."""

    def pass_by(seconds):
        now = time.time() + seconds
        monkeypatch.setattr(time, "time", lambda: now)

    return pass_by


def rename(tutorial, title="Renamed"):
    tutorial.title = title
    tutorial.save()


def says(client, text, path=LIST):
    return text in client.get(path).content.decode()


def queries(client, path, **headers):
    with CaptureQueriesContext(connection) as seen:
        response = client.get(path, headers=headers)
    return response, len(seen)


def test_what_other_code_kept_is_let_lie(client, kept, monkeypatch):
    client.get(LIST)
    rename(kept.t1)
    assert not says(client, "Renamed")

    monkeypatch.setattr("conference.kept.version", lambda: "other-code")

    assert says(client, "Renamed")


def test_a_page_that_is_kept_costs_no_query_and_is_the_same(client, kept):
    first, some = queries(client, LIST)
    again, none = queries(client, LIST)

    assert some > 0
    assert none == 0
    assert again.content == first.content
    assert dict(again.items()) == dict(first.items()) | {"Age": "0"}


def test_it_says_whose_it_is_and_what_it_varies_with(client, kept):
    for _ in range(2):
        response = client.get(LIST)
        assert set(response["Cache-Control"].split(", ")) == {"public", "no-cache"}
        assert set(response["Vary"].split(", ")) == {"Cookie", "Accept-Encoding"}
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
        assert response["Content-Language"] == "en"


@pytest.mark.parametrize("seconds", [0, 5])
def test_it_is_compressed_for_who_can_take_it(client, programme, settings, seconds):
    settings.PAGE_CACHE_SECONDS = seconds
    for _ in range(2):
        plain, zipped = client.get(LIST, headers=UNZIPPED), client.get(LIST, headers=ZIPPED)
        assert "Content-Encoding" not in plain
        assert zipped["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.content) == plain.content
        assert len(zipped.content) < len(plain.content) / 2
        assert [int(each["Content-Length"]) for each in (plain, zipped)] == [
            len(plain.content),
            len(zipped.content),
        ]
        assert zipped["ETag"] == f"W/{plain['ETag']}"


@pytest.mark.parametrize("seconds", [0, 5])
def test_who_has_it_already_is_not_sent_it_again(client, programme, settings, seconds):
    settings.PAGE_CACHE_SECONDS = seconds
    tags = {client.get(LIST, headers=headers)["ETag"] for headers in (UNZIPPED, ZIPPED)}

    for tag in tags:
        response, number = queries(client, LIST, **{"if-none-match": tag})
        assert response.status_code == 304
        assert response.content == b""
        assert (number == 0) == (seconds > 0)


def test_who_asks_only_whether_it_changed_has_it_kept_too(client, kept, settings):
    settings.PAGE_CACHE_SECONDS = 0
    tag = client.get(LIST)["ETag"]
    settings.PAGE_CACHE_SECONDS = 5

    assert [queries(client, LIST, **{"if-none-match": tag})[1] > 0 for _ in range(2)] == [
        True,
        False,
    ]


def test_a_change_is_seen_when_the_seconds_are_over(client, kept, later):
    assert not says(client, "Renamed")
    rename(kept.t1)
    later(4)
    assert not says(client, "Renamed")
    later(2)
    assert says(client, "Renamed")


def test_by_itself_one_process_shows_every_change_at_once(client, programme, settings):
    assert settings.PAGE_CACHE_SECONDS == 0  # its cache is its own
    assert not says(client, "Renamed")
    rename(programme.t1)
    assert says(client, "Renamed")


def test_while_one_makes_it_anew_the_others_are_given_the_old_one(client, kept, later, rf):
    made = []

    def view(request):
        made.append(request)
        if len(made) == 2:  # others come while it is made
            assert [ask().content for _ in range(3)] == [b"1"] * 3
        return HttpResponse(str(len(made)), headers={"Cache-Control": "public"})

    def ask():
        return keep_public_answers(view)(rf.get("/x/"))

    assert ask().content == b"1"
    later(6)
    assert ask().content == b"2"
    assert ask().content == b"2"
    assert len(made) == 2


def test_what_is_gone_is_not_shown_on(client, kept, later):
    path = kept.t1.get_absolute_url()
    assert client.get(path).status_code == 200
    kept.t1.status = "draft"
    kept.t1.save()
    later(6)

    assert [client.get(path).status_code for _ in range(2)] == [404, 404]


def test_nobody_with_a_session_is_given_it_or_gives_it(client, kept, user):
    attendee = make_attendee(kept.conference, user=user)
    registration.register(attendee, kept.t1, by=user, at=NOW)
    signed_in = Client()
    signed_in.force_login(user)
    path = kept.t1.get_absolute_url()

    first, _ = queries(signed_in, path, **ZIPPED)
    stranger = client.get(path).content.decode()
    again, some = queries(signed_in, path, **ZIPPED)

    assert "csrf" not in stranger
    for personal in (first, again):
        assert "csrf" in personal.content.decode()  # and not compressed: BREACH
        assert "private" in personal["Cache-Control"]
    assert some > 0


def test_a_message_waiting_is_nobody_elses(client, kept):
    client.get(LIST)
    client.cookies["messages"] = "x"

    assert "private" in client.get(LIST)["Cache-Control"]


def test_a_document_for_everybody_is_kept_for_everybody(client, kept, user):
    client.get(SEATS)
    client.force_login(user)

    response, number = queries(client, SEATS)

    assert number == 0
    assert "Cookie" not in response["Vary"]
    assert response["Age"] == "0"


def test_who_is_signed_in_has_it_kept_for_the_others(client, kept, user):
    client.force_login(user)
    client.get(SEATS)

    assert queries(Client(), SEATS)[1] == 0


def test_languages_hosts_and_choices_are_other_pages(client, kept, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.get(LIST)

    assert queries(client, f"/de{LIST}")[1] > 0
    assert queries(client, f"{LIST}?page=1")[1] > 0
    assert queries(client, LIST, host="other.example.org")[1] > 0


def test_a_host_that_is_not_ours_is_refused_before_anything(client, kept, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    client.get(LIST)

    assert client.get(LIST, headers={"host": "evil.example"}).status_code == 400


def test_what_somebody_tries_out_is_not_kept(client, kept):
    path = f"{LIST}?x={'y' * LONGEST_QUERY}"

    assert [queries(client, path)[1] > 0 for _ in range(2)] == [True, True]


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        ({}, ""),
        ({"Cache-Control": "private"}, ""),
        ({"Cache-Control": "no-store"}, ""),
        ({"Cache-Control": "public", "Vary": "Accept"}, ""),
        ({"Cache-Control": "public"}, "seen"),
    ],
)
def test_only_what_says_that_it_may_be_is_kept(rf, settings, headers, cookie):
    settings.PAGE_CACHE_SECONDS = 5
    made = []

    def view(request):
        response = HttpResponse("x", headers=headers)
        if cookie:
            response.set_cookie(cookie, "1")
        made.append(response)
        return response

    for _ in range(2):
        keep_public_answers(view)(rf.get("/x/"))

    assert len(made) == 2


@pytest.mark.parametrize("path", [LIST, SEATS])
def test_without_its_cache_the_site_is_there(client, kept, monkeypatch, path):
    def fail(*args, **kwargs):
        raise ConnectionError("No cache.")

    monkeypatch.setattr(cache, "get", fail)
    monkeypatch.setattr(cache, "set", fail)

    assert client.get(path).status_code == 200


def test_a_head_is_answered_from_what_is_kept_but_keeps_nothing(client, kept):
    assert client.head(LIST).status_code == 200
    assert queries(client, LIST)[1] > 0
    with CaptureQueriesContext(connection) as seen:
        response = client.head(LIST)

    assert len(seen) == 0
    assert int(response["Content-Length"]) == len(client.get(LIST).content)


def test_a_picture_is_not_compressed():
    def view(request):
        return HttpResponse(b"\0" * 900, "image/png", headers={"Cache-Control": "public"})

    answer = keep_public_answers(view)(RequestFactory().get("/x", headers=ZIPPED))

    assert "Content-Encoding" not in answer
    assert answer["ETag"]


def test_the_seconds_do_not_outlast_the_promise_of_the_seats(client, kept, later):
    """Whoever keeps it counts the seconds from when it was made."""
    client.get(SEATS)
    later(3)

    response = client.get(SEATS)

    assert "max-age=5" in response["Cache-Control"]
    assert response["Age"] == "3"


class TestShared:
    """What all attendees see alike is made once for all of them; what is their own never is."""

    @pytest.fixture
    def two(self, kept, django_user_model):
        """Two attendees, each signed in."""
        clients = []
        for name in ("ada", "bob"):
            user = django_user_model.objects.create_user(f"{name}@example.org")
            client = Client()
            client.force_login(user)
            clients.append((client, make_attendee(kept.conference, user=user)))
        return clients

    @pytest.mark.parametrize("page", ["", "schedule/", "tutorials/"])
    def test_the_second_to_come_costs_less(self, kept, two, page):
        (ada, _), (bob, _) = two

        _, first = queries(ada, f"/cpal-2026/{page}")
        _, second = queries(bob, f"/cpal-2026/{page}")

        assert second < first <= 10

    @pytest.mark.parametrize("page", ["schedule/", "tutorials/"])
    def test_each_sees_their_own(self, kept, two, page):
        (ada, attendee), (bob, _) = two
        registration.register(attendee, kept.t1, by=attendee.user, at=NOW)
        Star.objects.create(user=attendee.user, tutorial=kept.t2, starred_at=NOW)

        for _ in range(2):
            for client, number in ((ada, 1), (bob, 0)):
                html = client.get(f"/cpal-2026/{page}").content.decode()
                assert html.count("You are registered") == number
                assert html.count('name="unstar"') == number

    @pytest.mark.parametrize("page", ["", "schedule/", "tutorials/"])
    def test_what_they_do_shows_at_once(self, kept, two, page):
        (ada, attendee), _ = two
        before = ada.get(f"/cpal-2026/{page}").content.decode()
        registration.register(attendee, kept.t1, by=attendee.user, at=NOW)
        after = ada.get(f"/cpal-2026/{page}").content.decode()

        assert [text.count("You are registered") for text in (before, after)] == [0, 1]

    def test_a_change_is_seen_when_the_seconds_are_over(self, kept, two, later):
        (ada, _), (bob, _) = two
        for path in (LIST, "/cpal-2026/schedule/"):
            assert not says(ada, "Renamed", path)
        rename(kept.t1)
        assert not says(bob, "Renamed")
        later(6)
        for path in (LIST, "/cpal-2026/schedule/"):
            assert says(bob, "Renamed", path)

    def test_who_works_on_the_conference_sees_each_change_at_once(self, kept, organiser):
        client = Client()
        client.force_login(organiser)
        assert not says(client, "Renamed")
        rename(kept.t1)

        assert says(client, "Renamed")

    def test_what_runs_beside_a_tutorial_is_shared_and_whether_one_is_in_it_is_not(self, kept, two):
        (ada, attendee), (bob, _) = two
        path = kept.t1.get_absolute_url()
        _, first = queries(ada, path)
        registration.register(attendee, kept.t1, by=attendee.user, at=NOW)
        page, second = queries(bob, path)

        assert second < first
        assert "Cancel my registration" not in page.content.decode()
        assert says(ada, "Cancel my registration", path)

    def test_each_language_has_its_own(self, kept, two):
        (ada, _), (bob, _) = two

        assert says(ada, "parallel tracks", LIST)
        assert not says(bob, "parallel tracks", f"/de{LIST}")
