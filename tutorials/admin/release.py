"""The admin's page that shows what is wrong with a draft, and releases it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, rights_of
from tutorials import schedule
from tutorials.admin.pages import tell_who_moved_back, tool_page
from tutorials.models import Registration, Schedule


def release_address(conference: Conference) -> str:
    """Where the page of a conference is."""
    return reverse("admin:tutorials_schedule_release", args=[conference.slug])


KEEP = "keep"


class ReleaseForm(forms.Form):
    """What the public is told about a version, and the decisions that some drafts need."""

    notes = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Public. A sentence or two for who looks at the changes."),
    )
    keep_everyone = forms.BooleanField(
        label=gettext_lazy("Everybody else keeps what they have"),
        required=False,
        help_text=gettext_lazy(
            "Wherever nothing is chosen above: nobody loses a seat, and a tutorial keeps as many "
            "seats as are taken. Who has two things at once is marked and told."
        ),
    )

    def __init__(
        self,
        *args: Any,
        conference: Conference,
        findings: list[schedule.Finding],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.to_decide = [finding for finding in findings if finding.blocks and finding.can_be_kept]
        self.own = list(self.fields)  # those that are no decision about one finding
        if not self.to_decide:
            del self.fields["keep_everyone"]
            self.own.remove("keep_everyone")
        concerned = {pk for finding in self.to_decide for pk in finding.tutorials}
        self.tutorials = conference.tutorials.in_bulk(concerned)
        for finding in self.to_decide:
            self.fields[name_of(finding)] = forms.ChoiceField(
                label=finding.message,
                required=False,
                choices=[("", "–"), (KEEP, _kept(finding)), *self._moved_back(finding)],
            )

    def _moved_back(self, finding: schedule.Finding) -> list[tuple[str, str]]:
        if not finding.can_be_moved_back:
            return []
        if len(finding.tutorials) == 1:
            text = _("The newest go to the head of the waiting list")
        else:
            text = _("They go to the head of the waiting list of %(tutorial)s")
        return [(str(pk), text % {"tutorial": self.tutorials[pk]}) for pk in finding.tutorials]

    def clean(self) -> dict[str, Any]:
        """Turn what was chosen into the ids that ``schedule.release`` takes.

        Each has to be decided by itself, and since a tutorial is named there once, what is chosen
        about it in two places has to agree.
        """
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        keep, move_back = set(), set()
        for finding in self.to_decide:
            name = name_of(finding)
            choice = chosen.pop(name, "") or (KEEP if chosen.get("keep_everyone") else "")
            if choice:
                back = {int(choice)} if choice != KEEP else set()
                move_back |= back
                keep |= set(finding.tutorials) - back
            elif name not in self.errors:
                self.add_error(name, _("Nothing was released: decide about this first."))
        for pk in sorted(keep & move_back):
            text = _(
                "%(tutorial)s is named in two places, and once its people keep their seats, once "
                "they do not. Choose the same in both."
            )
            self.add_error(None, text % {"tutorial": self.tutorials[pk]})
        return {**chosen, "keep": keep, "move_back": move_back}


def name_of(finding: schedule.Finding) -> str:
    """The name of the input that decides about a finding."""
    return "_".join(["decide", finding.code, *map(str, finding.tutorials)])


def _kept(finding: schedule.Finding) -> str:
    if len(finding.tutorials) > 1:
        return _("They keep both seats")
    if finding.code == "no_time":
        return _("Everybody keeps their registration")
    return _("Everybody keeps their seat")


@dataclass(frozen=True)
class Shown:
    """A finding as the page shows it, with the input that decides about it."""

    message: str
    blocks: bool
    field: forms.BoundField | None

    @property
    def label(self) -> str:
        if self.field:
            return _("Decide:")
        return _("Mend:") if self.blocks else _("Note:")


def release_page(
    model_admin: ConferenceModelAdmin, request: HttpRequest, slug: str
) -> HttpResponse:
    """Show what is wrong with the draft, and release it when asked by POST."""
    rights = rights_of(request)
    seen = rights.limit(Conference.objects.all(), Action.SEE_PROGRAMME, "")
    conference = get_object_or_404(seen, slug=slug)
    if not rights.may(Action.EDIT_PROGRAMME, conference.pk):
        raise PermissionDenied
    draft = Schedule.objects.draft(conference)
    back = reverse("admin:tutorials_schedule_change", args=[draft.pk])
    posted = request.POST if request.method == "POST" else None
    findings = schedule.check(conference)
    form = ReleaseForm(posted, conference=conference, findings=findings)
    if posted is not None and form.is_valid():
        if _release(model_admin, request, conference, form.cleaned_data):
            return HttpResponseRedirect(back)
        findings = schedule.check(conference)
        form = ReleaseForm(posted, conference=conference, findings=findings)
    anything_new = schedule.has_changes(conference)
    if not anything_new:
        # What would block a release was decided by the one before, and blocks nothing now.
        findings = [finding for finding in findings if not finding.blocks]
    return tool_page(
        model_admin,
        request,
        _("Release the schedule of %(conference)s") % {"conference": conference},
        obj=draft,
        form=form if anything_new else None,
        own_fields=form.own,
        sentences=_what_releasing_means(draft, anything_new),
        findings=[_shown(finding, form if anything_new else None) for finding in findings],
        findings_heading=_("What we found in the draft"),
        button=_("Release") if anything_new else "",
        back=back,
    )


def _shown(finding: schedule.Finding, form: ReleaseForm | None) -> Shown:
    name = name_of(finding)
    field = form[name] if form and name in form.fields else None
    return Shown(finding.message, finding.blocks, field)


def _release(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    conference: Conference,
    choices: dict[str, Any],
) -> Schedule | None:
    """The version that the public sees from now on; None, with a message, for a blocked draft."""
    at = now()
    try:
        released = schedule.release(conference, by=visitor(request), at=at, **choices)
    except schedule.ReleaseBlocked:
        text = _("Nothing was released: mend what is marked below first, or decide about it.")
        messages.error(request, text)
        return None
    model_admin.log_addition(request, released, _("Released."))
    text = _("%(version)s is released: it is what the public sees now.")
    messages.success(request, text % {"version": released})
    tell_who_moved_back(request, conference.tutorials.values_list("pk", flat=True), at)
    _tell_of_clashes(request, conference)
    return released


def _tell_of_clashes(request: HttpRequest, conference: Conference) -> None:
    """Say who has two seats at once since a release brought that about, and where they are."""
    marked = (
        Registration.objects.for_conference(conference)
        .seated()
        .filter(overlap=Registration.Overlap.RELEASE)
    )
    people = marked.order_by().values("attendee").distinct().count()
    if not people:
        return
    text = ngettext(
        "%(number)d person has seats at the same time, because the schedule changed.",
        "%(number)d people have seats at the same time, because the schedule changed.",
        people,
    ) % {"number": people}
    if not rights_of(request).may(Action.MANAGE_ATTENDEES, conference.pk):
        messages.warning(request, text)
        return
    link = clashes_address(conference), _("See their registrations")
    messages.warning(request, format_html('{} <a href="{}">{}</a>', text, *link))


def clashes_address(conference: Conference) -> str:
    """Where those are listed who have two seats at once because the schedule changed."""
    listed = reverse("admin:tutorials_registration_changelist")
    return f"{listed}?" + urlencode(
        {
            "tutorial__conference__id__exact": conference.pk,
            "overlap__exact": Registration.Overlap.RELEASE,
            "status__in": ",".join(Registration.SEATED),
        }
    )


def _what_releasing_means(draft: Schedule, anything_new: bool) -> list[str]:
    conference = draft.conference
    current = Schedule.objects.current(conference).first()
    if not anything_new:
        return [_("The draft is the same as what the public sees. There is nothing to release.")]
    if current is None or current.released_at is None:
        public = _("Nothing is released yet: the public sees no times and no rooms.")
    else:
        public = _("The public sees version %(number)d, released on %(time)s.") % {
            "number": current.number,
            "time": conference.in_words(current.released_at),
        }
    sessions, slots = draft.sessions.count(), draft.slots.count()
    return [
        public,
        ngettext(
            "The draft has %(number)d session.", "The draft has %(number)d sessions.", sessions
        )
        % {"number": sessions},
        ngettext(
            "It gives a time to %(number)d tutorial or part of one.",
            "It gives a time to %(number)d tutorials or parts of one.",
            slots,
        )
        % {"number": slots},
    ]
