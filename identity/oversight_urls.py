"""Addresses of break glass and alerts, in the namespace `identity`; included by `identity/urls.py`."""

from django.urls import URLPattern, path

from identity import alert_views, glass_views

urlpatterns: list[URLPattern] = [
    path("varningar/", alert_views.alerts, name="alerts"),
    path("varningar/<uuid:alert>/", alert_views.mark_seen, name="alert_seen"),
    path("nodoppning/", glass_views.ask, name="glass"),
    path("nodoppning/vantar/", glass_views.waiting, name="glass_waiting"),
    path("nodoppning/<uuid:opening>/", glass_views.decide, name="glass_decide"),
]
