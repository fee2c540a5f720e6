"""The programme and who takes part in it."""

from tutorials.models.history import Change
from tutorials.models.mail import Mail
from tutorials.models.programme import Presenter, Track, Tutorial
from tutorials.models.registration import CheckIn, Registration
from tutorials.models.timetable import FrozenScheduleError, Schedule, Session, Slot

__all__ = [
    "Change",
    "CheckIn",
    "FrozenScheduleError",
    "Mail",
    "Presenter",
    "Registration",
    "Schedule",
    "Session",
    "Slot",
    "Track",
    "Tutorial",
]
