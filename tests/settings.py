"""The settings that the tests run with: those of a development machine, made quick and quiet."""

import os

os.environ.setdefault("DEBUG", "true")
os.environ.setdefault("EMAIL_URL", "memory://")

from conference.settings import *  # noqa: F403

DEBUG = False
SEND_MAIL_AT_ONCE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SITE_URL = "http://testserver"
