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
        """Say which rights the web role has on these tables, and listen to booking's news."""
        from identity import grants
        from meetings import receivers  # noqa: F401 - connects them

        grants.register(RIGHTS)
