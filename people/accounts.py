"""How does one sign in? By a code mailed to one's address; the account is made on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import ChangeEmailForm as AllauthChangeEmailForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from conference.mail_html import html_of
from conference.models import Conference
from people.models import User

UNCONFIRMED_FOR = timedelta(days=1)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No form of its own: asking for a sign-in code makes the account."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it; to an account that is switched off, not that there is none."""
        if template_prefix == "account/email/unknown_account" and filter_users_by_email(email):
            template_prefix = "account/email/account_inactive"
        super().send_mail(template_prefix, email, context)

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMultiAlternatives:
        """The library's mail, with its text typeset as HTML beside it."""
        made = super().render_mail(*args, **kwargs)
        # A link or a code goes with no edition: it wears the colour of the current one.
        conference = Conference.objects.current()
        html = html_of(
            made.body,
            title=made.subject,
            heading=conference.name if conference else "",
            colour=conference.colour if conference else "",
        )
        made.attach_alternative(html, "text/html")
        return made


class InOurWords:
    """Lets a form of the library call an address what our own forms call it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name in fields.keys() & {"email", "login"}:
            fields[name].label = gettext_lazy("E-mail address")
            fields[name].widget.attrs.pop("placeholder", None)


class LoginForm(InOurWords, AllauthLoginForm):
    pass


class AddEmailForm(InOurWords, AllauthAddEmailForm):
    pass


class ChangeEmailForm(InOurWords, AllauthChangeEmailForm):
    pass


class ResetPasswordForm(InOurWords, AllauthResetPasswordForm):
    pass


class RequestLoginCodeForm(InOurWords, AllauthRequestLoginCodeForm):
    _user: User | None

    def clean_email(self) -> str:
        """Find the account of the address, or make it; allauth counts the attempts before that."""
        email = super().clean_email().lower()
        User._meta.get_field("email").run_validators(email)
        if self._user is None and not User.objects.filter(email=email).exists():
            self._user, _ = User.objects.get_or_create(
                email=email, defaults={"password": make_password(None)}
            )
        if self._user:
            # The right code proves the address, if there is a row that can say so.
            has_primary = EmailAddress.objects.filter(user=self._user, primary=True).exists()
            EmailAddress.objects.get_or_create(
                user=self._user, email=email, defaults={"primary": not has_primary}
            )
        return email


def address_was_changed(user: User) -> None:
    """Let the address that an organiser gave an account be its only one, still to be confirmed.

    The one it had before opens the account no longer: it may have been mistyped, and somebody's.
    """
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, primary=True)


def forget_unconfirmed(older_than: timedelta = UNCONFIRMED_FOR) -> int:
    """Delete accounts that asked for a first code and never used it; return how many.

    Only accounts that nobody could mean: never signed in, no password, no role, no place anywhere.
    """
    stale = User.objects.filter(
        last_login__isnull=True,
        date_joined__lt=timezone.now() - older_than,
        is_superuser=False,
        memberships__isnull=True,
        attendees__isnull=True,
    ).exclude(emailaddress__verified=True)
    never_had_a_password = stale.filter(Q(password="") | Q(password__startswith="!"))
    return never_had_a_password.delete()[1].get("people.User", 0)
