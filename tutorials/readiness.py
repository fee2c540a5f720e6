"""What remains to be done before a conference opens? The organisers' checklist, read only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.models import Conference
from people.models import Attendee, Person
from tutorials import mails, schedule
from tutorials.models import Registration, Schedule, Slot, Tutorial
from tutorials.schedule import Finding


@dataclass(frozen=True)
class Step:
    """One thing to do, and how far it is."""

    code: str
    label: str
    done: bool
    message: str  # what is missing, or what there is


@dataclass(frozen=True)
class Readiness:
    """How far a conference is: the steps in the order in which one does them, and the findings."""

    steps: list[Step]
    findings: list[Finding]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def is_ready(self) -> bool:
        return self.done == len(self.steps)


def readiness(conference: Conference, at: datetime) -> Readiness:
    """What is done and what remains, for what this conference uses. A fixed number of queries."""
    findings = schedule.check(conference)
    tutorials = list(
        conference.tutorials.exclude(status=Tutorial.Status.CANCELLED).only(
            "conference", "status", "published_at", "capacity"
        )
    )
    draft = Slot.objects.filter(schedule__conference=conference, schedule__number__isnull=True)
    slots = list(draft.values_list("tutorial", "room", "room__capacity"))
    steps = [
        *_programme(tutorials, slots),
        *(_presenters(conference) if tutorials else ()),
        *_release(conference, findings, bool(tutorials)),
        *_texts(conference),
    ]
    if conference.takes_registrations:
        steps += [*_registration(conference), *_mail(at), *_trial(conference)]
    return Readiness(steps, findings)


def _programme(
    tutorials: list[Tutorial], slots: Sequence[tuple[int, int | None, int | None]]
) -> Iterator[Step]:
    number = len(tutorials)
    text = ngettext("%(number)d tutorial.", "%(number)d tutorials.", number) % {"number": number}
    yield Step(
        "tutorials",
        _("Tutorials"),
        bool(number),
        text if number else _("There are none yet. Import your list, or add them one by one."),
    )
    if not number:
        return
    placed = {tutorial for tutorial, _room, _capacity in slots}
    without = sum(tutorial.pk not in placed for tutorial in tutorials)
    yield Step("times", _("Times"), not without, _missing(without, _("have no time in the draft")))
    of_ours = {tutorial.pk for tutorial in tutorials}
    no_room = len({pk for pk, room, _capacity in slots if room is None and pk in of_ours})
    yield Step("rooms", _("Rooms"), not no_room, _missing(no_room, _("have a time and no room")))
    if not tutorials[0].conference.takes_registrations:
        return
    known = {pk for pk, _room, capacity in slots if capacity is not None}
    endless = sum(not tutorial.capacity and tutorial.pk not in known for tutorial in tutorials)
    yield Step(
        "capacities",
        _("Capacities"),
        not endless,
        _missing(endless, _("have no limit: anybody may register")),
    )


def _missing(number: int, what: str) -> str:
    """“3 tutorials have no time”; empty words where nothing is missing."""
    if not number:
        return _("All tutorials have one.")
    text = ngettext("%(number)d tutorial: %(what)s.", "%(number)d tutorials: %(what)s.", number)
    return text % {"number": number, "what": what}


def _presenters(conference: Conference) -> Iterator[Step]:
    kept = conference.tutorials.exclude(status=Tutorial.Status.CANCELLED)
    without = kept.filter(presenters__isnull=True).count()
    yield Step(
        "presenters",
        _("Presenters"),
        not without,
        _missing(without, _("have no presenter")) if without else _("Every tutorial has one."),
    )
    people = Person.objects.filter(pk__in=kept.values("presenters__person"))
    lacking = people.aggregate(bio=Count("pk", Q(bio="")), photo=Count("pk", Q(photo="")))
    complete = not lacking["bio"] and not lacking["photo"]
    text = _("%(bio)d without a text about them, %(photo)d without a photo.") % lacking
    yield Step(
        "about_presenters",
        _("About the presenters"),
        complete,
        _("All have a text and a photo.") if complete else text,
    )


def _release(
    conference: Conference, findings: list[Finding], has_tutorials: bool
) -> Iterator[Step]:
    blocking = sum(finding.blocks for finding in findings)
    text = ngettext(
        "%(number)d finding stops the release.", "%(number)d findings stop the release.", blocking
    )
    yield Step(
        "clashes",
        _("No clashes"),
        not blocking,
        text % {"number": blocking} if blocking else _("Nothing stops a release."),
    )
    hidden = conference.tutorials.filter(
        status__in=(Tutorial.Status.PROPOSED, Tutorial.Status.DRAFT)
    ).count()
    if has_tutorials:
        yield Step(
            "published",
            _("Published"),
            not hidden,
            _missing(hidden, _("not published, so nobody sees them"))
            if hidden
            else _("All tutorials are public."),
        )
    current = Schedule.objects.current(conference).first()
    if current is None:
        yield Step("released", _("Schedule released"), False, _("Nobody sees the times yet."))
        return
    changed = schedule.has_changes(conference)
    number = {"number": current.number}
    yield Step(
        "released",
        _("Schedule released"),
        not changed,
        _("Version %(number)s is public; the draft has changes since.") % number
        if changed
        else _("Version %(number)s is public.") % number,
    )


def _texts(conference: Conference) -> Iterator[Step]:
    missing = [
        str(label)
        for label, text in (
            (_("contact"), conference.contact_email),
            (_("imprint"), conference.imprint),
            (_("welcome"), conference.welcome),
        )
        if not text
    ]
    yield Step(
        "texts",
        _("Texts"),
        not missing,
        _("Missing: %(texts)s.") % {"texts": ", ".join(missing)} if missing else _("All written."),
    )
    yield Step(
        "privacy",
        _("Privacy notice"),
        bool(conference.privacy_notice),
        _("It is linked wherever data is asked for.")
        if conference.privacy_notice
        else _("Not written: people would not know who keeps what of them, and how long."),
    )


def _registration(conference: Conference) -> Iterator[Step]:
    opens = conference.registration_opens_at
    yield Step(
        "window",
        _("When registration opens"),
        opens is not None,
        _("%(moment)s.") % {"moment": conference.in_words(opens)}
        if opens
        else _("No time is set, so it is open as soon as a time is public."),
    )
    if conference.needs_tickets:
        holders = Attendee.objects.for_conference(conference).exclude(ticket_number="").count()
        text = ngettext("%(number)d ticket.", "%(number)d tickets.", holders)
        yield Step(
            "tickets",
            _("Conference tickets"),
            bool(holders),
            text % {"number": holders}
            if holders
            else _("None are here yet: nobody could register. Import the shop’s file."),
        )


def _mail(at: datetime) -> Iterator[Step]:
    wrong = mails.what_is_wrong(at)
    yield Step("mail", _("Mail"), not wrong, " ".join(wrong) or _("It goes out."))


def _trial(conference: Conference) -> Iterator[Step]:
    """Whether somebody of the team has gone the attendees' way once."""
    team = Q(attendee__user__memberships__conference=conference)
    tried = (
        Registration.objects.for_conference(conference)
        .filter(team | Q(attendee__user__is_superuser=True))
        .exists()
    )
    yield Step(
        "trial",
        _("A registration to try it"),
        tried,
        _("One of you has registered for a tutorial.")
        if tried
        else _("Register for a tutorial yourself, read the mail, and cancel it again."),
    )
