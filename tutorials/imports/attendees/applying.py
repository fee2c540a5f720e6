"""How do a ticket shop's people come into the database? In batches that can be stopped anywhere.

The file is read twice: first all of it for faults, then batch by batch, each a short transaction.
A run that was killed is repeated: what is in is left as it is. What happens to seats is asked of
``tutorials.registration``, after the batch, and remembered only once it has happened.
``docs/attendees.md`` says for organisers what is created, changed and kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Attendee, TicketKind, User
from people.privacy import erased_tickets, ticket_hash
from tutorials import registration
from tutorials.imports.attendees import columns as headings
from tutorials.imports.attendees.matching import Known
from tutorials.imports.attendees.planning import Batch
from tutorials.imports.attendees.report import Report
from tutorials.imports.attendees.tickets import Reader, Survey, Ticket, survey
from tutorials.imports.faults import whole_file
from tutorials.imports.tables import open_table
from tutorials.models import Registration
from tutorials.privacy import deleted_in_words
from tutorials.registration.locks import lock

BATCH = 500
TRIES = 3
# SQLite has no queue for writers: who waits looks every tenth of a second whether it is their turn.
# A gap as long as that between two batches lets everybody in.
PAUSE = 0.1

Progress = Callable[[int, int], None]


def import_attendees(
    path: Path,
    conference: Conference,
    *,
    by: User | None,
    at: datetime,
    dry_run: bool = False,
    withdraw_missing: bool = False,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Bring in the people of a ticket shop's file, and say what became of them.

    ``columns`` names headings by field, as organisers matched them; the conference remembers it.
    ``withdraw_missing`` withdraws who came by an earlier import and is not in this file.
    ``progress`` is told how many tickets of how many are in; raising there stops between two
    batches. Raises ``FaultyFile``, and has written nothing then. Locks 500 attendees at a time, and
    tutorials only where seats are concerned.
    """
    if deleted := deleted_in_words(conference):
        raise whole_file(deleted)
    score = partial(headings.score, also=conference.ticket_columns | dict(columns or {}))
    with open_table(path, score) as table:
        matched = headings.match(
            table.headings, line=table.line, remembered=conference.ticket_columns, given=columns
        )
        found = survey(table, matched)
        if columns and not dry_run:
            _remember(conference, columns, table.headings)
        running = Import(conference, found, Report(matched), by=by, at=at, dry_run=dry_run)
        done = 0
        for tickets in _batches(Reader(matched).read(table)):
            running.take(tickets)
            done += len(tickets)
            if progress:
                progress(done, len(found.numbers))
        running.finish(withdraw_missing=withdraw_missing)
    return running.report


def _remember(conference: Conference, given: Mapping[str, str], found: list[str]) -> None:
    remembered = headings.to_remember(conference.ticket_columns, given, found)
    if remembered != conference.ticket_columns:
        conference.ticket_columns = remembered
        conference.save(update_fields=["ticket_columns"])


def _batches(tickets: Iterator[Ticket]) -> Iterator[list[Ticket]]:
    while batch := list(islice(tickets, BATCH)):
        yield batch


