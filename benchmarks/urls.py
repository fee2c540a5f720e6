"""The addresses of the product, and *stack* beside them."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from benchmarks.models import Press
from conference import clock
from conference.pages import visitor
from conference.urls import urlpatterns as of_the_product


def stack(request: HttpRequest) -> HttpResponse:
    """What a POST costs that goes through all our middleware and does next to nothing."""
    Press(user=visitor(request), at=clock.now()).save(force_insert=True)
    return HttpResponseRedirect("/", status=303)


urlpatterns = [path("benchmarks/stack/", stack), *of_the_product]
