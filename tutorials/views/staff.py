from django.http import Http404


def staff_home(request, slug):
    raise Http404


attendance_csv = staff_home


def tutorial_attendance_csv(request, slug, tutorial):
    raise Http404
