"""The admin's pages about people: who presents, who attends, and who has an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from conference.admin_choices import HTTPS
from conference.admin_history import WithHistory
from conference.admin_inlines import FollowsItsForm, InlineFormSet
from conference.admin_markdown import WithMarkdown
from conference.admin_pages import ConferenceModelAdmin, SuperusersAlone, count_of
from conference.admin_pictures import ForgetsPictures
from conference.admin_site import Part
from conference.roles import Action, rights_of
from conference.using import uses_listed, uses_seen
from people import photos
from people.accounts import address_was_changed
from people.models import Attendee, Membership, Person, PersonLink, TicketKind, User

# Roles at conferences say who may do what; a group would be one more place to look.
admin.site.unregister(Group)


class PersonForm(forms.ModelForm):
    class Meta:
        # Not the form's own image field, which would open the upload before its size is known.
        field_classes = {"photo": forms.FileField}

    def clean_photo(self) -> Any:
        """The upload as a small square picture; raises ``ValidationError`` for anything else."""
        photo = self.cleaned_data["photo"]
        return photos.clean_photo(photo) if isinstance(photo, UploadedFile) else photo


class PersonLinkInline(FollowsItsForm, admin.TabularInline):
    model = PersonLink
    formset = InlineFormSet
    fields = ["position", "label", "url"]
    formfield_overrides = HTTPS
    extra = 1


@admin.register(Person)
class PersonAdmin(ForgetsPictures, WithHistory, WithMarkdown, admin.ModelAdmin):
    """Somebody who presents."""

    part = Part.PRESENTERS
    rank = 1
    picture = "photo"
    kept_as_is = ("photo",)  # the file of an older one may be gone
    history_children = ((PersonLink, "person"),)
    form = PersonForm
    inlines = [PersonLinkInline]
    list_display = ["name", "sort_name", "email", "has_photo", "has_bio"]
    search_fields = ["name", "sort_name", "email"]
    markdown_fields = ("bio",)
    ordering = ["sort_name", "pk"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["name", "sort_name", "email"]}),
        (_("On the pages"), {"fields": ["photo", "bio", "slug"]}),
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"tools": self.list_tools(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=_("photo"), boolean=True, ordering="photo")
    def has_photo(self, person: Person) -> bool:
        return bool(person.photo)

    @admin.display(description=_("about"), boolean=True)
    def has_bio(self, person: Person) -> bool:
        return bool(person.bio)


class TicketFilter(admin.SimpleListFilter):
    """Who has a ticket, and one with the right to tutorials."""

    title = _("ticket")
    parameter_name = "ticket"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("tutorials", _("Includes tutorials")),
            ("without", _("Without tutorials")),
            ("none", _("None")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> QuerySet[Attendee]:
        if self.value() == "none":
            return queryset.filter(ticket_number="")
        with_ticket = queryset.exclude(ticket_number="")
        if self.value() == "without":
            return with_ticket.filter(ticket_kind__gives_tutorials=False)
        if self.value() == "tutorials":
            return with_ticket.exclude(ticket_kind__gives_tutorials=False)
        return queryset


class ClaimFilter(admin.SimpleListFilter):
    """Who says to have a ticket that no list of ours holds."""

    title = _("ticket claimed")
    parameter_name = "claims"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Not answered yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> QuerySet[Attendee]:
        return queryset.exclude(claimed_ticket="") if self.value() else queryset


class WithdrawnFilter(admin.SimpleListFilter):
    """Whose place at the conference was taken back."""

    title = _("place at the conference")
    parameter_name = "withdrawn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Has it")), ("yes", _("Withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> QuerySet[Attendee]:
        if self.value() is None:
            return queryset
        return queryset.filter(withdrawn_at__isnull=self.value() == "no")


class AttendeeForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        """A kind of ticket is one of the same conference."""
        cleaned = super().clean() or {}
        kind = cleaned.get("ticket_kind")
        # A form for an attendee that is there has the conference fixed.
        conference = cleaned.get("conference") or getattr(self.instance, "conference", None)
        if kind and conference and kind.conference_id != conference.pk:
            self.add_error("ticket_kind", _("This is a kind of ticket of another conference."))
        return cleaned


@admin.register(Attendee)
class AttendeeAdmin(ConferenceModelAdmin):
    """A place at a conference."""

    sees = changes = Action.MANAGE_ATTENDEES
    part = Part.ATTENDEES
    rank = 1
    form = AttendeeForm
    list_display = [
        "name",
        "conference",
        "email",
        "ticket_number",
        "ticket_kind",
        "claimed_ticket",
        "badge_code",
        "affiliation",
    ]
    list_select_related = ["conference", "ticket_kind"]
    list_filter = ["conference", TicketFilter, ClaimFilter, WithdrawnFilter]
    search_fields = [
        "name",
        "sort_name",
        "email",
        "buyer_email",
        "=ticket_number",
        "=claimed_ticket",
        "=badge_code",
    ]
    autocomplete_fields = ["conference", "user", "ticket_kind"]
    readonly_fields = [
        "badge_code",
        "created_at",
        "claimed_ticket",
        "claimed_at",
        "withdrawn_at",
        "erased_at",
    ]
    ordering = ["-conference__starts_on", "sort_name", "pk"]
    fieldsets = [
        (None, {"fields": ["conference", "name", "sort_name", "email", "affiliation", "user"]}),
        (
            _("Ticket"),
            {
                "fields": [
                    "ticket_number",
                    "ticket_barcode",
                    "ticket_kind",
                    "buyer_email",
                    "claimed_ticket",
                    "claimed_at",
                ]
            },
        ),
        (
            _("Place at the conference"),
            {"fields": ["badge_code", "created_at", "withdrawn_at", "erased_at"]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Attendee | None = None) -> Any:
        """Whose account it is, is theirs to say by signing in; a superuser may see to it."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if rights_of(request).everywhere else [*fixed, "user"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Claims where a ticket is needed, badge codes where people are checked in."""
        uses, columns = uses_listed(request), super().get_list_display(request)
        unused = set() if uses.needs_tickets else {"claimed_ticket"}
        unused |= set() if uses.checks_in else {"badge_code"}
        return [name for name in columns if name not in unused]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Claims where a ticket is needed."""
        needed, filters = uses_listed(request).needs_tickets, super().get_list_filter(request)
        return [each for each in filters if needed or each is not ClaimFilter]

    def get_fieldsets(self, request: HttpRequest, obj: Attendee | None = None) -> Any:
        """The same of one of them."""
        uses = obj.conference if obj else uses_seen(request)
        unused = set() if uses.needs_tickets else {"claimed_ticket", "claimed_at"}
        unused |= set() if uses.checks_in else {"badge_code"}
        return [
            (name, {**rest, "fields": [each for each in rest["fields"] if each not in unused]})
            for name, rest in super().get_fieldsets(request, obj)
        ]

    def choice_label(self, obj: Attendee) -> str:
        return " · ".join(filter(None, [obj.name, obj.email, str(obj.conference)]))

    def save_model(self, request: HttpRequest, obj: Attendee, form: Any, change: bool) -> None:
        """Write only what the form has: what is withdrawn or claimed is others' to write meanwhile.

        Who is given a ticket number claims none any more.
        """
        edited = {*form.changed_data, "sort_name"}
        if "ticket_number" in edited and obj.ticket_number:
            obj.claimed_ticket, obj.claimed_at = "", None
            edited |= {"claimed_ticket", "claimed_at"}
        if change:
            obj.save(update_fields=edited & {field.name for field in obj._meta.concrete_fields})
        else:
            super().save_model(request, obj, form, change)


@admin.register(TicketKind)
class TicketKindAdmin(ConferenceModelAdmin):
    """A kind of ticket that the shop sells; imports make them."""

    sees = changes = Action.MANAGE_ATTENDEES
    part = Part.ATTENDEES
    rank = 4
    list_display = ["name", "conference", "gives_tutorials", "holders_count"]
    list_select_related = ["conference"]
    list_filter = ["conference", "gives_tutorials"]
    search_fields = ["name"]
    autocomplete_fields = ["conference"]
    ordering = ["-conference__starts_on", "name", "pk"]
    fields = ["conference", "name", "gives_tutorials"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketKind]:
        holders = Attendee.objects.filter(withdrawn_at__isnull=True)
        rows = super().get_queryset(request).select_related("conference")
        return rows.annotate(n_holders=count_of(holders, "ticket_kind"))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "gives_tutorials" and not uses_seen(request).takes_registrations:
            kwargs["help_text"] = _("Whether tutorials are included.")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("who have one"), ordering="n_holders")
    def holders_count(self, kind: Any) -> int:
        return kind.n_holders


@admin.register(Membership)
class MembershipAdmin(SuperusersAlone, ConferenceModelAdmin):
    """Who has which role where; organisers see to that of their conference on its own page."""

    part = Part.SETTINGS
    rank = 2
    list_display = ["user", "conference", "role"]
    list_select_related = ["user", "conference"]
    list_filter = ["conference", "role"]
    search_fields = ["user__email", "user__name"]
    autocomplete_fields = ["conference", "user"]
    fields = ["conference", "user", "role"]


class AccountForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User
        field_classes = {}


class NewAccountForm(AdminUserCreationForm):
    """An account needs an address only: its owner signs in by a mailed code."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("email", "name")
        field_classes = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usable_password"].initial = "false"
        self.fields["usable_password"].help_text = _(
            "Without a password one signs in by a code that is mailed to one’s address."
        )


@admin.register(User)
class UserAdmin(SuperusersAlone, DjangoUserAdmin):
    """An account. What it may do is said by its roles, but for superusers, who may do all."""

    part = Part.SETTINGS
    rank = 1
    form = AccountForm
    add_form = NewAccountForm
    list_display = ["email", "name", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_superuser", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (_("What it may do"), {"fields": ["is_active", "is_superuser"]}),
        (
            _("Dates"),
            {"fields": ["last_login", "date_joined"], "description": _("Times are in UTC.")},
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["email", "name", "usable_password", "password1", "password2"],
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            address_was_changed(obj)
