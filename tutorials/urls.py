"""The pages of a conference."""

from django.urls import path

from conference import views
from tutorials.views import (
    home,
    invitations,
    lists,
    offers,
    paper,
    participation,
    presenting,
    privacy,
    programme,
    seats,
    staff,
    tickets,
)

app_name = "tutorials"

urlpatterns = [
    path("", home.front, name="front"),
    path("tutorials/", home.front_tutorials, name="front_tutorials"),
    path("schedule/", home.front_schedule, name="front_schedule"),
    path("<str:slug>/", home.home, name="home"),
    path("<str:slug>/tutorials/", programme.tutorial_list, name="tutorial_list"),
    path("<str:slug>/tutorials/<str:tutorial>/", programme.tutorial_detail, name="tutorial_detail"),
    path("<str:slug>/tutorials/<str:tutorial>/register/", participation.register, name="register"),
    path("<str:slug>/tutorials/<str:tutorial>/cancel/", participation.cancel, name="cancel"),
    path("<str:slug>/tutorials/<str:tutorial>/switch/", participation.switch, name="switch"),
    path("<str:slug>/tutorials/<str:tutorial>/wish/", participation.wish, name="wish"),
    path("<str:slug>/offers/<str:token>/", offers.offer, name="offer"),
    path("<str:slug>/leave/<str:token>/", offers.leave, name="leave"),
    path("<str:slug>/invitations/<str:key>/", invitations.invitation, name="invitation"),
    path("<str:slug>/presenting/<str:key>/", presenting.presenting_page, name="presenting"),
    path(
        "<str:slug>/presenting/<str:key>/files/<int:pk>/",
        presenting.presenting_file,
        name="presenting_file",
    ),
    path("<str:slug>/seats.json", seats.seats, name="seats"),
    path("<str:slug>/schedule/", programme.schedule, name="schedule"),
    path("<str:slug>/presenters/", programme.presenter_list, name="presenter_list"),
    path(
        "<str:slug>/presenters/<str:presenter>/",
        programme.presenter_detail,
        name="presenter_detail",
    ),
    path("<str:slug>/venues/", programme.venue_list, name="venue_list"),
    path("<str:slug>/imprint/", views.imprint, name="imprint"),
    path("<str:slug>/privacy/", views.privacy, name="privacy"),
    path("<str:slug>/code-of-conduct/", views.code_of_conduct, name="code_of_conduct"),
    path("<str:slug>/colour.css", views.colour_css, name="colour_css"),
    path("<str:slug>/my/", participation.my_tutorials, name="my_tutorials"),
    path("<str:slug>/my/tickets/", tickets.my_tickets, name="my_tickets"),
    path("<str:slug>/my/shown/", privacy.shown, name="shown"),
    path("<str:slug>/staff/", staff.staff_home, name="staff_home"),
    path("<str:slug>/staff/attendance.csv", staff.attendance_csv, name="attendance_csv"),
    path(
        "<str:slug>/staff/attendance/<str:tutorial>.csv",
        staff.tutorial_attendance_csv,
        name="tutorial_attendance_csv",
    ),
    path("<str:slug>/staff/lists/", lists.lists, name="lists"),
    path("<str:slug>/staff/lists/file/", lists.list_file, name="list_file"),
    path("<str:slug>/staff/lists/columns/", lists.list_presets, name="list_presets"),
    path("<str:slug>/staff/parts/<int:number>/", paper.part, name="part"),
    path("<str:slug>/staff/head-counts.csv", paper.counts_csv, name="counts_csv"),
]
