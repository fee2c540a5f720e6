#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")
    if sys.argv[1:2] == ["demo"]:
        # The demo is a toy on one's own machine; every other command is safe by default.
        os.environ.setdefault("DEBUG", "true")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        reason = str(error).strip().partition("\n")[0]
        sys.exit(f"The database cannot be used: {reason}. Was `manage.py migrate` run?")


if __name__ == "__main__":
    main()
