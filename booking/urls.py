"""Addresses of booking. They name neither person nor service."""

from django.urls import include, path

from booking import feed_views, problems
from booking.views import about, choosing, completing, holds, mine, needs, own, representing, waiting

app_name = "booking"
urlpatterns = [
    path("boka/tid/", choosing.choose_slot, name="choose"),
    path("boka/vem/", representing.whom, name="for_whom"),
    path("boka/behov/", needs.needs, name="needs"),
    path("boka/hallna/", holds.held, name="held"),
    path("boka/mer-tid/", completing.more_time, name="more_time"),
    path("boka/information/", completing.information, name="information"),
    path("boka/bekrafta/", completing.confirm, name="confirm"),
    path("boka/klart/", completing.receipt, name="receipt"),
    path("boka/<slug:kod>/", choosing.choose_form, name="form"),
    path("boka/<slug:kod>/tid/", choosing.choose_time, name="time"),
    path("mina-tider/", mine.mine, name="mine"),
    path("mina-tider/<uuid:booking>/", own.one, name="one"),
    path("mina-tider/<uuid:booking>/tid.ics", own.calendar_file, name="calendar_file"),
    path("mina-tider/<uuid:booking>/andra/", mine.move, name="move"),
    path("mina-tider/<uuid:booking>/avboka/", mine.cancel, name="cancel"),
    path("mina-tider/<uuid:booking>/tidigare/", waiting.earlier, name="wait_earlier"),
    path("vantelista/onskemal/<uuid:wish>/", waiting.wish, name="wish"),
    path("vantelista/svar/<uuid:offer>/", waiting.offer, name="offer"),
    path("vantelista/<slug:kod>/", waiting.join, name="wait"),
    path("tillganglighet/", about.accessibility, name="accessibility"),
    path("dina-uppgifter/", about.your_data, name="your_data"),
    path("kalender/<str:secret>.ics", feed_views.show, name="feed"),
    path("problems/<slug:code>/", problems.page, name="problem"),
    path("", include("booking.officer_urls")),
]
