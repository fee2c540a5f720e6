"""The admin's pages about tutorials."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from conference.admin_history import WithHistory
from conference.admin_inlines import ConferenceInline
from conference.admin_pages import Tool, count_of
from conference.clock import now
from conference.pages import visitor
from conference.roles import Action
from conference.using import uses_listed, uses_seen
from tutorials import mails, registration
from tutorials.admin.bulk import BulkTutorials
from tutorials.admin.capacity import counts_in_words, seats_page
from tutorials.admin.history import may_see_history
from tutorials.admin.pages import CancelForm, let_seats_follow, tool_page
from tutorials.admin.participation import may_act
from tutorials.admin.presenting import MaterialInline, OnlineLinkInline
from tutorials.admin.programme_import import ProgrammeFilePages
from tutorials.admin.registration import attendance_list, may_see_attendance
from tutorials.admin.versions import TimeFilter
from tutorials.models import OnlineLink, Presenter, Registration, Slot, Tutorial
from tutorials.visibility import visibility


class PresenterInline(ConferenceInline):
    """Who presents, in billing order."""

    model = Presenter
    fields = ["position", "person", "affiliation"]
    autocomplete_fields = ["person"]
    ordering = ["position", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Presenter]:
        return super().get_queryset(request).select_related("person")


SEATS: Any = (
    gettext_lazy("Seats"),
    {"fields": [("capacity", "kept_back"), "seats_in_words", "counts"]},
)
WINDOW: Any = (
    gettext_lazy("When registration is open"),
    {"fields": ["registration_opens_at", "registration_closes_at"]},
)


@admin.register(Tutorial)
class TutorialAdmin(BulkTutorials, WithHistory, ProgrammeFilePages):
    """A tutorial. Its state and its seats are shown; buttons and the domain change them."""

    rank = 5
    kept_as_is = ("status", "published_at", "cancelled_at", "capacity", "kept_back")
    history_children = ((Presenter, "tutorial"), (Slot, "tutorial"), (OnlineLink, "tutorial"))
    inlines = [PresenterInline, MaterialInline, OnlineLinkInline]
    list_display = [
        "code",
        "title",
        "track",
        "status",
        "seats_in_words",
        "waiting_count",
        "slots_count",
        "presenters_count",
        "conference",
    ]
    list_display_links = ["code", "title"]
    list_select_related = ["conference", "track"]
    list_filter = [
        "conference",
        "status",
        TimeFilter,
        "level",
        ("track", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["=code", "title", "presenters__person__name"]
    autocomplete_fields = ["conference", "track", "twin"]
    markdown_fields = (
        "abstract",
        "outline",
        "audience",
        "prerequisites",
        "outcomes",
        "what_to_bring",
        "materials",
    )
    ordering = [
        "-conference__starts_on",
        F("track__position").asc(nulls_last=True),
        F("track_id").asc(nulls_last=True),
        "position",
        "pk",
    ]
    readonly_fields = [
        "status",
        "published_at",
        "cancelled_at",
        "seats_in_words",
        "counts",
        "when_and_where",
        "public",
    ]
    actions = ["publish_selected", "set_track_or_level", "export_attendance"]
    fieldsets = [
        (None, {"fields": ["conference", "title", "code", "track", "position", "level"]}),
        (
            gettext_lazy("Now"),
            {"fields": ["public", ("status", "published_at", "cancelled_at"), "when_and_where"]},
        ),
        SEATS,
        (
            gettext_lazy("Description"),
            {
                "fields": [
                    "abstract",
                    "outline",
                    "audience",
                    "prerequisites",
                    "outcomes",
                    "what_to_bring",
                    "materials",
                ]
            },
        ),
        (gettext_lazy("For organisers"), {"fields": ["notes", "twin", "slug"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tutorial]:
        draft = Slot.objects.filter(schedule__number__isnull=True)
        tutorials = super().get_queryset(request).select_related("conference", "track")
        return tutorials.annotate(
            n_presenters=count_of(Presenter.objects.all(), "tutorial"),
            n_slots=count_of(draft, "tutorial"),
            n_waiting=count_of(Registration.objects.waiting(), "tutorial"),
        )

    @admin.display(description=gettext_lazy("presenters"), ordering="n_presenters")
    def presenters_count(self, tutorial: Any) -> int:
        return tutorial.n_presenters

    @admin.display(description=gettext_lazy("times"), ordering="n_slots")
    def slots_count(self, tutorial: Any) -> int:
        return tutorial.n_slots

    @admin.display(description=gettext_lazy("waiting"), ordering="n_waiting")
    def waiting_count(self, tutorial: Any) -> int:
        return getattr(tutorial, "n_waiting", 0)

    @admin.display(description=gettext_lazy("seats taken"), ordering="seats_taken")
    def seats_in_words(self, tutorial: Tutorial) -> str:
        if tutorial.seats is None:
            return _("%(taken)d, no limit") % {"taken": tutorial.seats_taken}
        return _("%(taken)d of %(seats)d") % {
            "taken": tutorial.seats_taken,
            "seats": tutorial.seats,
        }

    @admin.display(description=gettext_lazy("registrations"))
    def counts(self, tutorial: Tutorial) -> str:
        return "–" if tutorial.pk is None else counts_in_words(tutorial)

    def brought_back(self, request: HttpRequest, row: Tutorial) -> None:
        let_seats_follow(request, [row.pk])

    @admin.display(description=gettext_lazy("public"))
    def public(self, tutorial: Tutorial) -> str:
        return "–" if tutorial.pk is None else str(visibility(tutorial))

    @admin.display(description=gettext_lazy("when and where, in the draft"))
    def when_and_where(self, tutorial: Tutorial) -> str:
        if tutorial.pk is None:
            return "–"
        slots = tutorial.slots.filter(schedule__number__isnull=True).select_related(
            "session__schedule__conference", "room"
        )
        places = [f"{slot.session}, {slot.room or _('no room yet')}" for slot in slots.in_order()]
        return "; ".join(places) or _("To be announced.")

    def view_on_site(self, tutorial: Tutorial) -> str | None:
        return tutorial.get_absolute_url() if tutorial.is_public else None

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "abstract":
            field.widget.attrs["rows"] = 12
        return field

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Seats and who waits for one are columns where some conference listed has them."""
        uses, columns = uses_listed(request), list(super().get_list_display(request))
        if not uses.takes_registrations:
            columns.remove("seats_in_words")
        if not uses.has_waiting_list:
            columns.remove("waiting_count")
        return columns

    def get_fieldsets(self, request: HttpRequest, obj: Tutorial | None = None) -> Any:
        """Seats are for what takes registrations; a window, once it is known on whose clocks."""
        fieldsets = list(super().get_fieldsets(request, obj))
        conference = obj.conference if obj else None
        if not (conference or uses_seen(request)).takes_registrations:
            fieldsets.remove(SEATS)
        elif obj:
            fieldsets.insert(fieldsets.index(SEATS) + 1, WINDOW)
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Tutorial | None = None) -> Any:
        """The seats of a tutorial that is there are changed on a page of their own."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "capacity", "kept_back"] if obj else fixed

    def save_model(self, request: HttpRequest, obj: Tutorial, form: Any, change: bool) -> None:
        """Write only what the form has: seats and states are others' to write meanwhile."""
        if change:
            edited = {*form.changed_data, "code", "slug", "updated_at"}
            own = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=edited & own)
        else:
            super().save_model(request, obj, form, change)

    def tools(self, request: HttpRequest, obj: Tutorial) -> list[Tool]:
        tools = []
        may_change = self.has_change_permission(request, obj)
        if may_change and obj.status in (Tutorial.Status.PROPOSED, Tutorial.Status.DRAFT):
            tools.append(Tool(_("Publish"), _address("publish", obj), changes=True))
        registers = obj.conference.takes_registrations
        if may_change and registers and not obj.is_cancelled:
            tools.append(Tool(_("Change the seats"), _address("seats", obj)))
        if may_change and not obj.is_cancelled:
            tools.append(Tool(_("Cancel the tutorial"), _address("cancel", obj)))
        if registers and may_act(request, obj.conference):
            listed = reverse("admin:tutorials_registration_changelist")
            tools.append(Tool(_("Registrations"), f"{listed}?tutorial__id__exact={obj.pk}"))
        if registers and may_see_history(request, obj.conference):
            history = reverse("admin:tutorials_change_changelist")
            tools.append(
                Tool(_("What happened to its seats"), f"{history}?tutorial__id__exact={obj.pk}")
            )
        if may_see_attendance(request, obj.conference):
            lists = reverse("tutorials:lists", args=[obj.conference.slug])
            query = urlencode({"tutorial": obj.slug})
            tools.append(Tool(_("Lists and sheets"), f"{lists}?{query}"))
        return tools

    def get_urls(self) -> list[URLPattern]:
        def own(view: Any, name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{name}/", guarded, name=f"tutorials_tutorial_{name}")

        return [
            own(self.publish_view, "publish"),
            own(self.seats_view, "seats"),
            own(self.cancel_view, "cancel"),
            own(self.attendance_view, "attendance"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish one tutorial, and go back to its page."""
        tutorial = self.asked_for(request, pk)
        self._publish(request, [tutorial])
        return HttpResponseRedirect(reverse("admin:tutorials_tutorial_change", args=[pk]))

    def seats_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change how many seats there are."""
        return seats_page(self, request, self.asked_for(request, pk))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what cancelling would mean, and do it when asked by POST."""
        tutorial = self.asked_for(request, pk)
        back = reverse("admin:tutorials_tutorial_change", args=[pk])
        form = CancelForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            ended = registration.cancel_tutorial(
                tutorial, by=visitor(request), at=now(), reason=reason
            )
            self.log_change(request, tutorial, _("Cancelled the tutorial."))
            text = _("The tutorial is cancelled.")
            if tutorial.conference.takes_registrations:
                text = ngettext(
                    "The tutorial is cancelled, and %(number)d registration with it.",
                    "The tutorial is cancelled, and %(number)d registrations with it.",
                    ended,
                )
            self.message_user(request, text % {"number": ended}, messages.SUCCESS)
            return HttpResponseRedirect(back)
        return tool_page(
            self,
            request,
            _("Cancel %(tutorial)s?") % {"tutorial": tutorial},
            obj=tutorial,
            form=None if tutorial.is_cancelled else form,
            sentences=_what_cancelling_means(tutorial),
            button="" if tutorial.is_cancelled else _("Cancel the tutorial"),
            back=back,
            dangerous=True,
        )

    def attendance_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The attendance list of one tutorial."""
        tutorial = self.asked_for(request, pk, Action.SEE_ATTENDEES)
        return attendance_list(request, tutorial.conference, [tutorial])

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Tutorial]) -> None:
        self._publish(request, list(queryset))

    def has_attendance_permission(self, request: HttpRequest) -> bool:
        return self.may(request, Action.SEE_ATTENDEES)

    @admin.action(
        description=gettext_lazy("Export the attendance list (CSV)"), permissions=["attendance"]
    )
    def export_attendance(
        self, request: HttpRequest, queryset: QuerySet[Tutorial]
    ) -> HttpResponseBase | None:
        tutorials = list(queryset)
        if len({tutorial.conference_id for tutorial in tutorials}) > 1:
            text = _("A list is of one conference. Choose tutorials of one only.")
            self.message_user(request, text, messages.ERROR)
            return None
        return attendance_list(request, tutorials[0].conference, tutorials)

    def _publish(self, request: HttpRequest, tutorials: list[Tutorial]) -> None:
        published = []
        for tutorial in tutorials:
            try:
                tutorial.publish(at=now())
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                published.append(tutorial)
                self.log_change(request, tutorial, _("Published."))
        if published:
            number = len(published)
            text = ngettext(
                "%(number)d %(name)s is public now.", "%(number)d %(name)s are public now.", number
            )
            words = {"number": number, "name": model_ngettext(self.opts, number)}
            self.message_user(request, text % words, messages.SUCCESS)


def _address(name: str, tutorial: Tutorial) -> str:
    return reverse(f"admin:tutorials_tutorial_{name}", args=[tutorial.pk])


def _what_cancelling_means(tutorial: Tutorial) -> list[str]:
    if tutorial.is_cancelled:
        return [_("This tutorial is cancelled already.")]
    sentences = _who_loses_it(tutorial) if tutorial.conference.takes_registrations else []
    if tutorial.is_public:
        sentences.append(_("Its page stays and says that the tutorial is cancelled."))
    sentences.append(_("This cannot be taken back."))
    return sentences


def _who_loses_it(tutorial: Tutorial) -> list[str]:
    seated = tutorial.registrations.seated().count()
    waiting = tutorial.registrations.waiting().count()
    sentences = [
        ngettext(
            "%(number)d person has a seat and loses it.",
            "%(number)d people have a seat and lose it.",
            seated,
        )
        % {"number": seated},
    ]
    if waiting:
        text = ngettext(
            "%(number)d person waits and is taken off the list.",
            "%(number)d people wait and are taken off the list.",
            waiting,
        )
        sentences.append(text % {"number": waiting})
    if seated + waiting:
        sentences.append(_who_is_told(tutorial))
    return sentences


def _who_is_told(tutorial: Tutorial) -> str:
    live = tutorial.registrations.live().select_related("attendee__user")
    addresses = [mails.address_of(row.attendee) for row in live]
    told, silent = sum(map(bool, addresses)), addresses.count("")
    text = ngettext(
        "%(number)d mail goes out; it names tutorials that have free seats.",
        "%(number)d mails go out; they name tutorials that have free seats.",
        told,
    )
    if silent:
        text += " " + ngettext(
            "%(silent)d person has no e-mail address and is not told.",
            "%(silent)d people have no e-mail address and are not told.",
            silent,
        )
    return text % {"number": told, "silent": silent}
