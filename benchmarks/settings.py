"""The settings of production, and the one page that we compare with."""

import os

from conference.settings import *  # noqa: F403
from conference.settings import INSTALLED_APPS, STATIC_ROOT

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
ROOT_URLCONF = "benchmarks.urls"
# Where the pages' files are collected, for the benchmarks that need them.
STATIC_ROOT = os.environ.get("BENCHMARKS_STATIC_ROOT", STATIC_ROOT)
