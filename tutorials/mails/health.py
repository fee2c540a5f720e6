"""Does mail go out at all?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tutorials.models import Letter, Mail

# None of these reaches anybody; each with what becomes of a mail instead.
_DJANGO = "django.core.mail.backends.%s.EmailBackend"
GOING_NOWHERE = {
    _DJANGO % "console": _("It was printed where this site runs, and sent to nobody."),
    _DJANGO % "filebased": _("It was written to a file where this site runs, and sent to nobody."),
    _DJANGO % "dummy": _("It was thrown away, and sent to nobody."),
    _DJANGO % "locmem": _("It was kept in memory, and sent to nobody."),
}
PATIENCE = timedelta(minutes=15)


def where_it_went_instead() -> str:
    """What became of a mail that seemed to be sent; empty where people do get mail."""
    return str(GOING_NOWHERE.get(settings.EMAIL_BACKEND, ""))


def what_is_wrong(at: datetime) -> list[str]:
    """Sentences for organisers about what keeps mail from going out; none where nothing does."""
    found = []
    if settings.EMAIL_BACKEND in GOING_NOWHERE:
        found.append(
            gettext(
                "Mail is not set up: nobody gets any. Whoever runs this site sets EMAIL_URL; "
                "docs/settings.md says how."
            )
        )
    if _waits_since(at - PATIENCE):
        found.append(
            gettext(
                "Mails have been due for more than a quarter of an hour: the worker does not run, "
                "or cannot keep up. Whoever runs this site starts it: manage.py worker."
            )
        )
    return found


def _waits_since(moment: datetime) -> bool:
    """Whether a mail or a letter should have gone out by then. One query."""
    mails, letters = Mail.objects.due(moment).order_by(), Letter.objects.due(moment).order_by()
    return mails.values("pk").union(letters.values("pk"), all=True).exists()
