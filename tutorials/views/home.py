from django.http import Http404


def front(request):
    raise Http404


front_tutorials = front_schedule = front


def home(request, slug):
    raise Http404
