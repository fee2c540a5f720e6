"""The page of a presenter's own link: their entry, what they want changed in it, their files.

Nobody signs in: whoever has the link may do what it is for. Nothing that is sent here is public
before an organiser accepts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, visitor
from people.models import Person
from tutorials import feedback, materials, presenting, shown
from tutorials.entries import TutorialEntry, entries_of
from tutorials.models import Material, Tutorial
from tutorials.views.offers import nobody_keeps
from tutorials.views.presenting_forms import FileForm, PersonEntryForm, TutorialEntryForm


@dataclass
class Page:
    """A presenter at their page, with what they last sent."""

    request: HttpRequest
    conference: Conference
    person: Person
    entries: list[TutorialEntry]
    sent: dict[int | None, presenting.Sent]
    # A form that was filled in wrongly, by its prefix; shown again with what is wrong.
    faulty: dict[str, forms.Form] = field(default_factory=dict)

    def asked_for(self) -> TutorialEntry:
        """The entry that a form stands in; raises ``Http404`` for none of theirs."""
        asked = self.request.POST.get("tutorial", "")
        for entry in self.entries:
            if asked == str(entry.tutorial.pk):
                return entry
        raise Http404("They do not present this tutorial.")

    def values_of(self, tutorial: Tutorial | None) -> dict[str, str]:
        """What a form starts with: the entry, with what they have sent and nobody decided about."""
        sent = self.sent[tutorial.pk if tutorial else None].open
        values = presenting.entry_of(self.person, tutorial)
        for name, change in (sent.changes if sent else {}).items():
            if name in values:
                values[name] = change["becomes"]
        return values

    def say(self, text: str) -> None:
        messages.success(self.request, text)


@conference_page
def presenting_page(request: HttpRequest, conference: Conference, key: str) -> HttpResponse:
    """GET shows what they have there; POST sends what they want changed, or a file."""
    person = presenting.presenter_of(key, conference)
    if person is None:
        return nobody_keeps(render(request, "tutorials/presenting_gone.html", status=404))
    entries = entries_of(person, conference)
    sent = presenting.sent_by(person, [entry.tutorial.pk for entry in entries])
    page = Page(request, conference, person, entries, sent)
    if request.method == "POST":
        act = ACTS.get(request.POST.get("do", ""))
        if act:
            act(page)
        if not page.faulty:
            return nobody_keeps(HttpResponseRedirect(request.path, status=303))
    return nobody_keeps(render(request, "tutorials/presenting.html", _context(page, key)))


@conference_page
def presenting_file(
    request: HttpRequest, conference: Conference, key: str, pk: int
) -> HttpResponseBase:
    """A file of a tutorial of theirs, also while it waits for an organiser."""
    person = presenting.presenter_of(key, conference)
    own = Tutorial.objects.for_conference(conference).filter(presenters__person=person)
    files = Material.objects.filter(tutorial__in=own).select_related("tutorial")
    material = get_object_or_404(files, pk=pk) if person else None
    if material is None:
        raise Http404("No link of ours has this key.")
    return nobody_keeps(_download(material))


def material(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file that an organiser has accepted, for those whom they show it to.

    What everybody may have asks for nobody's session.
    """
    found = materials.public_file(f"materials/{name}")
    if found is None:
        raise Http404("No public file has this address.")
    conference, at = found.tutorial.conference, clock.now()
    if shown.may_have(found, conference, False, at):
        response = _download(found)
        patch_cache_control(response, public=True, max_age=300)
        return response
    has_seat = shown.has_seat(visitor(request), found.tutorial)
    if not shown.may_have(found, conference, has_seat, at):
        raise Http404("This file is not for everybody, or not yet.")
    response = _download(found)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _download(material: Material) -> HttpResponseBase:
    try:
        return materials.download(material)
    except FileNotFoundError as error:
        raise Http404("The file is not where files are kept.") from error


def _send_person(page: Page) -> None:
    form = PersonEntryForm(
        page.request.POST, page.request.FILES, prefix="me", initial=page.values_of(None)
    )
    if not form.is_valid():
        page.faulty["me"] = form
        return
    values = dict(form.cleaned_data)
    photo = values.pop("photo")
    _say_sent(page, presenting.send(page.person, None, values, at=clock.now(), photo=photo))


