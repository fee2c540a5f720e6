"""What the templates ask about tutorials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from tutorials.models import Tutorial
from tutorials.programme import Seats, seats_of

register = template.Library()


@register.filter
def seats(tutorial: Tutorial) -> Seats:
    """How much room there is in it."""
    return seats_of(tutorial)


@register.filter
def of(found: Mapping[int, Any], pk: int) -> Any:
    """What a mapping holds for an id, or None: ``{{ marks|of:tutorial.pk }}``."""
    return found.get(pk)
