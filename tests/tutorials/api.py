"""What the tests of the API share: asking it."""

ROOT = "/api/v1/"
HOST = "http://testserver"
LISTS = [
    "conferences", "venues", "rooms", "tracks", "tutorials", "presenters", "sessions", "schedules",
]  # fmt: skip


def get(client, address, **query):
    answer = client.get(ROOT + address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def results(client, address, **query):
    return get(client, address, **query)["results"]


def one_of_each(client):
    """The addresses of the root, of every list, and of the first thing in each list."""
    yield ROOT
    for name in LISTS:
        yield f"{ROOT}{name}/"
        for row in results(client, f"{name}/", limit=1):
            yield row["api_url"].removeprefix(HOST)
