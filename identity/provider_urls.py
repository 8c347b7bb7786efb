"""Addresses of OpenID Connect, the ways to sign in, and identity conflicts; see `identity/urls.py`."""

from django.urls import URLPattern, path

from identity import conflict_views, oidc_views, provider_views

urlpatterns: list[URLPattern] = [
    path("logga-in/oidc/<slug:code>/", oidc_views.start, name="oidc_start"),
    path("logga-in/oidc/<slug:code>/svar/", oidc_views.callback, name="oidc_callback"),
    path("logga-in/oidc/<slug:code>/ut/", oidc_views.logout, name="oidc_logout"),
    path("installningar/inloggning/", provider_views.everything, name="providers"),
    path("installningar/inloggning/ny/<slug:sort>/", provider_views.add, name="provider_add"),
    path("installningar/inloggning/<uuid:provider>/", provider_views.one, name="provider"),
    path("installningar/inloggning/<uuid:provider>/av-och-pa/", provider_views.switch, name="provider_switch"),
    path("installningar/inloggning/<uuid:provider>/prova/", provider_views.attempt, name="provider_try"),
    path("identiteter/", conflict_views.everything, name="conflicts"),
    path("identiteter/<uuid:conflict>/", conflict_views.one, name="conflict"),
    path("identiteter/<uuid:conflict>/beslut/", conflict_views.decide, name="conflict_decide"),
    path("identiteter/<uuid:conflict>/slapp/", conflict_views.lift, name="conflict_lift"),
]
