"""A file that was sent, while an organiser looks at what it would do."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from conference.models import Conference


class FileForPreview(models.Model):
    """A file between its preview and its import; then it is deleted.

    In the database, because another process may answer the next request.
    """

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
