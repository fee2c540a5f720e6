"""Whose word counts: what the file says, or what is there? A batch of rows, not saved yet.

A field follows the file while it has what the last import gave it (``Attendee.imported``); what
somebody edited since, such as a ticket that was handed on, is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conference.models import Conference
from people.models import Attendee, TicketKind
from tutorials.imports.attendees.tickets import State, Ticket
from tutorials.imports.merging import Verdict, verdict


@dataclass
class Batch:
    """What is to be written for some tickets, and what it is called in the report."""

    conference: Conference
    kinds: Mapping[str, TicketKind]
    counts: Counter[str] = field(default_factory=Counter)
    kept: list[int] = field(default_factory=list)  # lines where somebody's edit counts
    new: list[Attendee] = field(default_factory=list)
    changed: list[Attendee] = field(default_factory=list)
    fields: set[str] = field(default_factory=lambda: {"imported"})  # of those that changed
    linked: set[int] = field(default_factory=set)  # who was here without a number
    gained: set[int] = field(default_factory=set)  # who may have the right to tutorials now
    withdrawn: list[tuple[Attendee, str]] = field(default_factory=list)  # with the shop's status
    reinstated: list[Attendee] = field(default_factory=list)

    def plan(self, tickets: Iterable[Ticket], people: Mapping[str, Attendee]) -> None:
        """Compare tickets with the attendees that they mean, by ticket number."""
        for ticket in tickets:
            attendee = people.get(ticket.number)
            if ticket.state == State.PENDING:
                self.counts["pending"] += 1
            elif ticket.state == State.VALID and attendee:
                self._merge(ticket, attendee)
            elif ticket.state == State.VALID:
                self.new.append(self._new(ticket))
                self.counts["created"] += 1
            elif attendee:
                self._take_back(ticket, attendee)
            else:
                self.counts["never_here"] += 1

    def _new(self, ticket: Ticket) -> Attendee:
        said = ticket.said
        return Attendee(
            conference=self.conference,
            ticket_number=ticket.number,
            name=ticket.name,
            sort_name=ticket.sort_name,
            ticket_kind=self.kinds.get(said.get("ticket_kind", "")),
            imported={**said, "name": ticket.name, "withdrawn": False},
            **{name: said[name] for name in said if name not in ("name", "ticket_kind")},
        )

    def _take_back(self, ticket: Ticket, attendee: Attendee) -> None:
        """A ticket that was cancelled; nobody is withdrawn twice, nor against an organiser."""
        outcome = _withdrawn(attendee, wanted=True)
        if outcome == Verdict.WRITE:
            self.withdrawn.append((attendee, ticket.status))
            self.counts["withdrawn"] += 1
            return
        self.counts["unchanged"] += 1
        if outcome == Verdict.KEEP:
            self.kept.append(ticket.line)
        elif not attendee.imported.get("withdrawn"):
            attendee.imported["withdrawn"] = True
            self.changed.append(attendee)

    def _merge(self, ticket: Ticket, attendee: Attendee) -> None:
        before = dict(attendee.imported)
        written = self._link(ticket, attendee) | self._take_fields(ticket, attendee)
        outcome = _withdrawn(attendee, wanted=False)
        if outcome == Verdict.SAME:
            attendee.imported["withdrawn"] = False
        elif outcome == Verdict.WRITE:
            self.reinstated.append(attendee)
            self.counts["reinstated"] += 1
        elif self.kept[-1:] != [ticket.line]:
            self.kept.append(ticket.line)
        if written or attendee.imported != before:
            self.changed.append(attendee)
            self.fields |= written
        if written & {"ticket_number", "ticket_kind"}:
            self.gained.add(attendee.pk)
        if attendee.pk not in self.linked and outcome != Verdict.WRITE:
            self.counts["changed" if written else "unchanged"] += 1

    def _link(self, ticket: Ticket, attendee: Attendee) -> set[str]:
        """Give the number to somebody who was here without one; what they claimed is settled."""
        if attendee.ticket_number == ticket.number:
            return set()
        attendee.ticket_number = ticket.number
        attendee.claimed_ticket, attendee.claimed_at = "", None
        self.linked.add(attendee.pk)
        self.counts["linked"] += 1
        return {"ticket_number", "claimed_ticket", "claimed_at"}

    def _take_fields(self, ticket: Ticket, attendee: Attendee) -> set[str]:
        """Bring fields to what the file says, unless edited; return those that are to be saved."""
        written: set[str] = set()
        is_kept = False
        for name, wanted in ticket.said.items():
            outcome = verdict(attendee.imported.get(name), _now(attendee, name), wanted)
            if outcome == Verdict.KEEP:
                is_kept = is_kept or bool(wanted)
                continue
            if outcome == Verdict.WRITE:
                written |= self._set(ticket, attendee, name)
            attendee.imported[name] = wanted
        if is_kept:
            self.kept.append(ticket.line)
        return written

    def _set(self, ticket: Ticket, attendee: Attendee, name: str) -> set[str]:
        if name == "ticket_kind":
            attendee.ticket_kind = self.kinds.get(ticket.said[name])
            return {name}
        setattr(attendee, name, ticket.said[name])
        if name == "name":
            attendee.sort_name = ticket.sort_name
            return {name, "sort_name"}
        return {name}


def _now(attendee: Attendee, name: str) -> str:
    if name == "ticket_kind":
        return attendee.ticket_kind.name if attendee.ticket_kind else ""
    value: str = getattr(attendee, name)
    return value


def _withdrawn(attendee: Attendee, *, wanted: bool) -> Verdict:
    """Whether to withdraw, or to reinstate; not if an organiser did otherwise since an import."""
    last = attendee.imported.get("withdrawn")
    return verdict(last, attendee.withdrawn_at is not None, wanted)
