"""Who is in the list of people twice, and how two rows become one person."""

from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from people.models import Person, PersonLink
from tests.factories import (
    NOW,
    make_conference,
    make_member,
    make_person,
    make_presenter,
    make_tutorial,
)
from tutorials import duplicates, mails
from tutorials.models import Correction, Letter, Presenter
from tutorials.models.mail import LetterKind

LIST = "/admin/people/person/"
PAIRS = f"{LIST}duplicates/"


@pytest.fixture
def ada(db):
    return make_person("Ada Lovelace", email="ada@example.org")


@pytest.fixture
def other(db):
    return make_person("Lovelace, Ada", bio="Writes programs.", email="Ada@Example.org")


def pairs():
    return [(pair.first, pair.second) for pair in duplicates.pairs(Person.objects.all())]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Ada Lovelace", "ada lovelace"),
        ("Alan M. Turing", "Turing, Alan M"),
        ("Émile Öberg", "Emile Oberg"),
        ("Yu-Xiang Wang", "Yu Xiang Wang"),
        ("王 小明", "王  小明"),
    ],
)
def test_the_same_name_however_it_is_written(db, one, two):
    first, second = make_person(one), make_person(two)
    assert pairs() == [(first.pk, second.pk)]


def test_others_are_not_suggested(db):
    for name in ("Ada Lovelace", "Ada King", "Alan Turing", "…", "–"):
        make_person(name)
    assert pairs() == []


def test_the_same_address(db):
    first = make_person("Ada Lovelace", email="ada@example.org")
    second = make_person("A. King", email="ADA@example.org ")
    assert pairs() == [(first.pk, second.pk)]


def test_both_in_common_comes_first(ada, other):
    make_person("Ada Lovelace")
    found = duplicates.pairs(Person.objects.all())
    assert (found[0].first, found[0].second) == (ada.pk, other.pk)
    assert len(found) == 3


def test_many_of_one_name_are_few_pairs(db):
    for _ in range(200):
        make_person("Wei Wang")
    assert len(pairs()) == 199


def test_gaps_are_filled(ada, other):
    PersonLink.objects.create(person=ada, label="Home", url="https://ada.example.org/", position=1)
    for url in ("https://ada.example.org", "https://code.example.org/"):
        PersonLink.objects.create(person=other, label="A page", url=url)
    other.photo, other.link_key = "photos/x.webp", "k" * 32
    other.save()

    kept = duplicates.merge(ada, other)

    kept.refresh_from_db()
    assert Person.objects.get() == kept == ada
    assert (kept.name, kept.email) == ("Ada Lovelace", "ada@example.org")
    assert (kept.bio, kept.photo.name, kept.link_key) == (
        "Writes programs.", "photos/x.webp", "k" * 32,
    )  # fmt: skip
    assert [link.label for link in kept.links.all()] == ["Home", "A page"]


def test_what_one_says_is_not_overwritten(ada, other):
    ada.bio = "Mine."
    ada.save()
    assert duplicates.merge(ada, other).bio == "Mine."


def test_what_they_present(ada, other, conference):
    both, hers, theirs = (make_tutorial(conference) for _ in range(3))
    make_presenter(both, "First")
    make_presenter(both, "", "EPFL", person=other)
    make_presenter(both, "Third")
    make_presenter(both, "", person=ada)
    make_presenter(hers, "", "Here", person=ada)
    make_presenter(theirs, "", "There", person=other)

    duplicates.merge(ada, other)

    assert [str(row) for row in both.presenters.all()] == ["First", "Ada Lovelace (EPFL)", "Third"]
    billed = Presenter.objects.filter(person=ada).order_by("tutorial")
    assert list(billed.values_list("tutorial", "affiliation")) == [
        (both.pk, "EPFL"), (hers.pk, "Here"), (theirs.pk, "There"),
    ]  # fmt: skip


def test_what_they_sent_and_were_sent(ada, other, conference):
    older = Correction.objects.create(person=ada, changes={}, sent_at=NOW)
    newer = Correction.objects.create(person=other, changes={}, sent_at=NOW.replace(month=4))
    decided = Correction.objects.create(
        person=other, changes={}, sent_at=NOW, status="declined", decided_at=NOW
    )
    mails.write_letter(LetterKind.PRESENTER_LINK, conference, at=NOW, person=other)

    duplicates.merge(ada, other)

    assert set(Correction.objects.all()) == {newer, decided}
    assert older not in Correction.objects.all()
    assert Letter.objects.get().person == ada


