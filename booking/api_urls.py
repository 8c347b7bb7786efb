"""Addresses of the API, below `/api/v1/`."""

from django.urls import URLPattern, path

from booking.api import slots

urlpatterns: list[URLPattern] = [
    path("meeting-types", slots.MeetingTypes.as_view(), name="meeting_types"),
    path("slots", slots.Slots.as_view(), name="slots"),
    path("slots/days", slots.Days.as_view(), name="slots_days"),
]
