"""The admin's page with what an organiser pastes into the conference's own website."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.models import Conference
from conference.roles import Action

FEEDS = {
    "schedule_ics": gettext_lazy("Calendar (iCalendar)"),
    "schedule_changes_atom": gettext_lazy("What changed (Atom)"),
    "schedule_xml": gettext_lazy("Schedule as XML (frab)"),
    "schedule_json": gettext_lazy("Schedule as JSON (c3voc)"),
    "schedule_jsonld": gettext_lazy("For search engines (JSON-LD)"),
}


class WantedForm(forms.Form):
    """What of the programme, in which language and look; nothing chosen is all of it."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    track = forms.ChoiceField(label=gettext_lazy("Track"), required=False)
    theme = forms.ChoiceField(
        label=gettext_lazy("Look"),
        required=False,
        choices=[
            ("", gettext_lazy("Light or dark, as the visitor's system is")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
    )

    def __init__(self, conference: Conference, data: Any) -> None:
        super().__init__(data)
        languages: Any = self.fields["language"]
        languages.choices = [
            (code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES
        ]
        tracks = conference.tracks.order_by("position", "pk").values_list("slug", "name")
        if len(tracks) > 1:
            field: Any = self.fields["track"]
            field.choices = [("", _("All tracks")), *tracks]
        else:
            del self.fields["track"]

    def wanted(self, name: str) -> str:
        """What was chosen; empty for what is no choice."""
        return self.cleaned_data.get(name) or "" if self.is_valid() else ""


@dataclass(frozen=True)
class Snippet:
    """A piece to copy: what it is, how it behaves, itself."""

    title: str
    about: str
    text: str
    address: str


def embed_tool(conference: Conference) -> Tool:
    """The link to the page."""
    address = reverse("admin:conference_conference_embed", args=[conference.pk])
    return Tool(_("Put the programme on your website"), address)


def embed_page(model_admin: ConferenceModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pieces to copy, for what was chosen."""
    conference: Conference = model_admin.asked_for(request, pk, Action.SEE_PROGRAMME)
    form = WantedForm(conference, request.GET or {})
    language = form.wanted("language") or settings.LANGUAGE_CODE
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Put the programme on your website"),
        "opts": model_admin.opts,
        "obj": conference,
        "back": reverse("admin:conference_conference_change", args=[pk]),
        "form": form,
        "snippets": list(_snippets(conference, form, language)),
        "feeds": list(_feeds(conference)),
    }
    return TemplateResponse(request, "admin/conference/conference/embed.html", context)


def _snippets(conference: Conference, form: WantedForm, language: str) -> Iterator[Snippet]:
    frames = {
        "embedded_list": (_("A list of the tutorials"), gettext_lazy("Tutorials")),
        "embedded_timetable": (_("The timetable, a day at a time"), gettext_lazy("Schedule")),
    }
    only = {"track": form.wanted("track")}
    look = {**only, "theme": form.wanted("theme")}
    about = _("A frame that is always up to date. It grows with what is in it.")
    for name, (title, what) in frames.items():
        address = _address(conference, name, language, look)
        with translation.override(language):
            frame = _frame(address, f"{what}: {conference.name}")
        yield Snippet(title, about, frame, address)
    address = _address(conference, "fragment", language, only)
    yield Snippet(
        _("The programme as plain HTML"),
        _(
            "Headings, lists and links in the look of your own page. Let your website fetch it "
            "from this address, or open it and copy its source."
        ),
        address,
        address,
    )


def _frame(address: str, title: str) -> str:
    script = f"{settings.SITE_URL}{settings.STATIC_URL}js/embed_host.js"
    return format_html(
        '<iframe data-tutorials src="{}" title="{}" width="100%" height="800" loading="lazy">'
        '</iframe>\n<script src="{}" async></script>',
        address, title, script,
    )  # fmt: skip


def _address(conference: Conference, name: str, language: str, params: dict[str, str]) -> str:
    """In full, in that language; without what was not chosen."""
    with translation.override(language):
        path = reverse(f"tutorials:{name}", args=[conference.slug])
    query = urlencode({key: value for key, value in params.items() if value})
    return settings.SITE_URL + path + (f"?{query}" if query else "")


def _feeds(conference: Conference) -> Iterator[tuple[Any, str]]:
    for name, title in FEEDS.items():
        # Feeds have one address, whatever language this page is in.
        yield title, _address(conference, name, settings.LANGUAGE_CODE, {})
