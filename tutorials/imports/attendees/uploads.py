"""What becomes of a file that somebody uploaded, looked at, and never imported?"""

from __future__ import annotations

from datetime import timedelta

from conference.clock import now
from people.models import AttendeeFile

KEPT_FOR = timedelta(days=1)


def forget_uploads(older_than: timedelta = KEPT_FOR) -> int:
    """Delete such files; return how many. They hold people's names and addresses."""
    return AttendeeFile.objects.filter(uploaded_at__lt=now() - older_than).delete()[0]
