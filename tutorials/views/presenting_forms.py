"""What presenters fill in on the page of their link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from people import photos
from people.names import clean_name
from tutorials import materials
from tutorials.models import Material, Tutorial
from tutorials.presenting import TEXTS, Values, label_of, links_of

LONGEST = 20_000
MARKDOWN = _("Markdown: *emphasis*, lists with -, [links](https://example.org/), math as $x^2$.")


class PersonEntryForm(forms.Form):
    """What the pages say about a presenter."""

    name = forms.CharField(label=_("Name"), max_length=200)
    bio = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=LONGEST,
        help_text=MARKDOWN,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=4000,
        help_text=_("One a line, such as: My page https://example.org/"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    # Not an image field, which would open the upload before its size is known.
    photo = forms.FileField(
        label=_("New photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("This is empty."))
        return name

    def clean_links(self) -> str:
        """Links that an organiser typed may be otherwise, and stay."""
        text = self.cleaned_data["links"]
        before = str(self.get_initial_for_field(self.fields["links"], "links") or "")
        # Browsers send line breaks as Windows does.
        if text.replace("\r\n", "\n").strip() != before.strip():
            links_of(text)
        return text

    def clean_photo(self) -> ContentFile | None:
        photo = self.cleaned_data["photo"]
        return photos.clean_photo(photo) if isinstance(photo, UploadedFile) else None


class TutorialEntryForm(forms.Form):
    """What the page of a tutorial says, and where its presenter is from."""

    affiliation = forms.CharField(max_length=300, required=False)
    level = forms.ChoiceField(
        choices=[("", _("– not said –")), *Tutorial.Level.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TEXTS:
            if name not in self.fields:
                rows = 10 if name == "abstract" else 4
                self.fields[name] = forms.CharField(
                    required=False,
                    max_length=LONGEST,
                    widget=forms.Textarea(attrs={"rows": rows}),
                )
        for name, field in self.fields.items():
            field.label = label_of(name)
        self.fields["affiliation"].help_text = _("As it stands behind your name.")
        self.fields["abstract"].help_text = MARKDOWN

    def values(self) -> Values:
        return dict(self.cleaned_data)


class FileForm(forms.Form):
    """A file to a tutorial."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PPTX, ODP, KEY, ZIP, IPYNB, PNG or JPG; at most 50 MB."),
        widget=forms.FileInput(attrs={"accept": materials.ACCEPT}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Material.Kind.choices)
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("Such as “Slides”. Empty: what the file is called."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        materials.check_file(file)
        return file

    def clean_title(self) -> str:
        return clean_name(self.cleaned_data["title"])
