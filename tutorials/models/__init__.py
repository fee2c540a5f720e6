"""The programme and who takes part in it."""

from tutorials.models.files import ProgrammeFile
from tutorials.models.history import Change
from tutorials.models.lists import Download, HeadCount, ListPreset
from tutorials.models.mail import Letter, Mail
from tutorials.models.presenting import Correction, Material
from tutorials.models.programme import Presenter, Track, Tutorial
from tutorials.models.registration import CheckIn, Registration
from tutorials.models.timetable import FrozenScheduleError, Schedule, Session, Slot

__all__ = [
    "Change",
    "CheckIn",
    "Correction",
    "Download",
    "FrozenScheduleError",
    "HeadCount",
    "Letter",
    "ListPreset",
    "Mail",
    "Material",
    "Presenter",
    "ProgrammeFile",
    "Registration",
    "Schedule",
    "Session",
    "Slot",
    "Track",
    "Tutorial",
]
