"""The settings of production, and the one page that we compare with."""

from conference.settings import *  # noqa: F403
from conference.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
ROOT_URLCONF = "benchmarks.urls"
