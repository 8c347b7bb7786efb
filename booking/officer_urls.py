"""Addresses of the officer's pages, in the namespace `booking`; included by `booking/urls.py`."""

from django.urls import URLPattern, path

from booking import officer_views, sync_views
from booking.views import book_for, officer_booking, officer_changes, unit, vouching, week, why

urlpatterns: list[URLPattern] = [
    path("idag/", officer_views.today, name="today"),
    path("boka-at/", book_for.book, name="book_for"),
    path("vecka/", week.week, name="week"),
    path("vecka/<uuid:calendar>/", week.week, name="week_of"),
    path("vecka/<uuid:calendar>/varfor/", why.why, name="why"),
    path("enhet/", unit.unit, name="unit"),
    path("skyddade/", officer_booking.protected, name="protected"),
    path("bokningar/utan-handlaggare/", officer_booking.left, name="left"),
    path("bokningar/<uuid:booking>/", officer_booking.show, name="officer_booking"),
    path("bokningar/<uuid:booking>/oppna/", officer_booking.open_it, name="officer_open"),
    path("bokningar/<uuid:booking>/nummer/", officer_booking.number, name="officer_number"),
    path("bokningar/<uuid:booking>/avboka/", officer_booking.cancel, name="officer_cancel"),
    path("bokningar/<uuid:booking>/gor/", officer_booking.act, name="officer_act"),
    path("bokningar/<uuid:booking>/flytta/", officer_changes.move, name="officer_move"),
    path("bokningar/<uuid:booking>/lamna-over/", officer_changes.hand_over, name="officer_hand_over"),
    path("bokningar/<uuid:booking>/intyga/", vouching.vouch, name="vouch"),
    path("oppettider/", officer_views.opening, name="opening"),
    path("oppettider/franvaro/", officer_views.add_absence, name="absence_add"),
    path("oppettider/franvaro/<uuid:absence>/ta-bort/", officer_views.remove_absence, name="absence_remove"),
    path("oppettider/<uuid:rule>/", officer_views.edit_rule, name="opening_rule"),
    path("oppettider/<uuid:rule>/ta-bort/", officer_views.delete_rule, name="opening_rule_delete"),
    path("kalender/", sync_views.calendar, name="calendar"),
    path("kalender/adress/", sync_views.make_address, name="feed_make"),
    path("kalender/adress/av/", sync_views.revoke_address, name="feed_revoke"),
    path("kalender/in/adress/", sync_views.add_address, name="busy_add_address"),
    path("kalender/in/fil/", sync_views.add_file, name="busy_add_file"),
    path("kalender/in/<uuid:feed>/las/", sync_views.read, name="busy_read"),
    path("kalender/in/<uuid:feed>/ta-bort/", sync_views.remove, name="busy_remove"),
]