class Import:
    """One import on its way."""

    def __init__(
        self,
        conference: Conference,
        found: Survey,
        report: Report,
        *,
        by: User | None,
        at: datetime,
        dry_run: bool,
    ) -> None:
        self.conference, self.found, self.report = conference, found, report
        self.by, self.at, self.dry_run = by, at, dry_run
        self.known = Known(conference, found)
        self.erased = erased_tickets(conference)
        self.linked: set[int] = set()
        self.kinds = {kind.name: kind for kind in conference.ticket_kinds.all()}

    def take(self, tickets: list[Ticket]) -> None:
        """Bring in a batch: one transaction, and then what it means for seats."""
        tickets = self._without_erased(tickets)
        self._make_kinds(tickets)
        if self.dry_run:
            batch = self._plan(tickets, _read)
        else:
            batch = self._write(tickets)
            self._act(batch)
            if connection.vendor == "sqlite":
                time.sleep(PAUSE)
        self.linked |= batch.linked
        self.report.counts.update(batch.counts)
        self.report.kept += batch.kept

    def finish(self, *, withdraw_missing: bool) -> None:
        """Say who is missing, or withdraw them; mend what a run that was killed has left."""
        self.report.counts["open_claims"] = self.known.open_claims(self.linked)
        missing = list(self._missing())
        self.report.counts["withdrawn_missing" if withdraw_missing else "missing"] = len(missing)
        if self.dry_run:
            return
        if withdraw_missing:
            reason = _("The ticket is not in the ticket shop’s list any more.")
            for start in range(0, len(missing), BATCH):
                for attendee in _read(missing[start : start + BATCH]).values():
                    self._withdraw(attendee, reason)
        held = Registration.objects.for_conference(self.conference).filter(
            status=Registration.Status.OFFERED, awaits_ticket=True
        )
        confirmed = held.exclude(attendee__ticket_number="").order_by()
        self._tickets_changed(set(confirmed.values_list("attendee_id", flat=True)))

    def _missing(self) -> Iterator[int]:
        """Who came by an import and whose ticket is not in the file."""
        imported = (
            Attendee.objects.for_conference(self.conference)
            .filter(withdrawn_at__isnull=True)
            .exclude(ticket_number="")
            .exclude(imported={})
            .order_by()
        )
        for pk, number in imported.values_list("pk", "ticket_number").iterator():
            if number not in self.found.numbers:
                yield pk

    def _without_erased(self, tickets: list[Ticket]) -> list[Ticket]:
        """Who asked us to forget them does not come back by a list that still names them."""
        if not self.erased:
            return tickets
        pk = self.conference.pk
        kept = [each for each in tickets if ticket_hash(pk, each.number) not in self.erased]
        self.report.counts["erased"] += len(tickets) - len(kept)
        return kept

    def _make_kinds(self, tickets: list[Ticket]) -> None:
        names = {ticket.said.get("ticket_kind", "") for ticket in tickets} - {"", *self.kinds}
        for name in sorted(names):
            kind = TicketKind(conference=self.conference, name=name)
            if not self.dry_run:
                kind, _made = self.conference.ticket_kinds.get_or_create(name=name)
            self.kinds[name] = kind
            self.report.new_kinds.append(name)

    def _plan(
        self, tickets: list[Ticket], load: Callable[[Collection[int]], dict[int, Attendee]]
    ) -> Batch:
        batch = Batch(self.conference, self.kinds)
        batch.plan(tickets, self.known.find(tickets, load))
        return batch

    def _write(self, tickets: list[Ticket]) -> Batch:
        tries = 0
        while True:
            try:
                with transaction.atomic(durable=True):
                    batch = self._plan(tickets, _locked)
                    Attendee.objects.bulk_create(batch.new)
                    if batch.changed:
                        _update(batch.changed, batch.fields)
                return batch
            except IntegrityError:
                # Somebody else gave one of the numbers meanwhile, or two badge codes are the same.
                tries += 1
                if tries == TRIES:
                    raise

    def _act(self, batch: Batch) -> None:
        """Let the seats follow, and remember of whom, once they have."""
        self._tickets_changed(batch.gained)
        for attendee, status in batch.withdrawn:
            text = _("The ticket shop says of the ticket: %(status)s.")
            self._withdraw(attendee, text % {"status": status})
        for attendee in batch.reinstated:
            registration.reinstate(attendee, by=self.by, at=self.at)
            _remember_withdrawn(attendee, False)

    def _tickets_changed(self, attendee_ids: Collection[int]) -> None:
        if attendee_ids:
            registration.tickets_changed(attendee_ids, by=self.by, at=self.at)

    def _withdraw(self, attendee: Attendee, reason: str) -> None:
        registration.withdraw(attendee, by=self.by, at=self.at, reason=reason[:300])
        _remember_withdrawn(attendee, True)


def _read(ids: Collection[int]) -> dict[int, Attendee]:
    return Attendee.objects.select_related("user", "ticket_kind").in_bulk(list(ids))


def _locked(ids: Collection[int]) -> dict[int, Attendee]:
    return lock((), lambda _tutorials: ids).attendees


def _update(attendees: list[Attendee], fields: Collection[str]) -> None:
    """Save some fields of locked rows: ``bulk_update``, at a tenth of its cost."""
    Attendee.objects.bulk_create(
        attendees, update_conflicts=True, unique_fields=["id"], update_fields=sorted(fields)
    )


def _remember_withdrawn(attendee: Attendee, withdrawn: bool) -> None:
    attendee.imported["withdrawn"] = withdrawn
    Attendee.objects.filter(pk=attendee.pk).update(imported=attendee.imported)
