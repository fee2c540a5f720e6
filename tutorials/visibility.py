"""Is a tutorial public, and if not, why not? In a sentence for organisers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tutorials.models import Slot, Tutorial


@dataclass(frozen=True)
class Visibility:
    """Whether the public sees a tutorial, and the reason."""

    is_public: bool
    because: str

    def __str__(self) -> str:
        text = _("Yes: %(why)s") if self.is_public else _("No: %(why)s")
        return text % {"why": self.because}


def visibility(tutorial: Tutorial) -> Visibility:
    """What the public sees of a tutorial. At most two queries."""
    if tutorial.status == Tutorial.Status.PROPOSED:
        return Visibility(False, _("it is only proposed. “Publish” shows it."))
    if tutorial.status == Tutorial.Status.DRAFT:
        return Visibility(False, _("it is a draft. “Publish” shows it."))
    if not tutorial.is_public:
        return Visibility(False, _("it was cancelled before anybody could see it."))
    if tutorial.is_cancelled:
        return Visibility(True, _("it is shown as cancelled, since people knew of it."))
    if Slot.objects.released(tutorial.conference).filter(tutorial=tutorial).exists():
        return Visibility(True, _("it is published, and its time is in the released schedule."))
    if tutorial.slots.filter(schedule__number__isnull=True).exists():
        return Visibility(
            True, _("it is published, without its time: the draft schedule is not released yet.")
        )
    return Visibility(True, _("it is published; its time is to be announced."))
