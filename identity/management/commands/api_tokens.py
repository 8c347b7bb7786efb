"""`manage.py api_tokens`: which keys other systems have, what they may, and when they were last used."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from identity import scope
from identity.models import ApiToken, Municipality


class Command(BaseCommand):
    """Lists tokens; no secret is stored, so none is shown."""

    help = "List API tokens: name, scopes, limits, end, last use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which municipality."""
        parser.add_argument("--municipality", default="", help="slug; none: of each")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line of JSON for each token."""
        slug = options["municipality"]
        for municipality in Municipality.objects.filter(**({"slug": slug} if slug else {})).order_by("slug"):
            with scope.transaction(municipality.id):
                rows = list(ApiToken.objects.order_by("name", "id"))
            for row in rows:
                self.stdout.write(json.dumps(_told(municipality, row), ensure_ascii=False))


def _told(municipality: Municipality, row: ApiToken) -> dict[str, Any]:
    return {
        "municipality": municipality.slug,
        "id": str(row.id),
        "name": row.name,
        "scopes": row.scopes,
        "units": [str(unit) for unit in row.units],
        "networks": row.networks,
        "changes_per_minute": row.changes_per_minute,
        "searches_per_minute": row.searches_per_minute,
        "live_holds": row.live_holds,
        "ends": row.expires_at.isoformat(),
        "usable": row.usable(timezone.now()),
        "last_used": row.last_used_at.isoformat() if row.last_used_at else None,
    }