def test_who_went_leaves_no_version_to_bring_back(ada, other):
    PersonLink.objects.create(person=ada, label="Home", url="https://ada.example.org/")
    PersonLink.objects.create(person=other, label="Home", url="https://ada.example.org")
    gone = other.pk

    duplicates.merge(ada, other)

    assert not Person.history.filter(id=gone).exists()
    assert not PersonLink.history.filter(person_id=gone).exists()
    assert Person.history.filter(id=ada.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_photo_of_who_went_goes_unless_it_is_taken_over(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ada, other, third = (make_person("Ada Lovelace") for _ in range(3))
    for person in (other, third):
        person.photo.save("me.webp", ContentFile(b"picture"))

    duplicates.merge(ada, other)
    duplicates.merge(ada, third)

    ada.refresh_from_db()
    there = [path.name for path in (tmp_path / "photos").iterdir()]
    assert there == [Path(str(ada.photo.name)).name]


def test_nobody_merges_with_themselves(ada):
    with pytest.raises(ValidationError):
        duplicates.merge(ada, Person.objects.get())
    assert Person.objects.count() == 1


def test_merging_twice_is_refused_in_a_sentence(ada, other):
    duplicates.merge(ada, Person.objects.get(pk=other.pk))
    with pytest.raises(ValidationError, match="not there any more"):
        duplicates.merge(ada, other)


class TestPages:
    def test_from_the_list_to_one_person(self, client, organiser, ada, other, conference):
        client.force_login(organiser)
        assert PAIRS in client.get(LIST).content.decode()
        page = client.get(PAIRS).content.decode()
        merge = f"{LIST}merge/{ada.pk}/{other.pk}/"
        assert merge in page
        assert "same name and e-mail address" in page

        page = client.get(merge).content.decode()
        assert "Writes programs." in page
        assert f"{LIST}merge/{other.pk}/{ada.pk}/" in page
        assert Person.objects.count() == 2
        page = client.post(merge, follow=True).content.decode()
        assert "They are one person now." in page
        assert Person.objects.get() == ada
        assert "Merged with Lovelace, Ada" in LogEntry.objects.get().change_message

    def test_two_are_chosen_in_the_list(self, client, organiser, ada, other, conference):
        client.force_login(organiser)
        make_person("Third")
        chosen = {"action": "compare", "_selected_action": [ada.pk, other.pk]}
        assert client.post(LIST, chosen)["Location"] == f"{LIST}merge/{ada.pk}/{other.pk}/"
        chosen["_selected_action"] = [ada.pk]
        assert "Choose two people" in client.post(LIST, chosen, follow=True).content.decode()

    def test_one_may_edit_both(self, client, ada, other, conference):
        make_presenter(make_tutorial(conference), "", person=ada)
        make_presenter(make_tutorial(make_conference()), "", person=other)
        client.force_login(make_member(conference, "editor"))
        for one, two in ((ada, other), (other, ada)):
            assert client.post(f"{LIST}merge/{one.pk}/{two.pk}/").status_code == 403
        assert f"merge/{ada.pk}" not in client.get(PAIRS).content.decode()
        assert Person.objects.count() == 2

    def test_a_viewer_does_not(self, client, ada, other, conference):
        client.force_login(make_member(conference, "viewer"))
        assert client.get(PAIRS).status_code == 403
        assert client.post(f"{LIST}merge/{ada.pk}/{other.pk}/").status_code == 403
        assert PAIRS not in client.get(LIST).content.decode()

    def test_nobody_is_there_twice(self, client, organiser, ada, conference):
        client.force_login(organiser)
        assert "Nobody has a name" in client.get(PAIRS).content.decode()

    def test_the_pairs_cost_the_same_for_more(
        self, client, organiser, ada, other, conference, django_assert_num_queries
    ):
        client.force_login(organiser)
        with django_assert_num_queries(5):
            client.get(PAIRS)
        for number in range(60):
            make_person(f"Name {number}")
            make_person(f"Name {number}")
        with django_assert_num_queries(5):
            page = client.get(PAIRS)
        assert "1 / 2" in page.content.decode()


@pytest.mark.parametrize(
    ("stays_email", "goes_email", "is_kept"),
    [
        ("ada@example.org", "Ada@example.org", True),
        ("", "ada@example.org", True),
        ("ada@example.org", "other@example.org", False),
        ("ada@example.org", "", False),
    ],
)
def test_a_link_goes_along_only_with_its_mailbox(db, stays_email, goes_email, is_kept):
    stays = make_person("Ada Lovelace", email=stays_email)
    goes = make_person("Lovelace, Ada", email=goes_email, link_key="k" * 32)

    merged = duplicates.merge(stays, goes)

    assert bool(Person.objects.get(pk=merged.pk).link_key) is is_kept
