"""How much is there? The sentence that opens the list, counted from the released schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from conference.dates import day_in_words, short_day_in_words
from conference.models import Conference
from tutorials.models import Tutorial

NUMBERS = (
    gettext_noop("two"), gettext_noop("three"), gettext_noop("four"), gettext_noop("five"),
    gettext_noop("six"), gettext_noop("seven"), gettext_noop("eight"), gettext_noop("nine"),
    gettext_noop("ten"), gettext_noop("eleven"), gettext_noop("twelve"),
)  # fmt: skip
ORDINALS = (
    gettext_noop("first"), gettext_noop("second"), gettext_noop("third"), gettext_noop("fourth"),
    gettext_noop("fifth"), gettext_noop("sixth"), gettext_noop("seventh"), gettext_noop("eighth"),
    gettext_noop("ninth"), gettext_noop("tenth"), gettext_noop("eleventh"),
    gettext_noop("twelfth"),
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """The public programme in numbers; what is cancelled does not count."""

    conference: Conference
    scheduled: int  # tutorials with a time
    unscheduled: int
    tracks: int  # that have a tutorial
    parallel: int  # the most tracks in one session
    sessions: int
    days: list[date]


def summary(
    conference: Conference,
    rows: Iterable[tuple[int, int | None, str]],
    slots: Iterable[tuple[int, int, datetime]],
) -> Summary:
    """Count ``programme.public_rows``, and tutorial, session and start of their slots; no query."""
    on = {pk: track for pk, track, status in rows if status != Tutorial.Status.CANCELLED}
    held = sorted(
        (session, pk, conference.local(starts_at).date())
        for pk, session, starts_at in slots
        if pk in on
    )
    by_session = {
        session: {on[pk] for _session, pk, _day in found} - {None}
        for session, found in groupby(held, key=lambda fact: fact[0])
    }
    scheduled = {pk for _session, pk, _day in held}
    return Summary(
        conference,
        scheduled=len(scheduled),
        unscheduled=len(on) - len(scheduled),
        tracks=len(set(on.values()) - {None}),
        parallel=max(map(len, by_session.values()), default=0),
        sessions=len(by_session),
        days=sorted({day for _session, _pk, day in held}),
    )


def sentence(facts: Summary) -> str:
    """The summary as one or two sentences."""
    if not facts.scheduled and not facts.unscheduled:
        return _("The tutorials have not been announced yet.")
    if not facts.scheduled:
        text = _("%(tutorials)s. The time of each is still to be announced.")
        return _capital(text % {"tutorials": _tutorials_in_tracks(facts, facts.unscheduled)})
    first = _capital(_when_and_how_many(facts))
    if not facts.unscheduled:
        return first
    more = ngettext(
        "One more tutorial has no time yet.",
        "%(number)s more tutorials have no time yet.",
        facts.unscheduled,
    ) % {"number": in_words(facts.unscheduled)}
    return f"{first} {_capital(more)}"


def in_words(number: int) -> str:
    """“two” to “twelve” in words, others in digits."""
    index = number - 2
    return _(NUMBERS[index]) if 0 <= index < len(NUMBERS) else f"{number:n}"


def _when_and_how_many(facts: Summary) -> str:
    what = _("%(tutorials)s across %(sessions)s") % {
        "tutorials": _tutorials_in_tracks(facts, facts.scheduled),
        "sessions": ngettext("one session", "%(number)s sessions", facts.sessions)
        % {"number": in_words(facts.sessions)},
    }
    if len(facts.days) > 1:
        return _("From %(first)s to %(last)s, on %(days)s, there are %(what)s.") % {
            "first": short_day_in_words(facts.days[0]),
            "last": day_in_words(facts.days[-1]),
            "days": ngettext("one day", "%(number)s days", len(facts.days))
            % {"number": in_words(len(facts.days))},
            "what": what,
        }
    day = facts.days[0]
    which = _which_day(facts.conference.days, day)
    if not which:
        text = ngettext("On %(date)s there is %(what)s.", "On %(date)s there are %(what)s.",
                        facts.scheduled)  # fmt: skip
        return text % {"date": day_in_words(day), "what": what}
    return _("%(day)s of the conference, %(date)s, has %(what)s.") % {
        "day": which,
        "date": day_in_words(day),
        "what": what,
    }


def _which_day(days: Sequence[date], day: date) -> str:
    """“The first day”; empty where it is the only one, or none of the conference's."""
    if len(days) < 2 or day not in days:
        return ""
    number = days.index(day)
    if number < len(ORDINALS):
        return _("The %(ordinal)s day") % {"ordinal": _(ORDINALS[number])}
    return _("Day %(number)s") % {"number": number + 1}


def _tutorials_in_tracks(facts: Summary, number: int) -> str:
    tutorials = ngettext("one tutorial", "%(number)s tutorials", number) % {
        "number": in_words(number)
    }
    if not facts.tracks:
        return tutorials
    if facts.parallel > 1 and facts.parallel == facts.tracks:
        tracks = _("%(number)s parallel tracks")
    else:
        tracks = ngettext("one track", "%(number)s tracks", facts.tracks)
    return _("%(tutorials)s in %(tracks)s") % {
        "tutorials": tutorials,
        "tracks": tracks % {"number": in_words(facts.tracks)},
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
