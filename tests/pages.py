"""Reading a page as its visitor does."""

import re
from html.parser import HTMLParser

from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text = []
        self.tags = []
        self.in_script = False

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.in_script = tag == "script"

    def handle_endtag(self, tag):
        self.in_script = False

    def handle_data(self, data):
        if not self.in_script:
            self.text.append(data)


def _read(html):
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def text_in(html):
    """The text of a piece of HTML, with all its white space."""
    return "".join(_read(html).text)


def tags_in(html):
    """Every tag that opens, in order, with its attributes."""
    return _read(html).tags


def text_of(response):
    """The text of a page, each run of white space a single space."""
    return " ".join(text_in(response.content.decode()).split())


def levels_of(response):
    """The levels of a page's headings, in order."""
    return [int(level) for level in re.findall(r"<h([1-6])", response.content.decode())]


def ids_of(response):
    """Every id on a page."""
    return re.findall(r' id="([^"]*)"', response.content.decode())


def messages_of(response):
    """What the visitor is told about what they just did."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def address_of(response):
    """The address of a page, wherever redirects led."""
    return response.request["PATH_INFO"]


def links_of(response):
    """Where the links of a page lead, in order."""
    tags = tags_in(response.content.decode())
    return [attrs.get("href", "") for tag, attrs in tags if tag == "a"]


def fetch_schedule(client, query=""):
    """The schedule of the cast's conference."""
    response = client.get(f"/cpal-2026/schedule/{query}")
    assert response.status_code == 200
    return response


def queries_of(client, path):
    """How many queries a page asks."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
