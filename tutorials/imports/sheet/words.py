"""When are two texts the same but for how somebody typed them?"""

from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """A title or the name of a place, without capitals and with single spaces.

    Nothing else goes: “C” and “C++” are two.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def single_spaced(text: str) -> str:
    """A text of one line without the spaces that nobody sees: doubled, or not to break at."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """A person's name or an affiliation, without dots, commas and hyphens too."""
    words = re.findall(r"[^\W_]+", plain(text))
    return " ".join(words) or text.strip()
