"""How is a name written, and how sorted?"""

import unicodedata

JOINERS = "\u200c\u200d"


def sort_name_of(name: str) -> str:
    """Guess the form a list sorts by: ``Volkan Cevher`` gives ``Cevher, Volkan``.

    A guess it stays, since names differ over the world, so every sort name can be edited. A name
    that holds a comma already, or is one word, is left as it is.
    """
    words = name.split()
    if "," in name or len(words) < 2:
        return " ".join(words)
    return f"{words[-1]}, {' '.join(words[:-1])}"


def clean_name(text: str) -> str:
    """A name in one line, without characters that nobody sees: single spaces, 200 letters.

    The joiners stay, which Persian and Indian names are written with.
    """
    lines = " ".join(text.split())
    seen = (each for each in lines if each in JOINERS or unicodedata.category(each)[0] != "C")
    return "".join(seen).strip()[:200]
