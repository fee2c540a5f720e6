"""What was a row like before, who changed it, and how does it come back?

django-simple-history keeps a version of each row of the programme whenever one is saved or deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from people.models import User

# What goes with a row is deleted in the same transaction, and so at about the same moment.
TOGETHER = timedelta(seconds=10)
NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """One field of a version, beside what it was in the version before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """A row as it was from a moment on; ``differences`` are from the version before."""

    record: Any
    differences: list[Difference]

    @property
    def what(self) -> str:
        words = {"+": _("Added"), "~": _("Changed"), "-": _("Deleted")}
        return words[self.record.history_type]


def tracked(model: type[models.Model]) -> list[models.Field]:
    """The fields of which versions are kept, without the id."""
    fields = model.history.model.tracked_fields  # type: ignore[attr-defined]
    return [field for field in fields if not field.primary_key]


def versions(records: Sequence[Any]) -> list[Version]:
    """Versions in words, of ``records`` of one model: row by row, the newest of each first.

    A query for each kind of row that they refer to.
    """
    if not records:
        return []
    fields = tracked(records[0].instance_type)
    names = _names(fields, records)
    found = []
    for record, before in zip(records, [*records[1:], None], strict=True):
        older = before if before is not None and before.id == record.id else None
        found.append(Version(record, _differences(record, older, fields, names)))
    return found


def _differences(
    record: Any, older: Any | None, fields: Sequence[Any], names: dict[tuple[str, Any], str]
) -> list[Difference]:
    """What a change made different; of what was added or deleted, all that it held."""
    found = []
    for field in fields:
        before = _shown(older, field, names) if older else NOTHING
        after = _shown(record, field, names)
        if record.history_type == "-":
            before, after = after, NOTHING
        elif record.history_type == "~" and older is None:
            continue  # versions are kept since then only
        if before != after:
            found.append(Difference(str(field.verbose_name), before, after))
    return found


def _names(fields: Collection[Any], records: Sequence[Any]) -> dict[tuple[str, Any], str]:
    """What the rows that versions refer to are called now, by field and id."""
    found: dict[tuple[str, Any], str] = {}
    for field in fields:
        if field.remote_field is None:
            continue
        ids = {getattr(record, field.attname) for record in records} - {None}
        rows = field.related_model._base_manager.filter(pk__in=ids)
        found |= {(field.attname, row.pk): _called(row) for row in rows}
    return found


def _called(row: models.Model) -> str:
    """A name that asks for no other row, unlike the ``str`` of some."""
    return str(getattr(row, "name", "") or getattr(row, "title", "") or f"#{row.pk}")


def _shown(record: Any, field: Any, names: dict[tuple[str, Any], str]) -> str:
    value = getattr(record, field.attname)
    if value is None or value == "":
        return NOTHING
    if field.remote_field is not None:
        return names.get((field.attname, value), _("deleted since"))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} (UTC)"
    return str(value)


def bring_back(
    row: models.Model, record: Any, *, by: User | None, but: Collection[str]
) -> list[str]:
    """Give a row the values of a version, except the fields in ``but``; return what was changed.

    The names of the fields. Raises ``ValidationError`` where the row may not be like that any more,
    and changes nothing then. What has been deleted since stays empty.
    """
    changed = []
    for field in tracked(type(row)):
        if field.name in but or not field.editable:
            continue
        value = getattr(record, field.attname)
        if value is not None and field.remote_field is not None and not _is_there(field, value):
            value = None if field.null else getattr(row, field.attname)
        if getattr(row, field.attname) != value:
            setattr(row, field.attname, value)
            changed.append(field.name)
    row.full_clean()
    if changed:
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=changed)
    return changed


def _is_there(field: Any, value: Any) -> bool:
    return field.related_model._base_manager.filter(pk=value).exists()


def bring_back_deleted(
    record: Any, children: Sequence[tuple[type[models.Model], str]], *, by: User | None
) -> models.Model:
    """Make a deleted row anew, with its id, and of ``children`` what was deleted with it.

    ``children`` are models, each with the foreign key to the row. Raises ``ValidationError`` where
    its place is taken, by a row of the same code for instance, and makes nothing then. A child
    whose own place is taken stays away.
    """
    with transaction.atomic():
        row = _made_anew(record, by)
        for model, key in children:
            near = (record.history_date - TOGETHER, record.history_date + TOGETHER)
            gone = model.history.filter(  # type: ignore[attr-defined]
                history_type="-", history_date__range=near, **{f"{key}_id": row.pk}
            )
            newest = defaultdict(list)
            for child in gone.order_by("-history_id"):
                newest[child.id].append(child)
            for child, *_older in newest.values():
                _child_made_anew(child, by)
    return row


def _made_anew(record: Any, by: User | None) -> models.Model:
    row = record.instance
    for field in tracked(type(row)):
        value = getattr(row, field.attname)
        if isinstance(field, models.FileField) and value and not field.storage.exists(value.name):
            setattr(row, field.attname, "")  # the file went when the row did
        if value is None or field.remote_field is None or _is_there(field, value):
            continue
        if not field.null:
            raise ValidationError(
                _("What it belongs to is gone (%(field)s). Bring that back first.")
                % {"field": field.verbose_name}
            )
        setattr(row, field.attname, None)
    row._state.adding = True
    row.full_clean()
    row._history_user = by
    row.save(force_insert=True)
    return row


def _child_made_anew(record: Any, by: User | None) -> None:
    try:
        with transaction.atomic():
            _made_anew(record, by)
    except ValidationError:
        pass
