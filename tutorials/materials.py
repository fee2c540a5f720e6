"""Which files and addresses go with a tutorial, who hands them in, and who may have them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import FileResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from conference.models import Conference
from people.models import Person
from tutorials import shown
from tutorials.models import Material, Tutorial
from tutorials.models.presenting import MATERIALS

LARGEST = 50 * 2**20
MOST_WAITING = 10
UNUSED_FOR = timedelta(days=1)

_ZIP = b"PK\x03\x04"
# What a file is called, how it begins, and what browsers are told that it is.
KINDS: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-", "application/pdf"),
    "pptx": (
        _ZIP,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "odp": (_ZIP, "application/vnd.oasis.opendocument.presentation"),
    "key": (_ZIP, "application/zip"),
    "zip": (_ZIP, "application/zip"),
    "ipynb": (b"{", "application/x-ipynb+json"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}
ACCEPT = ",".join(f".{suffix}" for suffix in KINDS)


def check_file(file: File) -> None:
    """Raise ``ValidationError`` with a sentence for a file that is not taken.

    By its name and how it begins; it is never opened, nor unpacked, nor shown by a browser as ours.
    """
    if file.size > LARGEST:
        raise ValidationError(_("The file is larger than 50 MB. Save it smaller, or link to it."))
    suffix = _suffix(file.name or "")
    if suffix not in KINDS:
        raise ValidationError(
            _("This kind of file is not taken. Upload one of these: %s.") % ", ".join(KINDS)
        )
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    begins, _type = KINDS[suffix]
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip() if suffix == "ipynb" else head
    if not text.startswith(begins):
        raise ValidationError(_("The file is called .%s, but is none. Save it again.") % suffix)


def title_of(name: str) -> str:
    """What a file is called where nobody says: its name without the ending."""
    return PurePath(name).stem.replace("_", " ").strip()[:200] or _("File")


def title_for(file: File | None, url: str) -> str:
    """What a file is called where nobody says, and an address: the site that it is on."""
    if file:
        return title_of(file.name or "")
    return urlsplit(url).hostname or _("Link")


def hand_in(
    person: Person,
    tutorial: Tutorial,
    file: File,
    title: str,
    kind: str = Material.Kind.SLIDES,
    *,
    at: datetime,
) -> Material:
    """Keep a presenter's file until an organiser accepts it; ``check_file`` goes before.

    Raises ``ValidationError`` where many of theirs wait already.
    """
    with transaction.atomic(durable=True):
        # One upload at a time counts those that wait.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if tutorial.files.filter(uploaded_by=person, accepted_at=None).count() >= MOST_WAITING:
            raise ValidationError(
                _("%d files of yours wait for an organiser. Take one back first.") % MOST_WAITING
            )
        return Material.objects.create(
            tutorial=tutorial,
            title=title or title_of(file.name or ""),
            kind=kind,
            file=file,
            size=file.size,
            uploaded_at=at,
            uploaded_by=person,
            position=tutorial.files.count() + 1,
        )


def may_take_back(material: Material, person: Person) -> bool:
    """Whether a presenter may delete a file: their own, as long as nobody has accepted it."""
    return material.uploaded_by_id == person.pk and material.accepted_at is None


def take_back(material: Material, person: Person) -> bool:
    """Delete a presenter's own file; False, and it stays, once an organiser has accepted it.

    Locks the row: who accepts it at this moment comes before or after.
    """
    with transaction.atomic(durable=True):
        found = Material.objects.select_for_update().filter(pk=material.pk).first()
        if found is None or not may_take_back(found, person):
            return False
        found.delete()
    return True


def forget_unused(older_than: timedelta = UNUSED_FOR) -> int:
    """Delete files that no row names any more; return how many there were.

    They were replaced, or went with their tutorial or conference. What is younger stays: a file is
    written before its row is.
    """
    storage = Material._meta.get_field("file").storage
    try:
        _folders, names = storage.listdir(MATERIALS)
    except FileNotFoundError:
        return 0
    since = timezone.now() - older_than
    paths = {f"{MATERIALS}/{name}" for name in names}
    unused = paths - set(Material.objects.values_list("file", flat=True))
    old = [path for path in unused if storage.get_modified_time(path) < since]
    for path in old:
        storage.delete(path)
    return len(old)


def added_by_organiser(material: Material, file: File | None, *, at: datetime) -> None:
    """Fill in what the row says of a file or an address that needs nobody's accepting.

    It is not saved.
    """
    material.size, material.uploaded_at = file.size if file else 0, at
    material.accepted_at = material.accepted_at or at


def accept_file(material: Material, *, at: datetime) -> None:
    """Show it on the page of its tutorial. Accepting twice changes nothing."""
    Material.objects.filter(pk=material.pk, accepted_at=None).update(accepted_at=at)


@dataclass(frozen=True)
class Shown:
    """A material on the page of its tutorial: its address, or when and for whom it will be."""

    material: Material
    address: str
    when: str


def shown_on_page(
    found: Iterable[Material], conference: Conference, *, has_seat: bool, at: datetime
) -> list[Shown]:
    """What a visitor is shown of accepted materials. Not an address that they may not have."""
    listed = []
    for material in found:
        if shown.may_have(material, conference, has_seat, at):
            listed.append(Shown(material, address_of(material), ""))
        elif not shown.is_for_nobody(material, conference):
            listed.append(Shown(material, "", shown.when_and_whom(material, conference, at)))
    return listed


def state_of(material: Material, at: datetime) -> str:
    """“waits for an organiser”, “public”: who can have it, for those who look after it.

    ``tutorial.conference`` should be loaded. No query.
    """
    tutorial = material.tutorial
    if material.accepted_at is None:
        return _("waits for an organiser")
    if shown.is_for_nobody(material, tutorial.conference):
        return _("shown to nobody")
    if when := shown.when_and_whom(material, tutorial.conference, at):
        return _("shown %(when)s") % {"when": when}
    return _("public") if tutorial.is_public else _("accepted; public with the tutorial")


def address_of(material: Material) -> str:
    """Where a file or a recording is."""
    return material.url or material.file.url


def public_file(name: str) -> Material | None:
    """The file that is kept under a name, of a public tutorial and accepted; else None. One query.

    Whether somebody may have it, ``shown.may_have`` says.
    """
    found = Material.objects.accepted().filter(file=name)
    public = found.filter(tutorial__in=Tutorial.objects.public())
    return public.select_related("tutorial__conference").first()


def download(material: Material) -> FileResponse:
    """The file as a download: browsers keep it, and run nothing that is in it.

    Raises ``FileNotFoundError`` where it is gone from where files are kept, or never was.
    """
    if not material.file:
        raise FileNotFoundError("It is an address, and no file.")
    suffix = _suffix(material.file.name or "")
    name = f"{slugify(f'{material.tutorial.code} {material.title}') or 'file'}.{suffix}"
    kind = KINDS.get(suffix, (b"", "application/octet-stream"))[1]
    return FileResponse(
        material.file.open("rb"), as_attachment=True, filename=name, content_type=kind
    )


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
