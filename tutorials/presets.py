"""Which columns of the attendance list do organisers like together? Kept under a name."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from conference.models import Conference
from tutorials.exports.attendance import COLUMNS, columns_named
from tutorials.models import ListPreset


def presets_of(conference: Conference) -> list[ListPreset]:
    """The choices of columns that this conference has, by name. One query."""
    return list(conference.list_presets.all())


def columns_of(preset: ListPreset) -> tuple[str, ...]:
    """Its columns, without any that there is no more."""
    return columns_named(name for name in preset.columns if name in COLUMNS)


def preset_named(conference: Conference, name: str) -> ListPreset:
    """The choice of that name. Raises ``ListPreset.DoesNotExist`` with the names there are."""
    presets = presets_of(conference)
    for preset in presets:
        if preset.name.casefold() == name.strip().casefold():
            return preset
    there = ", ".join(preset.name for preset in presets) or _("none yet")
    raise ListPreset.DoesNotExist(
        _("No choice of columns is called “%(name)s”. There are: %(names)s.")
        % {"name": name, "names": there}
    )


def keep(conference: Conference, name: str, columns: Sequence[str]) -> ListPreset:
    """Keep these columns under that name, in place of those that it had.

    Raises ``UnknownColumn``.
    """
    preset, _made = ListPreset.objects.update_or_create(
        conference=conference,
        name=" ".join(name.split()),
        defaults={"columns": list(columns_named(columns))},
    )
    return preset
