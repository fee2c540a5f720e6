"""Reading a page as its visitor does."""

import re
from html.parser import HTMLParser


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
