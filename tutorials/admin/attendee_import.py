"""The admin's pages that bring in a ticket shop's file: upload, match the columns, look, import."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_choices import is_id
from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, rights_of
from people.models import AttendeeFile
from tutorials.admin.pages import tool_page
from tutorials.imports.attendees import FaultyFile, Report, import_attendees
from tutorials.imports.attendees.columns import LABELS, find, match, score
from tutorials.imports.attendees.tickets import Reader, Ticket
from tutorials.imports.tables import Table, open_table
from tutorials.imports.uploads import forget_uploads

UPLOAD = "admin:people_attendee_import"
LARGEST = 20 * 2**20
# A request ends before whatever stands in front of us gives it up; the next one goes on.
SECONDS = 20
SHOWN = 5


class OutOfTime(Exception):
    """A large import goes on with the next request."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done, self.total = done, total


def import_address(conference: Conference | None = None) -> str:
    """Where one uploads a file of attendees."""
    return reverse(UPLOAD) + (f"?conference={conference.pk}" if conference else "")


def may_import(request: HttpRequest, conference: Conference | None = None) -> bool:
    """Whether the visitor may bring in attendees there, or at some conference."""
    rights = rights_of(request)
    if conference is None:
        return rights.anywhere(Action.MANAGE_ATTENDEES)
    return rights.may(Action.MANAGE_ATTENDEES, conference.pk)


class AttendeeImportPages(ConferenceModelAdmin):
    """What the pages about attendees gain by the import."""

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        tools = super().list_tools(request)
        if may_import(request):
            tools.append(Tool(_("Import attendees"), import_address()))
        return tools

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("import/", guarded(self.import_upload_view), name="people_attendee_import"),
            path(
                "import/<int:pk>/",
                guarded(self.import_file_view),
                name="people_attendee_import_file",
            ),
            *super().get_urls(),
        ]

    def import_upload_view(self, request: HttpRequest) -> HttpResponse:
        return upload_page(self, request)

    def import_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return file_page(self, request, pk)


class UploadForm(forms.Form):
    """Which file, and for which conference."""

    conference = forms.ModelChoiceField(
        Conference.objects.none(), label=gettext_lazy("Conference"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("The ticket shop’s list of tickets, as CSV or XLSX."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, conferences: QuerySet[Conference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conference"].queryset = conferences  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """The upload, if it is not too large; raises ``ValidationError`` otherwise."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise ValidationError(
                _("The file is larger than %(size)d MB. The command import_attendees takes it."),
                params={"size": LARGEST // 2**20},
            )
        return file


class MatchingForm(forms.Form):
    """Which column is what, and whether the file holds everybody."""

    withdraw_missing = forms.BooleanField(
        label=gettext_lazy("Withdraw who is not in the file"),
        required=False,
        help_text=gettext_lazy(
            "Only for a file of all tickets: who came by an earlier import and is missing here "
            "loses their seats, and is told so."
        ),
    )

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("– not in the file –"))]
        choices += [(heading, heading) for heading in dict.fromkeys(headings) if heading]
        for name, label in LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=capfirst(str(label)), choices=choices, required=False
            )

    @property
    def columns(self) -> dict[str, str]:
        """The heading of each field, as it was chosen, else as it was found."""
        values = self.cleaned_data if self.is_valid() else self.initial
        return {name: values.get(name, "") for name in LABELS}

    @property
    def withdraws_missing(self) -> bool:
        return self.is_valid() and self.cleaned_data["withdraw_missing"]

    @property
    def choices(self) -> str:
        """All that was chosen, to tell whether what is imported is what was looked at."""
        return json.dumps([self.columns, self.withdraws_missing])


def upload_page(model_admin: ConferenceModelAdmin, request: HttpRequest) -> HttpResponse:
    """Take a file in, and go on to the page that shows what it would do."""
    if not may_import(request):
        raise PermissionDenied
    asked = request.GET.get("conference", "")
    conferences = model_admin.conferences(request)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"conference": asked if is_id(asked) else conferences.current()},
        conferences=conferences,
    )
    if request.method == "POST" and form.is_valid():
        file = _keep(request, form)
        if file is not None:
            address = reverse("admin:people_attendee_import_file", args=[file.pk])
            return HttpResponseRedirect(address)
    return tool_page(
        model_admin,
        request,
        _("Import attendees"),
        form=form,
        sentences=[_("The next page shows what the file would change. Nothing is written yet.")],
        button=_("Look at the file"),
        back=reverse("admin:people_attendee_changelist"),
    )


