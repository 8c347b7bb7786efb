"""Addresses of break glass, alerts and the log review, in the namespace `identity`; included by `identity/urls.py`."""

from django.urls import URLPattern, path

from identity import alert_views, glass_views, review_views

urlpatterns: list[URLPattern] = [
    path("varningar/", alert_views.alerts, name="alerts"),
    path("varningar/<uuid:alert>/", alert_views.mark_seen, name="alert_seen"),
    path("nodoppning/", glass_views.ask, name="glass"),
    path("nodoppning/vantar/", glass_views.waiting, name="glass_waiting"),
    path("nodoppning/<uuid:opening>/", glass_views.decide, name="glass_decide"),
    path("logg/", review_views.reviews, name="reviews"),
    path("logg/<uuid:review>/", review_views.review, name="review"),
    path("logg/<uuid:review>/nasta/", review_views.next_sample, name="review_next"),
    path("logg/<uuid:review>/signera/", review_views.sign, name="review_sign"),
    path("logg/<uuid:review>/<uuid:pick>/", review_views.sample, name="review_sample"),
]
