"""Which parts do the conferences use that somebody sees in the admin? Others are not there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest

from conference.models import Conference
from conference.roles import Action, rights_of

# The names by which lists are narrowed to one conference.
CHOSEN = ("conference__id__exact", "tutorial__conference__id__exact", "id__exact")


@dataclass(frozen=True)
class Uses:
    """What some of these conferences use: ``Conference`` has a switch of each name."""

    conferences: Collection[Conference]

    @property
    def takes_registrations(self) -> bool:
        return any(each.takes_registrations for each in self.conferences)

    @property
    def needs_tickets(self) -> bool:
        return any(each.needs_tickets for each in self.conferences)

    @property
    def has_waiting_list(self) -> bool:
        return any(each.takes_registrations and each.has_waiting_list for each in self.conferences)

    @property
    def checks_in(self) -> bool:
        return any(each.checks_in for each in self.conferences)

    @property
    def has_stars(self) -> bool:
        return any(each.has_stars for each in self.conferences)

    @property
    def asks_for_feedback(self) -> bool:
        return any(each.asks_for_feedback for each in self.conferences)


def uses_seen(request: HttpRequest) -> Uses:
    """What the conferences use that the visitor sees. One query for each request."""
    uses: Uses | None = getattr(request, "uses_seen", None)
    if uses is None:
        rows = Conference.objects.only(
            "attendance", "has_waiting_list", "checks_in", "has_stars", "takes_feedback"
        )
        uses = Uses(list(rights_of(request).limit(rows, Action.SEE_PROGRAMME, "")))
        request.uses_seen = uses  # type: ignore[attr-defined]
    return uses


def uses_listed(request: HttpRequest) -> Uses:
    """The same of those whose rows a list shows: the one that is chosen in its filter, else all."""
    seen = uses_seen(request)
    chosen = {request.GET[name] for name in CHOSEN if name in request.GET}
    narrowed = [each for each in seen.conferences if str(each.pk) in chosen]
    return Uses(narrowed) if narrowed else seen


class OnlyWhereUsed:
    """For a ``ModelAdmin``: it is not there while no conference that the visitor sees uses it.

    Nor is a row of a conference that does not.
    """

    used = "takes_registrations"  # of ``Uses`` and ``Conference``

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        whose = uses_seen(request) if obj is None else self.conference_of(obj)  # type: ignore[attr-defined]
        if not getattr(whose, self.used):
            return False
        return super().has_view_permission(request, obj)  # type: ignore[misc]
