"""The one row that *stack* writes."""

from django.conf import settings
from django.db import models


class Press(models.Model):
    """Somebody pressed a button. Its table is made by ``migrate --run-syncdb``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}, {self.at}"
