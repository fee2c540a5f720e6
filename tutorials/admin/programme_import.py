"""The admin's pages that bring the programme in from a file, and hand it out as one.

Upload, say which column is what, look at every change by row, import. The file waits in the
database meanwhile, and the plan that was looked at is the one that is carried out.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_choices import is_id
from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.clock import now
from conference.models import Conference
from conference.pages import visitor
from conference.roles import Action, rights_of
from tutorials import downloads
from tutorials.admin.pages import tool_page
from tutorials.exports import programme as export
from tutorials.exports.xlsx_file import MEDIA_TYPE, DoesNotFit
from tutorials.imports import text
from tutorials.imports.applying import apply
from tutorials.imports.faults import FaultyFile
from tutorials.imports.programme import Unreadable
from tutorials.imports.sheet import Choices, Plan, PlanChanged, Report, import_sheet, plan_sheet
from tutorials.imports.sheet import columns as headings
from tutorials.imports.sheet.understood import news, understood
from tutorials.imports.tables import open_table
from tutorials.imports.uploads import forget_uploads
from tutorials.models import ProgrammeFile

LARGEST = 20 * 2**20
PER_PAGE = 50
MOST_SHOWN = 200  # of people and of edits to decide about
ENDINGS = ".csv,.tsv,.xlsx,.txt"
FORMATS = ("csv", "xlsx")


def import_address(conference: Conference | None = None) -> str:
    """Where one uploads a programme."""
    address = reverse("admin:tutorials_tutorial_import")
    return address + (f"?conference={conference.pk}" if conference else "")


def export_address(conference: Conference | None = None) -> str:
    """Where one takes the programme as a file."""
    address = reverse("admin:tutorials_tutorial_export")
    return address + (f"?conference={conference.pk}" if conference else "")


def programme_tools(request: HttpRequest, conference: Conference | None = None) -> list[Tool]:
    """The links to these pages, for who may use them there, or anywhere."""
    rights, tools = rights_of(request), []

    def may(action: Action) -> bool:
        return rights.may(action, conference.pk) if conference else rights.anywhere(action)

    if may(Action.EDIT_PROGRAMME):
        tools.append(Tool(_("Import the programme"), import_address(conference)))
    if may(Action.SEE_PROGRAMME):
        tools.append(Tool(_("Export the programme"), export_address(conference)))
    return tools


class ProgrammeFilePages(ConferenceModelAdmin):
    """What the pages about tutorials gain by it."""

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        return [*super().list_tools(request), *programme_tools(request)]

    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            return path(
                address, self.admin_site.admin_view(view), name=f"tutorials_tutorial_{name}"
            )

        return [
            page("import/", self.import_upload_view, "import"),
            page("import/<int:pk>/", self.import_file_view, "import_file"),
            page("import/template.<str:suffix>", self.import_template_view, "import_template"),
            page("export/", self.export_view, "export"),
            page("export/<int:pk>/programme.<str:suffix>", self.export_file_view, "export_file"),
            *super().get_urls(),
        ]

    def import_upload_view(self, request: HttpRequest) -> HttpResponse:
        return upload_page(self, request)

    def import_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return file_page(self, request, pk)

    def import_template_view(self, request: HttpRequest, suffix: str) -> HttpResponseBase:
        """An empty list to fill in."""
        conference = _asked_conference(self, request)
        if suffix not in FORMATS or conference is None:
            raise Http404("There is no such template.")
        if suffix == "csv":
            return _download(export.template_csv(conference), "tutorials.csv")
        return _download(export.template_xlsx(conference), "tutorials.xlsx")

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The programme of each conference, to take as a file."""
        return export_page(self, request)

    def export_file_view(self, request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
        """The programme of one conference as a file."""
        return export_file(self, request, pk, suffix)


class UploadForm(forms.Form):
    """Which file, and for which conference."""

    conference = forms.ModelChoiceField(
        Conference.objects.none(), label=gettext_lazy("Conference"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A list of tutorials as CSV or XLSX, or a programme page saved as text."
        ),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )

    def __init__(self, *args: Any, conferences: QuerySet[Conference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conference"].queryset = conferences  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """The upload, if it is not too large; raises ``ValidationError`` otherwise."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise ValidationError(
                _("The file is larger than %(size)d MB. Leave pictures and other lists out."),
                params={"size": LARGEST // 2**20},
            )
        return file


def _asked_conference(model_admin: ConferenceModelAdmin, request: HttpRequest) -> Conference | None:
    """The conference in the address, else the current one: of those that one may edit."""
    asked, conferences = request.GET.get("conference", ""), model_admin.conferences(request)
    found = conferences.filter(pk=asked).first() if is_id(asked) else None
    return found or conferences.current()


def upload_page(model_admin: ConferenceModelAdmin, request: HttpRequest) -> HttpResponse:
    """Take a file in, and go on to the page that shows what it would do."""
    conference = _asked_conference(model_admin, request)
    if conference is None:
        raise PermissionDenied
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"conference": conference},
        conferences=model_admin.conferences(request),
    )
    if request.method == "POST" and form.is_valid() and (file := _keep(request, form)):
        address = reverse("admin:tutorials_tutorial_import_file", args=[file.pk])
        return HttpResponseRedirect(address)
    address = reverse("admin:tutorials_tutorial_import_template", args=["csv"])
    csv = f"{address}?conference={conference.pk}"
    xlsx = csv.replace("template.csv", "template.xlsx")
    template = _("To begin with an empty list, take the template: {csv} or {xlsx}.")
    return tool_page(
        model_admin,
        request,
        _("Import the programme"),
        form=form,
        sentences=[
            _(
                "One row for each tutorial. Columns are found by their headings, in English or "
                "German, and where that fails you say which is which."
            ),
            format_html(
                template,
                csv=format_html('<a href="{}">CSV</a>', csv),
                xlsx=format_html('<a href="{}">XLSX</a>', xlsx),
            ),
            _("The next page shows what the file would change. Nothing is written yet."),
        ],
        button=_("Look at the file"),
        back=reverse("admin:tutorials_tutorial_changelist"),
        template_csv=csv,
        template_xlsx=xlsx,
    )


def _keep(request: HttpRequest, form: UploadForm) -> ProgrammeFile | None:
    """Keep the upload until it is imported; None, with the reason in the form, for no such file."""
    forget_uploads()
    upload = form.cleaned_data["file"]
    by = visitor(request)
    assert by is not None, "the admin lets nobody in who has not signed in"
    file = ProgrammeFile(
        conference=form.cleaned_data["conference"],
        by=by,
        name=upload.name[-200:],
        data=upload.read(),
        uploaded_at=now(),
    )
    try:
        if not _is_text(file):
            with _on_disk(file) as copy:
                _headings(file, copy)
    except FaultyFile as error:
        for line in error.lines():
            form.add_error("file", line)
        return None
    ProgrammeFile.objects.filter(conference=file.conference, by=by).delete()
    file.save()
    return file


def _is_text(file: ProgrammeFile) -> bool:
    """Whether it is a programme page rather than a list."""
    is_list = Path(file.name).suffix.lower() in (".csv", ".tsv", ".xlsx")
    return not is_list and text.is_programme(bytes(file.data))


@contextmanager
def _on_disk(file: ProgrammeFile) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(prefix="programme-") as copy:
        copy.write(file.data)
        copy.flush()
        yield Path(copy.name)


def _headings(file: ProgrammeFile, copy: Path) -> list[str]:
    known = file.conference.programme_columns
    with open_table(copy, lambda cells: headings.score(cells, known)) as table:
        headings.find(table.headings)
        return table.headings


@dataclass(frozen=True)
class Look:
    """What the preview page shows: sentences, or faults, and for a list its plan."""

    sentences: list[str]
    seen: str = ""
    faults: tuple[str, ...] = ()
    number_of_faults: int = 0
    plan: Plan | None = None


def file_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a file would do, and import it when asked by POST."""
    files = ProgrammeFile.objects.select_related("conference")
    file = get_object_or_404(files, pk=pk, by=visitor(request))
    if not rights_of(request).may(Action.EDIT_PROGRAMME, file.conference_id):
        raise PermissionDenied
    with _on_disk(file) as copy:
        is_text = _is_text(file)
        names = [] if is_text else headings.find(_headings(file, copy)).headings
        choices = _choices(request, names)
        look = _look_at_text(request, file) if is_text else _look(file, copy, choices)
        if request.method == "POST" and "import" in request.POST and not look.faults:
            if request.POST.get("seen") != look.seen:
                _say_that_it_changed(request)
            elif answer := _import(model_admin, request, file, copy, look, choices):
                return answer
            else:
                look = _look_at_text(request, file) if is_text else _look(file, copy, choices)
    return TemplateResponse(
        request,
        "admin/tutorials/tutorial/import.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("Import the programme: %(file)s") % {"file": file.name},
            "opts": model_admin.opts,
            "media": model_admin.media,
            "conference": file.conference,
            "look": look,
            "back": import_address(file.conference),
            **_columns_context(file, names, choices),
            **(_plan_context(request, look.plan, choices) if look.plan else {}),
        },
    )


def _say_that_it_changed(request: HttpRequest) -> None:
    text = _("This is not what you looked at any more: it is what the import would do now.")
    messages.warning(request, text)


def _choices(request: HttpRequest, names: list[str]) -> Choices:
    """What was chosen on the page; a choice that is none is as if it were not there."""
    post = request.POST
    columns = {
        name: field
        for place, name in enumerate(names)
        if name
        and (field := post.get(f"column-{place}")) is not None
        and (not field or headings.is_field(field))
    }
    same = [value.partition(":") for value in post.getlist("same")]
    return Choices(
        columns=columns,
        overwrite=frozenset(post.getlist("overwrite")),
        new_people=frozenset(post.getlist("new")),
        same_people={key: int(pk) for key, _colon, pk in same if is_id(pk)},
    )


def _look(file: ProgrammeFile, copy: Path, choices: Choices) -> Look:
    try:
        plan = plan_sheet(copy, file.conference, choices)
    except FaultyFile as error:
        return Look([], faults=tuple(error.lines()), number_of_faults=error.number)
    report = Report(plan)
    return Look(report.lines(), plan.fingerprint(), plan=plan)


def _look_at_text(request: HttpRequest, file: ProgrammeFile) -> Look:
    try:
        lines = _import_text(request, file, dry_run=True)
    except Unreadable as error:
        faults = tuple(map(str, error.faults))
        return Look([], faults=faults, number_of_faults=len(faults))
    return Look(lines, hashlib.sha256(repr(lines).encode()).hexdigest()[:20])


def _import_text(request: HttpRequest, file: ProgrammeFile, *, dry_run: bool) -> list[str]:
    programme = text.read(bytes(file.data))
    report = apply(programme, file.conference, by=visitor(request), at=now(), dry_run=dry_run)
    return report.lines()


def _import(
    model_admin: ConferenceModelAdmin,
    request: HttpRequest,
    file: ProgrammeFile,
    copy: Path,
    look: Look,
    choices: Choices,
) -> HttpResponse | None:
    """Import it and go to the list; None where it is not what was looked at any more."""
    try:
        if look.plan is None:
            lines = _import_text(request, file, dry_run=False)
        else:
            report = import_sheet(
                copy,
                file.conference,
                by=visitor(request),
                at=now(),
                choices=choices,
                seen=look.seen,
            )
            lines = report.lines()
    except (PlanChanged, FaultyFile, Unreadable):
        _say_that_it_changed(request)
        return None
    said = " ".join(lines)
    model_admin.log_change(request, file.conference, _("Imported the programme.") + " " + said)
    messages.success(request, said)
    file.delete()
    listed = reverse("admin:tutorials_tutorial_changelist")
    return HttpResponseRedirect(f"{listed}?conference__id__exact={file.conference_id}")


def _columns_context(file: ProgrammeFile, names: list[str], choices: Choices) -> dict[str, Any]:
    """Every column of the file with what it is taken for."""
    columns = headings.find(
        names, remembered=file.conference.programme_columns, given=choices.columns
    )
    chosen = columns.chosen
    most = max([3, *columns.numbers])
    fields = [*headings.LABELS, *headings.OF_ALL_PRESENTERS]
    fields += [f"{kind}_{n}" for n in range(1, most + 1) for kind in headings.OF_ONE_PRESENTER]
    return {
        "columns": [
            {"place": place, "heading": name, "field": chosen[name]}
            for place, name in enumerate(names)
            if name
        ],
        "fields": [(field, headings.label_of(field)) for field in fields],
        "unused": [name for name, field in chosen.items() if not field],
    }


def _plan_context(request: HttpRequest, plan: Plan, choices: Choices) -> dict[str, Any]:
    """What to decide, and what becomes of each tutorial, a page at a time."""
    kept = [*plan.kept, *plan.overwritten]
    people = [each for each in plan.people if each.is_open]
    shown = [step for step in plan.steps if step.is_new or step.changed or step.kept]
    page = Paginator(shown, PER_PAGE).get_page(request.POST.get("page"))
    places = plan.places
    return {
        "hints": [str(hint) for hint in plan.hints[:MOST_SHOWN]],
        "kept": kept[:MOST_SHOWN],
        "more_kept": len(kept) - len(kept[:MOST_SHOWN]),
        "overwrite": choices.overwrite,
        "people": people[:MOST_SHOWN],
        "more_people": len(people) - len(people[:MOST_SHOWN]),
        "about": [each for each in plan.about if each.changed],
        "steps": page,
        "rows": [
            (step, understood(step, places) if step.is_new else [], news(step, places))
            for step in page
        ],
        "same": [f"{key}:{pk}" for key, pk in choices.same_people.items()],
        "new_people": choices.new_people,
        "unchanged": len(plan.steps) - len(shown),
    }


def export_page(model_admin: ConferenceModelAdmin, request: HttpRequest) -> HttpResponse:
    """The conferences that one may see, each with its files; the one asked for alone."""
    conferences = rights_of(request).limit(Conference.objects.all(), Action.SEE_PROGRAMME, "")
    asked = request.GET.get("conference", "")
    if is_id(asked):
        conferences = conferences.filter(pk=asked)
    if not conferences:
        raise PermissionDenied
    files = [
        {
            "conference": conference,
            "links": [
                (suffix.upper(), reverse("admin:tutorials_tutorial_export_file", args=[pk, suffix]))
                for suffix in FORMATS
            ],
        }
        for conference in conferences
        if (pk := conference.pk)
    ]
    return TemplateResponse(
        request,
        "admin/tutorials/tutorial/export.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("Export the programme"),
            "opts": model_admin.opts,
            "files": files,
            "back": reverse("admin:tutorials_tutorial_changelist"),
        },
    )


def export_file(
    model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int, suffix: str
) -> HttpResponseBase:
    """The programme as a file; presenters' addresses are for who may edit it."""
    rights = rights_of(request)
    conferences = rights.limit(Conference.objects.all(), Action.SEE_PROGRAMME, "")
    conference = get_object_or_404(conferences, pk=pk)
    with_emails = rights.may(Action.EDIT_PROGRAMME, conference.pk)
    name = export.file_name(conference, suffix)
    if suffix not in FORMATS:
        raise Http404("There is no such format.")
    try:
        if suffix == "csv":
            file: Any = export.programme_csv(conference, with_emails=with_emails)
        else:
            file = export.programme_xlsx(conference, with_emails=with_emails)
    except DoesNotFit as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(export_address(conference))
    if with_emails:
        downloads.record(conference, downloads.What.PROGRAMME, by=visitor(request))
    return _download(file, name)


def _download(content: Any, name: str) -> HttpResponseBase:
    if name.endswith(".csv"):
        response: Any = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = FileResponse(content, as_attachment=True, filename=name, content_type=MEDIA_TYPE)
    return response
