"""The notifications package as a Django application."""

from django.apps import AppConfig

_ALL = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS = {
    "notifications_message": _ALL,
    "notifications_delivery": _ALL,
}


class NotificationsConfig(AppConfig):
    """What people are told, by which sender, and when."""

    name = "notifications"

    def ready(self) -> None:
        """Say which rights the web role has on these tables, and listen to booking's news."""
        from identity import grants
        from notifications import erasing, extract_sources, field_classes, receivers  # noqa: F401 - receivers connect

        grants.register(RIGHTS)
        field_classes.register()
        extract_sources.register()
        erasing.register_above()
