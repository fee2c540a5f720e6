"""The admin's page about mail: what is in the queue, what failed and why, and “send again”.

A sample of each kind can be had, and what keeps mail from going out is said at the top.
"""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from conference.admin_pages import Tool
from conference.clock import now
from conference.models import Conference
from tutorials import mails
from tutorials.admin.lists import moment_in_list
from tutorials.admin.pages import tool_page
from tutorials.admin.registration import ReadOnlyAdmin
from tutorials.models import Mail
from tutorials.models.mail import MailKind

CHANGELIST = "admin:tutorials_mail_changelist"

# What a mail's times say of it, in the words that the list and its filter share.
STATES = {
    "sent": (_("sent"), Q(sent_at__isnull=False)),
    "dropped": (
        _("not sent: out of date"),
        Q(given_up_at__isnull=False, last_error=mails.NOT_TRUE),
    ),
    "given_up": (_("given up"), Q(given_up_at__isnull=False) & ~Q(last_error=mails.NOT_TRUE)),
    "failed": (
        _("failed, tried again"),
        Q(sent_at__isnull=True, given_up_at__isnull=True, attempts__gt=0),
    ),
    "queued": (_("to be sent"), Q(sent_at__isnull=True, given_up_at__isnull=True, attempts=0)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(name, str(words)) for name, (words, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        value = self.value()
        return queryset.filter(STATES[value][1]) if value in STATES else queryset


class SampleForm(forms.Form):
    """Which mail, about which conference, in which language."""

    kind = forms.ChoiceField(label=_("Mail"), choices=MailKind.choices)
    conference = forms.ModelChoiceField(Conference.objects.all(), label=_("Conference"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


def warnings_for(request: HttpRequest) -> list[str]:
    """What keeps mail from going out, for whom that concerns. One query."""
    return mails.what_is_wrong(now()) if request.user.has_perm("tutorials.view_mail") else []


def _address(request: HttpRequest) -> str:
    return getattr(request.user, "email", "")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """The queue."""

    rank = 4
    conference_path = "tutorial__conference"
    list_display = [
        "attendee",
        "code",
        "kind",
        "state",
        "written",
        "attempts",
        "error",
        "conference",
    ]
    list_select_related = ["attendee", "tutorial__conference"]
    list_filter = [StateFilter, "kind", "tutorial__conference"]
    search_fields = ["attendee__name", "attendee__email", "=tutorial__code"]
    ordering = ["-created_at", "-pk"]
    actions = ["send_again"]
    fields = [
        "attendee", "tutorial", "kind", "place", "state", "created_at", "attempts", "error",
    ]  # fmt: skip
    readonly_fields = ["state", "error"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        rows = super().get_queryset(request)
        return rows.select_related("attendee", "tutorial__conference")

    @admin.display(description=_("state"))
    def state(self, mail: Mail) -> str:
        if mail.sent_at:
            return str(STATES["sent"][0])
        if mail.given_up_at and mail.last_error == mails.NOT_TRUE:
            return str(STATES["dropped"][0])
        if mail.given_up_at:
            return str(STATES["given_up"][0])
        return str(STATES["failed" if mail.attempts else "queued"][0])

    @admin.display(description=_("last error"))
    def error(self, mail: Mail) -> str:
        return "" if mail.last_error == mails.NOT_TRUE else mail.last_error

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, mail: Mail) -> str:
        return moment_in_list(mail.tutorial.conference, mail.created_at)

    @admin.action(description=_("Send again what has not been sent"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        """Put it at the head of the queue; what has been sent stays as it is."""
        number = mails.send_again(list(queryset), at=now())
        self.message_user(
            request,
            ngettext(
                "%(number)d mail will be sent as soon as the worker comes to it.",
                "%(number)d mails will be sent as soon as the worker comes to them.",
                number,
            )
            % {"number": number},
            messages.SUCCESS,
        )

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        return [Tool(_("Send a sample to yourself"), reverse("admin:tutorials_mail_sample"))]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"warnings": warnings_for(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        sample = self.admin_site.admin_view(self.sample_view)
        return [path("sample/", sample, name="tutorials_mail_sample"), *super().get_urls()]

    def sample_view(self, request: HttpRequest) -> HttpResponse:
        """Send the visitor a mail as an attendee would get it, about somebody made up."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            form = SampleForm(request.POST)
            if form.is_valid() and self._send_sample(request, form):
                return HttpResponseRedirect(reverse("admin:tutorials_mail_sample"))
        else:
            language, conference = get_language(), Conference.objects.current()
            form = SampleForm(initial={"language": language, "conference": conference})
        return tool_page(
            self,
            request,
            gettext("Send a sample to yourself"),
            form=form,
            sentences=[
                gettext("It goes to %(address)s at once, and its links lead to nothing.")
                % {"address": _address(request)},
                *warnings_for(request),
            ],
            button=gettext("Send"),
            back=reverse(CHANGELIST),
        )

    def _send_sample(self, request: HttpRequest, form: SampleForm) -> bool:
        chosen = form.cleaned_data
        sample = mails.sample_of(
            MailKind(chosen["kind"]),
            chosen["conference"],
            address=_address(request),
            language=chosen["language"],
            at=now(),
        )
        if sample is None:
            form.add_error("conference", gettext("It has no public tutorial to write about yet."))
            return False
        try:
            sample.send()
        except (SMTPException, OSError) as error:
            text = gettext("It could not be sent: %(error)s")
            form.add_error(None, text % {"error": f"{type(error).__name__}: {error}"})
            return False
        if nowhere := mails.where_it_went_instead():
            self.message_user(request, nowhere, messages.WARNING)
        else:
            self.message_user(request, gettext("The sample is on its way."), messages.SUCCESS)
        return True
