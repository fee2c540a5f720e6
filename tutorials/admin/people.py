"""What the programme adds to the pages of people: what they present, and what they attend."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_inlines import FollowsItsForm
from conference.admin_pages import count_of
from conference.pages import visitor
from conference.roles import Action, rights_of
from conference.using import uses_listed
from people import admin as people_admin
from people.models import Attendee, Person, TicketKind
from tutorials.admin.attendee_import import AttendeeImportPages
from tutorials.admin.bulk import BulkAttendees
from tutorials.admin.presenters import LacksFilter, PresenterPages, PresentsAtFilter
from tutorials.admin.privacy import AttendeePrivacyPages
from tutorials.admin.tickets import AttendeeTicketPages, let_tickets_count
from tutorials.models import Change, CheckIn, Mail, Presenter, Registration, Tutorial
from tutorials.rights import deleted_people_seen, is_editable, may_edit_person, people_seen

admin.site.unregister([Attendee, Person, TicketKind])


@admin.register(Person)
class PersonAdmin(PresenterPages, people_admin.PersonAdmin):
    list_display = ["name", "sort_name", "own_email", "has_photo", "has_bio", "tutorials_count"]
    list_filter = [PresentsAtFilter, LacksFilter]
    search_fields = ["name", "sort_name", "n_email", "presenters__affiliation"]
    actions = ["send_links", "compare"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """With ``n_email``: the address, if it is the visitor's to see."""
        presented = count_of(Presenter.objects.all(), "person")
        address = Case(When(is_editable(rights_of(request)), then=F("email")), default=Value(""))
        people = self.seen_by(request, super().get_queryset(request))
        return people.annotate(n_tutorials=presented, n_email=address)

    def seen_by(self, request: HttpRequest, rows: QuerySet[Person]) -> QuerySet[Person]:
        """Those of the rows that the visitor may see."""
        return people_seen(rights_of(request), rows)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Who may see some programme; which people of it, ``get_queryset`` says."""
        return rights_of(request).anywhere(Action.SEE_PROGRAMME)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).anywhere(Action.EDIT_PROGRAMME)

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        rights = rights_of(request)
        if obj is None:
            return rights.anywhere(Action.EDIT_PROGRAMME)
        if not hasattr(obj, "is_editable"):
            obj.is_editable = may_edit_person(rights, obj)  # type: ignore[attr-defined]
        return obj.is_editable  # type: ignore[attr-defined]

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """No list tells letter by letter what a person's address or secret link is."""
        private = lookup.partition("__")[0] in ("email", "link_key")
        return not private and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Another address is another reader: the link that the old one was sent ends."""
        if change and "email" in form.changed_data:
            obj.link_key = ""
        super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        """Their address is for those alone who may edit them."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (
                name,
                {**options, "fields": [field for field in options["fields"] if field != "email"]},
            )
            for name, options in fieldsets
        ]

    def deleted_records(self, request: HttpRequest) -> QuerySet[Any]:
        """Of those who presented where the visitor edits the programme, or whom they deleted."""
        gone = Person.history.filter(history_type="-").exclude(id__in=Person.objects.values("pk"))
        return deleted_people_seen(rights_of(request), visitor(request), gone).order_by(
            "-history_id"
        )

    def may_bring_back(self, request: HttpRequest, record: Any) -> bool:
        """Whom one sees among the deleted, one may have back."""
        return self.has_change_permission(request)

    @admin.display(description=gettext_lazy("e-mail"), ordering="n_email")
    def own_email(self, person: Any) -> str:
        return person.n_email

    @admin.display(description=gettext_lazy("tutorials"), ordering="n_tutorials")
    def tutorials_count(self, person: Any) -> int:
        return person.n_tutorials

    def view_on_site(self, person: Person) -> str | None:
        """The page at the newest conference where something of theirs is public."""
        public = Tutorial.objects.public().filter(people=person).select_related("conference")
        newest = public.order_by("-conference__starts_on").first()
        if newest is None:
            return None
        return reverse("tutorials:presenter_detail", args=[newest.conference.slug, person.slug])


