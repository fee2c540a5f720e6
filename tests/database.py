"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction


def refuses(change):
    """Assert that a constraint stops what `change` does."""
    with pytest.raises(IntegrityError), transaction.atomic():
        change()
