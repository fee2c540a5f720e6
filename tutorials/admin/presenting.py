"""The admin's pages about what presenters send by their link: corrections, and files."""

from __future__ import annotations

import difflib
import re
import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from conference.admin_choices import is_id
from conference.admin_inlines import ConferenceInline, InlineFormSet
from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.admin_site import Part
from conference.clock import now
from conference.dates import short_day_in_words, short_moment_in_words
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, Rights, rights_of
from conference.using import uses_seen
from tutorials import materials, online, presenting
from tutorials.models import Correction, Material, OnlineLink, ShownTo, Slot

CORRECTIONS = "admin:tutorials_correction_changelist"
# Beyond so many words two texts are compared line by line.
WORDS = 1500


def corrections_tool(rights: Rights) -> list[Tool]:
    """The way to the corrections that wait, if any do. One query."""
    number = (
        presenting.corrections_for(rights).filter(status=Correction.Status.OPEN).count()
        if rights.anywhere(Action.EDIT_PROGRAMME)
        else 0
    )
    if not number:
        return []
    text = ngettext(
        "%(number)d correction of a presenter", "%(number)d corrections of presenters", number
    )
    return [Tool(text % {"number": number}, f"{reverse(CORRECTIONS)}?status__exact=open")]


@admin.register(Correction)
class CorrectionAdmin(admin.ModelAdmin):
    """What presenters want changed; the page of each accepts or declines it."""

    part = Part.PRESENTERS
    rank = 2
    list_display = ["person", "about", "what", "status", "sent", "decided_by"]
    list_filter = ["status"]
    search_fields = ["person__name", "=tutorial__code", "tutorial__title"]
    ordering = ["-sent_at", "-pk"]
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        """Each with the zone of the current conference, for what is about a person is of none."""
        rows = presenting.corrections_for(rights_of(request)).order_by(*self.ordering)
        zones = Conference.objects.current_first().values("time_zone")
        return rows.annotate(usual_zone=models.Subquery(zones[:1]))

    def seen_by(self, request: HttpRequest, rows: QuerySet[Correction]) -> QuerySet[Correction]:
        """Those of the rows that the visitor may see."""
        return rows.filter(pk__in=self.get_queryset(request).order_by().values("pk"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Which of them, ``get_queryset`` says."""
        return rights_of(request).anywhere(Action.EDIT_PROGRAMME)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("about"))
    def about(self, correction: Correction) -> str:
        if correction.tutorial is None:
            return _("themselves")
        title = correction.tutorial.title
        return format_html('<span title="{}">{}</span>', title, correction.tutorial.code)

    @admin.display(description=gettext_lazy("what"))
    def what(self, correction: Correction) -> str:
        return ", ".join(presenting.label_of(name) for name in correction.changes)

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, correction: Correction) -> str:
        return _in_words(correction, correction.sent_at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """GET shows before and after side by side; POST accepts or declines.

        Not Django's own page, which would wrap what it saves in a transaction.
        """
        asked = self.get_queryset(request).filter(pk=object_id) if is_id(object_id) else None
        correction = asked.first() if asked is not None else None
        if correction is None or not self.has_view_permission(request):
            raise Http404("There is no such correction, or not for this visitor.")
        decides = not {"accept", "decline"}.isdisjoint(request.POST)
        if decides and self._decide(request, correction):
            return HttpResponseRedirect(reverse(CORRECTIONS) + "?status__exact=open")
        correction.refresh_from_db(fields=["status"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Correction by %(name)s") % {"name": correction.person},
            "opts": self.opts,
            "correction": correction,
            "about": correction.tutorial or correction.person,
            "about_url": _page_of(correction),
            "sent": _in_words(correction, correction.sent_at),
            "decided": correction.decided_at and _in_words(correction, correction.decided_at),
            "seen": presenting.fingerprint(correction),
            "rows": _rows(correction),
        }
        return TemplateResponse(request, "admin/tutorials/correction/decide.html", context)

    def _decide(self, request: HttpRequest, correction: Correction) -> bool:
        by = visitor(request)
        accepts = "accept" in request.POST
        assert by is not None
        try:
            if accepts:
                seen = request.POST.get("seen", "")
                presenting.accept(correction, by=by, at=now(), seen=seen)
            else:
                presenting.decline(correction, by=by, at=now())
        except presenting.OutdatedError as error:
            self.message_user(request, str(error), messages.ERROR)
            return not Correction.objects.filter(pk=correction.pk).exists()
        what = _("Accepted a correction.") if accepts else _("Declined a correction.")
        self.log_change(request, correction.tutorial or correction.person, what)
        done = _("Accepted: the entry says so now.") if accepts else _("Declined: nothing changed.")
        self.message_user(request, done, messages.SUCCESS)
        return True


def _page_of(correction: Correction) -> str:
    if correction.tutorial:
        return reverse("admin:tutorials_tutorial_change", args=[correction.tutorial_id])
    return reverse("admin:people_person_change", args=[correction.person_id])


def _in_words(correction: Any, moment: datetime) -> str:
    """On the clocks of its conference; of the current one for what is about a person."""
    tutorial = correction.tutorial
    zone = tutorial.conference.time_zone if tutorial else correction.usual_zone or "UTC"
    return f"{short_moment_in_words(moment.astimezone(ZoneInfo(zone)))} ({zone})"


def _rows(correction: Correction) -> list[dict[str, Any]]:
    rows = []
    is_open = correction.status == Correction.Status.OPEN
    for each in presenting.differences(correction):
        row: dict[str, Any] = {
            "label": each.label,
            "changed_since": is_open and each.changed_since,
            "is_photo": each.name == presenting.PHOTO,
        }
        if row["is_photo"]:
            row["before"], row["after"] = correction.person.photo, correction.photo
        else:
            row["before"], row["after"] = _marked(each.now if is_open else each.was, each.becomes)
        rows.append(row)
    return rows


def _marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Two texts, what is gone from the one and new in the other marked."""
    old, new = _pieces(before), _pieces(after)
    if len(old) > WORDS or len(new) > WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    left = [("del" if step != "equal" else "", "".join(old[a:b])) for step, a, b, _c, _d in steps]
    right = [("ins" if step != "equal" else "", "".join(new[c:d])) for step, _a, _b, c, d in steps]
    return _joined(left), _joined(right)


def _pieces(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _joined(pieces: list[tuple[str, str]]) -> SafeString:
    texts = [
        (format_html(f"<{tag}>{{}}</{tag}>", text) if tag else text,)
        for tag, text in pieces
        if text
    ]
    return format_html_join("", "{}", texts)


class EverybodyOrNobody(forms.TypedChoiceField):
    """“Shown to” where nobody registers: nobody has a seat, so what is for them is for nobody."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(ShownTo.EVERYBODY.value, _("everybody")), ("nobody", _("nobody"))]
        super().__init__(choices=choices, coerce=_shown_to, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "nobody" if value == ShownTo.REGISTERED else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _shown_to(chosen: str) -> str:
    return ShownTo.REGISTERED if chosen == "nobody" else chosen


class SaysToWhom:
    """For an admin of what is shown to some: “shown to” as the conferences have people."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and db_field.name == "shown_to":
            conference: Conference | None = getattr(request, "conference_of_form", None)
            if not (conference or uses_seen(request)).takes_registrations:
                return EverybodyOrNobody(label=field.label, initial=ShownTo.EVERYBODY.value)
        return field


class MaterialForm(forms.ModelForm):
    """What an organiser adds: shown with its tutorial, without anybody's accepting it."""

    class Meta:
        widgets = {
            "file": forms.FileInput(attrs={"accept": materials.ACCEPT}),
            "title": forms.TextInput(attrs={"size": 24}),
            "url": AdminURLFieldWidget(attrs={"size": 24}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            materials.check_file(file)
        return file

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not self.errors and "file" in cleaned:
            self._clean_what_is_added(cleaned.get("file"), cleaned.get("url", ""))
        if "title" in cleaned and not cleaned["title"]:
            cleaned["title"] = materials.title_for(cleaned.get("file"), cleaned.get("url", ""))
        return cleaned

    def _clean_what_is_added(self, file: Any, url: str) -> None:
        """A file or an address, and one of the two; a new one counts as accepted."""
        if bool(file) == bool(url):
            raise forms.ValidationError(_("Give a file or an address: one of the two."))
        if isinstance(file, UploadedFile):
            materials.added_by_organiser(self.instance, file, at=now())
        elif url and self.instance.pk is None:
            materials.added_by_organiser(self.instance, None, at=now())


class FileLinks:
    """A column with the file itself, which is for organisers also before it is public."""

    @admin.display(description=gettext_lazy("look"))
    def open_file(self, material: Material) -> str:
        if material.pk is None:
            return "–"
        if material.url:
            return format_html('<a href="{}" rel="noopener">{}</a>', material.url, _("Open"))
        address = reverse("admin:tutorials_material_file", args=[material.pk])
        return format_html('<a href="{}">{}</a>', address, _("Download"))

    @admin.display(description=gettext_lazy("state"))
    def state(self, material: Material) -> str:
        return "–" if material.pk is None else materials.state_of(material, now())


class MaterialInline(FileLinks, SaysToWhom, ConferenceInline):
    """Slides, recordings and the like, in the order of the page."""

    model = Material
    form = MaterialForm
    template = "admin/edit_inline/stacked.html"
    fields = [
        ("position", "title", "kind"),
        ("file", "url", "open_file"),
        ("shown_to", "shown_from", "state"),
    ]
    readonly_fields = ["open_file", "state"]
    ordering = ["position", "pk"]
    extra = 0
    formfield_overrides = {
        **ConferenceInline.formfield_overrides,
        models.FileField: {"widget": forms.FileInput},
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Material]:
        return super().get_queryset(request).select_related("tutorial__conference")


class OnlineLinkFormSet(InlineFormSet):
    """One link for all parts, or one for each; a part is chosen by when and where it is."""

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        tutorial = self.instance
        if tutorial.pk is None:
            return []
        return [
            (str(key), _part_in_words(slot, tutorial.conference))
            for key, slot in online.keys_of(tutorial).items()
        ]

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "slot_key" in form.fields:
            form.fields["slot_key"] = _part_field(form.instance.slot_key, self.parts)

    def clean(self) -> None:
        """The forms leave the tutorial out, and so what is unique in it."""
        super().clean()
        kept = [
            form.cleaned_data
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("url") and not form.cleaned_data.get("DELETE")
        ]
        keys = [row.get("slot_key") for row in kept]
        if len(set(keys)) < len(keys):
            raise forms.ValidationError(_("Give each part one link, or all of them one."))


def _part_field(own: uuid.UUID | None, parts: list[tuple[str, str]]) -> forms.Field:
    """A choice of a part; that of a link stays on offer when it is in no schedule any more."""
    choices = [("", _("all parts")), *parts]
    if own and str(own) not in dict(parts):
        choices.append((str(own), _("a part that is not in the schedule any more")))
    field = forms.TypedChoiceField(
        label=OnlineLink._meta.get_field("slot_key").verbose_name,
        choices=choices,
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
    )
    field.widget.attrs["aria-label"] = field.label
    return field


def _part_in_words(slot: Slot, conference: Conference) -> str:
    starts, ends = conference.local(slot.session.starts_at), conference.local(slot.session.ends_at)
    room = slot.room.name if slot.room else _("no room yet")
    return f"{short_day_in_words(starts)}, {starts:%H:%M}–{ends:%H:%M}, {room}"


class OnlineLinkInline(SaysToWhom, ConferenceInline):
    """Where a tutorial is followed online."""

    model = OnlineLink
    formset = OnlineLinkFormSet
    template = "admin/edit_inline/stacked.html"
    fields = [("slot_key", "url"), ("shown_to", "shown_from")]
    ordering = ["pk"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnlineLink]:
        return super().get_queryset(request).select_related("tutorial")


@admin.register(Material)
class MaterialAdmin(FileLinks, SaysToWhom, ConferenceModelAdmin):
    """Files to tutorials; presenters hand them in, organisers accept them or delete them."""

    part = Part.PRESENTERS
    rank = 3
    form = MaterialForm
    conference_path = "tutorial__conference"
    list_display = ["title", "kind", "code", "open_file", "state", "uploaded_by", "conference"]
    list_filter = [("accepted_at", admin.EmptyFieldListFilter), "kind", "tutorial__conference"]
    search_fields = ["title", "=tutorial__code", "tutorial__title", "uploaded_by__name"]
    ordering = ["-uploaded_at", "-pk"]
    fields = [
        "tutorial",
        "title",
        "kind",
        "position",
        "shown_to",
        "shown_from",
        "open_file",
        "state",
        "uploaded_by",
    ]
    readonly_fields = ["open_file", "state", "uploaded_by"]
    actions = ["accept_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Material]:
        rows = super().get_queryset(request)
        return rows.select_related("tutorial__conference", "uploaded_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are added on the page of their tutorial."""
        return False

    @admin.display(description=gettext_lazy("tutorial"), ordering="tutorial__code")
    def code(self, material: Material) -> str:
        title = material.tutorial.title
        return format_html('<span title="{}">{}</span>', title, material.tutorial.code)

    @admin.display(description=gettext_lazy("conference"))
    def conference(self, material: Material) -> str:
        return str(material.tutorial.conference)

    def tools(self, request: HttpRequest, obj: Material) -> list[Tool]:
        if obj.accepted_at or not self.has_change_permission(request, obj):
            return []
        address = reverse("admin:tutorials_material_accept", args=[obj.pk])
        return [Tool(_("Accept"), address, changes=True)]

    def get_urls(self) -> list[URLPattern]:
        def own(view: Any, name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{name}/", guarded, name=f"tutorials_material_{name}")

        return [own(self.file_view, "file"), own(self.accept_view, "accept"), *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int) -> Any:
        """The file, accepted or not."""
        try:
            return materials.download(self.asked_for(request, pk, self.sees))
        except FileNotFoundError as error:
            raise Http404("The file is not where files are kept.") from error

    @method_decorator(require_POST)
    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept one file, and go back to its page."""
        self._accept(request, [self.asked_for(request, pk)])
        return HttpResponseRedirect(reverse("admin:tutorials_material_change", args=[pk]))

    @admin.action(description=gettext_lazy("Accept"), permissions=["change"])
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[Material]) -> None:
        self._accept(request, list(queryset))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Material]) -> None:
        """One by one, since each takes its file along."""
        for material in queryset:
            material.delete()

    def _accept(self, request: HttpRequest, found: list[Material]) -> None:
        for material in found:
            materials.accept_file(material, at=now())
            self.log_change(request, material, _("Accepted."))
        text = ngettext(
            "%(number)d file is accepted.", "%(number)d files are accepted.", len(found)
        )
        self.message_user(request, text % {"number": len(found)}, messages.SUCCESS)
