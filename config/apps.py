"""The composition as a Django application: it brings the commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Composition only; no models."""

    name = "config"
