"""What becomes of a photo that somebody uploads."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from people.photos import SIDE, clean_photo


def upload(size=(1200, 800), kind="JPEG", **options):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind, **options)
    return SimpleUploadedFile("me.jpg", data.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_becomes_a_square(kind):
    with Image.open(clean_photo(upload(kind=kind))) as photo:
        assert (photo.size, photo.format) == ((SIDE, SIDE), "WEBP")


def test_its_metadata_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    assert b"taken at home" in upload(exif=exif).read()
    cleaned = clean_photo(upload(exif=exif))
    assert b"taken at home" not in cleaned.read()


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
def test_what_is_no_photo_is_refused(data):
    with pytest.raises(ValidationError, match="JPEG, PNG or WebP"):
        clean_photo(SimpleUploadedFile("me.jpg", data))


def test_a_bomb_is_refused():
    with pytest.raises(ValidationError, match="50 million"):
        clean_photo(upload(size=(8000, 7000), kind="PNG"))


def test_a_heavy_file_is_refused():
    with pytest.raises(ValidationError, match="10 MB"):
        clean_photo(SimpleUploadedFile("me.jpg", b"0" * (10 * 1024 * 1024 + 1)))
