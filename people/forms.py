"""What one may say about oneself."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.names import sort_name_of


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        help_texts = {"name": _("As it should stand on the list at the door.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save")))

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """Keep the name, and pass it on to the places at conferences that the account has."""
        user = super().save(commit)
        user.attendees.update(name=user.name, sort_name=sort_name_of(user.name))
        return user
