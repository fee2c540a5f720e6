"""The admin's page on which a conference says what it uses. What is off leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.clock import now
from conference.models import AttendanceMode, Conference, OverlapPolicy
from conference.pages import visitor
from tutorials import registration
from tutorials.admin.pages import tool_page
from tutorials.admin.tickets import let_tickets_count
from tutorials.models import CheckIn, Registration
from tutorials.standing import WITH_TICKET

# By a change of these, somebody who waits may become eligible.
DECIDE_WHO_MAY = frozenset({"attendance", "overlaps"})

MODES: dict[str, str | Promise] = {
    AttendanceMode.OPEN: gettext_lazy(
        "The pages show what is on, when and where. Nobody needs an account."
    ),
    AttendanceMode.TICKET: gettext_lazy(
        "The same, and the first page links your ticket shop. Tickets are looked at on the spot."
    ),
    AttendanceMode.REGISTER: gettext_lazy(
        "Each tutorial has a button to register for it, while seats are free. People sign in by "
        "a code that is mailed to them."
    ),
    AttendanceMode.REGISTER_WITH_TICKET: gettext_lazy(
        "The same, for who has a ticket of your list. Who bought one a moment ago is held a seat "
        "until the ticket is confirmed."
    ),
}
OVERLAPS: dict[str, str | Promise] = {
    OverlapPolicy.REFUSE: gettext_lazy(
        "Who has a seat at the same time can switch, and never has both."
    ),
    OverlapPolicy.WARN: gettext_lazy(
        "Who has a seat at the same time is told so, and can have both all the same."
    ),
    OverlapPolicy.ALLOW: gettext_lazy("Nobody is told anything, and everybody can have both."),
}


CHOICE = '<span class="choice"><strong>{}</strong><span>{}</span></span>'


class UsesForm(forms.ModelForm):
    """How people attend, and a switch for each part."""

    confirmed = forms.BooleanField(label=gettext_lazy("Yes, that is what I want"), required=False)

    class Meta:
        model = Conference
        fields = [
            "attendance",
            "has_waiting_list",
            "shows_seats",
            "overlaps",
            "checks_in",
            "has_stars",
            "takes_feedback",
        ]
        widgets = {
            name: forms.RadioSelect(attrs={"class": "radiolist"})
            for name in ("attendance", "overlaps")
        }
        help_texts = {
            "attendance": gettext_lazy(
                "Where nobody registers, the next three count for nothing: no page speaks of them."
            ),
            "has_waiting_list": gettext_lazy(
                "On: who finds a tutorial full waits for a seat, first come, first served. "
                "Off: a full tutorial says that it is full."
            ),
            "shows_seats": gettext_lazy(
                "On: pages say how many seats are free. Off: only whether a tutorial is full."
            ),
            "overlaps": gettext_lazy("What happens when somebody registers for two that overlap."),
            "checks_in": gettext_lazy(
                "On: attendees have a badge code, and staff check them in at the door or tick "
                "them off a sheet. Off: nobody is checked in; heads can be counted all the same."
            ),
            "has_stars": gettext_lazy(
                "On: visitors mark what interests them with a star, with an account or without, "
                "and have a schedule of their own. Off: pages have no stars."
            ),
            "takes_feedback": gettext_lazy(
                "On: who was at a tutorial is asked how it was, from its end on. Organisers read "
                "the answers, and presenters do from five on. Counts where people register."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentences in (("attendance", MODES), ("overlaps", OVERLAPS)):
            field: Any = self.fields[name]
            field.choices = [
                (value, format_html(CHOICE, label, sentences[value]))
                for value, label in field.choices
                if value
            ]


@dataclass(frozen=True)
class Follows:
    """What a change means for somebody, as a line of the page."""

    message: str
    label: str = ""
    blocks: bool = False


def uses_tool(conference: Conference) -> Tool:
    """The link to the page."""
    return Tool(_("What this conference uses"), uses_address(conference))


def uses_address(conference: Conference) -> str:
    """Where the page is."""
    return reverse("admin:conference_conference_uses", args=[conference.pk])


def uses_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the conference uses, and change it when asked by POST.

    Where that concerns people who registered, it says what becomes of them and asks once more.
    """
    conference: Conference = model_admin.asked_for(request, pk)
    before = Conference.objects.get(pk=pk)
    back = reverse("admin:conference_conference_change", args=[pk])
    form = UsesForm(request.POST if request.method == "POST" else None, instance=conference)
    follows: list[str] = []
    if request.method == "POST" and form.is_valid():
        follows = list(what_follows(before, conference))
        if not follows or form.cleaned_data["confirmed"]:
            _save(model_admin, request, form)
            return HttpResponseRedirect(back)
        form.add_error("confirmed", _("Nothing was changed yet. Tick this, and save again."))
    fields = list(form.fields)
    if not follows:
        fields.remove("confirmed")
    return tool_page(
        model_admin,
        request,
        _("What this conference uses"),
        obj=before,
        form=form,
        own_fields=fields,
        sentences=[
            _("What is off leaves no trace: no page, no button, no mail speaks of it."),
            format_html(
                '{} <a href="{}">{}</a>',
                _("Times and limits, the texts and the look are elsewhere:"),
                back,
                _("the form of the conference"),
            ),
        ],
        findings=[Follows(sentence) for sentence in follows],
        findings_heading=_("What this means for people"),
        button=_("Save"),
        back=back,
    )


