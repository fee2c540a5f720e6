"""The admin's pages about mail: what is in the queue, what failed and why, and “send again”.

Mails go to attendees, letters to presenters and colleagues. A sample of each kind can be had, and
what keeps mail from going out is said at the top.
"""

from __future__ import annotations

from collections.abc import Iterator
from smtplib import SMTPException
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from conference.admin_pages import Tool
from conference.clock import now
from conference.models import Conference
from conference.roles import Action, rights_of
from conference.using import OnlyWhereUsed, uses_seen
from tutorials import mails
from tutorials.admin.lists import moment_in_list
from tutorials.admin.pages import tool_page
from tutorials.admin.registration import ReadOnlyAdmin
from tutorials.models import Letter, Mail
from tutorials.models.mail import LetterKind, MailKind

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

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(STATES[value][1]) if value in STATES else queryset


OF_THE_QUEUE = frozenset({MailKind.WAITING, MailKind.GOT_IN, MailKind.MOVED_BACK})


def kinds_used(request: HttpRequest) -> list[tuple[str, Any]]:
    """The kinds of mail that attendees may get, by their words."""
    waits = uses_seen(request).has_waiting_list
    return [(kind, words) for kind, words in MailKind.choices if waits or kind not in OF_THE_QUEUE]


class KindFilter(admin.ChoicesFieldListFilter):
    """By the kinds that attendees may get."""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, request, *args, **kwargs)
        self.words = {str(words) for _kind, words in kinds_used(request)}

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The first is for all."""
        first, *rest = super().choices(changelist)
        yield first
        yield from (choice for choice in rest if str(choice["display"]) in self.words)


class SampleForm(forms.Form):
    """Which mail, about which conference, in which language."""

    kind = forms.ChoiceField(label=_("Mail"))
    conference = forms.ModelChoiceField(Conference.objects.none(), label=_("Conference"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(
        self,
        *args: Any,
        kinds: list[tuple[str, str]],
        conferences: QuerySet[Conference],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["conference"].queryset = conferences  # type: ignore[attr-defined]


def warnings_for(request: HttpRequest) -> list[str]:
    """What keeps mail from going out, for whom that concerns. One query."""
    concerned = rights_of(request).anywhere(Action.MANAGE_ATTENDEES)
    return mails.what_is_wrong(now()) if concerned else []


def _address(request: HttpRequest) -> str:
    return getattr(request.user, "email", "")


class QueueAdmin(ReadOnlyAdmin):
    """Rows of the queue, with “send again” and a sample of each kind."""

    change_list_template = "admin/tutorials/mail/change_list.html"
    ordering = ["-created_at", "-pk"]
    actions = ["send_again"]
    readonly_fields = ["state", "error"]

    def kinds_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        """The kinds that there are, by their words."""
        raise NotImplementedError

    def own_address(self, page: str) -> str:
        return reverse(f"admin:tutorials_{self.opts.model_name}_{page}")

    @admin.display(description=_("state"))
    def state(self, mail: Mail | Letter) -> str:
        if mail.sent_at:
            return str(STATES["sent"][0])
        if mail.given_up_at and mail.last_error == mails.NOT_TRUE:
            return str(STATES["dropped"][0])
        if mail.given_up_at:
            return str(STATES["given_up"][0])
        return str(STATES["failed" if mail.attempts else "queued"][0])

    @admin.display(description=_("last error"))
    def error(self, mail: Mail | Letter) -> str:
        return "" if mail.last_error == mails.NOT_TRUE else mail.last_error

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, mail: Mail | Letter) -> str:
        return moment_in_list(self.conference_of(mail), mail.created_at)

    @admin.action(description=_("Send again what has not been sent"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put it at the head of the queue; what has been sent stays as it is."""
        number = mails.send_again(queryset, at=now())
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
        return [Tool(_("Send a sample to yourself"), self.own_address("sample"))]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"warnings": warnings_for(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        sample = self.admin_site.admin_view(self.sample_view)
        name = f"tutorials_{self.opts.model_name}_sample"
        return [path("sample/", sample, name=name), *super().get_urls()]

    def sample_view(self, request: HttpRequest) -> HttpResponse:
        """Send the visitor a mail as others would get it, about somebody made up."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        conferences, kinds = self.conferences(request), self.kinds_of(request)
        if request.method == "POST":
            form = SampleForm(request.POST, kinds=kinds, conferences=conferences)
            if form.is_valid() and self._send_sample(request, form):
                return HttpResponseRedirect(self.own_address("sample"))
        else:
            initial = {"language": get_language(), "conference": conferences.current()}
            form = SampleForm(initial=initial, kinds=kinds, conferences=conferences)
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
            back=self.own_address("changelist"),
        )

    def sample(
        self, kind: str, conference: Conference, *, address: str, language: str
    ) -> EmailMultiAlternatives | None:
        """The mail itself; None where the conference has nothing to show in it."""
        raise NotImplementedError

    def _send_sample(self, request: HttpRequest, form: SampleForm) -> bool:
        chosen = form.cleaned_data
        sample = self.sample(
            chosen["kind"],
            chosen["conference"],
            address=_address(request),
            language=chosen["language"],
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


@admin.register(Mail)
class MailAdmin(OnlyWhereUsed, QueueAdmin):
    """What attendees are told."""

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
    list_filter = [StateFilter, ("kind", KindFilter), "tutorial__conference"]
    search_fields = ["attendee__name", "attendee__email", "=tutorial__code"]
    fields = [
        "attendee", "tutorial", "kind", "place", "state", "created_at", "attempts", "error",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        rows = super().get_queryset(request)
        return rows.select_related("attendee", "tutorial__conference")

    def get_fields(self, request: HttpRequest, obj: Mail | None = None) -> list[Any]:
        """The place in the queue of a mail that says one."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "place" or obj is None or obj.place is not None]

    def kinds_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return kinds_used(request)

    def sample(
        self, kind: str, conference: Conference, *, address: str, language: str
    ) -> EmailMultiAlternatives | None:
        return mails.sample_of(
            MailKind(kind), conference, address=address, language=language, at=now()
        )


@admin.register(Letter)
class LetterAdmin(QueueAdmin):
    """What presenters and colleagues are told."""

    sees = changes = Action.EDIT_PROGRAMME
    rank = 5
    list_display = ["reader", "kind", "state", "written", "attempts", "error", "conference"]
    list_filter = [StateFilter, "kind", "conference"]
    search_fields = ["person__name", "person__email", "invitation__email"]
    fields = [
        "reader", "conference", "kind", "state", "created_at", "attempts", "error",
    ]  # fmt: skip
    readonly_fields = ["reader", "state", "error"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        return super().get_queryset(request).select_related("person", "invitation", "conference")

    def kinds_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return LetterKind.choices

    def seen_by(self, request: HttpRequest, rows: QuerySet[Letter]) -> QuerySet[Letter]:
        """Who is invited to the team is for those who may invite."""
        rights = rights_of(request)
        seen = super().seen_by(request, rows)
        if rights.everywhere:
            return seen
        inviting = rights.where(Action.MANAGE_CONFERENCE)
        return seen.filter(~Q(kind=LetterKind.INVITATION) | Q(conference__in=inviting))

    @admin.display(description=_("to"))
    def reader(self, letter: Letter) -> str:
        return str(letter.person or (letter.invitation and letter.invitation.email) or "–")

    @admin.display(description=_("conference"), ordering="conference")
    def conference(self, letter: Letter) -> str:
        return str(letter.conference)

    def sample(
        self, kind: str, conference: Conference, *, address: str, language: str
    ) -> EmailMultiAlternatives | None:
        return mails.letter_sample_of(
            LetterKind(kind), conference, address=address, language=language, at=now()
        )
