"""`manage.py create_api_token`: a key for another system, printed once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from identity import scope, secrets_of
from identity.api_tokens import PREFIX, SCOPES
from identity.models import ApiToken, Municipality, Unit

_LIMITS = ("changes_per_minute", "searches_per_minute", "live_holds")
_MOST = 1_000_000


class Command(BaseCommand):
    """Makes an ApiToken; only its hash is stored."""

    help = "Make an API token and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The token's rights and limits."""
        parser.add_argument("--scopes", required=True, help="comma-separated: " + ", ".join(sorted(SCOPES)))
        parser.add_argument("--municipality", default="", help="slug; needed when there is more than one")
        parser.add_argument("--changes-per-minute", type=int, default=60, help="0: no limit, in trial and test only")
        parser.add_argument("--searches-per-minute", type=int, default=120, help="0: no limit, in trial and test only")
        parser.add_argument("--live-holds", type=int, default=20, help="held at once; 0 as above")
        parser.add_argument("--units", default="", help="comma-separated ids of units; none: every unit")
        parser.add_argument("--networks", default="", help="comma-separated, as 192.0.2.0/24; none: from anywhere")
        parser.add_argument("--days", type=int, default=365, help="days until it ends, at most 365")
        parser.add_argument("--name", default="API")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for unknown scopes, an unknown municipality, or limits that are not allowed."""
        scopes, networks = _checked(options), _networks(options["networks"])
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
                units=_units(options["units"]),
                networks=networks,
                **{name: options[name] for name in _LIMITS},
                expires_at=timezone.now() + timedelta(days=options["days"]),
            )
        self.stdout.write(json.dumps({"token": text}) if options["json"] else text)


def _checked(options: dict[str, Any]) -> list[str]:
    scopes = _listed(options["scopes"])
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        raise CommandError(f"Unknown scopes: {', '.join(unknown) or '(none)'}. Known: {', '.join(sorted(SCOPES))}")
    for name in _LIMITS:
        if not (0 if settings.TRIAL else 1) <= options[name] <= _MOST:
            raise CommandError(f"--{name.replace('_', '-')} must be 1 to {_MOST}; 0, no limit, in trial and test only.")
    if not 1 <= options["days"] <= 365:
        raise CommandError("--days must be 1 to 365.")
    return scopes


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _networks(text: str) -> list[str]:
    try:
        return [str(ip_network(one)) for one in _listed(text)]
    except ValueError as error:
        raise CommandError(f"--networks: {error}") from None


def _units(text: str) -> list[UUID]:
    """Units of the municipality; a mistyped one would make a token that reaches nothing."""
    try:
        wanted = [UUID(one) for one in _listed(text)]
    except ValueError:
        raise CommandError("--units must be ids, as UUIDs.") from None
    if Unit.objects.filter(id__in=wanted).count() < len(set(wanted)):
        raise CommandError("--units: the municipality has no such unit.")
    return wanted


def _municipality(slug: str) -> Municipality:
    rows = Municipality.objects.filter(slug=slug) if slug else Municipality.objects.all()
    found = list(rows[:2])
    if len(found) != 1:
        raise CommandError("Name one municipality with --municipality SLUG.")
    return found[0]
