"""What the templates ask about tutorials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

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
def fields_of(correction: Correction) -> str:
    """“About, Links”: what a presenter's correction is about."""
    return ", ".join(label_of(name) for name in correction.changes)
