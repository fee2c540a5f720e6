"""Texts of django-allauth that our own German replaces.

Its German says “du” here and “Sie” there, and calls signing in “Anmeldung”, which with us is what
one does for a tutorial. Named here, these texts are in our catalogue, and ours goes before theirs.
"""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("A user is already registered with this email address."),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("Invalid login."),
    gettext_noop("Invalid or expired key."),
    gettext_noop("Please type your current password."),
    gettext_noop("Remember Me"),
    gettext_noop("The new value must be different from the current one."),
    gettext_noop("This email address is already associated with this account."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("You cannot add more than %d email addresses."),
    gettext_noop("You cannot remove your primary email address."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Your primary email address must be verified."),
)
