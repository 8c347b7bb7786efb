"""Addresses of the API, below `/api/v1/`."""

from django.urls import URLPattern, path

from booking import api

urlpatterns: list[URLPattern] = [path("slots", api.Slots.as_view(), name="slots")]
