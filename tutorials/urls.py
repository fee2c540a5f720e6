"""The pages of a conference."""

from django.urls import path

from conference import views
from tutorials.views import home, offers, participation, programme, seats, staff, tickets

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
    path("<str:slug>/colour.css", views.colour_css, name="colour_css"),
    path("<str:slug>/my/", participation.my_tutorials, name="my_tutorials"),
    path("<str:slug>/my/tickets/", tickets.my_tickets, name="my_tickets"),
    path("<str:slug>/staff/", staff.staff_home, name="staff_home"),
    path("<str:slug>/staff/attendance.csv", staff.attendance_csv, name="attendance_csv"),
    path(
        "<str:slug>/staff/attendance/<str:tutorial>.csv",
        staff.tutorial_attendance_csv,
        name="tutorial_attendance_csv",
    ),
]
