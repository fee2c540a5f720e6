"""How much a phone must fetch: a page with all its own files, compressed, with nothing kept yet."""

import gzip
import random
import re

import pytest
from django.contrib.staticfiles import finders

from benchmarks.rows import edition
from conference.models import Conference
from conference.sample import loading
from people.models import Person
from tests.pages import tags_in
from tutorials.models import Tutorial

pytestmark = pytest.mark.django_db

MOST_OF_A_PAGE = 120_000
MOST_OF_A_LONG_SCHEDULE = 60_000
FETCHED = {"stylesheet", "icon", "manifest", "apple-touch-icon", "modulepreload", "preload"}
OF_CSS = re.compile(rb"url\(\s*[\"']?(?!data:)([^)\"'#]+)")
WORDS = (
    "sparse latent causal neural optimal transport bandit kernel prompt ethics graph diffusion "
    "robust language inference vision privacy tensor reward agents memory proofs speech genome"
)


def files_of(html):
    """What a browser fetches by itself to show the page, in its order."""
    for tag, attributes in tags_in(html):
        if tag == "link" and FETCHED & set(attributes.get("rel", "").split()):
            yield attributes["href"]
        elif tag in ("script", "img", "source", "iframe") and attributes.get("src"):
            yield attributes["src"]


def body_of(client, url):
    assert not url.startswith(("http:", "https:", "//")), f"{url} is somebody else's"
    if not url.startswith("/static/"):
        response = client.get(url)
        assert response.status_code == 200, url
        return response.getvalue()
    path = finders.find(url.removeprefix("/static/"))
    assert path, url
    with open(path, "rb") as file:
        return file.read()


def weight(body):
    return min(len(gzip.compress(body, 6)), len(body))


def weights_of(client, page):
    """Bytes by address, of the page and of all it needs."""
    found = {page: body_of(client, page)}
    waiting = list(files_of(found[page].decode()))
    while waiting:
        url = waiting.pop()
        if url in found:
            continue
        found[url] = body_of(client, url)
        if url.endswith(".css"):
            folder = url.rpartition("/")[0]
            waiting += [f"{folder}/{name.decode()}" for name in OF_CSS.findall(found[url])]
    return {url: weight(body) for url, body in found.items()}


@pytest.fixture
def sample(db):
    loading.load()
    return Conference.objects.current()


def test_a_page_of_the_sample_with_all_its_files(client, sample):
    home = sample.get_absolute_url()
    tutorial = Tutorial.objects.for_conference(sample).public()[0]
    for page in (home, f"{home}schedule/", f"{home}tutorials/", tutorial.get_absolute_url()):
        weights = weights_of(client, page)
        assert len(weights) > 5, "The page's files were not found."
        assert sum(weights.values()) <= MOST_OF_A_PAGE, weights
        # It weighs as much as all else of ours together: only where there is a form.
        assert not any("htmx" in url for url in weights)


def test_the_schedule_of_a_day_of_300_tutorials(client, db):
    home = edition("long-2026", 300)["home"]
    dice = random.Random(7)  # titles and names that are not all alike
    tutorials = list(Tutorial.objects.all())
    for tutorial in tutorials:
        tutorial.title = " ".join(dice.sample(WORDS.split(), 7))
    Tutorial.objects.bulk_update(tutorials, ["title"])
    people = list(Person.objects.all())
    for person in people:
        person.name = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz ", k=16))
    Person.objects.bulk_update(people, ["name"])

    html = body_of(client, f"{home}schedule/?day=2026-03-23&view=list")

    assert html.decode().count("/tutorials/t") >= 300
    assert weight(html) <= MOST_OF_A_LONG_SCHEDULE, weight(html)
