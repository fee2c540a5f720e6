"""What staff may ask of the lists and sheets of a conference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.dates import short_day_in_words
from conference.models import Conference
from tutorials.exports.attendance import ALL_COLUMNS, COLUMNS, columns_named
from tutorials.exports.lists import FileFormat, Wanted
from tutorials.exports.sign_in_sheets import MOST_BLANK_LINES, Paper, SheetOptions, desks_named
from tutorials.models import ListPreset, Tutorial
from tutorials.presets import columns_of

DESKS = [
    ("", gettext_lazy("One desk")),
    ("K", gettext_lazy("Two desks: A–K, L–Z")),
    ("H,P", gettext_lazy("Three desks: A–H, I–P, Q–Z")),
]


def columns_offered(conference: Conference, with_email: bool) -> list[str]:
    """The columns that somebody may choose from; none of what the conference does not use."""
    left_out = {
        "email": not with_email,
        "position": not (conference.takes_registrations and conference.has_waiting_list),
        "registered_at": not conference.takes_registrations,
        "attendee_code": not conference.checks_in,
        "checked_in_at": not conference.checks_in,
    }
    return [name for name in ALL_COLUMNS if not left_out.get(name)]


class ListForm(forms.Form):
    """Which list, of what, in which format; ``wanted`` once it is valid."""

    tutorial = forms.MultipleChoiceField(
        label=gettext_lazy("Tutorials"),
        required=False,
        help_text=gettext_lazy("None chosen: all."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    day = forms.ChoiceField(label=gettext_lazy("Day"), required=False)
    file_format = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=FileFormat,
        initial=FileFormat.XLSX,
        widget=forms.RadioSelect,
    )
    preset = forms.ChoiceField(label=gettext_lazy("Columns"), required=False)
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Or only these columns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sheet_per_tutorial = forms.BooleanField(
        label=gettext_lazy("A sheet for each tutorial (XLSX)"), required=False
    )
    desks = forms.ChoiceField(
        label=gettext_lazy("Split by name for"), choices=DESKS, required=False
    )
    blank_lines = forms.IntegerField(
        label=gettext_lazy("Blank lines for those who are not on the list"),
        min_value=0,
        max_value=MOST_BLANK_LINES,
        initial=5,
        required=False,
    )
    affiliation = forms.BooleanField(label=gettext_lazy("With affiliations"), required=False)
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"), choices=Paper, initial=Paper.A4, required=False
    )

    def __init__(
        self,
        *args: Any,
        conference: Conference,
        tutorials: Sequence[Tutorial],
        days: Sequence[date],
        presets: Sequence[ListPreset],
        with_email: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.conference, self.with_email = conference, with_email
        self.tutorials = {tutorial.slug: tutorial for tutorial in tutorials}
        self.presets = {str(preset.pk): preset for preset in presets}
        self._offer("tutorial", [(slug, str(each)) for slug, each in self.tutorials.items()])
        shown = [(day.isoformat(), short_day_in_words(day)) for day in days]
        self._offer("day", [("", _("All days")), *shown])
        kept = [(pk, preset.name) for pk, preset in self.presets.items()]
        self._offer("preset", [("", _("All columns")), *kept])
        offered = columns_offered(conference, with_email)
        self._offer("columns", [(name, COLUMNS[name].title) for name in offered])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What was asked for."""
        asked = self.cleaned_data
        chosen = [self.tutorials[slug] for slug in asked["tutorial"]]
        blank = asked["blank_lines"]
        return Wanted(
            self.conference,
            chosen or None,
            date.fromisoformat(asked["day"]) if asked["day"] else None,
            asked["file_format"],
            self._columns(),
            with_email=self.with_email,
            sheet_per_tutorial=asked["sheet_per_tutorial"],
            sheets=SheetOptions(
                affiliation=asked["affiliation"],
                blank_lines=5 if blank is None else blank,
                desks=desks_named(asked["desks"]),
                paper=asked["paper"] or Paper.A4,
            ),
        )

    def _columns(self) -> tuple[str, ...]:
        if self.cleaned_data["columns"]:
            return columns_named(self.cleaned_data["columns"])
        preset = self.presets.get(self.cleaned_data["preset"])
        return columns_of(preset) if preset else ALL_COLUMNS


class PresetForm(forms.Form):
    """A name for columns, and the place of each of them; without a place it is left out."""

    name = forms.CharField(
        label=gettext_lazy("Name of the choice"),
        max_length=100,
        help_text=gettext_lazy("A name that is there already gets these columns."),
    )

    def __init__(
        self, conference: Conference, data: Any = None, preset: ListPreset | None = None
    ) -> None:
        super().__init__(data, initial={"name": preset.name if preset else ""})
        kept = columns_of(preset) if preset else ()
        for name in columns_offered(conference, with_email=True):
            self.fields[f"column_{name}"] = forms.IntegerField(
                label=COLUMNS[name].title,
                required=False,
                min_value=1,
                max_value=99,
                initial=kept.index(name) + 1 if name in kept else None,
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have a place, by it."""
        places = [(self.cleaned_data.get(f"column_{name}"), name) for name in COLUMNS]
        with_place = [(place, name) for place, name in places if place]
        return tuple(name for _place, name in sorted(with_place, key=lambda each: each[0]))

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors and not self.columns:
            raise forms.ValidationError(_("Give at least one column a place, such as 1."))
        return self.cleaned_data
