"""Does mail go out at all?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from tutorials.models import Mail

# None of these reaches anybody.
GOING_NOWHERE = {
    f"django.core.mail.backends.{name}.EmailBackend"
    for name in ("console", "dummy", "filebased", "locmem")
}
PATIENCE = timedelta(minutes=15)


def what_is_wrong(at: datetime) -> list[str]:
    """Sentences for organisers about what keeps mail from going out; none where nothing does."""
    found = []
    if settings.EMAIL_BACKEND in GOING_NOWHERE:
        found.append(
            _(
                "Mail is not set up: nobody gets any. Whoever runs this site sets EMAIL_URL; "
                "docs/settings.md says how."
            )
        )
    if Mail.objects.due(at - PATIENCE).exists():
        found.append(
            _(
                "Mails have been due for more than a quarter of an hour: the worker does not run, "
                "or cannot keep up. Whoever runs this site starts it: manage.py worker."
            )
        )
    return found
