"""What the templates ask about tutorials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(found: Mapping[int, Any], pk: int) -> Any:
    """What a mapping holds for an id, or None: ``{{ marks|of:tutorial.pk }}``."""
    return found.get(pk)
