"""The part of the API that meetings answer, below `/api/v1/`."""

from django.urls import URLPattern, path

from meetings import api

urlpatterns: list[URLPattern] = [path("bookings/<uuid:booking>/facts", api.Facts.as_view(), name="booking_facts")]
