import re
import shutil
import subprocess

import pytest

from tests.factories import NOW, at, make_attendee, make_session, make_slot, make_tutorial, slot_of
from tutorials import checkin, registration, schedule
from tutorials.exports import sign_in_sheets as module
from tutorials.exports.sign_in_sheets import (
    SheetOptions,
    TooManyLines,
    UnknownDesks,
    desk_of,
    desk_titles,
    desks_named,
    sign_in_sheets,
)
from tutorials.models import Registration

# A name in each script that a living language is written in, and what might be markup or nothing.
NAMES = """\
Ada Lovelace|Łukasz Żółć|Ólafur Þórðarson|Nguyễn Thị Ánh Đặng|Ŋɔ́ɖa Ɓaƙo|ʻAkahi Kānekoa|İpek Işık
Ελένη Παπαδοπούλου|Олена Коваленко|Ђорђе Ћирић|Արմեն Պետրոսյան|ვახტანგ კიკაბიძე
محمد عبد الله الخوارزمي|فاطمه می‌خواهد|شہزاد ڈار|שרה כהן|ܝܘܚܢܢ|ދިވެހި|ߒߞߏ
प्रिया शर्मा|বাংলা নাম|ਪੰਜਾਬੀ ਨਾਮ|ગુજરાતી નામ|ଓଡ଼ିଆ ନାମ|தமிழ் செல்வன்|తెలుగు పేరు|ಕನ್ನಡ ಹೆಸರು|മലയാളം പേര്|සිංහල නම
สมชาย ใจดี|ສົມສັກ|សុខា ចាន់|အောင်ဆန်း|བསྟན་འཛིན|ᠮᠣᠩᠭᠣᠯ|ꦗꦮ|ᬩᬮᬶ|ᮞᮥᮔ᮪ᮓ
王小明|歐陽菲菲|佐藤 さくら|鈴木 ジョン|김민준|𠮷田|鄭喆|ㄅㄆㄇ|Ｗｉｄｅ
አበበ በቀለ|ⵜⴰⵎⴰⵣⵉⵖⵜ|ᏣᎳᎩ|ᐃᓄᒃᑎᑐᑦ|ꕙꔤ|𞤀𞤣𞤤𞤢𞤥|ꆈꌠ|ᱥᱟᱱᱛᱟᱲ|ꯃꯤꯇꯩ
#set text(red) *b* $x^2$ @ref <l> \\u{1} [x] ` // /*|O’Hara “x” – … € ∞ ≤ →""".replace(
    "\n", "|"
).split("|")


@pytest.fixture
def printed(monkeypatch):
    """The data of the documents that would be typeset."""
    documents = []

    def typeset(template, data):
        documents.append(data)
        return b"%PDF"

    monkeypatch.setattr(module, "typeset", typeset)
    return documents


def register(attendee, tutorial):
    return registration.register(attendee, tutorial, by=None, at=NOW)


def names(lines):
    return [line["name"] for line in lines]


def test_no_glyph_is_missing_in_any_script(programme):
    """A document is PDF/UA only if each character has a glyph in the fonts that come with us."""
    for name in NAMES:
        register(make_attendee(programme.conference, name=name), programme.t2)
    document = sign_in_sheets(programme.conference, [programme.t2])

    assert document.startswith(b"%PDF")
    assert b"pdfuaid" in document


def test_a_character_that_no_font_has_leaves_the_rest_as_it_is(programme):
    register(make_attendee(programme.conference, name="Ada \U0001f600"), programme.t1)
    document = sign_in_sheets(programme.conference, [programme.t1])

    assert document.startswith(b"%PDF")
    assert b"pdfuaid" not in document


@pytest.mark.parametrize(("paper", "box"), [("a4", b"595.27"), ("us-letter", b"612 792")])
def test_paper_is_chosen(programme, paper, box):
    options = SheetOptions(paper=paper)

    assert box in sign_in_sheets(programme.conference, [programme.t1], options=options)


def test_a_sheet_says_what_it_is_of(programme, printed):
    sign_in_sheets(programme.conference, [programme.t1])
    (sheet,) = printed[0]["sheets"]

    assert sheet["heading"] == str(programme.t1)
    assert sheet["presenters"] == f"Presenter of {programme.t1.code} (University, Lab)"
    assert sheet["where"] == (
        "Hall A · Session 1 · Monday 23 March 2026, 09:00–11:30, CET (Europe/Berlin)"
    )
    assert printed[0]["title"] == "Sign-in sheets, CPAL 2026"


def test_who_has_a_seat_is_listed_by_name_who_waits_apart_in_order(programme, printed):
    for name in ["Zoe Adams", "Carl zeiss", "Bo Baker", "Eve Early", "Abe Late"]:
        register(make_attendee(programme.conference, name=name), programme.t1)
    guest = make_attendee(programme.conference, name="Aa Aa")
    checkin.check_in(guest, slot_of(programme.t1), by=None, at=at(8))
    sign_in_sheets(programme.conference, [programme.t1])
    (sheet,) = printed[0]["sheets"]

    assert names(sheet["people"]) == ["Zoe Adams", "Bo Baker", "Carl zeiss", "Aa Aa"]
    assert [line["number"] for line in sheet["people"] + sheet["blank"]] == [
        str(number) for number in range(1, 10)
    ]
    assert [(line["number"], line["name"]) for line in sheet["waiting"]] == [
        ("1", "Eve Early"),
        ("2", "Abe Late"),
    ]
    assert [line["status"] for line in sheet["people"]] == ["", "", "", "checked in"]


