"""What the admin's pages of people gain: the link of each, who lacks what, who is there twice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conference.admin_choices import is_id
from conference.admin_pages import Tool
from conference.clock import now
from conference.models import Conference
from conference.roles import Action, Rights, rights_of
from people.models import Person
from tutorials import duplicates, mails, presenting
from tutorials.admin.mails import warnings_for
from tutorials.admin.pages import tool_page
from tutorials.admin.presenting import corrections_tool
from tutorials.models import Presenter
from tutorials.rights import is_editable

PEOPLE = "admin:people_person_changelist"
NAMED = 10


def presenters_address(conference: Conference, lacks: str = "") -> str:
    """Where the presenters of a conference are listed, or those of them who lack something."""
    address = f"{reverse(PEOPLE)}?presents_at={conference.pk}"
    return f"{address}&lacks={lacks}" if lacks else address


def links_address(conference: Conference) -> str:
    """Where one writes to all presenters of a conference."""
    return reverse("admin:people_person_links", args=[conference.pk])


def chosen_conference(request: HttpRequest) -> Conference | None:
    """The one that the list's filter names, else the current one, if one sees its programme."""
    seen = rights_of(request).limit(Conference.objects.all(), Action.SEE_PROGRAMME, "")
    asked = request.GET.get("presents_at", "")
    return seen.filter(pk=asked).first() if is_id(asked) else seen.current()


