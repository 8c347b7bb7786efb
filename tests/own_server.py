"""A database of its own for a program: the embedded server in a temporary folder, migrated, with one municipality.

Modules that use Django are imported inside the `with` block: before it, this process has no settings.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from config.embedded import Server
    from identity.models import Municipality


def set_up() -> None:
    """Give this process a folder of its own, the settings of the tests, and Django. Repeating it changes nothing."""
    import tests.environment  # noqa: F401 - sets the environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()


@contextmanager
def served() -> Iterator[tuple[Server, Municipality]]:
    """The running server and its municipality; stopped at the end. May be used again in the same process."""
    set_up()
    from django.conf import settings
    from django.db import connections

    from config import embedded
    from identity import keyring
    from tests import prepared

    if not (settings.VAR / "pg").exists():
        prepared.migrated(settings.VAR)
    keyring.make_trial_secrets(settings.KEYS_DIR)
    settings.SECRET_KEY = keyring.read_secret(settings.KEYS_DIR / "django")
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    server = embedded.Server(settings.VAR)
    server.start()
    try:
        yield server, _municipality()
    finally:
        connections.close_all()
        server.stop()


def superuser(server: Server) -> psycopg.Connection[Any]:
    """A connection that sees past the walls."""
    import psycopg

    return psycopg.connect(**server.superuser("motas"), autocommit=True)


def _municipality() -> Municipality:
    from config import trial
    from config.owner import as_owner

    with as_owner():
        return trial.municipality(["localhost", "127.0.0.1"])
