"""Paper back in: names ticked off a signed sheet, walk-ins, and heads that were counted."""

from uuid import uuid4

import pytest

from people.models import Attendee
from tests.factories import NOW, at, make_attendee, make_conference, make_user, slot_of
from tests.pages import text_of
from tutorials import checkin, registration
from tutorials.models import CheckIn, HeadCount
from tutorials.views import paper

COUNTS = "/cpal-2026/staff/head-counts.csv"


@pytest.fixture
def slot(programme):
    return slot_of(programme.t1)


@pytest.fixture
def sheet(programme, slot):
    """Three people with a seat in T1, one who waits, and one who was let in besides."""
    names = ["Ada", "Beth", "Carl", "Dora", "Eve"]
    people = [make_attendee(programme.conference, name=name) for name in names]
    for person in people[:4]:
        registration.register(person, programme.t1, by=None, at=NOW)
    checkin.check_in(people[4], slot, by=None, at=NOW)
    return people


@pytest.fixture
def door(client, door_staff):
    client.force_login(door_staff)
    return client


def address(slot):
    return f"/cpal-2026/staff/parts/{slot.number}/"


def before(page):
    return page.context["before"]


def here(slot):
    rows = checkin.last_check_ins().filter(slot_key=slot.key, kind="in")
    return set(rows.values_list("attendee__name", flat=True))


def post(client, slot, do, **data):
    return client.post(address(slot), {"do": do, **data})


def test_the_page_lists_who_is_on_the_sheet_in_its_order(door, sheet, slot):
    page = door.get(address(slot))

    assert [row.name for row in page.context["rows"]] == ["Ada", "Beth", "Carl", "Eve", "Dora"]
    assert before(page) == str(sheet[4].pk)
    text = text_of(page)
    assert "Dora waiting" in text
    assert "Eve not registered" in text
    assert "1 person is checked in." in text


def test_ticks_become_check_ins_and_lost_ticks_are_taken_back(door, door_staff, sheet, slot):
    page = door.get(address(slot))
    answer = post(door, slot, "tick", before=before(page), **{"in": [sheet[0].pk, sheet[3].pk]})

    assert (answer.status_code, answer.url) == (303, address(slot))
    assert here(slot) == {"Ada", "Dora"}
    rows = CheckIn.objects.filter(device="sheet")
    assert [(row.kind, row.by) for row in rows.order_by("kind")] == [
        ("in", door_staff), ("in", door_staff), ("undo", door_staff)]  # fmt: skip
    text = text_of(door.get(address(slot)))
    assert "2 people are checked in. 1 check-in was taken back." in text


def test_the_same_form_twice_changes_nothing_more(door, sheet, slot):
    data = {"before": before(door.get(address(slot))), "in": [sheet[0].pk, sheet[4].pk]}
    for _ in range(2):
        post(door, slot, "tick", **data)

    assert here(slot) == {"Ada", "Eve"}
    assert CheckIn.objects.filter(device="sheet").count() == 1
    assert "Nothing was changed." in text_of(door.get(address(slot)))


def test_who_was_let_in_meanwhile_stays_in(door, sheet, slot):
    """A page that was opened before must not undo what another device wrote since."""
    page = door.get(address(slot))
    checkin.check_in(sheet[1], slot, by=None, at=at(8))
    post(door, slot, "tick", before=before(page), **{"in": [sheet[0].pk, sheet[4].pk]})

    assert here(slot) == {"Ada", "Beth", "Eve"}


def test_strangers_and_nonsense_are_left_alone(door, sheet, slot):
    other = make_attendee(make_conference(), name="Stranger")
    post(door, slot, "tick", before="x,,9" * 50, **{"in": [other.pk, "y", "9" * 30, -1]})

    assert here(slot) == {"Eve"}
    assert post(door, slot, "dance").status_code == 404


def test_everybody_with_a_seat_is_checked_in_at_once(door, sheet, slot):
    checkin.check_in(sheet[0], slot, by=None, at=at(7))
    post(door, slot, "all")

    assert here(slot) == {"Ada", "Beth", "Carl", "Eve"}
    assert CheckIn.objects.filter(device="sheet").count() == 2


def test_a_name_is_found_without_standing_in_an_address(door, programme, sheet, slot):
    make_attendee(programme.conference, name="Beth Elsewhere")
    page = post(door, slot, "search", q="beth")

    assert page.status_code == 200
    assert [row.name for row in page.context["rows"]] == ["Beth"]
    assert [other.name for other in page.context["others"]] == ["Beth Elsewhere"]
    assert "Nobody at this conference is called that" in text_of(post(door, slot, "search", q="zz"))


def test_who_is_registered_elsewhere_can_be_let_in(door, programme, sheet, slot):
    other = make_attendee(programme.conference, name="Zoe")
    post(door, slot, "tick", before="", **{"in": [other.pk]})

    assert here(slot) == {"Eve", "Zoe"}


def test_walk_ins_get_a_place_and_are_in(door, programme, slot):
    post(door, slot, "walk_ins", names="  Ann   New \r\n\r\nBob\x00by New\r\nAnn New", key=uuid4())

    people = Attendee.objects.filter(conference=programme.conference)
    assert sorted(people.values_list("name", "email")) == [
        ("Ann New", ""), ("Ann New", ""), ("Bobby New", "")]  # fmt: skip
    assert checkin.numbers_in([slot.key]) == {slot.key: 3}
    assert not programme.t1.registrations.exists()


