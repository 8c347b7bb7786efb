"""`manage.py create_api_token`: a key for another system, printed once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from identity import scope, secrets_of
from identity.api_tokens import PREFIX, SCOPES
from identity.models import ApiToken, Municipality


class Command(BaseCommand):
    """Makes an ApiToken; only its hash is stored."""

    help = "Make an API token and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The token's rights and limits."""
        parser.add_argument("--scopes", required=True, help="comma-separated: " + ", ".join(sorted(SCOPES)))
        parser.add_argument("--municipality", default="", help="slug; needed when there is more than one")
        parser.add_argument("--changes-per-minute", type=int, default=60, help="0: no limit, in trial and test only")
        parser.add_argument("--days", type=int, default=365, help="days until it ends, at most 365")
        parser.add_argument("--name", default="API")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for unknown scopes, an unknown municipality, or limits that are not allowed."""
        scopes = _checked(options)
        try:
            municipality = _municipality(options["municipality"])
        except OperationalError:
            raise CommandError("No database answers. Start it first: make run") from None
        text, digest = secrets_of.make(municipality, PREFIX)
        with scope.transaction(municipality.id, durable=True):
            ApiToken.objects.create(
                name=options["name"],
                secret_hash=digest,
                scopes=scopes,
                changes_per_minute=options["changes_per_minute"],
                expires_at=timezone.now() + timedelta(days=options["days"]),
            )
        self.stdout.write(json.dumps({"token": text}) if options["json"] else text)


def _checked(options: dict[str, Any]) -> list[str]:
    scopes = [name.strip() for name in options["scopes"].split(",") if name.strip()]
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        raise CommandError(f"Unknown scopes: {', '.join(unknown) or '(none)'}. Known: {', '.join(sorted(SCOPES))}")
    if options["changes_per_minute"] < 0 or (options["changes_per_minute"] == 0 and not settings.TRIAL):
        raise CommandError("--changes-per-minute must be at least 1 outside trial and test.")
    if not 1 <= options["days"] <= 365:
        raise CommandError("--days must be 1 to 365.")
    return scopes


def _municipality(slug: str) -> Municipality:
    rows = Municipality.objects.filter(slug=slug) if slug else Municipality.objects.all()
    found = list(rows[:2])
    if len(found) != 1:
        raise CommandError("Name one municipality with --municipality SLUG.")
    return found[0]
