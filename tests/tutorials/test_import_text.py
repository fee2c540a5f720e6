import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorials.imports.presenters import presenters_of
from tutorials.imports.programme import ImportedPresenter, Unreadable
from tutorials.imports.text import ABSTRACT, LIST_BEGINS, PRESENTERS, TRACK, read

PAGE = """\
Tutorials
The day before the conference has three tutorials in two tracks.
List of Tutorials
Track 1 — Great Hall, Main Street 1
How Rivers Remember: Floods, Silt and Time
Presenters: Ada Example (University of Somewhere, Hydrology), Bo Sample (Elsewhere Institute)
Abstract
A river’s bed is an archive – of its floods (all of them).
Maps for People Who Get Lost
Presenter: Čeněk Müller-Ó Briain
Abstract
First of all: north is a convention.
Secondly, so is the map’s edge.
Track 2 — Small Hall, Side Street 22
Bread, from the Grain Up
Presenters: Di Testcase (Bakery (Research Unit), North), 李四 (Mill)
"""


def parse(text: str):
    return read(text.encode())


def faults(data: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as caught:
        read(data.encode() if isinstance(data, str) else data)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def fault_lines(text: str) -> list[int]:
    return [line for line, __ in faults(text)]


def contents(programme):
    return [
        (
            (track.name, track.hall, track.address),
            [(each.title, each.presenters, each.abstract) for each in track.tutorials],
        )
        for track in programme.tracks
    ]


def test_a_page_is_read_in_order_and_to_the_letter():
    assert contents(parse(PAGE)) == [
        (
            ("Track 1", "Great Hall", "Main Street 1"),
            [
                (
                    "How Rivers Remember: Floods, Silt and Time",
                    (
                        ImportedPresenter("Ada Example", "University of Somewhere, Hydrology"),
                        ImportedPresenter("Bo Sample", "Elsewhere Institute"),
                    ),
                    "A river’s bed is an archive – of its floods (all of them).",
                ),
                (
                    "Maps for People Who Get Lost",
                    (ImportedPresenter("Čeněk Müller-Ó Briain"),),
                    "First of all: north is a convention.\n\nSecondly, so is the map’s edge.",
                ),
            ],
        ),
        (
            ("Track 2", "Small Hall", "Side Street 22"),
            [
                (
                    "Bread, from the Grain Up",
                    (
                        ImportedPresenter("Di Testcase", "Bakery (Research Unit), North"),
                        ImportedPresenter("李四", "Mill"),
                    ),
                    "",
                ),
            ],
        ),
    ]


@pytest.mark.parametrize(
    "data",
    [
        PAGE.replace("\n", "\r\n").encode(),
        PAGE.replace("\n", "\r").encode(),
        PAGE.encode("utf-8-sig"),
        PAGE.replace("\nAbstract\n", "\n\n \t\nAbstract:\n\n")
        .replace("\nPres", "\n\nPres")
        .encode(),
        PAGE.rstrip("\n").encode(),
    ],
    ids=["CR LF", "CR", "byte order mark", "empty lines", "no last line end"],
)
def test_the_same_page_otherwise_saved_is_the_same_programme(data):
    assert contents(read(data)) == contents(parse(PAGE))


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Track 1", ("Track 1", "", "")),
        ("Track 1 — Hall", ("Track 1", "Hall", "")),
        ("Track 1 – Hall, Street 1", ("Track 1", "Hall", "Street 1")),
        ("Track 1 - Hall, Street 1, 123 Town", ("Track 1", "Hall", "Street 1, 123 Town")),
        ("Track B: Hall-West, Street 1", ("Track B", "Hall-West", "Street 1")),
        ("  TRACK IV—Hall ", ("TRACK IV", "Hall", "")),
    ],
)
def test_headings(heading, expected):
    (track,) = parse(f"{heading}\nTitle\nPresenters: Ada\n").tracks

    assert (track.name, track.hall, track.address) == expected


def test_what_only_resembles_a_marker_is_text():
    abstract = (
        "Tracking things\nTrack records matter.\nAbstract nonsense is a field.\nPresenters talk."
    )
    (track,) = parse(f"Track 1\nTitle\nPresenters: Ada\nAbstract\n{abstract}\n").tracks

    assert track.tutorials[0].abstract == abstract.replace("\n", "\n\n")


def test_empty_lines_divide_paragraphs_and_other_line_ends_stay():
    abstract = "One\n\n- two\n- three\n\n\nFour"
    page = f"Track 1\nTitle\nPresenters: Ada\nAbstract: {abstract}\n\nNext\nPresenter: Bo"
    first, second = parse(page).tutorials

    assert first.abstract == "One\n\n- two\n- three\n\nFour"
    assert second.title == "Next"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ada", ["Ada"]),
        ("Ada (X), Bo", ["Ada (X)", "Bo"]),
        ("Ada (X) and Bo (Y)", ["Ada (X)", "Bo (Y)"]),
        ("Ada, Bo, and Cy", ["Ada", "Bo", "Cy"]),
        ("Ada (X, Y; and Z); Bo (Y)", ["Ada (X, Y; and Z)", "Bo (Y)"]),
        ("Sandy Band (Rock and Roll)", ["Sandy Band (Rock and Roll)"]),
        ("Ada(X)", ["Ada (X)"]),
        ("Ada ()", ["Ada"]),
        ("Ada (A (b (c)), D)", ["Ada (A (b (c)), D)"]),
    ],
)
def test_presenters(line, expected):
    assert [str(presenter) for presenter in presenters_of(line)] == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Ada,",
        ", Ada",
        "(X)",
        "Ada (X",
        "Ada X)",
        "Ada )X(",
        "Ada (X) (Y)",
        "Ada (X) Bo",
        "A, B; C",
    ],
)
def test_presenters_who_cannot_be_told(line):
    with pytest.raises(ValueError, match=r"\."):
        presenters_of(line)


