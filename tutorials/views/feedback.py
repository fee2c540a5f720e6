"""The page on which somebody says how a tutorial was."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference import clock
from conference.models import Conference
from conference.pages import conference_page, visitor
from people.attendees import attendee_of
from people.models import Attendee
from tutorials import feedback
from tutorials.models import Feedback, Tutorial
from tutorials.programme import public_slots
from tutorials.standing import Refused


class FeedbackForm(forms.Form):
    """A rating, and words for who has some."""

    rating = forms.TypedChoiceField(
        label=gettext_lazy("How was it?"),
        choices=list(feedback.RATINGS.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one of these.")},
    )
    good = forms.CharField(
        label=gettext_lazy("What was good?"),
        required=False,
        max_length=feedback.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    better = forms.CharField(
        label=gettext_lazy("What could be better?"),
        required=False,
        max_length=feedback.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@conference_page
def feedback_page(request: HttpRequest, conference: Conference, tutorial: str) -> HttpResponse:
    """GET asks, and shows what they said before; POST keeps it and leads to the tutorial."""
    if not conference.asks_for_feedback:
        raise Http404("Nobody is asked about tutorials here.")
    found = get_object_or_404(Tutorial.objects.public().for_conference(conference), slug=tutorial)
    found.conference = conference
    user = visitor(request)
    if user is None:
        return redirect_to_login(request.path)
    attendee = attendee_of(user, conference)
    slots = list(public_slots(conference).filter(tutorial=found))
    refusal = feedback.why_not(attendee, found, slots, clock.now())
    context: dict[str, Any] = {
        "tutorial": found,
        "refusal": refusal,
        "shown_from": feedback.SHOWN_FROM,
    }
    if refusal or attendee is None:
        return render(request, "tutorials/feedback.html", context)
    before = feedback.answer_of(attendee, found)
    form = FeedbackForm(request.POST or None, initial=_initial(before))
    if request.method == "POST" and form.is_valid():
        _say(request, attendee, found, slots, form)
        return HttpResponseRedirect(found.get_absolute_url(), status=303)
    return render(request, "tutorials/feedback.html", {**context, "form": form, "before": before})


def _initial(before: Feedback | None) -> dict[str, Any]:
    if before is None:
        return {}
    return {"rating": before.rating, "good": before.good, "better": before.better}


def _say(
    request: HttpRequest, attendee: Attendee, tutorial: Tutorial, slots: Any, form: FeedbackForm
) -> None:
    try:
        feedback.say(attendee, tutorial, slots, **form.cleaned_data, at=clock.now())
    except Refused as refused:
        messages.error(request, refused.refusal.message)
    else:
        messages.success(request, _("Thank you. You have said how it was."))
