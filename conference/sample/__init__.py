"""The sample that the demo shows: CPAL 2026, as data, and what puts it into a database."""
