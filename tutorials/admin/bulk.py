"""What is done with many rows of a list at once, and asks before it does it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_pages import ConferenceModelAdmin
from conference.clock import now
from conference.pages import visitor
from conference.roles import Action, rights_of
from people.models import Attendee
from tutorials import registration
from tutorials.admin.pages import CancelForm, tool_page
from tutorials.admin.participation import may_act
from tutorials.models import Registration, Track, Tutorial
from tutorials.standing import Refused

KEEP = "keep"  # leaves a field as it is in each row


class _Chosen(forms.Form):
    """Which rows were chosen in the list, carried along while one is asked."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("action", "select_across"):
            self._carry(name, forms.HiddenInput(), request.POST.get(name, ""))
        chosen = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        self._carry(helpers.ACTION_CHECKBOX_NAME, forms.MultipleHiddenInput(), chosen)
        self._carry("answered", forms.HiddenInput(), "yes")

    def _carry(self, name: str, widget: forms.Widget, value: Any) -> None:
        self.fields[name] = forms.Field(widget=widget, initial=value, required=False)


class TrackAndLevelForm(_Chosen):
    """Where the chosen tutorials go, and how hard they are."""

    track = forms.ChoiceField(label=gettext_lazy("Track"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)

    def __init__(self, *args: Any, tracks: QuerySet[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_it_is = (KEEP, _("As it is"))
        none = ("", _("None"))
        named = [(str(track.pk), track.name) for track in tracks]
        for name, choices in (("track", named), ("level", [*Tutorial.Level.choices])):
            field: Any = self.fields[name]
            field.choices = [as_it_is, none, *choices]
            field.initial = KEEP


class ReasonForm(_Chosen, CancelForm):
    """Why the chosen are called off."""


def _is_answered(request: HttpRequest) -> bool:
    return "answered" in request.POST


def _ask(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    form: forms.Form,
    title: str,
    button: str,
    *sentences: str,
    dangerous: bool = False,
) -> HttpResponse:
    return tool_page(
        model_admin,
        request,
        title,
        form=form,
        sentences=list(sentences),
        button=button,
        back=request.get_full_path(),
        dangerous=dangerous,
    )


class BulkTutorials(ConferenceModelAdmin):
    """For the list of tutorials."""

    @admin.action(description=gettext_lazy("Set track or level …"), permissions=["change"])
    def set_track_or_level(
        self, request: HttpRequest, queryset: QuerySet[Tutorial]
    ) -> HttpResponse | None:
        """Put tutorials of one conference into a track, or say their level."""
        conferences = set(queryset.order_by().values_list("conference", flat=True))
        if len(conferences) != 1:
            text = _("A track is of one conference. Choose tutorials of one only.")
            self.message_user(request, text, messages.ERROR)
            return None
        tracks = Track.objects.filter(conference__in=conferences).order_by("position", "pk")
        answered = _is_answered(request)
        form = TrackAndLevelForm(request.POST if answered else None, request=request, tracks=tracks)
        if not answered or not form.is_valid():
            title = _("Set track or level of the chosen tutorials")
            return _ask(self, request, form, title, _("Save"))
        changed = self._set(request, queryset, form.cleaned_data)
        text = ngettext("%(number)d tutorial changed.", "%(number)d tutorials changed.", changed)
        self.message_user(request, text % {"number": changed}, messages.SUCCESS)
        return None

    def _set(
        self, request: HttpRequest, queryset: QuerySet[Tutorial], wanted: dict[str, str]
    ) -> int:
        changed = 0
        for tutorial in queryset:
            before = (tutorial.track_id, tutorial.level)
            if wanted["track"] != KEEP:
                tutorial.track_id = int(wanted["track"]) if wanted["track"] else None
            if wanted["level"] != KEEP:
                tutorial.level = wanted["level"]
            if (tutorial.track_id, tutorial.level) != before:
                tutorial.save(update_fields=["track", "level", "updated_at"])
                self.log_change(request, tutorial, [{"changed": {"fields": ["track", "level"]}}])
                changed += 1
        return changed


class BulkRegistrations(ConferenceModelAdmin):
    """For the list of registrations."""

    def has_act_permission(self, request: HttpRequest) -> bool:
        return may_act(request)

    @admin.action(description=gettext_lazy("Cancel …"), permissions=["act"])
    def cancel_chosen(
        self, request: HttpRequest, queryset: QuerySet[Registration]
    ) -> HttpResponse | None:
        """Cancel registrations, each as by its own page: seats go to who waits, people are told."""
        answered = _is_answered(request)
        form = ReasonForm(request.POST if answered else None, request=request)
        mine = rights_of(request).limit(queryset, Action.MANAGE_ATTENDEES, self.conference_path)
        rows = mine.filter(status__in=Registration.LIVE).select_related("attendee", "tutorial")
        if not answered or not form.is_valid():
            number = rows.count()
            text = ngettext(
                "%(number)d registration is cancelled. Whoever waits gets the seat.",
                "%(number)d registrations are cancelled. Whoever waits gets the seats.",
                number,
            )
            return _ask(
                self,
                request,
                form,
                _("Cancel the chosen registrations?"),
                _("Cancel the registrations"),
                text % {"number": number},
                _("Each of them is told by mail."),
                dangerous=True,
            )
        done = 0
        for row in rows:
            try:
                registration.cancel(
                    row.attendee,
                    row.tutorial,
                    by=visitor(request),
                    at=now(),
                    because=Registration.Because.WITHDRAWN,
                    reason=form.cleaned_data["reason"],
                )
                done += 1
            except Refused as refused:
                self.message_user(
                    request, f"{row.attendee}: {refused.refusal.message}", messages.WARNING
                )
        text = ngettext(
            "%(number)d registration is cancelled.", "%(number)d registrations are cancelled.", done
        )
        self.message_user(request, text % {"number": done}, messages.SUCCESS)
        return None


class BulkAttendees(ConferenceModelAdmin):
    """For the list of attendees."""

    @admin.action(description=gettext_lazy("Withdraw …"), permissions=["change"])
    def withdraw_chosen(
        self, request: HttpRequest, queryset: QuerySet[Attendee]
    ) -> HttpResponse | None:
        """Take back the place of attendees, and with it all that they are registered for."""
        answered = _is_answered(request)
        form = ReasonForm(request.POST if answered else None, request=request)
        rows = queryset.filter(withdrawn_at__isnull=True)
        if not answered or not form.is_valid():
            number = rows.count()
            text = ngettext(
                "%(number)d attendee is withdrawn, with all that they are registered for.",
                "%(number)d attendees are withdrawn, with all that they are registered for.",
                number,
            )
            return _ask(
                self,
                request,
                form,
                _("Withdraw the chosen attendees?"),
                _("Withdraw them"),
                text % {"number": number},
                _("Each of them is told by mail. It can be taken back, but not their seats."),
                dangerous=True,
            )
        done = 0
        for attendee in rows:
            registration.withdraw(
                attendee, by=visitor(request), at=now(), reason=form.cleaned_data["reason"]
            )
            self.log_change(request, attendee, _("Withdrawn."))
            done += 1
        text = ngettext(
            "%(number)d attendee is withdrawn.", "%(number)d attendees are withdrawn.", done
        )
        self.message_user(request, text % {"number": done}, messages.SUCCESS)
        return None
