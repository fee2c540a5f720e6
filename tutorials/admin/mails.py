"""The admin's page about mail: what is in the queue, what failed and why, and “send again”."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from conference.clock import now
from tutorials import mails
from tutorials.admin.registration import ReadOnlyAdmin
from tutorials.models import Mail

# What a mail's times say of it, in the words that the list and its filter share.
STATES = {
    "sent": (_("sent"), Q(sent_at__isnull=False)),
    "given_up": (_("given up"), Q(given_up_at__isnull=False)),
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


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """The queue."""

    rank = 4
    conference_path = "tutorial__conference"
    list_display = ["attendee", "tutorial", "kind", "state", "written", "attempts", "last_error"]
    list_select_related = ["attendee", "tutorial__conference"]
    list_filter = [StateFilter, "kind", "tutorial__conference"]
    search_fields = ["attendee__name", "attendee__email", "=tutorial__code"]
    ordering = ["-created_at", "-pk"]
    actions = ["send_again"]
    fields = [
        "attendee", "tutorial", "kind", "place", "state", "written", "attempts", "last_error",
    ]  # fmt: skip
    readonly_fields = ["state", "written"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        rows = super().get_queryset(request)
        return rows.select_related("attendee", "tutorial__conference")

    @admin.display(description=_("state"))
    def state(self, mail: Mail) -> str:
        if mail.sent_at:
            return str(STATES["sent"][0])
        if mail.given_up_at:
            return str(STATES["given_up"][0])
        return str(STATES["failed" if mail.attempts else "queued"][0])

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, mail: Mail) -> str:
        return mail.tutorial.conference.in_words(mail.created_at)

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