def test_a_held_seat_is_marked(programme, printed):
    Registration.objects.create(
        attendee=make_attendee(programme.conference, name="Ada"),
        tutorial=programme.t1,
        status="offered",
        offered_until=NOW,
        registered_at=NOW,
    )
    sign_in_sheets(programme.conference, [programme.t1])

    assert printed[0]["sheets"][0]["people"][0]["status"] == "seat offered"


def test_two_desks_share_the_alphabet_and_number_their_lines_through(programme, printed):
    for name in ["Ada Kahn", "Bo Ling", "Łu Łódź", "小明", "Émile Éluard", "Ye 1x"]:
        register(make_attendee(programme.conference, name=name), programme.t4)
    options = SheetOptions(desks=desks_named("K"), blank_lines=2)
    sign_in_sheets(programme.conference, [programme.t4], options=options)
    first, second = printed[0]["sheets"]

    assert (first["desk"], second["desk"]) == ("A–K", "L–Z and other scripts")
    assert names(first["people"]) == ["Émile Éluard", "Ada Kahn"]
    assert set(names(second["people"])) == {"Bo Ling", "Łu Łódź", "小明", "Ye 1x"}
    assert first["blank"][-1]["number"] == "4"
    assert second["people"][0]["number"] == "5"
    assert (first["running"], len(second["blank"])) == (f"A–K · {programme.t4}", 2)


@pytest.mark.parametrize(
    ("name", "desk"),
    [("Kahn", 0), ("ķahn", 0), ("Ljung", 1), ("Þórr", 1), ("Øre", 1), ("Ωmega", 1), ("", 1),
     ("'t Hooft", 1), ("3 Ada", 0), ("đặng", 0), ("ﬁn", 0)],
)  # fmt: skip
def test_a_name_goes_to_the_desk_of_its_letter(name, desk):
    assert desk_of(name, ("K",)) == desk


def test_desks_are_named_by_their_last_letters():
    assert desk_titles(desks_named("h, p")) == ["A–H", "I–P", "Q–Z and other scripts"]
    assert desk_titles(desks_named("A")) == ["A", "B–Z and other scripts"]
    assert desk_titles(()) == [""]
    for text in ("Z", "P,H", "K,K", "1", "KL", "Ä"):
        with pytest.raises(UnknownDesks):
            desks_named(text)


def test_all_tutorials_that_are_on_are_in_one_file(programme, printed):
    make_tutorial(programme.conference, title="Without a time")
    registration.cancel_tutorial(programme.t4, by=None, at=NOW)
    sign_in_sheets(programme.conference)

    headings = [sheet["heading"] for sheet in printed[0]["sheets"]]
    assert headings == [str(each) for each in (programme.t1, programme.t2, programme.t3)]


def test_a_day_has_the_sheets_of_that_day(conference, printed):
    tutorial = make_tutorial(conference)
    for day in (0, 1):
        make_slot(make_session(conference, at(8, day=day), title=f"Day {day}"), tutorial)
    schedule.release(conference, by=None, at=NOW)
    sign_in_sheets(conference, day=at(0, day=1).date())

    assert ["Day 1" in sheet["where"] for sheet in printed[0]["sheets"]] == [True]
    with pytest.raises(TooManyLines, match="nothing to print"):
        sign_in_sheets(conference, day=at(0, day=5).date())


def test_where_nobody_registers_a_sheet_has_lines_to_fill_in(programme, printed):
    programme.conference.attendance = "open"
    programme.conference.save()
    sign_in_sheets(programme.conference, [programme.t1], options=SheetOptions(blank_lines=20))
    words = " ".join(printed[0]["words"].values()).lower()

    assert len(printed[0]["sheets"][0]["blank"]) == 20
    assert "regist" not in words


def test_too_much_for_one_file_is_refused_in_a_sentence(programme, printed, monkeypatch):
    monkeypatch.setattr(module, "MOST_LINES", 14)

    with pytest.raises(TooManyLines, match=r"more than 14 lines\. Choose a day"):
        sign_in_sheets(programme.conference)
    assert printed == []


def test_control_characters_are_not_printed(programme, printed):
    register(make_attendee(programme.conference, name="A\x07B\nC"), programme.t1)
    sign_in_sheets(programme.conference, [programme.t1])

    assert names(printed[0]["sheets"][0]["people"]) == ["A B C"]


def test_the_queries_do_not_grow(programme, printed, django_assert_max_num_queries):
    for number in (1, 20):
        for _ in range(number):
            register(make_attendee(programme.conference), programme.t2)
            make_tutorial(programme.conference)
        with django_assert_max_num_queries(6):
            sign_in_sheets(programme.conference)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed")
def test_a_name_without_spaces_stays_in_its_column(programme, tmp_path):
    name = "W" * 60
    register(make_attendee(programme.conference, name=name), programme.t1)
    document = sign_in_sheets(
        programme.conference, [programme.t1], options=SheetOptions(affiliation=True)
    )
    path = tmp_path / "sheet.pdf"
    path.write_bytes(document)
    words = ["pdftotext", "-bbox", path, "-"]
    found = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    found = found.replace("\u200b", "")

    pieces = re.findall(r'xMax="([\d.]+)"[^>]*>(W+)', found)
    assert "".join(piece for _edge, piece in pieces) == name
    half = 595 / 2  # of the page: where the name ends at the latest, with another column beside it
    assert all(float(edge) < half for edge, _piece in pieces)
