"""The admin's pages about the programme, and what it adds to those of the apps below.

A page shows and edits rows. Whatever changes a state (publish, cancel, release, register) is a view
or an action of its own that calls the domain function: the admin saves inside a transaction, and
the domain's are durable.
"""

from tutorials.admin import (
    changes,
    conferences,
    downloads,
    feedback,
    mails,
    people,
    presenting,
    registration,
    timetable,
    tracks,
    tutorials,
    venues,
)

__all__ = [
    "changes",
    "conferences",
    "downloads",
    "feedback",
    "mails",
    "people",
    "presenting",
    "registration",
    "timetable",
    "tracks",
    "tutorials",
    "venues",
]
