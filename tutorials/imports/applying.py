"""How does a programme that was read come into the database? All of it or nothing.

``docs/importing.md`` says for organisers what is created, changed, kept and left.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import User
from tutorials import registration, schedule
from tutorials.imports.matching import match_room, match_tutorials, match_venue
from tutorials.imports.merging import COLUMNS, Verdict, merge, verdict
from tutorials.imports.programme import ImportedTrack, ImportedTutorial, Programme
from tutorials.imports.report import Report
from tutorials.models import Schedule, Session, Track, Tutorial
from venues.models import Room, Venue


def apply(
    programme: Programme,
    conference: Conference,
    *,
    by: User | None,
    at: datetime,
    release: bool = False,
    dry_run: bool = False,
) -> Report:
    """Bring a programme in, and with ``release`` publish its tutorials and release the schedule.

    A dry run does all of it and takes it back, so that the two cannot differ. Raises ``Unreadable``
    for what only the database shows to be unclear, and ``schedule.ReleaseBlocked``; nothing is
    written then. Locks all tutorials of the conference.
    """
    with transaction.atomic(durable=True):
        tutorials = registration.lock_conference(conference)
        running = Import(conference, tutorials, match_tutorials(programme, tutorials))
        for track in programme.tracks:
            running.take_track(track)
        report = running.report
        if release:
            report.published = _publish(running.taken, at)
            before = Schedule.objects.current(conference).first()
            version = schedule.release_within(conference, by=by, at=at)
            report.released = version if version != before else None
        if dry_run:
            transaction.set_rollback(True)
    if report.released and not dry_run:
        registration.sweep(at=at, conference=conference)
    return report


def _publish(tutorials: list[Tutorial], at: datetime) -> int:
    """Publish them, but for what is cancelled: people have been told that it is off."""
    hidden = [tutorial for tutorial in tutorials if tutorial.status not in Tutorial.PUBLIC]
    for tutorial in hidden:
        tutorial.publish(at=at)
    return len(hidden)


def _said(track: ImportedTrack) -> list[str]:
    return [track.name, track.hall, track.address]


class Import:
    """One import on its way, inside its transaction."""

    def __init__(
        self, conference: Conference, tutorials: list[Tutorial], known: dict[str, Tutorial]
    ) -> None:
        self.conference = conference
        self.known = known
        self.report = Report(left=len(tutorials) - len(known))
        self.taken: list[Tutorial] = []
        self.draft = Schedule.objects.draft(conference)
        self.sessions = list(self.draft.sessions.filter(kind=Session.Kind.TUTORIALS).in_order())
        # What the last import made of each heading: tutorials remember that of their track.
        self.headings: dict[str, dict[str, Any]] = {
            row.imported["heading"]["said"][0]: row.imported["heading"]
            for row in (*tutorials, *known.values())  # the newest word on a heading comes last
            if row.imported.get("heading")
        }

    def take_track(self, entry: ImportedTrack) -> None:
        last = self.headings.get(entry.name)
        track = self._find_track(entry, last)
        if track is None:
            track = self._new_track(entry)
            room_id = track.room_id
        else:
            room_id = self._merge_room(track, entry, last)
        heading = {"said": _said(entry), "track": track.pk, "room": room_id}
        for place, tutorial in enumerate(entry.tutorials, start=1):
            self._take_tutorial(tutorial, track, heading, place)

    def _find_track(self, entry: ImportedTrack, last: dict[str, Any] | None) -> Track | None:
        """The track of that name, or the one that had it at the last import."""
        tracks = Track.objects.filter(conference=self.conference)
        track = tracks.filter(name=entry.name).first()
        if track is None and last:
            track = tracks.filter(pk=last["track"]).first()
            if track:
                self.report.kept.append(_("name of %(track)s") % {"track": track})
        return track

    def _new_track(self, entry: ImportedTrack) -> Track:
        self.report.add("track", entry.name)
        room_id = self._room_id(entry)
        last = Track.objects.filter(conference=self.conference).aggregate(at=Max("position"))["at"]
        return Track.objects.create(
            conference=self.conference, name=entry.name, room_id=room_id, position=(last or 0) + 1
        )

    def _merge_room(
        self, track: Track, entry: ImportedTrack, last: dict[str, Any] | None
    ) -> int | None:
        """Give a track the room of its heading, unless somebody chose another.

        Return the id of the room that an import gave it last.
        """
        given = last["room"] if last else None
        # A heading that says what it said is no news, whatever has become of its room since.
        is_news = last is None or last["said"] != _said(entry)
        wanted = self._room_id(entry) if is_news else given
        outcome = verdict(given, track.room_id, wanted)
        label = _("room of %(track)s") % {"track": track}
        if outcome == Verdict.WRITE:
            track.room_id = wanted
            track.save(update_fields=["room"])
            self.report.changed.append(label)
        elif outcome == Verdict.KEEP and (wanted or given):
            self.report.kept.append(label)
        return given if outcome == Verdict.KEEP else wanted

    def _room_id(self, entry: ImportedTrack) -> int | None:
        """The room of a heading, made with its venue if it is not there; None if it names none."""
        if not entry.hall:
            return None
        room = match_room(self.conference, entry)
        if room is None:
            # A venue that nobody has named goes by its address, or by the hall itself.
            name = entry.address or entry.hall
            venue = match_venue(self.conference, name) or self._new_venue(name, entry.address)
            room = Room.objects.create(venue=venue, name=entry.hall)
            self.report.add("room", room.name)
        return room.pk

    def _new_venue(self, name: str, address: str) -> Venue:
        self.report.add("venue", name)
        position = Venue.objects.filter(conference=self.conference).count() + 1
        return Venue.objects.create(
            conference=self.conference, name=name, address=address, position=position
        )

    def _take_tutorial(
        self, entry: ImportedTutorial, track: Track, heading: dict[str, Any], place: int
    ) -> None:
        row = self.known.get(entry.title)
        report = self.report
        if row is None:
            row = Tutorial.objects.create(conference=self.conference, title=entry.title)
            report.created["tutorial"] += 1
            # All of a new tutorial is new, which need not be said field by field.
            report = Report(created=report.created)
        wanted = {
            "title": entry.title,
            "abstract": entry.abstract,
            "track_id": track.pk,
            "position": place,
            "presenters": [[each.name, each.affiliation] for each in entry.presenters],
            "slots": self._slots(row.imported, track, heading, place),
        }
        before = copy.deepcopy(row.imported)
        merge(row, wanted, self.draft, report)
        row.imported |= {"title": entry.title, "place": place, "heading": heading}
        if row.imported != before:
            row.save(update_fields=[*COLUMNS, "imported", "updated_at"])
        self.taken.append(row)
        if not row.is_cancelled and not row.slots.filter(schedule=self.draft).exists():
            self.report.unscheduled.append(row.code)

    def _slots(
        self, last: dict[str, Any], track: Track, heading: dict[str, Any], place: int
    ) -> list[list[Any]]:
        """When and where: the n-th tutorial of a track in the n-th session, in the track's room.

        Where the file says what it said last time, it means what it meant then, even if the
        organisers have added a session or changed the track's room since.
        """
        given = last["wrote"].get("slots") if last.get("heading") else None
        session_key = str(self.sessions[place - 1].key) if place <= len(self.sessions) else None
        room_id = track.room_id
        if given and (last["place"], last["heading"]["track"]) == (place, track.pk):
            session_key = given[0][0]
        if given and last["heading"]["said"] == heading["said"]:
            room_id = given[0][1]
        return [[session_key, room_id]] if session_key else []
