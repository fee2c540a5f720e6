"""What becomes of a picture that somebody uploads? It is opened with care and written anew."""

from __future__ import annotations

import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
LOGO = (640, 320)  # pixels: twice the largest size a page shows


def upright(upload: File) -> Image.Image:
    """The picture in ``upload``, turned the way it was taken; what else the file said is gone.

    Raises ``ValidationError`` for what is no picture, or is too large to open safely: the size is
    read from the head before a single pixel is unpacked.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The picture is larger than 10 MB. Save it smaller and try again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValidationError(
                        _("The picture has more than 50 million pixels. Save it smaller.")
                    )
                mode = "RGBA" if picture.has_transparency_data else "RGB"
                return ImageOps.exif_transpose(picture).convert(mode)
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError,
        Image.DecompressionBombError, Image.DecompressionBombWarning,
    ) as error:  # fmt: skip
        raise ValidationError(
            _("This is not a picture we can read. Upload a JPEG, PNG or WebP file.")
        ) from error


def webp(picture: Image.Image, name: str, **options: object) -> ContentFile:
    """A picture as a WebP file of that name; of its data only the pixels."""
    data = io.BytesIO()
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    bare.save(data, "WEBP", **options)
    return ContentFile(data.getvalue(), name=name)


def clean_logo(upload: File) -> ContentFile:
    """``upload`` as a WebP within ``LOGO`` pixels, its shape and its transparency kept.

    Raises ``ValidationError`` as ``upright`` does.
    """
    picture = upright(upload)
    picture.thumbnail(LOGO)
    return webp(picture, "logo.webp", lossless=True)


def forget_unused(model: type[models.Model], field_name: str, name: str | None) -> None:
    """Delete the file of a picture that no row has any more, once that is on the disk.

    What is rolled back keeps its picture. Versions in the history name the file and do without it.
    """
    field = model._meta.get_field(field_name)
    assert isinstance(field, models.FileField)

    if not name:
        return
    file: str = name

    def delete() -> None:
        if not model._base_manager.filter(**{field_name: file}).exists():
            field.storage.delete(file)

    transaction.on_commit(delete, robust=True)
