"""Who took personal data out of the house? Every export of names asks for a row here first."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from conference import clock
from conference.models import Conference
from people.models import User
from tutorials.models import Download, Tutorial


class What(models.TextChoices):
    """What was taken, and in which format."""

    ATTENDANCE_CSV = "attendance_csv", _("attendance list (CSV)")
    ATTENDANCE_XLSX = "attendance_xlsx", _("attendance list (XLSX)")
    SIGN_IN_SHEETS = "sign_in_sheets", _("sign-in sheets (PDF)")
    PROGRAMME = "programme", _("programme, with presenters’ e-mail addresses")


def record(
    conference: Conference,
    what: What | str,
    *,
    by: User | None,
    tutorials: Sequence[Tutorial] | None = None,
    columns: Sequence[str] = (),
) -> list[Download]:
    """Note that somebody takes this, before they get any of it; ``by`` None: a command does.

    A row for each of the ``tutorials``; None stands for the whole conference. One query.
    """
    at, columns = clock.now(), list(columns)
    rows = [
        Download(conference=conference, tutorial=tutorial, what=what, columns=columns, at=at, by=by)
        for tutorial in (tutorials if tutorials is not None else [None])
    ]
    return Download.objects.bulk_create(rows)


def in_words(what: str) -> str:
    """What was taken, in the language of the page."""
    return str(What(what).label) if what in What.values else what
