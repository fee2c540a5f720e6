"""Online links: which one, for whom, from when, and how an organiser says so."""

import pytest

from tests.factories import NOW, at, make_attendee, make_session, make_slot
from tests.pages import text_of
from tutorials import online, registration, schedule
from tutorials.models import OnlineLink, Slot

ROOM = "https://meet.example.org/t1"
OTHER = "https://meet.example.org/t1-second"
NEXT_DAY = at(8, day=1)


@pytest.fixture
def two_parts(programme):
    """T1 goes on on Tuesday."""
    make_slot(make_session(programme.conference, NEXT_DAY), programme.t1, programme.halls[1])
    schedule.release(programme.conference, by=None, at=NOW)
    return list(Slot.objects.public(programme.conference).filter(tutorial=programme.t1).in_order())


@pytest.fixture
def seated(client, programme, user):
    attendee = make_attendee(programme.conference, user=user)
    registration.register(attendee, programme.t1, by=user, at=NOW)
    client.force_login(user)


def link(tutorial, url=ROOM, **fields):
    return OnlineLink.objects.create(tutorial=tutorial, url=url, **fields)


def page(client, tutorial):
    return client.get(tutorial.get_absolute_url())


class TestWhom:
    def test_a_stranger_reads_who_gets_it(self, client, programme):
        link(programme.t1)
        response = page(client, programme.t1)
        assert "The link to join online is shown here to those with a seat." in text_of(response)
        assert ROOM not in response.content.decode()

    def test_who_has_a_seat_joins(self, client, programme, seated):
        link(programme.t1)
        response = page(client, programme.t1)
        assert f'href="{ROOM}"' in response.content.decode()
        assert "Join online" in text_of(response)
        assert "private" in response["Cache-Control"]

    def test_who_has_a_seat_elsewhere_does_not(self, client, programme, seated):
        link(programme.t2)
        assert ROOM not in page(client, programme.t2).content.decode()

    def test_everybody(self, client, programme):
        link(programme.t1, shown_to="everybody")
        assert f'href="{ROOM}"' in page(client, programme.t1).content.decode()

    def test_where_nobody_registers_nothing_is_said(self, client, programme):
        programme.conference.attendance = "open"
        programme.conference.save()
        link(programme.t1)
        text = text_of(page(client, programme.t1))
        assert "online" not in text
        assert "seat" not in text


class TestWhen:
    def test_before_its_time(self, client, programme, seated):
        link(programme.t1, shown_from=at(7, 30))
        response = page(client, programme.t1)
        assert (
            "The link to join online is shown here to those with a seat, from Monday 23 March 2026,"
            " 08:30 (Europe/Berlin)." in text_of(response)
        )
        assert ROOM not in response.content.decode()

    def test_for_everybody_before_its_time(self, client, programme):
        link(programme.t1, shown_to="everybody", shown_from=at(7, 30))
        response = page(client, programme.t1)
        assert "is shown here from Monday 23 March 2026, 08:30" in text_of(response)
        assert ROOM not in response.content.decode()

    @pytest.mark.parametrize(("hour", "there"), [(10, True), (11, True), (12, False)])
    def test_a_while_after_its_end(self, client, programme, settings, hour, there):
        link(programme.t1, shown_to="everybody")
        settings.CLOCK = at(hour).isoformat()
        assert (ROOM in page(client, programme.t1).content.decode()) is there

    def test_not_of_what_is_cancelled(self, client, programme):
        link(programme.t1, shown_to="everybody")
        registration.cancel_tutorial(programme.t1, by=None, at=NOW)
        assert ROOM not in page(client, programme.t1).content.decode()


class TestParts:
    def test_one_for_all(self, client, programme, two_parts):
        link(programme.t1, shown_to="everybody")
        assert page(client, programme.t1).content.decode().count(f'href="{ROOM}"') == 2

    def test_one_of_its_own_comes_first(self, client, programme, two_parts):
        link(programme.t1, shown_to="everybody")
        link(programme.t1, OTHER, shown_to="everybody", slot_key=two_parts[1].key)
        html = page(client, programme.t1).content.decode()
        assert html.count(f'href="{ROOM}"') == html.count(f'href="{OTHER}"') == 1
        assert html.index(ROOM) < html.index(OTHER)

    def test_it_is_kept_from_version_to_version(self, client, programme, two_parts):
        link(programme.t1, shown_to="everybody", slot_key=two_parts[0].key)
        schedule.release(programme.conference, by=None, at=NOW)
        assert page(client, programme.t1).content.decode().count(f'href="{ROOM}"') == 1

    def test_those_to_choose_from(self, programme, two_parts):
        draft = make_slot(
            make_session(programme.conference, at(8, day=2)), programme.t1, programme.halls[0]
        )
        keys = online.keys_of(programme.t1)
        assert list(keys) == [two_parts[0].key, two_parts[1].key, draft.key]
        assert keys[two_parts[0].key].schedule.is_draft


class TestInTheAdmin:
    @pytest.fixture
    def address(self, client, organiser, programme):
        client.force_login(organiser)
        return f"/admin/tutorials/tutorial/{programme.t1.pk}/change/"

    @pytest.fixture
    def send(self, client, address, programme):
        def post(*rows):
            form = client.get(address).context["adminform"].form
            values = {name: form[name].value() for name in form.fields}
            data = {name: "" if value is None else value for name, value in values.items()}
            for prefix in ("presenters", "files", "online_links"):
                data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
            data["online_links-TOTAL_FORMS"] = len(rows)
            for number, row in enumerate(rows):
                row = {"tutorial": programme.t1.pk, "shown_to": "registered"} | row
                data |= {f"online_links-{number}-{name}": row[name] for name in row}
            return client.post(address, data)

        return post

    def test_a_part_is_chosen_in_words(self, client, address, two_parts):
        html = client.get(address).content.decode()
        key = two_parts[1].key
        assert f'<option value="{key}">Tuesday 24 March, 09:00–11:30, Hall B</option>' in html
        assert "all parts" in html

    def test_one_for_all_and_one_for_a_part(self, send, programme, two_parts):
        key = two_parts[1].key
        answer = send({"url": ROOM}, {"url": OTHER, "slot_key": key, "shown_to": "everybody"})
        assert answer.status_code == 302
        assert set(programme.t1.online_links.values_list("slot_key", "url", "shown_to")) == {
            (None, ROOM, "registered"),
            (key, OTHER, "everybody"),
        }

    def test_two_for_the_same_are_refused(self, send, two_parts):
        assert "one link" in send({"url": ROOM}, {"url": OTHER}).content.decode()
        key = two_parts[0].key
        answer = send({"url": ROOM, "slot_key": key}, {"url": OTHER, "slot_key": key})
        assert answer.status_code == 200
        assert not OnlineLink.objects.exists()

    def test_a_key_of_nothing_is_refused(self, send):
        key = "12345678-1234-5678-1234-567812345678"
        assert send({"url": ROOM, "slot_key": key}).status_code == 200
        assert send({"url": ROOM, "slot_key": "x"}).status_code == 200
        assert not OnlineLink.objects.exists()

    def test_one_whose_part_is_gone_stays(self, client, address, programme):
        link(programme.t1, slot_key="12345678-1234-5678-1234-567812345678")
        assert "a part that is not in the schedule any more" in client.get(address).content.decode()

    def test_where_nobody_registers(self, client, address, send, programme):
        programme.conference.attendance = "open"
        programme.conference.save()
        html = client.get(address).content.decode()
        assert "those with a seat" not in html
        assert '<option value="everybody" selected>everybody</option>' in html
