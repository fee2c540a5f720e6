"""What the templates ask about tutorials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conference.models import Conference
from tutorials import board, star_and_seats
from tutorials.board_cells import Cells
from tutorials.models import Correction, Material, Session, Tutorial
from tutorials.presenting import label_of
from tutorials.programme import Seats

register = template.Library()


@register.filter
def of(found: Mapping[int, Any], pk: int) -> Any:
    """What a mapping holds for an id, or None: ``{{ marks|of:tutorial.pk }}``."""
    return found.get(pk)


@register.simple_tag
def kind_of_file(file: Material) -> str:
    """“PDF”: the ending of a file's name, as people call its kind."""
    return (file.file.name or "").rpartition(".")[2].upper()


@register.filter
def in_words_at(moment: datetime, conference: Conference) -> str:
    """A moment on the clocks of a conference, the zone named."""
    return conference.in_words(moment)


@register.filter
def fields_of(correction: Correction) -> str:
    """“About, Links”: what a presenter's correction is about."""
    return ", ".join(label_of(name) for name in correction.changes)


@register.filter
def name_of(session: Session) -> str:
    """“Session 1”, or what kind of session it is."""
    return board.name_of(session)


@register.simple_tag
def clock_time(moment: datetime) -> SafeString:
    """“09:00”, told to machines with its day and offset."""
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%H:%M}")


@register.simple_tag
def star(tutorial: Tutorial, is_starred: bool, signed_in: bool) -> SafeString:
    """The button by which a visitor stars a tutorial."""
    return star_and_seats.star(
        tutorial.slug, tutorial.title, is_starred=is_starred, signed_in=signed_in
    )


@register.simple_tag
def seats(seats: Seats | None, mark: str, slug: str) -> SafeString:
    """What the visitor has of a tutorial, else how much room there is."""
    return star_and_seats.seats(seats, mark, slug)


@register.simple_tag(takes_context=True)
def cells_of(
    context: template.Context,
    row: board.Row,
    conference: Conference,
    signed_in: bool,
) -> SafeString:
    """What stands in a session of a board, room by room."""
    kept = context.render_context
    if "cells" not in kept:
        kept["cells"] = Cells(conference, signed_in=signed_in)
    return kept["cells"].of(row)
