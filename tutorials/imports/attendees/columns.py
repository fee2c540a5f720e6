"""Which column says what? Headings in English and German, as ticket shops write them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tutorials.imports.faults import Fault, FaultyFile

LABELS = {
    "ticket_number": gettext_lazy("ticket number"),
    "order": pgettext_lazy("of a shop", "order"),
    "position": gettext_lazy("position in the order"),
    "name": gettext_lazy("name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "email": gettext_lazy("e-mail"),
    "affiliation": gettext_lazy("affiliation"),
    "kind": gettext_lazy("ticket kind"),
    "variation": gettext_lazy("variation of the ticket kind"),
    "barcode": gettext_lazy("barcode of the ticket"),
    "status": gettext_lazy("status"),
    "language": gettext_lazy("language of mails"),
    "buyer_name": gettext_lazy("buyer’s name"),
    "buyer_email": gettext_lazy("buyer’s e-mail"),
}

# The headings of each, letters and digits only (`plain`), the most telling first. A column is used
# once, and fields choose in this order: a plain “E-mail” is the attendee's, unless another column
# says “Attendee email”; then it is the buyer's.
_EMAIL = "email emailaddress emailadresse mail mailadresse mailaddress"
HEADINGS: dict[str, list[str]] = {
    field: words.split()
    for field, words in {
        "ticket_number": (
            "ticketnumber ticketno ticketnr ticketnum ticketnummer ticketid ticketcode "
            "eintrittskartennummer attendeenumber attendeeno attendeenr attendeeid "
            "teilnehmernummer teilnehmernr teilnehmerid participantnumber participantid "
            "participationid registrationnumber registrationid registrationcode "
            "anmeldenummer anmeldungsnummer"
        ),
        "order": (
            "ordercode ordernumber orderno ordernr orderid orderreference order bestellnummer "
            "bestellnr bestellcode bestellid bestellung auftragsnummer auftragsnr bookingnumber "
            "bookingno bookingid bookingcode bookingreference buchungsnummer buchungsnr "
            "buchungscode purchaseid"
        ),
        "position": (
            "positionid positionnumber positionno position positionsid positionsnummer "
            "positionsnr pos"
        ),
        "first_name": (
            "attendeenamegivenname attendeenamefirstname attendeefirstname attendeegivenname "
            "teilnehmernamevorname teilnehmervorname vornamedesteilnehmers participantfirstname "
            "firstname givenname forename vorname rufname"
        ),
        "last_name": (
            "attendeenamefamilyname attendeenamelastname attendeenamesurname attendeelastname "
            "attendeesurname attendeefamilyname teilnehmernamenachname "
            "teilnehmernamefamilienname teilnehmernachname nachnamedesteilnehmers "
            "participantlastname lastname surname familyname nachname familienname zuname"
        ),
        "name": (
            "attendeename nameoftheattendee attendeefullname teilnehmername teilnehmerinname "
            "namedesteilnehmers nameteilnehmer participantname ticketholdername ticketholder "
            "ticketinhaber fullname vollständigername vollername vornameundnachname "
            "vorundnachname name attendee teilnehmer teilnehmerin participant"
        ),
        "email": (
            "attendeeemail attendeeemailaddress emailoftheattendee teilnehmeremail "
            "teilnehmeremailadresse teilnehmerinemail emaildesteilnehmers "
            "emailadressedesteilnehmers emailteilnehmer participantemail ticketholderemail "
            + _EMAIL
        ),
        "affiliation": (
            "affiliation company companyname attendeecompany organisation organization "
            "organisationname organizationname institution institut institute employer "
            "university firma firmenname unternehmen hochschule universität arbeitgeber"
        ),
        "kind": (
            "tickettype ticketkind ticketcategory ticketclass ticketname tickettier ticketart "
            "tickettyp ticketkategorie ticketklasse product productname produkt produktname item "
            "itemname admissiontype artikel category kategorie ticket"
        ),
        "variation": "variation variant variante produktvariante productvariation",
        "barcode": (
            "barcode barcodenumber barcodeno barcodenr barcodenummer ticketbarcode ticketsecret "
            "ticketgeheimnis qrcode strichcode secret"
        ),
        "status": (
            "attendeestatus ticketstatus teilnehmerstatus participantstatus orderstatus "
            "bestellstatus buchungsstatus bookingstatus registrationstatus status paymentstatus "
            "zahlungsstatus"
        ),
        "language": "attendeelanguage orderlocale locale language sprache bestellsprache",
        "buyer_name": (
            "buyername nameofthebuyer buyer käufername namedeskäufers käufer purchasername "
            "purchaser customername customer kundenname kunde bestellername besteller "
            "invoiceaddressname rechnungsadressename rechnungsname"
        ),
        "buyer_email": (
            "buyeremail buyeremailaddress emailofthebuyer käuferemail käuferemailadresse "
            "emaildeskäufers emailadressedeskäufers purchaseremail customeremail orderemail "
            "kundenemail bestelleremail emailbesteller billingemail rechnungsemail "
            "contactemail kontaktemail " + _EMAIL
        ),
    }.items()
}
KNOWN = {word for words in HEADINGS.values() for word in words}
UNUSED = ""


def plain(heading: str) -> str:
    """A heading without what differs for no reason: “Order #”, “order no.” and so on."""
    text = unicodedata.normalize("NFKC", heading).casefold().replace("#", "number")
    return "".join(letter for letter in text if letter.isalnum())


