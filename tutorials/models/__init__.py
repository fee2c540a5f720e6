"""The programme and who takes part in it."""

from tutorials.models.files import ProgrammeFile
from tutorials.models.history import Change
from tutorials.models.lists import Download, HeadCount, ListPreset
from tutorials.models.mail import Letter, Mail
from tutorials.models.presenting import Correction, Material, OnlineLink, ShownTo
from tutorials.models.programme import Presenter, Track, Tutorial
from tutorials.models.registration import CheckIn, Registration
from tutorials.models.timetable import FrozenScheduleError, Schedule, Session, Slot
from tutorials.models.visiting import Feedback, PrivateCalendar, Star

__all__ = [
    "Change",
    "CheckIn",
    "Correction",
    "Download",
    "Feedback",
    "FrozenScheduleError",
    "HeadCount",
    "Letter",
    "ListPreset",
    "Mail",
    "Material",
    "OnlineLink",
    "Presenter",
    "PrivateCalendar",
    "ProgrammeFile",
    "Registration",
    "Schedule",
    "Session",
    "ShownTo",
    "Slot",
    "Star",
    "Track",
    "Tutorial",
]
