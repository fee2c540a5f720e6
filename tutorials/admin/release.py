"""The admin's page that shows what is wrong with a draft, and releases it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from tutorials import schedule
from tutorials.admin.pages import tool_page
from tutorials.models import Schedule


def release_address(conference: Conference) -> str:
    """Where the page of a conference is."""
    return reverse("admin:tutorials_schedule_release", args=[conference.slug])


class ReleaseForm(forms.Form):
    """What the public is told about a version, and the decision that some drafts need."""

    notes = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Public. A sentence or two for who looks at the changes."),
    )
    keep_everyone = forms.BooleanField(
        label=gettext_lazy("Everybody keeps what they have"),
        required=False,
        help_text=gettext_lazy(
            "Release although people are worse off: nobody loses a seat, and a tutorial keeps as "
            "many seats as are taken."
        ),
    )

    def __init__(self, *args: Any, findings: list[schedule.Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(finding.blocks and finding.can_be_kept for finding in findings):
            del self.fields["keep_everyone"]


def release_page(
    model_admin: ConferenceModelAdmin, request: HttpRequest, slug: str
) -> HttpResponse:
    """Show what is wrong with the draft, and release it when asked by POST."""
    conference = get_object_or_404(Conference, slug=slug)
    draft = Schedule.objects.draft(conference)
    if not model_admin.has_change_permission(request, draft):
        raise PermissionDenied
    back = reverse("admin:tutorials_schedule_change", args=[draft.pk])
    findings = schedule.check(conference)
    form = ReleaseForm(request.POST if request.method == "POST" else None, findings=findings)
    if request.method == "POST" and form.is_valid():
        if _release(model_admin, request, conference, form.cleaned_data):
            return HttpResponseRedirect(back)
        findings = schedule.check(conference)
    anything_new = schedule.has_changes(conference)
    return tool_page(
        model_admin,
        request,
        _("Release the schedule of %(conference)s") % {"conference": conference},
        obj=draft,
        form=form if anything_new else None,
        sentences=_what_releasing_means(draft, anything_new),
        findings=findings,
        button=_("Release") if anything_new else "",
        back=back,
    )


def _release(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    conference: Conference,
    choices: dict[str, Any],
) -> Schedule | None:
    """The version that the public sees from now on; None, with a message, for a blocked draft."""
    try:
        released = schedule.release(conference, by=visitor(request), at=now(), **choices)
    except schedule.ReleaseBlocked:
        text = _("Nothing was released: mend what is marked below first, or decide about it.")
        messages.error(request, text)
        return None
    model_admin.log_addition(request, released, _("Released."))
    text = _("%(version)s is released: it is what the public sees now.")
    messages.success(request, text % {"version": released})
    return released


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