def test_every_fault_is_named_by_its_line():
    text = """\
Track 1 — Great Hall
See below.
First
Presenters: Ada (X
Abstract
Text.
Second
Presenters: Bo (Y)
A stray line.
Abstract
Text.
Missing its presenters
Abstract
Text.
Track 2
Presenters: Cy
Abstract
First
Presenters: Di, Di
Abstract

Track 2
Abstract
"""
    assert faults(text) == [
        (2, "“See below.” is no title: there is no “Presenters:” right below it."),
        (4, "The brackets do not match: every “(” needs its “)”."),
        (9, "“A stray line.” stands between the presenters and “Abstract”."),
        (
            13,
            "The tutorial “Second” has an abstract already. "
            "Is “Presenters:” of the next one missing?",
        ),
        (16, "There is no title above these presenters."),
        (17, "There is no text below “Abstract”."),
        (18, "The title “First” is there already, in line 3."),
        (19, "“Di” is named twice."),
        (20, "There is no text below “Abstract”."),
        (22, "The track “Track 2” is there already, in line 15."),
        (23, "This abstract belongs to no tutorial."),
    ]


def test_a_tutorial_above_the_first_track_is_named():
    assert fault_lines("Title\nPresenters: Ada\nTrack 1\nOther\nPresenters: Bo\n") == [1]


def test_an_address_without_a_hall_is_named():
    assert fault_lines("Track 1 — , Street 1\nTitle\nPresenters: Ada\n") == [1]


@pytest.mark.parametrize("text", ["", "Just prose.\nNothing else.", "Track 1 — Hall\n"])
def test_a_page_without_tutorials_is_refused(text):
    assert [message[:25] for __, message in faults(text)] == ["No tutorial was found: ea"]


def test_what_is_too_long_is_named():
    text = (
        f"Track 1 — {'h' * 201}\n{'t' * 301}\nPresenters: {'n' * 201} ({'a' * 301})\n"
        f"{'u' * 300}\nPresenters: {'m' * 200} ({'b' * 300})\n"
    )
    assert fault_lines(text) == [1, 2, 3, 3]
    assert faults(text)[1][1] == (
        f"“{'t' * 30}…” has 301 characters, and “tutorial: title” takes 300."
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_byte_that_is_not_utf_8_is_named_by_its_line(line_end):
    data = line_end.join(["Track 1", "Title", "Presenters: José"]).encode("latin-1")

    assert faults(data) == [(3, "The byte 0xe9 is not UTF-8. Save the file as UTF-8.")]


def test_nul_is_refused():
    assert fault_lines("Track 1\nTi\0tle\nPresenters: A\0da\n") == [2, 3]


# Any character a file may hold; CR and LF end a line, which is all that they do.
line_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=60
)


def is_marker(text: str) -> bool:
    patterns = (TRACK, PRESENTERS, ABSTRACT, LIST_BEGINS)
    return any(pattern.fullmatch(text.strip()) for pattern in patterns)


plain = line_text.map(str.strip).filter(lambda text: text and not is_marker(text))
# What a name may hold: no bracket and nothing that divides it from the next.
names = plain.filter(lambda text: not set(text) & set("(),;") and "and" not in text.split())
inside = st.recursive(
    line_text.map(lambda text: text.replace("(", "").replace(")", "")),
    lambda inner: st.builds("{}({}){}".format, inner, inner, inner),
    max_leaves=4,
).map(str.strip)
presenters = st.builds(ImportedPresenter, names, inside)
tutorials = st.tuples(
    plain,
    st.lists(presenters, min_size=1, max_size=4, unique_by=str),
    st.lists(plain, max_size=3),
)
tracks = st.tuples(
    plain.filter(lambda hall: "," not in hall),
    plain,
    st.lists(tutorials, min_size=1, max_size=3),
)


def as_page(programme) -> str:
    lines = ["Prose that nobody imports.", "List of Tutorials"]
    for number, (hall, address, its_tutorials) in enumerate(programme, start=1):
        lines.append(f"Track {number} — {hall}, {address}")
        for title, its_presenters, paragraphs in its_tutorials:
            lines += [title, "Presenters: " + ", ".join(map(str, its_presenters))]
            lines += ["Abstract", *paragraphs] if paragraphs else []
    return "\n".join(lines)


def has_each_title_once(programme: list) -> bool:
    titles = [title for __, __, its_tutorials in programme for title, __, __ in its_tutorials]
    return len(set(titles)) == len(titles)


programmes: st.SearchStrategy[list] = st.lists(tracks, min_size=1, max_size=3)


@given(programmes.filter(has_each_title_once))
def test_any_programme_comes_back_character_by_character(programme):
    assert contents(parse(as_page(programme))) == [
        (
            (f"Track {number}", hall, address),
            [(title, tuple(its), "\n\n".join(paragraphs)) for title, its, paragraphs in tutorials],
        )
        for number, (hall, address, tutorials) in enumerate(programme, start=1)
    ]


@given(st.binary())
def test_no_file_at_all_is_more_than_unreadable(data):
    with pytest.raises(Unreadable):
        read(data)
