"""What one may say about oneself."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.names import clean_name, sort_name_of


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


class DeleteAccountForm(forms.Form):
    """Somebody means it: they type the address of the account that is to go."""

    address = forms.CharField(
        label=_("Your e-mail address, to confirm"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_address(self) -> str:
        typed = self.cleaned_data["address"].strip().lower()
        if typed != self.user.email.lower():
            raise forms.ValidationError(_("This is not the address of your account."))
        return typed


class HandOnForm(forms.Form):
    """Whom a ticket is for."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("With this address they sign in, and have the ticket.")
    )

    def clean_name(self) -> str:
        return _not_blank(clean_name(self.cleaned_data["name"]))


class TicketNumberForm(forms.Form):
    """A ticket that was bought with another address."""

    number = forms.CharField(
        label=_("Ticket number"),
        max_length=200,
        help_text=_("Or what the barcode on the ticket says."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Name on the ticket"), max_length=200)


class UnlistedTicketForm(forms.Form):
    """A ticket that we know nothing of yet."""

    number = forms.CharField(
        label=_("Ticket number"),
        max_length=100,
        help_text=_("As it stands on the ticket, or on the order where there is no other."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        return _not_blank(clean_name(self.cleaned_data["number"]))


class NamelessUnlistedTicketForm(UnlistedTicketForm):
    """The same, of an account that has no name yet."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As it should stand on the list at the door."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        return _not_blank(clean_name(self.cleaned_data["name"]))


def _not_blank(text: str) -> str:
    if not text:
        raise forms.ValidationError(_("This is empty."))
    return text
