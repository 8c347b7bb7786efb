"""All addresses. Those that people see are Swedish; machine addresses are English."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from booking import api_urls
from booking.views import start
from config.health import healthz
from identity import views as identity_views
from meetings import api_urls as meetings_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain"), name="robots"),
    path("", start, name="start"),
    path("sprak/", identity_views.set_language, name="set_language"),
    path("", include("identity.urls")),
    path("", include("booking.urls")),
    path("", include("meetings.urls")),
    path("api/v1/", include(([*api_urls.urlpatterns, *meetings_api.urlpatterns], "api"))),
]

if settings.TRIAL:
    urlpatterns += [
        path("prova/in/<slug:cast_name>/", identity_views.trial_sign_in, name="trial_sign_in"),
        path("", include("notifications.urls")),
    ]
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
