"""What becomes of a photo that somebody uploads?"""

from __future__ import annotations

import io
import uuid
import warnings
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from people.models import Person

SIDE = 640  # pixels: twice the largest size a page shows
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000


def photo_path(person: Person, filename: str) -> str:
    """Where a photo is kept. Neither its name nor the person's tells anything."""
    return f"photos/{uuid.uuid4().hex}.webp"


def clean_photo(upload: File) -> ContentFile:
    """Return ``upload`` as a square WebP of ``SIDE`` pixels, upright and without its metadata.

    Raises ``ValidationError`` for what is no picture, or is too large to open safely: the size is
    read from the head before a single pixel is unpacked.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The photo is larger than 10 MB. Save it smaller and try again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValidationError(
                        _("The photo has more than 50 million pixels. Save it smaller.")
                    )
                square = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), (SIDE, SIDE))
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError,
        Image.DecompressionBombError, Image.DecompressionBombWarning,
    ) as error:  # fmt: skip
        raise ValidationError(
            _("This is not a photo we can read. Upload a JPEG, PNG or WebP file.")
        ) from error
    data = io.BytesIO()
    square.save(data, "WEBP", quality=82)
    return ContentFile(data.getvalue(), name="photo.webp")
