"""Search: every word, accents folded, typing errors forgiven."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorials.search import fold, search

TEXTS = [
    (1, "T1 Sparse Transformers at scale Track A Łukasz Großmüller University of Tübingen"),
    (2, "T2 Graph learning, in theory Track A Renée Ørsted Aarhus"),
    (3, "T12 Formal proofs Track B 山田太郎 東京大学"),
    (4, "T4 Robust O’Brien estimators Track B İbrahim Çelik"),
]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("sparse", {1}),
        ("SPARSE transf", {1}),
        ("tubingen", {1}),
        ("grossmuller", {1}),
        ("lukasz GROSSMÜLLER", {1}),
        ("orsted", {2}),
        ("renee", {2}),
        ("ibrahim celik", {4}),
        ("obrien", {4}),
        ("太郎", {3}),
        ("t1", {1, 3}),
        ("t12", {3}),
        ("track a", {1, 2}),
        ("tranformers", {1}),  # a letter is missing
        ("grpah", {2}),  # two have changed places
        ("transfomrer", {1}),  # and two errors in a long word
        ("tranform", {1}),  # somebody is still typing
        ("mueller", set()),
        ("sparse theory", set()),  # each is somewhere, but not together
        ("xyzzy", set()),
        ("th", {2}),  # two letters begin a word
        ("spx", set()),  # and forgive nothing
    ],
)
def test_finds(question, found):
    assert search(question, TEXTS) == found


@pytest.mark.parametrize("question", ["", "  ", "—", "?!", "_"])
def test_without_a_word_nothing_is_asked(question):
    assert search(question, TEXTS) is None


def test_what_is_right_hides_what_is_nearly_right():
    assert search("form", [(1, "form"), (2, "from")]) == {1}


def test_a_word_that_is_elsewhere_may_still_be_an_error():
    assert search("form theory", [(1, "form"), (2, "from theory")]) == {2}


def test_a_question_of_any_length_is_answered():
    assert search("transformer " * 10_000, TEXTS) == {1}


WORDS = st.text(string.ascii_lowercase, min_size=4, max_size=14)


@given(st.text(max_size=40))
def test_to_fold_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text("aeiouncszyäéîõüñçšžýÄÉÎÕÜÑÇŠŽÝåøłœßÅØŁŒ", min_size=1, max_size=20))
def test_folded_latin_is_typed_on_any_keyboard(text):
    assert fold(text).isascii()
    assert search(fold(text), [(1, text)]) == {1}
    assert search(text, [(1, fold(text))]) == {1}


@given(WORDS, st.integers(0), st.sampled_from(string.ascii_lowercase), st.integers(0, 3))
def test_one_error_is_forgiven(word, place, letter, kind):
    place %= len(word)
    before, after = word[:place], word[place:]
    wrong = (
        before + letter + after,
        before + letter + after[1:],
        before + after[1:],
        before + after[1:2] + after[:1] + after[2:],
    )[kind]
    if len(wrong) >= 4:
        assert search(wrong, [(1, f"Of {word} and more")]) == {1}


def test_three_thousand_are_searched_in_no_time():
    texts = [
        (n, f"T{n} word{n} about thing{n % 97} by Person{n} of Place{n % 31}") for n in range(3000)
    ]
    start = time.process_time()
    assert search("wrod77 abuot", texts)
    assert time.process_time() - start < 0.5  # on the slowest machine; a tenth of it on others


def test_little_words_that_nothing_begins_with_are_passed_over():
    texts = [(1, "Introduction to Graph Neural Networks"), (2, "Theory")]

    assert search("the graph", texts) == {1}
    assert search("graph for", texts) == {1}
    assert search("zzz qq", texts) == set()


def test_a_word_with_a_hyphen_is_found_typed_as_one():
    assert search("selfsupervised", [(1, "Self-Supervised Learning")]) == {1}
    assert search("self supervised", [(1, "Self-Supervised Learning")]) == {1}
