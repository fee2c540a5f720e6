"""The settings of a site that a test serves: production's, but static files as they are."""

from conference.settings import *  # noqa: F403
from conference.settings import STORAGES

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
