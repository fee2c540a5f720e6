"""Which column says what? Headings in English and German, as lists and forms have them.

A field is a word such as “title”. Those of presenters may have a number, “presenter_2”; without
one the cell lists all of them. What no heading tells the organiser says, and it is remembered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutorials.imports.faults import Fault, FaultyFile, whole_file

UNUSED = ""
MOST_COLUMNS = 200
LONGEST_HEADING = 200  # beyond that it is no question of a form any more, but text

LABELS: dict[str, str | Promise] = {
    "code": gettext_lazy("code"),
    "title": gettext_lazy("title"),
    "track": gettext_lazy("track"),
    "status": gettext_lazy("status"),
    "session": gettext_lazy("session"),
    "day": gettext_lazy("day"),
    "start": gettext_lazy("start"),
    "end": gettext_lazy("end"),
    "room": gettext_lazy("room"),
    "venue": gettext_lazy("venue"),
    "level": gettext_lazy("level"),
    "capacity": gettext_lazy("capacity"),
    "abstract": gettext_lazy("abstract"),
    "outline": gettext_lazy("outline"),
    "audience": gettext_lazy("who it is for"),
    "prerequisites": gettext_lazy("what to know before"),
    "outcomes": gettext_lazy("what one will have learnt"),
    "what_to_bring": gettext_lazy("what to bring"),
    "materials": gettext_lazy("materials"),
    "notes": gettext_lazy("organisers’ notes"),
}
OF_ALL_PRESENTERS: dict[str, str | Promise] = {
    "presenter": gettext_lazy("presenters, all in one cell"),
    "affiliation": gettext_lazy("affiliations, in the presenters’ order"),
    "email": gettext_lazy("presenters’ e-mail addresses"),
    "bio": gettext_lazy("about the presenter"),
    "first_name": gettext_lazy("presenter’s first name"),
    "last_name": gettext_lazy("presenter’s last name"),
}
OF_ONE_PRESENTER: dict[str, str | Promise] = {
    "presenter": gettext_lazy("presenter %(number)d"),
    "affiliation": gettext_lazy("affiliation of presenter %(number)d"),
    "email": gettext_lazy("e-mail of presenter %(number)d"),
    "bio": gettext_lazy("about presenter %(number)d"),
    "first_name": gettext_lazy("first name of presenter %(number)d"),
    "last_name": gettext_lazy("last name of presenter %(number)d"),
}
MOST_PRESENTERS = 50

# Whole headings, letters and digits only. Those of our own export come first.
EXACT = {
    word: field
    for field, words in {
        "code": (
            "code id no nr number nummer kürzel tutorialcode tutorialid tutorialno tutorialnr "
            "tutorialnumber tutorialnummer paperid papernumber submissionid submissionnumber"
        ),
        "title": (
            "title titel tutorial tutorialtitle tutorialtitel tutorialname papertitle talktitle "
            "submissiontitle proposaltitle thema topic"
        ),
        "track": "track tracks trackname strang reihe themenreihe schiene stream",
        "session": "session sessions sessiontitle sessionname sitzung block zeitblock",
        "day": "day date tag datum wochentag weekday",
        "start": (
            "start starts startsat starttime begin begins beginning beginn beginnt anfang "
            "startzeit from von time times timeslot slot zeit zeiten uhrzeit zeitraum"
        ),
        "end": "end ends endsat endtime ende endet endzeit until to bis",
        "room": "room roomname raum hall hörsaal saal location ort place lecturehall",
        "venue": "venue building gebäude veranstaltungsort haus",
        "level": "level niveau difficulty difficultylevel schwierigkeit schwierigkeitsgrad",
        "capacity": (
            "capacity kapazität seats plätze places maxparticipants maxattendees maxteilnehmer "
            "teilnehmerzahl"
        ),
        "status": "status state stand decision entscheidung",
        "notes": (
            "notes note organisersnotes notesoftheorganisers comments comment remarks notizen "
            "bemerkungen anmerkungen kommentare notizendesteams"
        ),
        "outline": "outline agenda syllabus gliederung ablauf structure",
        "audience": "audience whoitisfor targetaudience zielgruppe publikum",
        "prerequisites": (
            "prerequisites prerequisite requirements whattoknowbefore voraussetzungen vorkenntnisse"
        ),
        "outcomes": (
            "outcomes goals objectives whatonewillhavelearnt learningoutcomes lernziele ziele"
        ),
        "what_to_bring": "whattobring bring mitbringen mitzubringen",
        "materials": "materials material links slides resources unterlagen folien materialien",
        "abstract": (
            "abstract abstracts description summary zusammenfassung kurzfassung beschreibung inhalt"
        ),
        "bio": (
            "bio bios biography biographies biografie biografien shortbio kurzbio kurzbiografie "
            "vita lebenslauf about"
        ),
        "email": "email emails mail emailaddress emailaddresses mailadresse emailadresse kontakt",
        "affiliation": (
            "affiliation affiliations institution institutions university organisation "
            "organization institut institute hochschule universität zugehörigkeit einrichtung "
            "company firma employer"
        ),
        "first_name": "firstname givenname vorname",
        "last_name": "lastname surname familyname nachname familienname",
        "presenter": (
            "presenters presenter speakers speaker presentedby instructors instructor lecturers "
            "lecturer tutors tutor organizers organisers authors author vortragende vortragender "
            "referenten referentinnen referierende dozenten dozentinnen dozierende autoren names"
        ),
    }.items()
    for word in words.split()
}
# Else what a heading speaks of, the first that fits: “Short bio of the speakers” is no speaker.
SPEAKS_OF: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), field)
    for pattern, field in (
        (r"\b(e mail|email|mail address)", "email"),
        (r"\b(bio\b|bios\b|biograph|biograf|kurzbio|lebenslauf)", "bio"),
        (
            r"\b(affiliation|institution|universit|organi[sz]ation|einrichtung|hochschule)",
            "affiliation",
        ),
        (r"\b(first|given) names?\b|\bvorname", "first_name"),
        (r"\b(last|family) names?\b|\bsurname|\b(nach|familien)name", "last_name"),
        (r"\b(bring|mitbringen|mitzubringen)\b", "what_to_bring"),
        (
            r"\b(prerequisite|prior knowledge|background|vorkenntnis|voraussetzung)"
            r"|\bknow (already|before)",
            "prerequisites",
        ),
        (r"\b(learn|outcome|objective|takeaway|lernziel)", "outcomes"),
        (r"\b(level|niveau|difficulty|schwierigkeit)", "level"),
        (r"\b(audience|zielgruppe|publikum)\b", "audience"),
        (r"\b(slides|material|unterlagen|folien)", "materials"),
        (
            r"\b(how many|max|maximum|maximal|number of) .*"
            r"(people|participant|attendee|seats|teilnehm)",
            "capacity",
        ),
        (r"\b(outline|agenda|syllabus|gliederung|ablauf)\b", "outline"),
        (r"\b(abstract|description|summary|zusammenfassung|kurzfassung|beschreibung)", "abstract"),
        (r"(?<!\bjob )(?<!\bacademic )(?<!\bakademischer )\b(title|titel)\b", "title"),
        (
            # What is said about presenters is none: “Speaker phone”, “Number of presenters”.
            r"^(?!.*\b(number of|how many|anzahl|phone|tel|telefon|mobile|country|land|city|photo|"
            r"picture|foto|web|website|homepage|url|link|orcid|gender|diet|travel|hotel|needs?|"
            r"confirmed|attending|registered|id|fee|pronouns|linkedin|twitter)\b).*"
            r"\b(presenter|speaker|instructor|lecturer|vortragende|referent|dozent|dozier)",
            "presenter",
        ),
        (r"\b(track|themenreihe)\b", "track"),
        (
            r"^(?!.*\b(needs?|set ?up|requirements?|capacity|size|equipment)\b).*\b(room|raum)\b",
            "room",
        ),
        (r"\b(comments?|remarks?|notes?|anmerkungen|bemerkungen|anything else)\b", "notes"),
    )
]  # fmt: skip
NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "first erste erster ersten main",
            "second zweite zweiter zweiten",
            "third dritte dritter dritten",
            "fourth vierte vierter vierten",
            "fifth fünfte fünfter fünften",
            "sixth sechste sechster sechsten",
        ),
        start=1,
    )
    for word in words.split()
}
NOBODYS = {"first_name", "last_name"}  # where “first” numbers nobody


def label_of(field: str) -> str:
    """What a field is called in a choice."""
    kind, number = parts_of(field)
    if number:
        return str(OF_ONE_PRESENTER[kind] % {"number": number})
    return str(LABELS.get(kind) or OF_ALL_PRESENTERS[kind])


def parts_of(field: str) -> tuple[str, int]:
    """“affiliation_2” is that of the second presenter; 0 for all, and for what has no number."""
    kind, _underscore, number = field.rpartition("_")
    return (kind, int(number)) if number.isdecimal() else (field, 0)


def is_field(field: str) -> bool:
    """Whether there is such a field."""
    kind, number = parts_of(field)
    if number:
        return kind in OF_ONE_PRESENTER and number <= MOST_PRESENTERS
    return kind in LABELS or kind in OF_ALL_PRESENTERS


def field_of(heading: str) -> str:
    """The field that a heading tells by itself, or "" if it tells none."""
    text = unicodedata.normalize("NFKC", heading[: LONGEST_HEADING + 1]).casefold()
    if len(text) > LONGEST_HEADING:
        return UNUSED
    text = re.sub(r"[(\[][^)\]]*[)\]]", " ", text).replace("#", " number ")
    words = re.findall(r"[^\W_]+", text)
    compact = "".join(words)
    if compact in EXACT:
        return EXACT[compact]
    unnumbered = [word for word in words if not NUMBER.search(word) and word != "number"]
    kind = EXACT.get("".join(unnumbered), UNUSED) or _spoken_of(" ".join(words))
    if kind not in OF_ALL_PRESENTERS:
        return kind
    number = _number_in(words, kind)
    return f"{kind}_{number}" if number else kind


def _spoken_of(text: str) -> str:
    return next((field for pattern, field in SPEAKS_OF if pattern.search(text)), UNUSED)


def _number_in(words: list[str], kind: str) -> int:
    for word in words:
        match = NUMBER.search(word)
        if match and 0 < int(match[1]) <= MOST_PRESENTERS:
            return int(match[1])
        if word in ORDINALS and kind not in NOBODYS:
            return ORDINALS[word]
    return 0


def score(cells: Sequence[str], also: Mapping[str, str] | None = None) -> int:
    """How many headings we know in a row; ``also`` those that organisers have matched."""
    return sum(bool(field_of(cell)) or " ".join(cell.split()) in (also or {}) for cell in cells)


@dataclass(frozen=True)
class Columns:
    """Where each field stands in a row."""

    headings: list[str]  # each once: of two “Name” the second is “Name (2)”
    at: dict[str, int]

    def heading(self, field: str) -> str:
        """What stands above a field's column; "" for a field that the file does not have."""
        return self.headings[self.at[field]] if field in self.at else ""

    @property
    def chosen(self) -> dict[str, str]:
        """The field of each heading, "" for those that are not used."""
        fields = {at: field for field, at in self.at.items()}
        return {
            heading: fields.get(at, UNUSED) for at, heading in enumerate(self.headings) if heading
        }

    def has(self, *fields: str) -> bool:
        """Whether the file has a column for one of them."""
        return any(field in self.at for field in fields)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the presenters that have columns of their own."""
        return sorted({number for number in map(_number_of, self.at) if number})


def _number_of(field: str) -> int:
    return parts_of(field)[1]


def find(
    headings: Sequence[str],
    *,
    remembered: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Columns:
    """Find the column of each field: as ``given``, else as ``remembered``, else by its heading.

    Both say the field of a heading, "" for none. Of two columns for one field the first counts,
    but for presenters: there they are those of the first presenter and of the second.
    """
    names = list(_each_once(headings))
    if len(names) > MOST_COLUMNS:
        text = _("The file has more than %(number)d columns. Delete those that say nothing.")
        raise whole_file(text % {"number": MOST_COLUMNS})
    said = {**(remembered or {}), **(given or {})}
    at: dict[str, int] = {}
    for place, name in enumerate(names):
        if is_field(said.get(name, UNUSED)):
            at.setdefault(said[name], place)
    told = {
        place: field
        for place, (name, heading) in enumerate(zip(names, headings, strict=True))
        if name and name not in said and (field := field_of(heading))
    }
    for place, field in _numbered(told).items():
        if field not in at:
            at[field] = place
    return Columns(names, at)


def match(
    headings: Sequence[str],
    *,
    line: int = 1,
    remembered: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Columns:
    """``find``, where every tutorial gets a title or a code; raises ``FaultyFile`` otherwise."""
    columns = find(headings, remembered=remembered, given=given)
    if not columns.has("title", "code"):
        text = _("No column for the title was found. Say which it is; there are: %(headings)s.")
        listed = ", ".join(f"“{each[:60]}”" for each in columns.headings[:60] if each)
        raise FaultyFile([Fault(line, "", text % {"headings": listed})])
    return columns


def to_remember(
    remembered: Mapping[str, str], given: Mapping[str, str], headings: Sequence[str]
) -> dict[str, str]:
    """What is worth remembering: what organisers said, and would not be found by its heading."""
    by_heading = find(headings).chosen
    words = {**remembered, **given}
    return {
        heading: field
        for heading, field in words.items()
        if heading not in given or by_heading.get(heading, UNUSED) != field
    }


def _each_once(headings: Sequence[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for heading in headings:
        name = " ".join(heading.split())
        seen[name] = seen.get(name, 0) + 1
        yield name if not name or seen[name] == 1 else f"{name} ({seen[name]})"


def _numbered(told: Mapping[int, str]) -> dict[int, str]:
    """Number the columns of presenters that come more than once without a number."""
    numbered: dict[int, str] = {}
    for place, field in told.items():
        same = [other for other, its in told.items() if its == field]
        if field in OF_ALL_PRESENTERS and len(same) > 1:
            numbered[place] = f"{field}_{same.index(place) + 1}"
        else:
            numbered[place] = field
    return numbered
