from django.http import Http404


def tutorial_list(request, slug):
    raise Http404


schedule = presenter_list = venue_list = tutorial_list


def tutorial_detail(request, slug, tutorial):
    raise Http404


def presenter_detail(request, slug, presenter):
    raise Http404