def _keep(request: HttpRequest, form: UploadForm) -> AttendeeFile | None:
    """Keep the upload until it is imported; None, with the reason in the form, for no such file."""
    forget_uploads()
    upload = form.cleaned_data["file"]
    file = AttendeeFile(
        conference=form.cleaned_data["conference"],
        by=visitor(request),
        name=upload.name[-200:],
        data=upload.read(),
        uploaded_at=now(),
    )
    try:
        with _on_disk(file) as path, _table(file, path):
            pass
    except FaultyFile as error:
        for line in error.lines():
            form.add_error("file", line)
        return None
    AttendeeFile.objects.filter(conference=file.conference, by=file.by).delete()
    file.save()
    return file


@contextmanager
def _on_disk(file: AttendeeFile) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(prefix="attendees-") as copy:
        copy.write(file.data)
        copy.flush()
        yield Path(copy.name)


def _table(file: AttendeeFile, path: Path) -> AbstractContextManager[Table]:
    return open_table(path, partial(score, also=file.conference.ticket_columns))


def file_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a file is read and what it would do, and import it when asked by POST."""
    files = AttendeeFile.objects.select_related("conference")
    file = get_object_or_404(files, pk=pk, by=visitor(request))
    if not may_import(request, file.conference):
        raise PermissionDenied
    with _on_disk(file) as path:
        form = _matching_form(request, file, path)
        if request.method == "POST" and form.is_valid() and "import" in request.POST:
            if request.POST.get("seen") != form.choices:
                text = _("You chose otherwise: this is what the import would do now.")
                messages.warning(request, text)
            elif answer := _import(model_admin, request, file, path, form):
                return answer
        preview = _preview(request, file, path, form)
    return TemplateResponse(
        request,
        "admin/people/attendee/import.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("Import attendees: %(file)s") % {"file": file.name},
            "opts": model_admin.opts,
            "media": model_admin.media,
            "conference": file.conference,
            "adminform": helpers.AdminForm(
                form,  # type: ignore[arg-type]
                [
                    (_("Columns"), {"fields": list(LABELS)}),
                    (_("Who is missing"), {"fields": ["withdraw_missing"]}),
                ],
                {},
                model_admin=model_admin,
            ),
            "back": import_address(file.conference),
            "choices": form.choices,
            **preview,
        },
    )


def _matching_form(request: HttpRequest, file: AttendeeFile, path: Path) -> MatchingForm:
    with _table(file, path) as table:
        found = find(table.headings, remembered=file.conference.ticket_columns)
        return MatchingForm(
            request.POST if request.method == "POST" else None,
            headings=table.headings,
            initial=found.chosen,
        )


def _preview(
    request: HttpRequest, file: AttendeeFile, path: Path, form: MatchingForm
) -> dict[str, Any]:
    """What the import would say, or what is wrong, and how the first lines are read."""
    try:
        report = _run(request, file, path, form, dry_run=True)
    except FaultyFile as error:
        return {"faults": error.lines(), "number_of_faults": error.number, "tickets": []}
    with _table(file, path) as table:
        columns = match(table.headings, given=form.columns)
        tickets: list[Ticket] = list(islice(Reader(columns).read(table), SHOWN))
    return {"report": report.lines(), "has_changes": report.has_changes, "tickets": tickets}


def _run(
    request: HttpRequest, file: AttendeeFile, path: Path, form: MatchingForm, **choices: Any
) -> Report:
    return import_attendees(
        path,
        file.conference,
        by=visitor(request),
        at=now(),
        columns=form.columns,
        withdraw_missing=form.is_bound
        and form.is_valid()
        and form.cleaned_data["withdraw_missing"],
        **choices,
    )


def _import(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    file: AttendeeFile,
    path: Path,
    form: MatchingForm,
) -> HttpResponse | None:
    """Import it and go to the list; None where something is in the way, or not all is in yet."""
    ends = time.monotonic() + SECONDS

    def stop_in_time(done: int, total: int) -> None:
        if done < total and time.monotonic() > ends:
            raise OutOfTime(done, total)

    try:
        report = _run(request, file, path, form, progress=stop_in_time)
    except FaultyFile:
        return None
    except OutOfTime as stopped:
        text = _("%(done)d of %(total)d tickets are in. Press “Import” again to go on.")
        messages.warning(request, text % {"done": stopped.done, "total": stopped.total})
        return None
    except IntegrityError:
        text = _("Somebody else changes the same tickets. Press “Import” again to go on.")
        messages.error(request, text)
        return None
    said = " ".join(report.lines())
    model_admin.log_change(request, file.conference, _("Imported attendees.") + " " + said)
    messages.success(request, said)
    file.delete()
    listed = reverse("admin:people_attendee_changelist")
    return HttpResponseRedirect(f"{listed}?conference__id__exact={file.conference_id}")
