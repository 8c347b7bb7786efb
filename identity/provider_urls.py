"""Addresses of signing in by OpenID Connect, in the namespace `identity`; included by `identity/urls.py`."""

from django.urls import URLPattern, path

from identity import oidc_views

urlpatterns: list[URLPattern] = [
    path("logga-in/oidc/<slug:code>/", oidc_views.start, name="oidc_start"),
    path("logga-in/oidc/<slug:code>/svar/", oidc_views.callback, name="oidc_callback"),
    path("logga-in/oidc/<slug:code>/ut/", oidc_views.logout, name="oidc_logout"),
]
