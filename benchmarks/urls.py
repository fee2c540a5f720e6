"""The addresses of the product, and beside them *stack* and *page*."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from benchmarks.models import Press
from conference import clock
from conference.models import Conference
from conference.pages import conference_page, visitor
from conference.urls import urlpatterns as of_the_product


def stack(request: HttpRequest) -> HttpResponse:
    """What a POST costs that goes through all our middleware and does next to nothing."""
    Press(user=visitor(request), at=clock.now()).save(force_insert=True)
    return HttpResponseRedirect("/", status=303)


def hello(request: HttpRequest) -> HttpResponse:
    """What a GET costs that goes through it, asks the database once and sends so many bytes."""
    Press.objects.filter(pk=1).exists()
    return HttpResponse(b"x" * int(request.GET["size"]))


@conference_page
def page(request: HttpRequest, conference: Conference) -> HttpResponse:
    """The same at a conference's address: that, and what the visitor is there, is read too."""
    return stack(request)


urlpatterns = [
    path("benchmarks/stack/", stack),
    path("benchmarks/hello/", hello),
    path("<slug:slug>/benchmarks/page/", page),
    *of_the_product,
]
