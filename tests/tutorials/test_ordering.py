"""The programme is put in order by the organisers."""

import pytest
from django.urls import reverse

from tests.factories import make_conference, make_tutorial, make_user
from tests.pages import text_of
from tutorials.ordering import put_in_order


def order(conference):
    return [tutorial.code for tutorial in conference.tutorials.in_programme_order()]


@pytest.fixture
def page(conference):
    return reverse("admin:conference_conference_order", args=[conference.pk])


def test_tutorials_take_the_places_given_in_their_track(programme):
    put_in_order(
        programme.conference, tracks={}, tutorials={programme.t1.pk: 2, programme.t2.pk: 1}
    )

    assert order(programme.conference) == ["T2", "T1", "T3", "T4"]


def test_tracks_take_the_places_given(programme):
    first, second = programme.tracks

    put_in_order(programme.conference, tracks={first.pk: 2, second.pk: 1}, tutorials={})

    assert order(programme.conference) == ["T3", "T4", "T1", "T2"]


def test_what_is_given_one_place_keeps_its_order_and_is_numbered_anew(programme):
    more = make_tutorial(programme.conference, track=programme.tracks[0], position=9)
    same = {programme.t1.pk: 5, programme.t2.pk: 5, more.pk: 5}

    put_in_order(programme.conference, tracks={}, tutorials=same)

    rows = programme.tracks[0].tutorials.order_by("position")
    assert [row.position for row in rows] == [1, 2, 3]
    assert [row.code for row in rows] == ["T1", "T2", more.code]


def test_a_second_time_changes_nothing(programme):
    numbers = {programme.t1.pk: 2, programme.t2.pk: 1}
    put_in_order(programme.conference, tracks={}, tutorials=numbers)

    assert put_in_order(programme.conference, tracks={}, tutorials=numbers) == 0


def test_ids_of_another_edition_are_nobody_here(programme):
    other = make_tutorial(make_conference(), position=7)

    put_in_order(programme.conference, tracks={}, tutorials={other.pk: 1})

    other.refresh_from_db()
    assert other.position == 7


def test_the_page_writes_what_it_is_sent(client, organiser, programme, page):
    client.force_login(organiser)
    assert "Track A" in text_of(client.get(page))

    sent = {f"tutorial-{programme.t1.pk}": "2", f"tutorial-{programme.t2.pk}": "1"}
    answer = client.post(page, sent, follow=True)

    assert order(programme.conference)[:2] == ["T2", "T1"]
    assert "places changed" in text_of(answer)


@pytest.mark.parametrize("value", ["-1", "x", "9" * 30, "", "1.5", "²"])
def test_what_is_no_number_changes_nothing(client, organiser, programme, page, value):
    client.force_login(organiser)
    client.post(page)  # numbered from 1

    client.post(page, {f"tutorial-{programme.t2.pk}": value, "tutorial-x": "1", "track-": "1"})

    assert order(programme.conference) == ["T1", "T2", "T3", "T4"]


def test_it_is_for_those_who_edit_the_programme(client, programme, page):
    viewer, editor, other = make_user(), make_user(), make_user()
    viewer.memberships.create(conference=programme.conference, role="viewer")
    editor.memberships.create(conference=programme.conference, role="editor")
    other.memberships.create(conference=make_conference(), role="organiser")

    for user, status in ((viewer, 403), (editor, 200), (other, 404)):
        client.force_login(user)
        assert client.get(page).status_code == status


def test_it_is_linked_from_the_conference(client, organiser, programme, page):
    client.force_login(organiser)

    form = client.get(reverse("admin:conference_conference_change", args=[programme.conference.pk]))

    assert f'href="{page}"' in form.content.decode()
