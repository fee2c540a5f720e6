"""How is a text written where there is only text: in a calendar, in XML, in a feed?

People paste what they have, with line ends of every kind and characters that nobody sees; XML
forbids some of them (XML 1.0, 2.2), and some end a line for one reader and not for another.
"""

import re

# Control characters but those that end a line or are a space, and what XML has no place for.
UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def one_line(text: str) -> str:
    """A title or a name on one line, each run of white space a single space, as a page shows it."""
    return " ".join(UNSEEN.sub("", text).split())


def lines(text: str) -> str:
    """A text of several lines, each ended by a line feed."""
    # One more that is white space to Python, and ends no line.
    seen = UNSEEN.sub("", text.replace("\x1f", " "))
    return "\n".join(line.rstrip() for line in seen.splitlines()).strip("\n")
