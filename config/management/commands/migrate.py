"""`migrate` as the owner of the tables: the web's own role owns nothing and could not."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from config.owner import as_owner


class Command(DjangoMigrate):
    """Django's migrate, on a connection of `motas_owner` that is put back afterwards."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner."""
        with as_owner():
            super().handle(*args, **options)