class RegistrationInline(FollowsItsForm, admin.TabularInline):
    """What an attendee is registered for; changed by the tools of each row's own page."""

    model = Registration
    fields = ["tutorial", "status", "registered_at"]
    readonly_fields = ["tutorial", "status", "registered_at"]
    ordering = ["-registered_at"]
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        rows = super().get_queryset(request)
        return rows.select_related("attendee", "tutorial__conference")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Attendee)
class AttendeeAdmin(
    BulkAttendees,
    AttendeePrivacyPages,
    AttendeeImportPages,
    AttendeeTicketPages,
    people_admin.AttendeeAdmin,
):
    inlines = [RegistrationInline]
    actions = ["confirm_claims", "withdraw_chosen"]
    list_display = [*people_admin.AttendeeAdmin.list_display, "registrations_count"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        live = count_of(Registration.objects.live(), "attendee")
        rows = super().get_queryset(request).select_related("conference", "user", "ticket_kind")
        return rows.annotate(n_registrations=live)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """How many registrations, where people register."""
        columns = super().get_list_display(request)
        registers = uses_listed(request).takes_registrations
        return [name for name in columns if registers or name != "registrations_count"]

    def get_inlines(self, request: HttpRequest, obj: Attendee | None) -> list[Any]:
        """What they are registered for, where people register."""
        registers = obj is not None and obj.conference.takes_registrations
        return [each for each in self.inlines if registers or each is not RegistrationInline]

    @admin.display(description=gettext_lazy("registrations"), ordering="n_registrations")
    def registrations_count(self, attendee: Any) -> int:
        return attendee.n_registrations

    def save_model(self, request: HttpRequest, obj: Attendee, form: Any, change: bool) -> None:
        """Who gains a ticket may be next for a seat that is free."""
        super().save_model(request, obj, form, change)
        if change and not {"ticket_number", "ticket_kind"}.isdisjoint(form.changed_data):
            let_tickets_count(request, pk=obj.pk)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One by one, since each deletion looks first whether seats hang on it."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Seats are given up by cancelling, so that whoever waits gets them; then a row may go.

        Locks the attendee, as registering does: no seat can be taken while this looks.
        """
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        ids = [attendee.pk for attendee in objs]
        list(Attendee.objects.select_for_update(no_key=True).filter(pk__in=ids))
        live = Registration.objects.live().filter(attendee__in=ids).select_related("tutorial")
        for row in live:
            address = reverse("admin:tutorials_registration_cancel", args=[row.pk])
            text = _("%(tutorial)s: cancel this registration first")
            protected.append(
                format_html('<a href="{}">{}</a>', address, text % {"tutorial": row.tutorial})
            )
        lacking -= {model._meta.verbose_name for model in (Registration, CheckIn, Change, Mail)}
        return to_delete, counts, lacking, protected


@admin.register(TicketKind)
class TicketKindAdmin(people_admin.TicketKindAdmin):
    def save_model(self, request: HttpRequest, obj: TicketKind, form: Any, change: bool) -> None:
        """Whose tickets carry the right to tutorials from now on may be next for a free seat."""
        super().save_model(request, obj, form, change)
        if change and "gives_tutorials" in form.changed_data:
            let_tickets_count(request, ticket_kind=obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One by one: the page of each says why it may have to stay."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A kind that attendees have stays; they are counted, for there may be thousands."""
        held = Attendee.objects.filter(ticket_kind__in=[kind.pk for kind in objs])
        number = held.count()
        if not number:
            return super().get_deleted_objects(objs, request)
        listed = reverse("admin:people_attendee_changelist")
        address = f"{listed}?ticket_kind__id__exact={objs[0].pk}"
        text = ngettext(
            "%(number)d attendee has this kind of ticket",
            "%(number)d attendees have this kind of ticket",
            number,
        )
        said = format_html('<a href="{}">{}</a>', address, text % {"number": number})
        return [], {}, set(), [said]
