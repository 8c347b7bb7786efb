"""The identity package as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IdentityConfig(AppConfig):
    """Who somebody is, what they may see, and the log of who saw what."""

    name = "identity"

    def ready(self) -> None:
        """Rights in the database follow every migration."""
        import_module("identity.api_schema")  # registers itself
        from identity import erasure_presenters, extract_sources, field_classes, grants, persons

        field_classes.register()
        extract_sources.register()
        erasure_presenters.register_link()
        persons.register()

        post_migrate.connect(grants.apply, dispatch_uid="identity.grants")