class PresentsAtFilter(admin.SimpleListFilter):
    title = gettext_lazy("conference")
    parameter_name = "presents_at"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        seen = rights_of(request).limit(Conference.objects.all(), Action.SEE_PROGRAMME, "")
        return [(str(pk), name) for pk, name in seen.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        asked = self.value()
        if asked is None or asked not in {str(pk) for pk, _name in self.lookup_choices}:
            return queryset
        presents = Presenter.objects.filter(tutorial__conference=int(asked))
        return queryset.filter(pk__in=presents.values("person"))


class LacksFilter(admin.SimpleListFilter):
    """Who lacks what; a place is one at the conference that is chosen, else at the current one."""

    title = gettext_lazy("what is missing")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        choices: list[tuple[str, Any]] = [
            ("bio", _("A text about them")),
            ("photo", _("A photo")),
            ("email", _("An e-mail address")),
        ]
        conference = chosen_conference(request)
        if conference and may_see_places(rights_of(request), conference):
            text = _("A place at %(conference)s") % {"conference": conference}
            choices.append(("place", text))
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        lacks = self.value()
        if lacks not in {name for name, _label in self.lookup_choices}:
            return queryset
        if lacks == "place":
            conference = chosen_conference(request)
            assert conference is not None
            at_it = presenting.presenters_at(conference).values("pk")
            return presenting.without_place(queryset.filter(pk__in=at_it), conference)
        if lacks == "email":
            return queryset.filter(is_editable(rights_of(request)), email="")
        return queryset.filter(**{str(lacks): ""})


def may_see_places(rights: Rights, conference: Conference) -> bool:
    """Whether one may know who has a place there; where nobody registers it says nothing."""
    return conference.takes_registrations and rights.may(Action.SEE_ATTENDEES, conference.pk)


class WriteForm(forms.Form):
    """To whom of all presenters."""

    to = forms.ChoiceField(
        label=gettext_lazy("Who gets it"),
        choices=[
            ("new", gettext_lazy("Those who have no link yet")),
            ("all", gettext_lazy("Everybody who has an e-mail address")),
        ],
        initial="new",
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
    )


class LinkForm(forms.Form):
    """To one presenter."""

    conference = forms.ModelChoiceField(
        Conference.objects.none(), label=gettext_lazy("Their entry at"), empty_label=None
    )
    new = forms.BooleanField(
        label=gettext_lazy("End the old link and make a new one"),
        required=False,
        help_text=gettext_lazy("If somebody else may have got hold of it."),
    )

    def __init__(self, *args: Any, conferences: QuerySet[Conference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conference"].queryset = conferences  # type: ignore[attr-defined]


class PresenterPages(admin.ModelAdmin):
    """What the pages about people gain."""

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """What can be done from the list."""
        rights = rights_of(request)
        if not rights.anywhere(Action.EDIT_PROGRAMME):
            return []
        tools = corrections_tool(rights)
        conference = chosen_conference(request)
        if conference and rights.may(Action.EDIT_PROGRAMME, conference.pk):
            tools.append(Tool(_("Write to the presenters"), links_address(conference)))
        return [*tools, Tool(_("Who is here twice?"), reverse("admin:people_person_duplicates"))]

    def tools(self, request: HttpRequest, obj: Person) -> list[Tool]:
        """What can be done with one person."""
        if not self.has_change_permission(request, obj):
            return []
        if not _where_they_present(rights_of(request), obj).exists():
            return []
        return [Tool(_("Send their link"), reverse("admin:people_person_link", args=[obj.pk]))]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"tools": self.list_tools(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        tools = self.tools(request, person) if person else []
        context = {"tools": tools, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        def own(where: str, view: Any, name: str) -> URLPattern:
            return path(where, self.admin_site.admin_view(view), name=f"people_person_{name}")

        return [
            own("links/<int:pk>/", self.links_view, "links"),
            own("<int:pk>/link/", self.link_view, "link"),
            own("duplicates/", self.duplicates_view, "duplicates"),
            own("merge/<int:stays>/<int:goes>/", self.merge_view, "merge"),
            *super().get_urls(),
        ]

    # Their links

    def links_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write to all presenters of a conference; who lacks what is said first."""
        rights = rights_of(request)
        conference = get_object_or_404(
            rights.limit(Conference.objects.all(), Action.SEE_PROGRAMME, ""), pk=pk
        )
        if not rights.may(Action.EDIT_PROGRAMME, conference.pk):
            raise PermissionDenied
        people = presenting.presenters_at(conference).order_by("sort_name", "pk")
        form = WriteForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            everybody = form.cleaned_data["to"] == "all"
            chosen = people if everybody else people.filter(link_key="")
            self._send(request, list(chosen), conference)
            return HttpResponseRedirect(presenters_address(conference))
        return tool_page(
            self,
            request,
            _("Write to the presenters of %(conference)s") % {"conference": conference},
            form=form,
            sentences=[
                _(
                    "Each is sent a link of their own. There they see their entry, correct it, and "
                    "hand in a photo and slides, without an account."
                ),
                *_who_lacks_what(rights, conference, people),
                *warnings_for(request),
            ],
            button=_("Send"),
            back=presenters_address(conference),
        )

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send one presenter their link, a new one where the old must end."""
        person = self._editable(request, pk)
        conferences = _where_they_present(rights_of(request), person)
        if not conferences.exists():
            raise Http404("They present nothing where this visitor may write to them.")
        form = LinkForm(request.POST if request.method == "POST" else None, conferences=conferences)
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["new"]:
                presenting.new_link(person, at=now())
                self.log_change(request, person, _("Ended the old link."))
                self.message_user(request, _("The old link has ended."), messages.SUCCESS)
            self._send(request, [person], form.cleaned_data["conference"])
            return HttpResponseRedirect(reverse("admin:people_person_change", args=[pk]))
        address = (
            _("It is sent to %(address)s.") % {"address": person.email}
            if person.email
            else _("They have no e-mail address, so nothing can be sent.")
        )
        return tool_page(
            self,
            request,
            _("Send %(person)s their link") % {"person": person},
            obj=person,
            form=form,
            sentences=[
                address,
                _("They have a link already.") if person.link_key else _("They have no link yet."),
                *warnings_for(request),
            ],
            button=_("Send"),
            back=reverse("admin:people_person_change", args=[pk]),
        )

    @admin.action(description=gettext_lazy("Send them their link"), permissions=["change"])
    def send_links(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        """To those of them who present at the conference that the filter names, or the current."""
        rights, conference = rights_of(request), chosen_conference(request)
        if conference is None or not rights.may(Action.EDIT_PROGRAMME, conference.pk):
            text = _("Choose a conference first, by the filter at the side.")
            self.message_user(request, text, messages.ERROR)
            return
        there = presenting.presenters_at(conference).filter(pk__in=queryset.values("pk"))
        chosen = list(there.order_by("sort_name", "pk"))
        others = queryset.count() - len(chosen)
        if others:
            text = ngettext(
                "%(number)d of them presents nothing at %(conference)s.",
                "%(number)d of them present nothing at %(conference)s.",
                others,
            )
            words = {"number": others, "conference": conference}
            self.message_user(request, text % words, messages.WARNING)
        self._send(request, chosen, conference)

    def _send(self, request: HttpRequest, people: list[Person], conference: Conference) -> None:
        """Write to them, and say to how many, and who has no address."""
        without = presenting.send_links(people, conference, at=now())
        number = len(people) - len(without)
        level = messages.SUCCESS if number else messages.WARNING
        self.message_user(request, _written(number, of=len(people)), level)
        if without:
            text = _("Without an e-mail address: %(names)s.")
            self.message_user(request, text % {"names": _names(without)}, messages.WARNING)
        if number and (nowhere := mails.where_it_went_instead()):
            self.message_user(request, nowhere, messages.WARNING)

    # Who is there twice

    @admin.action(description=gettext_lazy("Are these the same?"), permissions=["change"])
    def compare(self, request: HttpRequest, queryset: QuerySet[Person]) -> HttpResponse | None:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(ids) != 2:
            self.message_user(request, _("Choose two people to compare."), messages.ERROR)
            return None
        return HttpResponseRedirect(_merge_address(*ids))

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """Who of those that the visitor may edit has another's name or address."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = duplicates.pairs(Person.objects.filter(is_editable(rights_of(request))))
        page = Paginator(found, self.list_per_page).get_page(request.GET.get("p"))
        ids = {pk for pair in page for pk in (pair.first, pair.second)}
        people = Person.objects.in_bulk(list(ids))
        rows = [
            {
                "first": people[pair.first],
                "second": people[pair.second],
                "why": _why(pair),
                "url": _merge_address(pair.first, pair.second),
            }
            for pair in page
        ]
        context = self._page_context(request, _("Who is here twice?"))
        context |= {"rows": rows, "page": page}
        return TemplateResponse(request, "admin/people/person/duplicates.html", context)

    def merge_view(self, request: HttpRequest, stays: int, goes: int) -> HttpResponse:
        """Show both side by side and what is kept; a POST makes them one."""
        kept, gone = self._editable(request, stays), self._editable(request, goes)
        if kept == gone:
            raise Http404("These are one and the same row.")
        if request.method == "POST":
            name = str(gone)
            try:
                kept = duplicates.merge(kept, gone)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
                return HttpResponseRedirect(reverse("admin:people_person_duplicates"))
            words = {"name": name, "number": goes}
            self.log_change(request, kept, _("Merged with %(name)s (%(number)d).") % words)
            self.message_user(request, _("They are one person now."), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:people_person_change", args=[stays]))
        context = self._page_context(request, _("Are these the same?"))
        context |= {
            "kept": kept,
            "gone": gone,
            "rows": _comparison(kept, gone),
            "swapped": _merge_address(goes, stays),
            "ends": _what_ends(kept, gone),
        }
        return TemplateResponse(request, "admin/people/person/merge.html", context)

    def _editable(self, request: HttpRequest, pk: int) -> Person:
        """Raises ``Http404`` for who is not there to see, ``PermissionDenied`` for who is not to
        be edited."""
        person = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person

    def _page_context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _where_they_present(rights: Rights, person: Person) -> QuerySet[Conference]:
    """The conferences of theirs at which one may write to them, the newest first."""
    mine = rights.limit(Conference.objects.all(), Action.EDIT_PROGRAMME, "")
    theirs = Presenter.objects.filter(person=person).values("tutorial__conference")
    return mine.filter(pk__in=theirs).order_by("-starts_on")


def _written(number: int, *, of: int) -> str:
    """What becomes of so many letters, to so many people."""
    if not of:
        return _("Nobody was written to.")
    if not number:
        return _("Nobody was written to: none of them has an e-mail address.")
    if settings.SEND_MAIL_AT_ONCE:
        text = ngettext("%(number)d letter was sent.", "%(number)d letters were sent.", number)
    else:
        text = ngettext(
            "%(number)d letter will be sent as soon as the worker comes to it.",
            "%(number)d letters will be sent as soon as the worker comes to them.",
            number,
        )
    return text % {"number": number}


def _names(people: list[Person]) -> str:
    named = [person.name for person in people[:NAMED]]
    return ", ".join(named) + (" …" if len(people) > NAMED else "")


def _who_lacks_what(rights: Rights, conference: Conference, people: QuerySet[Person]) -> list[str]:
    """Sentences with how many, and where they are listed. Five queries."""
    lacking: list[tuple[str, QuerySet[Person], str]] = [
        ("email", people.filter(email=""), _("without an e-mail address")),
        ("bio", people.filter(bio=""), _("without a text about them")),
        ("photo", people.filter(photo=""), _("without a photo")),
    ]
    if may_see_places(rights, conference):
        without = presenting.without_place(people, conference)
        lacking.append(("place", without, _("who have no place at the conference")))
    number = people.count()
    text = ngettext("%(number)d person presents.", "%(number)d people present.", number)
    sentences = [text % {"number": number}]
    for name, rows, words in lacking:
        if found := rows.count():
            address = presenters_address(conference, name)
            sentences.append(format_html('{} <a href="{}">{}</a>', found, address, words))
    return sentences


def _merge_address(stays: int, goes: int) -> str:
    return reverse("admin:people_person_merge", args=[stays, goes])


def _why(pair: duplicates.Pair) -> str:
    if pair.same_email and pair.same_name:
        return _("same name and e-mail address")
    return _("same e-mail address") if pair.same_email else _("same name")


def _comparison(kept: Person, gone: Person) -> list[dict[str, Any]]:
    """Row by row what both say, and which of it is kept. Four queries."""
    rows = []
    for label, name in [
        (_("name"), "name"),
        (_("sorted as"), "sort_name"),
        (_("e-mail"), "email"),
        (_("photo"), "photo"),
        (_("about"), "bio"),
    ]:
        mine, theirs = getattr(kept, name), getattr(gone, name)
        rows.append(
            {
                "label": label,
                "kept": mine,
                "gone": theirs,
                "is_photo": name == "photo",
                "takes_over": not mine and bool(theirs),
            }
        )
    for label, of in [(_("links"), _links), (_("presents"), _presents)]:
        rows.append({"label": label, "kept": of(kept), "gone": of(gone), "both": True})
    return rows


def _links(person: Person) -> str:
    return "\n".join(f"{link.label} {link.url}" for link in person.links.all())


def _presents(person: Person) -> str:
    rows = person.presenters.select_related("tutorial__conference").order_by("-tutorial", "pk")
    return "\n".join(
        f"{row.tutorial} ({row.tutorial.conference}){', ' if row.affiliation else ''}"
        f"{row.affiliation}"
        for row in rows
    )


def _what_ends(kept: Person, gone: Person) -> list[str]:
    """What does not outlive a merger, in sentences."""
    sentences = [
        _("The public address “%(slug)s” ends; “%(kept)s” stays.")
        % {"slug": gone.slug, "kept": kept.slug}
    ]
    if gone.link_key and kept.link_key:
        sentences.append(_("The link that was sent to the one who goes ends."))
    if gone.email and kept.email and gone.email.casefold() != kept.email.casefold():
        sentences.append(_("The address %(email)s is forgotten.") % {"email": gone.email})
    return sentences
