"""Acting as the owner of the tables, for the few commands that must."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
from django.conf import settings
from django.db import connections

from config.embedded import OWNER

_WHERE = ("USER", "PASSWORD", "HOST", "PORT", "NAME")


@contextmanager
def as_owner() -> Iterator[None]:
    """The default connection is `motas_owner`'s inside, and the web's again afterwards."""
    connection = connections["default"]
    web = dict(connection.settings_dict)
    owner: dict[str, Any] = {"USER": OWNER}
    if settings.DATABASE_OWNER_URL:
        owner = environ.Env.db_url_config(settings.DATABASE_OWNER_URL)
    changed = {name: owner[name] for name in _WHERE if name in owner}
    _use(connection, web | changed | {"OPTIONS": {}})
    try:
        yield
    finally:
        _use(connection, web)


def _use(connection: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - Django's connection
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()
    connection.settings_dict.clear()
    connection.settings_dict.update(values)
