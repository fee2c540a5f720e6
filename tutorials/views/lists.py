"""Lists and sheets to take along: which tutorials, which day, which format, which columns."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from conference.models import Conference
from conference.pages import staff_page, visitor
from conference.roles import Action, role_allows
from tutorials import presets
from tutorials.board import days_of, released_sessions
from tutorials.exports.attendance import count_rows
from tutorials.exports.lists import TooManySheets, list_response
from tutorials.exports.sign_in_sheets import TooManyLines
from tutorials.exports.xlsx_file import DoesNotFit
from tutorials.models import ListPreset
from tutorials.views.list_forms import ListForm, PresetForm
from tutorials.views.privacy import needs_names


@require_safe
@staff_page(Action.SEE_ATTENDEES)
@needs_names
def lists(request: HttpRequest, conference: Conference) -> HttpResponse:
    """Where one chooses; ``?tutorial=`` has one chosen already."""
    initial = {"tutorial": request.GET.getlist("tutorial"), "day": request.GET.get("day", "")}
    return _page(request, conference, _form(request, conference, initial=initial))


@require_GET
@staff_page(Action.SEE_ATTENDEES)
@needs_names
def list_file(request: HttpRequest, conference: Conference) -> HttpResponseBase:
    """The file that was asked for, recorded; the page again where it cannot be made."""
    form = _form(request, conference, data=request.GET)
    if form.is_valid():
        try:
            return list_response(form.wanted(), by=visitor(request))
        except (DoesNotFit, TooManyLines, TooManySheets) as error:
            form.add_error(None, str(error))
    return _page(request, conference, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Action.MANAGE_ATTENDEES)
def list_presets(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The choices of columns: add one, change one, delete one."""
    form = PresetForm(conference, preset=_preset(conference, request.GET.get("preset", "")))
    if request.method == "POST":
        form = PresetForm(conference, request.POST)
        if preset := _preset(conference, request.POST.get("delete", "")):
            preset.delete()
            messages.success(request, _("“%(name)s” is deleted.") % {"name": preset.name})
            return _back(conference)
        if form.is_valid():
            kept = presets.keep(conference, form.cleaned_data["name"], form.columns)
            messages.success(request, _("“%(name)s” is kept.") % {"name": kept.name})
            return _back(conference)
    return render(
        request,
        "tutorials/staff_presets.html",
        {"form": form, "presets": presets.presets_of(conference)},
    )


def _back(conference: Conference) -> HttpResponseRedirect:
    address = reverse("tutorials:list_presets", args=[conference.slug])
    return HttpResponseRedirect(address, status=303)


def _preset(conference: Conference, pk: str) -> ListPreset | None:
    """The one that an address or a button names, or None where it names none."""
    if not pk.isdecimal() or len(pk) > 18:
        return None
    return get_object_or_404(ListPreset, conference=conference, pk=pk)


def _form(request: HttpRequest, conference: Conference, **kwargs: Any) -> ListForm:
    return ListForm(
        conference=conference,
        tutorials=list(conference.tutorials.in_programme_order()),
        days=days_of(conference, released_sessions(conference)),
        presets=presets.presets_of(conference),
        with_email=role_allows(conference.visitor_role, Action.SEE_EMAILS),
        **kwargs,
    )


def _page(request: HttpRequest, conference: Conference, form: ListForm) -> HttpResponse:
    context = {
        "form": form,
        "number": count_rows(conference),
        "may_see_emails": form.with_email,
        "may_manage": role_allows(conference.visitor_role, Action.MANAGE_ATTENDEES),
        "may_see_downloads": role_allows(conference.visitor_role, Action.MANAGE_CONFERENCE),
    }
    return render(request, "tutorials/staff_lists.html", context)
