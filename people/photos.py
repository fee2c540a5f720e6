"""What becomes of a photo that somebody uploads?"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile, File
from PIL import ImageOps

from conference.pictures import upright, webp

if TYPE_CHECKING:
    from people.models import Person

SIDE = 640  # pixels: twice the largest size a page shows


def photo_path(person: Person, filename: str) -> str:
    """Where a photo is kept. Neither its name nor the person's tells anything."""
    return f"photos/{uuid.uuid4().hex}.webp"


def clean_photo(upload: File) -> ContentFile:
    """Return ``upload`` as a square WebP of ``SIDE`` pixels, upright and without its metadata.

    Raises ``ValidationError`` for what is no picture, or is too large to open safely.
    """
    square = ImageOps.fit(upright(upload).convert("RGB"), (SIDE, SIDE))
    return webp(square, "photo.webp", quality=82)
