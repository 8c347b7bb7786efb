"""The meetings package as a Django application."""

from django.apps import AppConfig

_ALL = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS = {
    "meetings_meeting": _ALL,
    "meetings_participant": _ALL,
}


class MeetingsConfig(AppConfig):
    """See the package's models for what it is about."""

    name = "meetings"

    def ready(self) -> None:
        """Say which rights the web role has on these tables, listen to booking's news, and tell the log review."""
        from identity import grants
        from meetings import extract_sources, field_classes, receivers, review_facts  # noqa: F401 - receivers connect

        grants.register(RIGHTS)
        field_classes.register()
        extract_sources.register()
        review_facts.register()
