"""Paper back in: who signed the sheet of a part, who came besides, and how many were counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from conference import clock
from conference.models import Conference
from conference.pages import staff_page, visitor
from conference.roles import Action
from tutorials import checkin
from tutorials.exports.head_counts import head_counts_csv
from tutorials.models import Registration, Slot

# One form holds as many; fewer than the fields that Django takes of one.
PER_PAGE = 500
OTHERS = 20  # found besides, of those who are on no sheet of this part
MOST_WALK_INS = 500


class HeadCountForm(forms.Form):
    number = forms.IntegerField(
        label=gettext_lazy("People in the room"),
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Action.CHECK_IN)
def part(request: HttpRequest, conference: Conference, number: int) -> HttpResponse:
    """One part of a tutorial: its head count, and its sheet to tick off."""
    slot = _slot(conference, number)
    form = HeadCountForm()
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "search" and conference.checks_in:
            # By POST, so that no name comes into an address or a log.
            return render(request, "tutorials/staff_part.html", _context(request, slot, form))
        if do == "count":
            form = HeadCountForm(request.POST)
            if form.is_valid():
                _count(request, slot, form.cleaned_data["number"])
        elif do in TICKING and conference.checks_in:
            TICKING[do](request, slot)
        else:
            raise Http404("There is no such button here.")
        if not form.errors:
            return HttpResponseRedirect(request.get_full_path(), status=303)
    return render(request, "tutorials/staff_part.html", _context(request, slot, form))


@require_GET
@staff_page(Action.SEE_STAFF_PAGES)
def counts_csv(request: HttpRequest, conference: Conference) -> HttpResponseBase:
    """How many came to each part, by number alone."""
    response = StreamingHttpResponse(
        head_counts_csv(conference), content_type="text/csv; charset=utf-8; header=present"
    )
    filename = f"{conference.slug}-head-counts.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _slot(conference: Conference, number: int) -> Slot:
    slots = Slot.objects.released(conference).select_related("session", "room", "tutorial")
    slot = slots.filter(number=number).first() if number < 2**31 else None
    if slot is None:
        raise Http404("No released part has that number.")
    slot.tutorial.conference = conference
    return slot


def _count(request: HttpRequest, slot: Slot, number: int) -> None:
    checkin.count_heads(slot, number, by=visitor(request), at=clock.now())
    text = ngettext("%(number)d person was counted.", "%(number)d people were counted.", number)
    messages.success(request, text % {"number": number})


def _tick(request: HttpRequest, slot: Slot) -> None:
    """What differs from how the form was when it was opened: others may have written meanwhile."""
    ticked = _ids(request.POST.getlist("in"))
    before = _ids(request.POST.get("before", "").split(","))
    came, left = ticked - before, before - ticked
    new, gone = checkin.tick_off(slot, came=came, left=left, by=visitor(request), at=clock.now())
    said = [_checked_in(new)] if new else []
    if gone:
        text = ngettext(
            "%(number)d check-in was taken back.", "%(number)d check-ins were taken back.", gone
        )
        said.append(text % {"number": gone})
    messages.success(request, " ".join(said) or _("Nothing was changed."))


def _tick_all(request: HttpRequest, slot: Slot) -> None:
    new = checkin.tick_all(slot, by=visitor(request), at=clock.now())
    messages.success(request, _checked_in(new) if new else _("Nothing was changed."))


def _walk_ins(request: HttpRequest, slot: Slot) -> None:
    """Names that somebody wrote below the list, one a line."""
    names = request.POST.get("names", "").splitlines()
    if len(names) > MOST_WALK_INS:
        text = _("These are more than %(number)d names. Nobody was checked in; send fewer at once.")
        messages.error(request, text % {"number": MOST_WALK_INS})
        return
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    # The same name twice on one sheet is two people.
    new = sum(
        checkin.walk_in(slot, name, by=visitor(request), at=clock.now(), key=UUID(int=key.int ^ n))
        for n, name in enumerate(names)
    )
    messages.success(request, _checked_in(new) if new else _("Nothing was changed."))


TICKING: dict[str, Callable[[HttpRequest, Slot], None]] = {
    "tick": _tick,
    "all": _tick_all,
    "walk_ins": _walk_ins,
}


def _checked_in(number: int) -> str:
    text = ngettext("%(number)d person is checked in.", "%(number)d people are checked in.", number)
    return text % {"number": number}


def _ids(texts: list[str]) -> set[int]:
    return {int(text) for text in texts if text.isdecimal() and len(text) < 19}


def _context(request: HttpRequest, slot: Slot, form: HeadCountForm) -> dict[str, Any]:
    context: dict[str, Any] = {
        "slot": slot,
        "tutorial": slot.tutorial,
        "form": form,
        "head_count": checkin.head_counts([slot.key]).get(slot.key),
    }
    if not slot.tutorial.conference.checks_in:
        return context
    query = " ".join(request.POST.get("q", "").replace("\0", "").split())[:100]
    people = checkin.people_of(slot)
    others = checkin.others_of(slot).none()
    if query:
        people = people.filter(name__icontains=query)
        others = checkin.others_of(slot).filter(name__icontains=query)[:OTHERS]
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    rows: list[Any] = list(page.object_list)
    return context | {
        "query": query,
        "page": page,
        "rows": rows,
        "others": others,
        "before": ",".join(str(row.pk) for row in rows if row.is_in),
        "number_in": checkin.numbers_in([slot.key]).get(slot.key, 0),
        "words": dict(Registration.Status.choices),
        "key": uuid4(),
    }