def score(cells: Sequence[str], also: Mapping[str, str] | None = None) -> int:
    """How many headings we know in a row; ``also`` those that organisers have matched."""
    matched = set((also or {}).values()) - {UNUSED}
    return sum(plain(cell) in KNOWN or " ".join(cell.split()) in matched for cell in cells)


@dataclass(frozen=True)
class Columns:
    """Where each field stands in a row."""

    headings: list[str]
    at: dict[str, int]

    def heading(self, field: str) -> str:
        """What stands above a field's column; "" for a field that the file does not have."""
        return self.headings[self.at[field]] if field in self.at else ""

    @property
    def chosen(self) -> dict[str, str]:
        """The heading of each field that the file has."""
        return {field: self.headings[at] for field, at in self.at.items()}

    @property
    def unused(self) -> list[str]:
        """The headings that say nothing to us."""
        used = set(self.at.values())
        return [each for at, each in enumerate(self.headings) if each and at not in used]


def find(
    headings: list[str],
    *,
    line: int = 1,
    remembered: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Columns:
    """Find the column of each field: as ``given``, else as ``remembered``, else by its name.

    Both name the heading of a field, "" for none. One that is remembered may be missing; where one
    that is given is, ``FaultyFile`` is raised.
    """
    words = {
        field: heading
        for field, heading in (remembered or {}).items()
        if field in HEADINGS and heading in (UNUSED, *headings)
    } | dict(given or {})
    at: dict[str, int] = {}
    for field, heading in words.items():
        if heading == UNUSED:
            continue
        if heading not in headings:
            text = _("There is no column “%(heading)s”. There are: %(headings)s.")
            listed = {"heading": heading, "headings": _listed(headings)}
            raise FaultyFile([Fault(line, "", text % listed)])
        at[field] = headings.index(heading)
    _find_others(headings, at, besides=set(words))
    return Columns(headings, at)


def match(
    headings: list[str],
    *,
    line: int = 1,
    remembered: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Columns:
    """``find``, where every ticket gets a number and a name; raises ``FaultyFile`` otherwise."""
    columns = find(headings, line=line, remembered=remembered, given=given)
    _check_that_it_suffices(columns, line)
    return columns


def _find_others(headings: list[str], at: dict[str, int], besides: set[str]) -> None:
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        # Of two columns of one name the first counts: shops repeat theirs for the invoice.
        columns.setdefault(plain(heading), place)
    for field, words in HEADINGS.items():
        if field not in besides:
            for word in words:
                if word in columns and columns[word] not in at.values():
                    at[field] = columns[word]
                    break


def _check_that_it_suffices(columns: Columns, line: int) -> None:
    missing = []
    if not columns.at.keys() & {"ticket_number", "order"}:
        missing.append(LABELS["ticket_number"])
    if not columns.at.keys() & {"name", "first_name", "last_name", "email", "buyer_email"}:
        missing.append(LABELS["name"])
    faults = [
        Fault(
            line,
            "",
            _("No column for “%(field)s” was found. Say which it is; there are: %(headings)s.")
            % {"field": field, "headings": _listed(columns.headings)},
        )
        for field in missing
    ]
    if faults:
        raise FaultyFile(faults)


def quoted(words: Iterable[str]) -> str:
    """The words in the quotation marks of the language, with commas between."""
    return ", ".join(_("“%(word)s”") % {"word": word} for word in words)


def _listed(headings: list[str]) -> str:
    return quoted(heading[:60] for heading in headings[:60] if heading)


def to_remember(
    remembered: Mapping[str, str], given: Mapping[str, str], headings: list[str]
) -> dict[str, str]:
    """What is worth remembering: what organisers said, and would not be found by its name."""
    found: dict[str, int] = {}
    _find_others(headings, found, besides=set())
    by_name = {field: headings[at] for field, at in found.items()}
    words = {**remembered, **given}
    return {
        field: heading
        for field, heading in words.items()
        if field not in given or by_name.get(field, UNUSED) != heading
    }
