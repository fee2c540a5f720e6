"""The admin's pages about registrations and check-ins: rows to read, and views that act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_pages import Autocomplete, ConferenceModelAdmin, Tool
from conference.admin_site import Part
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from people.models import Attendee
from tutorials import registration
from tutorials.admin.pages import tool_page
from tutorials.exports.attendance import attendance_response
from tutorials.models import CheckIn, Registration, Tutorial
from tutorials.standing import Refused

CHANGELIST = "admin:tutorials_registration_changelist"


def may_see_attendance(request: HttpRequest) -> bool:
    """Whether the visitor may see who registered."""
    return request.user.has_perm("tutorials.view_registration")


def attendance_list(
    request: HttpRequest, conference: Conference, tutorials: list[Tutorial] | None = None
) -> StreamingHttpResponse:
    """The attendance list as a download; addresses in it for who may see attendees.

    Raises ``PermissionDenied`` for who may not see registrations.
    """
    if not may_see_attendance(request):
        raise PermissionDenied
    with_email = request.user.has_perm("people.view_attendee")
    return attendance_response(conference, tutorials, with_email=with_email)


class ReadOnlyAdmin(ConferenceModelAdmin):
    """Rows that are looked at here and written elsewhere."""

    part = Part.ATTENDEES

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        name = self.opts.model_name
        return any(request.user.has_perm(f"tutorials.{may}_{name}") for may in ("view", "change"))


class RegisterForm(forms.Form):
    """Who is to be registered for what."""

    attendee = forms.ModelChoiceField(
        Attendee.objects.select_related("conference"), label=gettext_lazy("Attendee")
    )
    tutorial = forms.ModelChoiceField(
        Tutorial.objects.select_related("conference"), label=gettext_lazy("Tutorial")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget = Autocomplete(Registration._meta.get_field(name), admin.site)
            field.widget.choices = field.choices  # type: ignore[attr-defined]
            field.widget.is_required = field.required


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """Who has a seat or waits for one."""

    rank = 2
    conference_path = "tutorial__conference"
    list_display = ["attendee", "tutorial", "conference", "status", "place", "registered"]
    list_select_related = ["attendee", "tutorial__conference"]
    list_filter = ["tutorial__conference", "status", "cancelled_because"]
    search_fields = [
        "attendee__name",
        "attendee__email",
        "=attendee__badge_code",
        "=tutorial__code",
        "tutorial__title",
    ]
    date_hierarchy = "registered_at"
    ordering = ["-registered_at", "-pk"]
    fields = [
        "attendee",
        "tutorial",
        "status",
        "place",
        "registered_at",
        "confirmed_at",
        "offered_until",
        "cancelled_at",
        "cancelled_because",
    ]
    readonly_fields = ["place"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        ahead = (
            Registration.objects.waiting()
            .filter(tutorial=OuterRef("tutorial"), position__lte=OuterRef("position"))
            .order_by()
            .values("tutorial")
            .annotate(number=Count("pk"))
            .values("number")
        )
        rows = super().get_queryset(request).select_related("attendee", "tutorial__conference")
        return rows.annotate(n_place=Subquery(ahead, output_field=IntegerField()))

    @admin.display(description=gettext_lazy("conference"), ordering="tutorial__conference")
    def conference(self, row: Registration) -> str:
        return str(row.tutorial.conference)

    @admin.display(description=gettext_lazy("place in the queue"))
    def place(self, row: Any) -> int | None:
        return row.n_place

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: Registration) -> str:
        return row.tutorial.conference.in_words(row.registered_at)

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the visitor may register others and cancel for them."""
        return request.user.has_perm("tutorials.change_registration")

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        if not self.may_act(request):
            return []
        return [Tool(_("Register somebody"), reverse("admin:tutorials_registration_register"))]

    def tools(self, request: HttpRequest, obj: Registration) -> list[Tool]:
        if not self.may_act(request) or obj.status not in Registration.LIVE:
            return []
        address = reverse("admin:tutorials_registration_cancel", args=[obj.pk])
        return [Tool(_("Cancel the registration"), address)]

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path(
                "register/",
                guarded(self.register_view),
                name="tutorials_registration_register",
            ),
            path(
                "<int:pk>/cancel/",
                guarded(self.cancel_view),
                name="tutorials_registration_cancel",
            ),
            *super().get_urls(),
        ]

    def register_view(self, request: HttpRequest) -> HttpResponse:
        """Register an attendee for a tutorial, or say why that is refused."""
        if not self.may_act(request):
            raise PermissionDenied
        form = RegisterForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            row = self._register(request, form)
            if row is not None:
                address = reverse("admin:tutorials_registration_change", args=[row.pk])
                return HttpResponseRedirect(address)
        return tool_page(
            self,
            request,
            _("Register somebody for a tutorial"),
            form=form,
            sentences=[_("Where no seat is free, this gives the last place in the waiting list.")],
            button=_("Register"),
            back=reverse(CHANGELIST),
        )

    def _register(self, request: HttpRequest, form: RegisterForm) -> Registration | None:
        attendee, tutorial = form.cleaned_data["attendee"], form.cleaned_data["tutorial"]
        try:
            row = registration.register(attendee, tutorial, by=visitor(request), at=now())
        except Refused as refused:
            text = _("Refused, and the attendee would read: “%(message)s”")
            form.add_error(None, ValidationError(text % {"message": refused.refusal.message}))
            return None
        place = registration.place(row)
        if place is None:
            text = _("%(attendee)s has a seat in %(tutorial)s.")
        else:
            text = _("%(attendee)s waits for %(tutorial)s, at place %(place)d.")
        words = {"attendee": attendee, "tutorial": tutorial, "place": place}
        self.message_user(request, text % words, messages.SUCCESS)
        self.log_addition(request, row, _("Registered by an organiser."))
        return row

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel somebody's registration, after asking."""
        if not self.may_act(request):
            raise PermissionDenied
        row = get_object_or_404(
            Registration.objects.select_related("attendee", "tutorial__conference"), pk=pk
        )
        back = reverse("admin:tutorials_registration_change", args=[pk])
        live = row.status in Registration.LIVE
        if request.method == "POST":
            registration.cancel(
                row.attendee,
                row.tutorial,
                by=visitor(request),
                at=now(),
                because=Registration.Because.WITHDRAWN,
            )
            self.log_change(request, row, _("Cancelled by an organiser."))
            self.message_user(request, _("The registration is cancelled."), messages.SUCCESS)
            return HttpResponseRedirect(back)
        if live:
            sentences = [
                _("%(attendee)s loses the place in %(tutorial)s.")
                % {"attendee": row.attendee, "tutorial": row.tutorial},
                _("A seat that this frees goes to whoever is first in the waiting list."),
            ]
        else:
            sentences = [_("This registration is cancelled already.")]
        return tool_page(
            self,
            request,
            _("Cancel the registration?"),
            obj=row,
            sentences=sentences,
            button=_("Cancel the registration") if live else "",
            back=back,
            dangerous=True,
        )


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    """Who was let in, by whom and when."""

    rank = 3
    conference_path = "tutorial__conference"
    list_display = ["attendee", "tutorial", "conference", "kind", "when", "by", "device"]
    list_select_related = ["attendee", "tutorial__conference", "by"]
    list_filter = ["tutorial__conference", "kind"]
    search_fields = ["attendee__name", "=attendee__badge_code", "=tutorial__code", "device"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    fields = ["attendee", "tutorial", "kind", "at", "by", "device"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CheckIn]:
        rows = super().get_queryset(request)
        return rows.select_related("attendee", "tutorial__conference", "by")

    @admin.display(description=gettext_lazy("conference"), ordering="tutorial__conference")
    def conference(self, row: CheckIn) -> str:
        return str(row.tutorial.conference)

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, row: CheckIn) -> str:
        return row.tutorial.conference.in_words(row.at)