def test_a_double_click_makes_nobody_twice(door, slot):
    key = uuid4()
    for _ in range(2):
        post(door, slot, "walk_ins", names="Ann New\nBob New", key=key)
    post(door, slot, "walk_ins", names="Carl New", key="nonsense")

    assert Attendee.objects.count() == 3
    assert CheckIn.objects.count() == 3


def test_long_lists_are_paged_and_a_page_changes_its_own_rows_alone(door, sheet, slot, monkeypatch):
    monkeypatch.setattr(paper, "PER_PAGE", 2)
    page = door.get(f"{address(slot)}?page=3")
    assert [row.name for row in page.context["rows"]] == ["Dora"]
    answer = door.post(f"{address(slot)}?page=3", {"do": "tick", "before": before(page)})

    assert answer.url == f"{address(slot)}?page=3"
    assert here(slot) == {"Eve"}


def test_heads_are_counted_and_the_newest_count_holds(door, door_staff, slot):
    for number in (40, 37, 37):
        assert post(door, slot, "count", number=number).status_code == 303

    assert [row.number for row in HeadCount.objects.order_by("pk")] == [40, 37]
    assert checkin.head_counts([slot.key])[slot.key].by == door_staff
    assert "37 people were counted" in text_of(door.get(address(slot)))
    assert "37 counted in the room" in text_of(door.get("/cpal-2026/staff/"))


@pytest.mark.parametrize("number", ["", "-1", "many", "100001"])
def test_what_is_no_number_of_people_is_said(door, slot, number):
    page = post(door, slot, "count", number=number)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert not HeadCount.objects.exists()


def test_heads_are_counted_where_nobody_registers_or_is_checked_in(door, programme, slot):
    programme.conference.attendance = "open"
    programme.conference.checks_in = False
    programme.conference.save()
    post(door, slot, "count", number=12)
    page = door.get(address(slot))
    main = page.content.decode().split("<main")[1].split("</main>")[0].lower()

    assert "12 people were counted" in text_of(page)
    for word in ("regist", "seat", "waiting", "check", "sheet"):
        assert word not in main
    for do in ("tick", "all", "walk_ins", "search"):
        assert post(door, slot, do).status_code == 404
    head = door.get(COUNTS).getvalue().splitlines()[0]
    assert head == b"tutorial,session,starts_at,room,head_count,counted_at"


def test_the_numbers_of_all_parts_are_a_file_without_names(client, programme, sheet, slot):
    checkin.count_heads(slot, 5, by=None, at=at(9))
    viewer = make_user()
    viewer.memberships.create(conference=programme.conference, role="viewer")
    client.force_login(viewer)
    head, first, *others = client.get(COUNTS).getvalue().decode().split("\r\n")

    assert head == (
        "tutorial,session,starts_at,room,seats,seats_taken,waiting,checked_in,head_count,counted_at"
    )
    assert first == (
        f"{programme.t1},Session 1,2026-03-23T09:00:00+01:00,Hall A,3,3,1,1,5,"
        "2026-03-23T10:00:00+01:00"
    )
    assert len(others) == 4


def test_a_count_belongs_to_its_part_through_every_release(programme, slot, door):
    from tutorials import schedule

    checkin.count_heads(slot, 5, by=None, at=NOW)
    schedule.release(programme.conference, by=None, at=NOW)

    assert "5 people were counted" in text_of(door.get(address(slot)))


@pytest.mark.parametrize(
    ("role", "status"), [("organiser", 200), ("door", 200), ("editor", 404), ("viewer", 404)]
)
def test_only_who_may_check_in_comes_here(client, programme, slot, role, status):
    user = make_user()
    user.memberships.create(conference=programme.conference, role=role)
    client.force_login(user)

    assert client.get(address(slot)).status_code == status
    answer = post(client, slot, "count", number=3)
    assert answer.status_code == (303 if status == 200 else 404)
    assert HeadCount.objects.exists() == (status == 200)


def test_a_part_that_is_not_there(door, slot):
    for number in (10**6, 10**20):
        assert door.get(f"/cpal-2026/staff/parts/{number}/").status_code == 404


def test_the_queries_do_not_grow(door, programme, django_assert_max_num_queries):
    slot = slot_of(programme.t2)
    for number in (1, 30):
        for _ in range(number):
            person = make_attendee(programme.conference)
            registration.register(person, programme.t2, by=None, at=NOW)
            checkin.check_in(person, slot, by=None, at=at(8))
        with django_assert_max_num_queries(9):
            door.get(address(slot))
        rows = [person.pk for person in Attendee.objects.all()]
        with django_assert_max_num_queries(9):
            post(door, slot, "tick", before="", **{"in": rows})


def test_the_time_of_a_count_is_on_the_clocks_of_the_conference(door, slot):
    checkin.count_heads(slot, 5, by=None, at=at(9))

    assert "10:00" in text_of(door.get(address(slot)))


def test_more_names_than_a_form_takes_are_refused_and_nothing_is_half_done(door, slot):
    names = "\n".join(f"Name {number}" for number in range(501))

    answer = post(door, slot, "walk_ins", names=names, key=uuid4())
    page = door.get(answer["Location"]) if answer.status_code == 303 else answer

    assert "more than 500 names" in text_of(page)
    assert not CheckIn.objects.exists()
