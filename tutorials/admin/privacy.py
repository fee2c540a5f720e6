"""The admin's page that forgets an attendee, for who asked by letter or at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from conference.admin_pages import ConferenceModelAdmin, Tool
from conference.clock import now
from conference.pages import visitor
from people.models import Attendee
from people.privacy import erase_place
from tutorials import feedback
from tutorials.admin.pages import tool_page
from tutorials.privacy import scrub_places, what_ends


class AttendeePrivacyPages(ConferenceModelAdmin):
    """What the pages about attendees gain: one can be forgotten, and is not edited from then on."""

    def tools(self, request: HttpRequest, obj: Attendee) -> list[Tool]:
        tools = super().tools(request, obj)
        if self.has_change_permission(request, obj):
            address = reverse("admin:people_attendee_erase", args=[obj.pk])
            tools.append(Tool(_("Delete this person’s data"), address))
        return tools

    def has_change_permission(self, request: HttpRequest, obj: Attendee | None = None) -> bool:
        """Of whose data was deleted nothing is left to change."""
        is_erased = obj is not None and obj.erased_at is not None
        return not is_erased and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Attendee | None = None) -> bool:
        """What is left of them tells the next import not to bring them back, and is counted."""
        is_erased = obj is not None and obj.erased_at is not None
        return not is_erased and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Attendee) -> None:
        """The log says that a row was deleted, and not whose it was; their words go with them."""
        scrub_places([obj.pk])
        feedback.forget([obj.pk])
        super().delete_model(request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Nobody is registered, and nothing chosen, for who is not there any more."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            found = found.filter(erased_at__isnull=True)
        return found, may_repeat

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.erase_view)
        return [path("<int:pk>/erase/", view, name="people_attendee_erase"), *super().get_urls()]

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what goes and what stays, and do it once it was confirmed."""
        attendee = self.asked_for(request, pk)
        back = reverse("admin:people_attendee_change", args=[pk])
        if request.method == "POST":
            if attendee.erased_at is None:
                erase_place(attendee, by=visitor(request), at=now())
                attendee.refresh_from_db()
                self.log_change(request, attendee, _("Data deleted by an organiser."))
            self.message_user(request, _("This person’s data is deleted."), messages.SUCCESS)
            return HttpResponseRedirect(back, status=303)
        return tool_page(
            self,
            request,
            _("Delete this person’s data?"),
            obj=attendee,
            sentences=_sentences(attendee),
            button="" if attendee.erased_at else _("Delete the data"),
            back=back,
            dangerous=True,
        )


def _sentences(attendee: Attendee) -> list[str]:
    if attendee.erased_at:
        return [_("This person’s data is deleted already.")]
    sentences = [
        _(
            "Name, addresses, ticket and badge code are deleted at this conference, and with them "
            "the mails and the reasons in the history. Counts and check-ins stay, of nobody. This "
            "cannot be undone."
        ),
        *what_ends([attendee], now()),
        _(
            "They are told nothing by us: tell them yourself. The next file of the ticket shop "
            "does not bring them back; what the shop has of them is deleted there."
        ),
    ]
    if attendee.user_id:
        sentences.append(
            _("Their account stays, without a place here. They can delete it themselves.")
        )
    return sentences