def _send_tutorial(page: Page) -> None:
    tutorial = page.asked_for().tutorial
    prefix = f"t{tutorial.pk}"
    form = TutorialEntryForm(page.request.POST, prefix=prefix)
    if not form.is_valid():
        page.faulty[prefix] = form
        return
    _say_sent(page, presenting.send(page.person, tutorial, form.values(), at=clock.now()))


def _say_sent(page: Page, correction: Any) -> None:
    if correction:
        page.say(_("Thank you. The organisers will look at it."))
    else:
        page.say(_("That is what the entry says already."))


def _take_back(page: Page) -> None:
    about = page.asked_for().tutorial if page.request.POST.get("tutorial") else None
    presenting.take_back(page.person, about)
    page.say(_("You have taken it back."))


def _hand_in(page: Page) -> None:
    tutorial = page.asked_for().tutorial
    prefix = f"f{tutorial.pk}"
    form = FileForm(page.request.POST, page.request.FILES, prefix=prefix)
    if form.is_valid():
        told = form.cleaned_data
        try:
            materials.hand_in(
                page.person, tutorial, told["file"], told["title"], told["kind"], at=clock.now()
            )
        except ValidationError as error:
            form.add_error(None, error)
    if form.is_valid():
        page.say(_("Thank you. The file is public once an organiser has accepted it."))
    else:
        page.faulty[prefix] = form


def _remove_file(page: Page) -> None:
    """Their own, as long as nobody has accepted it."""
    asked = page.request.POST.get("file", "")
    for found in page.asked_for().files:
        if str(found.pk) == asked and materials.take_back(found, page.person):
            page.say(_("The file is deleted."))


ACTS: dict[str, Callable[[Page], None]] = {
    "person": _send_person,
    "tutorial": _send_tutorial,
    "take_back": _take_back,
    "file": _hand_in,
    "remove_file": _remove_file,
}


def _context(page: Page, key: str) -> dict[str, Any]:
    conference = page.conference
    asks = conference.asks_for_feedback
    tutorials = [entry.tutorial for entry in page.entries]
    answers = feedback.answers_about(tutorials, clock.now()) if asks else {}
    return {
        "person": page.person,
        "key": key,
        "form": page.faulty.get("me") or PersonEntryForm(prefix="me", initial=page.values_of(None)),
        "sent": page.sent[None],
        "lacks_something": not (page.person.photo and page.person.bio),
        "entries": [
            {**_shown(page, entry, key), "answers": answers.get(entry.tutorial.pk)}
            for entry in page.entries
        ],
        "shown_from": feedback.SHOWN_FROM,
        "is_public": any(entry.tutorial.is_public for entry in page.entries),
        "url": reverse("tutorials:presenting", args=[conference.slug, key]),
    }


def _shown(page: Page, entry: TutorialEntry, key: str) -> dict[str, Any]:
    tutorial = entry.tutorial
    edit, upload = f"t{tutorial.pk}", f"f{tutorial.pk}"
    return {
        "entry": entry,
        "tutorial": tutorial,
        "sent": page.sent[tutorial.pk],
        "form": page.faulty.get(edit)
        or TutorialEntryForm(prefix=edit, initial=page.values_of(tutorial)),
        "public_files": materials.shown_on_page(
            [file for file in entry.files if file.accepted_at],
            page.conference,
            has_seat=False,
            at=clock.now(),
        ),
        "file_form": page.faulty.get(upload) or FileForm(prefix=upload),
        "files": [
            {
                "file": file,
                "is_own": materials.may_take_back(file, page.person),
                "address": _address(page, key, file),
                "state": _state(file, entry),
            }
            for file in entry.files
        ],
    }


def _state(file: Material, entry: TutorialEntry) -> str:
    file.tutorial = entry.tutorial
    return materials.state_of(file, clock.now())


def _address(page: Page, key: str, file: Material) -> str:
    if file.url:
        return file.url
    return reverse("tutorials:presenting_file", args=[page.conference.slug, key, file.pk])
