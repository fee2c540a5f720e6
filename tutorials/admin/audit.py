"""The admin's page that says whether all rows of a conference agree."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from conference.models import Conference
from conference.roles import Action
from tutorials.admin.pages import tool_page
from tutorials.audit import Report, report


@dataclass(frozen=True)
class Shown:
    """A finding as the page shows it."""

    message: str
    blocks: bool
    label: str
    field: None = None


def audit_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Look at all rows of a conference, and say what does not agree. It changes nothing."""
    conference = model_admin.asked_for(request, pk, Action.MANAGE_ATTENDEES)
    found = report(conference, now())
    return tool_page(
        model_admin,
        request,
        _("Do all rows of %(conference)s agree?") % {"conference": conference},
        obj=conference,
        sentences=_in_words(found, conference),
        findings=[
            *(Shown(sentence, blocks=True, label=_("Wrong:")) for sentence in found.wrong),
            *(Shown(sentence, blocks=False, label=_("Note:")) for sentence in found.left_waiting),
        ],
        findings_heading=_("What does not agree"),
        button="",
        back=reverse("admin:conference_conference_change", args=[pk]),
    )


def _in_words(found: Report, conference: Conference) -> list[str]:
    looked_at = [
        ngettext("%(number)d tutorial", "%(number)d tutorials", found.tutorials)
        % {"number": found.tutorials},
        ngettext("%(number)d registration", "%(number)d registrations", found.registrations)
        % {"number": found.registrations},
    ]
    words = {"tutorials": looked_at[0], "registrations": looked_at[1]}
    if found.wrong:
        text = _("We looked at %(tutorials)s and %(registrations)s, and not everything agrees.")
        what_to_do = _(
            "People could be told something wrong. Please send the sentences below to whoever "
            "looks after this site; they name nobody."
        )
        return [text % words, what_to_do]
    if not conference.takes_registrations:
        return [_("Everything agrees: %(tutorials)s.") % words]
    sentences = [_("Everything agrees: %(tutorials)s, %(registrations)s.") % words]
    if found.left_waiting:
        sentences.append(
            _(
                "A seat is free while somebody waits who could have it. The worker gives it away "
                "within a minute; if it stays, look whether the worker runs."
            )
        )
    return sentences
