"""`manage.py load_guidance`: write the shipped texts that are new or changed."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from booking.guidance import texts
from config.owner import as_owner
from identity import scope
from identity.models import Municipality


class Command(BaseCommand):
    """Shipped texts belong to no municipality, so only the tables' owner may write them."""

    help = "Write the shipped guidance texts that are new or changed; a municipality's own are never touched."

    def handle(self, *args: Any, **options: Any) -> None:
        """List what changed."""
        with as_owner(), scope.transaction(_any_scope(), durable=True):
            changed = texts.load_shipped()
        for line in changed:
            if options["verbosity"]:
                self.stdout.write(line)


def _any_scope() -> int:
    """Managers want a scope; the owner's rows for all are the same from each. 0 names no municipality."""
    return Municipality.objects.values_list("id", flat=True).first() or 0
