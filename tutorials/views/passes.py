"""“My pass”: what one shows at the door, on a phone or on paper."""

from __future__ import annotations

import segno
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conference import clock
from conference.models import Conference
from conference.pages import registering_page, visitor
from tutorials.models import Registration
from tutorials.standing import my_tutorials
from tutorials.views.tickets import place_of


@require_safe
@registering_page
def my_pass(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The visitor's name, badge code and QR code, and what they have a seat in, when and where."""
    if not conference.checks_in:
        raise Http404("Nobody is checked in at this conference.")
    user = visitor(request)
    if user is None:
        return redirect_to_login(request.get_full_path())
    attendee = place_of(user, conference)
    if attendee is None or attendee.withdrawn_at:
        return render(request, "tutorials/pass.html", {"withdrawn": attendee is not None})
    context = {
        "attendee": attendee,
        "qr_code": qr_code(attendee.badge_code, _("QR code of your badge code")),
        "seats": [
            each
            for each in my_tutorials(attendee, clock.now())
            if each.status == Registration.Status.CONFIRMED
        ],
    }
    return render(request, "tutorials/pass.html", context)


def qr_code(text: str, title: str) -> SafeString:
    """A QR code as SVG for a page: dark on light with its quiet zone, whatever the page is.

    A quarter of it may be covered or scratched and it is read still.
    """
    code = segno.make_qr(text, error="q")
    drawn = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None,
        title=title,
    )  # fmt: skip
    return mark_safe(drawn.replace("<svg ", '<svg role="img" ', 1))  # its title is escaped
