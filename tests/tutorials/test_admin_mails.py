"""The mail queue in the admin."""

import pytest

from tests.factories import NOW, make_attendee
from tutorials import registration
from tutorials.models import Mail

LIST = "/admin/tutorials/mail/"


@pytest.fixture
def queue(client, organiser, programme, conference):
    """One mail of each state: to be sent, failed, given up, sent."""
    client.force_login(organiser)
    for number in range(4):
        attendee = make_attendee(conference, name=f"P{number}", email=f"p{number}@example.org")
        registration.register(attendee, programme.t3, by=None, at=NOW)
    queued, failed, given_up, sent = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=failed.pk).update(attempts=1, last_error="OSError: down")
    Mail.objects.filter(pk=given_up.pk).update(attempts=8, given_up_at=NOW)
    Mail.objects.filter(pk=sent.pk).update(attempts=1, sent_at=NOW)
    return {"queued": queued, "failed": failed, "given_up": given_up, "sent": sent}


@pytest.mark.parametrize("state", ["queued", "failed", "given_up", "sent"])
def test_the_filter_tells_the_states_apart(client, queue, state):
    shown = client.get(LIST, {"state": state}).context["cl"].result_list
    assert list(shown) == [queue[state]]


def test_send_again(client, queue):
    response = client.post(
        LIST,
        {"action": "send_again", "_selected_action": [mail.pk for mail in queue.values()]},
        follow=True,
    )
    assert "3 mails will be sent" in response.content.decode()
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
