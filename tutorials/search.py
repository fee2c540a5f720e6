"""Which tutorials does somebody mean who types a few words? Typing errors are forgiven.

Every word has to be found in a tutorial. A word is found where a word there begins with it; one
that begins nothing at all may be a letter or two off. Codes, titles, presenters and tracks are
searched, not abstracts: a word that is in half of them says little, and to read
thousands takes long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

LONGEST = 100  # letters of a question; what comes after is not looked at
MOST_WORDS = 8
LITTLE = 3  # letters of a word that says little
FORGIVEN = ((8, 2), (4, 1))  # from so many letters, so many errors

# Letters that Unicode does not take apart, as people type them without the key for it.
ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n",
     "æ": "ae", "œ": "oe", "þ": "th", "ʼ": "", "’": "", "'": ""}
)  # fmt: skip
WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """A text without case and accents: “Łukasz Großmüller” is “lukasz grossmuller”."""
    if text.isascii():
        return text.lower().replace("'", "")
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.translate(ALIKE)


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text))


def search(question: str, texts: Iterable[tuple[int, str]]) -> set[int] | None:
    """The ids of the texts that have every word of the question; None for one without words.

    Where the words are nowhere together, a word that is somewhere may be a typing error too; and
    last of all little words, such as “the” and “for”, are passed over.
    """
    wanted = list(dict.fromkeys(words_of(question[:LONGEST])))[:MOST_WORDS]
    if not wanted:
        return None
    where: dict[str, set[int]] = {}
    for pk, text in texts:
        # “self-supervised” is typed as one word and as two.
        for word in {*words_of(text), *words_of(text.replace("-", ""))}:
            where.setdefault(word, set()).add(pk)
    known = list(where)
    begun = {each: {word for word in known if _begins(word, each)} for each in wanted}
    meant = [found or _nearly(each, known) for each, found in begun.items()]
    if together := _all_of(meant, where):
        return together
    wider = {each: found | _nearly(each, known) for each, found in begun.items()}
    telling = [words for each, words in wider.items() if len(each) > LITTLE]
    return _all_of([*wider.values()], where) or (_all_of(telling, where) if telling else set())


def _begins(word: str, wanted: str) -> bool:
    """Whether a word begins so; in a script without spaces a word is anywhere."""
    return wanted in word if not wanted.isascii() else word.startswith(wanted)


def _all_of(meant: Sequence[set[str]], where: dict[str, set[int]]) -> set[int]:
    """The ids that have one of the words in each of the sets."""
    found = [set().union(*(where[word] for word in words)) for words in meant]
    return set.intersection(*found)


def _nearly(wanted: str, known: Sequence[str]) -> set[str]:
    """The words that are it, or begin so, but for the errors that are forgiven."""
    most = next((errors for length, errors in FORGIVEN if len(wanted) >= length), 0)
    if not most:
        return set()
    found: set[str] = set()
    # Whoever is still typing has the beginning of a word, a letter more or less.
    for length in (None, len(wanted), len(wanted) + 1):
        near = process.extract(
            wanted,
            known if length is None else [word[:length] for word in known],
            scorer=DamerauLevenshtein.distance,
            processor=None,
            score_cutoff=most,
            limit=None,
        )
        found.update(known[index] for _word, _errors, index in near)
    return found
