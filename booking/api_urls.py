"""Addresses of the API, below `/api/v1/`."""

from django.urls import URLPattern, path

from booking.api import booking_changes, bookings, calendars, holds, rules, slots, wishes

urlpatterns: list[URLPattern] = [
    path("meeting-types", slots.MeetingTypes.as_view(), name="meeting_types"),
    path("slots", slots.Slots.as_view(), name="slots"),
    path("slots/days", slots.Days.as_view(), name="slots_days"),
    path("holds", holds.Holds.as_view(), name="holds"),
    path("holds/<uuid:hold>", holds.Hold.as_view(), name="hold"),
    path("holds/<uuid:hold>/extend", holds.Extend.as_view(), name="hold_extend"),
    path("bookings", bookings.Bookings.as_view(), name="bookings"),
    path("bookings/<uuid:booking>", bookings.One.as_view(), name="booking"),
    path("bookings/<uuid:booking>/move", booking_changes.Move.as_view(), name="booking_move"),
    path("bookings/<uuid:booking>/cancel", booking_changes.Cancel.as_view(), name="booking_cancel"),
    path("bookings/<uuid:booking>/hand-over", booking_changes.HandOver.as_view(), name="booking_hand_over"),
    path("bookings/<uuid:booking>/no-show", booking_changes.NoShow.as_view(), name="booking_no_show"),
    path("wishes", wishes.Wishes.as_view(), name="wishes"),
    path("wishes/<uuid:wish>", wishes.OneWish.as_view(), name="wish"),
    path("calendars", calendars.Calendars.as_view(), name="calendars"),
    path("calendars/<uuid:calendar>/explain", calendars.Explain.as_view(), name="calendar_explain"),
    path("calendars/<uuid:calendar>/rules", rules.Rules.as_view(), name="calendar_rules"),
    path("calendars/<uuid:calendar>/rules/preview", rules.Preview.as_view(), name="calendar_rules_preview"),
    path("calendars/<uuid:calendar>/absences", rules.Absences.as_view(), name="calendar_absences"),
    path("calendars/<uuid:calendar>/absences/<uuid:absence>", rules.OneAbsence.as_view(), name="calendar_absence"),
]
