"""The one socket address. No meeting and no token stand in it."""

from typing import Any

from django.urls import path

from meetings.consumers import meeting_consumer

# Channels routes ASGI applications by Django's own `path`, whose types know views only.
websocket_urlpatterns: list[Any] = [path("ws/meeting", meeting_consumer)]  # type: ignore[arg-type]
