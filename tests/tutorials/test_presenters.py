"""Who presents: the list by name, and a page for each."""

from tests.factories import NOW, make_conference, make_person, make_presenter, make_tutorial
from tests.pages import text_of
from tutorials import registration


def the_list(client, query=""):
    return text_of(client.get(f"/cpal-2026/presenters/{query}"))


def test_by_sort_name_below_initials(client, conference):
    tutorial = make_tutorial(conference)
    for name in ("Zeju Qiu", "Émile Öberg", "Ada Lovelace", "Åsa Olsson"):
        make_presenter(tutorial, name)

    text = the_list(client)

    names = ("Ada Lovelace", "Émile Öberg", "Åsa Olsson", "Zeju Qiu")
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert "O Émile Öberg" in text


def test_somebody_with_two_tutorials_is_there_once(client, conference):
    person = make_person("Ada Lovelace")
    for n in range(2):
        make_presenter(make_tutorial(conference, title=f"Given {n}"), "", "EPFL", person=person)

    text = the_list(client)

    assert text.count("Ada Lovelace") == 1
    assert text.count("EPFL") == 1
    assert "Given 0" in text
    assert "Given 1" in text


def test_the_track_is_named_and_a_cancelled_one_says_so(client, programme):
    registration.cancel_tutorial(programme.t1, by=None, at=NOW)

    response = client.get("/cpal-2026/presenters/")

    assert f"<s>{programme.t1.title}</s>" in response.content.decode()
    text = text_of(response)
    assert f"{programme.t1.title} Cancelled Track A" in text
    assert text.count("Cancelled") == 1
    assert f"{programme.t3.title} Track B" in text.replace("  ", " ")


def test_nobody_without_a_public_tutorial_here(client, conference):
    make_presenter(make_tutorial(conference, status="draft"), "Drafty Draft")
    make_presenter(make_tutorial(make_conference()), "Else Where")
    make_person("No Body")

    text = the_list(client)

    for name in ("Drafty", "Else", "No Body"):
        assert name not in text
    assert "Everybody who presents a tutorial will be here" in text


def test_pages_of_a_hundred(client, conference):
    tutorial = make_tutorial(conference)
    for n in range(101):
        make_presenter(tutorial, f"Ada N{n:03}")

    assert "N100" not in the_list(client)
    assert "N100" in the_list(client, "?page=2")


def test_the_page_of_one(client, programme):
    person = programme.t1.people.get()
    person.bio = "Knows *things*."
    person.email = "private@example.org"
    person.save()
    person.links.create(label="Homepage", url="https://example.org/ada")

    response = client.get(f"/cpal-2026/presenters/{person.slug}/")

    text = text_of(response)
    assert "<em>things</em>" in response.content.decode()
    assert "https://example.org/ada" in response.content.decode()
    assert programme.t1.title in text
    assert "University, Lab" in text
    assert "09:00–11:30" in text
    assert "private@example.org" not in response.content.decode()


def test_a_person_without_a_public_tutorial_here_has_no_page(client, conference):
    draft = make_presenter(make_tutorial(conference, status="draft"), "Drafty Draft").person
    elsewhere = make_presenter(make_tutorial(make_conference()), "Else Where").person

    for person in (draft, elsewhere):
        assert client.get(f"/cpal-2026/presenters/{person.slug}/").status_code == 404
