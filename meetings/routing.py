"""The one socket address. No meeting and no token stand in it."""

from django.urls import path

from meetings.consumers import meeting_consumer

# Channels routes ASGI applications by Django's own `path`, whose types know views only.
websocket_urlpatterns = [path("ws/meeting", meeting_consumer)]  # type: ignore[arg-type]
