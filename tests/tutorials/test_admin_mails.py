"""The mail queue in the admin."""

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives

from tests.factories import NOW, make_attendee, make_conference, make_member, make_tutorial
from tutorials import mails, registration
from tutorials.models import Mail

LIST = "/admin/tutorials/mail/"
SAMPLE = f"{LIST}sample/"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def queue(client, organiser, programme, conference):
    """One mail of each state: to be sent, failed, given up, dropped, sent."""
    client.force_login(organiser)
    for number in range(5):
        attendee = make_attendee(conference, name=f"P{number}", email=f"p{number}@example.org")
        registration.register(attendee, programme.t3, by=None, at=NOW)
    queued, failed, given_up, dropped, sent = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=failed.pk).update(attempts=1, last_error="OSError: down")
    Mail.objects.filter(pk=given_up.pk).update(attempts=8, given_up_at=NOW)
    Mail.objects.filter(pk=dropped.pk).update(
        attempts=1, given_up_at=NOW, last_error=mails.NOT_TRUE
    )
    Mail.objects.filter(pk=sent.pk).update(attempts=1, sent_at=NOW)
    return {
        "queued": queued,
        "failed": failed,
        "given_up": given_up,
        "dropped": dropped,
        "sent": sent,
    }


@pytest.mark.parametrize("state", ["queued", "failed", "given_up", "dropped", "sent"])
def test_the_filter_tells_the_states_apart(client, queue, state):
    shown = client.get(LIST, {"state": state}).context["cl"].result_list
    assert list(shown) == [queue[state]]


def test_send_again(client, queue):
    response = client.post(
        LIST,
        {"action": "send_again", "_selected_action": [mail.pk for mail in queue.values()]},
        follow=True,
    )
    assert "4 mails will be sent" in response.content.decode()
    assert set(Mail.objects.due(NOW.replace(year=2027))) == set(queue.values()) - {queue["sent"]}


def test_it_is_read_only(client, queue):
    assert client.get(f"{LIST}add/").status_code == 403
    page = f"{LIST}{queue['failed'].pk}/change/"
    assert "OSError: down" in client.get(page).content.decode()
    assert client.post(page, {"kind": "left"}).status_code == 403
    assert client.get(f"{LIST}{queue['failed'].pk}/delete/").status_code == 403


def test_fixed_queries(client, queue, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        client.get(LIST)


def test_what_was_true_no_longer_is_no_error(client, queue):
    page = client.get(f"{LIST}{queue['dropped'].pk}/change/").content.decode()

    assert "not sent: out of date" in page
    assert mails.NOT_TRUE not in page


class TestSample:
    @pytest.fixture
    def ask(self, client, organiser, conference):
        client.force_login(organiser)

        def post(kind="registered", language="en", about=conference):
            data = {"kind": kind, "conference": about.pk, "language": language}
            return client.post(SAMPLE, data, follow=True)

        return post

    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize("kind", Mail.Kind.values)
    def test_of_each_kind(self, ask, programme, kind, language, monkeypatch):
        monkeypatch.setattr("tutorials.mails.health.GOING_NOWHERE", {})
        assert "The sample is on its way." in ask(kind, language).content.decode()

        (message,) = outgoing.outbox
        assert isinstance(message, EmailMultiAlternatives)
        assert message.to == ["organiser@example.org"]
        assert message.subject.startswith("[")
        assert f'<html lang="{language}">' in str(message.alternatives[0][0])
        assert Mail.objects.count() == 0

    @pytest.mark.parametrize(
        ("backend", "said"),
        [
            ("console", "It was printed where this site runs, and sent to nobody."),
            ("filebased", "It was written to a file where this site runs, and sent to nobody."),
            ("dummy", "It was thrown away, and sent to nobody."),
            ("locmem", "It was kept in memory, and sent to nobody."),
        ],
    )
    def test_while_mail_goes_nowhere(self, ask, programme, settings, tmp_path, backend, said):
        settings.EMAIL_FILE_PATH = tmp_path
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

        page = ask().content.decode()

        assert said in page
        assert "on its way" not in page

    def test_the_form(self, client, ask, programme):
        assert SAMPLE in client.get(LIST).content.decode()
        page = client.get(SAMPLE).content.decode()

        assert "It goes to organiser@example.org at once" in page
        assert "CPAL 2026" in page

    def test_before_there_is_a_time(self, ask, conference):
        make_tutorial(conference)
        ask()

        assert "Time to be announced" in str(outgoing.outbox[0].body)

    def test_before_there_is_a_tutorial(self, ask):
        page = ask(about=make_conference()).content.decode()

        assert "no public tutorial to write about" in page
        assert outgoing.outbox == []

    def test_a_failure_is_shown(self, ask, programme, monkeypatch):
        def fail(self, fail_silently=False):
            raise OSError("no route to host")

        monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)

        assert "It could not be sent: OSError: no route to host" in ask().content.decode()

    def test_it_is_for_organisers(self, client, user, conference):
        client.force_login(user)
        assert client.get(SAMPLE).status_code == 302
        client.force_login(make_member(conference, "editor"))
        assert client.get(SAMPLE).status_code == 403


class TestWarnings:
    @pytest.mark.parametrize("page", ["/admin/", LIST, SAMPLE])
    def test_while_mail_goes_nowhere(self, client, organiser, settings, page, conference):
        client.force_login(organiser)
        assert "Mail is not set up" in client.get(page).content.decode()
        settings.EMAIL_BACKEND = SMTP
        assert "Mail is not set up" not in client.get(page).content.decode()

    def test_while_nobody_sends_it(self, client, queue, settings):
        settings.EMAIL_BACKEND = SMTP
        assert "worker" not in client.get("/admin/").content.decode()
        settings.CLOCK = (NOW + timedelta(minutes=16)).isoformat()
        assert "the worker does not run" in client.get("/admin/").content.decode()
        Mail.objects.filter(sent_at=None).update(given_up_at=NOW)
        assert "worker" not in client.get("/admin/").content.decode()

    def test_only_whom_it_concerns_is_told(self, client, user, conference):
        client.force_login(make_member(conference, "editor"))

        assert client.get("/admin/").context["warnings"] == []