def _save(model_admin: ConferenceModelAdmin, request: HttpRequest, form: UsesForm) -> None:
    """Write what was changed and no more, and let who became eligible by it have free seats."""
    changed = [name for name in form.changed_data if name != "confirmed"]
    if changed:
        conference = form.instance
        if "attendance" in changed and conference.takes_registrations:
            # Before, for a worker would let them lapse the moment that people register again.
            registration.renew_overdue(conference, by=visitor(request), at=now())
        conference.save(update_fields=changed)
        names = ", ".join(str(form.fields[name].label) for name in changed)
        model_admin.log_change(request, conference, _("Changed: %(names)s.") % {"names": names})
        if conference.takes_registrations and not DECIDE_WHO_MAY.isdisjoint(changed):
            let_tickets_count(request, conference=conference)
    messages.success(request, _("What this conference uses is saved."))


def what_follows(before: Conference, after: Conference) -> Iterator[str]:
    """What a change means for those who registered or were checked in, a sentence each.

    Nothing where nobody is concerned. Two queries.
    """
    registrations = Registration.objects.for_conference(before)
    numbers = registrations.aggregate(
        live=Count("pk", Q(status__in=Registration.LIVE)),
        waiting=Count("pk", Q(status=Registration.Status.WAITLISTED)),
        held=Count("pk", Q(status=Registration.Status.OFFERED, awaits_ticket=True)),
        no_ticket=Count("pk", Q(status=Registration.Status.CONFIRMED) & ~WITH_TICKET),
        waiting_without=Count("pk", Q(status=Registration.Status.WAITLISTED) & ~WITH_TICKET),
        both=Count("pk", Q(status__in=Registration.SEATED) & ~Q(overlap="")),
    )
    if before.takes_registrations and not after.takes_registrations:
        yield from _rest(numbers["live"])
    elif after.takes_registrations and not before.takes_registrations:
        yield from _count_again(numbers["live"])
        yield from _new_deadlines(before)
    elif after.takes_registrations:
        yield from _tickets(before, after, numbers)
        yield from _waiting_list(before, after, numbers["waiting"])
        yield from _overlaps(before, after, numbers)
    if before.checks_in and not after.checks_in:
        yield from _check_ins(before)


def _rest(number: int) -> Iterator[str]:
    if number:
        text = ngettext(
            "%(number)d registration rests. Nobody sees it, is told, or is given a seat. If people "
            "register here again later, it counts as it did.",
            "%(number)d registrations rest. Nobody sees them, is told, or is given a seat. If "
            "people register here again later, they count as they did.",
            number,
        )
        yield text % {"number": number}


def _count_again(number: int) -> Iterator[str]:
    if number:
        text = ngettext(
            "%(number)d registration from before counts again.",
            "%(number)d registrations from before count again.",
            number,
        )
        yield text % {"number": number}


def _new_deadlines(conference: Conference) -> Iterator[str]:
    if number := registration.overdue(conference, now()).count():
        text = ngettext(
            "%(number)d offer ran out meanwhile: it gets a new deadline, and who has it is told.",
            "%(number)d offers ran out meanwhile: they get a new deadline, and who has them is "
            "told.",
            number,
        )
        yield text % {"number": number}


def _tickets(before: Conference, after: Conference, numbers: dict[str, int]) -> Iterator[str]:
    if after.needs_tickets and not before.needs_tickets:
        if number := numbers["no_ticket"]:
            text = ngettext(
                "%(number)d person has a seat and no ticket, and keeps the seat.",
                "%(number)d people have a seat and no ticket, and keep the seat.",
                number,
            )
            yield text % {"number": number}
        if number := numbers["waiting_without"]:
            text = ngettext(
                "%(number)d person waits and has no ticket: they keep the place, and are passed "
                "over until they have one.",
                "%(number)d people wait and have no ticket: they keep the place, and are passed "
                "over until they have one.",
                number,
            )
            yield text % {"number": number}
    if before.needs_tickets and not after.needs_tickets and (number := numbers["held"]):
        text = ngettext(
            "%(number)d seat is held until a ticket is confirmed: it is given now.",
            "%(number)d seats are held until a ticket is confirmed: they are given now.",
            number,
        )
        yield text % {"number": number}


def _waiting_list(before: Conference, after: Conference, number: int) -> Iterator[str]:
    if number and before.has_waiting_list and not after.has_waiting_list:
        text = ngettext(
            "%(number)d person waits. They keep their place and are given the first seat that "
            "frees; nobody else can join.",
            "%(number)d people wait. They keep their place and are given seats in order as these "
            "free; nobody else can join.",
            number,
        )
        yield text % {"number": number}


def _overlaps(before: Conference, after: Conference, numbers: dict[str, int]) -> Iterator[str]:
    if before.overlaps == after.overlaps:
        return
    if (number := numbers["both"]) and after.overlaps == OverlapPolicy.REFUSE:
        text = ngettext(
            "%(number)d seat is beside another at the same time. Whoever has it keeps it.",
            "%(number)d seats are beside others at the same time. Whoever has them keeps them.",
            number,
        )
        yield text % {"number": number}
    if numbers["waiting"] and after.overlaps == OverlapPolicy.ALLOW:
        yield _(
            "Who waits and was passed over, since they have a seat at the same time, is given a "
            "seat now where one is free, and told."
        )


def _check_ins(conference: Conference) -> Iterator[str]:
    number = CheckIn.objects.filter(tutorial__conference=conference).count()
    if number:
        text = ngettext(
            "%(number)d check-in is kept; the attendance list has it.",
            "%(number)d check-ins are kept; the attendance list has them.",
            number,
        )
        yield text % {"number": number}
