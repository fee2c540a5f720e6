"""What the templates ask about tutorials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from conference.models import Conference
from tutorials.models import Correction, Material
from tutorials.presenting import label_of

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
