"""What becomes of a file that somebody uploaded, looked at, and never imported?"""

from __future__ import annotations

from datetime import timedelta

from conference.clock import now
from people.models import AttendeeFile
from tutorials.models import ProgrammeFile

KEPT_FOR = timedelta(days=1)


def forget_uploads(older_than: timedelta = KEPT_FOR) -> int:
    """Delete such files; return how many. They hold people's names and addresses."""
    before = now() - older_than
    attendees, _rows = AttendeeFile.objects.filter(uploaded_at__lt=before).delete()
    programmes, _rows = ProgrammeFile.objects.filter(uploaded_at__lt=before).delete()
    return attendees + programmes
